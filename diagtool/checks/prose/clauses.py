"""Sentences → clauses in a normal form, on which patterns are matched.

In it a mention of parts is ``P3`` (``Q3`` behind a preposition), a number ``N3``, an option
``O3``, a section ``G3``, a zone or host ``Z3`` and any other literal ``V3``, each with the number
of its token. Verbs are in their base form (``send``, ``send~d``, ``send~g``), conjunctions begin
with ``+``; articles, auxiliaries and adverbs are gone. Lists of mentions are one mention, each
clause has its subject, and denials and *only* are taken out of the words and noted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from diagtool.checks.prose import vocabulary
from diagtool.checks.prose.blocks import Phrase
from diagtool.checks.prose.names import Names, singular
from diagtool.checks.prose.options import OptionNames
from diagtool.checks.prose.tokens import Token, Tokenizer
from diagtool.checks.prose.vocabulary import COPIES, LEMMAS, PREPOSITIONS, any_of

_QUOTED = re.compile(r"“[^”]*”|\"[^\"\n]{0,200}\"")


class Context(NamedTuple):
    """What is spoken of: in this section (``topic``), and last (``subject``, ``object``)."""

    topic: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    object: tuple[str, ...] = ()

    def after(self, sentence: Sentence) -> Context:
        """What is spoken of when a sentence has been said."""
        stated = [c.form for c in sentence.clauses if not (c.conditional or c.only)]
        opens = (re.match(r" \^(?: ,)* P(\d+)(?! P\d)(?= [^$])", form) for form in stated)
        tokens = [sentence.tokens[int(found[1])] for found in opens if found]
        # A relative clause is about something else than its sentence.
        parts = [token.parts for token in tokens if not (token.implied and token.end)]
        named = parts or ([] if self.topic else [t.parts for t in sentence.marked if t.parts])
        subject = named[0] if named else self.subject
        others = [id for id in sentence.parts if id not in subject]
        return Context(self.topic, subject, (others[0],) if len(others) == 1 else ())


class Clause(NamedTuple):
    """One statement: its words, what they are denied or restricted by.

    ``only`` are the mentions beside which there is said to be no other. A ``conditional`` one is
    a condition itself.
    """

    form: str
    denied: bool = False
    conditional: bool = False
    only: frozenset[str] = frozenset()


@dataclass(slots=True)
class Sentence:
    """A sentence, its tokens, and its clauses.

    ``whole`` is its normal form, ``words`` are those as written, in lower case; ``marked`` are the
    tokens in their order, ``parts`` what they name, and ``about`` what the text around is about, or
    was about last. A ``hypothetical`` one does not state how things are; of a ``conditional`` one a
    part stands under a condition.
    """

    text: str
    words: frozenset[str]
    tokens: list[Token]
    whole: str
    clauses: list[Clause]
    marked: list[Token]
    parts: tuple[str, ...]
    about: tuple[str, ...]
    hypothetical: bool
    conditional: bool


def unquoted(text: str) -> str:
    """A text without what it quotes, with everything else in its place."""
    return _QUOTED.sub(lambda match: " " * len(match[0]), text).replace("’", "'")


def read(
    phrase: Phrase,
    names: Names,
    options: OptionNames,
    context: Context,
    others: Mapping[int, int],
) -> Sentence:
    """The sentence that a phrase is. ``others`` are the ranges of names of no part."""
    near = (*context.topic, *context.subject, *context.object)
    found = Tokenizer(names, options, near, others).read(phrase.text, phrase.literals)
    reader = _Reader(context)
    words = reader.normal(found)
    clauses = list(reader.clauses(words))
    forms = filter(re.compile(r"[PQNOGZV]\d+").fullmatch, dict.fromkeys(words))
    marked = [reader.tokens[int(form[1:])] for form in forms]
    return Sentence(
        phrase.text,
        words=frozenset(t.text.casefold() for t in found if not (t.literal or t.parts)),
        tokens=reader.tokens,
        whole=f" {' '.join(words)} ",
        clauses=clauses,
        marked=marked,
        parts=tuple(dict.fromkeys(id for token in marked for id in token.parts)),
        about=context.topic or context.subject,
        hypothetical=phrase.text.endswith("?") or not vocabulary.HYPOTHETICAL.isdisjoint(words),
        conditional="+if" in words,
    )


_MULTIWORD = re.compile(rf"(?<= ){any_of(map(re.escape, vocabulary.MULTIWORD))}(?= )")
_LIST = re.compile(
    r"(?P<lead>\S+ )(?P<list>P\d+(?:(?: ,)?(?: (?:\+and|\+or|nor)| ,)"
    r"(?: (?!P)(?P=lead))? ?(?<= )P\d+)+)"
)
_OBLIQUE = re.compile(rf"(?<= )({any_of(PREPOSITIONS)} (?:(?:no|only|N\d+) )?)P(?=\d)")
_MARKED = frozenset("PNOGZV")
_HARD = (";", ":", "(", ")", "–", "—", "--", "-", "?", "!")
_CONJUNCTIONS = ("+and", "+or", "+but", ",")
_BARE = ("not", "no", "only")
_GONE = vocabulary.LOSING | {"be", "not", "go", "die", "break", "crash", "answer", "vanish"}
_PASSED = {*_BARE, *vocabulary.ORDINALS}
_SKIPPED = (*_BARE, *_CONJUNCTIONS)
_LEADING = (*_SKIPPED, "what", "of")
_GROUPS = {"cluster", "ensemble", "pair", "trio", "primary", "standby"}
_CUTS = ("", *",+;:()–—-?!")


def is_verb(word: str) -> bool:
    """Whether a word of the normal form is a finite verb, or may be one."""
    return word.removesuffix("~s") in LEMMAS or word in ("be", "have")


def _normal(word: str) -> str:
    """A word in the normal form, nothing where it does not matter."""
    if re.fullmatch(r"[A-Z]\d+|\W.*|.*~.|nor", word):
        return word
    return vocabulary.NORMAL.get(word, singular(word) if len(word) > 4 else word)


class _Reader:
    """Brings words into the normal form, one rewriting after the other."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.tokens: list[Token] = []

    def _add(self, token: Token) -> str:
        """A token's word in the normal form."""
        token.form = f"{token.kind}{len(self.tokens)}"
        self.tokens.append(token)
        return token.form

    def _get(self, form: str) -> Token:
        return self.tokens[int(form[1:])]

    def _implied(self, parts: tuple[str, ...], word: str = "", head: str = "") -> str:
        plural = word not in ("", "it", head)
        return self._add(Token("P", word, 0, 0, parts, plural=plural, head=head, implied=True))

    def normal(self, words: list[Token]) -> list[str]:
        """The normal form of some words."""
        said = (self._add(word) if word.kind in _MARKED else word.kind for word in words)
        text = vocabulary.rewritten("written", f" {' '.join(said)} ")
        text = _MULTIWORD.sub(lambda m: vocabulary.MULTIWORD[m[0]], text)
        forms = filter(None, map(_normal, text.split()))
        text = vocabulary.rewritten("normal", f" {' '.join(forms)} ")
        text = _LIST.sub(self._joined, f"^{text}").removeprefix("^")
        return _OBLIQUE.sub(r"\1Q", f" {' '.join(self._pronouns(text.split()))} ").split()

    def _joined(self, match: re.Match[str]) -> str:
        """'X, Y and Z' is one mention."""
        tokens = [self._get(form) for form in re.findall(r"P\d+", match["list"])]
        rest = match.string[match.end() :].split()[:1]
        ends = not rest or rest[0] in (";", ")", ":", "+and")
        if len(tokens) == 2 and not ends and not re.search(r"\+|nor", match["list"]):
            return match[0]
        joined = replace(
            tokens[0],
            text=" ".join(token.text for token in tokens),
            end=tokens[-1].end,
            parts=tuple(dict.fromkeys(part for token in tokens for part in token.parts)),
            members=tuple(tokens),
            plural=True,
        )
        return f"{match['lead']}{self._add(joined)}"

    def _pronouns(self, words: list[str]) -> list[str]:
        """What 'it' and 'the copies' mean."""
        made: list[str] = []
        about, it = self.context.subject or self.context.topic, tuple[str, ...]()
        for at, word in enumerate(words):
            before = next((w for w in reversed(made) if w not in _PASSED and w[0] != "N"), "")
            opens = before[:1] in _CUTS or before in ("of", "for", "check", "ensure")
            single = singular(word.removesuffix("~s"))
            named = [self._get(w).parts for w in made if re.fullmatch(r"P\d+", w)]
            if word in ("it", "they", "them"):
                content = [w for w in made if w not in _LEADING and w[0] not in "+N"]
                gone = made[:1] != ["+if"] or any(w.partition("~")[0] in _GONE for w in made)
                # 'If X is lost, it goes on', 'for X it goes on'
                other = before == "," and made[0] in ("+if", "without", "during") and gone
                other |= bool(content) and content[0][0] != "P"
                meant = it or (named[0] if named and not (other and about) else about)
                if word == "it" and len(meant) > 1:
                    meant = self.context.object
                cut = max((n for n, w in enumerate(made) if w[0] in _CUTS), default=0)
                here = [self._get(w).parts for w in made[cut:] if re.fullmatch(r"P\d+", w)]
                here += [self.context.topic] * made[0].endswith("~s") if made else []
                doers = {id for parts in here or named[:1] for id in parts}
                if not opens and doers & {*meant}:
                    # An object is another one than the subject.
                    others = (*named[::-1], about, self.context.object, self.context.topic)
                    meant = next((parts for parts in others if not doers & {*parts}), ())
                known = opens or before in PREPOSITIONS
                known |= (word == "it" or before == "find" or "port" in words) and is_verb(before)
                if known and meant:
                    it = it or (meant if word == "it" else ())
                    word = self._implied(meant, word)
            elif single in COPIES | _GROUPS and (opens or before == "find") and before != "of":
                # 'two machines for X', 'the hosts db1 and db2'
                of = re.search(r" for P\d|^\w+ (?:of(?! N)|Z\d)", " ".join(words[at:]))
                acts = any(map(is_verb, words[at + 1 : at + 2]))
                if about and not of and (acts or not named):
                    word = self._implied(about, word, single)
            made.append(word)
        return made

    def clauses(self, words: list[str]) -> Iterator[Clause]:
        """The clauses of a sentence in its normal form."""
        here: list[str] = []
        # What a sentence without a subject is about: 'Needs X', below a heading.
        subject = self._implied(self.context.topic) if self.context.topic else ""
        conditional = False
        for at, word in enumerate(words):
            rest = words[at + 1 :]
            if word not in _HARD and not self._starts(word, rest, conditional):
                here.append(word)
                continue
            yield from self._clause(here, subject, conditional)
            opening = next((w for w in here if w not in _SKIPPED and w[0] not in "N+"), "")
            subject = opening if opening[:1] == "P" else subject
            mention = next((w for w in reversed(here) if re.fullmatch(r"[PQ]\d+", w)), "")
            if word in _HARD:
                here, conditional = [], False
                if mention and (word == "(" or at == 1):
                    here = [self._again(mention), *["have"] * (not any(map(is_verb, rest[:1])))]
            elif word == "+which":
                # 'A worker that cannot reach X' is one that is not as it should be.
                conditional = rest[:1] == ["not"]
                here = [self._again(mention)] if mention in here[-2:] else ["+which"]
            else:
                here = [word] if word in ("+if", "+while", "+provided") else []
                conditional = word == "+if" or (conditional and word not in (",", "+but"))
        yield from self._clause(here, subject, conditional)

    def _starts(self, word: str, rest: list[str], conditional: bool) -> bool:
        """Whether a word opens a clause of its own."""
        if word not in _CONJUNCTIONS:
            return word in ("+which", "+if", "+provided", "+because", "+while", "where")
        if word == "+but" or (word == "," and conditional):
            return True
        words = [w for w in rest[:4] if w not in _SKIPPED]
        acts = words[1:] if words and re.fullmatch(r"[PON]\d+", words[0]) else words
        return rest[:1] in (["no"], ["not"], ["there"]) or any(map(is_verb, acts[:1]))

    def _again(self, form: str) -> str:
        return self._add(replace(self._get(form), kind="P", implied=True))

    def _clause(self, words: list[str], subject: str, conditional: bool) -> Iterator[Clause]:
        """A clause with its subject, and without what denies it."""
        content = [word for word in words if word not in _BARE]
        if not content:
            return
        first = content[0]
        finite = first.endswith(("~s", "~g", "~d")) or is_verb(first)
        asked = subject and first in LEMMAS and not self._get(subject).text  # 'restart X'
        if subject and not asked and first[0] != "P" and (finite or not any(map(is_verb, content))):
            content = [self._again(subject), *["have"] * (not finite), *content]
        # 'with no X' denies nothing of the clause.
        ahead = [before for before, word in pairwise(["", *words]) if word in ("not", "no")]
        denied = sum(word not in PREPOSITIONS for word in ahead) % 2 == 1
        mentions = [(at, w[1:]) for at, w in enumerate(words) if re.fullmatch(r"[PQZO]\d+", w)]
        only = {
            next((mention for n, mention in mentions if n > at), mentions[-1][1])
            for at, word in enumerate(words)
            if word == "only" and mentions
        }
        content = [word.removesuffix("~s") for word in content]
        lead = words[0] if words[0] in ("+if", "+while", "+provided") else "^"
        form = f" {lead} {' '.join(content)} $ "
        yield Clause(form, denied, conditional, frozenset(only))
