"""What a person sees in a picture of boxes, frames and lines.

A format's reader hands over what is drawn and where; here it is put together: the text
in a box is its label, a frame holds the boxes that lie in it, and a line leads from the
box at its one end to the box at its other.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from diagtool.checks.readers import ReadError
from diagtool.model import Place
from diagtool.model.facts import Fact, FactKind, Facts, counted, flat

NOTHING = "nothing"
"""What stands at the end of a line that reaches no box."""

REACH = 12.0
"""How far the end of a line may be from its box."""

MOST = 2_000
"""How many boxes, and how many lines, a picture may have."""

SIGN = 24.0
"""How high words on the upper side of a box may be, to say something of the box."""

WORK = 5_000_000
"""How many pairs of shapes are looked at, to find out what lies on what."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Rect:
    """An upright rectangle by its sides."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def area(self) -> float:
        return max(0.0, self.right - self.left) * max(0.0, self.bottom - self.top)

    @property
    def center(self) -> Point:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def contains(self, point: Point) -> bool:
        return self.left <= point[0] <= self.right and self.top <= point[1] <= self.bottom

    def holds(self, other: Rect, slack: float = 0.5) -> bool:
        """Whether the other lies inside."""
        return (
            self.left - slack <= other.left
            and self.top - slack <= other.top
            and self.right + slack >= other.right
            and self.bottom + slack >= other.bottom
        )

    def distance(self, point: Point) -> float:
        """How far a point is outside."""
        dx = max(self.left - point[0], 0.0, point[0] - self.right)
        dy = max(self.top - point[1], 0.0, point[1] - self.bottom)
        return float((dx * dx + dy * dy) ** 0.5)

    def common(self, other: Rect) -> float:
        """The area of what both cover."""
        return Rect(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        ).area

    def joined(self, other: Rect) -> Rect:
        """The smallest one around both."""
        return Rect(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


TOGETHER = 0.1
"""How far apart lines are that run along the same way, as programs round."""

FAR = 3
"""How many times its height a text may be away from the line that it stands at."""

BELOW = Rect(0, math.inf, 0, math.inf)
"""Where a text counts as the last of several."""


def bound(pairs: int) -> None:
    """Raises ReadError for more pairs of shapes than are looked at."""
    if pairs > WORK:
        raise ReadError("it has too many shapes to tell which belong together")


def around(points: Iterable[Point]) -> Rect:
    """The smallest rectangle around points, of which there must be one."""
    xs, ys = zip(*points, strict=True)
    return Rect(min(xs), min(ys), max(xs), max(ys))


@dataclass(slots=True)
class Box:
    """A box, or a frame around boxes, with the text on it. ``reach`` is where lines end.

    A frame is ``crowded`` where texts lie side by side or on each other at its top.
    """

    label: str
    rect: Rect
    place: Place
    crowded: bool = False
    reach: Rect = field(init=False)

    def __post_init__(self) -> None:
        self.label = flat(self.label)
        self.reach = self.rect


@dataclass(slots=True)
class Link:
    """A line between two boxes (None for nothing), with arrowheads at its ends or not."""

    tail: Box | None
    head: Box | None
    at_tail: bool
    at_head: bool
    place: Place
    label: str = ""
    dashed: bool = False


@dataclass(slots=True)
class Outline:
    """A closed shape that can be seen. ``order`` counts from what is furthest behind."""

    rect: Rect
    order: int
    place: Place


@dataclass(slots=True)
class Text:
    """A piece of text and the room that it takes.

    ``line`` is the line that the file puts into one group with it, where that is one only.
    """

    text: str
    rect: Rect
    order: int
    place: Place
    line: Sequence[Point] | None = None


def facts(boxes: Sequence[Box], frames: Sequence[Box], links: Sequence[Link]) -> Facts:
    """What a picture says, with the places that say it."""
    if len(boxes) > MOST or len(frames) > MOST or len(links) > MOST:
        raise ReadError(f"it has more than {MOST:,} boxes or lines")
    found: dict[Fact, Place] = {}

    def say(kind: FactKind, place: Place, *terms: str) -> None:
        found.setdefault(Fact(kind, "", terms), place)

    for label, box in zip(counted(box.label for box in boxes), boxes, strict=True):
        say(FactKind.BOX, box.place, label)
    bound(len(frames) * (len(boxes) + len(frames)))
    for frame in frames:
        for member in (*boxes, *frames):
            if member.rect.area < frame.rect.area and frame.rect.contains(member.rect.center):
                say(FactKind.GROUP, member.place, frame.label, member.label)
    for link in links:
        tail = link.tail.label if link.tail else NOTHING
        head = link.head.label if link.head else NOTHING
        if link.at_head:
            say(FactKind.ARROW, link.place, tail, head)
        if link.at_tail:
            say(FactKind.ARROW, link.place, head, tail)
        ends = sorted((tail, head))
        if not (link.at_head or link.at_tail):
            say(FactKind.LINE, link.place, *ends)
        if label := flat(link.label):
            say(FactKind.EDGE_LABEL, link.place, *ends, label)
        if link.dashed:
            say(FactKind.OPTIONAL, link.place, *ends)
    return found


# --- putting together -----------------------------------------------------------------


def labelled(
    outlines: Sequence[Outline], texts: Sequence[Text]
) -> tuple[list[Box], list[Box], list[Text]]:
    """Boxes and frames with the texts on them, and the texts that are on none."""
    bound(len(outlines) * len(texts))
    on: dict[int, list[Text]] = {}
    free = []
    # Of copies that lie on each other, the front one has the text, however they are rounded.
    by_size = sorted(outlines, key=lambda o: (round(o.rect.area), -o.order))
    for text in texts:
        center = text.rect.center
        under = (o for o in by_size if o.order < text.order and o.rect.contains(center))
        if owner := next(under, None):
            on.setdefault(id(owner), []).append(text)
        else:
            free.append(text)
    owners = [outline for outline in outlines if id(outline) in on]
    bound(len(owners) ** 2)
    for sign in [each for each in owners if _height(each.rect) <= SIGN]:
        # What is said of a box stands on its upper side.
        hosts = (o for o in owners if o.order < sign.order and is_on_top(sign.rect, o.rect))
        if host := min(hosts, key=lambda o: o.rect.area, default=None):
            words = on.pop(id(sign))
            on[id(host)].append(Text(f"({_joined(words)})", BELOW, sign.order, words[0].place))
            owners.remove(sign)
            outlines = [each for each in outlines if each is not sign]
    blank = [outline for outline in outlines if id(outline) not in on]

    def is_frame(outline: Outline) -> bool:
        return any(
            other is not outline
            and other.order > outline.order
            and outline.rect.area > 1.2 * other.rect.area
            and outline.rect.contains(other.rect.center)
            for other in owners
        )

    boxes, frames = [], []
    for outline in owners:
        own = on[id(outline)]
        if is_frame(outline):
            title, others = _title(own, outline.rect)
            free += others
            frames.append(Box(title, outline.rect, outline.place, _are_crowded(own)))
        else:
            boxes.append(Box(_joined(own), outline.rect, own[0].place))
    bound(len(blank) * len(owners))
    # Copies of a box behind it, its shadow and its ornaments lie on it and say nothing.
    rest = []
    for outline in blank:
        rect = outline.rect
        for box in (*boxes, *frames):
            if rect.common(box.rect) > 0.5 * max(rect.area, box.rect.area):
                box.reach = box.reach.joined(rect)
                break
        else:
            rest.append(outline)
    for outline in rest:
        if not any(box.reach.holds(outline.rect, 1) for box in boxes):
            thing = Box("", outline.rect, outline.place)
            (frames if is_frame(outline) else boxes).append(thing)
    return boxes, frames, free


def _height(rect: Rect) -> float:
    return rect.bottom - rect.top


def is_on_top(sign: Rect, host: Rect) -> bool:
    """Whether one stands on the middle of the other's upper side."""
    x, y = sign.center
    return abs(x - host.center[0]) < 2 and abs(y - host.top) < 2


