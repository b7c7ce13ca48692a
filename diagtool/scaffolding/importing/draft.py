"""A draft: what files say of a system, before it is written down as a topology.

Each importer adds what its file says; what several files, or several pictures of one, say of
the same part comes together here. Nothing is lost in silence: what a topology cannot hold, and
what it must hold and no file says, is a *remark*, which becomes a comment in the topology and
a finding on the terminal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from diagtool.loading import schema
from diagtool.loading.yaml_file import MAX_NODES
from diagtool.model import Direction, Place, Shape, node_id
from diagtool.model.diagnostics import Diagnostic

MOST_PARTS = 2_000
"""How many parts a draft may have."""

NOT_IMPORTED, ASSUMED = "not-imported", "assumed"

_ID = re.compile(schema.ID)
_UNSEEN = re.compile(f"[{schema.CONTROL}]")
_SERVER = re.compile(r"(?<=\S)[ _-]+servers?$", re.IGNORECASE)


class DraftError(Exception):
    """Files that no topology can be made of."""


class Kind(Enum):
    """What a part is."""

    SERVICE = "service"
    COMPONENT = "component"


@dataclass(slots=True, eq=False)
class Option:
    """An option that a file sets."""

    section: str
    name: str
    values: list[str]


@dataclass(slots=True, eq=False)
class Snippet:
    """Options that a page shows together."""

    id: str
    options: list[Option]
    alternative_to: str = ""


@dataclass(slots=True, eq=False)
class Note:
    """A paragraph or warning in the markup of topologies, or a snippet that is shown."""

    text: str = ""
    snippet: Snippet | None = None
    is_warning: bool = False


@dataclass(slots=True, eq=False)
class Listener:
    """Where a part is reached; ``for_people`` is a port that no other part is known to reach."""

    port: str
    name: str = ""
    transport: str = ""
    protocol: str = ""
    for_people: bool = False

    @property
    def called(self) -> str:
        """What one of several is called."""
        return self.name or f"port-{self.port}"


@dataclass(slots=True, eq=False)
class Part:
    """A component or a service; ``kind`` is None as long as nothing says which.

    ``name`` is what sentences call it, ``label`` what its box says. Of a service, ``server`` is
    what one of ``replicas`` is called, ``servers`` what all of them are; empty and None where no
    file says it. ``weak`` says that its kind was only guessed.
    """

    id: str
    name: str
    place: Place
    kind: Kind | None = None
    weak: bool = False
    label: str = ""
    shape: Shape | None = None
    stacked: bool | None = None
    front: bool = False
    outside: bool = False
    server: str = ""
    servers: str = ""
    replicas: int | None = None
    description: str = ""
    image: str = ""
    object: str = ""
    job: str = ""
    listen: list[Listener] = field(default_factory=list)
    snippets: list[Snippet] = field(default_factory=list)
    config: list[Option] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    needs: dict[str, Place] = field(default_factory=dict)
    has_needs: bool = False
    remarks: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Line:
    """A line between two parts, with arrowheads at its ends or not.

    ``port`` is where it reaches the one that listens, empty where no file says it.
    """

    tail: Part
    head: Part
    at_tail: bool
    at_head: bool
    place: Place
    label: str = ""
    optional: bool = False
    port: str = ""
    remarks: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Connection:
    """A line as the part states it that owns it.

    ``listener`` is the name of that which it reaches, where the other end has several.
    """

    peer: Part
    direction: Direction
    label: str = ""
    needed: bool = True
    remarks: list[str] = field(default_factory=list)
    listener: str = ""


@dataclass(slots=True)
class Draft:
    """What files say of a system.

    ``hosts`` are addresses by ids, ``overviews`` how many pictures number no servers.
    """

    parts: list[Part] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    intro: list[str] = field(default_factory=list)
    placeholders: dict[str, None] = field(default_factory=dict)
    hosts: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    overviews: int = 0
    found: list[Diagnostic] = field(default_factory=list)
    _known: dict[str, Part] = field(default_factory=dict)
    _joined: dict[frozenset[int], Line] = field(default_factory=dict)

    def remark(
        self, place: Place, message: str, on: Part | Line | None = None, code: str = NOT_IMPORTED
    ) -> None:
        """Notes down what is not in the topology, or (``ASSUMED``) in no file."""
        if len(self.found) > MAX_NODES // 10:
            raise DraftError("there is too much in the files that is not understood")
        self.found.append(Diagnostic(code, place, message))
        (on or self).remarks.append(f"{place}: {message}")

    def part(self, name: str, place: Place, id: str = "", kind: Kind | None = None) -> Part:
        """The part of this name, which is new where no file has told of it yet.

        A kind that is certain takes the place of one that was guessed.
        """
        name = cleaned(name) or "unnamed"
        part = self._known.get(key(name)) or (self._known.get(key(id)) if id else None)
        if part is None:
            if len(self.parts) >= MOST_PARTS:
                raise DraftError(f"the files have more than {MOST_PARTS:,} parts")
            part = Part(self._free(id, name), name, place)
            self.parts.append(part)
        self._known.setdefault(key(name), part)
        if id:
            self._known.setdefault(key(id), part)
        if kind and (part.kind is None or part.weak):
            part.kind, part.weak = kind, False
        return part

    def count(self, part: Part, replicas: int | None, place: Place) -> None:
        """Takes down how many servers a service has; what was said first holds."""
        if replicas and part.replicas not in (None, replicas):
            message = f"there are {replicas} servers of {part.name} here, {part.replicas} before"
            self.remark(place, message, part)
        part.replicas = part.replicas or replicas

    def find(self, name: str) -> Part | None:
        """The part of this name or id."""
        return self._known.get(key(name))

    def rename(self, part: Part, name: str) -> None:
        """Has sentences call a part by another name, which pages give it."""
        if key(name) not in self._known:
            self._known[key(name)] = part
            part.name = cleaned(name)

    def _free(self, id: str, name: str) -> str:
        """An id that no part has yet."""
        wanted = next(filter(_ID.match, (id, *_ids(name))), "part")[:60]
        taken = {part.id for part in self.parts}
        number = 2
        while (found := wanted if number == 2 else f"{wanted}_{number - 1}") in taken:
            number += 1
        return found

    def join(
        self,
        tail: Part,
        head: Part,
        place: Place,
        *,
        at_tail: bool = False,
        at_head: bool = True,
        label: str = "",
        optional: bool = False,
    ) -> Line:
        """A line between two parts, which must not be the same; said twice, it is one line."""
        line = self._joined.get(frozenset((id(tail), id(head))))
        if line is None:
            line = Line(tail, head, at_tail, at_head, place, cleaned(label), optional)
            self._joined[frozenset((id(tail), id(head)))] = line
            self.lines.append(line)
            return line
        if line.tail is not tail:
            at_tail, at_head = at_head, at_tail
        line.at_tail, line.at_head = line.at_tail or at_tail, line.at_head or at_head
        line.label = line.label or cleaned(label)
        line.optional = line.optional and optional
        return line

    def between(self, one: Part, other: Part) -> Line | None:
        """The line between two parts."""
        return self._joined.get(frozenset((id(one), id(other))))

    def lines_of(self, part: Part) -> Iterator[tuple[Line, Part]]:
        """The lines of a part, each with the part at its other end."""
        for line in self.lines:
            if line.tail is part:
                yield line, line.head
            elif line.head is part:
                yield line, line.tail


def cleaned(text: str, longest: int = 200) -> str:
    """A text on one line, without what no topology may hold."""
    return " ".join(_UNSEEN.sub("", text.replace("\n", " ").replace("\t", " ")).split())[:longest]


def key(name: str) -> str:
    """A name as it is compared."""
    found = node_id(name)
    return found if found != "_" else name


def without_server(name: str) -> str:
    """What a service is called whose server has this name."""
    return _SERVER.sub("", name) or name


def _ids(name: str) -> Iterator[str]:
    """Ids for a part of this name, the best first: it itself, if it looks like one."""
    if name == name.lower():
        yield name
    ascii = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    yield ascii
    yield f"part_{ascii}".strip("_")


SHAPES: Mapping[str, Shape] = {
    **{shape.value: shape for shape in Shape},
    "flowchart.database": Shape.DATABASE,
    "flowchart.terminator": Shape.TERMINATOR,
    "flowchart.input": Shape.INPUT,
    "cylinder": Shape.DATABASE,
    "rect": Shape.BOX,
    "rectangle": Shape.BOX,
    "record": Shape.BOX,
    "mrecord": Shape.ROUNDED_BOX,
    "plaintext": Shape.BOX,
    "none": Shape.BOX,
    "plain": Shape.BOX,
    "component": Shape.BOX,
    "box3d": Shape.BOX,
    "egg": Shape.ELLIPSE,
    "oval": Shape.ELLIPSE,
    "circle": Shape.CIRCLE,
    "doublecircle": Shape.CIRCLE,
    "mdiamond": Shape.DIAMOND,
    "stadium": Shape.TERMINATOR,
    "rounded": Shape.ROUNDED_BOX,
    "person": Shape.ACTOR,
    "page": Shape.NOTE,
    "queue": Shape.MAIL,
    "parallelogram": Shape.INPUT,
}
"""The shapes of boxes in other languages that a topology has as well."""
