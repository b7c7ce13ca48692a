"""Kubernetes: how services run there, each with its replicas, spread over zones."""

from __future__ import annotations

import re
from typing import Any

from diagtool.config.comments import comment, replaceable
from diagtool.config.deployment import _yaml
from diagtool.model import PLACEHOLDER, Service, Topology, ports

_CRON = re.compile(r"[\d*/,-]+( [\d*/,-]+){4}|@\w+")


def write(topology: Topology) -> str:
    """A sample of each service that says so: the least that runs."""
    documents: list[Any] = []
    wanted: list[str] = []
    for service in topology.services.values():
        if service.kubernetes:
            documents += _documents(service)
            wanted += PLACEHOLDER.findall(f"{_image(service)} {_schedule(service)}")
    about = [f"{topology.name}: a sample of how its services run in Kubernetes."]
    about += replaceable(f"<{name}>" for name in wanted)
    return comment(about) + _yaml.dump(*documents)


def name_of(service: Service) -> str:
    """The name of a service's objects: lower case, and no underscore."""
    return service.id.lower().replace("_", "-").strip("-")


def label(service: Service) -> dict[str, str]:
    """The label that a service's pods have."""
    return {"app.kubernetes.io/name": name_of(service)}


def _image(service: Service) -> str:
    said = service.kubernetes.image if service.kubernetes else ""
    return said or f"<image of {service.id}>"


def _schedule(service: Service) -> str:
    if not service.job or service.job == "once":
        return ""
    return service.job if _CRON.fullmatch(service.job) else f"<schedule of {service.id}>"


def _documents(service: Service) -> list[Any]:
    metadata = {"name": name_of(service), "labels": label(service)}
    if service.job:
        job = {"template": _pod(service, restartPolicy="OnFailure")}
        if schedule := _schedule(service):
            cron = {"schedule": schedule, "jobTemplate": {"spec": job}}
            return [_object("batch/v1", "CronJob", metadata, cron)]
        return [_object("batch/v1", "Job", metadata, job)]
    spec: dict[str, Any] = {
        "replicas": service.replicas,
        "selector": {"matchLabels": label(service)},
        "template": _pod(service),
    }
    assert service.kubernetes is not None
    if not service.kubernetes.stateful:
        return [_object("apps/v1", "Deployment", metadata, spec), *_budget(service)]
    headless: dict[str, Any] = {"clusterIP": "None", "selector": label(service)}
    if listed := _ports(service, "port"):
        headless["ports"] = listed
    return [
        _object("v1", "Service", metadata, headless),
        _object("apps/v1", "StatefulSet", metadata, {"serviceName": name_of(service), **spec}),
        *_budget(service),
    ]


def _object(version: str, kind: str, metadata: Any, spec: Any) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}


def _pod(service: Service, **more: str) -> dict[str, Any]:
    container: dict[str, Any] = {"name": name_of(service), "image": _image(service)}
    if listed := _ports(service, "containerPort"):
        container["ports"] = listed
    spec: dict[str, Any] = dict(more)
    if service.zones or service.replicas > 1:
        key = "topology.kubernetes.io/zone" if service.zones else "kubernetes.io/hostname"
        spec["topologySpreadConstraints"] = [
            {
                "maxSkew": 1,
                "topologyKey": key,
                "whenUnsatisfiable": "DoNotSchedule" if service.zones else "ScheduleAnyway",
                "labelSelector": {"matchLabels": label(service)},
            }
        ]
    spec["containers"] = [container]
    return {"metadata": {"labels": label(service)}, "spec": spec}


def _ports(service: Service, key: str) -> list[dict[str, Any]]:
    """The ports that are known, by the names of their listeners."""
    listed = []
    for listener in service.listen:
        port = ports.of(service, listener)
        if port.isdigit():
            entry: dict[str, Any] = {"name": listener.name.lower().replace("_", "-")[:15]}
            entry |= {key: int(port), "protocol": listener.transport.value.upper()}
            listed.append(entry if listener.name else {k: entry[k] for k in (key, "protocol")})
    return listed


def _budget(service: Service) -> list[Any]:
    """How few servers may run: as many as carry the load, or decide; else all but one."""
    if service.replicas < 2:
        return []
    least = service.at_least.servers if service.at_least else None
    if least is None and service.cluster and service.cluster.quorum:
        least = service.replicas // 2 + 1
    limit = {"minAvailable": least} if least else {"maxUnavailable": 1}
    spec = {**limit, "selector": {"matchLabels": label(service)}}
    metadata = {"name": name_of(service), "labels": label(service)}
    return [_object("policy/v1", "PodDisruptionBudget", metadata, spec)]
