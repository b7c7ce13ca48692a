"""The file with what stands in for placeholders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from diagtool import balancers, filling, schema, yamlfile
from diagtool.diagnostics import Diagnostic
from diagtool.filling import Values
from diagtool.loading.findings import Findings, short
from diagtool.loading.reading import Item, Reader
from diagtool.model import NOWHERE, PLACEHOLDER, Place, Topology
from diagtool.optionvalues import unlike

VALUES = schema.MapOf(schema.PLACEHOLDER, schema.VALUE)
"""What the file holds."""


@dataclass(frozen=True, slots=True)
class Filled:
    """The values by the names of placeholders, and every finding."""

    values: Values
    diagnostics: tuple[Diagnostic, ...]


def read_values(path: Path, topology: Topology) -> Filled:
    """What a file has for the placeholders of a topology. Each without a value is a finding."""
    findings = Findings()
    file = yamlfile.read_file(path, findings.found.append)
    items: dict[str, Item] = {}
    if file:
        findings.files[file.path] = file
        read = Reader(findings).read(file.root, VALUES, file.root.place) if file.root else None
        items = read.value if read else {}
        _check(findings, topology, items)
        for name, placeholder in filling.placeholders(topology).items():
            if name not in items:
                place = placeholder.place
                findings.report(
                    "unfilled-placeholder",
                    Place(file.path, 1, 1) if place == NOWHERE else place,
                    f"there is no value for '<{name}>'",
                    placeholder.description,
                )
    values = {name: item.value for name, item in items.items()}
    return Filled(values, tuple(findings.found))


def _check(findings: Findings, topology: Topology, items: dict[str, Item]) -> None:
    known = filling.placeholders(topology)
    for name, item in items.items():
        placeholder = known.get(name)
        if placeholder is None:
            what = f"placeholder '<{short(name)}>' in the topology"
            findings.unknown(item.place, what, name, known, code="unknown-placeholder")
        elif PLACEHOLDER.search(item.value):
            message = f"'{short(item.value)}' holds a placeholder itself"
            findings.report("bad-value", item.place, message)
        elif placeholder.type and (words := unlike(placeholder.type, item.value)):
            message = f"'{short(item.value)}' for '<{name}>' is not {words}"
            findings.report("bad-value", item.place, message)
    try:
        balancers.balancers(topology, {name: item.value for name, item in items.items()})
    except balancers.UnfitError as error:
        findings.report("bad-value", items[error.placeholder].place, str(error))
