"""Each service becomes a service, or a component if its image is a known database, queue, cache
or load balancer. ``depends_on``, ``links`` and variables that name a host are its connections;
replicas and ports are taken over.
"""

from __future__ import annotations

import re

from diagtool.checks import data
from diagtool.checks.readers import File, ReadError
from diagtool.loading.yaml_file import Mapping, Node, Scalar, Sequence
from diagtool.model import Place
from diagtool.scaffolding.importing import software
from diagtool.scaffolding.importing.draft import ASSUMED, Draft, Kind, Listener, Part, cleaned

WHAT = "files of Docker Compose"

_TAKEN = {
    *("build", "container_name", "depends_on", "deploy", "environment", "expose", "hostname"),
    *("links", "ports", "scale"),
}
_NAMES = ("container_name", "hostname")
"""What else others may call a service."""
_NUMBERED = re.compile(r"([A-Za-z][\w-]*?)[-_]?[0-9]{1,3}")
_PORT = re.compile(r"(?:(?P<published>.*):)?(?P<port>[0-9]{1,5})(?:/(?P<transport>tcp|udp))?")


def fits(file: File) -> bool:
    if not file.path.lower().endswith((".yaml", ".yml", ".json")):
        return False
    try:
        roots = data.documents(file)
    except ReadError:
        return "compose" in file.stem
    services = [value for root in roots for _, value in data.entries(root, "services")]
    return any(data.get(each, key) for each in services for key in ("image", "build"))


def take(file: File, draft: Draft) -> None:
    for root in data.documents(file):
        parts: dict[str, Part] = {}
        for several in _alike(list(data.entries(root, "services"))):
            part = _service(draft, *several[0])
            parts.update({key.value: part for key, _ in several})
            for _, each in several:
                for name in filter(None, (data.text(each, key) for key in _NAMES)):
                    parts.setdefault(name, part)
            if len(several) > 1:
                _numbered(draft, part, [key for key, _ in several])
        for key, service in data.entries(root, "services"):
            _connections(draft, parts[key.value], service, parts)
        for key, _ in data.entries(root):
            if key.value not in ("services", "version", "name") and not key.value.startswith("x-"):
                draft.remark(key.place, f"'{cleaned(key.value, 60)}' of the file")


def _alike(services: list[tuple[Scalar, Node]]) -> list[list[tuple[Scalar, Node]]]:
    """The services, those together that differ in a number at their end and have one image."""
    found: dict[tuple[str, str, str], list[tuple[Scalar, Node]]] = {}
    for key, service in services:
        match = _NUMBERED.fullmatch(key.value)
        image = data.text(service, "image") or data.text(service, "build")
        base = (match[1], image, "") if match and image else ("", "", key.value)
        found.setdefault(base, []).append((key, service))
    return list(found.values())


def _numbered(draft: Draft, part: Part, keys: list[Scalar]) -> None:
    """Several services that are the servers of one."""
    match = _NUMBERED.fullmatch(keys[0].value)
    if match and draft.find(match[1]) is None:
        draft.rename(part, match[1])
        part.id = match[1]
        part.server = match[1] if part.kind is Kind.SERVICE else ""
    part.replicas = len(keys)
    part.stacked = None if part.kind is Kind.COMPONENT else part.stacked
    named = ", ".join(cleaned(key.value, 60) for key in keys)
    message = f"{named} are taken for one with {len(keys)} servers, as the first of them is"
    draft.remark(keys[0].place, message, part, ASSUMED)


def _service(draft: Draft, key: Scalar, service: Node) -> Part:
    part = draft.part(key.value, key.place, key.value)
    replicas = data.number(service, "deploy", "replicas") or data.number(service, "scale")
    draft.count(part, replicas, key.place)
    built = data.get(service, "build") is not None
    software.make(part, data.text(service, "image"), built=built)
    part.image = ""  # only in Kubernetes does a topology have one
    left = [k.value for k, _ in data.entries(service) if k.value not in _TAKEN]
    left += [
        f"deploy.{k.value}" for k, _ in data.entries(service, "deploy") if k.value != "replicas"
    ]
    if left:
        draft.remark(key.place, f"{', '.join(map(cleaned, sorted(left)))} of {part.name}", part)
    for port in data.items(service, "ports"):
        _listen(draft, part, port)
    for port in data.items(service, "expose"):
        _listen(draft, part, port, for_people=False)
    return part


def _listen(draft: Draft, part: Part, port: Node, *, for_people: bool = True) -> None:
    """A port of a container: one that is published, or that other containers reach it at."""
    if isinstance(port, Mapping):
        number, transport = data.text(port, "target"), data.text(port, "protocol")
        published = ":".join(filter(None, (data.text(port, k) for k in ("host_ip", "published"))))
    else:
        match = _PORT.fullmatch(port.value) if isinstance(port, Scalar) else None
        number, transport = (match["port"], match["transport"] or "") if match else ("", "")
        published = (match["published"] or "") if match else ""
    if not data.port(number):
        draft.remark(port.place, "a port that is not one number", part)
    else:
        listener = _listener(part, number, "udp" if transport == "udp" else "")
        listener.for_people = listener.for_people and for_people
    if published not in ("", number) and data.port(number):
        message = f"that the port {number} of {part.name} is published as {cleaned(published, 60)}"
        draft.remark(port.place, message, part)


def _listener(part: Part, port: str, transport: str = "") -> Listener:
    """The port of a part, which is for people until something says otherwise."""
    for listener in part.listen:
        if listener.port == port:
            return listener
    part.listen.append(Listener(port, "", transport, for_people=True))
    return part.listen[-1]


def _connections(draft: Draft, part: Part, service: Node, parts: dict[str, Part]) -> None:
    named: list[Node] = [key for key, _ in data.entries(service, "depends_on")]
    named += [*data.items(service, "depends_on"), *data.items(service, "links")]
    for each in named:
        name = each.value.partition(":")[0] if isinstance(each, Scalar) else ""
        peer = parts.get(name)
        if peer is None:
            draft.remark(each.place, f"'{cleaned(name, 60)}', which is no service here", part)
        elif peer is not part:
            draft.join(part, peer, each.place)
    variables = _environment(data.get(service, "environment"))
    for name, value, place in variables:
        for peer, port in software.join_named(draft, part, name, value, parts, place).items():
            if data.port(port):
                _listener(peer, port).for_people = False
    software.remark_others(draft, part, ((n, v) for n, v, _ in variables), parts, part.place)


def _environment(node: Node | None) -> list[tuple[str, str, Place]]:
    if isinstance(node, Sequence):
        pairs = [(item.value, item.place) for item in node.items if isinstance(item, Scalar)]
        split = ((*text.partition("="), place) for text, place in pairs)
        return [(cleaned(name, 60), value, place) for name, _, value, place in split]
    return [
        (cleaned(key.value, 60), value.value, value.place)
        for key, value in data.entries(node)
        if isinstance(value, Scalar)
    ]
