"""How many there are of something, how many are enough, and where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from diagtool.checks.prose.clauses import Sentence, is_verb
from diagtool.checks.prose.facts import Facts, fits, plural, shown
from diagtool.checks.prose.names import folded, singular
from diagtool.checks.prose.patterns import Claim
from diagtool.checks.prose.text import Finding
from diagtool.checks.prose.vocabulary import (
    COPIES,
    ENOUGH,
    EXISTING,
    LOSING,
    ORDINALS,
    PARTIAL,
    STANDING,
    SYSTEM,
    UP,
)
from diagtool.checks.prose.words import Token
from diagtool.model import Mode, Paragraph, Part, Service, Warning, failures, wording

_EACH = re.compile(
    r"\b(?:(?:in|at|on) (?:each|every)(?P<some> of (?:the|our) \w+)?|per) "
    r"(?:zone|site|data ?cent|region|hall|room)|"
    r"^(?:In )?(?:each|every|all|(?P<both>both))(?: \w+)? "
    r"(?:zone|site|data ?cent\w+|region|hall|room)s?\b",
    re.I,
)
"""How a sentence speaks of each zone."""
_PLACES = re.compile(r"(?P<ahead>.*?) (?P<places>Z\d+(?: (?:, |\+and |\+or |to )*Z\d+)*)(?= )")
"""Places that a clause names together, with what stands before them."""
_PER = re.compile(r"\b(?:each|every|per)(?: of)?(?: the)? $", re.I)
_EVERY = re.compile(r"\b(?:both|all|each|every)\b", re.I)
_ACTIVE = re.compile(
    r"active[-/ ]active|\bmulti-?(?:primary|master|writer)\b|"
    r"\b(?:all|both|every|any|each)\b(?:(?!\b(?:not|the others?|if|when)\b)[^,;.])*"
    r"(?:\bactive\b|at all times|all the time|at the same time|in parallel|concurrently|"
    r"simultaneously|written to|accepts? (?:\w+ and )?writes|writ(?:e?able))|"
    r"\beach (?:carries|handles|takes)\b|\b\w+s (?:share|split) the (?:work|load)\b",
    re.I,
)
_WAITING = re.compile(
    r"\bstandbys?\b|\bstands? by\b|\bidle\b|\bpassive\b|(?:is|are) read[- ]only\b|"
    r"\bread(?:[- ]only)?[- ]replicas?\b|"
    r"\bsecond\b[^,;.]* takes? over\b|"
    r"\b(?:hot|warm|cold)[ -]spares?\b|\b(?:runs?|works?|active) one at a time\b|"
    r"\b(?:others?|rest|second) (?:is|are) (?:\w+ )?(?:spares?|backups?)\b|"
    r"\b(?:one|single) (?:[\w-]+ ){0,6}(?:active|leader|primary|master|writer)\b|"
    r"^\W*only one (?:[\w-]+ ){0,5}at a time\b",
    re.I,
)
_UNSURE = re.compile(
    r"\b(?:when|if|while|once|until|unless|whenever)\b[^,;]*|"
    r"[^,;]*(?:\b(?:not|no|without|never|neither|cannot)\b|n't\b)[^,;]*",
    re.I,
)


def _wrong(facts: Facts, span: tuple[int, int], id: str, message: str) -> Finding:
    part = facts.part(id)
    return Finding("prose-count", span, f"{part.name} {message}", "", part.place)


def _size(facts: Facts, id: str) -> str:
    unit = "server" if id in facts.topology.services else "member"
    return plural(facts.part(id).members or 0, unit)


def count(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """A number of servers of a service, or of members of a component."""
    number, subject = said.tokens["n"], said.tokens["s"]
    several = len(subject.parts) > 1 and not subject.plural
    several |= number.definite and bool(subject.members)  # 'both X and Y'
    each = _EACH.search(sentence.text)
    zoned = each and not (each[0].startswith("per") and "," in sentence.text)
    listed = "listed" in said.tokens and (not subject.text or ":" not in sentence.text)
    denied = said.denied and not (number.exact and number.number == 1)
    if denied or zoned or several or listed or " at a time" in sentence.text:
        return None
    if not number.number or (sentence.conditional and subject.implied):
        return None
    for id in subject.parts if _is_total(facts, sentence, said) else ():
        part = facts.part(id)
        carrying = ENOUGH & sentence.words and failures.carrying(part)
        actual = part.members if not carrying or number.number > (part.members or 0) else 0
        one = number.exact and (id in facts.topology.services or "counted" in said.tokens)
        some = number.number > 1 or one or number.than == ">"
        if actual and some and fits(actual, number) == said.denied:
            other = "" if said.denied else f", not {shown(number)}"
            return _wrong(facts, said.span, id, f"has {_size(facts, id)}{other}")
    return None


def single(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """That a part runs once and no more, or does not."""
    optional = said.denied and {"need", "needs", "have", "has"} & sentence.words
    for id in () if optional else said.subjects:
        if (size := facts.part(id).members) and (size == 1) == said.denied:
            return _wrong(facts, said.span, id, f"has {_size(facts, id)}")
    return None


def services(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """How many services or components the system has."""
    topology = facts.topology
    system = said.tokens["of"].text if "of" in said.tokens else "system"
    own = system in SYSTEM or folded(topology.name).startswith(folded(system))
    known = [len(topology.services), len(topology.components)]
    counts = known[:1] if "service" in said.tokens["what"].text else [*known, sum(known)]
    right = any(fits(count, said.tokens["n"]) for count in counts) != said.denied
    if right or not own or PARTIAL & sentence.words or " +which " in sentence.whole:
        return None
    has = wording.join([plural(known[0], "service"), plural(known[1], "component")])
    return Finding("prose-count", said.span, f"{topology.name} has {has}")


def _is_total(facts: Facts, sentence: Sentence, said: Claim) -> bool:
    """Whether a number is that of all, not of some of which a sentence speaks."""
    number, subject, counted = said.tokens["n"], said.tokens["s"], "counted" in said.tokens
    partial = PARTIAL | {"may", "can"} | (UP if number.than != "=" else set())
    zoned = any(token.kind == "Z" for token in sentence.marked)
    if not (counted or subject.plural or subject.head or number.exact or number.than == ">"):
        return False
    if number.number > min(facts.part(id).members or 0 for id in subject.parts):
        return True
    if zoned or partial & sentence.words:
        return False
    ahead = sentence.whole.partition(f" {number.form} ")[0].split()
    before = [",", *(word for word in ahead if word not in ("not", "only"))][-1]
    opens = before.removesuffix("~s") in EXISTING or before.startswith("+")
    return number.definite or counted or opens or number.than != "="


def least(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """How many of a part may be lost, are a majority, or carry the load."""
    number, spare, voting = said.tokens["n"], said.kind == "tolerance", said.kind == "quorum"
    if (voting and LOSING & sentence.words) or (
        said.kind == "left" and (LOSING - {"left"}) & sentence.words
    ):
        return None
    if voting and number.number == 1 and sentence.conditional and "+prov" not in sentence.whole:
        return None
    for id in said.subjects or sentence.parts[:1] or sentence.about:
        part = facts.part(id)
        size, wanted = part.members or 0, failures.carrying(part)
        known = wanted or spare or (voting and part.cluster)
        named, enough = size - number.number if spare else number.number, wanted or 1
        votes = part.cluster and part.cluster.quorum and "majority" in said.tokens and named < size
        asked = {"must", "need", "needed", "have"} & sentence.words
        needed = said.kind in ("enough", "quorum") and wanted and asked
        wrong = named < enough or ((votes or needed) and named > enough)
        if said.denied:
            wrong = said.kind == "enough" and named >= enough
        if known and wrong and number.number <= size:
            return _wrong(facts, said.span, id, f"needs {enough} of its {_size(facts, id)}")
    return None


def modes(facts: Facts, sentence: Sentence) -> Finding | None:
    """What the copies of a part do at the same time."""
    text = _UNSURE.sub("", " ".join(sentence.text.split()))
    waits, active = bool(_WAITING.search(text)), bool(_ACTIVE.search(text))
    sure = waits != active and not sentence.hypothetical
    for id in sentence.parts or sentence.about if sure else ():
        part = facts.part(id)
        does = _mode(facts, part)
        lone = part.members == 1 and {*sentence.parts} <= {id}
        if lone and re.search(r"standby|stands? by|active-|\bboth\b", text):
            return _wrong(facts, (0, len(sentence.text)), id, f"has {_size(facts, id)}")
        if does and waits == (does is Mode.ACTIVE_ACTIVE):
            are = "are all active" if waits else "take turns: one is active, the others stand by"
            message = f"the copies of {part.name} {are}"
            return Finding("prose-note", (0, len(sentence.text)), message, "", part.place)
    return None


def _mode(facts: Facts, part: Part) -> Mode | None:
    """What a part's copies do: as its cluster says, or else the notes."""
    if part.cluster and part.cluster.mode:
        return part.cluster.mode
    if isinstance(part, Service) and part.replicas > 1:
        for block in (*part.notes, *facts.topology.intro):
            if isinstance(block, Paragraph | Warning):
                note = wording.plain(facts.topology, block.text)
                if _WAITING.search(note) and block in part.notes:
                    return Mode.ACTIVE_PASSIVE
                if _ACTIVE.search(note) and not re.search(r"\bnot\b|except", note):
                    return Mode.ACTIVE_ACTIVE
    return None


