"""Sentences against what the intro and the notes of a topology say in words.

A sentence contradicts a note where it has the same words and one denial more or less.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from diagtool.checks.prose.judging import Finding
from diagtool.checks.prose.names import Names, singular
from diagtool.checks.prose.options import OptionNames
from diagtool.checks.prose.sentences import Context, Sentence, read
from diagtool.checks.prose.text import sentences, word_set
from diagtool.checks.prose.vocabulary import COPIES, FUNCTION
from diagtool.model import NOWHERE, Paragraph, Place, Text, Topology, Warning, wording

_ACTIVE = re.compile(
    r"active-active|\ball (?:of (?:them|which) )?(?:are )?active\b|\bactive at the same time|"
    r"work at the same time|\bboth \S+ are active",
    re.I,
)
_WAITING = re.compile(
    r"\b(?:(?:hot|warm|cold)[ -])(?:standbys?|spares?)\b|\bstandbys?\b|\bstands? by\b|"
    r"\bactive[-/ ](?:passive|standby)\b|\bpassive\b|\bonly one (?:\w+ ){0,3}is active\b",
    re.I,
)
_DENIALS = (
    "not",
    "no",
    "without",
    "nothing",
    "none",
    "nobody",
    "neither",
    "unless",
    "unset",
    "omit",
    "leave",
)


@dataclass(frozen=True, slots=True)
class Gist:
    """The words of a clause that matter, the parts in it, and whether it denies.

    ``few`` says that its number leaves others out: "only one", "at most two".
    """

    words: frozenset[str]
    parts: frozenset[str]
    denies: bool
    few: bool = False
    text: str = ""
    owner: str = ""
    place: Place = NOWHERE


class NoteStatements:
    """What a topology says in words."""

    def __init__(self, names: Names, options: OptionNames) -> None:
        self._names, self._options = names, options
        topology = names.topology
        self._notes: list[Gist] = []
        self._active: set[str] = set()
        self._standby: set[str] = set()
        several = {s.id for s in topology.services.values() if s.replicas > 1}
        for owner, text, place in _texts(topology):
            plain = wording.plain(topology, text)
            about = {owner} if owner else several
            if _ACTIVE.search(plain) and not re.search(r"\b(?:not|except)\b", plain):
                self._active |= about & several
            if owner and _WAITING.search(plain):
                self._standby.add(owner)
            self._notes += self._gists(plain, owner, place)

    def _gists(self, plain: str, owner: str, place: Place) -> Iterator[Gist]:
        for start, end in sentences(plain):
            context = Context((owner,) if owner else ())
            sentence = read(plain, [], start, end, self._names, self._options, context)
            for clause in _clauses(sentence):
                gist = _gist(sentence, clause, plain[start:end].strip(), owner, place)
                if len(gist.words | gist.parts) > 2:
                    yield gist

    def contradictions(self, sentence: Sentence, context: Context) -> Iterator[Finding]:
        """The notes that a sentence denies."""
        if sentence.hypothetical:
            return
        span = sentence.start, sentence.start + len(sentence.text.rstrip())
        yield from self._standing_by(sentence, context, span)
        for clause in _clauses(sentence):
            gist = _gist(sentence, clause)
            if len(gist.words) < 2 or sentence.conditional:
                continue
            about = gist.parts or set(context.topic)
            for note in self._notes:
                if _denies(gist, note) and (not note.owner or not about or note.owner in about):
                    yield Finding(
                        "prose-note", span, "the topology says otherwise", note.text, note.place
                    )
                    return

    def _standing_by(
        self, sentence: Sentence, context: Context, span: tuple[int, int]
    ) -> Iterator[Finding]:
        """That copies of a service wait for another, or that they do not."""
        named = {id for token in sentence.marked for id in token.parts} or set(context.topic)
        named &= self._names.topology.services.keys()
        denied = any(word in _DENIALS for word in sentence.whole.split())
        if denied or sentence.conditional or not named:
            return
        waits = bool(_WAITING.search(sentence.text))
        active = bool(_ACTIVE.search(sentence.text))
        if waits and not active and named <= self._active - self._standby:
            yield Finding("prose-note", span, "the servers of a service are all active")
        elif active and not waits and named <= self._standby:
            yield Finding("prose-note", span, "one server is active, the others stand by")


def _texts(topology: Topology) -> Iterator[tuple[str, Text, Place]]:
    """The texts of a topology, each with the service that it is about."""
    for block in topology.intro:
        if isinstance(block, Paragraph | Warning):
            yield "", block.text, block.place
    for service in topology.services.values():
        for block in service.notes:
            if isinstance(block, Paragraph | Warning):
                yield service.id, block.text, block.place


def _clauses(sentence: Sentence) -> list[list[str]]:
    """The words of each clause of a sentence, in the normal form."""
    text = " ".join([sentence.whole, *sentence.asides])
    return [clause.split() for clause in re.split(r" (?:[,;:]|\+because|\+but)(?= )", text)]


def _gist(
    sentence: Sentence, clause: list[str], text: str = "", owner: str = "", place: Place = NOWHERE
) -> Gist:
    words: set[str] = set()
    parts: set[str] = set()
    denials, few = 0, False
    for word in clause:
        form = word.partition("~")[0]
        token = sentence.token(word) if re.fullmatch(r"[A-Z]\d+", word) else None
        if form in _DENIALS:
            denials += 1
        elif token and token.parts:
            parts |= set(token.parts)
        elif token and token.number:
            words |= {"#"} if token.number < 100 else set()
            few |= token.exact or token.than in ("<", "<=")
            few |= token.number == 1 and token.than == "=" and "together" in clause
        elif token:
            words.add(token.text)
        elif form not in _SMALL and form[:1].isalpha():
            words.add(_stem(form))
    return Gist(frozenset(words), frozenset(parts), denials % 2 == 1, few, text, owner, place)


_SMALL = (
    FUNCTION
    | COPIES
    | word_set("have do make need require run use all each every service component there way")
)


def _stem(word: str) -> str:
    return singular(word)[:5]


def _denies(gist: Gist, note: Gist) -> bool:
    """Whether a clause says the opposite of a note."""
    common = gist.words & note.words
    numbers = "#" in common
    if (gist.denies ^ (gist.few and numbers)) == (note.denies ^ (note.few and numbers)):
        return False
    enough = 3 - (bool(gist.parts & (note.parts | {note.owner})) and not numbers)
    size = min(len(gist.words), len(note.words))
    return len(common) >= enough and len(common) >= 0.75 * size
