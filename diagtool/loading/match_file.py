"""The file that says which names of a running system stand for which parts of a topology."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from diagtool.loading import schema, yaml_file
from diagtool.loading.findings import Findings
from diagtool.loading.schema import Id, Key, MapOf, OneOrMore, Record, Str
from diagtool.loading.schema_reader import Fields, NodeReader, said
from diagtool.model import Topology
from diagtool.model.diagnostics import Diagnostic
from diagtool.model.match import Match, PartMatch

NAMES = OneOrMore(
    Str(schema.VALUE.pattern, "a name, in which * stands for anything", 500, schema.EXACT)
)

PART = Record(
    "part",
    "How a part is recognized in a running system.",
    {
        "named": Key(
            NAMES,
            "Names of its processes, units, containers, services of Compose, objects of "
            "Kubernetes, groups of an inventory, backends of a load balancer, and in traces. "
            "``*`` stands for anything. Names of processes are compared with the name of the "
            "program, that of a script, and the whole command line.",
            default="its id; for a component, also the usual programs for its protocol",
        ),
        "at": Key(
            NAMES,
            "Where it is reached: ``192.0.2.1``, ``192.0.2.1:3306``, ``:3306``.",
            default="the addresses and ports in the topology, and those in the options with "
            "which the services reach it",
        ),
        "config": Key(
            NAMES,
            "Paths of its config files on the host.",
            default="those that the command lines of its processes name, else those with its name "
            "or the first word of its id",
        ),
    },
)

MATCH = Record(
    "match",
    "The whole file.",
    {
        "parts": Key(MapOf(Id(), PART), "Components and services by id."),
        "hosts": Key(
            MapOf(Id(), NAMES),
            "Names and addresses of hosts, by the id of the host.",
            default="its id, and the addresses in the topology and in the snapshot",
        ),
        "ignore": Key(
            NAMES,
            "What is not reported: names of programs, addresses and ports at the other end, and "
            "options such as ``[service:worker] workers``.",
        ),
    },
)


@dataclass(frozen=True, slots=True)
class MatchFile:
    """What the file says, and every finding."""

    match: Match
    diagnostics: tuple[Diagnostic, ...]


def read(path: Path, topology: Topology) -> MatchFile:
    """What a file says of the parts and hosts of a topology."""
    findings = Findings()
    file = yaml_file.read_file(path, findings.found.append)
    if file is None or file.root is None:
        return MatchFile(Match(), tuple(findings.found))
    findings.files[file.path] = file
    item = NodeReader(findings).read(file.root, MATCH, file.root.place)
    fields: Fields = item.value if item else {}
    parts: Fields = said(fields, "parts", {})
    hosts: Fields = said(fields, "hosts", {})
    for id, part in parts.items():
        if id not in (*topology.components, *topology.services):
            findings.unknown_part(part.place, f"part '{id}'", id, topology.parts)
    for id, host in hosts.items():
        if id not in topology.hosts:
            findings.unknown(host.place, f"host '{id}'", id, topology.hosts)
    match = Match(
        {
            id: PartMatch(*(_texts(part.value, key) for key in PART.keys))
            for id, part in parts.items()
        },
        {id: tuple(each.value for each in host.value) for id, host in hosts.items()},
        _texts(fields, "ignore"),
    )
    return MatchFile(match, tuple(findings.found))


def _texts(fields: Fields, key: str) -> tuple[str, ...]:
    return tuple(each.value for each in said(fields, key, []))
