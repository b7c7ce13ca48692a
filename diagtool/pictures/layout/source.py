"""From a blockdiag source to blockdiag's own diagram, laid out.

What blockdiag keeps in its classes is kept from leaking: one diagram is built at a time,
and what it left behind is cleared.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, cmp_to_key, lru_cache
from importlib import import_module
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any

import diagtool.blockdiag_compat  # noqa: F401

# isort: split
from blockdiag import builder, elements, noderenderer, parser, plugins
from blockdiag.builder import DiagramLayoutManager, EdgeLayoutManager, ScreenNodeBuilder
from blockdiag.utils import XY, Box, unquote, urlutil
from funcparserlib.lexer import LexerError, Token
from funcparserlib.parser import NoParseError

from diagtool.model.diagram import Diagram
from diagtool.pictures.blockdiag_routes import Cell, passed
from diagtool.pictures.layout.tree import tree as tree_of

Warn = Callable[[str], None]


class LayoutError(Exception):
    """blockdiag refuses a source. ``line`` and ``column`` count from 1, None if unknown."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


class _Word(str):
    """A word of a source that knows where it stands."""

    __slots__ = ("place",)
    place: tuple[int, int]


def _parsed(source: str) -> Any:
    """blockdiag's tree of a source."""
    try:
        tokens = parser.tokenize(source)
    except LexerError as error:
        line, column = error.place
        character = source.split("\n")[line - 1][column - 1 : column]
        raise LayoutError(f"unexpected {character!r}", line, column) from None
    for token in tokens:
        word = _Word(token.value)
        word.place = token.start
        token.value = word
    first = 0
    if not _is_wrapped(tokens):
        tokens = [Token("Name", "blockdiag"), Token("Op", "{"), *tokens, Token("Op", "}")]
        first = 2
    try:
        return parser.sort_tree(parser.parse(tokens))
    except NoParseError as error:
        index = error.state.max
        if first <= index < len(tokens) - first // 2:
            word = tokens[index].value
            raise LayoutError(f"unexpected {str(word)!r}", *word.place) from None
        lines = source.rstrip().split("\n")
        raise LayoutError("unexpected end", len(lines), len(lines[-1]) + 1) from None
    except RecursionError:
        raise LayoutError("nested too deeply") from None


def _is_wrapped(tokens: list[Any]) -> bool:
    """Whether a source has ``blockdiag { }``, ``diagram NAME { }`` or ``{ }`` around it."""
    values = [token.value for token in tokens[:3]]
    return values[:1] == ["{"] or (
        values[:1] in (["blockdiag"], ["diagram"]) and "{" in values[1:3]
    )


def whole(source: str) -> str:
    """A source that is drawn, with ``blockdiag { }`` around it where it goes without."""
    return source if _is_wrapped(parser.tokenize(source)) else f"blockdiag {{\n{source}\n}}"


@contextmanager
def built(
    source: str | Diagram, warn: Warn, base: Path | None = None, folder: Path | None = None
) -> Iterator[Any]:
    """blockdiag's diagram of a source, laid out; nobody else builds one meanwhile."""
    if isinstance(source, str):
        tree = _parsed(source)
        _refuse_internals(tree)
        _name_groups(tree)
        _keep_sizes_small(tree)
        _keep_pictures_inside(tree, base, folder or base, warn)
    else:
        tree = tree_of(source)
    with _LOCK, _own_blockdiag(warn):
        try:
            if isinstance(source, Diagram) and source.cells:
                diagram = _Unplaced.build(tree)
                _place(diagram, dict(source.cells))
            else:
                diagram = _Builder.build(tree)
            _EdgeLayout(diagram).run()
            yield diagram
            # What refers to each other in circles would be left for the garbage collector.
            for group in (diagram, *diagram.traverse_groups()):
                group.nodes.clear()
                group.edges.clear()
        except LayoutError:
            raise
        except Exception as error:
            # blockdiag has no exception of its own: it raises what its code trips over.
            raise LayoutError(_reason(error), *_place_of(error)) from error


_LOCK = threading.RLock()


# blockdiag looks the coordinates up by name in a dict, hundreds of thousands of times.
for _number, _name in enumerate(("x1", "y1", "x2", "y2")):
    setattr(Box, _name, property(itemgetter(_number)))
