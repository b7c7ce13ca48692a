"""Statements against the topology: each relation has one judge."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from diagtool.checks.prose import answers
from diagtool.checks.prose.names import Names
from diagtool.checks.prose.options import TRUTH, OptionNames, Wrong, agrees, amount
from diagtool.checks.prose.sentences import Sentence
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
from diagtool.checks.prose.words import Token
from diagtool.model import NOWHERE, Option, Place, Warning, wording


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
        self._judges: dict[str, Callable[[Sentence, Statement], Finding | None]] = {
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
        }

    def judge(self, sentence: Sentence, said: Statement) -> Finding | None:
        """What is wrong with a statement."""
        judge = self._judges.get(said.relation)
        return judge(sentence, said) if judge else None

    # --- who has to do with whom ------------------------------------------------------

    def _relation(self, sentence: Sentence, said: Statement) -> Finding | None:
        """A need, a connection or a direction."""
        if said.denied and (said.conditional or SYMPTOMS & sentence.words):
            return None
        pair = said.token("pair")
        sides = [(one, other) for one in said.subjects for other in said.objects]
        if pair:
            sides = [(pair.parts[0], other) for other in pair.parts[1:]]
        for one, other in sides:
            if self._holds(sentence, said, one, other) not in (None, not said.denied):
                return self._contradiction(said, one, other, denied=said.denied)
        turned = said.excepted if said.relation in ("needs", "contacts", "joined") else ()
        for one, other in ((one, other) for one in turned for other in said.objects):
            if self._holds(sentence, said, one, other) not in (None, said.denied):
                return self._contradiction(said, one, other, denied=not said.denied)
        object_ = said.token("o")
        for other in object_.excepted if object_ and not said.denied else ():
            for one in said.subjects:
                if self._holds(sentence, said, one, other):
                    return self._contradiction(said, one, other, denied=True)
        return None if said.denied else self._others(said)

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

    def _others(self, said: Statement) -> Finding | None:
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
            return Finding("prose-connection", said.span, message, "", one.place)
        return None

    def _outage(self, sentence: Sentence, said: Statement) -> Finding | None:
        """What goes on, or does not, when something else is gone."""
        said = replace(said, relation="needs")
        for subject in said.subjects:
            for object_ in said.objects:
                if object_ not in self.topology.components or object_ == subject:
                    continue
                goes_on = answers.goes_on(self.topology, subject, object_)
                if goes_on in (None, said.has("fine")):
                    continue
                if loss := answers.on_loss(self.topology, subject, object_):
                    one, other = self.topology.part(subject).name, self.topology.part(object_).name
                    message = f"{one} {loss.effect.value} when {other} is lost"
                    span = _narrowed(said, subject, object_)
                    return Finding("prose-connection", span, message, "", loss.place)
                return self._contradiction(said, subject, object_, denied=not goes_on)
        return None

    def _unfronted(self, sentence: Sentence, said: Statement) -> Finding | None:
        """That several servers do without what stands in front of them."""
        numbers = [token.number for token in sentence.marked if token.number]
        subject = said.token("s")
        if said.denied or 1 in numbers or "single" in sentence.words or not subject:
            return None
        if not said.objects and "directly" not in sentence.words:
            return None
        if {"through", "via", "behind", "over"} & sentence.words:
            return None
        for id in said.subjects:
            front = answers.fronting(self.topology, id)
            service = self.topology.services.get(id)
            meant = front and (not said.objects or front.id in said.objects)
            if service and front and meant and service.replicas > 1 and (subject.plural or numbers):
                message = f"the {service.replicas} {service.servers} stand behind {front.name}"
                return Finding("prose-note", said.span, message, "", service.place)
        return None

    def _through(self, sentence: Sentence, said: Statement) -> Finding | None:
        """That clients reach a service by way of a load balancer."""
        fronts = tuple(i for i in said.objects if i in self._fronts())
        if fronts:
            return self._relation(sentence, replace(said, relation="behind", objects=fronts))
        return None

    def _fronts(self) -> set[str]:
        return {c.id for c in self.topology.components.values() if c.front}

    # --- how many ---------------------------------------------------------------------

    def _count(self, sentence: Sentence, said: Statement) -> Finding | None:
        """A number of servers of a service, or of members of a component."""
        number = said.token("all") or said.token("n")
        subject = said.token("s") or said.token("o")
        listed = subject and len(subject.members) > 1
        if number is None or subject is None or listed or " not " in said.matched:
            return None
        if said.has("more") or ("while" in sentence.words and number.number == 1):
            return None
        if "not" in sentence.around(number)[0][-5:]:
            return None
        each = subject.text.casefold().startswith(("every", "each", "all")) or subject.plural
        if subject.head == "service" and len(subject.parts) > 1 and not said.has("counted"):
            return None
        if not said.has("all") and not self._is_total(sentence, said, number, subject):
            return None
        for id in subject.parts:
            actual = answers.size(self.topology, id)
            if actual is None or _fits(actual, number) or (len(subject.parts) > 1 and not each):
                continue
            if number.number == 1 and number.than == "=" and not number.exact:
                continue
            unit = "server" if id in self.topology.services else "member"
            return self._miscounted(said, id, f"has {_plural(actual, unit)}, not {_shown(number)}")
        return None

    def _miscounted(self, said: Statement, id: str, message: str) -> Finding:
        part = self.topology.part(id)
        return Finding("prose-count", said.span, f"{part.name} {message}", "", part.place)

    def _is_total(self, sentence: Sentence, said: Statement, number: Token, subject: Token) -> bool:
        """Whether a number is that of all, not of some of which a sentence speaks."""
        if not said.has("counted") and not (
            subject.plural or subject.head or number.exact or said.has("member")
        ):
            return False
        ahead, behind = sentence.around(number)
        before = ahead[-1] if ahead else ""
        partial = bool(PARTIAL & sentence.words)
        if number.than != "=":
            return not partial
        sizes = [answers.size(self.topology, id) or 0 for id in subject.parts]
        if number.number > min(sizes):
            return not (partial and {"add", "adding", "scale", "to"} & sentence.words)
        if partial or (said.matched.startswith(" N") and re.search(r"N\d+ of N", sentence.whole)):
            return False
        after = behind[:4]
        if "per" in after[:2] or (number.number == 1 and "per" in after):
            return False
        if any(token.form.startswith("Z") for token in sentence.marked):
            return number.definite and " per " not in sentence.whole
        opens = not before or before in (",", ";", ":") or before.startswith("+")
        if number.exact and number.number == 1:
            bare = number.text.casefold().removeprefix("a ") in ("single", "lone", "sole")
            return not bare or (before in _EXISTING and before != "with")
        return number.definite or said.has("counted") or opens or before in _EXISTING

    def _number_of(self, sentence: Sentence, said: Statement) -> Finding | None:
        """How many services, components, servers or zones there are."""
        number, every = said.token("n"), said.token("every")
        whole = {
            "services": len(self.topology.services),
            "components": len(self.topology.components),
            "totals": sum(service.replicas for service in self.topology.services.values()),
            "zones": len(self.topology.zones),
        }[said.relation]
        if number is None or not whole or (every and every.head != "service"):
            return None
        one_part = any(len(t.parts) == 1 and not t.implied for t in sentence.marked)
        if one_part and said.relation != "zones" and not (every or number.definite):
            return None
        ahead = sentence.around(number)[0]
        before = set(ahead[-3:])
        opens = not ahead and re.search(r" (?:make|form|share)", sentence.claims)
        of_it = WHOLE | set(self.topology.name.casefold().split())
        consists = before & _CONSISTING and of_it & sentence.words
        claimed = number.definite or every or opens or consists
        if not claimed and said.relation not in ("totals", "zones"):
            return None
        if said.relation == "zones" and _fits(len(answers.working_zones(self.topology)), number):
            return None
        if not _fits(whole, number) and not PARTIAL & sentence.words:
            kind = {"totals": "servers in all"}.get(said.relation, said.relation)
            message = f"there are {whole} {kind}, not {_shown(number)}"
            return Finding("prose-count", said.span, message)
        return None

    def _single(self, sentence: Sentence, said: Statement) -> Finding | None:
        """That a service runs once, and no more."""
        number = next((token for token in sentence.marked if token.number), None)
        if number and number.number > 1:
            return None
        for id in said.subjects:
            actual = answers.size(self.topology, id)
            if actual is not None and (actual == 1) == said.denied and not said.conditional:
                return self._miscounted(said, id, f"has {_plural(actual, 'server')}")
        return None

    def _several(self, sentence: Sentence, said: Statement) -> Finding | None:
        """That a service can be scaled, or cannot."""
        if (
            said.conditional
            or len(said.subjects) != 1
            or said.subjects[0] not in (self.topology.services)
        ):
            return None
        service = self.topology.services[said.subjects[0]]
        if said.denied == (service.replicas > 1):
            message = f"{service.name} has {_plural(service.replicas, 'server')}"
            return Finding("prose-count", said.span, message, "", service.place)
        return None

    def _tolerance(self, sentence: Sentence, said: Statement) -> Finding | None:
        """How many of a part may be lost."""
        number = said.token("n")
        if number is None or said.denied or said.conditional or number.than not in ("=", "<="):
            return None
        for id in said.subjects:
            spare, size = answers.spare(self.topology, id), answers.size(self.topology, id)
            if spare is not None and number.number > spare:
                return self._miscounted(said, id, f"can lose {spare} of {size} only")
        return None

    def _quorum(self, sentence: Sentence, said: Statement) -> Finding | None:
        """How many members are enough."""
        number = said.token("n")
        if number is None or said.denied or not UP & sentence.words:
            return None
        for id in said.subjects or sentence.subject:
            spare, size = answers.spare(self.topology, id), answers.size(self.topology, id)
            if id not in self.topology.components or not size or spare is None:
                continue
            if number.number < size - spare:
                return self._miscounted(said, id, f"needs {size - spare} of its {size} members")
        return None

    # --- where ------------------------------------------------------------------------

    def _zone(self, sentence: Sentence, said: Statement) -> Finding | None:
        """In which zones a part stands, or how many of it stand in one."""
        named = [self.names.zones[t.text.casefold()] for t in sentence.marked if t.form[:1] == "Z"]
        if said.conditional or not named:
            return None
        subject = said.token("s")
        if subject and subject.head == "service" and len(subject.parts) > 1:
            return None  # 'the services run in A and B', together
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
                return Finding("prose-count", said.span, message, "", part.place)
        return None

    def _each_zone(self, sentence: Sentence, said: Statement) -> Finding | None:
        """That a part stands in each zone."""
        for id in said.subjects if not said.conditional else ():
            standing = answers.zones(self.topology, id)
            if answers.working_zones(self.topology) - set(standing or self.topology.zones):
                labels = [self.topology.zones[z].label for z in dict.fromkeys(standing)]
                return self._miscounted(said, id, f"stands in {' and '.join(labels)} only")
        return None

    # --- ports and health checks ------------------------------------------------------

    def _port(self, sentence: Sentence, said: Statement) -> Finding | None:
        """On which port a part listens."""
        token = said.token("v")
        value = token.text.casefold().strip("`/") if token else ""
        match = re.fullmatch(r"(?:0\.0\.0\.0|\[::\]|\*)?(:)?(\d{2,5})(?:/(?:tcp|udp))?", value)
        if not match or not (match[1] or " port " in said.matched):
            return None
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
                return Finding("prose-option", said.span, message, hint, ports[right])
        return None

    def _health(self, sentence: Sentence, said: Statement) -> Finding | None:
        """What a health check asks for."""
        token = said.token("v")
        if not token or not re.fullmatch(r"/[\w/-]+", token.text) or not HEALTH & sentence.words:
            return None
        named = {id for t in sentence.marked for id in t.parts}
        if not token.literal or not (named or "health" in sentence.words):
            return None
        named &= self.topology.services.keys()
        services = [s for s in self.topology.services.values() if s.id in named or not named]
        listening = [service for service in services if service.listen]
        health = [listener.health for service in listening for listener in service.listen]
        if health and token.text not in health:
            service = listening[0]
            message = f"'{token.text}' is not the health check of {service.name}"
            span = (token.start, token.end)
            return Finding("prose-option", span, message, f"it is {health[0]}", service.place)
        return None

    # --- options ----------------------------------------------------------------------

    def _value(self, sentence: Sentence, said: Statement) -> Finding | None:
        """The value of an option."""
        option, token = said.token("opt"), said.token("v")
        meant = self._meant(sentence, option.text) if option else []
        if not option or not meant or said.denied or TUNED & sentence.words:
            return None
        switch = next((name for name in ("on", "off") if said.has(name)), "")
        if switch:
            truths = {TRUTH.get(o.value.casefold()) for o in meant}
            if None not in truths and (switch == "on") not in truths:
                return _wrong(said, self.options.other_value(option.text, switch, meant))
        if token is None or token.text.startswith("[") or self._agrees(sentence, token, meant):
            return None
        if not token.literal and not _looks_like_value(token.text, meant):
            return None
        advised = any(o in s.options for s in self.topology.services.values() for o in meant)
        if {"may", "could", "can"} & sentence.words and not advised:
            return None
        if not said.conditional or advised:
            return _wrong(said, self.options.other_value(option.text, token.text, meant))
        return None

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
        said = {t.text.strip("[]") for t in sentence.marked if t.form[:1] in "GV"}
        here = [option for _, option in known if option.section in said]
        sections = {t.text.strip("[]") for t in sentence.marked if t.form[:1] == "G"}
        if not here and any(self.options.is_elsewhere(section, name) for section in sections):
            return []  # another one of that name
        named = {id for token in sentence.marked for id in token.parts}
        return here or [o for id, o in known if id in named] or [o for _, o in known]

    def _section(self, sentence: Sentence, said: Statement) -> Finding | None:
        """The section of an option."""
        option, token = said.token("opt"), said.token("g")
        if not option or not token or said.denied:
            return None
        section = token.text.strip("[]")
        known = {o.section for listed in self.options.by_name.values() for _, o in listed}
        named = token.text.startswith("[") or section in known or "section" in sentence.words
        if not named or not re.fullmatch(r"[A-Za-z][\w:.-]*", section):
            return None
        right = {o.section for o in self.options.options(option.text)}
        if section not in right and not self.options.is_elsewhere(section, option.text):
            return _wrong(said, self.options.other_section(option.text, section))
        return None

    def _owner(self, sentence: Sentence, said: Statement) -> Finding | None:
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
            return Finding("prose-option", said.span, message, "", known[0][1].place)
        return None

    def _address(self, sentence: Sentence, said: Statement) -> Finding | None:
        """Which component an option leads to."""
        option = said.token("opt")
        name = option.text if option else ""
        reached = [c for c in self.topology.components.values() for o in c.config if o.name == name]
        wrong = [i for i in said.objects if i in self.topology.components]
        if reached and wrong and not said.denied and not {c.id for c in reached} & set(wrong):
            message = f"{name} leads to {reached[0].name}"
            return Finding("prose-option", said.span, message, "", reached[0].place)
        return None

    def _unset(self, sentence: Sentence, said: Statement) -> Finding | None:
        """That an option may be left out, which a rule asks for."""
        option = said.token("opt")
        if not option or said.denied or {"single", "only", "one", "unless"} & sentence.words:
            return None
        for service in self.topology.services.values():
            for note in service.notes:
                plain = wording.plain(self.topology, note.text) if isinstance(note, Warning) else ""
                if f"without {option.text}" in plain.casefold():
                    return Finding("prose-note", said.span, "the topology warns", plain, note.place)
        for rule in self.topology.rules.values():
            service = self.topology.services[rule.service]
            if rule.options == (option.text,) and service.replicas >= rule.replicas:
                message = f"{_plural(service.replicas, service.server)} need {option.text}"
                return Finding("prose-note", said.span, message, f"rule '{rule.id}'", rule.place)
        return None


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
