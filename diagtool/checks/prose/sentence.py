"""A sentence as words and names of parts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from diagtool.checks.prose.lexicon import HEADS, Lexicon, Strength, singular
from diagtool.checks.prose.text import word_set
from diagtool.checks.prose.verbs import RELATES, VERBS

ALL = "all"
"""Stands for every service."""

DETERMINERS = word_set(
    "the a an its their his our your this that these those same own all every each any both of "
    "shared central common whole entire local external remote existing various several "
    "underlying backend no two three"
)
ADVERBS = word_set(
    "also always then now still directly only just even never not usually often both all each "
    "first next itself themselves alone too simply merely sometimes therefore thus hence however "
    "already ever again longer straight right in turn further furthermore likewise on its own "
    "neither nor"
)
BE = word_set(
    "is are be being been isn't aren't gets get become becomes became remain remains stay stays"
)
AUXILIARIES = BE | word_set(
    "does do did has have having must can may should will shall need needs to able allowed want "
    "wants tries try"
)
NEGATIONS = word_set("not never no cannot neither nor nothing hardly") | word_set(
    "doesn't don't isn't aren't can't won't needn't mustn't shouldn't haven't hasn't"
)
PREPOSITIONS = word_set("of on in for with to at from by via through over about under per into")
CONJUNCTIONS = word_set("and or nor but as well also plus to from on")
FUNCTION = (
    PREPOSITIONS
    | AUXILIARIES
    | ADVERBS
    | word_set(
        "and or nor but as so without while when where which that who because since if unless "
        "before after during was were than either instead rather anymore any until whenever like "
        "what how out yet this the a an it they twice once "
        "behind open available free alive up down else beside back off away together around every "
        "each all no except besides alike there here today per against like unlike among"
    )
)
"""What may follow a name that stands for itself: 'the database and', not 'the database schema'."""

PRONOUNS = word_set("it they them")
"""What means what was spoken of last."""

COPIES = word_set("copy instance replica process server number each all none both set group")
"""What 'of X' may follow and still speak of X."""

_STATES = word_set("in behind ahead required used optional necessary mandatory only also reached")
_ONES = word_set("copy instance replica")
_POINTING = word_set("there former latter them")
_SORTS = word_set("service process component program")
"""'The service that does it is X.'"""
_OURS = HEADS | {"part"}
"""What a service may be called with 'of ours' behind it."""
_OF_OURS = ["of", "ours"]
_LEADS = word_set(
    "the a an each every this that any one another by from of to with through via between which "
    "only but except and or nor both neither either on in for into at behind than like unlike "
    "because while if when as so since where though although whereas does do did can may must "
    "should will cannot second third no what for without just even besides"
)
"""What stands before a name of common words when it is a name."""

_AMOUNTS = word_set(
    "single lone sole few several many both all some more most other identical equal"
)
_WORD = re.compile(r"[^\W_](?:[\w']|[-./:](?=\w))*|_\w+")
_CUT = re.compile(r"[;:()—–!?]|--")


@dataclass(slots=True)
class Token:
    """A word, or the name of a ``part``. ``gap`` is what stands before it.

    ``head`` is what the part is called besides: 'server' of 'X servers'.
    """

    text: str
    start: int
    end: int
    gap: str = ""
    part: str | None = None
    short: bool = False
    head: str = ""
    possessive: bool = False

    @property
    def low(self) -> str:
        """It in lower case; nothing of a name."""
        return "" if self.part else self.low_text

    @property
    def low_text(self) -> str:
        """It in lower case."""
        return self.text.casefold()


class Phrase(NamedTuple):
    """Parts that are named together, with the first token and the one after the last."""

    parts: tuple[str, ...]
    start: int
    end: int


class Before(NamedTuple):
    """What the sentence before named: the parts in order, and the last one in the plural.

    ``there`` is where its own 'there' was.
    """

    parts: tuple[str, ...] = ()
    plural: str | None = None
    there: str | None = None


class Sentence:
    """The words of a sentence, which is a range of a text.

    ``topic`` is what 'it' means, ``before`` what other words that point back may mean.
    """

    def __init__(
        self,
        text: str,
        start: int,
        end: int,
        lexicon: Lexicon,
        topic: tuple[str, ...] = (),
        before: Before = Before(),  # noqa: B008 - it cannot be changed
    ) -> None:
        self.start = start
        self.lexicon = lexicon
        self.topic = topic
        self.system = lexicon.topology.name.casefold()
        self.tokens = _tokens(text, start, end, lexicon)
        self._there = _point_back(self.tokens, before)
        self._words = [token.low for token in self.tokens]
        self._phrases: dict[int, Phrase | None] = {}
        self._predicate()

    def _predicate(self) -> None:
        """Reads 'X: needed by Y' as 'X is needed by Y'."""
        phrase = self.phrase(0)
        at = phrase.end if phrase else 0
        if not (0 < at < len(self.tokens)) or self.tokens[at].gap.strip(" `*") not in (
            ":",
            "–",
            "—",
        ):
            return
        low = self.low(at)
        if low in VERBS or low in NEGATIONS or low in _STATES:
            self.tokens[at].gap = " "
            if not (low in VERBS and low.endswith("s")):
                before = self.tokens[at - 1].end
                self.tokens.insert(at, Token("is", before, before, " "))
                self._words.insert(at, "is")
        self._phrases.clear()

    def named_last(self) -> Before:
        """What this sentence names, for the next one."""
        named = [token for token in self.tokens if token.part]
        plural = [t.part for t in named if singular(t.low_text) != t.low_text]
        parts = tuple(token.part for token in named if token.part)
        return Before(parts, plural[-1] if plural else None, self._there)

    def __len__(self) -> int:
        return len(self.tokens)

    def low(self, at: int) -> str:
        """The word at a place in lower case; nothing of a name, and where there is none."""
        return self._words[at] if 0 <= at < len(self._words) else ""

    def lows(self, start: int, end: int) -> list[str]:
        """The words in a range."""
        return self._words[max(0, start) : end]

    def part(self, at: int) -> str | None:
        """The part that is named at a place."""
        return self.tokens[at].part if 0 <= at < len(self.tokens) else None

    def cut(self, at: int) -> bool:
        """Whether a clause ends before a place; the sentence ends where there is no word."""
        return not 0 <= at < len(self.tokens) or bool(_CUT.search(self.tokens[at].gap))

    def comma(self, at: int) -> bool:
        """Whether a comma stands before a place."""
        return 0 <= at < len(self.tokens) and "," in self.tokens[at].gap

    def every(self, at: int) -> bool:
        """Whether 'service' at a place means all of the system's."""
        lead = self.lows(at - 3, at)
        if self.low(at) in ("nobody", "everybody", "everyone"):
            return self.low(at + 1) != "else"
        if self.low(at) == "service":
            return bool({"every", "each", "any", "no"} & set(lead))
        if self.low(at) == "ours" and self.low(at - 1) == "of":
            heads = {singular(low) for low in lead} & (_OURS | {"any", "none"})
            return bool(heads) and bool({"no", "none", "any", "every"} & set(self.lows(at - 4, at)))
        if self.low(at) == "services":
            meant = bool({"all", "these", "no", "none", self.system} & set(lead))
            return meant or (at == 1 and lead == ["the"])
        return False

    def phrase(self, at: int) -> Phrase | None:
        """The list of parts that begins at a place: 'the X, a Y and Z'."""
        if at not in self._phrases:
            self._phrases[at] = self._phrase(at)
        return self._phrases[at]

    def _phrase(self, at: int) -> Phrase | None:
        start, joined = at, False
        parts: list[str] = []
        ends: list[int] = []
        while at < len(self.tokens):
            here = at
            while (
                self.low(here) in DETERMINERS
                or (singular(self.low(here)) in _OURS and self.lows(here + 1, here + 3) == _OF_OURS)
                or self.low(here) == self.system
                or (singular(self.low(here)) in _ONES and self.low(here + 1) == "of")
            ):
                here += 1
            if here >= len(self.tokens) or (parts and self.cut(here)):
                break
            if len(parts) == 1 and start and self.comma(ends[-1]) and self._acts(here + 1):
                break  # 'from X, and Y gets'
            if parts and self.tokens[here].low_text in _POINTING:
                break  # 'of X and Y, the latter'
            if part := self.part(here):
                parts.append(part)
            elif self.every(here):
                parts.append(ALL)
                if but := self._but(here + 1):
                    rest = self.phrase(but)
                    return Phrase((ALL,), start, rest.end if rest else here + 1)
            else:
                break
            at = here + 1
            ends.append(at)
            well = self.lows(at, at + 2) == ["as", "well"]
            if well or self.low(at) in ("and", "or", "nor", "but", "plus"):
                joined = True
                while self.low(at) in CONJUNCTIONS:
                    at += 1
                if self.low(at) == "another" and self.low(at + 1) in ("to", "from"):
                    at += 2  # 'a line to X and another to Y'
            elif not self.comma(at):
                break
        if not parts:
            return None
        # 'Unlike X, Y reads' is no list.
        if not joined:
            return Phrase((parts[0],), start, ends[0])
        return Phrase(tuple(parts), start, ends[-1])

    def part_after(self, at: int) -> bool:
        """Whether a name follows a word."""
        return self.phrase(at + 1) is not None

    def _acts(self, at: int) -> bool:
        """Whether a verb with a subject stands at a place."""
        low = self.low(at)
        return low in AUXILIARIES or (low in VERBS and low.endswith("s"))

    def pronoun(self, at: int) -> bool:
        """Whether a word means what was spoken of last: 'it', 'this service', 'the copies'."""
        low, before = self.low(at), self.low(at - 1)
        if low in PRONOUNS:
            return True
        if low == "service":
            return before in ("this", "that", "the")
        those = before in ("the", "its", "their", "all", "these", "each", "every")
        return low != "server" and singular(low) in COPIES and those and self.low(at + 1) != "of"

    def meant(self, at: int) -> tuple[str, ...]:
        """What a pronoun at a place means: the service named last before it, or the topic."""
        named = [part for here in range(at) if (part := self.part(here))]
        services = [part for part in named if part in self.lexicon.topology.services]
        return (services[-1],) if services else self.topic

    def named(self, at: int) -> Phrase | None:
        """The list at a place, of which the last is no part of a longer name."""
        if self.low(at) in ("it", "them") and self.topic and self.ended(at + 1):
            return Phrase(self.topic, at, at + 1)
        phrase = self.phrase(at)
        if phrase is None or self.ended(phrase.end):
            return phrase
        if len(phrase.parts) == 1:
            return None
        return Phrase(phrase.parts[:-1], phrase.start, phrase.end - 1)

    def ended(self, at: int) -> bool:
        """Whether a name is over before a place."""
        if at >= len(self.tokens) or self.tokens[at].gap.strip() or self.tokens[at].part:
            return True
        before = self.tokens[at - 1]
        if before.part and (before.head or singular(before.low_text) != before.low_text):
            return True  # 'the X servers every', 'the Xs do'
        low = self.low(at)
        # No singular name stands before the base form of a verb: 'X log' is the log of X.
        verb = low in RELATES and low.endswith(("s", "d", "ing"))
        return low in FUNCTION or verb or low.endswith("ly") or "'" in low

    def ending(self, last: int) -> Phrase | None:
        """The longest list of parts whose last stands at a place."""
        for start in range(max(0, last - 14), last + 1):
            if self.low(start) in ("this", "that") and self.low(start + 1) in DETERMINERS:
                continue  # 'for this the X'
            phrase = self.phrase(start)
            if phrase and phrase.end == last + 1:
                return phrase
        return None

    def inner(self, start: int) -> bool:
        """Whether the parts at a place are no subject: 'the load on X', 'the owner of X'."""
        here = start
        while here < len(self.tokens) and self.low(here) in DETERMINERS:
            if self.low(here) == "of" and here and singular(self.low(here - 1)) not in COPIES:
                return True
            here += 1
        if self.cut(start) or self.comma(start) or not start:
            return False
        before = self.low(start - 1)
        return (
            bool(self.part(start - 1))
            or before in PREPOSITIONS
            or (before in VERBS and before not in AUXILIARIES)
        )

    def services(self, phrase: Phrase) -> tuple[str, ...]:
        """The parts of a list, with every service in place of 'all services'."""
        if ALL not in phrase.parts:
            return phrase.parts
        left = self.excepted(phrase)
        ids = [id for id in self.lexicon.topology.services if id not in left]
        parts = (id for part in phrase.parts for id in (ids if part == ALL else [part]))
        return tuple(dict.fromkeys(parts))

    def excepted(self, phrase: Phrase) -> tuple[str, ...]:
        """What 'all services except' leaves out."""
        for at in range(phrase.start, phrase.end):
            if but := self._but(at):
                left = self.phrase(but)
                return left.parts if left else ()
        return ()

    def _but(self, at: int) -> int:
        """The word after 'except', 'but', 'other than' at a place, 0 for any other word."""
        if self.lows(at, at + 2) == ["other", "than"]:
            return at + 2
        if self.low(at) in ("except", "but", "besides"):
            return at + 1 + (self.low(at + 1) == "for")
        return 0


