"""A YAML file as a tree of values that keep their places.

PyYAML's scanner gives the events; they become nodes here, since its own constructors
resolve ``53:53`` and ``NO``, keep the last of two equal keys in silence, and forget where
a value stood. Scalars are always text, exactly as written. No tag is ever followed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from diagtool.diagnostics import Diagnostic
from diagtool.model import Place

MAX_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 32
MAX_NODES = 200_000

_FAST_LOADER = getattr(yaml, "CLoader", yaml.Loader)


@dataclass(slots=True)
class Scalar:
    """A text. ``plain`` says that it stands without quotes; ``raw`` is how it is spelt."""

    value: str
    plain: bool
    place: Place
    raw: str


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
    shown = path.as_posix()
    try:
        if not path.is_file():
            reason = "is no regular file" if path.exists() else "does not exist"
            report(Diagnostic("unreadable-file", Place(shown, 1, 1), f"the file {reason}"))
            return None
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        report(Diagnostic("unreadable-file", Place(shown, 1, 1), f"cannot be read: {reason}"))
        return None
    if len(data) > MAX_BYTES:
        report(Diagnostic("too-large", Place(shown, 1, 1), f"is larger than {MAX_BYTES} bytes"))
        return None
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8").removeprefix("\ufeff")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        byte = data[error.start]
        message = f"byte 0x{byte:02x} is not UTF-8"
        report(Diagnostic("not-utf8", Place(shown, line, column), message))
        return None
    return _parse(shown, text, report)


def _parse(path: str, text: str, report: Report) -> File | None:
    lines = text.splitlines()
    file = File(path, lines, None)
    try:
        try:
            file.root = _Composer(path, text, report).compose(_FAST_LOADER)
        except yaml.YAMLError:
            # The two scanners word their findings differently: readers get those of the
            # one that is always there.
            file.root = _Composer(path, text, report).compose(yaml.Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(path, mark.line + 1, mark.column + 1) if mark else Place(path, 1, 1)
        about = f"{error.context}: " if error.context else ""
        report(Diagnostic("bad-yaml", place, f"{about}{error.problem}", source=file.line(place.line)))
        return None
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        place = Place(path, before.count("\n") + 1, len(before) - before.rfind("\n"))
        character = text[error.position : error.position + 1]
        message = f"the character U+{ord(character):04X} is not allowed" if character else str(error)
        report(Diagnostic("bad-yaml", place, message, source=file.line(place.line)))
        return None
    except _Refused as refused:
        place = refused.place
        report(Diagnostic(refused.code, place, refused.message, source=file.line(place.line)))
        return None
    return file


@dataclass
class _Refused(Exception):
    """A file that would cost too much to read on."""

    code: str
    place: Place
    message: str


class _Composer:
    """Makes nodes from the events of one file, without recursion."""

    def __init__(self, path: str, text: str, report: Report) -> None:
        self.path = path
        self.text = text
        self.lines = text.splitlines()
        self.report = report
        self.tags: list[Diagnostic] = []
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.open: list[tuple[Sequence | Mapping, str | None, int]] = []
        self.count = 0
        self.root: Node | None = None
        self.key: list[Node | None] = []

    def compose(self, loader: type[yaml.Loader]) -> Node | None:
        documents = 0
        for event in yaml.parse(self.text, Loader=loader):
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _Refused(
                        "bad-yaml", self._place(event), "a second document starts here"
                    )
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

    def _place(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        return Place(self.path, mark.line + 1, mark.column + 1)

    def _check_tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.tag is not None:
            place = self._place(event)
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            source = self.lines[place.line - 1] if place.line <= len(self.lines) else ""
            message = f"the tag '{tag}' is not allowed"
            self.tags.append(Diagnostic("yaml-tag", place, message, source=source))

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        self._check_tag(event)
        raw = self.text[event.start_mark.index : event.end_mark.index]
        node = Scalar(event.value, not event.style, self._place(event), raw)
        if event.anchor:
            self.anchors[event.anchor] = (node, 1)
        self._add(node, 1)

    def _start(self, event: yaml.CollectionStartEvent) -> None:
        self._check_tag(event)
        if len(self.open) >= MAX_DEPTH:
            raise _Refused("too-deep", self._place(event), f"is nested more than {MAX_DEPTH} deep")
        kind = Sequence if isinstance(event, yaml.SequenceStartEvent) else Mapping
        node = kind(self._place(event))
        if event.anchor:
            self.anchors[event.anchor] = (node, 0)
        self.open.append((node, event.anchor, self.count))
        self.key.append(None)

    def _end(self) -> None:
        node, anchor, count_before = self.open.pop()
        self.key.pop()
        size = self.count - count_before + 1
        if anchor:
            self.anchors[anchor] = (node, size)
        self._add(node, 1)

    def _aliased(self, event: yaml.AliasEvent) -> tuple[Node, int]:
        if event.anchor not in self.anchors:
            raise _Refused(
                "bad-yaml", self._place(event), f"the alias '*{event.anchor}' has no anchor"
            )
        node, size = self.anchors[event.anchor]
        if any(node is opened for opened, _, _ in self.open):
            raise _Refused(
                "alias-bomb", self._place(event), f"the alias '*{event.anchor}' repeats itself"
            )
        return node, size

    def _add(self, node: Node, size: int) -> None:
        self.count += size
        if self.count > MAX_NODES:
            message = f"the file unfolds to more than {MAX_NODES} values"
            raise _Refused("alias-bomb", node.place, message)
        if not self.open:
            self.root = node
            return
        parent = self.open[-1][0]
        if isinstance(parent, Sequence):
            parent.items.append(node)
        elif (key := self.key[-1]) is None:
            self.key[-1] = node
        else:
            parent.pairs.append((key, node))
            self.key[-1] = None


def topology_files(path: Path) -> list[Path]:
    """The files of a topology: itself, or ``topology.yaml`` of a folder and its others.

    Raises OSError where the folder cannot be listed.
    """
    if not path.is_dir():
        return [path]
    main = path / "topology.yaml"
    names = sorted(os.listdir(path))
    others = [path / n for n in names if n.endswith((".yaml", ".yml")) and not n.startswith(".")]
    return [main, *(other for other in others if other.name != main.name and other.is_file())]