def _joined(texts: list[Text]) -> str:
    return " ".join(text.text for text in sorted(texts, key=lambda t: (t.rect.top, t.rect.left)))


def _title(texts: list[Text], frame: Rect) -> tuple[str, list[Text]]:
    """The lines of text at the top of a frame, and those that merely lie in it.

    Of several side by side, the title is in the middle or in the corner.
    """

    def off(text: Text) -> float:
        return min(abs(text.rect.center[0] - frame.center[0]), abs(text.rect.left - frame.left))

    top = min(text.rect.top for text in texts)
    first = min((t for t in texts if t.rect.top - top < _height(t.rect) / 2), key=off)
    title: list[Text] = [first]
    others = []
    for text in sorted(texts, key=lambda t: t.rect.top):
        height = _height(text.rect)
        if text is first:
            continue
        if (
            text.rect.top - title[-1].rect.bottom < height * 0.6
            and abs(text.rect.center[0] - title[-1].rect.center[0]) < height
        ):
            title.append(text)
        else:
            others.append(text)
    return _joined(title), others


def _are_crowded(texts: Sequence[Text]) -> bool:
    """Whether any two texts have the same height."""
    tops = sorted(text.rect.top for text in texts)
    least = min(_height(text.rect) for text in texts) / 2
    return any(below - above < least for above, below in itertools.pairwise(tops))


