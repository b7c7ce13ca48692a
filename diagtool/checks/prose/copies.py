"""Copies of a part: how many there are, how many are enough, what they do, where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from diagtool.checks.prose import vocabulary
from diagtool.checks.prose.clauses import Sentence, is_verb
from diagtool.checks.prose.facts import Facts, fits, plural, shown
from diagtool.checks.prose.names import folded, singular
from diagtool.checks.prose.patterns import Claim
from diagtool.checks.prose.text import Finding
from diagtool.checks.prose.tokens import Token
from diagtool.checks.prose.vocabulary import STANDING, TEXT
from diagtool.model import Mode, Paragraph, Part, Service, Warning, failures, wording

_PLACES = re.compile(
    r"(?P<ahead>.*?)(?<! without)(?<! except) "
    r"(?P<places>Z\d+(?: (?:, |\+and |\+or |to |through )*Z\d+)*)(?= )"
)
"""Places that a clause names together, with what stands before them."""
_PASSED = {*vocabulary.ORDINALS, *["other", "^", "of", "you", "we", "find"]}


def _size(facts: Facts, id: str) -> str:
    unit = "server" if id in facts.topology.services else "member"
    return plural(facts.part(id).members or 0, unit)


def count(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """A number of servers of a service, or of members of a component."""
    number = said.tokens["n"]
    subject = said.tokens.get("s") or Token("P", "", 0, 0, sentence.about, implied=True)
    # 'both X and Y', 'both shares'
    several = number.definite and (subject.members or not (subject.plural or subject.head))
    zoned = TEXT["each_zone"].search(sentence.text)
    supposed = subject.implied and sentence.whole.startswith(" +if ")
    supposed |= bool(vocabulary.CHOSEN & sentence.words)
    supposed |= number.number == 1 and " singly " in sentence.whole
    judged = subject.parts and not (said.denied or zoned or several or supposed)
    for id in subject.parts if judged and _is_total(facts, sentence, said, subject) else ():
        actual, carrying = facts.part(id).members or 0, failures.carrying(facts.part(id))
        needed = vocabulary.ENOUGH & sentence.words and carrying and number.number <= actual
        some = number.number > 1 or (number.exact and not subject.members)
        if actual and some and not needed and not fits(actual, number):
            message = f"has {_size(facts, id)}, not {shown(number)}"
            return facts.wrong_count(id, said.span, message)
    return None


def single(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """That a part runs once and no more, or does not."""
    for id in said.subjects if not {"can", "may", "possible", "option"} & sentence.words else ():
        if (size := facts.part(id).members) and (size == 1) == said.denied:
            return facts.wrong_count(id, said.span, f"has {_size(facts, id)}")
    return None


def services(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """How many services or components the system has."""
    topology = facts.topology
    system = said.tokens["of"].text if "of" in said.tokens else "system"
    own = system in vocabulary.SYSTEM or folded(topology.name).startswith(folded(system))
    own &= " +which " not in sentence.whole
    known = [len(topology.services), len(topology.components)]
    counts = known[:1] if "service" in said.tokens["what"].text else [*known, sum(known)]
    if not own or any(fits(count, said.tokens["n"]) for count in counts) != said.denied:
        return None
    has = wording.join([plural(known[0], "service"), plural(known[1], "component")])
    return Finding("prose-count", said.span, f"{topology.name} has {has}")


def _is_total(facts: Facts, sentence: Sentence, said: Claim, subject: Token) -> bool:
    """Whether a number is that of all, not of some of which a sentence speaks."""
    number, counted = said.tokens["n"], "counted" in said.tokens
    zoned = any(token.kind == "Z" for token in sentence.marked)
    ahead = sentence.whole.partition(f" {number.form} ")[0].split()
    before = [",", *(word for word in ahead if word not in ("not", "only"))][-1]
    opens = before.removesuffix("~s") in vocabulary.EXISTING or before.startswith("+")
    bare = subject.short and not (subject.head or counted or (opens and before[0] != "+"))
    one = number.text.casefold().startswith("a single")  # 'the details of a single build'
    if (one or (bare and facts.names.prefix)) and number.start < subject.start:
        return False  # 'creates three volumes'
    if f" {subject.form} +which " in sentence.whole:
        return False  # 'the two workers that wait'
    if number.number > min(facts.part(id).members or 0 for id in subject.parts):
        return True
    partial = set(vocabulary.PARTIAL)
    partial |= vocabulary.UP if number.than != "=" or "must" in sentence.words else set()
    if zoned or partial & sentence.words or "some" in said.tokens:
        return False
    return number.definite or counted or opens or number.than != "="


def least(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """How many of a part may be lost, are a majority, or carry the load."""
    number, spare, voting = said.tokens["n"], said.kind == "tolerance", said.kind == "quorum"
    lost = voting and said.words & vocabulary.LOSING
    is_so = "may" in said.tokens and not {"may", "can"} & sentence.words
    other = lost or is_so or (number.text.casefold() == "both" and not said.subjects)
    for id in said.subjects or sentence.parts[:1] or sentence.about if not other else ():
        part = facts.part(id)
        size, wanted = part.members or 0, failures.carrying(part)
        known = wanted or spare or (voting and part.cluster)
        named, enough = size - number.number if spare else number.number, wanted or 1
        asked = {"must", "need", "needed"} & sentence.words or "need" in said.tokens
        votes = part.cluster and part.cluster.quorum and "majority" in said.tokens and named < size
        wrong = named < enough or ((votes or (wanted and asked and not spare)) and named > enough)
        # 'a majority of the three' is not three.
        most = size - (number.definite and "majority" in sentence.words)
        if known and wrong and not said.denied and number.number <= most:
            return facts.wrong_count(id, said.span, f"needs {enough} of its {_size(facts, id)}")
    return None


def modes(facts: Facts, sentence: Sentence) -> Finding | None:
    """What the copies of a part do at the same time."""
    # A part may be called 'master', and one of them be 'a single master'.
    text = facts.names.pattern.sub(lambda m: TEXT["role"].sub("part", m[0]), sentence.text)
    text = TEXT["unsure"].sub("", " ".join(text.split()))
    waits = TEXT["waiting"].search(text) is not None
    sure = waits != (TEXT["active"].search(text) is not None)
    for id in sentence.parts[:1] or sentence.about if sure else ():
        part = facts.part(id)
        does = _mode(facts, part)
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
                if TEXT["waiting"].search(note) and block in part.notes:
                    return Mode.ACTIVE_PASSIVE
                if TEXT["active"].search(note) and not re.search(r"\bnot\b|except", note):
                    return Mode.ACTIVE_ACTIVE
    return None


def places(facts: Facts, sentence: Sentence) -> Iterator[Finding]:
    """In which zones or on which hosts a part, some or one of its copies stand."""
    own = sentence.parts if len(sentence.parts) == 1 else sentence.about
    for clause in sentence.clauses:
        about: Token | None = None
        for run in _PLACES.finditer(clause.form) if not clause.conditional else ():
            tokens = [sentence.tokens[int(at)] for at in re.findall(r"Z(\d+)", run["places"])]
            ahead, behind = run["ahead"].split(), clause.form[run.end() :].split()
            subject, words = _placed(ahead, behind)
            verbs = {w.partition("~")[0] for w in words if is_verb(w) or "~" in w}
            denied, near = clause.denied, re.fullmatch(r"[PQ]\d+ (on|in|at)", " ".join(ahead[-2:]))
            if near and verbs - STANDING and not {"add", "new", "another"} & sentence.words:
                # 'upgrade the worker on db1'
                subject, words, verbs, denied = ahead[-2], ahead[-1:], set(), False
            if subject is not None:
                implied = Token("P", "", 0, 0, own, implied=True)
                about = sentence.tokens[int(subject[1:])] if subject else implied
            text = sentence.text[: tokens[0].start]
            if about is None or verbs - STANDING or TEXT["of_others"].search(text):
                continue
            if re.match(",|N|of$", ahead[-1]) and not verbs - {"be"}:
                about = None if about.implied else about  # a list of things, or a number of hosts
                continue
            counting = re.findall(r"(?<!\bof )(?<!\bport )(?<!N\d )\bN(\d+)", " ".join(words))
            numbers = [sentence.tokens[int(at)] for at in counting]
            # 'the two oven machines' is how many machines there are.
            numbers = [n for n in numbers if not (n.definite and n.form == ahead[-1])]
            ranged = re.search("to|through", run["places"]) or vocabulary.ORDINALS.keys() & {*words}
            number = numbers[-1] if numbers and not (ranged or TEXT["each"].search(text)) else None
            every = TEXT["all"].search(text) or any(
                token.form[1:] in clause.only for token in tokens
            )
            every = bool(every) and not (ranged or number)
            named = [facts.names.place(token.text) for token in tokens]
            for id in about.parts:
                copies = _meant(facts, id, words, about)
                there = facts.where(id, hosts=bool(named[0] & facts.topology.hosts.keys()))
                if there and _misplaced(copies, named, number, denied, every=every):
                    span = (tokens[0].start, tokens[-1].end)
                    yield facts.wrong_count(id, span, f"stands in {there}")
                    return


def _misplaced(
    copies: list[frozenset[str]],
    named: list[frozenset[str]],
    number: Token | None,
    denied: bool,
    *,
    every: bool,
) -> bool:
    """Whether copies, or ``every`` one of them, do not stand at places as is said."""
    there = [sum(bool(copy & place) for copy in copies) for place in named]
    together = sum(any(copy & place for place in named) for copy in copies)
    if denied:
        return any(there)
    if not all(there):
        return True
    if number and number.than == "=":
        return number.number not in (together, *there)
    return every and together < len(copies)


def inside(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """In which zones hosts stand."""
    topology, number = facts.topology, said.tokens.get("n")
    hosts, zones = (
        [facts.names.place(sentence.tokens[int(at)].text) for at in re.findall(r"\d+", form)]
        for form in (said.tokens[name].form or said.tokens[name].text for name in "hz")
    )
    known = [h for h in topology.hosts.values() if h.zone and any(h.id in ids for ids in hosts)]
    copies = [frozenset({host.id, host.zone or ""}) for host in known]
    sure = copies and frozenset().union(*zones) <= topology.zones.keys()
    if sure and _misplaced(copies, zones, number, said.denied, every=not number):
        stand = [f"{host.label} in {topology.zones[host.zone or ''].label}" for host in known]
        return Finding("prose-count", said.span, wording.join(stand), "", known[0].place)
    return None


def _placed(ahead: list[str], behind: list[str]) -> tuple[str | None, list[str]]:
    """What stands at a place, and the words between.

    It is empty for what the text is about, None for what the clause spoke of before.
    """
    named = [at for at, word in enumerate(ahead) if re.fullmatch(r"[PQ]\d+", word)]
    if named:
        at = named[0] if ahead[named[0]][0] == "P" else named[-1]
        return ahead[at], [*ahead[:at], *ahead[at + 1 :]]
    after = next((at for at, word in enumerate(behind) if re.fullmatch(r"[PQ]\d+", word)), None)
    if after is not None and not any(is_verb(word) or word in (",", ":") for word in ahead):
        return behind[after], behind[:after]
    first = next((word for word in ahead if word not in _PASSED), "")
    own = first[:1] == "N" or singular(first) in {*vocabulary.COPIES, "be", "have", "one", "there"}
    return ("" if own and ahead[:1] == ["^"] else None), ahead


def _meant(facts: Facts, id: str, words: list[str], token: Token) -> list[frozenset[str]]:
    """Where the copies of a part stand of which words speak: all of them, or one."""
    copies = facts.copies(id)
    index = next((vocabulary.ORDINALS[word] for word in words if word in vocabulary.ORDINALS), None)
    return copies if index is None else copies[index:][:1] or copies