def places(facts: Facts, sentence: Sentence) -> Iterator[Finding]:
    """In which zones or on which hosts a part, some or one of its copies stand."""
    for clause in () if sentence.hypothetical else sentence.clauses:
        about: str | None = None
        hosts: list[frozenset[str]] = []  # what the clause is about, if no part
        machines = facts.topology.hosts
        if LOSING & {word.partition("~")[0] for word in clause.form.split()}:
            continue
        for run in _PLACES.finditer(clause.form) if not clause.conditional else ():
            tokens = [sentence.tokens[int(at)] for at in re.findall(r"Z(\d+)", run["places"])]
            ahead, behind = run["ahead"].split(), clause.form[run.end() :].split()
            subject, words = _placed(ahead, behind)
            about = subject if subject is not None else about
            named = [facts.names.place(token.text) for token in tokens]
            if len({place <= machines.keys() for place in named}) > 1:
                continue  # 'X in the north and Y in the south'
            ours = all(place <= machines.keys() for place in named)
            if hosts and subject is None and "be" in words and not ours:
                if _misplaced(hosts, named, None, clause.denied, every=True):
                    zones = [facts.topology.zones[z].label for host in hosts for z in host if z]
                    message = f"these hosts are in {wording.join([*dict.fromkeys(zones)])}"
                    yield Finding("prose-count", (tokens[0].start, tokens[-1].end), message)
                hosts = []
                continue
            if ours and ahead == ["^"]:
                hosts = [frozenset({machines[id].zone or ""}) for p in named for id in p]
                about = None
                continue
            verbs = {w.partition("~")[0] for w in words if is_verb(w) or "~" in w}
            if about is None or verbs - STANDING:
                continue
            token = sentence.tokens[int(about[1:])] if about else None
            pairs = zip(["", *words], words, strict=False)
            counting = [w for last, w in pairs if w[0] == "N" and last[:1] != "N" and last != "of"]
            numbers = [sentence.tokens[int(w[1:])] for w in counting]
            text = sentence.text[: tokens[0].start]
            if re.search(r"\bonly (?:host|machine|server|node)\b", text):
                continue  # it may be that of something else
            if (words[-1:] == [","] or ahead[-1][:1] == "N") and not verbs - {"be"}:
                continue  # a list of things, or a number of hosts
            number = numbers[-1] if numbers and not _PER.search(text) else None
            every = _EVERY.search(text) and " to " not in run["places"]
            every = every or any(token.form[1:] in clause.only for token in tokens)
            span = (tokens[0].start, tokens[-1].end)
            own = sentence.parts if len(sentence.parts) == 1 else sentence.about
            for id in token.parts if token else own:
                copies = _meant(facts, id, words, token)
                if copies and _misplaced(copies, named, number, clause.denied, bool(every)):
                    there = facts.where(id, hosts=bool(named[0] & machines.keys()))
                    yield _wrong(facts, span, id, f"stands in {there}")
                    return


