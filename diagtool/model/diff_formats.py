"""The differences of two topologies, put out as text for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from diagtool.files.printable import printable_json
from diagtool.model import NOWHERE, Component, Place, Service, Topology, facts, wording
from diagtool.model.diagram import views
from diagtool.model.diff_sentences import APART, Change
from diagtool.model.facts import Fact, FactKind
from diagtool.model.markdown import Markdown

VERSION = 1
"""The version of the JSON form; a change that breaks its readers raises it."""


def as_text(changes: Sequence[Change], old: Topology, new: Topology) -> str:
    """For people: each change in words, with its places and what is said on it."""
    lines = []
    for change in changes:
        lines.append(f"{change.mark.value[0]} {change.words}")
        lines += [f"    {text}" for text in change.also]
        for place in (change.old, change.new):
            if place is not NOWHERE:
                sign = "−" if place is change.old else "+"
                lines.append(f"    {sign} {place}")
        for reason in change.reasons:
            topology = new if new.base == old else old
            lines.append(f"    {wording.plain(topology, reason.text)}")
            lines.append(f"    source: {wording.plain(topology, reason.source)}")
    return "".join(f"{line}\n" for line in lines)


def as_json(changes: Sequence[Change], old: Topology, new: Topology) -> str:
    """For programs: the names of both topologies, and each change with its facts."""
    explaining = new if new.base == old else old
    content = {
        "version": VERSION,
        "old": old.name,
        "new": new.name,
        "differences": [
            {
                "kind": change.mark.name.lower(),
                "about": change.about,
                "what": change.what,
                "words": change.words,
                "also": list(change.also),
                "old": _placed(change.old),
                "new": _placed(change.new),
                "facts": {
                    "removed": [_fact(fact) for fact in stated.old],
                    "added": [_fact(fact) for fact in stated.new],
                },
                "reasons": [
                    {
                        "text": wording.plain(explaining, reason.text),
                        "source": wording.plain(explaining, reason.source),
                    }
                    for reason in change.reasons
                ],
            }
            for change, stated in zip(changes, by_change(changes, old, new), strict=True)
        ],
    }
    return printable_json(json.dumps(content, indent=2, ensure_ascii=False)) + "\n"


MARKER = Markdown("<!-- diagtool diff -->")
"""What a comment starts with, by which a bot finds the one that it wrote before."""

LONGEST = 60_000
"""How many characters a comment has at most: forges take 65,536 and cut, or refuse, the rest."""


def as_markdown(
    changes: Sequence[Change],
    old: Topology,
    new: Topology,
    between: tuple[str, str],
    picture: str,
) -> str:
    """For a pull request: each change in words, and the ``picture``, which is Mermaid's source.

    ``between`` are what both are called. What would make it too long for a comment is left out,
    and it says so.
    """
    count = "1 difference" if len(changes) == 1 else f"{len(changes) or 'no'} differences"
    first, second = map(Markdown.code, between)
    title = Markdown("**{}: {}** from {} to {}").format(new.name, count, first, second)
    topology = new if new.base == old else old
    told: list[Markdown] = []
    room = LONGEST - len(title) - 1000
    for change in changes:
        entry = _told(change, topology)
        room -= len(entry) + 1
        if room < 0:
            left = Markdown("- {} more: a comment has no room for them.")
            told.append(left.format(len(changes) - len(told)))
            break
        told.append(entry)
    blocks = [MARKER, title, Markdown("\n").join(told)]
    drawn = Markdown.block("mermaid", picture)
    if picture and len(drawn) <= room:
        blocks.append(drawn)
    elif picture:
        blocks.append(Markdown("The picture is too large for a comment."))
    return Markdown("\n\n").join(block for block in blocks if block) + Markdown("\n")


def _told(change: Change, topology: Topology) -> Markdown:
    """A change as an item of a list."""
    place = Markdown(" ({})").format(Markdown.code(str(change.place)))
    item = Markdown("- **{}:** {}{}").format(
        change.mark.name.lower(), change.words, Markdown() if change.place is NOWHERE else place
    )
    lines = [item, *(Markdown("  - {}").format(text) for text in change.also)]
    for reason in change.reasons:
        text, source = (wording.plain(topology, said) for said in (reason.text, reason.source))
        lines.append(Markdown("  - {} (source: {})").format(text, source))
    return Markdown("\n").join(lines)


def _placed(place: Place) -> dict[str, object] | None:
    if place is NOWHERE:
        return None
    return {"path": place.path, "line": place.line, "column": place.column}


def _fact(fact: Fact) -> dict[str, object]:
    return {"kind": fact.kind.name.lower(), "about": fact.about, "terms": list(fact.terms)}


@dataclass(frozen=True, slots=True)
class Stated:
    """The facts that only the one and only the other of two topologies states."""

    old: tuple[Fact, ...] = ()
    new: tuple[Fact, ...] = ()


def by_change(changes: Sequence[Change], old: Topology, new: Topology) -> tuple[Stated, ...]:
    """For each change the facts that come and go with it; each fact is with one change."""
    shared: list[tuple[list[Fact], list[Fact]]] = [([], []) for _ in changes]
    was, now = facts.state(old), facts.state(new)
    for side, topology, stated, other in ((0, old, was, now), (1, new, now, was)):
        ids = _ids(topology)
        for fact in stated:
            if fact not in other:
                best = max(range(len(changes)), key=lambda n: _bearing(changes[n], fact, ids))
                shared[best][side].append(fact)
    return tuple(Stated(tuple(gone), tuple(come)) for gone, come in shared)


def _ids(topology: Topology) -> Mapping[str, str]:
    """The ids of parts by all that facts call them."""
    ids: dict[str, str] = {}
    for view in views(topology):
        ids |= {facts.flat(node.label): node.part for node in view.nodes}
        ids |= {facts.flat(g.label): g.part for g in view.all_groups if g.part}
    ids |= {copy.label: part.id for part in topology.parts for copy in part.instances}
    return ids | {part.name: part.id for part in topology.parts}


_WHOLE = {"", *(field.name for kind in (Component, Service) for field in fields(kind))} - {*APART}
"""What of a part changes what is said of it as a whole."""


def _bearing(change: Change, fact: Fact, ids: Mapping[str, str]) -> int:
    """How much a fact is to do with a change."""
    if fact.kind in (FactKind.OPTION, FactKind.ALTERNATIVE, FactKind.PLACEHOLDER):
        return 2 * (fact.about == change.about) + (change.what in fact.terms)
    if fact.kind is FactKind.CONFIG:  # a component may ask for it, or be needed
        return 2 * (fact.about == change.about) + 4 * (change.what == fact.terms[1])
    if fact.kind is FactKind.WARNING:
        told = change.what in ("notes", "text") or bool(change.also)
        return 2 * (fact.about == change.about) + told
    if fact.kind is FactKind.BOX and ids.get(fact.terms[0]) == "":  # explains optional lines
        return int("need" in change.words)
    parts = {ids.get(term) for term in fact.terms} | {fact.about}
    both = {change.about, change.what} <= parts
    return (
        8 * both
        + 4 * (change.what in _WHOLE and change.about in parts)
        + 2 * (change.about in parts)
        + (change.what in parts)
    )
