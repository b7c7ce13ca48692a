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

from diagtool.checks.prose import vocabulary
from diagtool.checks.prose.names import Names, Strength, singular
from diagtool.checks.prose.options import OptionNames
from diagtool.checks.prose.text import word_set

ALL = "all"
"""Stands for every service, until it is known which."""


@dataclass(slots=True)
class Token:
    """A word or a mention. ``form`` is what patterns see, ``text`` what stands in the page.

    ``kind`` is that of a verb; ``than`` one of =, <, >, <= and >=; ``exact`` is a number of which
    the sentence says that it is no more, ``definite`` one with "the" or "all". ``excepted`` are
    the services that "all but" leaves out, ``members`` the mentions of which a list is made.
    An ``implied`` one does not stand there.
    """

    form: str
    text: str
    start: int
    end: int
    kind: str = ""
    parts: tuple[str, ...] = ()
    members: tuple[Token, ...] = ()
    excepted: tuple[str, ...] = ()
    number: int = 0
    than: str = "="
    exact: bool = False
    definite: bool = False
    plural: bool = False
    head: str = ""
    short: bool = False
    literal: bool = False
    implied: bool = False

    @property
    def mention(self) -> bool:
        """Whether it names parts."""
        return bool(self.parts)


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
        named = [token.parts for token in sentence.tokens if token.mention]
        spoken = sentence.subject or self.subject or (named[-1] if named and not self.topic else ())
        first = next((t for t in sentence.tokens if re.match(r"[PQO]\d", t.form)), None)
        it = first.text if first and first.form[0] == "O" else ""
        return Context(self.topic, spoken, sentence.option or self.option, it)


@dataclass(slots=True)
class Sentence:
    """The tokens of a sentence, and its normal forms.

    ``claims`` is without what stands under a condition, ``whole`` with it; ``asides`` are what
    parentheses say, each with what they follow.
    """

    text: str
    start: int
    tokens: list[Token]
    whole: str = ""
    claims: str = ""
    asides: list[str] = field(default_factory=list)
    words: frozenset[str] = frozenset()

    @property
    def hypothetical(self) -> bool:
        """Whether it does not state how things are."""
        return bool(self.words & vocabulary.HYPOTHETICAL) or self.text.rstrip().endswith("?")

    @property
    def conditional(self) -> bool:
        """Whether a part of it stands under a condition."""
        return "+if" in self.whole

    @property
    def option(self) -> str:
        """The option that it names last."""
        return next((t.text for t in reversed(self.tokens) if t.form[:1] == "O"), "")

    def after(self, token: Token) -> list[str]:
        """The words behind a token, as written."""
        return self.text[token.end - self.start :].split()

    @property
    def subject(self) -> tuple[str, ...]:
        """What the next sentence means by 'it'."""
        for token in self.tokens:
            if token.form[:1] == "P" and token.mention and ALL not in token.parts:
                return token.parts
        return ()


_QUOTED = re.compile(r"“[^”]*”|\"[^\"\n]{0,200}\"")
_WORD = re.compile(
    r"(?P<url>[a-z][a-z0-9+]*://(?:<[^<>\n]+>|[^\s`'\"<>,;)])+)"
    r"|(?P<section>\[[A-Za-z][\w:.-]*\])"
    r"|(?P<path>/[\w./-]*\w)"
    r"|(?P<word>[^\W_](?:[\w'’]|[-./:](?=\w))*|_\w+|[✓✔✅✗✘❌×>=<&–—-]|--)"
    r"|(?P<cut>[,;:()?!])"
)
_SUFFIX = re.compile(r"(.+)-(node|member|server|broker|replica|instance|way|machine|process)")
_PHRASES = {w: form for form, listed in vocabulary.PHRASES.items() for w in listed.split()}
_MULTI: dict[str, list[tuple[list[str], str]]] = {}
for _said, _form in vocabulary.MULTIWORD.items():
    _MULTI.setdefault(_said.split()[0], []).append((_said.split(), _form))
for _several in _MULTI.values():
    _several.sort(key=lambda row: -len(row[0]))
