"""A range of text → its words, and the names, numbers and literals among them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from diagtool.checks.prose import vocabulary
from diagtool.checks.prose.names import Names, singular
from diagtool.checks.prose.options import OptionNames


@dataclass(slots=True)
class Token:
    """A mention of parts (``kind`` P), a number (N), option (O), section (G), zone (Z) or literal.

    Any other word has its own lower case as ``kind``. ``than`` is one of =, <, >, <= and >=;
    ``exact`` is a number of which the sentence says that it is no more, ``definite`` one with
    "the" or "all". ``head`` is what a mention has besides the name: "server" of "X servers".
    ``members`` are the mentions of which a list is made. An ``implied`` one does not stand there,
    ``form`` is it in the normal form.
    """

    kind: str
    text: str
    start: int
    end: int
    parts: tuple[str, ...] = ()
    members: tuple[Token, ...] = ()
    number: int = 0
    than: str = "="
    exact: bool = False
    definite: bool = False
    plural: bool = False
    head: str = ""
    short: bool = False
    literal: bool = False
    implied: bool = False
    form: str = ""


_WORD = re.compile(
    r"(?P<url>[a-z][a-z0-9+]*://(?:<[^<>\n]+>|[^\s`'\"<>,;)])+)|\[[A-Za-z][\w:.-]*\]|"
    r"(?P<path>/[\w./-]*\w)|(?P<cut>[,;:()?!])|"
    r"(?P<word>[^\W_](?:[\w'’]|[-./:](?=\w))*|_\w+|[✓✔✅✗✘❌×>=<&–—-]|--)"
)
_LITERAL = re.compile(r"\[[\w:.-]+\]|=|[^\s=\[\]]+(?: (?!=)[^\s=\[\]]+)*")
_NUMBER = re.compile(
    r"(?:(?P<than>{than})\s+)?(?:(?P<exact>only(?: a)?|exactly|just(?: a)?|a)\s+)?(?<![\w#.-])"
    r"(?:(?P<group>(?:pair|couple) of)|(?P<number>\d{{1,6}}(?:,\d{{3}})*|(?:{words})))"
    r"(?:x(?!\w)|-(?P<of>node|member|server|broker|replica|instance|way|machine|process))?"
    r"(?![\w.:/-]*\w|%)".format(
        than="|".join(vocabulary.COMPARED).replace(" ", r"\s+"),
        words="|".join(sorted(vocabulary.NUMBERS, key=len, reverse=True)),
    ),
    re.I,
)
OTHER = "?"
"""The id of what looks like a part, and is none of the topology's."""

_SWITCHED = re.compile(r"(?:true|false|(?<!cut )(?<!shut )off|enabled|disabled)\b", re.I)
_NO_NOUNS = vocabulary.FUNCTION | vocabulary.ADJECTIVES | vocabulary.OUTAGES
_NO_NOUNS |= vocabulary.ORDINALS.keys() | vocabulary.VERB_FORMS.keys()


class Tokenizer:
    """Reads words; ``names`` and ``options`` are what may be named, ``near`` what is spoken of.

    ``others`` are the ranges of text that are to be read as the name of an :data:`OTHER` part.
    """

    def __init__(
        self, names: Names, options: OptionNames, near: Sequence[str], others: Mapping[int, int]
    ) -> None:
        self.names, self.options, self.near, self.others = names, options, near, others

    def read(self, text: str, literals: Sequence[tuple[int, int]]) -> list[Token]:
        """The words of a text, of which some ranges are literal."""
        found: list[Token] = []
        here = 0
        while match := _WORD.search(text, here):
            literal = next((span for span in literals if span[0] <= match.start() < span[1]), None)
            token = self._token(text, match, literal)
            token.literal = literal is not None
            token.definite |= bool({one.kind for one in found[-2:]} & vocabulary.DEFINITE)
            found.append(token)
            here = max(token.end, match.start() + 1)
            here += 2 * bool(token.parts and text[here : here + 2] == "'s")  # 'the queue's members'
        found = _with_heads(found)
        for at, token in enumerate(found):
            if token.parts not in ((), (OTHER,)) and len(found) > 1 and not _is_name(found, at):
                token.kind, token.parts = token.text.casefold(), ()
        return found

    def _token(self, text: str, match: re.Match[str], literal: tuple[int, int] | None) -> Token:
        at, said = match.start(), match[0]
        option = self.options.pattern.match(text, at)
        if option and ("_" in option[0] or (literal and literal[0] == at)):
            return Token("O", option[0], at, option.end())
        if not match["url"] and (token := self._named(text, at)):
            return token
        if literal:
            chunk = _LITERAL.match(text, at, literal[1])
            said = chunk[0] if chunk else ""
            kind = "=" if said == "=" else "G" if said.startswith("[") else "V"
            return Token(kind, said, at, at + len(said))
        if (number := _NUMBER.match(text, at)) and text[at - 1 : at] != "#":
            return _number(number)
        value = match["url"] or match["path"] or _SWITCHED.match(text, at)
        if match["cut"] or not (value or re.search(r"\d", said)):
            return Token(said.casefold(), said, at, match.end())
        said = said.rstrip(".:")
        return Token("V", said, at, at + len(said))

    def _named(self, text: str, at: int) -> Token | None:
        """A part or a zone that is named at a place."""
        if at in self.others:
            return Token("P", text[at : self.others[at]], at, self.others[at], (OTHER,))
        match = self.names.pattern.match(text, at)
        place = self.names.place_pattern.match(text, at)
        if place and (match is None or place.end() > match.end()):
            return Token("Z", place[0], at, place.end())
        alias = self.names.alias(match[0], self.near) if match else None
        if not match or not alias:
            return None
        said, ids = match[0].casefold(), (alias.part,)
        plural = singular(said) != said
        return Token("P", match[0], at, match.end(), ids, plural=plural, short=alias.short)


def _number(match: re.Match[str]) -> Token:
    """A number with what stands around it: 'at least three', 'only one', 'a pair of'."""
    word = (match["number"] or match["group"]).casefold().replace(",", "")
    number = int(word) if word.isdigit() else vocabulary.NUMBERS.get(word, 2)
    than = vocabulary.COMPARED.get(" ".join((match["than"] or "").casefold().split()), "=")
    token = Token("N", match[0], match.start(), match.end(), number=number, than=than)
    token.exact = (match["exact"] or "a").casefold() != "a" or word in ("single", "sole")
    token.definite = word == "both"
    return token


def _with_heads(words: list[Token]) -> list[Token]:
    """Joins 'X servers': the word for what is named is part of it."""
    joined: list[Token] = []
    for token in words:
        last = joined[-1] if joined else None
        if last and last.parts and singular(token.kind) in vocabulary.HEADS and not last.head:
            last.head, last.plural = singular(token.kind), singular(token.kind) != token.kind
            last.text, last.end = f"{last.text} {token.text}", token.end
            continue
        joined.append(token)
    return joined


def _is_noun(token: Token) -> bool:
    """Whether a word may be the first half of a name."""
    other = token.kind in "NOGZV" or not token.kind[:1].isalpha()
    return not (other or token.kind in _NO_NOUNS or token.kind.endswith(("ly", "ed")))


def _is_name(words: list[Token], at: int) -> bool:
    """Whether a name is not half of another: 'X log', and 'boot server' of a short one."""
    token, after = words[at], words[at + 1 : at + 2]
    if token.short and after and after[0].kind == "of":
        return False  # 'in front of'
    sure = token.literal or token.plural or not after or after[0].parts == token.parts
    return bool(sure or after[0].start > token.end + 1 or not _is_noun(after[0]))
