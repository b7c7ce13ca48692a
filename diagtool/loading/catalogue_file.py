"""The JSON file of a catalogue → :class:`~diagtool.model.catalogue.Catalogue`.

JSON, since a build may read several catalogues of some hundred options each, which takes
milliseconds this way. Only a file with a mistake is read again, as YAML, to find its place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

from diagtool.config.values import unfit
from diagtool.loading import schema, yaml_file
from diagtool.model import Place
from diagtool.model.catalogue import Catalogue, CatalogueOption, Deprecation, OptionType
from diagtool.model.diagnostics import Diagnostic
from diagtool.model.did_you_mean import did_you_mean

FORMAT = 1

MANY = 50
"""How many problems of a file are told."""

_CONTROL = re.compile(f"[{schema.CONTROL}]")
_NAME = re.compile(rf"[^\n{schema.CONTROL}{schema.EXACT}]{{1,100}}")


@dataclass(frozen=True, slots=True)
class Key:
    """What may stand behind a key, and what it says."""

    kind: ValueKind
    help: str


class ValueKind(Enum):
    """The kinds of values, in words."""

    TEXT = "a text"
    NUMBER = "a number"
    BOOL = "true or false"
    TEXTS = "a list of texts"
    OBJECT = "an object"


_TYPES: Mapping[ValueKind, tuple[type, ...]] = {
    ValueKind.TEXT: (str,),
    ValueKind.NUMBER: (int, float),
    ValueKind.BOOL: (bool,),
    ValueKind.TEXTS: (list,),
    ValueKind.OBJECT: (dict,),
}

CATALOGUE: Mapping[str, Key] = {
    "format": Key(ValueKind.NUMBER, f"The version of this format, {FORMAT}."),
    "product": Key(ValueKind.TEXT, "The name of the product."),
    "release": Key(ValueKind.TEXT, "Its release, such as ``23.0.0``."),
    "groups": Key(
        ValueKind.OBJECT,
        "The options by group (the section of a file) and name, as in a file.",
    ),
}
"""The keys of a catalogue. It needs all of them."""

OPTION: Mapping[str, Key] = {
    "type": Key(ValueKind.TEXT, "The type of its values; see below. The only required key."),
    "items": Key(ValueKind.TEXT, "The type of a list's items, if it is not ``string``."),
    "default": Key(
        ValueKind.TEXT,
        "The value if a file sets none, as it would be written in a file: ``true`` and "
        "``false``, the items of a list and ``key:value`` pairs with commas between them, those of "
        "a ``multi`` on lines of their own. Left out if there is none.",
    ),
    "sample_default": Key(
        ValueKind.TEXT,
        "An example of the default, in place of ``default``, if it depends on the machine: a host "
        "name, a path.",
    ),
    "choices": Key(ValueKind.TEXTS, "The only values that are allowed."),
    "ignore_case": Key(ValueKind.BOOL, "Whether ``choices`` are not case-sensitive."),
    "min": Key(
        ValueKind.NUMBER,
        "The smallest value, for the types ``integer``, ``float``, ``port`` and ``other``.",
    ),
    "max": Key(ValueKind.NUMBER, "The greatest value, for the same types."),
    "required": Key(
        ValueKind.BOOL,
        "Whether a value is required. A service that sets other options of the group but not this "
        "one gets a warning, unless there is a ``default``.",
    ),
    "secret": Key(ValueKind.BOOL, "Whether the value must not appear in logs and messages."),
    "deprecated": Key(
        ValueKind.OBJECT,
        "That the option will be removed: ``since`` which release, and the ``reason``, if they are "
        "known.",
    ),
    "renamed_from": Key(
        ValueKind.TEXTS, "The option's former names, which are still read: ``group/name``."
    ),
    "help": Key(ValueKind.TEXT, "What the option does, in one paragraph."),
}
"""The keys of an option. They are left out where they say nothing."""

DEPRECATED: Mapping[str, Key] = {
    "since": Key(ValueKind.TEXT, "The release since which it is deprecated."),
    "reason": Key(ValueKind.TEXT, "Why, and what to set instead."),
}

_BOUNDED = (OptionType.INTEGER, OptionType.FLOAT, OptionType.PORT, OptionType.OTHER)
_OPTION_TYPES = {kind.value: kind for kind in OptionType}

_last: dict[tuple[str, str], tuple[Any, CatalogueOption]] = {}
"""What was right when it was last read, by group and name. Releases of a product have most of it in
common, and comparing takes a tenth of the time."""

Keys = tuple[str, ...]
"""The way to a value from the top of the file."""


def read(path: Path, report: yaml_file.Report) -> Catalogue | None:
    """The catalogue at a path, or None where it cannot be used; every problem is reported."""
    text = yaml_file.read_text(path, report)
    if text is None:
        return None
    try:
        catalogue, problems = _read(text, path.as_posix())
    except json.JSONDecodeError as error:
        place = Place(path.as_posix(), error.lineno, error.colno)
        source = text.split("\n")[error.lineno - 1]
        report(Diagnostic("bad-catalogue", place, f"not valid JSON: {error.msg}", source=source))
        return None
    except (RecursionError, ValueError) as error:
        reason = "nested too deep" if isinstance(error, RecursionError) else str(error)
        place, source = Place(path.as_posix(), 1, 1), ""
        if isinstance(error, _TwiceError) and (file := yaml_file.read_file(path, lambda _: None)):
            place = next(_repeated(file.root, error.key), place)
            source = file.line(place.line)
        report(Diagnostic("bad-catalogue", place, f"not a catalogue: {reason}", source=source))
        return None
    if not problems:
        return catalogue
    file = yaml_file.read_file(path, lambda _: None)
    for keys, message, hint in problems:
        place = _place(file, keys) if file else Place(path.as_posix(), 1, 1)
        source = file.line(place.line) if file else ""
        report(Diagnostic("bad-catalogue", place, message, hint, source))
    return None


@lru_cache(maxsize=16)
def _read(text: str, path: str) -> tuple[Catalogue | None, tuple[tuple[Keys, str, str], ...]]:
    """What a text says, and what is wrong with it. Raises ValueError for what is not JSON.

    While a topology is edited, its catalogues stay as they are.
    """
    content = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_number)
    reader = _CatalogueReader()
    return reader.catalogue(content, path), tuple(reader.problems)


def _unique(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _TwiceError(twice)
    return content


class _TwiceError(ValueError):
    """A key stands twice in one object."""

    def __init__(self, key: str) -> None:
        super().__init__(f"the key '{key}' is already defined in this object")
        self.key = key


def _repeated(node: yaml_file.Node | None, key: str) -> Iterator[Place]:
    """Where a key stands that stands already in the same object."""
    if isinstance(node, yaml_file.Mapping):
        keys = [k for k, _ in node.pairs if isinstance(k, yaml_file.Scalar) and k.value == key]
        yield from (k.place for k in keys[1:])
        for _, value in node.pairs:
            yield from _repeated(value, key)
    elif isinstance(node, yaml_file.Sequence):
        for item in node.items:
            yield from _repeated(item, key)


def _no_number(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number")


@dataclass
class _CatalogueReader:
    """Reads what JSON gave, and notes down what is wrong with it and where."""

    problems: list[tuple[Keys, str, str]] = field(default_factory=list)

    def catalogue(self, content: Any, path: str) -> Catalogue | None:
        if not isinstance(content, dict):
            self.problem((), "expected an object")
            return None
        if content.get("format", FORMAT) != FORMAT:
            self.problem(("format",), f"this release reads format {FORMAT}")
            return None
        record = self.record((), content, CATALOGUE, needed=tuple(CATALOGUE))
        for key in ("product", "release"):
            self.name((key,), record.get(key, "?"))
        options = [
            option
            for group, names in record.get("groups", {}).items()
            for option in self.group(group, names)
        ]
        return Catalogue(record.get("product", ""), record.get("release", ""), tuple(options), path)

    def group(self, group: str, names: Any) -> list[CatalogueOption]:
        self.name(("groups", group), group)
        if not isinstance(names, dict):
            self.problem(("groups", group), f"a group is {ValueKind.OBJECT.value}")
            return []
        return [self.option(group, name, content) for name, content in names.items()]

    def option(self, group: str, name: str, content: Any) -> CatalogueOption:
        if (last := _last.get((group, name))) and _is_same(content, last[0]):
            return last[1]
        keys = ("groups", group, name)
        before = len(self.problems)
        self.name(keys, name)
        record = self.record(keys, content, OPTION, needed=("type",))
        deprecated = record.get("deprecated")
        if deprecated is not None:
            said = self.record((*keys, "deprecated"), deprecated, DEPRECATED)
            deprecated = Deprecation(said.get("since", ""), said.get("reason", ""))
        option = CatalogueOption(
            group,
            name,
            self.type((*keys, "type"), record.get("type")),
            self.type((*keys, "items"), record.get("items")),
            record.get("default"),
            record.get("sample_default"),
            tuple(record.get("choices", ())),
            record.get("ignore_case", False),
            record.get("min"),
            record.get("max"),
            record.get("required", False),
            record.get("secret", False),
            deprecated,
            self.former((*keys, "renamed_from"), record.get("renamed_from", ())),
            record.get("help", ""),
        )
        if len(self.problems) == before:
            self.sense(keys, option)
        if len(self.problems) == before:
            _last[group, name] = content, option
        return option

    def sense(self, keys: Keys, option: CatalogueOption) -> None:
        """Notes down what is right by itself, and not together."""
        low, high = option.minimum, option.maximum
        if option.type not in _BOUNDED and (low is not None or high is not None):
            key = "min" if low is not None else "max"
            self.problem((*keys, key), f"the type '{option.type.value}' has no bounds")
        elif low is not None and high is not None and low > high:
            self.problem((*keys, "min"), f"{low} is more than the 'max', {high}")
        elif option.default is not None:
            _, wrong = unfit(option, option.default)
            if wrong:
                self.problem((*keys, "default"), wrong)

    def type(self, keys: Keys, word: str | None) -> OptionType:
        if word is not None and word not in _OPTION_TYPES:
            self.unknown(keys, "type", word, _OPTION_TYPES)
        return _OPTION_TYPES.get(word or "", OptionType.STRING)

    def former(self, keys: Keys, places: Sequence[str]) -> tuple[tuple[str, str], ...]:
        former = []
        for place in places:
            group, slash, name = place.rpartition("/")
            if not (group and slash and name):
                self.problem(keys, "a former name must be written as 'group/name'")
            former.append((group, name))
        return tuple(former)

    def record(
        self, keys: Keys, content: Any, known: Mapping[str, Key], needed: Sequence[str] = ()
    ) -> dict[str, Any]:
        """Those keys of an object whose values are of the right kind."""
        if not isinstance(content, dict):
            self.problem(keys, f"this is not {ValueKind.OBJECT.value}")
            return {}
        record = {}
        for key, value in content.items():
            if key not in known:
                self.unknown((*keys, key), "key", key, known)
            elif not _is(value, kind := known[key].kind):
                self.problem((*keys, key), f"'{key}' is not {kind.value}")
            elif hidden := next(filter(None, map(_CONTROL.search, _texts(value))), None):
                message = f"invisible character U+{ord(hidden[0]):04X}"
                self.problem((*keys, key), message)
            else:
                record[key] = value
        for key in needed:
            if key not in content:
                self.problem(keys, f"the key '{key}' is missing")
        return record

    def name(self, keys: Keys, text: str) -> None:
        if not _NAME.fullmatch(text):
            self.problem(keys, "a name has at most 100 visible characters, on one line")

    def unknown(self, keys: Keys, what: str, word: str, known: Iterable[str]) -> None:
        hint = did_you_mean(word, known) if len(word) < 100 and len(self.problems) < MANY else ""
        self.problem(keys, f"there is no such {what}", hint)

    def problem(self, keys: Keys, message: str, hint: str = "") -> None:
        if len(self.problems) < MANY:
            self.problems.append((keys, message, hint))


def _is_same(content: Any, other: dict[str, Any]) -> bool:
    """Whether content equals other that was right; to Python, 1 also equals 1.0 and true."""
    return bool(content == other) and all(type(content[key]) is type(other[key]) for key in other)


def _texts(value: Any) -> Sequence[str]:
    return value if isinstance(value, list) else [value] if isinstance(value, str) else ()


def _is(value: Any, kind: ValueKind) -> bool:
    if isinstance(value, list) and not all(isinstance(item, str) for item in value):
        return False
    return type(value) in _TYPES[kind]


def _place(file: yaml_file.File, keys: Keys) -> Place:
    """The place of a key, or of the nearest one above it."""
    node, place = file.root, Place(file.path, 1, 1)
    for wanted in keys:
        pairs = node.pairs if isinstance(node, yaml_file.Mapping) else []
        found = [(k, v) for k, v in pairs if isinstance(k, yaml_file.Scalar) and k.value == wanted]
        if not found:
            break
        key, node = found[0]
        place = key.place
    return place