def _misplaced(
    copies: list[frozenset[str]],
    named: list[frozenset[str]],
    number: Token | None,
    denied: bool,
    every: bool,
) -> bool:
    """Whether copies do not stand at places as is said."""
    there = [sum(bool(copy & place) for copy in copies) for place in named]
    together = sum(any(copy & place for place in named) for copy in copies)
    if denied:
        return any(there)
    if not all(there):
        return True
    if number and number.than == "=":
        return number.number not in (together, *there)
    return every and together < len(copies)


def _placed(ahead: list[str], behind: list[str]) -> tuple[str | None, list[str]]:
    """What stands at a place, and the words between.

    It is empty for what the text is about, None for what the clause spoke of before.
    """
    named = [at for at, word in enumerate(ahead) if re.fullmatch(r"[PQ]\d+", word)]
    if named:
        at = named[0] if ahead[named[0]][0] == "P" else named[-1]
        return ahead[at], [*ahead[:at], *ahead[at + 1 :]]
    after = next((at for at, word in enumerate(behind) if re.fullmatch(r"[PQ]\d+", word)), None)
    if (
        after is not None
        and not any(map(is_verb, ahead))
        and not re.search(r"[,:]", " ".join(ahead))
    ):
        return behind[after], behind[:after]
    first = next((word for word in ahead if word not in (*ORDINALS, "other", "^")), "")
    own = first[:1] == "N" or singular(first) in COPIES or first in ("be", "one", "there")
    return ("" if own and ahead[:1] == ["^"] else None), ahead


