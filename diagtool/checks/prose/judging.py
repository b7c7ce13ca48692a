"""Statements against the topology: each relation has one judge."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from diagtool.checks.prose import answers
from diagtool.checks.prose.names import Names
from diagtool.checks.prose.options import TRUTH, OptionNames, Wrong, agrees, amount
from diagtool.checks.prose.sentences import Sentence, Token
from diagtool.checks.prose.statements import Statement
from diagtool.checks.prose.text import word_set
from diagtool.checks.prose.vocabulary import (
    HEALTH,
    PARTIAL,
    RELATIONS,
    SYMPTOMS,
    TUNED,
    UP,
    WHOLE,
)
from diagtool.model import NOWHERE, Option, Place, Service, Warning, wording


class Finding(NamedTuple):
    """What is wrong in a passage. ``span`` are the words that it is about."""

    code: str
    span: tuple[int, int]
    message: str
    hint: str = ""
    about: Place = NOWHERE


_EXISTING = word_set(
    "be have run deploy start install consist comprise operate use set show contain include of as "
    "with behind there place host order distribute~d provide draw by"
)
"""What stands before a number that is that of all."""
_CONSISTING = word_set(
    "of have comprise contain include provide be into by with run from up all form show on stand"
)
"""What stands before the number of services in a system."""


class Judge:
    """Holds statements against one topology."""

    def __init__(self, names: Names, options: OptionNames) -> None:
        self.topology = names.topology
        self.names = names
        self.options = options
        self._judges: dict[str, Callable[[Sentence, Statement], Iterator[Finding]]] = {
            **dict.fromkeys(RELATIONS, self._relation),
            "outage": self._outage,
            "unfronted": self._unfronted,
            "count": self._count,
            **dict.fromkeys(("services", "components", "totals", "zones"), self._number_of),
            "single": self._single,
            "several": self._several,
            "tolerance": self._tolerance,
            "quorum": self._quorum,
            "zone": self._zone,
            "each-zone": self._each_zone,
            "port": self._port,
            "health": self._health,
            "value": self._value,
            "section": self._section,
            "owner": self._owner,
            "unset": self._unset,
            "through": self._through,
            "address": self._address,
            "both": self._both,
        }

    def judge(self, sentence: Sentence, said: Statement) -> Iterator[Finding]:
        """What is wrong with a statement."""
        if said.relation in self._judges:
            yield from self._judges[said.relation](sentence, said)

    # --- who has to do with whom ------------------------------------------------------

    def _relation(self, sentence: Sentence, said: Statement) -> Iterator[Finding]:
        """A need, a connection or a direction."""
        if said.denied and (said.conditional or SYMPTOMS & sentence.words):
            return
        pair = said.token("pair")
        sides = [(one, other) for one in said.subjects for other in said.objects]
        if pair:
            sides = [(pair.parts[0], other) for other in pair.parts[1:]]
        for one, other in sides:
            if self._holds(sentence, said, one, other) not in (None, not said.denied):
                yield self._contradiction(said, one, other, denied=said.denied)
                return
        turned = said.excepted if said.relation in ("needs", "contacts", "joined") else ()
        for one, other in ((one, other) for one in turned for other in said.objects):
            if self._holds(sentence, said, one, other) not in (None, said.denied):
                yield self._contradiction(said, one, other, denied=not said.denied)
                return
        object_ = said.token("o")
        for other in object_.excepted if object_ and not said.denied else ():
            for one in said.subjects:
                if self._holds(sentence, said, one, other):
                    yield self._contradiction(said, one, other, denied=True)
                    return
        if not said.denied:
            yield from self._others(said)

    def _holds(self, sentence: Sentence, said: Statement, one: str, other: str) -> bool | None:
        if one == other:
            return None
        directly = bool({"directly", "straight"} & sentence.words)
        return answers.holds(self.topology, said.relation, one, other, directly=directly)

    def _contradiction(
        self, said: Statement, subject: str, object_: str, *, denied: bool
    ) -> Finding:
        one, other = self.topology.part(subject).name, self.topology.part(object_).name
        verb = "says" if denied else "does not say"
        message = f"the topology {verb} that {one} {RELATIONS[said.relation]} {other}"
        hint, place = answers.told(self.topology, subject, object_)
        return Finding("prose-connection", _narrowed(said, subject, object_), message, hint, place)

    def _others(self, said: Statement) -> Iterator[Finding]:
        """'X needs only Y', 'only X needs Y', where there is another one."""
        pairs: list[tuple[str, str]] = []
        if said.only and said.relation in ("needs", "contacts", "joined", "exchanges"):
            for subject in said.subjects:
                needed = [part.id for part in self.topology.needs(subject)]
                pairs += [(subject, id) for id in needed if id not in said.objects]
        if said.alone:
            for object_ in said.objects:
                others = self.topology.services.keys() - {*said.subjects, object_}
                pairs += [
                    (id, object_)
                    for id in sorted(others)
                    if answers.holds(self.topology, said.relation, id, object_)
                ]
        for subject, object_ in pairs[:1]:
            one, other = self.topology.part(subject), self.topology.part(object_).name
            message = f"{one.name} {RELATIONS[said.relation]} {other}, too"
            yield Finding("prose-connection", said.span, message, "", one.place)

    def _outage(self, sentence: Sentence, said: Statement) -> Iterator[Finding]:
        """What goes on, or does not, when something else is gone."""
        said = replace(said, relation="needs")
        for subject in said.subjects:
            for object_ in said.objects:
                if object_ not in self.topology.components:
                    continue
                goes_on = answers.goes_on(self.topology, subject, object_)
                if goes_on is not None and goes_on != said.has("fine"):
                    yield self._contradiction(said, subject, object_, denied=not goes_on)
                    return

    def _unfronted(self, sentence: Sentence, said: Statement) -> Iterator[Finding]:
        """That several servers do without what stands in front of them."""
        numbers = [token.number for token in sentence.tokens if token.number]
        subject = said.token("s")
        if said.denied or 1 in numbers or "single" in sentence.words or not subject:
            return
        if not said.objects and "directly" not in sentence.words:
            return
        if {"through", "via", "behind", "over"} & sentence.words:
            return
        for id in said.subjects:
            front = answers.fronting(self.topology, id)
            service = self.topology.services.get(id)
            meant = front and (not said.objects or front.id in said.objects)
            if service and front and meant and service.replicas > 1 and (subject.plural or numbers):
                message = f"the {service.replicas} {service.servers} stand behind {front.name}"
                yield Finding("prose-note", said.span, message, "", service.place)
                return

    def _through(self, sentence: Sentence, said: Statement) -> Iterator[Finding]:
        """That clients reach a service by way of a load balancer."""
        fronts = tuple(i for i in said.objects if i in self._fronts())
        if fronts:
            yield from self._relation(sentence, replace(said, relation="behind", objects=fronts))

    def _fronts(self) -> set[str]:
        return {c.id for c in self.topology.components.values() if c.front}

    # --- how many ---------------------------------------------------------------------

    def _count(self, sentence: Sentence, said: Statement) -> Iterator[Finding]:
        """A number of servers of a service, or of members of a component."""
        number = said.token("all") or said.token("n")
        subject = said.token("s") or said.token("o")
        listed = subject and len(subject.members) > 1
        if number is None or subject is None or listed or " not " in said.matched:
            return
        if said.has("more") or ("while" in sentence.words and number.number == 1):
            return
        at = sentence.tokens.index(number)
        if "not" in [token.form for token in sentence.tokens[max(0, at - 5) : at]]:
            return
        each = subject.text.casefold().split()[0] in ("every", "each", "all") or subject.plural
        if subject.head == "service" and len(subject.parts) > 1 and not said.has("counted"):
            return
        if not said.has("all") and not self._is_total(sentence, said, number, subject):
            return
        for id in subject.parts:
            actual = answers.size(self.topology, id)
            if actual is None or _fits(actual, number) or (len(subject.parts) > 1 and not each):
                continue
            if number.number == 1 and number.than == "=" and not number.exact:
                continue
            part = self.topology.part(id)
            unit = "server" if isinstance(part, Service) else "member"
            message = f"{part.name} has {_plural(actual, unit)}, not {_shown(number)}"
            yield Finding("prose-count", said.span, message, "", part.place)
            return

    def _is_total(self, sentence: Sentence, said: Statement, number: Token, subject: Token) -> bool:
        """Whether a number is that of all, not of some of which a sentence speaks."""
        if not said.has("counted") and not (
            subject.plural or subject.head or number.exact or said.has("member")
        ):
            return False
        at = sentence.tokens.index(number)
        before = sentence.tokens[at - 1].form if at else ""
        partial = bool(PARTIAL & sentence.words)
        if number.than != "=":
            return not partial
        sizes = [answers.size(self.topology, id) or 0 for id in subject.parts]
        if number.number > min(sizes):
            return not (partial and {"add", "adding", "scale", "to"} & sentence.words)
        if partial or (said.matched.startswith(" N") and re.search(r"N\d+ of N", sentence.whole)):
            return False
        after = [token.form for token in sentence.tokens[at : at + 5]]
        if "per" in after[1:3] or (number.number == 1 and "per" in after):
            return False
        if any(token.form.startswith("Z") for token in sentence.tokens):
            return number.definite and " per " not in sentence.whole
        opens = at == 0 or before in (",", ";", ":") or before.startswith("+")
        if number.exact and number.number == 1:
            bare = number.text.casefold() in ("a single", "single", "lone", "sole")
            return not bare or (before in _EXISTING and before != "with")
        return number.definite or said.has("counted") or opens or before in _EXISTING

    def _number_of(self, sentence: Sentence, said: Statement) -> Iterator[Finding]:
        """How many services, components, servers or zones there are."""
        number, every = said.token("n"), said.token("every")
        whole = {
            "services": len(self.topology.services),
            "components": len(self.topology.components),
            "totals": sum(service.replicas for service in self.topology.services.values()),
            "zones": len(self.topology.zones),
        }[said.relation]
        if number is None or not whole or (every and every.head != "service"):
            return
        one_part = any(len(t.parts) == 1 and not t.implied for t in sentence.tokens)
        if one_part and said.relation != "zones" and not (every or number.definite):
            return
        at = sentence.tokens.index(number)
        before = {token.form for token in sentence.tokens[max(0, at - 3) : at]}
        opens = at == 0 and re.search(r" (?:make|form|share)", sentence.claims)
        of_it = WHOLE | set(self.topology.name.casefold().split())
        consists = before & _CONSISTING and of_it & {t.text.casefold() for t in sentence.tokens}
        claimed = number.definite or every or opens or consists
        if not claimed and said.relation not in ("totals", "zones"):
            return
        if not _fits(whole, number) and not PARTIAL & sentence.words:
            kind = {"totals": "servers in all"}.get(said.relation, said.relation)
            message = f"there are {whole} {kind}, not {_shown(number)}"
            yield Finding("prose-count", said.span, message)

    def _single(self, sentence: Sentence, said: Statement) -> Iterator[Finding]:
        """That a service runs once, and no more."""
        number = next((token for token in sentence.tokens if token.number), None)
        if number and number.number > 1:
            return
        for id in said.subjects:
            actual = answers.size(self.topology, id)
            if actual is not None and (actual == 1) == said.denied and not said.conditional:
                part = self.topology.part(id)
                message = f"{part.name} has {_plural(actual, 'server')}"
                yield Finding("prose-count", said.span, message, "", part.place)
                return

    def _several(self, sentence: Sentence, said: Statement) -> Iterator[Finding]:
        """That a service can be scaled, or cannot."""
        if (
            said.conditional
            or len(said.subjects) != 1
            or said.subjects[0] not in (self.topology.services)
        ):
            return
        service = self.topology.services[said.subjects[0]]
        if said.denied == (service.replicas > 1):
            message = f"{service.name} has {_plural(service.replicas, 'server')}"
            yield Finding("prose-count", said.span, message, "", service.place)

    def _tolerance(self, sentence: Sentence, said: Statement) -> Iterator[Finding]:
        """How many of a part may be lost."""
        number = said.token("n")
        if number is None or said.denied or said.conditional or number.than not in ("=", "<="):
            return
        for id in said.subjects:
            spare, size = answers.spare(self.topology, id), answers.size(self.topology, id)
            if spare is not None and number.number > spare:
                part = self.topology.part(id)
                message = f"{part.name} can lose {spare} of {size}, not {number.number}"
                yield Finding("prose-count", said.span, message, "", part.place)
                return

    def _quorum(self, sentence: Sentence, said: Statement) -> Iterator[Finding]:
        """How many members are enough."""
        number = said.token("n")
        if number is None or said.denied or not UP & sentence.words:
            return
        for id in said.subjects or sentence.subject:
            spare, size = answers.spare(self.topology, id), answers.size(self.topology, id)
            if id not in self.topology.components or not size or spare is None:
                continue
            if number.number < size - spare:
                part = self.topology.part(id)
                message = f"{part.name} needs {size - spare} of its {size} members"
                yield Finding("prose-count", said.span, message, "", part.place)
                return

    # --- where ------------------------------------------------------------------------

    def _zone(self, sentence: Sentence, said: Statement) -> Iterator[Finding]:
        """In which zones a part stands, or how many of it stand in one."""
        named = [self.names.zones[t.text.casefold()] for t in sentence.tokens if t.form[:1] == "Z"]
        if said.conditional or not named:
            return
        subject = said.token("s")
        if subject and subject.head == "service" and len(subject.parts) > 1:
            return  # 'the services run in A and B', together
        for id in said.subjects or sentence.subject:
            standing = answers.zones(self.topology, id)
            part = self.topology.part(id)
            if not standing:
                continue
            each, zone = said.token("each"), said.token("z")
            wrong = next((z for z in named if (z in standing) == said.denied), "")
            if each and zone:
                wanted = self.names.zones[zone.text.casefold()]
                if standing.count(wanted) != each.number and not PARTIAL & sentence.words:
                    wrong = wanted
            elif said.only and not said.denied and set(standing) - set(named):
                wrong = named[0]
            if wrong:
                labels = [self.topology.zones[z].label for z in dict.fromkeys(standing)]
                message = f"{part.name} stands in {' and '.join(labels)}"
                yield Finding("prose-count", said.span, message, "", part.place)
                return

    def _each_zone(self, sentence: Sentence, said: Statement) -> Iterator[Finding]:
        """That a part stands in each zone."""
        for id in said.subjects:
            standing = answers.zones(self.topology, id)
            if standing and set(standing) != self.topology.zones.keys() and not said.conditional:
                part = self.topology.part(id)
                labels = [self.topology.zones[z].label for z in dict.fromkeys(standing)]
                message = f"{part.name} stands in {' and '.join(labels)} only"
                yield Finding("prose-count", said.span, message, "", part.place)
                return

    # --- ports and health checks ------------------------------------------------------

    def _port(self, sentence: Sentence, said: Statement) -> Iterator[Finding]:
        """On which port a part listens."""
        token = said.token("v")
        value = token.text.casefold().strip("`/") if token else ""
        match = re.fullmatch(r"(?:0\.0\.0\.0|\[::\]|\*)?(:)?(\d{2,5})(?:/(?:tcp|udp))?", value)
        if not match or not (match[1] or " port " in said.matched):
            return
        port = int(match[2])
        for id in said.subjects:
            ports = answers.ports_of(self.topology, id)
            if ports and id in self._fronts():  # 'behind X, on port'
                for service in self.topology.fronted_by(id):
                    ports |= answers.ports_of(self.topology, service.id)
            if ports and port not in ports and not said.denied:
                part = self.topology.part(id)
                right = min(ports)
                message = f"{part.name} does not listen on port {port}"
                hint = f"it does on {right}"
                yield Finding("prose-option", said.span, message, hint, ports[right])
                return

    def _health(self, sentence: Sentence, said: Statement) -> Iterator[Finding]:
        """What a health check asks for."""
        token = said.token("v")
        if not token or not re.fullmatch(r"/[\w/-]+", token.text) or not HEALTH & sentence.words:
            return
        named = {id for t in sentence.tokens for id in t.parts}
        if not token.literal or not (named or "health" in sentence.words):
            return
        named &= self.topology.services.keys()
        services = [s for s in self.topology.services.values() if s.id in named or not named]
        listening = [service for service in services if service.listen]
        health = [listener.health for service in listening for listener in service.listen]
        if health and token.text not in health:
            service = listening[0]
            message = f"'{token.text}' is not the health check of {service.name}"
            span = (token.start, token.end)
            yield Finding("prose-option", span, message, f"it is {health[0]}", service.place)

    # --- options ----------------------------------------------------------------------

    def _value(self, sentence: Sentence, said: Statement) -> Iterator[Finding]:
        """The value of an option."""
        option, token = said.token("opt"), said.token("v")
        meant = self._meant(sentence, option.text) if option else []
        if not option or not meant or said.denied or TUNED & sentence.words:
            return
        switch = next((name for name in ("on", "off") if said.has(name)), "")
        if switch:
            truths = {TRUTH.get(o.value.casefold()) for o in meant}
            if None not in truths and (switch == "on") not in truths:
                yield _wrong(said, self.options.other_value(option.text, switch, meant))
            return
        if token is None or token.text.startswith("[") or self._agrees(sentence, token, meant):
            return
        if not token.literal and not _looks_like_value(token.text, meant):
            return
        advised = any(o in s.options for s in self.topology.services.values() for o in meant)
        if {"may", "could", "can"} & sentence.words and not advised:
            return
        if not said.conditional or advised:
            yield _wrong(said, self.options.other_value(option.text, token.text, meant))

    def _agrees(self, sentence: Sentence, token: Token, meant: list[Option]) -> bool:
        """Whether a value is said, in whatever unit."""
        after = sentence.after(token)
        unit = after[0].strip(".,;:)`").casefold() if after else ""
        value = str(token.number) if token.form.startswith("N") else token.text
        amounts = set(amount(value, unit))
        return any(
            agrees(o, value) or agrees(o, f"{value} {unit}") or amounts & set(amount(o.value))
            for o in meant
        )

    def _meant(self, sentence: Sentence, name: str) -> list[Option]:
        """The options of one name that a sentence means: of its sections, or its services."""
        known = self.options.by_name.get(name, [])
        said = {t.text.strip("[]") for t in sentence.tokens if t.form[:1] in "GV"}
        here = [option for _, option in known if option.section in said]
        sections = {t.text.strip("[]") for t in sentence.tokens if t.form[:1] == "G"}
        if not here and any(self.options.is_elsewhere(section, name) for section in sections):
            return []  # another one of that name
        named = {id for token in sentence.tokens for id in token.parts}
        return here or [o for id, o in known if id in named] or [o for _, o in known]

    def _section(self, sentence: Sentence, said: Statement) -> Iterator[Finding]:
        """The section of an option."""
        option, token = said.token("opt"), said.token("g")
        if not option or not token or said.denied:
            return
        section = token.text.strip("[]")
        known = {o.section for listed in self.options.by_name.values() for _, o in listed}
        named = token.text.startswith("[") or section in known or "section" in sentence.words
        if not named or not re.fullmatch(r"[A-Za-z][\w:.-]*", section):
            return
        right = {o.section for o in self.options.options(option.text)}
        if section not in right and not self.options.is_elsewhere(section, option.text):
            yield _wrong(said, self.options.other_section(option.text, section))

    def _owner(self, sentence: Sentence, said: Statement) -> Iterator[Finding]:
        """Whose option it is."""
        option = said.token("opt")
        known = self.options.by_name.get(option.text, []) if option else []
        owners = {id for id, _ in known}
        services = [id for id in said.subjects if id in self.topology.services]
        if (
            option
            and known
            and not said.denied
            and len(services) == 1
            and services[0] not in owners
        ):
            owner = self.topology.services[known[0][0]].name
            other = self.topology.services[services[0]].name
            message = f"{option.text} is an option of {owner}, not of {other}"
            yield Finding("prose-option", said.span, message, "", known[0][1].place)

    def _address(self, sentence: Sentence, said: Statement) -> Iterator[Finding]:
        """Which component an option leads to."""
        option = said.token("opt")
        name = option.text if option else ""
        reached = [c for c in self.topology.components.values() for o in c.config if o.name == name]
        wrong = [i for i in said.objects if i in self.topology.components]
        if reached and wrong and not said.denied and not {c.id for c in reached} & set(wrong):
            message = f"{name} leads to {reached[0].name}"
            yield Finding("prose-option", said.span, message, "", reached[0].place)

    def _both(self, sentence: Sentence, said: Statement) -> Iterator[Finding]:
        """That two options are needed of which one is enough."""
        names = [token.text for token in (said.token("opt"), said.token("other")) if token]
        if said.denied or {"not", "either", "without"} & sentence.words:
            return
        for service in self.topology.services.values():
            held = [
                s for n in names for s in service.snippets if any(o.name == n for o in s.options)
            ]
            first = {service.first_of(snippet).id for snippet in held}
            if len(held) == 2 and held[0] is not held[1] and len(first) == 1:
                message = f"{held[1].id} is an alternative to {held[0].id}: one is enough"
                yield Finding("prose-option", said.span, message, "", held[1].place)
                return

    def _unset(self, sentence: Sentence, said: Statement) -> Iterator[Finding]:
        """That an option may be left out, which a rule asks for."""
        option = said.token("opt")
        if not option or said.denied or {"single", "only", "one", "unless"} & sentence.words:
            return
        for service in self.topology.services.values():
            for note in service.notes:
                plain = wording.plain(self.topology, note.text) if isinstance(note, Warning) else ""
                if f"without {option.text}" in plain.casefold():
                    yield Finding("prose-note", said.span, "the topology warns", plain, note.place)
                    return
        for rule in self.topology.rules.values():
            service = self.topology.services[rule.service]
            if rule.options == (option.text,) and service.replicas >= rule.replicas:
                message = f"{_plural(service.replicas, service.server)} need {option.text}"
                yield Finding("prose-note", said.span, message, f"rule '{rule.id}'", rule.place)
                return


def _narrowed(said: Statement, subject: str, object_: str) -> tuple[int, int]:
    """The words about two parts: of lists, the members that name them."""
    spans = []
    for group, id in (("s", subject), ("o", object_)):
        token = said.token(group)
        if token and not token.implied:
            member = next((m for m in token.members if id in m.parts), token)
            spans.append((member.start, member.end))
    return (min(s for s, _ in spans), max(e for _, e in spans)) if spans else said.span


def _fits(actual: int, number: Token) -> bool:
    """Whether an actual number is what is said."""
    return {
        "=": actual == number.number,
        "<": actual < number.number,
        ">": actual > number.number,
        "<=": actual <= number.number,
        ">=": actual >= number.number,
    }[number.than]


def _shown(number: Token) -> str:
    words = {"<": "fewer than ", ">": "more than ", "<=": "at most ", ">=": "at least "}
    return f"{words.get(number.than, '')}{number.number}"


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _looks_like_value(value: str, options: list[Option]) -> bool:
    """Whether a word is meant as a value: it looks like one, or like one of the options'."""
    if re.search(r"://|^[\d.]+$|\d|[<$]|_|[:/]\w", value) or value.isupper():
        return True
    switches = any(option.value.casefold() in TRUTH for option in options)
    return (switches and value.casefold() in TRUTH) or any(o.value.isdigit() for o in options)


def _wrong(said: Statement, wrong: Wrong) -> Finding:
    return Finding("prose-option", said.span, wrong.message, wrong.hint, wrong.option.place)
