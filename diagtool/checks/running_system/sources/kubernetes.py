"""Objects of Kubernetes, as ``kubectl get -o json`` prints them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from diagtool.checks import data
from diagtool.checks.readers import File
from diagtool.checks.running_system.observations import Budget, Call, Copies, Listening, Seen
from diagtool.checks.running_system.sources.oslo_config import settings
from diagtool.loading.yaml_file import Node, Scalar

WHAT = "objects of Kubernetes (kubectl get -o json)"

_WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet")


def fits(file: File, inner: str) -> bool:
    return bool(re.search(r"^\s*[\"']?apiVersion[\"']?\s*:", file.text(), re.MULTILINE))


def take(file: File, host: str, inner: str, seen: Seen) -> None:
    objects = [each for root in data.documents(file) for each in _objects(root)]
    workloads = [each for each in objects if data.text(each, "kind") in _WORKLOADS]
    called: dict[str, str] = {}
    for each in objects:
        kind, name = data.text(each, "kind"), data.text(each, "metadata", "name")
        if kind == "Service":
            for chosen in _chosen(each, data.texts(each, "spec", "selector"), workloads):
                called[name] = chosen
                for port in data.items(each, "spec", "ports"):
                    target = data.text(port, "targetPort") or data.text(port, "port")
                    _listens(chosen, port, target, data.text(port, "protocol"), seen)
        elif kind == "PodDisruptionBudget":
            labels = data.texts(each, "spec", "selector", "matchLabels")
            for chosen in _chosen(each, labels, workloads):
                _budget(chosen, each, seen)
        elif kind == "ConfigMap":
            for key, value in data.entries(each, "data"):
                if isinstance(value, Scalar) and key.value.endswith((".conf", ".ini")):
                    seen.settings += settings(value.value, host, f"/{name}/{key.value}", key.place)
    for each in workloads:
        _workload(each, called, seen)


def _objects(root: Node) -> Iterator[Node]:
    """An object, or those of a list."""
    if data.text(root, "kind").endswith("List"):
        yield from data.items(root, "items")
    else:
        yield root


def _chosen(each: Node, labels: dict[str, str], workloads: list[Node]) -> Iterator[str]:
    """The workloads in the same namespace whose pods have labels."""
    for other in workloads:
        own = data.texts(other, "spec", "template", "metadata", "labels")
        space = data.text(each, "metadata", "namespace")
        is_near = space == data.text(other, "metadata", "namespace")
        if is_near and labels and labels.items() <= own.items():
            yield data.text(other, "metadata", "name")


def _workload(each: Node, called: dict[str, str], seen: Seen) -> None:
    name = data.text(each, "metadata", "name")
    containers = data.items(each, "spec", "template", "spec", "containers")
    image = data.text(containers[0], "image") if containers else ""
    spec = data.get(each, "spec", "replicas")
    ready = data.get(each, "status", "readyReplicas") or data.get(each, "status", "numberReady")
    has_status = data.get(each, "status", "observedGeneration") is not None
    wanted = data.count(spec, 1)
    count = min(wanted, data.count(ready, 0)) if has_status else wanted
    if data.text(each, "kind") == "DaemonSet":
        count = data.count(ready, 0) if has_status else 1
    place = (ready or spec or each).place
    seen.copies.append(Copies("Kubernetes", name, "", count, place, image))
    for container in containers:
        for port in data.items(container, "ports"):
            number = data.text(port, "containerPort")
            _listens(name, port, number, data.text(port, "protocol"), seen)
        for variable in data.items(container, "env"):
            for host in data.hosts(data.text(variable, "value")):
                other = called.get(host.partition(".")[0])
                if other and other != name:
                    seen.calls.append(Call(name, other, variable.place, observed=False))


def _listens(name: str, node: Node, number: str, protocol: str, seen: Seen) -> None:
    if data.port(number):
        transport = "udp" if protocol == "UDP" else "tcp"
        seen.listening.append(Listening(name, int(number), transport, node.place))


def _budget(name: str, each: Node, seen: Seen) -> None:
    """How many pods must stay, of which not all need be told in numbers."""
    for key, is_least in (("minAvailable", True), ("maxUnavailable", False)):
        node = data.get(each, "spec", key)
        if isinstance(node, Scalar):
            match = re.fullmatch(r"([0-9]{1,6})(%?)", node.value)
            if match:
                budget = Budget(name, int(match[1]), bool(match[2]), is_least, node.place)
                seen.budgets.append(budget)
