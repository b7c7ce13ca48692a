"""A YAML file as a tree of values that keep their places.

PyYAML's scanner gives the events; they become nodes here, since its own constructors
resolve ``53:53`` and ``NO``, keep the last of two equal keys in silence, and forget where
a value stood. Scalars are always text, exactly as written. No tag is ever followed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from diagtool.loading import yaml_errors
from diagtool.model import Place
from diagtool.model.diagnostics import Diagnostic

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 32
MAX_NODES = 200_000

_FAST_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Scalar:
    """A text. ``plain`` says that it stands without quotes.

    ``raw`` is how it is spelt, from its place on, quotes and all.
    """

    value: str
    plain: bool
    place: Place
    raw: str

    @property
    def missing(self) -> bool:
        """Whether nothing is written, or a word that stands for nothing."""
        return self.plain and self.value in ("", "~", "null", "Null", "NULL")


@dataclass(slots=True)
class Sequence:
    """A list."""

    place: Place
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Mapping:
    """A mapping; its pairs in order, equal keys included."""

    place: Place
    pairs: list[tuple[Node, Node]] = field(default_factory=list)


Node = Scalar | Sequence | Mapping


@dataclass(slots=True)
class File:
    """A file that was read: its text by lines, and what it holds (None where nothing)."""

    path: str
    lines: list[str]
    root: Node | None

    def line(self, number: int) -> str:
        """The line with this number from 1, or nothing where there is none."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""


Report = Callable[[Diagnostic], None]


def read_file(path: Path, report: Report) -> File | None:
    """The file at a path, or None where it cannot be used; every problem is reported."""
    text = read_text(path, report)
    return None if text is None else parse(path.as_posix(), text, report)


def read_text(path: Path, report: Report) -> str | None:
    """What stands in the file at a path, or None where it cannot be read, as reported."""
    shown = path.as_posix()
    try:
        if not path.is_file():
            reason = "is not a regular file" if path.exists() else "does not exist"
            report(Diagnostic("unreadable-file", Place(shown, 1, 1), f"the file {reason}"))
            return None
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        report(Diagnostic("unreadable-file", Place(shown, 1, 1), f"cannot be read: {reason}"))
        return None
    if len(data) > MAX_BYTES:
        report(
            Diagnostic(
                "too-large", Place(shown, 1, 1), f"the file is larger than {MAX_BYTES} bytes"
            )
        )
        return None
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8").removeprefix("\ufeff")
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        report(Diagnostic("not-utf8", _end_of(shown, before), message))
        return None


def lines_of(text: str) -> list[str]:
    """The lines of a text, parted where YAML parts them."""
    return re.split("\r\n|[\n\r\x85\u2028\u2029]", text)


def _end_of(path: str, text: str) -> Place:
    """The place after a text from the start of a file."""
    lines = lines_of(text)
    return Place(path, len(lines), len(lines[-1]) + 1)


