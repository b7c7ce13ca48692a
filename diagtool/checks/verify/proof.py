"""A file held against what would be written today, piece by piece."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from diagtool.checks.verify.differences import SIMILAR, is_filled, pairs
from diagtool.checks.verify.model import key
from diagtool.checks.verify.normal_forms import LOOK, PAGE, Form, Piece
from diagtool.model import Place

EVIDENT = 0.7
"""What part of a file, or of what would be written, must be the same for it to be ours."""

EVIDENT_PARTS = 0.9
"""The same where pieces are no lines: a program that saves a file rewrites much, not all, of it."""

SOME = 0.3
"""What part of the other one must be the same, too: pieces may be cut off, or come to it."""

ROOM = 60
"""How many characters of a text are shown."""

FREE = ("paragraph", "notes", "markup")
"""What people add to a file of ours without contradicting it, with what follows it."""


Pair = tuple[Piece, Piece]
"""A piece that is there, and the one that is due."""


@dataclass(slots=True)
class Comparison:
    """How a file differs from what would be written.

    ``changed`` are texts, each with the one that was due; ``added`` and ``missing`` those
    without such; ``moved`` are those that stand in another block; ``beside`` are added ones
    that may be somebody's own. ``look`` tells of what is not said: the pieces that are there
    only, and those that are missing. ``order`` is where the same comes in another order.
    ``pages`` are the numbers of those that differ, where a format has pages; ``is_same_pages``
    says that there are several, and that none does. ``near`` is where
    texts that are missing would stand, by what they say. A file is
    ``evident`` where most of it is what would be written, or where it says that it is what
    would be: it was ours, and was edited.
    """

    changed: list[tuple[Piece, Piece]] = field(default_factory=list)
    added: list[Piece] = field(default_factory=list)
    missing: list[Piece] = field(default_factory=list)
    moved: list[tuple[Piece, Piece]] = field(default_factory=list)
    beside: list[Piece] = field(default_factory=list)
    look: tuple[list[Piece], list[Piece]] = field(default_factory=lambda: ([], []))
    order: tuple[Piece, Piece] | None = None
    share: float = 0.0
    by_lines: bool = False
    pages: frozenset[int] = frozenset()
    is_same_pages: bool = False
    near: dict[str, Place] = field(default_factory=dict)
    evident: bool = False

    @property
    def is_seen(self) -> bool:
        """Whether anything that is not said differs to the eye."""
        first = self.order is not None and not any(piece.beside for piece in self.order)
        return first or any(not piece.beside for pieces in self.look for piece in pieces)


def compare(given: Form, made: Form) -> Comparison | None:
    """How a form differs from the one that is due; None for not at all."""
    if given.pieces == made.pieces:
        return None
    if renamed := _renamed(given, made):
        given = replace(given, pieces=[_within(piece, renamed) for piece in given.pieces])
    result = Comparison(by_lines=made.by_lines)
    # Each sign of a line may count for a program; what people read, they read over blanks.
    told = str if made.by_lines else key
    extra, missing = _without_each_other(list(given.said), list(made.said), told)
    moved = _elsewhere(extra, missing, told)
    gone = {id(piece) for pair in moved for piece in pair}
    extra = [piece for piece in extra if id(piece) not in gone]
    missing = [piece for piece in missing if id(piece) not in gone]
    found = pairs(missing, extra, _alike)
    paired = {id(piece) for pair in found for piece in pair}
    for old in [p for p in missing if _is_one(p) and id(p) not in paired]:
        same = (p for p in extra if _is_in_place_of(p, old) and id(p) not in paired)
        if (new := next(same, None)) is not None:  # one of a kind, however unlike
            found.append((old, new))
            paired |= {id(old), id(new)}
    result.changed = [(new, old) for old, new in found if not _is_renamed_shape(new, old, made)]
    added = {id(piece) for piece in extra} - paired
    # How a line is written parts nothing.
    parts = given.said if made.by_lines else given.pieces
    for piece, own in _own(parts, added, {key(piece.text) for piece in made.said}):
        (result.beside if own else result.added).append(piece)
    result.missing = [piece for piece in missing if id(piece) not in paired]
    result.near = _near(given, made, told)
    result.look = _without_each_other(
        [piece for piece in given.pieces if not piece.role],
        [piece for piece in made.pieces if not piece.role],
        str,
    )
    # What a shape is called is said as well.
    others = [piece for piece in (*extra, *missing) if piece.role != "shape"]
    seen = [piece for pieces in result.look for piece in pieces if not piece.beside]
    if made.by_lines or not (others or moved or seen):
        result.changed += _exchanged(given, made)
    blocks, wanted = _blocks(given), _blocks(made)
    # Where a block has another name, that tells of all that is in it.
    result.moved = [(new, old) for new, old in moved if old.under in blocks and new.under in wanted]
    if not (result.changed or result.added or result.missing or result.beside):
        result.moved = moved
    if made.by_lines:
        changed, in_another = _displaced(given, made)
        result.changed += changed
        result.moved += in_another
    both = zip(given.pieces, made.pieces, strict=False)
    result.order = next(((new, old) for new, old in both if new != old), None)
    if made.by_pages:
        pieces = [*extra, *missing, *result.look[0], *result.look[1]]
        pieces += [new for new, _ in result.changed]
        result.pages = frozenset(piece.place.line for piece in pieces if not piece.beside)
        count = sum(piece.text == PAGE for piece in given.pieces)
        result.is_same_pages = count > 1 and not result.pages
    lost, strange = len(missing) + len(result.look[1]), len(extra) + len(result.look[0])
    kept = len(made.pieces) - lost
    result.share = kept / max(1, len(made.pieces) + strange)
    shares = sorted([kept / max(1, len(made.pieces)), kept / max(1, kept + strange)])
    enough = EVIDENT if made.by_lines else EVIDENT_PARTS
    result.evident = _is_headed(given, made) or (shares[0] >= SOME and shares[1] >= enough)
    return result


def _is_headed(given: Form, made: Form) -> bool:
    """Whether a file says that it is the one that is due, or has the rows of such a table."""
    heads = [set(form.head.split("\n")) - {""} for form in (given, made)]
    rows = [{p.written for p in form.said if p.role == "row"} for form in (given, made)]
    return all(heads) and any(2 * len(a & b) > len(a | b) for a, b in (heads, rows))


def _is_renamed_shape(new: Piece, old: Piece, made: Form) -> bool:
    """Whether a shape differs in the text on it alone, which stands nowhere else."""
    (name, _, shape), (_, _, due) = new.text.rpartition(": "), old.text.rpartition(": ")
    others = (key(piece.text) for piece in made.said if piece.role != "shape")
    return new.role == "shape" and shape == due and key(name) not in others


def _is_one(piece: Piece) -> bool:
    """Whether a piece is one of a kind, or says what all that follows it is."""
    return piece.beside or piece.role == "markup"


def _is_in_place_of(new: Piece, old: Piece) -> bool:
    return new.role == old.role and (old.beside or new.under == old.under)


def _own(pieces: Iterable[Piece], added: set[int], due: set[str]) -> Iterator[tuple[Piece, bool]]:
    """What was added, and whether it may be somebody's own.

    Paragraphs and notes may, with what follows them, unless they are ours once more.
    """
    inside = own = False
    for piece in pieces:
        if id(piece) in added:
            if piece.role == "comment":
                yield piece, True
                continue
            if not inside:
                own = piece.role in FREE and (piece.role == "markup" or key(piece.text) not in due)
            yield piece, own and piece.role != "warning"
        inside = id(piece) in added


def _without_each_other(
    given: Sequence[Piece], made: Sequence[Piece], told: Callable[[str], str]
) -> tuple[list[Piece], list[Piece]]:
    """What is in one of two lists only, as often as it comes there more often."""

    def rest(own: Iterable[Piece], other: Iterable[Piece]) -> list[Piece]:
        left = Counter((piece.under, told(piece.text)) for piece in other)
        found = []
        for piece in own:
            if left[at := (piece.under, told(piece.text))]:
                left[at] -= 1
            else:
                found.append(piece)
        return found

    return rest(given, made), rest(made, given)


def _elsewhere(
    extra: Iterable[Piece], missing: Iterable[Piece], told: Callable[[str], str]
) -> list[tuple[Piece, Piece]]:
    """What is in both of two lists, in different blocks, in pairs."""
    left: dict[str, list[Piece]] = {}
    for old in missing:
        left.setdefault(told(old.text), []).append(old)
    return [(new, same.pop(0)) for new in extra if (same := left.get(told(new.text)))]


def _exchanged(given: Form, made: Form) -> list[tuple[Piece, Piece]]:
    """What stands in the place of another one, and the other way round, in pairs.

    Lines are in place where they are cells of the same row, anything else where all around it
    is as it was.
    """
    if made.by_pages:
        return list(_exchanged_on_pages(given, made))
    if not made.by_lines:
        both = list(zip(given.pieces, made.pieces, strict=False))
        if any(new != old and not (new.role and new.role == old.role) for new, old in both):
            return []
        differing = (pair for pair in both if pair[0].role != "shape")
        return [(new, old) for new, old in differing if key(new.text) != key(old.text)]
    found: list[tuple[Piece, Piece]] = []
    due = _rows(made)
    for under, rows in _rows(given).items():
        wanted = due.get(under, [])
        # Rows that are sorted otherwise say the same.
        new = [row for row in rows if _texts(row) not in map(_texts, wanted)]
        old = [row for row in wanted if _texts(row) not in map(_texts, rows)]
        said, told = list(chain(*new)), list(chain(*old))
        if Counter(_texts(said)) == Counter(_texts(told)):
            pairs = zip(said, told, strict=True)
            found += [(one, other) for one, other in pairs if one.text != other.text]
    return found


def _exchanged_on_pages(given: Form, made: Form) -> Iterator[tuple[Piece, Piece]]:
    """Labels that the same page has in another order, so that each is drawn in another place."""
    for number in {piece.place.line for piece in made.pieces if piece.text == PAGE}:
        said, due = (
            [piece for piece in form.said if piece.place.line == number and not piece.beside]
            for form in (given, made)
        )
        if Counter(_texts(said)) == Counter(_texts(due)):
            yield from (pair for pair in zip(said, due, strict=True) if pair[0] != pair[1])


def _displaced(given: Form, made: Form) -> tuple[list[Pair], list[Pair]]:
    """Lines of blocks of code that stand in another one of the same part of a page.

    First those that stand in the place of another one, each with that, then those that do not.
    """
    said, due = _code(given), _code(made)
    differing = {
        lead: _without_each_other(said[lead], old, str) for lead, old in due.items() if lead in said
    }
    strange = {piece for new, _ in differing.values() for piece in new}
    both = strange & {piece for _, old in differing.values() for piece in old}
    changed: list[Pair] = []
    moved: list[Pair] = []
    for (_, lead), pieces in differing.items():
        new, old = ([piece for piece in each if piece in both] for each in pieces)
        found = pairs(old, new, _alike)
        changed += [(one, other) for other, one in found]
        for one in [piece for piece in new if piece not in [taken for _, taken in found]]:
            home = next(text for (_, text), (_, lost) in differing.items() if one in lost)
            moved.append(
                (replace(one, under=(*one.under, lead)), replace(one, under=(*one.under, home)))
            )
    return changed, moved


def _code(form: Form) -> dict[tuple[tuple[str, ...], str], list[Piece]]:
    """The lines of each block of code of a page, by its heading and the text in front of it."""
    found: dict[tuple[tuple[str, ...], str], list[Piece]] = {}
    lead, before = "", LOOK
    block: list[Piece] | None = None
    for piece in form.said:
        if piece.role != "line":
            block = None
            lead = lead if piece.role == "markup" else piece.text
        elif before == "markup":
            block = found.setdefault((piece.under[:1], lead), [])
        if piece.role == "line" and block is not None:
            block.append(piece)
        before = piece.role
    return found


def _rows(form: Form) -> dict[tuple[str, ...], list[list[Piece]]]:
    """What comes in an order that says something, row by row, by the block that it is in."""
    found: dict[tuple[str, ...], list[list[Piece]]] = {}
    before = None
    for piece in form.said:
        if piece.ordered:
            rows = found.setdefault(piece.under, [])
            if before is None or before.under != piece.under:
                rows.append([])
            rows[-1].append(piece)
        before = piece if piece.ordered else None
    return found


def _texts(pieces: Iterable[Piece]) -> tuple[str, ...]:
    return tuple(piece.text for piece in pieces)


def _near(given: Form, made: Form, told: Callable[[str], str]) -> dict[str, Place]:
    """Where each text that is due would stand: behind the one that is in front of it."""
    there: dict[str, Place] = {}
    for piece in given.said:
        there.setdefault(told(piece.text), piece.place)
    found: dict[str, Place] = {}
    place: Place | None = None
    for piece in made.said:
        place = there.get(told(piece.text), place)
        if place:
            found.setdefault(piece.text, place)
    return found


def _renamed(given: Form, made: Form) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Blocks of the same lines that start with other ones: those of a file, with what was due."""

    def inside(form: Form, other: Form) -> dict[tuple[str, ...], set[str]]:
        strange = _blocks(form) - _blocks(other)
        found: dict[tuple[str, ...], set[str]] = {}
        for piece in form.said:
            if piece.under in strange:
                found.setdefault(piece.under, set()).add(piece.text)
        return found

    def shared(one: tuple[str, ...], other: tuple[str, ...]) -> float:
        if one[:-1] != other[:-1]:
            return 0.0
        both = new[other] | old[one]
        share = len(new[other] & old[one]) / len(both)
        return share if share >= EVIDENT else 0.0

    new, old = inside(given, made), inside(made, given)
    return {now: was for was, now in pairs(list(old), list(new), shared)}


