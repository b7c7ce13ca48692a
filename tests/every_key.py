"""What becomes of each key of the format, found by changing it in the sample topologies.

A key is changed in the ways that its spec allows, as long as what comes of it loads and is
another model. Both models are then given to whatever must notice such a change.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import yaml

from diagtool.loading import schema
from diagtool.loading.loader import read
from diagtool.model import Inline, Place, Topology

ROOT = Path(__file__).parents[1]
GOOD = ROOT / "tests" / "data" / "topologies" / "good"
SAMPLES = (
    *(GOOD / f"{name}.yaml" for name in ("full", "more-keys", "deployment", "balanced", "variant")),
    *(ROOT / "topology" / f"{name}.yaml" for name in ("designate", "designate-23")),
)
ENOUGH = 3
"""How many edits of one key are looked at."""


class _Dumper(yaml.CSafeDumper):
    """Writes texts without quotes wherever YAML allows it: what is in quotes is no number."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}

    def ignore_aliases(self, data: Any) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Use:
    """A key as a sample uses it: ``path`` leads to it through mappings and lists."""

    sample: Path
    path: tuple[str | int, ...]
    record: schema.Record
    name: str

    @property
    def spec(self) -> schema.Spec:
        return self.record.keys[self.name].spec

    @property
    def value(self) -> Any:
        return _at(_content(self.sample), self.path)

    def put(self, value: Any) -> Topology | None:
        """The sample with another value of the key, None where the loader refuses it."""
        content = copy.deepcopy(_content(self.sample))
        _at(content, self.path[:-1])[self.name] = value
        return _read(self.sample, content)


@dataclass(frozen=True)
class Edit:
    """A key with two topologies that differ in it, and the fields of the model that changed."""

    name: str
    old: Topology
    new: Topology
    fields: frozenset[str]


def every() -> list[str]:
    """Every key of the format, as ``record-name.key``."""
    return list(_keys())


def leaves() -> list[str]:
    """The keys that say something themselves, and not only by the keys inside them."""
    return [
        name
        for name, spec in _keys().items()
        if not _is_made_of_keys(spec) or (isinstance(spec, schema.Record) and spec.scalar)
    ]


def texts() -> list[str]:
    """The keys whose values are sentences."""
    return [
        name
        for name, spec in _keys().items()
        if spec == schema.TEXT or (isinstance(spec, schema.Record) and spec.scalar == schema.TEXT)
    ]


@cache
def _keys() -> dict[str, schema.Spec]:
    found: dict[str, schema.Spec] = {}

    def walk(spec: schema.Spec) -> None:
        match spec:
            case schema.Record():
                for name, key in spec.keys.items():
                    if (full := _named(spec, name)) not in found:
                        found[full] = key.spec
                        walk(key.spec)
            case schema.ListOf() | schema.OneOrMore():
                walk(spec.item)
            case schema.MapOf():
                walk(spec.value)

    walk(schema.TOPOLOGY)
    return found


def _named(record: schema.Record, key: str) -> str:
    return f"{record.name.replace(' ', '-')}.{key}"


def _is_made_of_keys(spec: schema.Spec) -> bool:
    match spec:
        case schema.Record():
            return True
        case schema.ListOf() | schema.OneOrMore():
            return _is_made_of_keys(spec.item)
        case schema.MapOf():
            return _is_made_of_keys(spec.value)
        case _:
            return False