def doubtful(frames: Iterable[Box], links: Iterable[Link]) -> frozenset[FactKind]:
    """The kinds of facts that cannot all be told: lines that end at nothing, crowded frames."""
    kinds: set[FactKind] = set()
    if any(link.tail is None or link.head is None for link in links):
        kinds |= {FactKind.ARROW, FactKind.LINE, FactKind.EDGE_LABEL, FactKind.OPTIONAL}
    if any(frame.crowded for frame in frames):
        kinds.add(FactKind.GROUP)
    return frozenset(kinds)


def at(point: Point, boxes: Sequence[Box]) -> Box | None:
    """The box at the end of a line."""
    box = min(boxes, key=lambda box: (box.reach.distance(point), box.rect.area), default=None)
    return box if box and box.reach.distance(point) <= REACH else None


def glued(rect: Rect, boxes: Sequence[Box], frames: Sequence[Box]) -> Box | None:
    """The box that a line is glued to, or the frame, where that is the shape itself."""
    if frame := next((frame for frame in frames if frame.rect == rect), None):
        return frame
    under = [box for box in boxes if box.reach.contains(rect.center)]
    return min(under, key=lambda box: box.rect.area, default=None)


def unplaced(texts: Iterable[Text]) -> Iterator[tuple[str, Place]]:
    """Texts that are on no box and at no line, for what was not read."""
    for text in texts:
        if said := flat(text.text):
            shown = f"{said[:57]}…" if len(said) > 60 else said
            yield f"the text '{shown}' on no box", text.place


def stand(
    texts: Sequence[Text], links: Sequence[Link], lines: Sequence[Sequence[Point]]
) -> list[Text]:
    """Puts texts at the lines on which they stand, and at those that run along the same way.

    Gives those that stand too far from any.

    Some programs put labels beside their lines, where another line may be nearer: there it
    counts which line the file puts a text together with.
    """
    bound(len(texts) * sum(map(len, lines)))
    far_off = []
    # What is drawn twice at one place is seen once.
    for text in {(text.text, text.rect): text for text in texts}.values():
        distances = [
            min((_distance(text.rect, *ends) for ends in _level(line)), default=math.inf)
            for line in lines
        ]
        nearest = min(distances, default=math.inf)
        beside = (
            _distance(text.rect, *ends) for line in lines for ends in itertools.pairwise(line)
        )
        if min(beside, default=math.inf) > FAR * _height(text.rect):
            far_off.append(text)
            continue
        near = [number for number, far in enumerate(distances) if far < nearest + TOGETHER]
        own = [number for number, line in enumerate(lines) if line is text.line]
        for number in near if not own or own[0] in near else own:
            # A text at lines that run together is seen at each, and so may come again.
            if flat(text.text) != flat(links[number].label):
                links[number].label = f"{links[number].label} {text.text}"
    return far_off


def _level(points: Sequence[Point]) -> Iterator[tuple[Point, Point]]:
    """The parts of a line that text can stand on; all of one that has none."""
    pairs = list(itertools.pairwise(points))
    level = [(a, b) for a, b in pairs if abs(b[0] - a[0]) > abs(b[1] - a[1])]
    yield from level or pairs


def _distance(rect: Rect, start: Point, end: Point) -> float:
    """How far a rectangle is from a straight line, where that is nearest to its middle."""
    point = rect.center
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = dx * dx + dy * dy
    at = ((point[0] - start[0]) * dx + (point[1] - start[1]) * dy) / length if length else 0.0
    at = min(1.0, max(0.0, at))
    return rect.distance((start[0] + at * dx, start[1] + at * dy))
