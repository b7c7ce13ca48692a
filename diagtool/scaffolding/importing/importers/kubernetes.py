"""Each Deployment, StatefulSet, DaemonSet, Pod, Job and CronJob becomes a service, or a component
if its image is a known database, queue, cache or load balancer. An Ingress stands in front of
what its rules lead to; variables that name a Service are connections. Replicas, ports and images
are taken over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from diagtool.checks import data
from diagtool.checks.readers import File, ReadError
from diagtool.loading.schema import LISTENER_NAME
from diagtool.loading.yaml_file import Node
from diagtool.scaffolding.importing import software
from diagtool.scaffolding.importing.draft import Draft, Kind, Listener, Part, cleaned

WHAT = "manifests of Kubernetes"

_WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Pod", "Job", "CronJob")

_TAKEN = {"name", "image", "ports", "env", "replicas", "selector", "template", "serviceName"}


class _Workload(NamedTuple):
    """Something that runs pods: its part, what pods are made of, and their labels."""

    part: Part
    containers: list[Node]
    labels: dict[str, str]


def fits(file: File) -> bool:
    if not file.path.lower().endswith((".yaml", ".yml", ".json")):
        return False
    try:
        roots = data.documents(file)
    except ReadError:
        return re.search(r"^apiVersion:", file.text(), re.MULTILINE) is not None
    return any(data.text(root, "apiVersion") and data.text(root, "kind") for root in roots)


def take(file: File, draft: Draft) -> None:
    by_kind: dict[str, list[Node]] = {}
    for root in data.documents(file):
        for each in _objects(root):
            by_kind.setdefault(data.text(each, "kind"), []).append(each)
    workloads = [_workload(draft, k, x) for k in _WORKLOADS for x in by_kind.pop(k, ())]
    parts: dict[str, Part] = {}
    for each in by_kind.pop("Service", ()):
        _service(draft, each, parts, workloads)
    for part, containers, _ in workloads:
        variables = [
            (cleaned(data.text(each, "name"), 60), data.text(each, "value"), each.place)
            for container in containers
            for each in data.items(container, "env")
        ]
        for name, value, place in variables:
            software.join_named(draft, part, name, value, parts, place)
        software.remark_others(draft, part, ((n, v) for n, v, _ in variables), parts, part.place)
    for each in by_kind.pop("Ingress", ()):
        _ingress(draft, each, parts)
    for kind, left in by_kind.items():
        for each in left:
            name = cleaned(f"{kind or 'object'} {data.text(each, 'metadata', 'name')}", 100)
            draft.remark(each.place, f"the {name}")


def _objects(root: Node) -> Iterator[Node]:
    """An object, or those of a list."""
    if data.text(root, "kind").endswith("List") and data.items(root, "items"):
        yield from data.items(root, "items")
    else:
        yield root


def _workload(draft: Draft, kind: str, each: Node) -> _Workload:
    name = data.text(each, "metadata", "name") or kind.lower()
    part = draft.part(name, each.place, name)
    spec = data.get(each, "spec")
    if kind == "CronJob":
        spec = data.get(spec, "jobTemplate", "spec")
    pod = each if kind == "Pod" else data.get(spec, "template")
    containers = data.items(pod, "spec", "containers")
    draft.count(part, data.number(spec, "replicas"), each.place)
    software.make(part, data.text(containers[0], "image") if containers else "")
    if part.kind is Kind.SERVICE:
        part.object = kind if kind == "StatefulSet" else ""
        if kind in ("Job", "CronJob"):
            part.job = cleaned(data.text(each, "spec", "schedule")) or "once"
    if kind == "DaemonSet":
        draft.remark(each.place, "that one of it runs on every node", part)
    left = {k.value for k, _ in data.entries(pod, "spec")} - {"containers"}
    left |= {k.value for c in containers[:1] for k, _ in data.entries(c)} - _TAKEN
    left |= {k.value for k, _ in data.entries(spec)} - _TAKEN if kind != "Pod" else set()
    if left:
        draft.remark(each.place, f"{', '.join(map(cleaned, sorted(left)))} of {part.name}", part)
    for other in containers[1:]:
        draft.remark(other.place, f"the container '{cleaned(data.text(other, 'name'), 60)}'", part)
    for port in (port for container in containers for port in data.items(container, "ports")):
        _listen(part, port)
    return _Workload(part, containers, data.texts(pod, "metadata", "labels"))


def _listen(part: Part, port: Node) -> None:
    number, name = data.port(data.text(port, "containerPort")), data.text(port, "name")
    if number and number not in [each.port for each in part.listen]:
        transport = "udp" if data.text(port, "protocol") == "UDP" else ""
        fits = re.match(LISTENER_NAME.pattern, name)
        part.listen.append(Listener(number, name if fits else "", transport))


def _service(draft: Draft, each: Node, parts: dict[str, Part], workloads: list[_Workload]) -> None:
    """A Service: another name for what it selects, or something that others run."""
    name = data.text(each, "metadata", "name")
    selector = data.texts(each, "spec", "selector")
    chosen = (w.part for w in workloads if selector and selector.items() <= w.labels.items())
    if part := next(chosen, None):
        parts[name] = part
        for port in data.items(each, "spec", "ports"):
            number, target = data.text(port, "port"), data.text(port, "targetPort")
            named = [each.port for each in part.listen if each.name == target]
            if target not in ("", number) and number not in named:
                message = f"the port {cleaned(number)} of the Service {cleaned(name, 60)}"
                draft.remark(port.place, message, part)
        if (kind := data.text(each, "spec", "type")) not in ("", "ClusterIP"):
            draft.remark(each.place, f"that the Service {cleaned(name, 60)} is a {kind}", part)
    elif data.text(each, "spec", "type") == "ExternalName":
        parts[name] = draft.part(name, each.place, name, Kind.COMPONENT)
        parts[name].outside = True
    else:
        draft.remark(each.place, f"the Service {cleaned(name, 60)}, which selects nothing here")


def _ingress(draft: Draft, each: Node, parts: dict[str, Part]) -> None:
    name = data.text(each, "metadata", "name")
    name = f"{name} ingress".strip() if not name or draft.find(name) else name
    part = draft.part(name, each.place, kind=Kind.COMPONENT)
    part.front = True
    backends = [data.get(each, "spec", "defaultBackend")]
    for rule in data.items(each, "spec", "rules"):
        backends += [data.get(path, "backend") for path in data.items(rule, "http", "paths")]
    for backend in (each for each in backends if each):
        named = data.text(backend, "service", "name") or data.text(backend, "serviceName")
        if peer := parts.get(named):
            draft.join(part, peer, backend.place)
        else:
            message = f"a rule for '{cleaned(named, 60)}', which is not here"
            draft.remark(backend.place, message, part)
