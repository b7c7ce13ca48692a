"""YAML → :class:`~diagtool.model.Topology`, with every problem found in one run.

Three steps, each going on where the one before it could: read the files as the schema
says, build the model's parts, and check what refers to what.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from diagtool import markup, schema, slips, yamlfile
from diagtool.diagnostics import Diagnostic, Severity, TopologyError, did_you_mean, has_errors
from diagtool.model import (
    Block,
    Component,
    Connection,
    Difference,
    Direction,
    Inline,
    Option,
    Paragraph,
    Part,
    Place,
    Placeholder,
    Reference,
    Service,
    Shape,
    Snippet,
    SnippetMention,
    Text,
    Topology,
    Warning,
    Zone,
    attributes_of,
    node_id,
)

MANY = 50
"""From how many findings on none gets a hint for which all ids must be compared."""

MAX_BASES = 8
"""How many topologies may stand below one that extends another."""

_TRUE = ("true", "True", "TRUE")
_FALSE = ("false", "False", "FALSE")

_NO_PLACEHOLDER = re.compile(r"<>|<[^\W\d_][^<>]*(?=<|$)")

RESERVED_IDS = ("overview",)
"""Ids that name something else in every topology's output."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of reading: the topology, None after an error, and every finding."""

    topology: Topology | None
    diagnostics: tuple[Diagnostic, ...]


def load(path: str | Path) -> Topology:
    """The topology at a path: a file, or a folder that holds ``topology.yaml``.

    Raises TopologyError with every finding where any is an error.
    """
    loaded = read(path)
    if loaded.topology is None:
        raise TopologyError(loaded.diagnostics)
    return loaded.topology


def read(path: str | Path) -> Loaded:
    """What :func:`load` gives, with warnings and hints, and without raising."""
    return _Loader(Path(path)).run()


@dataclass(slots=True)
class _Item:
    """A value that was read: a text, a list or dict of items, and where it stands."""

    value: Any
    place: Place
    node: yamlfile.Node


_Record = dict[str, _Item]