_FINITE = ("", "s")
_OPENING = ("!", "for", "sure", "check", "ensure", "verify")
_OPTION_WORDS = ("option", "setting", "switch")
_EACH = ("every", "each", "all", "any", "both", "either")
_BOTH = ("both", "all", "each")
_PREPOSED = ("if", "+if", "with", "for", "in", "as", "#", "N")
_CONJUNCTION = ("+and", "+or", "+but", "nor")
_THINGS = ("service", "component", "thing", "one", "part", "only")
_CUTS = (",", ";", ":", "(", ")", "–", "—", "--", "?", "!")
_DETERMINERS = word_set("the a an its their our your this these those all both each every")


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
    reader = _Reader(names, options, context)
    tokens = reader.scan(text, literals, start, end)
    low = frozenset(t.text.casefold() for t in tokens if not t.literal and not t.mention)
    reader.shape(tokens)
    sentence = Sentence(text[start:end], start, reader.tokens, words=low)
    for token in sentence.tokens:
        token.implied |= token.start < added
    _render(sentence)
    return sentence


class _Reader:
    """Brings one sentence into its normal form, step by step."""

    def __init__(self, names: Names, options: OptionNames, context: Context) -> None:
        self.names, self.options, self.context = names, options, context
        self.tokens: list[Token] = []
        self.text = ""

    # --- words ------------------------------------------------------------------------

    def scan(
        self, text: str, literals: Sequence[tuple[int, int]], start: int, end: int
    ) -> list[Token]:
        """The words and names in a range."""
        self.text = text
        found: list[Token] = []
        here = start
        while match := _WORD.search(text, here, end):
            at = match.start()
            literal = next((span for span in literals if span[0] <= at < span[1]), None)
            named = None if match["url"] else self._named(text, at, end, literal)
            token = named or (
                self._literal(text, at, min(literal[1], end))
                if literal
                else self._word(match[0], at, match.lastgroup or "")
            )
            token.literal = literal is not None
            if token.end == at:
                here = at + 1
                continue
            found.append(token)
            here = token.end
        return found

    def _named(self, text: str, at: int, end: int, literal: tuple[int, int] | None) -> Token | None:
        """A part, an option or a zone that is named at a place."""
        option = self.options.pattern.match(text, at, end)
        if option and ("_" in option[0] or (literal and literal[0] == at)):
            return Token("O", option[0], at, option.end())
        match = self.names.pattern.match(text, at, end)
        if match and literal and text[literal[0] : literal[1]].strip() != match[0]:
            match = None
        if match and (alias := self.names.alias(match[0])):
            last = match[0].casefold().rstrip()
            return Token(
                "P",
                match[0],
                at,
                match.end(),
                parts=(alias.part,),
                short=alias.strength is Strength.SHORT,
                plural=singular(last) != last and self._is_plural(last),
            )
        if match := self.names.zone_pattern.match(text, at, end):
            return Token("Z", match[0], at, match.end())
        return None

    def _is_plural(self, name: str) -> bool:
        """Whether a name has an s that none of the part's names has."""
        alias = self.names.alias(name)
        part = self.names.topology.part(alias.part) if alias else None
        return part is not None and name not in (part.id.casefold(), part.name.casefold())

    def _literal(self, text: str, at: int, end: int) -> Token:
        """A literal, or one side of an assignment in it."""
        match = re.compile(r"\[[\w:.-]+\]|=|[^\s=\[\]]+(?: (?!=)[^\s=\[\]]+)*").match(text, at, end)
        if match is None:
            return Token("", "", at, at)
        said = match[0]
        form = "=" if said == "=" else "G" if said.startswith("[") else "V"
        return Token(form, said, at, match.end())

    def _word(self, said: str, at: int, group: str) -> Token:
        end = at + len(said)
        if group == "cut":
            return Token(said, said, at, end)
        if group in ("url", "path"):
            said = said.rstrip(".:")
            return Token("V", said, at, at + len(said))
        if group == "section":
            return Token("G", said, at, end)
        low = said.casefold()
        if alias := self.names.spelt_out(said):
            return Token("P", said, at, end, parts=(alias.part,))
        suffixed = _SUFFIX.fullmatch(low)
        if suffixed and (number := _number(suffixed[1])) is not None:
            return Token("N", said, at, end, number=number, head=suffixed[2])
        number = None if at and self.text[at - 1] == "#" else _number(low)
        if number is not None:
            return Token("N", said, at, end, number=number)
        if re.search(r"\d", low) and not re.fullmatch(r"[a-z-]+\d+", low):
            return Token("V", said, at, end)
        return Token(low, said, at, end)

    # --- the steps --------------------------------------------------------------------

    def shape(self, tokens: list[Token]) -> None:
        """Goes from words to the normal form."""
        self.tokens = tokens
        self._join_heads()
        self._open_up()
        self._forget_unsure()
        self._replace_phrases()
        self._replace_words()
        self._join_numbers()
        self._mention_all()
        self._fill_in()
        self._join_lists()
        self._except()
        self._repeat_subjects()
        self._mark_oblique()

    def _form(self, at: int) -> str:
        return self.tokens[at].form if 0 <= at < len(self.tokens) else ""

    def _join_heads(self) -> None:
        """'X servers', 'two copies of X': the words for what is named become part of it."""
        joined: list[Token] = []
        for token in self.tokens:
            last = joined[-1] if joined else None
            if last and last.mention and singular(token.form) in vocabulary.HEADS and not last.head:
                last.head, last.plural = singular(token.form), singular(token.form) != token.form
                last.text, last.end = f"{last.text} {token.text}", token.end
                last.short &= len(joined) > 1 and self._is_noun(joined[-2])
                continue
            if token.mention:
                before = len(joined) - 1
                while before >= 0 and joined[before].form in _DETERMINERS:
                    before -= 1
                if (
                    before > 0
                    and joined[before].form == "of"
                    and singular(joined[before - 1].form) in vocabulary.COPIES | {"cluster"}
                ):
                    head = joined[before - 1]
                    token.head, token.plural = singular(head.form), singular(head.form) != head.form
                    token.start, token.short = head.start, False
                    token.text = f"{head.text} of {token.text}"
                    del joined[before - 1 :]
            joined.append(token)
        self.tokens = joined

    def _open_up(self) -> None:
        """'X: needed by Y' is 'X is needed by Y'."""
        if len(self.tokens) > 2 and self.tokens[0].mention and self.tokens[1].form in (":", "–"):
            third = self.tokens[2].form
            kind = vocabulary.VERB_FORMS.get(third, ("", "-"))[1]
            if kind == "s":
                del self.tokens[1]
            elif kind == "d" or third in ("not", "in-front-of", "behind", "only"):
                self.tokens[1].form = "is"

    def _is_noun(self, token: Token) -> bool:
        """Whether a word may be the first half of a name."""
        form = token.form
        other = token.mention or form in "NOGZV" or not form[:1].isalpha()
        known = vocabulary.FUNCTION | vocabulary.ADJECTIVES | vocabulary.VERB_FORMS.keys()
        return not (other or form in known or form.endswith(("ly", "ed")))

    def _forget_unsure(self) -> None:
        """Takes names for common words where they are half of another name, or may be no name."""
        for at, token in enumerate(self.tokens):
            if not token.mention or len(self.tokens) == 1:
                continue
            if not self._stands_alone(at) or (token.short and not self._is_led(at)):
                token.parts = ()
                token.form = token.text.casefold()
        for token in self.tokens:
            if not token.parts and token.form == "P":
                token.form = token.text.casefold()

    def _stands_alone(self, at: int) -> bool:
        """Whether a name is not the first half of another: 'the worker', 'the worker thread'."""
        token, after = self.tokens[at], self._form(at + 1)
        if after in ("'s", "s", "'"):
            return False
        if token.head or token.literal or at + 1 == len(self.tokens):
            return True
        following = self.tokens[at + 1]
        if following.start > token.end + 1 and "\n" not in following.text:
            return True  # something stands between
        if following.form in "PNOGZV" or after in _CUTS or following.mention or after in ("=", ">"):
            return True
        verb = vocabulary.VERB_FORMS.get(after)
        before = at - 1
        while self._form(before) in _DETERMINERS:
            before -= 1
        object_ = self._form(before) in vocabulary.PREPOSITIONS | {"but"}
        base_after_singular = verb and verb[1] == "" and not token.plural and not object_
        if verb and not (base_after_singular and token.short):
            return True
        return after in vocabulary.FUNCTION or after.endswith("ly") or "'" in after

    def _is_led(self, at: int) -> bool:
        """Whether the words around a common word show that it is a name."""
        token = self.tokens[at]
        before = self._form(at - 1)
        if at and self._is_noun(self.tokens[at - 1]) and not token.literal:
            return False
        if token.literal or token.head or token.plural:
            return True
        if at == 0 or before in _CUTS:
            after = vocabulary.VERB_FORMS.get(self._form(at + 1), ("", ""))[1]
            capital = token.text[:1].islower() or after == "s" or at + 1 == len(self.tokens)
            return capital or self._form(at + 1) in (*_CUTS, "is", "has", "does", "and", "can")
        if token.text[0].isupper() and not token.text.isupper():
            return True
        idiom = before in vocabulary.PREPOSITIONS and self._form(at + 1) == "of"
        lead = before in vocabulary.FUNCTION or before in vocabulary.VERB_FORMS or before == "N"
        return (lead and not idiom) or before in vocabulary.ADJECTIVES | {"single", "second"}

    def _replace_phrases(self) -> None:
        """Several words that are one in the normal form."""
        at, made = 0, []
        while at < len(self.tokens):
            token = self.tokens[at]
            for said, form in _MULTI.get(token.form, ()) if not token.literal else ():
                run = self.tokens[at : at + len(said)]
                if [one.text.casefold() for one in run] == said and not any(o.parts for o in run):
                    joined = Token(form, " ".join(o.text for o in run), token.start, run[-1].end)
                    if form.startswith("#"):
                        joined.form, joined.exact = "N", form.endswith("!")
                        joined.number = int(form.strip("#!"))
                    if form == "" and said[0] in ("be", "is", "are"):
                        joined.form = ""
                    made.append(joined)
                    at += len(said)
                    break
            else:
                made.append(token)
                at += 1
        self.tokens = made
        # 'be not able to reach' is 'not reach'.
        for at, token in enumerate(self.tokens):
            if token.form == "able-to":
                token.form = ""
                for back in (at - 1, at - 2):
                    if self._form(back) in word_set("is are be"):
                        self.tokens[back].form = ""

    def _replace_words(self) -> None:
        """Single words in their normal form."""
        system = self.names.topology.name.casefold()
        made: list[Token] = []
        for at, token in enumerate(self.tokens):
            form = token.form
            if token.mention or token.literal or form[:1] in "PNOGZVK" or not form:
                if form:
                    made.append(token)
                continue
            if form in ("the", "all", "these", "our", "its", "both", "those", "this", "that"):
                for after in self.tokens[at + 1 : at + 3]:
                    after.definite = True
            if form in ("no", "every", "each", "all", "any", "neither", "none", "both", "either"):
                made.append(token)
            elif form == "that" and made and (made[-1].mention or made[-1].form in _THINGS):
                token.form = "+which"
                made.append(token)
            elif form in vocabulary.DROPPED or (
                form == system and self._form(at + 1).startswith("service")
            ):
                continue
            elif form in _PHRASES:
                value = self._form(at + 1) in ("O", "N", "V")
                if value and form in ("after", "before", "until", "once"):
                    continue  # 'after 20 seconds'
                token.form = _PHRASES[form]
                made.append(token)
            elif form in vocabulary.VERB_FORMS:
                lemma, token.kind = vocabulary.VERB_FORMS[form]
                passive = "be" in [one.form for one in made[-2:]]
                if form in vocabulary.SAME_PARTICIPLE and passive:
                    token.kind = "d"
                token.form = f"{lemma}~{token.kind}" if token.kind in ("g", "d") else lemma
                made.append(token)
            else:
                token.form = singular(form) if len(form) > 4 else form
                made.append(token)
        # 'has written' is 'written', and 'does so' is nothing.
        self.tokens = [
            token
            for at, token in enumerate(made)
            if not (token.form == "have" and at + 1 < len(made) and made[at + 1].kind == "d")
        ]

    def _join_numbers(self) -> None:
        """'at least N', 'N or more' are one."""
        made: list[Token] = []
        for token in self.tokens:
            last = made[-1] if made else None
            if token.form == "N" and last and last.form in ("<", ">", "<=", ">=") and not last.kind:
                token.than, token.start = last.form, last.start
                made.pop()
            elif token.form == "N" and last and last.form in ("only", "exactly", "just"):
                token.exact = True
            if token.form in ("more", "fewer") and [t.form for t in made[-2:]] == ["N", "+or"]:
                made[-2].than = ">=" if token.form == "more" else "<="
                made.pop()
                continue
            made.append(token)
        for token in made:
            if token.form == "N" and token.text.casefold() in ("single", "sole", "lone"):
                token.exact = True
            token.definite = token.definite or token.text.casefold() == "both"
        self.tokens = made

    def _mention_all(self) -> None:
        """'every service', 'all services': a mention of all; 'no service': its denial."""
        made: list[Token] = []
        system = self.names.topology.name.casefold()
        for at, token in enumerate(self.tokens):
            forms = [one.form for one in made[-3:]]
            last = forms[-1] if forms else ""
            counted = last == "N"
            lead = forms[-2] if counted and len(forms) > 1 else last
            every = lead in ("every", "each", "all", "any", "no", "none-of")
            if token.form == "service" and not token.mention:
                many = token.text.casefold() == "services"
                whole = made and made[-1].definite and counted
                theirs = last == system or (token.definite and many and not counted and at <= 2)
                some = self._form(at + 1) == "+which"
                if (every or whole or theirs) and not some:
                    token.form, token.parts, token.head = "P", (ALL,), "service"
                    token.plural = many
            elif last in ("all", "none", "nobody") and token.form in ("except", "+but"):
                made[-1].form, made[-1].parts = "P", (ALL,)
            made.append(token)
        self.tokens = made
        self._deny()

    def _deny(self) -> None:
        """'no X sends', 'neither X nor Y sends': X does not send."""
        made: list[Token] = []
        for token in self.tokens:
            last = made[-1] if made else None
            if token.mention and last and last.form in ("no", "none-of", "neither", "one-of"):
                before = made[-2].form if len(made) > 1 else ""
                if last.form == "one-of":
                    made.pop()
                    token.exact = True
                elif last.form == "neither" and made[-2:-1] and made[-2].kind in _FINITE:
                    last.form = "no"
                elif before in ("", ",", ";", ":", "+and", "+but", "+that", "+because") or (
                    last.form == "neither"
                ):
                    made[-1].form = "!"
            elif last and last.form in _EACH:
                if token.mention:
                    token.start = last.start
                if token.mention or (token.form not in ("N", "+and") and last.form in _BOTH):
                    made.pop()
            made.append(token)
        self.tokens = made

    def _fill_in(self) -> None:
        """What 'it' and 'the copies' mean, and what a sentence without a subject is about."""
        for at, token in enumerate(self.tokens):
            if token.mention or token.literal:
                continue
            opens = self._opens(at)
            low = token.text.casefold()
            after = self.tokens[at - 1].kind if at else ""
            named = self.context.option and token.definite and low in _OPTION_WORDS
            if named or (low == "it" and self.context.it and (opens or (at == 1 and not after))):
                token.form, token.implied = "O", True
                token.text = self.context.option if named else self.context.it
                continue
            if low in ("it", "they", "both", "them") and (opens or self._form(at - 1) == "of"):
                token.parts, token.implied = self._meant(at), True
                token.plural = low != "it"
            elif low in ("it", "them") and self.context.topic and self._form(at - 1) in _LEMMAS:
                others = [t for t in self.tokens[:at] if t.mention]
                component = self.context.topic[0] in self.names.topology.components
                if others and component and self.context.topic != others[-1].parts:
                    token.parts, token.implied = self.context.topic, True
            elif (
                singular(low) in vocabulary.COPIES | {"service"}
                and self.context.topic
                and opens
                and (token.definite or self._form(at - 1) in ("every", "each", "all", "any"))
            ):
                token.parts, token.implied = self.context.topic, True
                token.plural, token.head = singular(low) != low, singular(low)
            if token.parts:
                token.form = "P"
        self.tokens = [
            token
            for token, after in zip(self.tokens, [*self.tokens[1:], None], strict=False)
            if not (token.form in _EACH and after and after.implied)
        ]
        self._add_subject()

    def _add_subject(self) -> None:
        """'Needs X', below a heading: what the section is about needs X."""
        first = self.tokens[0] if self.tokens else None
        if first and self.context.topic and not first.mention:
            at = next((n for n, t in enumerate(self.tokens) if t.form not in ("not", "only")), 0)
            verb = self.tokens[at]
            passive = verb.kind == "d" and self._form(at + 1) in ("by", "in", "on", "from", "to")
            bare = at > 0 and verb.form in ("run", "use", "talk", "need", "depend", "require")
            if verb.kind == "s" or passive or bare or (first.form == "be" and verb is first):
                start, topic = first.start, self.context.topic
                being = [Token("be", "", start, start)] if passive else []
                subject = Token("P", "", start, start, parts=topic, implied=True)
                self.tokens = [subject, *being, *self.tokens]

    def _meant(self, at: int) -> tuple[str, ...]:
        """What a pronoun at a place means: a service named before it, or what was spoken of."""
        before = [token for token in self.tokens[:at] if token.form not in ("every", "each", "all")]
        spoken = self.context.subject or self.context.topic
        if not before or before[0].form.startswith("+"):
            return spoken
        services = self.names.topology.services.keys()
        named = [token for token in before if set(token.parts) & services]
        first = before[0]
        if first.mention or first.form in ("you", "we", "there", "run", *_LEMMAS, *_PREPOSED):
            return named[-1].parts if named else spoken if first.form in _LEMMAS else ()
        return ()  # 'clients': something else is spoken of

    def _opens(self, at: int) -> bool:
        """Whether a clause begins at a place."""
        before = self._form(at - 1)
        while before in ("every", "each", "all", "any", "only", "no"):
            at -= 1
            before = self._form(at - 1)
        return at == 0 or before.startswith("+") or before in (*_CUTS, *_OPENING)

    def _join_lists(self) -> None:
        """'X, Y and Z' is one mention."""
        made: list[Token] = []
        at = 0
        while at < len(self.tokens):
            token = self.tokens[at]
            if not token.mention or token.implied:
                made.append(token)
                at += 1
                continue
            members, here, joined, commas = [token], at + 1, False, 0
            lead = made[-1].form if made else ""
            acts = any(t.kind in _FINITE and t.form in _LEMMAS for t in made)
            while True:
                there = here
                comma = self._form(there) == ","
                there += comma
                conjunction = self._form(there) in _CONJUNCTION
                there += conjunction
                if not (comma or conjunction):
                    break
                if self._form(there) == lead and lead in vocabulary.PREPOSITIONS:
                    there += 1
                while self._form(there) in ("all", "every", "each", "!", "no", "one-of"):
                    there += 1
                if there >= len(self.tokens) or not self.tokens[there].mention:
                    break
                following = self.tokens[there + 1] if there + 1 < len(self.tokens) else None
                starts = following and (following.kind == "s" or following.form in ("be", "have"))
                if acts and starts and self._form(there - 1) != lead:
                    break  # 'X reads from Y, and Z writes'
                members.append(self.tokens[there])
                commas += comma and not conjunction
                joined |= conjunction
                here = there + 1
                if conjunction and not self._form(here).startswith((",", "+")):
                    break
            ends = here >= len(self.tokens) or self._form(here) in (";", ")", ":")
            if len(members) > 1 and (joined or commas > 1 or (ends and lead)):
                parts = tuple(dict.fromkeys(part for one in members for part in one.parts))
                token = replace(
                    token,
                    text=" ".join(one.text for one in members),
                    end=members[-1].end,
                    parts=parts,
                    members=tuple(members),
                    plural=True,
                    excepted=members[-1].excepted,
                )
                at = here
            else:
                at += 1
            made.append(token)
        self.tokens = made

    def _except(self) -> None:
        """'all services except X', 'apart from X, no service': all but X."""
        services = self.names.topology.services
        made: list[Token] = []
        left: tuple[str, ...] = ()
        at = 0
        while at < len(self.tokens):
            token = self.tokens[at]
            after = self.tokens[at + 2] if at + 2 < len(self.tokens) else None
            if ALL in token.parts:
                if self._form(at + 1) in ("except", "+but") and after and after.mention:
                    left = after.parts
                    token.end = after.end
                    at += 2
                token.excepted = left
                token.parts = tuple(id for id in services if id not in left)
            elif token.form == "except" and at == 0 and self._form(at + 2) == ",":
                left = self.tokens[at + 1].parts
                at += 3
                continue
            made.append(token)
            at += 1
        self.tokens = made

    def _repeat_subjects(self) -> None:
        """'X reads from Y and sends to Z': X sends to Z. 'X, which reads': X reads."""
        made: list[Token] = []
        subject: Token | None = None
        passive = False
        for at, token in enumerate(self.tokens):
            before = made[-1].form if made else ""
            opens = before in (",", "+and", "+but", "+or", ";") and not token.mention
            finite = self._acts(at) or (token.form in ("not", "only") and self._acts(at + 1))
            if token.form == "+which" and made:
                who = next((t for t in reversed(made[-2:]) if t.mention), None)
                link = made[-1].form in vocabulary.PREPOSITIONS
                if who and token.text == "that" and self._form(at + 1) == "not":
                    pass  # 'a worker that cannot reach' is one of which this is supposed
                elif who and not link:
                    made.append(token)
                    made.append(replace(who, form="P", implied=True))
                    subject = made[-1]
                    continue
            elif subject and opens and (finite or token.form == "be"):
                fits = subject.plural or token.kind == "s" or token.form in ("not", "only", "be")
                if fits or before != ",":
                    made.append(replace(subject, form="P", implied=True))
                    passive = token.form == "be"
            elif subject and opens and passive and token.kind == "d" and before == "+and":
                made.append(replace(subject, form="P", implied=True))
                made.append(Token("be", "", token.start, token.start))
            if token.mention and (not made or before not in vocabulary.PREPOSITIONS):
                follows = self._form(at + 1)
                if self._acts(at + 1) or follows in ("be", "not", "only") or before == "!":
                    subject, passive = token, follows == "be"
            made.append(token)
        self.tokens = made

    def _acts(self, at: int) -> bool:
        """Whether a finite verb stands at a place."""
        finite = at < len(self.tokens) and self.tokens[at].kind in _FINITE
        return finite and self._form(at) in _LEMMAS

    def _mark_oblique(self) -> None:
        """Tells mentions behind a preposition from those that may be a subject, and numbers all."""
        for at, token in enumerate(self.tokens):
            before = self._form(at - 1)
            if token.mention:
                token.form = "Q" if before in vocabulary.PREPOSITIONS else "P"
        tokens: list[Token] = []
        for at, token in enumerate(self.tokens):
            if token.form == "!":
                continue
            tokens.append(token)
            if self._form(at - 1) == "!" and token.mention:
                tokens.append(Token("not", "", token.end, token.end))
        for at, token in enumerate(tokens):
            if token.form in ("P", "Q", "N", "O", "G", "Z", "V"):
                token.form = f"{token.form}{at}"
        self.tokens = tokens