def _meant(facts: Facts, id: str, words: list[str], token: Token | None) -> list[frozenset[str]]:
    """Where the copies of a part stand of which words speak: all of them, or one."""
    copies = facts.copies(id)
    index = next((ORDINALS[word] for word in words if word in ORDINALS), None)
    if token and token.head == "primary":
        index = 0
    if index is None or index >= len(copies) or len(copies) < (facts.part(id).members or 0):
        return copies
    return [copies[index]]


def per_zone(facts: Facts, sentence: Sentence) -> Finding | None:
    """How many copies of a part stand in each zone."""
    numbers = [token for token in sentence.marked if token.kind == "N" and not token.definite]
    parts, each = sentence.parts or sentence.about, _EACH.search(sentence.text.strip())
    unsure = sentence.conditional or sentence.hypothetical or LOSING & sentence.words
    denied = re.search(r" (?:not|no|without|only) ", sentence.whole)
    if not each or each["some"] or len(parts) != 1 or len(numbers) > 1 or unsure or denied:
        return None
    topology, here = facts.topology, facts.zones(parts[0])
    used = {zone for service in topology.services for zone in facts.zones(service)}
    for zone in sorted(used) if here and not (each["both"] and len(used) != 2) else ():
        there = here.count(zone)
        if not (fits(there, numbers[0]) if numbers else there):
            where = topology.zones[zone].label
            return _wrong(facts, (0, len(sentence.text)), parts[0], f"has {there} in {where}")
    return None