@cache
def written() -> frozenset[str]:
    """Every text of the samples, as a value or as the name of something."""

    def walk(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        for inner in (*value, *value.values()) if isinstance(value, dict) else value:
            if not isinstance(value, str):
                yield from walk(inner)

    return frozenset(text for sample in SAMPLES for text in walk(_content(sample)))


@cache
def uses() -> dict[str, list[Use]]:
    """Where samples use each key."""
    found: dict[str, list[Use]] = {name: [] for name in every()}

    def walk(sample: Path, spec: schema.Spec, value: Any, path: tuple[str | int, ...]) -> None:
        match spec:
            case schema.Record() if isinstance(value, dict):
                for name, inner in value.items():
                    use = Use(sample, (*path, name), spec, name)
                    found[_named(spec, name)].append(use)
                    walk(sample, use.spec, inner, use.path)
            case schema.ListOf() | schema.OneOrMore() if isinstance(value, list):
                for number, inner in enumerate(value):
                    walk(sample, spec.item, inner, (*path, number))
            case schema.OneOrMore():
                walk(sample, spec.item, value, path)
            case schema.MapOf() if isinstance(value, dict):
                for name, inner in value.items():
                    walk(sample, spec.value, inner, (*path, name))

    for sample in SAMPLES:
        walk(sample, schema.TOPOLOGY, _content(sample), ())
    return found


@cache
def _content(sample: Path) -> Any:
    return yaml.load(sample.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


@cache
def _unchanged(sample: Path) -> Topology:
    topology = read(sample).topology
    assert topology
    return topology


@cache
def edits(name: str) -> tuple[Edit, ...]:
    """Edits of a key that change the model; none where nothing reads it."""
    return tuple(itertools.islice(_loadable(name), ENOUGH))


def _loadable(name: str) -> Iterator[Edit]:
    """Edits of the first sample that has any."""
    for _, of_sample in itertools.groupby(uses()[name], key=lambda use: use.sample):
        found = False
        for use in of_sample:
            for content in _edits(use):
                if edit := _edit(name, use.sample, content):
                    yield edit
                    found = True
        if found:
            return


def _read(sample: Path, content: Any) -> Topology | None:
    text = yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True)
    return read(sample, {sample: text}).topology


def _edit(name: str, sample: Path, content: Any) -> Edit | None:
    new = _read(sample, content)
    old = _unchanged(sample)
    changed = frozenset(changes(old, new)) if new else None
    return Edit(name, old, new, changed) if new and changed else None


def _at(content: Any, path: Iterable[str | int]) -> Any:
    """What stands at the end of a path."""
    for step in path:
        content = content[step]
    return content


def _edits(use: Use) -> Iterator[Any]:
    """The contents of the sample with the key alone changed in one way or another."""
    *way, name = use.path

    def changed() -> tuple[Any, Any]:
        content = copy.deepcopy(_content(use.sample))
        return content, _at(content, way)

    ids = _ids(use.sample)
    content, record = changed()
    for other in _others(use.spec, record[name], ids):
        content, record = changed()
        record[name] = other
        yield content
    content, record = changed()
    del record[name]
    yield content
    for other in use.record.one_of:
        if name in use.record.one_of and other not in record:
            content, record = changed()
            record[other] = record.pop(name)
            yield content


def _others(spec: schema.Spec, value: Any, ids: tuple[str, ...]) -> Iterator[Any]:
    """Other values than the one that is there; any that does not fit is refused later."""
    match spec:
        case schema.Int():
            yield from (str(int(value) + 1), str(int(value) - 1))
        case schema.Bool():
            yield "false" if value == "true" else "true"
        case schema.Choice():
            yield from (other for other in spec.values if other != value)
        case schema.Id():
            yield from (id for id in ids if id != value)
        case schema.Str() if isinstance(value, str):
            yield from ids if value in ids else (f"{value}x",)
        case schema.OneOrMore() if not isinstance(value, list):
            yield from _others(spec.item, value, ids)
        case schema.Record(scalar=schema.Str() as scalar) if isinstance(value, str):
            yield from _others(scalar, value, ids)
        case schema.ListOf() | schema.OneOrMore():
            for number, item in enumerate(value):
                for other in _others(spec.item, item, ids):
                    yield [*value[:number], other, *value[number + 1 :]]
                yield [*value[:number], *value[number + 1 :]]
        case schema.MapOf() | schema.Record() if isinstance(value, dict):
            for name, inner in value.items():
                own = spec.keys[name].spec if isinstance(spec, schema.Record) else spec.value
                for other in _others(own, inner, ids):
                    yield {**value, name: other}
                yield {other: content for other, content in value.items() if other != name}


@cache
def _ids(sample: Path) -> tuple[str, ...]:
    """What may be meant where a sample needs an id."""
    topology = _unchanged(sample)
    snippets = (s.id for service in topology.services.values() for s in service.snippets)
    parts = (part.id for part in topology.parts)
    return (*parts, *topology.zones, *topology.rules, *snippets)


def changes(old: Any, new: Any, name: str = "") -> Iterator[str]:
    """The fields of the model, as ``Class.field``, in which two objects differ.

    A text is one thing, whatever it is made of: every text has words.
    """
    if isinstance(old, Place):
        return
    inner: list[str] = []
    if is_dataclass(old) and type(old) is type(new) and not isinstance(old, Inline):
        for field in fields(old):
            own = f"{type(old).__name__}.{field.name}"
            inner += changes(getattr(old, field.name), getattr(new, field.name), own)
    elif isinstance(old, dict) and isinstance(new, dict) and old.keys() == new.keys():
        inner += (each for key in old for each in changes(old[key], new[key]))
    elif isinstance(old, tuple) and isinstance(new, tuple) and len(old) == len(new):
        pairs = zip(old, new, strict=True)
        inner += (each for one, other in pairs for each in changes(one, other))
    elif old != new:
        yield name
    if inner:
        yield from filter(None, (name, *inner))
