"""What is said of losses: whether it names what there is, and whether promises hold."""

from __future__ import annotations

from diagtool.loading.building import Builder
from diagtool.loading.findings import Findings
from diagtool.model import Topology


def check_losses(findings: Findings, built: Builder, topology: Topology) -> None:
    """Reports losses and parts that promises name and nobody defines, and too many servers."""
    for id, place in built.at_least.items():
        service = topology.services[id]
        needed = service.at_least.servers if service.at_least else 0
        if needed > service.replicas:
            message = f"'{id}' has {service.replicas} servers, but needs {needed} to carry the load"
            findings.report("too-few-servers", place, message)
    if not built.promises:
        return
    from diagtool.model.failures import ANY, LossError, alternatives

    for lost, still in built.promises:
        for second in [loss for loss in lost if loss.value.endswith(f":{ANY}")][1:]:
            message = "a promise can contain 'zone:*', 'host:*' or 'network:*' only once"
            findings.report("bad-promise", second.place, message)
        for part in still:
            if part.value not in {each.id for each in topology.parts}:
                findings.unknown_part(
                    part.place,
                    f"component or service '{part.value}'",
                    part.value,
                    topology.parts,
                )
        for loss in lost:
            try:
                alternatives(topology, loss.value)
            except LossError as error:
                what = f"part, zone, host, network or path '{loss.value}'"
                findings.unknown(loss.place, what, loss.value, error.known)


def check_promises(findings: Findings, built: Builder, topology: Topology) -> None:
    """Reports promises that do not hold, each part that breaks one at its place."""
    if not topology.promises:
        return
    from diagtool.model import failure_report
    from diagtool.model.failures import State, breaks, promised

    for promise, (_, still) in zip(topology.promises, built.promises, strict=True):
        for failure in promised(topology, promise):
            broken = breaks(failure, promise)
            for part in (part for part in still if part.value in broken):
                name = topology.part(part.value).name
                stops = failure.state(part.value) is State.STOPPED
                does = f"{name} stops" if stops else f"what {name} does is not stated"
                chain = " ".join(failure_report.steps(topology, failure, part.value))
                without = failure_report.without(topology, failure)
                message = f"without {without}, {does}: {chain}"
                findings.report("broken-promise", part.place, message)
