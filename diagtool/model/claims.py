"""What a topology claims of the system that runs, each claim with an id that a test can name.

These are the facts that a run can prove or refute: what is needed, who opens connections, who
listens where, which options are set, and what is left after a loss. How something is drawn or
called is none of them.

What a test run found is evidence for a topology as it was then, with the release that was run. Of
any other it proves nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from diagtool.model import facts, failure_report, failures, flows, ports, wording
from diagtool.model.evidence import Evidence, Result, Tested
from diagtool.model.failures import Loss, State
from diagtool.model.topology import Topology

KINDS: Mapping[str, str] = {
    "need:SERVICE:PART": "The service needs the part.",
    "opens:PART:OTHER": "Connections between the two are opened by the first.",
    "listens:PART:PORT": "The part listens at the port.",
    "option:SERVICE:SECTION:NAME": "The service works with the option as its sample file sets it.",
    "loss:LOST:SERVICE": "What the service does when something is lost: a cell of the table of "
    "losses, unless it is not stated. ``LOST`` is what ``--without`` takes.",
}
"""The ids of claims, and what they say."""

_DOES = {State.WORKS: "works", State.DEGRADED: "is degraded", State.STOPPED: "stops"}


def claims(topology: Topology) -> Mapping[str, str]:
    """Every claim by its id, in words."""
    made: dict[str, str] = {}
    for service in topology.services.values():
        for part in topology.needs(service.id):
            made[need(service.id, part.id)] = f"{service.name} needs {part.name}"
    for flow in flows.flows(topology):
        opener, other = topology.part(flow.opener), topology.part(flow.reached)
        text = f"{opener.name} opens the connections to {other.name}"
        made[opens(opener.id, other.id)] = text
    for part in topology.parts:
        for listener in part.listen:
            if port := ports.of(part, listener):
                made[f"listens:{part.id}:{port}"] = f"{part.name} listens at port {port}"
    for service in topology.services.values():
        for _, option in topology.settings(service.id):
            text = f"{service.name} works with [{option.section}] {option.name} as in its file"
            made[f"option:{service.id}:{option.section}:{option.name}"] = text
    if failures.are_stated(topology):
        for failure in failures.singly(topology):
            for service in topology.services.values():
                state = failure.state(service.id)
                if state is not State.NOT_STATED:
                    lost = failure_report.loss(topology, failure.losses[0])
                    text = f"without {lost}, {service.name} {_DOES[state]}"
                    made[loss(failure.losses[0], service.id)] = text
    return made


def need(service: str, part: str) -> str:
    """The id of the claim that a service needs a part."""
    return f"need:{service}:{part}"


def opens(part: str, other: str) -> str:
    """The id of the claim that connections between two parts are opened by the first."""
    return f"opens:{part}:{other}"


def loss(lost: Loss, service: str) -> str:
    """The id of the claim of what a service does when something is lost."""
    return f"loss:{lost}:{service}"


def evidence(topology: Topology) -> Evidence | None:
    """The evidence that there is for a topology, None where it is of another state or release."""
    found, newest = topology.evidence, topology.catalogues[-1] if topology.catalogues else None
    if found is None or found.digest != facts.digest(topology):
        return None
    if newest and found.release != f"{newest.product} {newest.release}":
        return None
    return found


def counted(evidence: Evidence) -> str:
    """How many claims came to which result, as the end of a sentence."""
    counts = Counter(tested.result for tested in evidence.claims.values())
    told = [
        f"{count} {'is' if count == 1 else 'are'} {result.value}"
        for result in Result
        if (count := counts[result])
    ]
    return wording.join(told)


def proved(topology: Topology) -> Mapping[str, Tested]:
    """The claims that are proved, as the topology and the release are today."""
    found = evidence(topology)
    return {
        claim: tested
        for claim, tested in (found.claims.items() if found else ())
        if tested.result is Result.PROVED
    }