for _number, _name in enumerate(("x", "y")):
    setattr(XY, _name, property(itemgetter(_number)))


# It makes tens of thousands of them, by way of super().
XY.__new__ = lambda kind, x, y: tuple.__new__(kind, (x, y))

# It also takes the quotes off the same few words again and again.
elements.unquote = builder.unquote = lru_cache(maxsize=8192)(unquote)


# Its own key for sorting is a new class each time.
builder.cmp_to_key = cmp_to_key


def duplicate(element: Any) -> Any:
    """What copy.copy gives, without its search for how to copy."""
    new = object.__new__(type(element))
    new.__dict__.update(element.__dict__)
    return new


elements.Base.duplicate = duplicate


# It takes the colour of an edge's text for a word.
elements.DiagramEdge.set_textcolor = elements.Element.set_textcolor


class _Builder(ScreenNodeBuilder):  # type: ignore[misc]
    """blockdiag's builder with our layout."""

    def run(self) -> Any:
        _Layout(self.diagram).run()
        self.diagram.fixiate(True)
        return self.diagram


class _Unplaced(ScreenNodeBuilder):  # type: ignore[misc]
    """blockdiag's builder, which leaves it to us where nodes stand."""

    def run(self) -> Any:
        return self.diagram


def _place(diagram: Any, cells: Mapping[str, Cell]) -> None:
    """Gives nodes their columns and rows; groups stand around theirs."""
    for node in diagram.traverse_nodes():
        if node.drawable:
            node.xy = XY(*cells[node.id])
    for group in (*diagram.traverse_groups(), diagram):
        if group is not diagram:
            group.xy = XY(*(min(node.xy[axis] for node in group.nodes) for axis in (0, 1)))
        group.colwidth = max(node.xy.x + node.colwidth for node in group.nodes) - group.xy.x
        group.colheight = max(node.xy.y + node.colheight for node in group.nodes) - group.xy.y


_MOST_STEPS = 2_000
"""How many steps blockdiag's search for circles may take; what it would find then is guessed."""


class _TooDense(Exception):
    """The search for circles takes too long."""


class _Places(list[Any]):
    """Places that are taken: blockdiag looks for each new one among all."""

    def __init__(self) -> None:
        super().__init__()
        self._known: set[Any] = set()

    def append(self, place: Any) -> None:
        super().append(place)
        self._known.add(place)

    def __contains__(self, place: object) -> bool:
        return place in self._known