def _tokens(text: str, start: int, end: int, lexicon: Lexicon) -> list[Token]:
    found: list[Token] = []
    here = start
    while match := _WORD.search(text, here, end):
        token = Token(match[0], match.start(), match.end())
        named = lexicon.pattern.match(text, token.start, end)
        if named and (alias := lexicon.alias(named[0])):
            token = Token(named[0], named.start(), named.end(), part=alias.part)
            token.short = alias.strength is Strength.SHORT
            token.head = "server" if alias.server else ""
        elif alias := lexicon.spelt_out(token.text):
            token.part = alias.part
        found.append(token)
        here = token.end
    found = _with_heads(found)
    previous = start
    for token in found:
        token.gap = text[previous : token.start]
        previous = token.end
    _forget_unsure(found)
    return found


def _point_back(found: Sequence[Token], before: Before) -> str | None:
    """Takes words that point back for names: 'from there', 'the latter', 'brought to them'.

    Gives what 'there' means.
    """
    there = None
    for number, token in enumerate(found):
        named = [one.part for one in found[:number] if one.part]
        named = named if len(set(named)) == 2 else list(before.parts)
        lead = found[number - 1].low_text if number else ""
        if token.low_text == "there" and lead in ("from", "to") and number == 1:
            there = before.there or (before.parts[-1] if before.parts else None)
            token.part = there
        elif token.low_text in ("former", "latter") and lead == "the" and len(set(named)) == 2:
            both = list(dict.fromkeys(named))
            token.part = both[token.low_text == "latter"]
        elif token.low_text == "them" and lead in ("to", "from", "with") and before.plural:
            alone = not any(one.part for one in found[:number])
            if alone and number + 1 < len(found) and found[number + 1].low_text in ("by", "from"):
                token.part = before.plural
    return there