def parse(path: str, text: str, report: Report) -> File | None:
    """The file with a text, or None where it cannot be used; every problem is reported."""
    file = File(path, lines_of(text), None)
    try:
        try:
            file.root = _Composer(file, text, report).compose(_FAST_LOADER)
        except yaml.YAMLError:
            # The two scanners word their findings differently: readers get those of the
            # one that is always there.
            file.root = _Composer(file, text, report).compose(yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        problem = _no_yaml(file, error)
    except yaml.reader.ReaderError as error:
        place = _end_of(path, text[: error.position])
        character = ord(text[error.position])
        problem = _Refused("bad-yaml", place, f"the character U+{character:04X} is not allowed")
    except _Refused as refused:
        problem = refused
    else:
        return file
    place = problem.place
    source = file.line(place.line)
    report(Diagnostic(problem.code, place, problem.message, problem.hint, source))
    return None


def _no_yaml(file: File, error: yaml.MarkedYAMLError) -> _Refused:
    """A scanner's finding, in words that help."""
    marks = [mark for mark in (error.problem_mark, error.context_mark) if mark is not None]
    assert marks, "only PyYAML's composers leave them out"
    problem = str(error.problem)
    places = [(mark.line + 1, mark.column + 1) for mark in marks]
    begun = places[1] if len(marks) > 1 else None
    message = yaml_errors.message(problem, file.lines, places[0], begun)
    if problem.startswith(("could not find expected", "expected alpha")) or "stream" in problem:
        marks.reverse()  # what lacks its end, not where it is missed
    return _Refused(
        "bad-yaml",
        _place(file.path, marks[0]),
        message,
        yaml_errors.hint(problem, file.lines, places),
    )


def _place(path: str, mark: Any) -> Place:
    return Place(path, mark.line + 1, mark.column + 1)


class _Refused(Exception):
    """A file that is no use, or would cost too much, to read on."""

    def __init__(self, code: str, place: Place, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.place = place
        self.message = message
        self.hint = hint


class _Composer:
    """Makes nodes from the events of one file, without recursion."""

    def __init__(self, file: File, text: str, report: Report) -> None:
        self.file = file
        self.text = text
        self.report = report
        self.tags: list[Diagnostic] = []
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.open: list[tuple[Sequence | Mapping, str | None, int]] = []
        self.keys: list[Node | None] = []
        self.count = 0
        self.aliases = 0
        self.root: Node | None = None

    def compose(self, loader: type[yaml.SafeLoader]) -> Node | None:
        for event in self._events(loader(self.text)):
            if isinstance(event, yaml.DocumentStartEvent):
                if self.root is not None:
                    place = self._place(event)
                    raise _Refused("bad-yaml", place, "a second document starts here")
            elif isinstance(event, yaml.AliasEvent):
                self._add(*self._aliased(event))
            elif isinstance(event, yaml.ScalarEvent):
                self._scalar(event)
            elif isinstance(event, yaml.CollectionStartEvent):
                self._start(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._end()
        for diagnostic in self.tags:
            self.report(diagnostic)
        return self.root

    def _events(self, loader: yaml.SafeLoader) -> Iterator[yaml.Event]:
        try:
            while loader.check_event():
                yield loader.get_event()  # type: ignore[no-untyped-call]
        except (OverflowError, ValueError):
            # The pure scanner trusts the digits of an escape or of a %YAML directive.
            place = _place(self.file.path, loader.get_mark())
            raise _Refused("bad-yaml", place, "a number is out of range") from None

    def _place(self, event: yaml.Event) -> Place:
        return _place(self.file.path, event.start_mark)

    def _check_tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.tag is not None:
            place = self._place(event)
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            message = f"the tag '{tag}' is not allowed"
            source = self.file.line(place.line)
            self.tags.append(Diagnostic("yaml-tag", place, message, source=source))

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        self._check_tag(event)
        start, end = event.start_mark, event.end_mark
        assert start is not None and end is not None
        raw = self.text[start.index : end.index]
        node = Scalar(event.value, not event.style, self._place(event), raw)
        if event.anchor:
            self.anchors[event.anchor] = (node, 1)
        self._add(node, 1)

    def _start(self, event: yaml.CollectionStartEvent) -> None:
        self._check_tag(event)
        if len(self.open) >= MAX_DEPTH:
            raise _Refused(
                "too-deep", self._place(event), f"nested more than {MAX_DEPTH} levels deep"
            )
        kind = Sequence if isinstance(event, yaml.SequenceStartEvent) else Mapping
        node = kind(self._place(event))
        if event.anchor:
            self.anchors[event.anchor] = (node, 0)
        self.open.append((node, event.anchor, self.count))
        self.keys.append(None)

    def _end(self) -> None:
        node, anchor, count_before = self.open.pop()
        self.keys.pop()
        size = self.count - count_before + 1
        if anchor:
            self.anchors[anchor] = (node, size)
        self._add(node, 1)

    def _aliased(self, event: yaml.AliasEvent) -> tuple[Node, int]:
        if event.anchor not in self.anchors:
            place = self._place(event)
            raise _Refused(
                "bad-yaml",
                place,
                f"the alias '*{event.anchor}' has no anchor",
                yaml_errors.of_value(self.file.line(place.line), place.column),
            )
        self.aliases += 1
        node, size = self.anchors[event.anchor]
        if any(node is opened for opened, _, _ in self.open):
            raise _Refused(
                "alias-bomb", self._place(event), f"the alias '*{event.anchor}' contains itself"
            )
        return node, size

    def _add(self, node: Node, size: int) -> None:
        self.count += size
        if self.count > MAX_NODES:
            if self.aliases:
                message = f"its aliases expand to more than {MAX_NODES} values"
                raise _Refused("alias-bomb", node.place, message)
            message = f"the file contains more than {MAX_NODES} values"
            raise _Refused("too-large", node.place, message)
        if not self.open:
            self.root = node
            return
        parent = self.open[-1][0]
        if isinstance(parent, Sequence):
            parent.items.append(node)
        elif (key := self.keys[-1]) is None:
            self.keys[-1] = node
        else:
            parent.pairs.append((key, node))
            self.keys[-1] = None


def topology_files(path: Path) -> list[Path]:
    """The files of a topology: itself, or ``topology.yaml`` of a folder and its others.

    A folder without that file is no topology, whatever else it holds: it gives only that
    path. Raises OSError where the folder cannot be listed.
    """
    if not path.is_dir():
        return [path]
    main = path / "topology.yaml"
    if not main.is_file():
        return [main]
    others = [
        other
        for other in sorted(path.iterdir())
        if other.suffix in (".yaml", ".yml") and not other.name.startswith(".")
        if other != main and other.is_file()
    ]
    return [main, *others]