def _within(piece: Piece, renamed: Mapping[tuple[str, ...], tuple[str, ...]]) -> Piece:
    """A piece in the blocks that it is in, by the lines that are due."""
    for depth in range(len(piece.under), 0, -1):
        if was := renamed.get(piece.under[:depth]):
            return replace(piece, under=(*was, *piece.under[depth:]))
    return piece


def _blocks(form: Form) -> set[tuple[str, ...]]:
    """The blocks of a form. Any line may start one."""
    return {(), *((*piece.under, piece.text) for piece in form.pieces)}


def _alike(old: Piece, new: Piece) -> float:
    """How likely it is that one piece stands where the other was, 0 for not at all."""
    if old.role == new.role and old.under == new.under and is_filled(new.text, old.text):
        return 4.0
    ratio = difflib.SequenceMatcher(None, old.text[:500], new.text[:500]).ratio()
    # The beginnings of long texts may well be the same.
    near = (old.role == new.role) + (old.under == new.under)
    return (ratio + near) if ratio >= SIMILAR else 0.0


def window(one: str, other: str) -> tuple[str, str]:
    """Two texts, cut to where they differ."""
    if max(len(one), len(other)) <= ROOM:
        return one, other
    start = 0
    if other:
        pairs = enumerate(zip(one, other, strict=False))
        start = next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))
        start = max(0, start - ROOM // 3)

    def cut(text: str) -> str:
        before, after = "…" * (start > 0), "…" * (start + ROOM < len(text))
        return f"{before}{text[start : start + ROOM]}{after}"

    return cut(one), cut(other)