class _Layout(DiagramLayoutManager):  # type: ignore[misc]
    """blockdiag's layout with the same outcome where that has one, and quicker.

    blockdiag looks through all edges for the neighbours of a node, walks along every path
    to find circles (a dense diagram without any has millions), and in some circles walks
    for ever.
    """

    def do_layout(self) -> None:
        self.coordinates = _Places()
        self._children: dict[Any, dict[Any, None]] = {}
        self._parents: dict[Any, dict[Any, None]] = {}
        for edge in self.edges:
            one, other = edge.node1, edge.node2
            if not edge.folded and one is not other and one.group is other.group:
                self._children.setdefault(one, {})[other] = None
                self._parents.setdefault(other, {})[one] = None
        super().do_layout()

    def get_parent_nodes(self, node: Any) -> list[Any]:
        return sorted(self._parents.get(node, ()), key=attrgetter("order"))

    def get_child_nodes(self, node: Any) -> list[Any]:
        return sorted(self._children.get(node, ()), key=attrgetter("order"))

    def detect_circulars(self) -> None:
        """Looks for circles only where the walk can end in one."""
        children = self._children
        open_ways = {node: len(others) for node, others in children.items()}
        dead_ends = [node for node in self._parents if node not in children]
        for node in dead_ends:
            for parent in self._parents.get(node, ()):
                open_ways[parent] -= 1
                if not open_ways[parent]:
                    dead_ends.append(parent)
        leads_nowhere = set(dead_ends)
        self._children = {
            node: {other: None for other in others if other not in leads_nowhere}
            for node, others in children.items()
            if node not in leads_nowhere
        }
        self._steps = 0
        self._circles: set[tuple[Any, ...]] = set()
        try:
            super().detect_circulars()
        except _TooDense:
            self.circulars = self._knots()
        self._children = children
        # A node's place is the first one, where circles that share it were joined.
        self._circle_places = [
            {circle[number]: number for number in reversed(range(len(circle)))}
            for circle in self.circulars
        ]

    def _knots(self) -> list[list[Any]]:
        """The sets of nodes from each of which a way leads to each other, in order.

        blockdiag makes one circle of those that share a node, so its circles are parts of these.
        """
        knots: list[list[Any]] = []
        reached = {node: self._reached(node) for node in self._children}
        for node in self.diagram.nodes:
            if node in reached and not any(node in knot for knot in knots):
                knot = [other for other in reached[node] if node in reached.get(other, ())]
                if len(knot) > 1:
                    knots.append(sorted(knot, key=attrgetter("order")))
        return knots

    def _reached(self, node: Any) -> dict[Any, None]:
        """The nodes to which a way leads from a node."""
        ways = dict(self._children[node])
        found = list(ways)
        for other in found:
            for child in self._children.get(other, ()):
                if child not in ways:
                    ways[child] = None
                    found.append(child)
        return ways

    def detect_circulars_sub(self, node: Any, parents: list[Any]) -> None:
        """Walks along every path, as blockdiag does, but not for ever."""
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise _TooDense
        for child in self.get_child_nodes(node):
            if child not in parents:
                self.detect_circulars_sub(child, [*parents, child])
                continue
            circle = parents[parents.index(child) :]
            if tuple(circle) not in self._circles:
                self._circles.add(tuple(circle))
                self.circulars.append(circle)

    def is_circular_ref(self, node1: Any, node2: Any) -> bool:
        """Whether a way from the first node to the second goes back in a circle.

        That depends on which of them is met first by whoever leads into the circle.
        """
        parents, others = self._parents.get(node1, {}), self._parents.get(node2, {})
        for places in self._circle_places:
            if node1 in places and node2 in places:
                back = places[node1] > places[node2]
                outside = [node for node in {**parents, **others} if node not in places]
                for parent in sorted(outside, key=attrgetter("order")):
                    if parent not in parents or parent not in others:
                        return parent in others
                    if back:
                        return True
                if back:
                    return True
        return False

    def compare_child_node_order(self, parent: Any, one: Any, other: Any) -> int:
        """Says by whose edge from the parent's first node a child stands after the other."""
        edges = elements.DiagramEdge.find(parent, one) + elements.DiagramEdge.find(parent, other)
        if not edges:
            return 0
        return 1 if min(edges, key=attrgetter("node1.order")).node2 is other else -1

    def set_node_xpos(self, depth: int = 0) -> None:
        """Gives every node its column. Raises LayoutError where blockdiag never ends."""
        nodes = self.diagram.nodes
        for column in range(sum(node.colwidth for node in nodes) + 1):
            for node in nodes:
                for child in self.get_child_nodes(node) if node.xy.x == column else ():
                    after = column + node.colwidth
                    if child.xy.x <= after and not self.is_circular_ref(node, child):
                        child.xy = XY(after, 0)
            if all(node.xy.x <= column for node in nodes):
                return
        raise LayoutError("blockdiag cannot lay out edges that go in a circle through a group")

    def is_rhombus(self, node1: Any, node2: Any) -> bool:
        """Whether two nodes lead to the same one, each by a single way."""
        seen = set()
        while node1 is not node2:
            ways = self.get_child_nodes(node1), self.get_child_nodes(node2)
            if (node1, node2) in seen or any(
                len(children) != 1 or node.xy.x > children[0].xy.x
                for node, children in zip((node1, node2), ways, strict=True)
            ):
                return False
            seen.add((node1, node2))
            (node1,), (node2,) = ways
        return True


class _EdgeLayout(EdgeLayoutManager):  # type: ignore[misc]
    """blockdiag's, which looks through all nodes at every cell that an edge passes."""

    def run(self) -> None:
        taken = {node.xy for node in self.nodes}
        flowchart = self.diagram.edge_layout == "flowchart"
        for edge in self.edges:
            one, other = edge.node1, edge.node2
            orientation = one.group.orientation
            if not taken.isdisjoint(passed(one.xy, other.xy, orientation, flowchart=flowchart)):
                edge.skipped = 1


