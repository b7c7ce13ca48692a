"""Sentences in a normal form, on which patterns are matched.

In it a mention of parts is ``P3`` (``Q3`` behind a preposition), a number ``N3``, an option
``O3``, a section ``G3``, a zone ``Z3`` and any other literal ``V3``, each with the number of its
token. Verbs are in their base form (``send``, ``send~d``, ``send~g``), negations are ``not``,
conjunctions begin with ``+``; articles, auxiliaries and adverbs are gone. Lists of mentions are
one mention, and what a clause leaves unsaid (its subject, what "it" is) is filled in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from diagtool.checks.prose import vocabulary
from diagtool.checks.prose.names import Names, singular
from diagtool.checks.prose.options import OptionNames
from diagtool.checks.prose.text import word_set
from diagtool.checks.prose.words import CUTS, Token, Words

ALL = "all"
"""Stands for every service, until it is known which."""


@dataclass(frozen=True, slots=True)
class Context:
    """What is spoken of: in this section (``topic``), and last (``subject``, ``option``).

    ``it`` is the option with which the last sentence began, which "it" may mean.
    """

    topic: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    option: str = ""
    it: str = ""

    def after(self, sentence: Sentence) -> Context:
        """What is spoken of when a sentence has been said."""
        marks = re.findall(r"[PQO]\d+", sentence.whole)
        tokens = [sentence.token(mark) for mark in marks]
        subjects = [t.parts for m, t in zip(marks, tokens, strict=True) if m[0] == "P"]
        mentions = [token.parts for token in tokens if token.parts]
        option = next((token.text for token in reversed(tokens) if token.kind == "O"), self.option)
        spoken = subjects[0] if subjects else self.subject
        if not spoken and mentions and not self.topic:
            spoken = mentions[-1]
        it = tokens[0].text if tokens and tokens[0].kind == "O" else ""
        return Context(self.topic, spoken, option, it)


@dataclass(slots=True)
class Sentence:
    """A sentence of a text from ``start``, its tokens, and its normal forms.

    ``claims`` is without what stands under a condition, ``whole`` with it; ``asides`` are what
    parentheses say, each with what they follow. ``words`` are those as written, in lower case;
    ``about`` is what the text around it is about, or was about last.
    """

    text: str
    start: int
    words: frozenset[str]
    tokens: list[Token] = field(default_factory=list)
    whole: str = ""
    claims: str = ""
    asides: list[str] = field(default_factory=list)
    about: tuple[str, ...] = ()

    @property
    def denies(self) -> bool:
        """Whether anything in it is denied."""
        return bool(re.search(r" (?:not|no|none|nothing|without|only) ", self.whole))

    @property
    def hypothetical(self) -> bool:
        """Whether it does not state how things are."""
        return bool(self.words & vocabulary.HYPOTHETICAL) or self.text.rstrip().endswith("?")

    @property
    def conditional(self) -> bool:
        """Whether a part of it stands under a condition."""
        return "+if" in self.whole

    @property
    def subject(self) -> tuple[str, ...]:
        """The parts that it is about."""
        match = re.search(r" P\d+", self.whole)
        return self.token(match[0].strip()).parts if match else ()

    @property
    def marked(self) -> list[Token]:
        """The tokens in it, in their order."""
        forms = re.findall(r" ([A-Z]\d+)(?= )", " ".join([self.whole, *self.asides]))
        return [self.token(form) for form in dict.fromkeys(forms)]

    def token(self, form: str) -> Token:
        """The token that a word such as ``P3`` stands for."""
        return self.tokens[int(form[1:])]

    def after(self, token: Token) -> list[str]:
        """The words behind a token, as written."""
        return self.text[token.end - self.start :].split()

    def around(self, token: Token) -> tuple[list[str], list[str]]:
        """The words of the normal form before and behind a token."""
        before, _, after = self.whole.partition(f" {token.form} ")
        return before.split(), after.split()


_COUNTED = word_set(
    "services service components zones sites servers instances processes nodes health hosts "
    "machines"
)
"""Words of sentences that may be about the system though they name nothing in it."""
_QUOTED = re.compile(r"“[^”]*”|\"[^\"\n]{0,200}\"")


def unquoted(text: str) -> str:
    """A text without what it quotes, with everything else in its place."""
    return _QUOTED.sub(lambda match: " " * len(match[0]), text).replace("’", "'")


def read(
    text: str,
    literals: Sequence[tuple[int, int]],
    start: int,
    end: int,
    names: Names,
    options: OptionNames,
    context: Context,
    added: int = 0,
) -> Sentence:
    """The sentence in a range of a text, of which some ranges are literal.

    What stands before ``added`` is not in the page.
    """
    found = Words(names, options).read(text, literals, start, end)
    low = frozenset(t.text.casefold() for t in found if not (t.literal or t.parts))
    sentence = Sentence(text[start:end], start, low, about=context.topic or context.subject)
    spoken_of = context.topic or context.subject or context.option
    if not spoken_of and not (low & _COUNTED or any(t.kind in ("P", "O", "Z") for t in found)):
        return sentence  # about nothing that is known here
    whole = _Form(names, context, sentence.tokens).normal(found)
    for token in sentence.tokens:
        token.implied |= token.start < added
    _part(sentence, whole.split())
    return sentence


_LEMMAS = {lemma for lemma, _ in vocabulary.VERB_FORMS.values()}
_LONGEST_FIRST = sorted(vocabulary.MULTIWORD, key=len, reverse=True)
_MULTIWORD = re.compile(rf"(?<= )(?:{'|'.join(map(re.escape, _LONGEST_FIRST))})(?= )")
_PHRASES = {w: form for form, listed in vocabulary.PHRASES.items() for w in listed.split()}
_PREPOSED = "|".join(sorted(vocabulary.PREPOSITIONS))
_OPENING = r"(?:^|[,;:(!–—]|--|\+\w+| for| sure| check| ensure| verify)$"
"""What stands before a clause."""
_LIST = re.compile(
    r"(?P<lead>\S+ )(?P<list>P\d+(?:(?: ,)?(?: (?:\+and|\+or|\+but|nor)| ,)"
    r"(?: (?!P)(?P=lead))?(?: (?:all|every|each|no|one-of))? ?(?<= )P\d+)+)"
)


_VERB = f"(?:{'|'.join(sorted(_LEMMAS, key=len, reverse=True))})"
_BEFORE = (
    (r" (?:is |are |be )?(not )?able-to(?= )", r" \1"),
    (r"(?<= )(P\d+ |service |component |thing |one |only )that ", r"\1+which "),
)
"""What is rewritten before single words are."""
_BETWEEN = (
    (r" be (not )?(read|put|set|run|spread|split|unset)(?= )", r" be \1\2~d"),
    (r" have(?= (?:not )?\S+~d )", ""),
    (r"^ (P\d+) [:–] (?=\w+~d |not |in-front-of |behind |only )", r" \1 be "),
    (rf"^ (P\d+) [:–] (?={_VERB}(?:~s)? )", r" \1 "),
    (r"^ (run|read|set|put|spread) by ", r" \1~d by "),
)
"""What is rewritten before pronouns and lists are."""
_AFTER = (
    (r"(?<=[a-z~] )neither (P\d+)", r"no \1"),
    (
        r"(^|[,;:]|\+(?:and|but|because|which)) (?:no|none-of|neither)((?: N\d+)?) (P\d+)",
        r"\1\2 \3 not",
    ),
    (r" (?:every|each|all|any|both|either|one-of)(?= )", ""),
)
"""What is rewritten after them: denials."""
_OBLIQUE = re.compile(rf"(?<= )((?:{_PREPOSED}) )P(?=\d)")
_AGAIN = re.compile(rf"(?<= )((?:{_PREPOSED}) )(P\d+)((?: ,)? (?:\+and|\+or) )\1(?=P)")
"""'from X and from Y', in which the second preposition says nothing new."""


def _rewritten(text: str, rules: tuple[tuple[str, str], ...]) -> str:
    for shape, form in rules:
        text = _compiled(shape).sub(form, text)
    return text


_compiled = cache(re.compile)


class _Form:
    """Brings words into the normal form, one rewriting after the other."""

    def __init__(self, names: Names, context: Context, tokens: list[Token]) -> None:
        self.names, self.context, self.tokens = names, context, tokens

    def normal(self, words: list[Token]) -> str:
        """The normal form of some words."""
        if words and words[0].kind == "should":
            words[0].kind = "if"  # 'should the database fail'
        words = [
            word
            for at, word in enumerate(words)
            if not (at and word.text.casefold() == "both" and words[at - 1].parts)
        ]
        text = " " + "".join(
            f"{self._add(w) if w.kind in 'PNOGZV' and w.kind else w.kind} " for w in words
        )
        text = self._all_services(text)
        text = _MULTIWORD.sub(lambda match: vocabulary.MULTIWORD[match[0]], text)
        text = _rewritten(text, _BEFORE)
        parts = text.split()
        text = f" {' '.join(filter(None, map(self._word, parts, [*parts[1:], ''])))} "
        text = self._joined(self._pronouns(_rewritten(text, _BETWEEN)))
        text = self._excepted(_rewritten(text, _AFTER))
        return _OBLIQUE.sub(r"\1Q", self._subjects(self._topic(text)))

    def _add(self, token: Token, **changes: object) -> str:
        """A token's word in the normal form."""
        if changes:
            token = replace(token, **changes)  # type: ignore[arg-type]
        token.form = f"{token.kind}{len(self.tokens)}"
        self.tokens.append(token)
        return token.form

    def _get(self, form: str) -> Token:
        return self.tokens[int(form[1:])]

    def _word(self, word: str, after: str) -> str:
        """A word in the normal form, nothing where it does not matter."""
        if re.fullmatch(r"[A-Z]\d+|\W.*|.*~.", word) or word in _KEPT:
            return word
        if word in _PHRASES and not (after[:1] in "NOV" and word in ("after", "before", "until")):
            return _PHRASES[word]
        if word in vocabulary.DROPPED:
            return ""
        if word in vocabulary.VERB_FORMS:
            lemma, kind = vocabulary.VERB_FORMS[word]
            return f"{lemma}~{kind}" if kind in ("g", "d") else f"{lemma}~s" if kind else lemma
        return singular(word) if len(word) > 4 else word

    def _all_services(self, text: str) -> str:
        """'every service', 'all six services': a mention of all."""
        system = re.escape(self.names.topology.name.casefold())

        def named(match: re.Match[str]) -> str:
            number = match["number"] or ""
            if number and not self._get(number.strip()).definite:
                return match[0]
            token = Token("P", match["word"], 0, 0, (ALL,), head="service")
            token.plural, token.implied = match["word"] == "services", True
            lead = match["lead"] if match["lead"] in ("no ", "none of ", "neither of ") else ""
            return f" {lead}{number}{self._add(token)}"

        pattern = (
            r" (?P<lead>(?:every|each|all of|all|any|no|none of|neither of) |)(?:the |our )?"
            rf"(?P<number>N\d+ )?(?P<of>{system} )?(?P<word>services?)(?! (?:that|which))(?= )"
        )

        def whole(match: re.Match[str]) -> bool:
            return bool(match["lead"] or match["number"] or match["of"] or not match.start())

        text = re.sub(pattern, lambda match: named(match) if whole(match) else match[0], text)
        return re.sub(
            r" all(?= (?:but|except) P)",
            lambda _: f" {self._add(Token('P', 'all', 0, 0, (ALL,), plural=True, implied=True))}",
            text,
        )

    def _pronouns(self, text: str) -> str:
        """What 'it' and 'the copies' mean, and 'the option'."""
        made: list[str] = []
        for word in text.split():
            before = " ".join(made[-3:])
            before = re.sub(r"(?: |^)(?:every|each|all|any|only|no|N\d+)$", "", before)
            opens = bool(re.search(_OPENING, before))
            made.append(self._meant(word, made, opens=opens))
        return f" {' '.join(made)} "

    def _meant(self, word: str, made: list[str], *, opens: bool) -> str:
        """A word, or what it means in its place."""
        context, topic = self.context, self.context.topic
        single = singular(word.removesuffix("~s"))
        if word in ("it", "option", "setting") and (opens or len(made) == 1):
            option = context.it if word == "it" else context.option
            if option:
                return self._add(Token("O", option, 0, 0, implied=True))
        spoken = context.subject or topic
        named = [self._get(w).parts for w in made if w[:1] == "P" and w[1:].isdigit()]
        services = [parts for parts in named if set(parts) & self.names.topology.services.keys()]
        if word in ("it", "they", "them", "both") and (opens or made[-1:] == ["of"]):
            first = made[0] if made else "+"
            lemma = first.partition("~")[0] in _LEMMAS
            others = ("you", "we", "there", "only", "no", *vocabulary.PREPOSITIONS)
            if first[0] in "P+" or lemma or first in others:
                spoken = services[-1] if services else () if named else spoken
                return self._implied(word, spoken, plural=word != "it")
        elif (
            word in ("it", "them")
            and named
            and topic
            and (made[-1].partition("~")[0] in _LEMMAS or made[-1] in vocabulary.PREPOSITIONS)
        ):
            if topic[0] in self.names.topology.components and topic != named[-1]:
                return self._implied(word, topic)
        elif single == "service" and made and made[-1][:1] == "N":
            return word
        elif single in vocabulary.COPIES | {"service", "cluster"} and topic and opens:
            return self._implied(word, topic, plural=single != word, head=single)
        return word

    def _implied(self, word: str, parts: tuple[str, ...], **flags: object) -> str:
        if not parts:
            return word
        return self._add(Token("P", word, 0, 0, parts, implied=True), **flags)

    def _joined(self, text: str) -> str:
        """'X, Y and Z' is one mention."""

        def joined(match: re.Match[str]) -> str:
            forms = re.findall(r"P\d+", match["list"])
            rest = text[match.end() :].split()[:1]
            acts = re.search(rf" {_VERB}(?:~s)? ", text[: match.start("list")])
            starts = rest and (rest[0].endswith("~s") or rest[0] in ("be", "have"))
            last = ""
            if acts and starts and len(forms) > 1:
                last = forms.pop()  # 'X reads from Y, and Z writes'
            tokens = [self._get(form) for form in forms]
            conjunction = re.search(r"\+|nor", match["list"])
            ends = not rest or rest[0] in (";", ")", ":", "+and")
            lead = match["lead"].strip() not in ("", *CUTS)
            if "+but" in match["list"] and ALL in self._get(forms[0]).parts:
                return match[0]  # 'all services but X'
            if len(forms) < 2 or not (conjunction or len(forms) > 2 or (ends and lead)):
                return match[0]
            parts = dict.fromkeys(part for token in tokens for part in token.parts)
            form = self._add(
                tokens[0],
                text=" ".join(token.text for token in tokens),
                end=tokens[-1].end,
                parts=tuple(parts),
                members=tuple(tokens),
                plural=True,
            )
            return f"{match['lead']}{form}" + (f" , +and {last}" if last else "")

        once = _AGAIN.sub(r"\1\2\3", text)
        return _LIST.sub(joined, f"^{once}").removeprefix("^")

    def _excepted(self, text: str) -> str:
        """'all services except X', 'apart from X, no service': all but X."""
        left: tuple[str, ...] = ()
        match = re.match(r" except (P\d+) ,", text)
        if match and any(ALL in self._get(p).parts for p in re.findall(r"P\d+", text)):
            left, text = self._get(match[1]).parts, text[match.end() :]
        for match in re.finditer(r"(P\d+)(?: (not))?( (?:except|\+but) (P\d+))?", text):
            token = self._get(match[1])
            if ALL in token.parts:
                token.excepted = self._get(match[4]).parts if match[4] else left
                services = self.names.topology.services
                token.parts = tuple(id for id in services if id not in token.excepted)
        return re.sub(
            r"(P\d+)( not)? (?:except|\+but) P\d+",
            lambda m: m[1] + (m[2] or "") if self._get(m[1]).excepted else m[0],
            text,
        )

    def _topic(self, text: str) -> str:
        """'Needs X', below a heading: what the section is about needs X."""
        topic = self.context.topic
        opens = re.match(r" (?:(?P<lead>(?:not |only )+)|)(?P<verb>\S+)(?= )", text)
        if not topic or not opens or opens["verb"][:1].isupper():
            return text
        verb = opens["verb"]
        passive = verb.endswith("~d") and re.match(
            r"\S+ (?:\S+ )?(?:by|in|on|from|to) ", text[1:] + " "
        )
        bare = opens["lead"] and verb in ("run", "use", "talk", "need", "depend", "require")
        if not (verb.endswith("~s") or verb == "be" or bare or passive):
            return text
        return f" {self._implied('', topic)}{' be' if passive else ''}{text}"

    def _subjects(self, text: str) -> str:
        """'X reads from Y and sends to Z': X sends to Z. 'X, which reads': X reads."""
        made: list[str] = []
        subject, passive = "", False
        words = text.split()
        for word, after in zip(words, [*words[1:], ""], strict=False):
            before = made[-1] if made else ""
            opens = before in (",", ";", "+and", "+but", "+or")
            verb = after if word in ("not", "only") else word
            acts = verb.removesuffix("~s") in _LEMMAS or word == "be"
            if word == "+which" and before:
                who = next((w for w in reversed(made[-2:]) if re.fullmatch(r"P\d+", w)), "")
                if who and before not in vocabulary.PREPOSITIONS and after != "not":
                    subject = self._again(who)
                    made += [word, subject]
                    continue
            elif subject and opens and acts:
                plural = self._get(subject).plural
                if plural or before != "," or word.endswith("~s") or word in ("not", "only", "be"):
                    made.append(self._again(subject))
                    passive = word == "be"
            elif subject and passive and before == "+and" and word.endswith("~d"):
                made += [self._again(subject), "be"]
            acts = after.removesuffix("~s") in _LEMMAS or after in ("be", "not", "only")
            if acts and re.fullmatch(r"P\d+", word) and before not in vocabulary.PREPOSITIONS:
                subject, passive = word, after == "be"
            made.append(word)
        return f" {' '.join(word.removesuffix('~s') for word in made)} "

    def _again(self, form: str) -> str:
        return self._add(self._get(form), implied=True)


