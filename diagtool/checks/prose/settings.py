"""Ports, health checks, addresses and options, against the topology."""

from __future__ import annotations

import re
from collections.abc import Iterator

from diagtool.checks.prose import facts as ask
from diagtool.checks.prose.clauses import Sentence
from diagtool.checks.prose.facts import Facts, Finding, plural
from diagtool.checks.prose.names import singular
from diagtool.checks.prose.options import TRUTH, Wrong, agrees, amount
from diagtool.checks.prose.patterns import Claim
from diagtool.checks.prose.vocabulary import COPIES, HEALTH, TUNED
from diagtool.model import Option, Warning, wording


def port(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """On which port a part listens."""
    token = said.token("v")
    value = token.text.casefold().strip("`/") if token else ""
    match = re.fullmatch(r"(?:0\.0\.0\.0|\[::\]|\*)?(:)?(\d{2,5})(?:/(?:tcp|udp))?", value)
    sure = match and (match[1] or " port " in said.matched or int(match[2]) > 1000)
    if not match or not sure or said.denied:
        return None
    number = int(match[2])
    named = {id for t in sentence.marked for id in t.parts}
    alone = not said.subjects and not named
    for id in said.subjects or (sentence.about if alone else ()):
        found = ask.ports_of(facts.topology, id)
        if found and facts.names.is_front(facts.topology.part(id).name):  # 'behind X, on port'
            for service in facts.topology.fronted_by(id):
                found |= ask.ports_of(facts.topology, service.id)
        elif alone and facts.names.fronts_of(id) and number in (80, 443):
            continue
        if found and number not in found:
            part = facts.topology.part(id)
            right = min(found)
            message = f"{part.name} does not listen on port {number}"
            return Finding("prose-option", said.span, message, f"it does on {right}", found[right])
    return None


def health(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """What a health check asks for."""
    token = said.token("v")
    path = re.sub(r"^(?:GET|HEAD) ", "", token.text) if token else ""
    if not token or not re.fullmatch(r"/[\w/-]*", path) or not HEALTH & sentence.words:
        return None
    if not token.literal:
        return None
    topology = facts.topology
    named = {*(sentence.parts or sentence.about)}
    if not named & topology.services.keys():
        named = {service for id in named for service in _fronted(facts, id)}
    services = [service for service in topology.services.values() if service.id in named]
    listening = [service for service in services if service.listen]
    known = [listener.health for service in listening for listener in service.listen]
    if known and path not in known:
        service = listening[0]
        message = f"'{path}' is not the health check of {service.name}"
        span = (token.start, token.end)
        return Finding("prose-option", span, message, f"it is {known[0]}", service.place)
    return None


def _fronted(facts: Facts, id: str) -> list[str]:
    """The services that stand behind a component."""
    components = facts.topology.components
    return [service.id for service in facts.topology.fronted_by(id)] if id in components else []


_IP = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}")


def address(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """At which address something is."""
    token = said.token("v")
    if token is None or not _IP.fullmatch(token.text) or sentence.hypothetical:
        return None
    topology = facts.topology
    tokens = [t for t in sentence.marked if t.parts or t.kind == "Z"]
    before = [t for t in tokens if t.end <= token.start]
    meant = before[-1:] or tokens[:1]
    hosts = {id for t in meant if t.kind == "Z" for id in facts.names.place(t.text)}
    parts = {id for t in meant for id in t.parts} or (set(sentence.about) if not meant else set())
    known = {host.address for id in hosts if (host := topology.hosts.get(id)) and host.address}
    for id in parts:
        known |= set(ask.addresses(topology, id))
    near = any(a.rpartition(".")[0] == token.text.rpartition(".")[0] for a in known)
    if near and token.text not in known:  # others are of another example
        message = f"'{token.text}' is not its address"
        return Finding("prose-option", said.span, message, f"it is {min(known)}")
    return None


# --- options --------------------------------------------------------------------------


def value(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """The value of an option."""
    option, token = said.token("opt"), said.token("v")
    meant = _meant(facts, sentence, option.text) if option else []
    # A catalogue has the defaults, of which a sentence may speak.
    tuned = TUNED if facts.topology.catalogues else TUNED - {"default", "defaults"}
    if not option or not meant or said.denied or tuned & sentence.words:
        return None
    switch = next((name for name in ("on", "off") if said.has(name)), "")
    if switch:
        truths = {TRUTH.get(o.value.casefold()) for o in meant}
        if None not in truths and (switch == "on") not in truths:
            return _wrong(said, facts.options.other_value(option.text, switch, meant))
    if token is None or token.text.startswith("[") or _agrees(sentence, token.text, said, meant):
        return None
    if not token.literal and not _looks_like_value(token.text, meant):
        return None
    advised = any(o in s.options for s in facts.topology.services.values() for o in meant)
    if {"may", "could", "can"} & sentence.words and (not advised or "first" in sentence.words):
        return None
    if not said.conditional or advised:
        return _wrong(said, facts.options.other_value(option.text, token.text, meant))
    return None


def _agrees(sentence: Sentence, text: str, said: Claim, meant: list[Option]) -> bool:
    """Whether a value is said, in whatever unit."""
    token = said.token("v")
    assert token is not None
    after = sentence.after(token)
    unit = after[0].strip(".,;:)`").casefold() if after else ""
    value = str(token.number) if token.form.startswith("N") else text
    amounts = set(amount(value, unit))
    return any(
        agrees(o, value) or agrees(o, f"{value} {unit}") or amounts & set(amount(o.value))
        for o in meant
    )


def _meant(facts: Facts, sentence: Sentence, name: str) -> list[Option]:
    """The options of one name that a sentence means: of its sections, or its services."""
    known = facts.options.by_name.get(name, [])
    said = {t.text.strip("[]") for t in sentence.marked if t.form[:1] in "GV"}
    here = [option for _, option in known if option.section in said]
    sections = {t.text.strip("[]") for t in sentence.marked if t.form[:1] == "G"}
    if not here and any(facts.options.is_elsewhere(section, name) for section in sections):
        return []  # another one of that name
    named = {id for token in sentence.marked for id in token.parts}
    return here or [o for id, o in known if id in named] or [o for _, o in known]


_UNITS = {
    **dict.fromkeys(["second", "sec", "minute", "min", "hour", "day"], "time"),
    **dict.fromkeys(["mb", "mib", "gb", "kb", "byte", "megabyte"], "size"),
    **dict.fromkeys(["time", "retry", "attempt", "item", "retries"], "count"),
}
_TIMED = re.compile("timeout|ttl|interval|lifetime|seconds|lease|period|delay|every|expir")


def beside(facts: Facts, sentence: Sentence) -> Iterator[Finding]:
    """A number beside an option that has another: 'lasts 30 seconds (``ttl``)'."""
    options = [token for token in sentence.marked if token.kind == "O"]
    numbers = [t for t in sentence.marked if t.number and t.than in ("=", "<=")]
    if sentence.hypothetical or sentence.denies or TUNED & sentence.words:
        return
    for before, option in zip([None, *options], options, strict=False):
        start = before.end if before else 0
        near = [n for n in numbers if start <= n.start < option.start]
        near = near or (numbers if len(options) == 1 else [])
        meant = _meant(facts, sentence, option.text)
        if len(near) != 1 or not meant or not all(o.value.isdigit() for o in meant):
            continue
        after = sentence.after(near[0])
        unit = singular(after[0].strip(".,;:)`").casefold()) if after else ""
        timed = any(_TIMED.search(o.name) for o in meant)
        kind = _UNITS.get(unit, "time" if timed else "count")
        counted = any(0 <= t.start - near[0].end < 12 for t in sentence.marked if t.parts)
        if counted or unit in COPIES or timed != (kind == "time"):
            continue
        said = set(amount(str(near[0].number), unit))
        if not any(said & set(amount(o.value)) for o in meant):
            wrong = facts.options.other_value(option.text, near[0].text, meant)
            span = near[0].start, near[0].end
            yield Finding("prose-option", span, wrong.message, wrong.hint, meant[0].place)


def section(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """The section of an option."""
    option, token = said.token("opt"), said.token("g")
    if not option or not token or said.denied:
        return None
    name = token.text.strip("[]")
    known = {o.section for listed in facts.options.by_name.values() for _, o in listed}
    named = token.text.startswith("[") or name in known or "section" in sentence.words
    if not named or not re.fullmatch(r"[A-Za-z][\w:.-]*", name):
        return None
    right = {o.section for o in facts.options.options(option.text)}
    if name not in right and not facts.options.is_elsewhere(name, option.text):
        return _wrong(said, facts.options.other_section(option.text, name))
    return None


def owner(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """Whose option it is."""
    option = said.token("opt")
    known = facts.options.by_name.get(option.text, []) if option else []
    services = [id for id in said.subjects if id in facts.topology.services]
    if not option or not known or said.denied or len(services) != 1:
        return None
    if services[0] not in {id for id, _ in known}:
        right = facts.topology.services[known[0][0]].name
        other = facts.topology.services[services[0]].name
        message = f"{option.text} is an option of {right}, not of {other}"
        return Finding("prose-option", said.span, message, "", known[0][1].place)
    return None


def target(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """Which component an option leads to."""
    option = said.token("opt")
    name = option.text if option else ""
    components = facts.topology.components
    reached = [c for c in components.values() for o in c.config if o.name == name]
    wrong = [i for i in said.objects if i in components]
    if reached and wrong and not said.denied and not {c.id for c in reached} & set(wrong):
        message = f"{name} leads to {reached[0].name}"
        return Finding("prose-option", said.span, message, "", reached[0].place)
    return None


def unset(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """That an option may be left out, which a rule asks for."""
    option = said.token("opt")
    turned = said.denied != said.has("unneeded")
    if not option or turned or {"single", "only", "one", "unless"} & sentence.words:
        return None
    if re.search(r" not .*without ", sentence.whole):
        return None
    for service in facts.topology.services.values():
        for note in service.notes:
            plain = wording.plain(facts.topology, note.text) if isinstance(note, Warning) else ""
            if f"without {option.text}" in plain.casefold():
                return Finding("prose-note", said.span, "the topology warns", plain, note.place)
    for rule in facts.topology.rules.values():
        service = facts.topology.services[rule.service]
        if rule.options == (option.text,) and service.replicas >= rule.replicas:
            message = f"{plural(service.replicas, service.server)} need {option.text}"
            return Finding("prose-note", said.span, message, f"rule '{rule.id}'", rule.place)
    return None


def _looks_like_value(value: str, options: list[Option]) -> bool:
    """Whether a word is meant as a value: it looks like one, or like one of the options'."""
    if re.search(r"://|^[\d.]+$|\d|[<$]|_|[:/]\w", value) or value.isupper():
        return True
    switches = any(option.value.casefold() in TRUTH for option in options)
    return (switches and value.casefold() in TRUTH) or any(o.value.isdigit() for o in options)


def _wrong(said: Claim, wrong: Wrong) -> Finding:
    return Finding("prose-option", said.span, wrong.message, wrong.hint, wrong.option.place)
