"""Hosts become hosts with their addresses; a group of hosts becomes a service that runs on them.
An inventory says nothing about connections.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from diagtool.checks import data
from diagtool.checks.readers import File, ReadError
from diagtool.config.hosts import is_domain
from diagtool.loading import schema
from diagtool.loading.yaml_file import Node
from diagtool.model import Place
from diagtool.scaffolding.importing.draft import Draft, Kind, cleaned

WHAT = "inventories of Ansible"

MOST_HOSTS = 1000
_MOST_RANGES = 10

_SECTION = re.compile(r"\[(?P<name>[^\]:]+)(?::(?P<kind>children|vars))?\]\s*(?:[#;].*)?$")
_RANGE = re.compile(
    r"\[(?:(?P<first>[0-9]{1,4}):(?P<last>[0-9]{1,4})|(?P<a>[a-z]):(?P<z>[a-z])|(?P<A>[A-Z]):(?P<Z>[A-Z]))"
    r"(?::(?P<step>[0-9]{1,4}))?\]"
)
_PORT = re.compile(r"(?P<host>[^:]+):(?P<port>[0-9]{1,5})")
_HOST_IN = ("ansible_host", "ansible_ssh_host")
"""What the address of a host is called, and was called before Ansible 2."""
_VARIABLE = re.compile(r"(?P<name>\w+)=(?P<value>\"[^\"]*\"|'[^']*'|\S+)")
_ADDRESS = re.compile(schema.ADDRESS.pattern)


def fits(file: File) -> bool:
    name = file.path.lower().rpartition("/")[2]
    if name.endswith((".yaml", ".yml")):
        try:
            roots = data.documents(file)
        except ReadError:
            return False
        return any(_is_group(value) for root in roots for _, value in data.entries(root))
    if "." in name and not name.endswith(".ini"):
        return False
    lines = [line for line in file.text().splitlines() if line.strip() and line[0] not in "#;"]
    sections = [line for line in lines if _SECTION.match(line)]
    options = [line for line in lines if re.match(r"[\w.-]+\s*=|[\w.-]+\s+=", line)]
    in_vars = any(":vars]" in line or ":children]" in line for line in sections)
    return bool(sections) and (in_vars or not options)


def _is_group(node: Node) -> bool:
    hosts = data.get(node, "hosts")
    return data.get(node, "children") is not None or (
        hosts is not None and not data.items(hosts) and not data.text(hosts)
    )


def take(file: File, draft: Draft) -> None:
    groups = _Groups(draft)
    if file.path.lower().endswith((".yaml", ".yml")):
        for root in data.documents(file):
            for key, value in data.entries(root):
                groups.take(key.value, value, key.place)
    else:
        _ini(file, groups)
    groups.finish()


@dataclass(slots=True)
class _Groups:
    """The groups of an inventory, each with the names of its hosts and where it is."""

    draft: Draft
    hosts: dict[str, dict[str, None]] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)

    def take(self, name: str, group: Node, place: Place) -> None:
        """A group in YAML, with those in it."""
        self.group(name, place)
        for key, host in data.entries(group, "hosts"):
            self.host(name, key.value, data.texts(host), key.place)
        for key, inner in data.entries(group, "children"):
            if name != "all":
                self.draft.remark(key.place, f"that {_shown(key.value)} is in {_shown(name)}")
            self.take(key.value, inner, key.place)
        if (left := data.get(group, "vars")) is not None:
            self.draft.remark(left.place, f"the variables of the group {_shown(name)}")

    def group(self, name: str, place: Place) -> None:
        self.hosts.setdefault(name, {})
        self.places.setdefault(name, place)

    def host(self, group: str, pattern: str, variables: Mapping[str, str], place: Place) -> None:
        """A host of a group, or several that are counted."""
        if match := _PORT.fullmatch(pattern):
            pattern, variables = match["host"], {"ansible_port": match["port"], **variables}
        given = next((variables[name] for name in _HOST_IN if name in variables), "")
        for name in itertools.islice(_counted(pattern), MOST_HOSTS + 1):
            id = next(_ids(name))
            address = given or (name if "." in name else "")
            others = (other for each, other in self.draft.hosts.items() if each != id)
            fits = _ADDRESS.match(address) and is_domain(address)
            if address and (not fits or address in others):
                self.draft.remark(place, f"the address '{_shown(address)}' of {_shown(name)}")
                address = ""
            if len(self.draft.hosts) >= MOST_HOSTS:
                raise ReadError(f"it has more than {MOST_HOSTS:,} hosts", place.line, place.column)
            self.draft.hosts[id] = address or self.draft.hosts.get(id, "")
            self.hosts[group][id] = None
        if left := [_shown(each) for each in variables if each not in _HOST_IN]:
            self.draft.remark(place, f"{', '.join(sorted(left))} of {_shown(pattern)}")

    def finish(self) -> None:
        """Makes services of the groups that have hosts of their own."""
        for name, hosts in self.hosts.items():
            if not hosts or name in ("all", "ungrouped"):
                continue
            part = self.draft.part(name, self.places[name], name, Kind.SERVICE)
            part.hosts = list(dict.fromkeys((*part.hosts, *hosts)))
            part.replicas = len(part.hosts)


def _ini(file: File, groups: _Groups) -> None:
    section, kind = "ungrouped", ""
    groups.group(section, file.place())
    for number, raw in enumerate(file.text().splitlines(), 1):
        text, place = raw.strip(), file.place(number)
        if not text or text[0] in "#;":
            continue
        if match := _SECTION.match(text):
            section, kind = match["name"].strip(), match["kind"] or ""
            groups.group(section, place)
        elif kind == "children":
            groups.group(text, place)
            groups.draft.remark(place, f"that {_shown(text)} is in {_shown(section)}")
        elif kind == "vars":
            name = _shown(text.partition("=")[0])
            groups.draft.remark(place, f"the variable {name} of the group {_shown(section)}")
        else:
            pattern, _, rest = text.partition(" ")
            variables = {m["name"]: m["value"].strip("\"'") for m in _VARIABLE.finditer(rest)}
            groups.host(section, pattern, variables, place)


def _counted(pattern: str) -> Iterator[str]:
    """The names that a pattern with ranges of numbers and letters stands for."""
    match = _RANGE.search(pattern)
    if match is None or pattern.count("[") > _MOST_RANGES:
        yield pattern
        return
    step = max(1, int(match["step"] or 1))
    if match["first"]:
        width = len(match["first"]) if match["first"].startswith("0") else 0
        numbers = range(int(match["first"]), int(match["last"]) + 1, step)
        counted = [f"{number:0{width}}" for number in numbers]
    else:
        first, last = match["a"] or match["A"], match["z"] or match["Z"]
        counted = [chr(number) for number in range(ord(first), ord(last) + 1, step)]
    for each in counted:
        for rest in _counted(pattern[match.end() :]):
            yield f"{pattern[: match.start()]}{each}{rest}"


def _ids(name: str) -> Iterator[str]:
    """Ids for a host of this name."""
    short = name.partition(".")[0] if not name[:1].isdigit() else name
    for each in (short, f"host-{short}"):
        id = re.sub(r"[^A-Za-z0-9_-]+", "-", each).strip("-")[:60]
        if re.match(schema.ID, id):
            yield id
    yield "host"


def _shown(text: str) -> str:
    return cleaned(text.strip(), 60)
