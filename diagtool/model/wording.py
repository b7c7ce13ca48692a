"""What a diagram and a list say, in English sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from diagtool.model import (
    Component,
    Inline,
    Link,
    Literal,
    Part,
    Plain,
    Reference,
    Service,
    Text,
    Topology,
    address_of,
    attributes_of,
    ports,
    zones_of,
)
from diagtool.model.diagram import Arrow, Diagram

if TYPE_CHECKING:
    from diagtool.model.failures import Tolerance


def join(words: Sequence[str]) -> str:
    """Words as a list in a sentence: ``a``, ``a and b``, ``a, b and c``."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def resolve(topology: Topology, reference: Reference) -> str:
    """What a reference in a text stands for. Raises KeyError for an unknown id."""
    part = topology.part(reference.id)
    match reference.attribute:
        case "name":
            return part.name
        case "label":
            return part.label if isinstance(part, Component) else part.servers
        case "needs":
            return join([needed.name for needed in topology.needs(part.id)])
        case "replicas" if isinstance(part, Service):
            return str(part.replicas)
        case "servers" if isinstance(part, Service):
            return part.servers
        case "members":
            return str(part.members)
        case "quorum":
            return str((part.members or 0) // 2 + 1)
        case "mode" if part.cluster and part.cluster.mode:
            return part.cluster.mode.value
        case "address":
            return address_of(part)
        case "port" if len(part.listen) == 1:
            return ports.of(part, part.listen[0]) or ports.UNKNOWN
        case "tolerates":
            from diagtool.model.failures import of_own_copies  # late: few texts say so

            tolerance = of_own_copies(part)
            assert tolerance, "only a part with several copies has this attribute"
            return tolerated(topology, tolerance)
        case "hosts":
            return join(list(dict.fromkeys(placed.host for placed in part.placements)))
        case "zones":
            return join([topology.zones[zone].label for zone in zones_of(part)])
        case attribute:
            kind, _, name = attribute.partition(".")
            if kind == "ports":
                listener = next(each for each in part.listen if each.name == name)
                return ports.of(part, listener) or ports.UNKNOWN
            return name


def values(topology: Topology) -> dict[str, str]:
    """What roles can say, in words: names by the ids of parts, values by ``id.attribute``.

    Of an option of a service, by ``id.options.name``, it is the name.
    """
    said: dict[str, str] = {}
    for part in topology.parts:
        said[part.id] = part.name
        for attribute in attributes_of(part):
            reference = Reference(part.id, attribute)
            said[f"{part.id}.{attribute}"] = resolve(topology, reference)
        if isinstance(part, Service):
            for option in part.options:
                said[f"{part.id}.options.{option.name}"] = option.name
    return said


def copies(part: Part) -> str:
    """What the copies of a part are called: servers of a service, members of anything else."""
    return "servers" if isinstance(part, Service) else "members"


def tolerated(topology: Topology, tolerance: Tolerance) -> str:
    """How many of something may fail, in a few words: ``2 of 3 members may fail``."""
    what = f"{tolerance.kind.value}s"
    if tolerance.part:
        what = copies(topology.part(tolerance.part))
    if tolerance.stands is None:
        return f"how many of {tolerance.total} {what} may fail is not stated"
    least = "" if tolerance.exact else "at least "
    count = "none" if tolerance.stands == 0 else f"{least}{tolerance.stands}"
    return f"{count} of {tolerance.total} {what} may fail"


def plain(topology: Topology, text: Text) -> str:
    """A text of the topology without any markup."""

    def shown(inline: Inline) -> str:
        match inline:
            case Plain(words) | Literal(words):
                return words
            case Link(words, url):
                return f"{words} ({url})"
            case Reference():
                return resolve(topology, inline)

    return "".join(shown(inline) for inline in text)


def describe(diagram: Diagram) -> str:
    """What a diagram shows, for those who cannot see it: its groups, then its arrows."""
    labels = {node.id: _flat(node.label) for node in diagram.nodes}
    sentences = []
    servers: dict[str, tuple[list[str], str]] = {}
    for group in diagram.all_groups:
        inner = [labels[id] for id in group.nodes] + [_flat(child.label) for child in group.groups]
        sentences.append(f"{_flat(group.label)}: {join(inner)}.")
        if group.part is not None:
            servers.setdefault(group.part, ([], _flat(group.label)))[0].extend(group.nodes)
    together = {frozenset(ids): f"each of the {label}" for ids, label in servers.values()}

    def ends(ids: list[str]) -> str:
        if len(ids) == 1:
            return labels[ids[0]]
        return together.get(frozenset(ids)) or f"each of {join([labels[id] for id in ids])}"

    for run in diagram.runs:
        tails = ends(list(dict.fromkeys(edge.tail for edge in run)))
        heads = ends(list(dict.fromkeys(edge.head for edge in run)))
        if run[0].is_loop:
            heads = "itself"
        sentences.append(_sentence(run[0].arrow, _flat(run[0].label), tails, heads))
    sentences += [
        f"{labels[node.id]} stands for {join([_flat(inner.label) for inner in node.folded])}."
        for node in diagram.nodes
        if node.folded
    ]
    for words in dict.fromkeys(node.sign for node in diagram.nodes if node.sign):
        signed = [labels[node.id] for node in diagram.nodes if node.sign == words]
        sentences.append(f"{join(signed)}: {words}.")
    return " ".join(sentences)


def _flat(label: str) -> str:
    return " ".join(label.split())


def _sentence(arrow: Arrow, label: str, tail: str, head: str) -> str:
    about = f" ({label})" if label else ""
    match arrow:
        case Arrow.BOTH:
            return f"Arrows lead both ways between {tail} and {head}{about}."
        case Arrow.NONE:
            return f"A line joins {tail} and {head}{about}."
        case Arrow.FORWARD:
            return f"An arrow leads from {tail} to {head}{about}."
        case _:
            return f"An arrow leads from {head} to {tail}{about}."