_LEMMAS = {lemma for lemma, _ in vocabulary.VERB_FORMS.values()}


def _number(word: str) -> int | None:
    """The number that a word means."""
    word = re.sub(r"(?<=\d)x$", "", word).replace(",", "")
    if re.fullmatch(r"\d{1,6}", word):
        return int(word)
    tens, _, ones = word.partition("-")
    if ones and tens in _TENS and ones in vocabulary.NUMBERS:
        return _TENS[tens] + vocabulary.NUMBERS[ones]
    return _TENS.get(word, vocabulary.NUMBERS.get(word))


_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}


def _render(sentence: Sentence) -> None:
    """Writes the normal forms of a sentence."""
    main: list[str] = []
    aside: list[str] | None = None
    before = ""
    for token in sentence.tokens:
        if token.form == "(":
            aside = [before] if before else []
        elif token.form == ")" and aside is not None:
            sentence.asides.append(f" {' '.join(aside)} ")
            aside = None
        elif aside is not None:
            aside.append(token.form)
        else:
            main.append(token.form)
            if token.form[:1] in "PQO" and token.form[1:].isdigit():
                before = token.form.replace("Q", "P")
    if aside is not None:
        main += aside
    sentence.whole = f" {' '.join(main)} "
    sentence.claims = f" {' '.join(_unconditional(main))} "


def _unconditional(forms: list[str]) -> list[str]:
    """What of a sentence stands under no condition."""
    kept: list[str] = []
    skipping = False
    for at, form in enumerate(forms):
        if form == "+if":
            skipping = True
            opening = all(f in (",", ";", "+and", "+but", "+that") for f in forms[:at][-1:])
            ends = "," in forms[at:] and opening
            if not ends:
                cut = next((n for n in range(at, len(forms)) if forms[n] in (";", ":")), None)
                return [*kept, *([";", *_unconditional(forms[cut + 1 :])] if cut else [])]
        elif skipping and form in (",", ";", ":"):
            skipping = False
            kept.append(",")
        elif not skipping:
            kept.append(form)
    return kept
