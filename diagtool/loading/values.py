"""The file with what stands in for placeholders.

It may hold secrets: no message shows a value, or a line of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from diagtool.config import addresses, balancers, hosts, placeholders
from diagtool.config.addresses import UnfitError, Values
from diagtool.config.values import unlike
from diagtool.loading import schema, yaml_file
from diagtool.loading.balancing import unlike_host
from diagtool.loading.findings import Findings, short
from diagtool.loading.options import check_values
from diagtool.loading.schema_reader import Item, NodeReader
from diagtool.model import NOWHERE, PLACEHOLDER, Option, Place, Topology
from diagtool.model.diagnostics import Diagnostic

VALUES = schema.MapOf(schema.PLACEHOLDER, schema.SECRET)
"""What the file holds."""


@dataclass(frozen=True, slots=True)
class Filled:
    """The values by the names of placeholders, and every finding."""

    values: Values
    diagnostics: tuple[Diagnostic, ...]


def read_values(path: Path, topology: Topology) -> Filled:
    """What a file has for the placeholders of a topology. Each without a value is a finding."""
    findings = Findings()
    file = yaml_file.read_file(path, lambda found: findings.found.append(replace(found, source="")))
    values: dict[str, str] = {}
    if file:
        read = NodeReader(findings).read(file.root, VALUES, file.root.place) if file.root else None
        items: dict[str, Item] = read.value if read else {}
        given = {name: item for name, item in items.items() if not _is_missing(item)}
        values = {name: item.value for name, item in given.items()}
        _check(findings, topology, items, values)
        written = {*given} | {*_keys(file.root)} - {*items}
        for name, placeholder in placeholders.placeholders(topology).items():
            if name not in written:
                place = items[name].place if name in items else placeholder.place
                findings.report(
                    "unfilled-placeholder",
                    Place(file.path, 1, 1) if place == NOWHERE else place,
                    f"there is no value for '<{name}>'",
                    placeholder.description,
                )
    return Filled(values, tuple(findings.found))


def _is_missing(item: Item) -> bool:
    """Whether nothing stands behind a name, as in a file that is still to be filled in."""
    return isinstance(item.node, yaml_file.Scalar) and item.node.missing


def _keys(node: yaml_file.Node | None) -> Iterator[str]:
    """The names in a file, whatever stands behind them."""
    for key, _ in node.pairs if isinstance(node, yaml_file.Mapping) else ():
        if isinstance(key, yaml_file.Scalar):
            yield key.value


def _check(findings: Findings, topology: Topology, items: dict[str, Item], values: Values) -> None:
    known = placeholders.placeholders(topology)
    for name, item in items.items():
        placeholder = known.get(name)
        if placeholder is None:
            what = f"placeholder '<{short(name)}>' in the topology"
            findings.unknown(item.place, what, name, known, code="unknown-placeholder")
        elif name in values and PLACEHOLDER.search(item.value):
            message = f"the value for '<{name}>' contains a placeholder itself"
            findings.report("bad-value", item.place, message)
        elif (
            name in values and placeholder.type and (words := unlike(placeholder.type, item.value))
        ):
            message = f"the value for '<{name}>' is not {words}"
            findings.report("bad-value", item.place, message)
    wrong = {finding.place for finding in findings.found}
    values = {name: value for name, value in values.items() if items[name].place not in wrong}
    for _ in tuple(values):
        try:
            balancers.balancers(topology, values)
            addresses.check(topology, values)
        except UnfitError as error:
            findings.report("bad-value", items[error.placeholder].place, str(error))
            del values[error.placeholder]
    unsafe: dict[str, Option] = {}
    for option in topology.options:
        for name in placeholders.unsafe(option.value, values):
            unsafe.setdefault(name, option)
    for name, option in unsafe.items():
        where = f"the URL of [{option.section}] {option.name}"
        message = f"the value for '<{name}>' holds what {where} would take for something else"
        findings.report(
            "bad-value", items[name].place, message, "write '@' as %40, '/' as %2F, ..."
        )
    for component in topology.components.values():
        address = component.balancing.address if component.balancing else ""
        names = [name for name in PLACEHOLDER.findall(address) if name in values]
        whole = hosts.in_url(placeholders.fill(address, values))
        if names and not PLACEHOLDER.search(whole) and (words := unlike_host(whole)):
            message = f"with the value for '<{names[0]}>', the address of '{component.id}' is not "
            findings.report("bad-value", items[names[0]].place, message + words)
    wrong |= {finding.place for finding in findings.found}  # of which nothing more is told
    values = {name: value for name, value in values.items() if items[name].place not in wrong}
    check_values(findings, topology, values, {name: items[name].place for name in values})