@dataclass
class _Loader:
    path: Path
    above: tuple[Path, ...] = ()
    """The main files of the topologies that extend this one, the first one first."""
    within: Path | None = None
    """The folder that no base may lie outside of: that of the first topology."""
    merged: _Record = field(default_factory=dict)
    """All that the files say, with what they extend."""
    base: _Loader | None = None
    topology: Topology | None = None
    paths: list[Path] = field(default_factory=list)
    files: dict[str, yamlfile.File] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)
    zone_uses: list[_Item] = field(default_factory=list)
    alternatives: dict[tuple[str, str], Place] = field(default_factory=dict)
    complete: bool = True
    """Whether every id that the files define is known, so that others can be called unknown."""

    def run(self) -> Loaded:
        topology = self._topology()
        if has_errors(self.found):
            topology = None
        self.topology = topology
        order = {path.as_posix(): number for number, path in enumerate(self.paths)}
        found = sorted(
            dict.fromkeys(self.found),
            key=lambda d: (order.get(d.place.path, -1), d.place.line, d.place.column),
        )
        return Loaded(topology, tuple(found))

    def _line(self, place: Place) -> str:
        file = self.files.get(place.path)
        return file.line(place.line) if file else ""

    def report(self, code: str, place: Place, message: str, hint: str = "") -> None:
        self.found.append(Diagnostic(code, place, message, hint, self._line(place)))

    # --- files ------------------------------------------------------------------------

    def _topology(self) -> Topology | None:
        try:
            self.paths = yamlfile.topology_files(self.path)
        except OSError as error:
            place = Place(self.path.as_posix(), 1, 1)
            self.report("unreadable-file", place, f"cannot be read: {error.strerror}")
            return None
        merged = self.merged
        for path in list(self.paths):
            file = yamlfile.read_file(path, self.found.append)
            if file is None:
                self.complete = False
                continue
            self.files[file.path] = file
            spec = schema.TOPOLOGY if path == self.paths[0] else schema.PART_FILE
            for name, item in self._file(file, spec).items():
                self._merge(merged, name, item)
        if not self.files:
            return None
        if extends := merged.pop("extends", None):
            merged = self.merged = self._extended(merged, extends)
        if self.complete and "services" not in merged:
            first = next(iter(self.files))
            self.report("empty-topology", Place(first, 1, 1), "the topology has no service")
        return self._build(merged)

    def _file(self, file: yamlfile.File, spec: schema.Record) -> _Record:
        """The top level of one file."""
        root = file.root
        if root is None or (isinstance(root, yamlfile.Scalar) and root.missing):
            if spec is schema.TOPOLOGY:
                self.report("empty-topology", Place(file.path, 1, 1), "the file is empty")
                self.complete = False
            return {}
        if other := _other_format(root):
            # Its findings would mean nothing.
            self.report(
                "unsupported-format",
                other.place,
                f"format '{_short(other.value)}' is not known",
                f"this release reads format {schema.FORMAT}",
            )
            self.complete = False
            return {}
        item = self._read(root, spec, root.place)
        if item is None:
            self.complete = False
            return {}
        record: _Record = item.value
        self.complete &= _all_read(item, spec)
        return record

    def _merge(self, merged: _Record, name: str, item: _Item) -> None:
        if name not in merged:
            merged[name] = item
            return
        for key, value in item.value.items():
            if key in merged[name].value:
                first = merged[name].value[key].place
                self.report("duplicate-key", value.place, f"'{key}' stands already at {first}")
            else:
                merged[name].value[key] = value

    # --- extending another topology ---------------------------------------------------

    def _extended(self, own: _Record, extends: _Item) -> _Record:
        """What the base says, less what is removed, with what is said here laid over it."""
        record = {"base": extends} if isinstance(extends.value, str) else extends.value
        base = self._base(record["base"]) if "base" in record else None
        if base is None:
            self.complete = False
            return own
        whole = _copied(_Item(base.merged, extends.place, extends.node))
        for entry in _value(record, "remove", ()):
            self._remove(whole, schema.TOPOLOGY, entry, entry.value)
        merged: _Record = _laid_over(
            whole, _Item(own, extends.place, extends.node), schema.TOPOLOGY
        ).value
        return merged

    def _base(self, named: _Item) -> _Loader | None:
        """What is read from the path of a base, or None after a report."""
        path = Path(os.path.normpath(self.paths[0].parent / named.value))
        within = self.within or Path(os.path.normpath(self.path.absolute())).parent.resolve()
        above = (*self.above, self.paths[0].resolve())
        if reason := _unfit(path, within, above):
            self.report("bad-base", named.place, f"the base '{_short(named.value)}' {reason}")
            return None
        self.base = base = _Loader(path, above, within)
        loaded = base.run()
        self.paths += base.paths
        self.files |= base.files
        self.found += [d for d in loaded.diagnostics if d.severity is Severity.ERROR]
        if loaded.topology is None:
            message = f"the base '{_short(named.value)}' has mistakes"
            self.report("bad-base", named.place, message)
            return None
        return base

    def _remove(self, item: _Item, spec: schema.Spec, entry: _Item, path: str) -> bool:
        """Takes an entry out of what a base says; says whether there is anything left."""
        inner = _entries(item, spec)
        # A name may hold the character that parts the names.
        names = [name for name in inner if path == name or path.startswith(f"{name}/")]
        if not names:
            name = path.partition("/")[0]
            self.report(
                "unknown-id",
                entry.place,
                f"the base has no '{_short(entry.value)}' that could be removed",
                did_you_mean(name, inner),
            )
            return True
        name = max(names, key=len)
        key, inner_spec = inner[name]
        rest = path[len(name) + 1 :]
        if rest and self._remove(item.value[key], inner_spec, entry, rest):
            return True
        if isinstance(spec, schema.Record) and spec.keys[name].required:
            message = f"a {spec.name} cannot be without '{name}'"
            self.report("bad-base", entry.place, message, f"remove the {spec.name}")
            return True
        del item.value[key]
        return isinstance(spec, schema.Record) or bool(item.value)

    # --- reading by the schema --------------------------------------------------------

    def _read(self, node: yamlfile.Node, spec: schema.Spec, place: Place) -> _Item | None:
        """The node as its spec says, or None after a report."""
        match spec:
            case schema.Record():
                if spec.scalar and isinstance(node, yamlfile.Scalar):
                    return self._read(node, spec.scalar, place)
                return self._read_record(node, spec, place)
            case schema.MapOf():
                return self._read_map(node, spec, place)
            case schema.ListOf():
                return self._read_list(node, spec, place)
            case schema.OneOrMore():
                if isinstance(node, yamlfile.Sequence):
                    return self._read_list(node, schema.ListOf(spec.item), place)
                item = self._read(node, spec.item, place)
                return _Item([item], place, node) if item else None
            case _:
                return self._read_scalar(node, spec)

    def _wrong_type(self, node: yamlfile.Node, expected: str, hint: str = "") -> None:
        message = f"{_kind(node)} stands where {expected} must"
        self.report("wrong-type", node.place, message, hint)

    def _read_scalar(self, node: yamlfile.Node, spec: schema.Spec) -> _Item | None:
        if not isinstance(node, yamlfile.Scalar):
            if isinstance(spec, schema.Str):
                hint = slips.of_value(self._line(node.place), node.place.column)
                self._wrong_type(node, spec.expected, hint)
            else:
                self._wrong_type(node, "a single value")
            return None
        text = node.value
        if node.missing and spec is not schema.VALUE:
            self._wrong_type(node, "a value")
            return None
        wrong = _wrong_scalar(spec, node)
        if wrong:
            code, message, hint = wrong
            self.report(code, node.place, message, hint)
            return None
        value: Any = text
        if isinstance(spec, schema.Int):
            value = int(text)
        elif isinstance(spec, schema.Bool):
            value = text in _TRUE
        return _Item(value, node.place, node)

    def _read_list(self, node: yamlfile.Node, spec: schema.ListOf, place: Place) -> _Item | None:
        if not isinstance(node, yamlfile.Sequence):
            self._wrong_type(node, "a list")
            return None
        if not node.items:
            self.report("bad-value", node.place, "the list is empty", "leave the key out")
            return None
        items = [self._read(item, spec.item, item.place) for item in node.items]
        return _Item([item for item in items if item], place, node)

    def _pairs(self, node: yamlfile.Mapping) -> Iterator[tuple[str, Place, yamlfile.Node]]:
        """The pairs of a mapping whose keys are texts, the first of equal ones only."""
        seen: dict[str, Place] = {}
        for key, value in node.pairs:
            if not isinstance(key, yamlfile.Scalar):
                self._wrong_type(key, "a key")
            elif key.value in seen:
                line = seen[key.value].line
                message = f"'{_short(key.value)}' stands already in line {line}"
                self.report("duplicate-key", key.place, message)
            else:
                seen[key.value] = key.place
                yield key.value, key.place, value

    def _read_map(self, node: yamlfile.Node, spec: schema.MapOf, place: Place) -> _Item | None:
        if not isinstance(node, yamlfile.Mapping):
            self._wrong_type(node, "a mapping")
            return None
        if not node.pairs:
            self.report("bad-value", node.place, "the mapping is empty", "leave the key out")
            return None
        entries: _Record = {}
        for key, key_place, value in self._pairs(node):
            item = self._read(value, spec.value, key_place)
            wrong = _wrong_scalar(spec.key, yamlfile.Scalar(key, True, key_place, key))
            if wrong:
                self.report(wrong[0], key_place, wrong[1], wrong[2])
            elif isinstance(spec.value, schema.Record):
                # It is defined, even where all that it says is wrong.
                entries[key] = _Item(item.value if item else {}, key_place, value)
            elif item:
                entries[key] = item
        return _Item(entries, place, node)

    def _read_record(self, node: yamlfile.Node, spec: schema.Record, place: Place) -> _Item | None:
        if isinstance(node, yamlfile.Scalar) and node.missing and spec.optional:
            node = yamlfile.Mapping(place)  # ``cache:`` alone takes every default
        if not isinstance(node, yamlfile.Mapping):
            self._wrong_type(node, "a mapping", _instead(node, spec))
            return None
        entries: _Record = {}
        written: dict[str, Place] = {}
        for key, key_place, value in self._pairs(node):
            written[key] = key_place
            if key not in spec.keys:
                hint = spec.hints.get(key) or slips.of_text(key) or did_you_mean(key, spec.keys)
                if spec.scalar and not hint:
                    hint = slips.of_value(self._line(node.place), node.place.column)
                    hint = hint or (slips.COLON if len(node.pairs) == 1 else "")
                self.report(
                    "unknown-key", key_place, f"a {spec.name} has no key '{_short(key)}'", hint
                )
            elif (item := self._read(value, spec.keys[key].spec, key_place)) is not None:
                entries[key] = item
        for name, expected in spec.keys.items():
            if expected.required and name not in written:
                self.report("missing-key", place, f"a {spec.name} needs the key '{name}'")
        chosen = [key for key in written if key in spec.one_of]
        if spec.one_of and not chosen and written.keys() <= spec.keys.keys():
            words = ", ".join(f"'{name}'" for name in spec.one_of)
            self.report("missing-key", place, f"a {spec.name} needs one of the keys {words}")
        for key in chosen[1:]:
            message = f"a {spec.name} has '{chosen[0]}' already and cannot have '{key}' too"
            self.report("bad-value", written[key], message)
        return _Item(entries, place, node)

    # --- building ---------------------------------------------------------------------

    def _build(self, record: _Record) -> Topology:
        defaults = _value(record, "defaults", {})
        components = {
            id: self._component(id, item) for id, item in _value(record, "components", {}).items()
        }
        services = {
            id: self._service(id, item, defaults)
            for id, item in _value(record, "services", {}).items()
        }
        topology = Topology(
            id=_topology_id(self.path),
            name=_value(record, "name", ""),
            components=components,
            services=services,
            zones={
                id: Zone(id, _value(item.value, "label", id).strip(), item.place)
                for id, item in _value(record, "zones", {}).items()
            },
            placeholders={
                name: Placeholder(
                    name,
                    _value(item.value, "description", ""),
                    _value(item.value, "example", ""),
                    item.place,
                )
                for name, item in _value(record, "placeholders", {}).items()
            },
            intro=self._blocks(record.get("intro")),
            sources=tuple(self.files),
            base=self.base.topology if self.base else None,
        )
        self._check(topology)
        return topology

    def _component(self, id: str, item: _Item) -> Component:
        record: _Record = item.value
        name = _value(record, "name", id)
        self.zone_uses += [record["zone"]] if "zone" in record else []
        return Component(
            id=id,
            name=name,
            label=_value(record, "label", name).strip(),
            shape=Shape(_value(record, "shape", Shape.BOX.value)),
            width=_value(record, "width", None),
            stacked=_value(record, "stacked", True),
            front=_value(record, "front", False),
            zone=_value(record, "zone", None),
            description=self._text(record.get("description")),
            connections=self._connections(id, record),
            place=item.place,
        )

    def _service(self, id: str, item: _Item, defaults: _Record) -> Service:
        record: _Record = item.value
        name = _value(record, "name", id)
        snippets = _value(record, "snippets", {})
        self.zone_uses += _value(record, "zones", [])
        for snippet_id, snippet in snippets.items():
            if other := snippet.value.get("alternative_to"):
                self.alternatives[id, snippet_id] = other.place
        return Service(
            id=id,
            name=name,
            server=_value(record, "server", f"{name} Server"),
            replicas=_value(record, "replicas", _value(defaults, "replicas", 3)),
            shape=Shape(_value(record, "shape", Shape.BOX.value)),
            width=_value(record, "width", _value(defaults, "width", None)),
            zones=tuple(zone.value for zone in _value(record, "zones", [])),
            fold_from=_value(record, "fold_from", _value(defaults, "fold_from", 20)),
            description=self._text(record.get("description")),
            connections=self._connections(id, record),
            snippets=tuple(_snippet(id, snippet) for id, snippet in snippets.items()),
            notes=self._blocks(record.get("notes")),
            place=item.place,
        )

    def _connections(self, owner: str, record: _Record) -> tuple[Connection, ...]:
        connections = []
        for item in _value(record, "connections", []):
            for direction in Direction:
                if peer := item.value.get(direction.value):
                    connections.append(
                        Connection(
                            owner,
                            peer.value,
                            direction,
                            needed=_value(item.value, "needed", None),
                            label=_value(item.value, "label", "").strip(),
                            place=peer.place,
                        )
                    )
                    break
        return tuple(connections)

    def _blocks(self, item: _Item | None) -> tuple[Block, ...]:
        blocks: list[Block] = []
        for part in item.value if item else ():
            if isinstance(part.value, str):
                blocks.append(Paragraph(self._text(part), part.place))
            elif snippet := part.value.get("snippet"):
                blocks.append(SnippetMention(snippet.value, snippet.place))
            elif warning := part.value.get("warning"):
                blocks.append(Warning(self._text(warning), warning.place))
            elif difference := part.value.get("difference"):
                blocks.append(
                    Difference(
                        _value(difference.value, "about", ""),
                        self._text(difference.value.get("text")),
                        self._text(difference.value.get("source")),
                        difference.value.get("about", difference).place,
                    )
                )
        return tuple(blocks)

    def _text(self, item: _Item | None) -> Text:
        """The parts of a text, each reference with its own place."""
        if item is None:
            return ()
        placed: list[Inline] = []
        places: list[Place] = []
        try:
            for offset, inline in markup.scan(item.value):
                if isinstance(inline, Reference):
                    places = places or _letters(item)
                    inline = replace(inline, place=places[offset])
                placed.append(inline)
        except markup.MarkupError as error:
            self.report(error.code, _letters(item)[error.offset], error.message)
            return ()
        return tuple(placed)

    # --- what refers to what ----------------------------------------------------------

    def _check(self, topology: Topology) -> None:
        self._check_ids(topology)
        self._check_connections(topology)
        for zone in self.zone_uses:
            if zone.value not in topology.zones:
                self._unknown(zone.place, f"zone '{zone.value}'", zone.value, topology.zones)
        for service in topology.services.values():
            self._check_snippets(topology, service)
        for reference in _references(topology):
            self._check_reference(topology, reference)
        if not has_errors(self.found):
            self._check_differences(topology)
            self._check_use(topology)

    def _check_ids(self, topology: Topology) -> None:
        taken: dict[str, str] = {_folded(id): f"the view '{id}'" for id in RESERVED_IDS}
        ids: list[tuple[str, str, Place]] = []
        for component in topology.components.values():
            ids.append((component.id, f"the component '{component.id}'", component.place))
        for service in topology.services.values():
            ids.append((service.id, f"the service '{service.id}'", service.place))
            of_service = f"of the service '{service.id}'"
            groups = [service.group_id]
            groups += [f"{service.group_id}_{node_id(zone)}" for zone in service.zones]
            for group in dict.fromkeys(groups):
                ids.append((group, f"the group {of_service}", service.place))
            for replica in service.instances:
                what = f"server {replica.number} {of_service}"
                ids.append((replica.id, what, service.place))
        for zone in topology.zones.values():
            ids.append((zone.id, f"the zone '{zone.id}'", zone.place))
        clashing: set[tuple[str, Place]] = set()
        for id, what, place in ids:
            other = taken.setdefault(_folded(id), what)
            # One finding is enough where all servers of two services clash.
            if other != what and (other.partition(" of ")[2], place) not in clashing:
                clashing.add((other.partition(" of ")[2], place))
                self.report("duplicate-id", place, f"{what} has the id '{id}', as has {other}")

    def _check_connections(self, topology: Topology) -> None:
        stated: dict[frozenset[str], str] = {}
        parts = {part.id for part in topology.parts}
        for connection in topology.connections:
            owner, peer = connection.owner, connection.peer
            ends = frozenset((owner, peer))
            if peer not in parts:
                what = f"component or service '{peer}'"
                others = [part for part in topology.parts if part.id != owner]
                self._unknown_part(connection.place, what, peer, others)
            elif owner == peer:
                message = f"'{peer}' is connected with itself"
                self.report("bad-connection", connection.place, message)
            elif owner in topology.components and peer in topology.services:
                message = f"'{peer}' is a service, and '{owner}' a component"
                hint = "write the connection at the service, whichever way its arrow points"
                self.report("bad-connection", connection.place, message, hint)
            elif ends in stated:
                message = f"the connection with '{peer}' stands already at '{stated[ends]}'"
                hint = "write one, with the direction that holds"
                self.report("bad-connection", connection.place, message, hint)
            stated.setdefault(ends, owner)

    def _check_snippets(self, topology: Topology, service: Service) -> None:
        ids = [snippet.id for snippet in service.snippets]
        for snippet in service.snippets:
            other = snippet.alternative_to
            if other is not None and (other not in ids or other == snippet.id):
                known = [id for id in ids if id != snippet.id]
                place = self.alternatives[service.id, snippet.id]
                what = f"other snippet '{other}' in the service '{service.id}'"
                self._unknown(place, what, other, known)
            for option in snippet.options:
                for name in option.placeholders:
                    if self.complete and name not in topology.placeholders:
                        self.report(
                            "unknown-placeholder",
                            option.place,
                            f"the placeholder '<{name}>' is not defined",
                            did_you_mean(name, topology.placeholders)
                            if len(self.found) < MANY
                            else "",
                        )
        for block in service.notes:
            if isinstance(block, SnippetMention) and block.snippet not in ids:
                id = block.snippet
                what = f"snippet '{id}' in the service '{service.id}'"
                self._unknown(block.place, what, id, ids)

    def _check_reference(self, topology: Topology, reference: Reference) -> None:
        try:
            part = topology.part(reference.id)
        except KeyError:
            what = f"component or service '{reference.id}'"
            self._unknown_part(reference.place, what, reference.id, topology.parts)
            return
        attribute, known = reference.attribute, attributes_of(part)
        option = attribute.removeprefix("options.") if attribute.startswith("options.") else ""
        if attribute not in known and not (isinstance(part, Service) and option):
            kind = "component" if isinstance(part, Component) else "service"
            message = f"the {kind} '{part.id}' has no '{'options' if option else attribute}'"
            offered = ", ".join((*known, "options.NAME") if isinstance(part, Service) else known)
            hint = did_you_mean(attribute, known) or f"it has {offered}"
            self.report("bad-text", reference.place, message, hint)
        elif isinstance(part, Service) and option:
            sections = {o.section for o in part.options if o.name == option}
            if not sections:
                names = {o.name for o in part.options}
                self._unknown(reference.place, f"option '{option}' of '{part.id}'", option, names)
            elif len(sections) > 1:
                message = f"'{option}' stands in the sections {', '.join(sorted(sections))}"
                self.report("ambiguous-option", reference.place, message)

    def _check_differences(self, topology: Topology) -> None:
        """Finds notes on something that is no other than in the base."""
        stated = [
            (service.id, block)
            for service in topology.services.values()
            for block in service.notes
            if isinstance(block, Difference)
        ]
        if not stated:
            return
        from diagtool import comparing  # which most topologies have no need of

        base = topology.base
        changes = comparing.compare(base, topology) if base else ()
        differ = {(change.about, change.what) for change in changes}
        for about, block in stated:
            if base is None:
                message = "the topology extends none that it could differ from"
                self.report("no-difference", block.place, message)
            elif (about, block.about) not in differ:
                message = f"'{block.about}' of '{about}' is the same as in '{base.name}'"
                hint = did_you_mean(block.about, {what for id, what in differ if id == about})
                self.report("no-difference", block.place, message, hint)

    def _check_use(self, topology: Topology) -> None:
        """Warns of what is defined and never used."""
        for service in topology.services.values():
            shown = {b.snippet for b in service.notes if isinstance(b, SnippetMention)}
            for snippet in service.snippets:
                if snippet.id not in shown:
                    message = f"no note shows the snippet '{snippet.id}'"
                    self.report("unused-snippet", snippet.place, message)
        options = [o for service in topology.services.values() for o in service.options]
        for option in options:
            for written in _NO_PLACEHOLDER.findall(option.value):
                what = "names nothing" if written == "<>" else "is not closed"
                self.report("bad-placeholder", option.place, f"'{written}' {what}")
        filled = {name for option in options for name in option.placeholders}
        for placeholder in topology.placeholders.values():
            if placeholder.name not in filled:
                message = f"no option's value holds '<{placeholder.name}>'"
                self.report("unused-placeholder", placeholder.place, message)
        named: dict[str, Part] = {}
        for part in topology.parts:
            other = named.setdefault(" ".join(part.name.split()).casefold(), part)
            if other is not part:
                message = f"'{part.id}' has the name '{part.name}', as has '{other.id}'"
                self.report("duplicate-name", part.place, message)
        connected = {id for c in topology.connections for id in (c.owner, c.peer)}
        for part in topology.parts:
            if part.id not in connected:
                kind = "component" if isinstance(part, Component) else "service"
                self.report("unconnected", part.place, f"the {kind} '{part.id}' has no connection")

    def _unknown_part(self, place: Place, what: str, id: str, parts: Iterable[Part]) -> None:
        """As :meth:`_unknown`; who knows only the name or label of a part is told its id."""
        parts = tuple(parts)
        self._unknown(place, what, id, [part.id for part in parts], called(parts))

    def _unknown(
        self,
        place: Place,
        what: str,
        id: str,
        known: Iterable[str],
        called: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        if self.complete:
            hint = did_you_mean(id, known, called) if len(self.found) < MANY else ""
            self.report("unknown-id", place, f"there is no {what}", hint)


def called(parts: Iterable[Part]) -> dict[str, str]:
    """The names and labels of parts, with their ids."""
    names: dict[str, str] = {}
    for part in parts:
        label = part.label if isinstance(part, Component) else part.server
        for name in (part.name, label):
            names.setdefault(" ".join(name.split()), part.id)
    return names


def _value(record: _Record, key: str, default: Any) -> Any:
    item = record.get(key)
    return default if item is None else item.value


def _unfit(path: Path, within: Path, above: tuple[Path, ...]) -> str:
    """Why a path cannot be that of a base, empty where it can."""
    try:
        main = path / "topology.yaml" if path.is_dir() else path
        if not main.resolve().is_relative_to(within):
            return f"lies outside the folder '{within.name}', in which the topology lies"
        if not main.is_file():
            return "is not there"
    except (OSError, RuntimeError):  # too long a name, a loop of links
        return "cannot be read"
    if main.resolve() in above:
        return "is this topology itself, or one that extends it"
    if len(above) > MAX_BASES:
        return f"is one too many: {MAX_BASES} topologies may stand below one"
    return ""


def _copied(item: _Item) -> _Item:
    """The item with mappings and lists of its own."""
    value = item.value
    if isinstance(value, dict):
        value = {key: _copied(inner) for key, inner in value.items()}
    elif isinstance(value, list):
        value = [_copied(inner) for inner in value]
    return _Item(value, item.place, item.node)


def _laid_over(base: _Item, own: _Item, spec: schema.Spec) -> _Item:
    """What a base says with what a topology that extends it says in its place."""
    match spec:
        case schema.Record() | schema.MapOf() if isinstance(base.value, dict):
            merged = dict(base.value)
            for key, item in own.value.items():
                inner = spec.value if isinstance(spec, schema.MapOf) else spec.keys[key].spec
                merged[key] = _laid_over(merged[key], item, inner) if key in merged else item
            return _Item(merged, own.place, own.node)
        case schema.ListOf(extended=schema.Extended.APPENDED):
            return _Item([*base.value, *own.value], own.place, own.node)
        case schema.ListOf(extended=schema.Extended.BY_PEER):
            # Two with one peer in either list stay two: that is a mistake to be found.
            news: dict[str, list[_Item]] = {}
            for item in own.value:
                news.setdefault(_peer(item), []).append(item)
            merged_list = [new for item in base.value for new in news.pop(_peer(item), [item])]
            merged_list += [item for items in news.values() for item in items]
            return _Item(merged_list, own.place, own.node)
        case _:
            return own


def _entries(item: _Item, spec: schema.Spec) -> dict[str, tuple[Any, schema.Spec]]:
    """What a topology can remove from an item: where it is in there and its spec, by name."""
    match spec:
        case schema.Record():
            return {key: (key, spec.keys[key].spec) for key in item.value}
        case schema.MapOf():
            return {key: (key, spec.value) for key in item.value}
        case schema.ListOf(extended=schema.Extended.BY_PEER):
            return {_peer(each): (n, spec.item) for n, each in enumerate(item.value)}
        case _:
            return {}


def _peer(connection: _Item) -> str:
    """The other end of a connection, empty where none was read."""
    ends = (connection.value.get(direction.value) for direction in Direction)
    return next((end.value for end in ends if end), "")


def _instead(node: yamlfile.Node, spec: schema.Record) -> str:
    """A hint for what stands where a mapping must."""
    if not isinstance(node, yamlfile.Scalar) or node.missing:
        return ""
    if hint := slips.of_text(node.value):
        return hint
    if not spec.one_of:
        return ""
    *words, id = _short(node.value).split() or [""]
    keys = words if words and words[0] in spec.one_of else spec.one_of
    choices = [f"'{key}: {id}'" for key in keys]
    return "write " + " or ".join([", ".join(choices[:-1]), choices[-1]][len(choices) == 1 :])


def _kind(node: yamlfile.Node) -> str:
    if isinstance(node, yamlfile.Scalar) and node.missing:
        return "nothing"
    return {
        yamlfile.Scalar: "a single value",
        yamlfile.Sequence: "a list",
        yamlfile.Mapping: "a mapping",
    }[type(node)]


def _wrong_scalar(spec: schema.Spec, node: yamlfile.Scalar) -> tuple[str, str, str] | None:
    """Code, message and hint where a scalar is not what its spec says."""
    text = node.value
    match spec:
        case schema.Id():
            if not re.fullmatch(schema.ID, text):
                return "bad-id", f"'{_short(text)}' is no id", schema.ID_IN_WORDS
        case schema.Str():
            if len(text) > spec.max_length:
                return "bad-value", f"the text is longer than {spec.max_length} characters", ""
            if not text.strip() and not re.fullmatch(spec.pattern, text):
                return "bad-value", "the text is empty", ""
            if hidden := re.search(f"[{schema.HIDDEN}]", text):
                point = f"U+{ord(hidden[0]):04X}"
                return "bad-value", f"the text holds {point}, which nobody sees", "take it out"
            if not re.fullmatch(spec.pattern, text):
                return "bad-value", f"'{_short(text)}' is not {spec.expected}", ""
        case schema.Choice():
            if text not in spec.values:
                words = ", ".join(spec.values)
                message = f"'{_short(text)}' is none of {words}"
                return "bad-value", message, did_you_mean(text, spec.values)
        case schema.Int():
            if not (node.plain and re.fullmatch(r"-?(0|[1-9][0-9]{0,8})", text)):
                return "wrong-type", f"'{_short(text)}' is no whole number", _unquoted(node)
            if not spec.minimum <= int(text) <= spec.maximum:
                message = f"{text} is not between {spec.minimum} and {spec.maximum}"
                return "bad-value", message, ""
        case schema.Bool():
            if not node.plain or text not in _TRUE + _FALSE:
                return "wrong-type", f"'{_short(text)}' is neither true nor false", _unquoted(node)
        case _:
            raise TypeError(spec)
    return None


def _unquoted(node: yamlfile.Scalar) -> str:
    return "" if node.plain else "a text in quotes is never a number, true or false"


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def _folded(id: str) -> str:
    """What an id becomes as an anchor, and on a disk that ignores case."""
    return id.replace("_", "-").casefold()


def _topology_id(path: Path) -> str:
    """The name of a topology's file or folder."""
    named = path.resolve() if path.name in ("", "..") else path
    return named.name if path.is_dir() else named.stem


def _all_read(file: _Item, spec: schema.Record) -> bool:
    """Whether nothing that might define ids was left out; a misspelt ``services`` is."""
    assert isinstance(file.node, yamlfile.Mapping)
    keys = [key.value if isinstance(key, yamlfile.Scalar) else "" for key, _ in file.node.pairs]
    harmless = spec.keys.keys() - set(schema.PART_KEYS)
    return len(keys) == len(set(keys)) and set(keys) <= file.value.keys() | harmless


def _other_format(root: yamlfile.Node) -> yamlfile.Scalar | None:
    """The version that a file states where this release does not read it."""
    for key, value in root.pairs if isinstance(root, yamlfile.Mapping) else ():
        if isinstance(key, yamlfile.Scalar) and key.value == "format":
            if isinstance(value, yamlfile.Scalar) and not value.missing:
                return value if value.value != schema.FORMAT else None
            return None  # no version at all, which the schema says
    return None


def _letters(item: _Item) -> list[Place]:
    """The place of each character of a text that is no white space, as the file spells it."""
    assert isinstance(item.node, yamlfile.Scalar)
    raw, place = item.node.raw, item.place
    spelt: list[Place] = []
    letters: list[str] = []
    for number, line in enumerate(yamlfile.lines_of(raw)):
        for column, letter in enumerate(line, place.column if number == 0 else 1):
            if letter not in markup.BLANKS:
                spelt.append(Place(place.path, place.line + number, column))
                letters.append(letter)
    value = markup.squeezed(item.value)
    start = "".join(letters).rfind(value)
    # Escapes in quotes spell a text otherwise: then its start must do.
    return spelt[start : start + len(value)] if start >= 0 else [place] * len(value)


def _snippet(id: str, item: _Item) -> Snippet:
    record: _Record = item.value
    return Snippet(
        id,
        tuple(
            Option(section, name, value.value, value.place)
            for section, options in _value(record, "options", {}).items()
            for name, values in options.value.items()
            for value in values.value
        ),
        _value(record, "alternative_to", None),
        item.place,
    )


def _references(topology: Topology) -> Iterator[Reference]:
    texts: list[Text] = [part.description for part in topology.parts]
    blocks = [*topology.intro]
    for service in topology.services.values():
        blocks.extend(service.notes)
    texts.extend(b.text for b in blocks if not isinstance(b, SnippetMention))
    texts.extend(b.source for b in blocks if isinstance(b, Difference))
    for text in texts:
        yield from (inline for inline in text if isinstance(inline, Reference))
