"""How a file differs from what would be written, in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from diagtool.checks.readers import File
from diagtool.checks.redaction import Veil, is_unfilled
from diagtool.checks.secret_detection import SECRET
from diagtool.checks.verify.differences import is_filled
from diagtool.checks.verify.model import key, oddities
from diagtool.checks.verify.normal_forms import LOOK, PAGE, Piece
from diagtool.checks.verify.proof import Comparison, window
from diagtool.checks.verify.remaking import Remade, sources
from diagtool.config.values import is_same
from diagtool.model import PLACEHOLDER, Place
from diagtool.model.diagnostics import Diagnostic

AGAIN = "make the file again from the topology, or correct the topology"
NOT_PROVED = "it is not what would be written today"

_SAYS = {
    "link": "a link leads to",
    "order": "its order leads",
    "order of pages": "its pages are",
    "shape": "it draws",
    "slide": "it has the slide",
    "notes": "its notes say",
}

_NAMESPACE = re.compile(r"(?<=[< ])(?:https?|urn):[^\s\"<>]*:(?=[\w.-]+[ >=])")
"""What stands in front of the names of elements and their attributes."""

_OPTION = re.compile(r"(?P<start> *(?:# )?)(?P<name>[^\s=]+) = (?P<value>.+)")

_BULLET = re.compile(r"^[*-] ")

_READ = ("box", "frame", "arrow")
"""What readers compare as well."""

MOST = 8
"""How many texts of a kind are told of one by one."""


@dataclass
class Teller:
    """Tells of a file in which a ``comparison`` with what is due, ``remade``, found differences.

    ``secret`` collects the places of lines that must not be shown.
    """

    file: File
    comparison: Comparison
    remade: Remade
    veil: Veil
    secret: set[Place] = field(default_factory=set)

    def contradictions(self, known: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
        """Texts of ours that became others, are gone, or have come to stand there.

        ``known`` is what the readers found in the file: what they told is not told again. In
        formats that are no lines, what they found tells enough.
        """
        comparison = self.comparison
        wrong = {finding.place.line for finding in known}
        told = [key(finding.message) for finding in known]
        if (wrong and not comparison.by_lines) or not (comparison.evident or sources(self.file)):
            return

        def is_told(piece: Piece) -> bool:
            text = key(_BULLET.sub("", piece.written or piece.text))
            if wrong and piece.role in _READ:
                return True
            return piece.place.line in wrong or any(text in message for message in told)

        # Another program may draw the same in other shapes.
        changed = [
            (new, old)
            for new, old in comparison.changed
            if not self.is_own(new, old) and (new.role != "shape" or comparison.evident)
        ]
        renamed = {new.text: old.text for new, old in changed if new.role in ("box", "frame")}
        changed = [(new, old) for new, old in changed if not _follows(new, old, renamed)]
        for new, old in [pair for pair in changed if not is_told(pair[0])][:MOST]:
            said, due = self.both(new, old)
            stated = self.remade.place_of(old.written or old.text)
            odd = oddities(said, due)
            message = f"{_says(new)} '{said}', but {stated} gives '{due}'{odd}"
            if said == due and not odd:
                if new.text.strip() == old.text.strip():
                    message = f"'{due}' is not indented as {stated} gives it"
                elif SECRET in due:
                    message = f"'{due}' has another value than {stated} gives"
                else:
                    message = f"the hidden part of '{due}' is not what {stated} gives"
            yield Diagnostic("fact-differs", new.place, message, AGAIN)
        if not comparison.evident:
            return
        for new, old in [pair for pair in comparison.moved if not is_told(pair[0])][:MOST]:
            stated = self.remade.place_of(old.written or old.text)
            message = f"'{self.one(new)}' is {self.under(new, old)}"
            message += f", but {stated} puts it {self.under(old, new)}"
            yield Diagnostic("fact-differs", new.place, message, AGAIN)
        for piece in [piece for piece in comparison.added if not is_told(piece)][:MOST]:
            message = f"{_says(piece)} '{self.one(piece)}', which the topology does not"
            yield Diagnostic("fact-extra", piece.place, message, AGAIN)
        missing = [p for p in comparison.missing if not p.beside and p.role != "comment"]
        missing = [] if wrong else missing
        # A slide goes with all that is on it.
        missing = [piece for piece in missing if piece.role == "slide"] or missing
        for piece in missing[:MOST]:
            place = self.remade.place_of(piece.written or piece.text)
            message = f"it leaves out the {piece.role} '{self.one(piece)}' ({place})"
            near = comparison.near.get(piece.text, self.file.place())
            yield Diagnostic("fact-missing", near, message, AGAIN)

    def first(self) -> Diagnostic:
        """Where and how the file differs first, and in how much else."""
        comparison = self.comparison
        there = [*comparison.added, *comparison.beside, *comparison.look[0]]
        gone = [*comparison.missing, *comparison.look[1]]
        number = max(len(there), len(gone)) + len(comparison.changed) + len(comparison.moved)
        place, how = self.file.place(), "the order differs"
        if comparison.changed or comparison.moved:
            new, old = [*comparison.changed, *comparison.moved][0]
            (said, due), place = self.both(new, old), new.place
            how = f"expected '{due}', found '{said}'{oddities(said, due)}"
            if said == due:
                how = f"'{said}' is written differently"
            if is_filled(new.text, old.text):
                names = PLACEHOLDER.findall(old.text)
                name = next(name for name in names if f"<{name}>" not in new.text)
                how = f"<{name}> of '{due}' is filled in: name a file of values with --values"
        elif there and there[0].described:
            place, how = there[0].place, f"there is {self.one(there[0])}"
        elif gone and not there and gone[0].described:
            place = comparison.near.get(gone[0].text, place)
            how = f"{self.one(gone[0])} is missing"
        elif there and gone and there[0].role == gone[0].role and not gone[0].described:
            (said, due), place = self.both(there[0], gone[0]), there[0].place
            how = f"expected '{due}', found '{said}'"
            if said == due:
                how = f"'{said}' is written differently"
        elif there:
            place, how = there[0].place, f"unexpected '{self.one(there[0])}'"
        elif gone and gone[0].role == LOOK and comparison.by_lines and not gone[0].described:
            how = f"'{self.one(gone[0])}' is written differently"
        elif gone:
            place = comparison.near.get(gone[0].text, place)
            how = f"{gone[0].role} '{self.one(gone[0])}' is missing".lstrip()
        elif comparison.order:
            new, old = comparison.order
            # Both are lines that would be written: nothing stands in place of a placeholder.
            (said, due), place = window(self.shown(new), self.shown(old)), new.place
            how = f"the order differs: expected '{due}', found '{said}'"
        more = f", and {number - 1} more" if number > 1 else ""
        place = place if place.path else self.file.place()
        return Diagnostic("not-proved", place, f"{NOT_PROVED}: {how}{more}", AGAIN)

    def shown(self, piece: Piece) -> str:
        """The text of a piece without what is secret in it."""
        if not self.comparison.by_lines:
            shown = self.veil.text(piece.written or piece.text)
            return shown if piece.role else _NAMESPACE.sub("", shown)
        written = piece.written or piece.text
        shown, plain = self.veil.line(written), self.veil.line(piece.text)
        if plain != piece.text and shown == written:
            shown = plain  # only so it is known for what it is
        if shown != written and piece.place.path == self.file.path:
            self.secret.add(piece.place)
        return shown.strip()

    def one(self, piece: Piece) -> str:
        """The beginning of a piece's text."""
        return window(self.shown(piece), "")[0]

    def under(self, piece: Piece, other: Piece) -> str:
        """The innermost block that a piece is in, and the other one is not."""
        if not piece.under:
            return "outside of all blocks"
        unlike = [block for block in piece.under if block not in other.under]
        block = (unlike or piece.under)[-1]
        return f"under '{window(self.veil.line(block), '')[0]}'"

    def is_own(self, new: Piece, old: Piece) -> bool:
        """Whether a text differs only in what its author fills in, or in how it is written."""
        if is_filled(new.text, old.text) or self.is_same_option(new.text, old.text):
            return True
        if not self.has_values:
            return False
        # A comment with values breaks elsewhere; in place of an address, a host's own may stand.
        due = old.text.replace(" localhost", " <address>")
        return new.role == "comment" or is_filled(new.text, due)

    @cached_property
    def has_values(self) -> bool:
        """Whether values stand in a file in place of placeholders."""
        return any(is_filled(new.text, old.text) for new, old in self.comparison.changed)

    def is_same_option(self, one: str, other: str) -> bool:
        """Whether two lines give the same value to an option, written in two ways."""
        said, due = _OPTION.fullmatch(one), _OPTION.fullmatch(other)
        if not (said and due and said.group("start", "name") == due.group("start", "name")):
            return False
        catalogues = self.veil.topology.catalogues
        return is_same(catalogues, said["name"], said["value"], due["value"])

    def both(self, one: Piece, other: Piece) -> tuple[str, str]:
        """The texts of two pieces where they differ."""
        said, due = self.shown(one), self.shown(other)
        named = self.veil.topology.placeholders.keys() & set(PLACEHOLDER.findall(due))
        if one.role == "line" and named and not is_unfilled(said, due) and SECRET not in said:
            said = SECRET  # a value may stand anywhere in it
            self.secret.add(one.place)
        return window(said, due)