_KEPT = word_set("no every each all any neither none both either not only")


def _part(sentence: Sentence, words: list[str]) -> None:
    """Writes the normal forms of a sentence: the whole, what is claimed, and asides."""
    main: list[str] = []
    aside: list[str] | None = None
    before = ""
    for word in words:
        if word == "(":
            aside = [before] if before else []
        elif word == ")" and aside is not None:
            sentence.asides.append(f" {' '.join(aside)} ")
            aside = None
        elif aside is not None:
            aside.append(word)
        else:
            main.append(word)
            if re.fullmatch(r"[PQO]\d+", word):
                before = word.replace("Q", "P")
    main += aside or []
    sentence.whole = f" {' '.join(main)} "
    sentence.claims = f" {' '.join(_unconditional(main))} "


def _unconditional(words: list[str]) -> list[str]:
    """What of a sentence stands under no condition."""
    kept: list[str] = []
    skipping = False
    for at, word in enumerate(words):
        if word == "+if":
            opening = at == 0 or words[at - 1] in (",", ";", "+and", "+but")
            if not (opening and "," in words[at:]):
                cut = next((n for n in range(at, len(words)) if words[n] in (";", ":")), None)
                return [*kept, *([";", *_unconditional(words[cut + 1 :])] if cut else [])]
            skipping = True
        elif skipping and word in (",", ";", ":"):
            skipping = False
            kept.append(",")
        elif not skipping:
            kept.append(word)
    return kept
