"""Kubernetes: NetworkPolicies for what runs there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from diagtool.config import addresses
from diagtool.config.addresses import Values
from diagtool.config.comments import comment
from diagtool.config.deployment import _yaml
from diagtool.config.deployment.kubernetes import label, name_of
from diagtool.model import Service, Topology, flows
from diagtool.model.flows import Resolved, Selection


def write(topology: Topology, selection: Selection, values: Values) -> str:
    """A policy for each service in Kubernetes that is reached, empty where none is."""
    chosen = flows.select(topology, selection)
    policies: list[Any] = []
    left_out: list[str] = []
    for service in topology.services.values():
        if not service.kubernetes:
            continue
        reaching = [flow for flow in chosen if flow.reached == service.id]
        if not reaching and not any(service.id in (f.opener, f.reached) for f in chosen):
            continue
        ingress = []
        for flow in reaching:
            opener = topology.part(flow.opener).name
            rule, why = _rule(topology, flow, values)
            if rule:
                ingress.append(rule)
            for reason in why:
                left_out.append(f"  {opener} opens {service.name}: {reason}.")
        policies.append(_policy(service, ingress))
    if not policies:
        return ""
    return comment(_about(topology, selection, left_out)) + _yaml.dump(*policies)


def _about(topology: Topology, selection: Selection, left_out: list[str]) -> Iterator[str]:
    id = selection.host or selection.zone or selection.network
    of = f" ({id} only)" if id else ""
    yield f"{topology.name}: allowed connections in Kubernetes{of}."
    if left_out:
        yield "It is not complete. These connections are missing:"
        yield from dict.fromkeys(left_out)


def _policy(service: Service, ingress: list[Any]) -> dict[str, Any]:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name_of(service)},
        "spec": {
            "podSelector": {"matchLabels": label(service)},
            "policyTypes": ["Ingress"],
            "ingress": ingress,
        },
    }


def _rule(
    topology: Topology, flow: Resolved, values: Values
) -> tuple[dict[str, Any] | None, list[str]]:
    """What a flow allows, and why it does not allow all that it should."""
    if not flow.port.isdigit():
        return None, ["the port is unknown"]
    opener = topology.part(flow.opener)
    sources: list[Any] = []
    why = []
    if isinstance(opener, Service) and opener.kubernetes:
        sources.append({"podSelector": {"matchLabels": label(opener)}})
    else:
        for end in addresses.of_part(topology, opener, values, flow.network):
            if end.version is None:
                why.append(f"{end.address} is not an IP address")
            else:
                block = f"{end.address}/{32 if end.version == 4 else 128}"
                sources.append({"ipBlock": {"cidr": block}})
    if not sources:
        return None, why
    port = {"protocol": flow.transport.upper(), "port": int(flow.port)}
    return {"from": sources, "ports": [port]}, why