def _follows(new: Piece, old: Piece, renamed: Mapping[str, str]) -> bool:
    """Whether a line differs from another one only in what the boxes at its ends are called."""
    text = new.text
    for now, was in renamed.items():
        text = text.replace(now, was)
    return new.role == "arrow" and text == old.text


def _says(piece: Piece) -> str:
    """What says it, and the verb."""
    if piece.role in _SAYS:
        return _SAYS[piece.role]
    article = "an" if piece.role[:1] in tuple("aeiou") else "a"
    return f"{'its' if piece.role in ('title', 'description') else article} {piece.role} says"


def of_page(comparison: Comparison, page: int) -> str:
    """What became of a page that carries no digest of its own: a sentence."""
    there, gone = comparison.look
    added = next((p for p in there if _is_of(p, page)), None)
    if added and added.text == PAGE:
        return f"page {page} was added after it was made"
    told = f"page {page} was changed after it was made"
    said = _texts(page, [*(new for new, _ in comparison.changed), *comparison.added])
    due = _texts(page, [*(old for _, old in comparison.changed), *comparison.missing])
    if said:
        return f"{told}: it says {said}{f', not {due}' if due else ''}"
    if due:
        return f"{told}: it no longer says {due}"
    if added:
        return f"{told}: there is {window(added.text, '')[0]}"
    lost = next((p for p in gone if _is_of(p, page)), None)
    return f"{told}: {window(lost.text, '')[0]} is missing" if lost else told


def _texts(page: int, pieces: Iterable[Piece]) -> str:
    """Texts on a page, in quotes, so far as there are not too many."""
    texts = [p.text for p in pieces if p.role == "label" and p.place.line == page]
    quoted = [f"'{window(text, '')[0]}'" for text in texts[:MOST]]
    return ", ".join([*quoted, *(["\N{HORIZONTAL ELLIPSIS}"] if texts[MOST:] else [])])


def _is_of(piece: Piece, page: int) -> bool:
    return piece.described and not piece.beside and piece.place.line == page
