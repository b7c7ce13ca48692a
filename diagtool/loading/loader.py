"""YAML → :class:`~diagtool.model.Topology`, with every problem found in one run.

Three steps, each going on where the one before it could: read the files as the schema
says, build the model's parts, and check what refers to what.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from diagtool.loading import schema, yaml_file
from diagtool.loading.building import Builder
from diagtool.loading.checking import Checker
from diagtool.loading.discovery import roots
from diagtool.loading.evidence_file import evidence
from diagtool.loading.extending import copied, laid_over, remove, unfit
from diagtool.loading.findings import Findings, called, short
from diagtool.loading.options import catalogues
from diagtool.loading.schema_reader import Fields, Item, NodeReader, said
from diagtool.loading.values import Filled, read_values
from diagtool.model import Place, Severity, Topology
from diagtool.model.diagnostics import Diagnostic, TopologyError, has_errors

__all__ = ["Filled", "Loaded", "called", "load", "read", "read_values"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of reading: the topology, None after an error, every finding, and what was read.

    ``paths`` are those of the files, whether they could be read or not.
    """

    topology: Topology | None
    diagnostics: tuple[Diagnostic, ...]
    paths: tuple[Path, ...]


def load(path: str | Path) -> Topology:
    """The topology at a path: a file, or a folder that holds ``topology.yaml``.

    Raises TopologyError with every finding where any is an error.
    """
    loaded = read(path)
    if loaded.topology is None:
        raise TopologyError(loaded.diagnostics)
    return loaded.topology


def read(path: str | Path, texts: Mapping[Path, str] = MappingProxyType({})) -> Loaded:
    """What :func:`load` gives, with warnings and hints, and without raising.

    ``texts`` are what files hold that are not saved yet, or that are none, by their paths.
    """
    return _Loader(Path(path), texts).run()