@contextmanager
def _own_blockdiag(warn: Warn) -> Iterator[None]:
    """blockdiag with our warnings, and its classes as new before and after."""

    def warning(message: str, *arguments: object) -> None:
        # Nothing is left out or out of use with an edge layout.
        if not message.startswith("edge_layout "):
            warn(message % arguments if arguments else message)

    _clear_classes()
    attributes = set(vars(elements.DiagramNode))
    shape = noderenderer.get
    stderr_warning = elements.warning
    elements.warning = plugins.warning = warning
    noderenderer.get = _shape
    try:
        yield
    finally:
        elements.warning = plugins.warning = stderr_warning
        noderenderer.get = shape
        noderenderer.searchpath.clear()
        plugins.cleanup()
        for attribute in set(vars(elements.DiagramNode)) - attributes:
            delattr(elements.DiagramNode, attribute)
        _clear_classes()


def _clear_classes() -> None:
    for kind in (
        elements.DiagramNode,
        elements.DiagramEdge,
        elements.NodeGroup,
        elements.Diagram,
    ):
        kind.clear()


_OWN_SHAPES = (
    *("actor", "beginpoint", "box", "circle", "cloud", "diamond", "dots", "ellipse"),
    *("endpoint", "mail", "minidiamond", "none", "note", "roundedbox", "square", "textbox"),
    *("flowchart.database", "flowchart.input", "flowchart.loopin", "flowchart.loopout"),
    *("flowchart.terminator", "flowchart.condition"),
)
"""blockdiag's own shapes, which are found without a search through installed packages."""

_find_any_shape = noderenderer.get


def full_name(shape: str) -> str:
    """A shape's name with the namespace that the source names for all shapes."""
    for namespace in noderenderer.searchpath:
        if f"{namespace}.{shape}" in _OWN_SHAPES:
            return f"{namespace}.{shape}"
    return shape


def _shape(shape: str) -> Any:
    """The renderer of a shape, as :func:`blockdiag.noderenderer.get` gives it."""
    name = full_name(shape)
    return _renderer(name) if name in _OWN_SHAPES else _find_any_shape(shape)


@cache
def _renderer(name: str) -> Any:
    module = import_module(
        "blockdiag.noderenderer." + {"flowchart.condition": "diamond"}.get(name, name)
    )
    return next(
        kind
        for kind in vars(module).values()
        if isinstance(kind, type) and kind.__module__ == module.__name__
    )


def _name_groups(tree: Any) -> None:
    """Gives groups without a name one that is the same every time (blockdiag's are not)."""
    statements = list(_statements(tree))
    taken = {unquote(s.id) for _, _, s in statements if isinstance(s, (parser.Group, parser.Node))}
    number = 0
    for owner, index, statement in statements:
        if isinstance(statement, parser.Group) and not statement.id:
            number += 1
            while f"group_{number}" in taken:
                number += 1
            owner[index] = statement._replace(id=f"group_{number}")


def _statements(tree: Any) -> Iterator[tuple[list[Any], int, Any]]:
    """Every statement below a tree, with the list that holds it and its place in there."""
    for index, statement in enumerate(tree.stmts):
        yield tree.stmts, index, statement
        if hasattr(statement, "stmts"):
            yield from _statements(statement)


_INTERNALS = frozenset(
    [
        *("attrname", "basecolor", "classes", "config", "crosspoints", "desctable", "drawable"),
        *("edges", "id", "int_attrs", "level", "namespace", "node1", "node2", "nodes", "order"),
        *("page_padding", "separated", "skipped", "xy"),
    ]
)
"""What a source could set though the language has no such attribute."""


def _refuse_internals(tree: Any) -> None:
    for _, _, statement in _statements(tree):
        own = [statement] if isinstance(statement, parser.Attr) else []
        for attribute in (*own, *(getattr(statement, "attrs", None) or ())):
            if attribute.name in _INTERNALS:
                word = _first_word(attribute)
                place = word.place if word else (None, None)
                raise LayoutError(f"unknown attribute: {attribute.name}", *place)