def _with_heads(found: Sequence[Token]) -> list[Token]:
    """Joins names with the word for what is named: 'X' and 'servers'."""
    joined: list[Token] = []
    for token in found:
        before = joined[-1] if joined else None
        if not (before and before.part and token.start - before.end <= 3):
            joined.append(token)
        elif token.low == "s":
            before.possessive, before.end = True, token.end
        elif singular(token.low) in HEADS and not before.possessive:
            before.head, before.end = singular(token.low), token.end
            before.text = f"{before.text} {token.text}"
        else:
            joined.append(token)
    return joined


def _forget_unsure(found: Sequence[Token]) -> None:
    """Takes short names for common words, unless the sentence shows that they are names."""
    for number, token in enumerate(found):
        if len(found) == 1 or not token.short or token.head or _listed(found, number):
            continue
        plural = token.text[0].isalpha() and singular(token.low_text) != token.low_text
        capital = token.text[0].isupper() and not token.text.isupper()
        before = found[number - 1].low if number else ""
        led = before in _LEADS or before in VERBS or before.isdigit() or "," in token.gap
        led = led or token.possessive or before in FUNCTION - BE or before in _AMOUNTS
        kinds = {singular(one.low_text) for one in found[:number]} & _SORTS
        led = led or (bool(kinds) and before in ("is", "are", "called", "named"))
        idiom = before in PREPOSITIONS and not plural
        led = led and not (idiom and number + 1 < len(found) and found[number + 1].low == "of")
        if not (plural or ((capital or led) and _alone(found, number))):
            token.part = None


def _alone(found: Sequence[Token], number: int) -> bool:
    """Whether a name is not the first half of another: 'the worker', 'the worker thread'."""
    if number + 1 == len(found) or found[number].possessive:
        return True
    after = found[number + 1]
    if after.gap.strip(" `*\n") or after.part:
        return True
    return after.low in FUNCTION or after.low in VERBS or after.low.endswith(("ly", "s", "ed"))


def _listed(found: Sequence[Token], number: int) -> bool:
    """Whether a token stands beside a sure name in a list."""
    for step in (-1, 1):
        other = number + step
        while 0 <= other < len(found) and found[other].low in ("and", "or", "the"):
            other += step
        if 0 <= other < len(found) and other != number + step and found[other].part:
            sure = not found[other].short or bool(found[other].head)
            return sure or found[other].text.istitle()
    return False
