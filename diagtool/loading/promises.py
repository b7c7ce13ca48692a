"""What is said of losses: whether it names what there is, and whether promises hold."""

from __future__ import annotations

from diagtool.loading.building import Builder
from diagtool.loading.findings import Findings
from diagtool.model import Topology


def check_losses(findings: Findings, built: Builder, topology: Topology) -> None:
    """Reports losses and parts that promises name and nobody defines, and too many servers."""
    for id, place in built.at_least.items():
        service = topology.services[id]
        if service.at_least is not None and service.at_least > service.replicas:
            message = f"'{id}' has {service.replicas} servers, and {service.at_least} are to carry "
            findings.report("too-few-servers", place, f"{message}the load")
    if not built.promises:
        return
    from diagtool.model.failures import LossError, parse

    for lost, still in built.promises:
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
                parse(topology, loss.value)
            except LossError as error:
                what = f"part, zone, host, network or path '{loss.value}'"
                findings.unknown(loss.place, what, loss.value, error.known)


def check_promises(findings: Findings, built: Builder, topology: Topology) -> None:
    """Reports promises that do not hold, each part that breaks one at its place."""
    if not topology.promises:
        return
    from diagtool.model import failure_report
    from diagtool.model.failures import State, breaks

    for promise, (_, still) in zip(topology.promises, built.promises, strict=True):
        failure, broken = breaks(topology, promise)
        for part in still:
            if part.value not in broken:
                continue
            name = topology.part(part.value).name
            stops = failure.state(part.value) is State.STOPPED
            chain = " ".join(failure_report.steps(topology, failure, part.value))
            message = f"{name} {'stops' if stops else 'may stop, for it is not stated'}: {chain}"
            findings.report("broken-promise", part.place, message)