@dataclass
class _Loader:
    path: Path
    texts: Mapping[Path, str] = field(default_factory=dict)
    above: tuple[Path, ...] = ()
    """The main files of the topologies that extend this one, the first one first."""
    within: tuple[Path, ...] = ()
    """The folders that no base may lie outside of: those of the first topology."""
    merged: Fields = field(default_factory=dict)
    """All that the files say, with what they extend."""
    base: _Loader | None = None
    topology: Topology | None = None
    paths: list[Path] = field(default_factory=list)
    findings: Findings = field(default_factory=Findings)

    def run(self) -> Loaded:
        topology = self._topology()
        if has_errors(self.findings.found):
            topology = None
        self.topology = topology
        order = {path.as_posix(): number for number, path in enumerate(self.paths)}
        found = sorted(
            dict.fromkeys(self.findings.found),
            key=lambda d: (order.get(d.place.path, -1), d.place.line, d.place.column),
        )
        return Loaded(topology, tuple(found), tuple(self.paths))

    def _topology(self) -> Topology | None:
        try:
            self.paths = yaml_file.topology_files(self.path)
        except OSError as error:
            place = Place(self.path.as_posix(), 1, 1)
            self.findings.report("unreadable-file", place, f"cannot be read: {error.strerror}")
            return None
        merged = self.merged
        for path in list(self.paths):
            file = None
            if path in self.texts:
                text = self.texts[path]
                file = yaml_file.parse(path.as_posix(), text, self.findings.found.append)
            elif self._may_read(path):
                file = yaml_file.read_file(path, self.findings.found.append)
            if file is None:
                self.findings.complete = False
                continue
            self.findings.files[file.path] = file
            spec = schema.TOPOLOGY if path == self.paths[0] else schema.PART_FILE
            for name, item in self._file(file, spec).items():
                self._merge(merged, name, item)
        if not self.findings.files:
            return None
        if extends := merged.pop("extends", None):
            merged = self.merged = self._extended(merged, extends)
        # A base may be all components: there is nothing to be made of it alone.
        if self.findings.complete and "services" not in merged and not self.above:
            first = next(iter(self.findings.files))
            self.findings.report(
                "empty-topology", Place(first, 1, 1), "the topology has no service"
            )
        builder = Builder(self.findings)
        base = self.base.topology if self.base else None
        listed = catalogues(self.findings, said(merged, "catalogues", ()), self._within, base)
        tested = evidence(self.findings, merged.get("evidence"), self._within)
        topology = builder.build(_topology_id(self.path), merged, base, listed, tested)
        Checker(self.findings, builder).check(topology)
        return topology

    def _may_read(self, path: Path) -> bool:
        """Whether a file of a folder lies there, or at least near it, and is no link elsewhere."""
        if path == self.path:
            return True
        try:
            target = path.resolve()
            if any(map(target.is_relative_to, (self.path.resolve(), *self._within))):
                return True
            folder = self._within[0].name
            reason = f"is outside the folder '{folder}' of the topology"
        except (OSError, RuntimeError):
            reason = "cannot be read"
        self.findings.report("unreadable-file", Place(path.as_posix(), 1, 1), f"the file {reason}")
        return False

    def _file(self, file: yaml_file.File, spec: schema.Record) -> Fields:
        """The top level of one file."""
        root = file.root
        if root is None or (isinstance(root, yaml_file.Scalar) and root.missing):
            if spec is schema.TOPOLOGY:
                self.findings.report("empty-topology", Place(file.path, 1, 1), "the file is empty")
                self.findings.complete = False
            return {}
        if other := _other_format(root):
            # Its findings would mean nothing.
            self.findings.report(
                "unsupported-format",
                other.place,
                f"format '{short(other.value)}' is not known",
                f"this release reads format {schema.FORMAT}",
            )
            self.findings.complete = False
            return {}
        item = NodeReader(self.findings).read(root, spec, root.place)
        if item is None:
            self.findings.complete = False
            return {}
        record: Fields = item.value
        self.findings.complete &= _all_read(item, spec)
        return record

    def _merge(self, merged: Fields, name: str, item: Item) -> None:
        if name not in merged:
            merged[name] = item
            return
        for key, value in item.value.items():
            if key in merged[name].value:
                first = merged[name].value[key].place
                self.findings.report(
                    "duplicate-key", value.place, f"'{key}' is already defined at {first}"
                )
            else:
                merged[name].value[key] = value

    def _extended(self, own: Fields, extends: Item) -> Fields:
        """What the base says, less what is removed, with what is said here laid over it."""
        record = {"base": extends} if isinstance(extends.value, str) else extends.value
        base = self._base(record["base"]) if "base" in record else None
        if base is None:
            self.findings.complete = False
            return own
        whole = copied(Item(base.merged, extends.place, extends.node))
        for entry in said(record, "remove", ()):
            remove(self.findings, whole, schema.TOPOLOGY, entry, entry.value)
        merged: Fields = laid_over(
            whole, Item(own, extends.place, extends.node), schema.TOPOLOGY
        ).value
        return merged

    @cached_property
    def _within(self) -> tuple[Path, ...]:
        """The folders that nothing which is read may lie outside of.

        They are that of the topology, and those that its project shares.
        """
        if self.within:
            return self.within
        folder = Path(os.path.normpath(self.path.absolute())).parent.resolve()
        return folder, *roots(folder)

    def _base(self, named: Item) -> _Loader | None:
        """What is read from the path of a base, or None after a report."""
        path = Path(os.path.normpath(self.paths[0].parent / named.value))
        above = (*self.above, self.paths[0].resolve())
        if reason := unfit(path, self._within, above):
            self.findings.report(
                "bad-base", named.place, f"the base '{short(named.value)}' {reason}"
            )
            return None
        self.base = base = _Loader(path, self.texts, above, self._within)
        loaded = base.run()
        self.paths += base.paths
        self.findings.files |= base.findings.files
        self.findings.found += [d for d in loaded.diagnostics if d.severity is Severity.ERROR]
        if loaded.topology is None:
            message = f"the base '{short(named.value)}' has errors"
            self.findings.report("bad-base", named.place, message)
            return None
        return base


def _topology_id(path: Path) -> str:
    """The name of a topology's file or folder, as far as it is text that can be shown."""
    named = path.resolve() if path.name in ("", "..") else path
    return _UNSHOWN.sub("\ufffd", named.name if path.is_dir() else named.stem)


_UNSHOWN = re.compile(f"[\n{schema.CONTROL}]")


def _all_read(file: Item, spec: schema.Record) -> bool:
    """Whether nothing that might define ids was left out; a misspelt ``services`` is."""
    assert isinstance(file.node, yaml_file.Mapping)
    keys = [key.value if isinstance(key, yaml_file.Scalar) else "" for key, _ in file.node.pairs]
    harmless = spec.keys.keys() - set(schema.PART_KEYS)
    return len(keys) == len(set(keys)) and set(keys) <= file.value.keys() | harmless


def _other_format(root: yaml_file.Node) -> yaml_file.Scalar | None:
    """The version that a file states where this release does not read it."""
    for key, value in root.pairs if isinstance(root, yaml_file.Mapping) else ():
        if isinstance(key, yaml_file.Scalar) and key.value == "format":
            if isinstance(value, yaml_file.Scalar) and not value.missing:
                return value if value.value != schema.FORMAT else None
            return None  # no version at all, which the schema says
    return None