MOST = {"colwidth": 1000, "colheight": 1000, "fontsize": 1000} | dict.fromkeys(
    ("width", "height", "node_width", "node_height", "span_width", "span_height"), 100_000
)
"""How large a number may be of these: a picture of more has no end, or nobody could see it."""


def _keep_sizes_small(tree: Any) -> None:
    for _, _, statement in _statements(tree):
        own = [statement] if isinstance(statement, parser.Attr) else []
        for attribute in (*own, *(getattr(statement, "attrs", None) or ())):
            value = unquote(attribute.value) or ""
            most = MOST.get(attribute.name)
            least = 1 if attribute.name.startswith("col") else 0
            if most and value.isdecimal() and not least <= int(value[:20]) <= most:
                word = _first_word(attribute)
                place = word.place if word else (None, None)
                message = f"{attribute.name} is {value[:20]}, not from {least} to {most}"
                raise LayoutError(message, *place)


def _keep_pictures_inside(tree: Any, base: Path | None, folder: Path | None, warn: Warn) -> None:
    """Leaves out the icons and backgrounds that may not be read."""
    seen: set[int] = set()
    for _, _, statement in _statements(tree):
        attributes = getattr(statement, "attrs", None)
        # The nodes of one statement share one list.
        if not attributes or id(attributes) in seen:
            continue
        seen.add(id(attributes))
        for attribute in [a for a in attributes if a.name in ("icon", "background")]:
            try:
                path = _picture(unquote(attribute.value), base, folder)
            except LookupError as error:
                warn(f"{attribute.name} left out: {error.args[0]}")
                attributes.remove(attribute)
            else:
                attributes[attributes.index(attribute)] = attribute._replace(value=path)


def _picture(name: str | None, base: Path | None, folder: Path | None) -> str:
    """The path of a bitmap below ``base``. Raises LookupError with the reason why not.

    A name that starts with ``/`` counts from there, another one from ``folder`` or, where
    nothing is there, from ``base`` too.
    """
    if not name:
        raise LookupError("it names no file")
    if urlutil.isurl(name):
        raise LookupError(f"{name} is an address on the network")
    if base is None or folder is None:
        raise LookupError(f"{name} is not read here")
    places = [base / name.lstrip("/")] if name.startswith("/") else [folder / name, base / name]
    try:
        inside = [p for place in places if (p := place.resolve()).is_relative_to(base.resolve())]
        if not inside:
            raise LookupError(f"{name} is outside {base}")
        path = next((path for path in inside if path.is_file()), None)
    except (OSError, RuntimeError, ValueError):  # too long a name, a loop of links, a NUL
        raise LookupError(f"{name} names no file") from None
    if path is None:
        raise LookupError(f"{name} does not exist")
    from PIL import Image

    try:
        with Image.open(path, formats=("PNG", "JPEG", "GIF")):
            return str(path)
    except (OSError, Image.DecompressionBombError):
        raise LookupError(f"{name} is not a PNG, JPEG or GIF file that can be read") from None


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "too deeply nested, or too long a chain of edges"
    message = str(error)
    if not_a_number := re.fullmatch(r"invalid literal for int\(\) with base 10: (.*)", message):
        return f"{not_a_number[1]} is not a whole number"
    if isinstance(error, AttributeError | RuntimeError | ValueError) and message:
        return message[0].lower() + message[1:]
    return f"{type(error).__name__}: {message}"


def _place_of(error: Exception) -> tuple[int | None, int | None]:
    """Where the attribute or statement stands that blockdiag was at when it gave up."""
    place: tuple[int | None, int | None] = (None, None)
    trace = error.__traceback__
    while trace:
        frame = trace.tb_frame
        if frame.f_globals.get("__name__", "").startswith("blockdiag."):
            for name in ("stmt", "attr"):
                word = _first_word(frame.f_locals.get(name))
                if word is not None:
                    place = word.place
        trace = trace.tb_next
    return place


def _first_word(statement: object) -> _Word | None:
    if isinstance(statement, _Word):
        return statement
    if isinstance(statement, tuple | list):
        return next((word for part in statement if (word := _first_word(part))), None)
    return None
