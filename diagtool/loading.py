"""YAML → :class:`~diagtool.model.Topology`, with every problem found in one run.

Three steps, each going on where the one before it could: read the files as the schema
says, build the model's parts, and check what refers to what.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from diagtool import markup, schema, yamlfile
from diagtool.diagnostics import Diagnostic, TopologyError, did_you_mean, has_errors
from diagtool.model import (
    Block,
    Component,
    Connection,
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
)

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
    files: dict[str, yamlfile.File] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)
    zone_uses: list[_Item] = field(default_factory=list)
    alternatives: dict[tuple[str, str], Place] = field(default_factory=dict)

    def run(self) -> Loaded:
        topology = self._topology()
        if has_errors(self.found):
            topology = None
        order = {path: number for number, path in enumerate(self.files)}
        found = sorted(
            dict.fromkeys(self.found),
            key=lambda d: (order.get(d.place.path, -1), d.place.line, d.place.column),
        )
        return Loaded(topology, tuple(found))

    def report(self, code: str, place: Place, message: str, hint: str = "") -> None:
        file = self.files.get(place.path)
        source = file.line(place.line) if file else ""
        self.found.append(Diagnostic(code, place, message, hint, source))

    # --- files ------------------------------------------------------------------------

    def _topology(self) -> Topology | None:
        try:
            paths = yamlfile.topology_files(self.path)
        except OSError as error:
            self.report("unreadable-file", Place(self.path.as_posix(), 1, 1), f"{error.strerror}")
            return None
        merged: _Record = {}
        for path in paths:
            file = yamlfile.read_file(path, self.found.append)
            if file is None:
                continue
            self.files[file.path] = file
            spec = schema.TOPOLOGY if path == paths[0] else schema.PART_FILE
            record = self._file(file, spec)
            for name, item in record.items():
                self._merge(merged, name, item)
        if not self.files:
            return None
        if not has_errors(self.found) and "services" not in merged:
            first = next(iter(self.files))
            self.report("empty-topology", Place(first, 1, 1), "the topology has no service")
        return self._build(merged)

    def _file(self, file: yamlfile.File, spec: schema.Record) -> _Record:
        """The top level of one file."""
        root = file.root
        start = Place(file.path, 1, 1)
        if root is None or (isinstance(root, yamlfile.Scalar) and root.raw == ""):
            if spec is schema.TOPOLOGY:
                self.report("empty-topology", start, "the file is empty")
            return {}
        if isinstance(root, yamlfile.Mapping):
            # Another format would only give findings that mean nothing.
            for key, value in root.pairs:
                if (
                    isinstance(key, yamlfile.Scalar)
                    and key.value == "format"
                    and isinstance(value, yamlfile.Scalar)
                    and value.value != schema.FORMAT
                ):
                    self.report(
                        "unsupported-format",
                        value.place,
                        f"format '{value.value}' is not known",
                        f"this release reads format {schema.FORMAT}",
                    )
                    return {}
        item = self._read(root, spec, root.place)
        return item.value if item else {}

    def _merge(self, merged: _Record, name: str, item: _Item) -> None:
        if name not in merged:
            merged[name] = item
            return
        for key, value in item.value.items():
            if key in merged[name].value:
                first = merged[name].value[key].place
                self.report(
                    "duplicate-key", value.place, f"'{key}' stands already at {first}"
                )
            else:
                merged[name].value[key] = value

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

    def _read_scalar(self, node: yamlfile.Node, spec: schema.Spec) -> _Item | None:
        if not isinstance(node, yamlfile.Scalar):
            expected = spec.expected if isinstance(spec, schema.Str) else "a single value"
            self.report("wrong-type", node.place, f"{_kind(node)} stands where {expected} must")
            return None
        text = node.value
        if not text and node.raw == "" and spec is not schema.VALUE:
            self.report("wrong-type", node.place, "a value is missing")
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
            value = text == "true"
        return _Item(value, node.place, node)

    def _read_list(
        self, node: yamlfile.Node, spec: schema.ListOf, place: Place
    ) -> _Item | None:
        if not isinstance(node, yamlfile.Sequence):
            self.report("wrong-type", node.place, f"{_kind(node)} stands where a list must")
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
                self.report("wrong-type", key.place, f"{_kind(key)} stands where a key must")
            elif key.value in seen:
                line = seen[key.value].line
                self.report(
                    "duplicate-key", key.place, f"'{key.value}' stands already in line {line}"
                )
            else:
                seen[key.value] = key.place
                yield key.value, key.place, value

    def _read_map(self, node: yamlfile.Node, spec: schema.MapOf, place: Place) -> _Item | None:
        if not isinstance(node, yamlfile.Mapping):
            self.report("wrong-type", node.place, f"{_kind(node)} stands where a mapping must")
            return None
        if not node.pairs:
            self.report("bad-value", node.place, "the mapping is empty", "leave the key out")
            return None
        entries: _Record = {}
        for key, key_place, value in self._pairs(node):
            wrong = _wrong_scalar(spec.key, yamlfile.Scalar(key, True, key_place, key))
            if wrong:
                self.report(wrong[0], key_place, wrong[1], wrong[2])
                continue
            item = self._read(value, spec.value, key_place)
            if item:
                scalar = not isinstance(spec.value, schema.Record)
                entries[key] = item if scalar else replace(item, place=key_place)
        return _Item(entries, place, node)

    def _read_record(
        self, node: yamlfile.Node, spec: schema.Record, place: Place
    ) -> _Item | None:
        if isinstance(node, yamlfile.Scalar) and node.raw == "" and not spec.one_of:
            node = yamlfile.Mapping(place)  # ``cache:`` alone takes every default
        if not isinstance(node, yamlfile.Mapping):
            self.report("wrong-type", node.place, f"{_kind(node)} stands where a mapping must")
            return None
        entries: _Record = {}
        written: list[tuple[str, Place]] = []
        for key, key_place, value in self._pairs(node):
            written.append((key, key_place))
            if key not in spec.keys:
                hint = did_you_mean(key, spec.keys)
                self.report("unknown-key", key_place, f"a {spec.name} has no key '{key}'", hint)
            elif (item := self._read(value, spec.keys[key].spec, key_place)) is not None:
                entries[key] = item
        names = [key for key, _ in written]
        for name, key in spec.keys.items():
            if key.required and name not in names:
                self.report("missing-key", place, f"a {spec.name} needs the key '{name}'")
        chosen = [(key, at) for key, at in written if key in spec.one_of]
        if spec.one_of and not chosen and all(name in spec.keys for name in names):
            words = ", ".join(f"'{name}'" for name in spec.one_of)
            self.report("missing-key", place, f"a {spec.name} needs one of the keys {words}")
        for key, at in chosen[1:]:
            message = f"a {spec.name} has '{chosen[0][0]}' already and cannot have '{key}' too"
            self.report("bad-value", at, message)
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
            id=self.path.resolve().stem,
            name=_value(record, "name", ""),
            components=components,
            services=services,
            zones={
                id: Zone(id, _value(item.value, "label", id), item.place)
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
            label=_value(record, "label", name),
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
                            label=_value(item.value, "label", ""),
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
        return tuple(blocks)

    def _text(self, item: _Item | None) -> Text:
        """The parts of a text, each reference with its own place."""
        if item is None:
            return ()
        try:
            inlines = markup.parse(item.value)
        except markup.MarkupError as error:
            self.report(error.code, self._within(item, error.token), error.message)
            return ()
        seen: dict[str, int] = {}
        placed: list[Inline] = []
        for inline in inlines:
            if isinstance(inline, Reference):
                shown = _shown(inline)
                seen[shown] = seen.get(shown, -1) + 1
                inline = replace(inline, place=self._within(item, shown, seen[shown]))
            placed.append(inline)
        return tuple(placed)

    def _within(self, item: _Item, token: str, nth: int = 0) -> Place:
        """The place of the nth occurrence of a token in a text, as it is spelt in the file."""
        assert isinstance(item.node, yamlfile.Scalar)
        raw = item.node.raw
        at = -1
        for _ in range(nth + 1):
            at = raw.find(token, at + 1)
        if at < 0:
            return item.place
        before = raw[:at]
        line = item.place.line + before.count("\n")
        if line == item.place.line:
            return Place(item.place.path, line, item.place.column + at)
        return Place(item.place.path, line, len(before) - before.rfind("\n"))

    # --- what refers to what ----------------------------------------------------------

    def _check(self, topology: Topology) -> None:
        self._check_ids(topology)
        for part in topology.parts:
            self._check_connections(topology, part)
        for zone in self.zone_uses:
            if zone.value not in topology.zones:
                self._unknown(zone.place, f"zone '{zone.value}'", zone.value, topology.zones)
        for service in topology.services.values():
            self._check_snippets(topology, service)
        for reference in _references(topology):
            self._check_reference(topology, reference)
        for block in topology.intro:
            if isinstance(block, SnippetMention):
                self.report(
                    "bad-value", block.place, "an intro belongs to no service, so has no snippets"
                )
        used = {
            name
            for service in topology.services.values()
            for option in service.options
            for name in option.placeholders
        }
        for placeholder in topology.placeholders.values():
            if placeholder.name not in used:
                self.report(
                    "unused-placeholder",
                    placeholder.place,
                    f"no option's value holds '<{placeholder.name}>'",
                )
        self._check_connected(topology)

    def _check_ids(self, topology: Topology) -> None:
        taken: dict[str, str] = {_folded(id): f"the view '{id}'" for id in RESERVED_IDS}
        ids: list[tuple[str, str, Place]] = []
        for component in topology.components.values():
            ids.append((component.id, f"the component '{component.id}'", component.place))
        for service in topology.services.values():
            ids.append((service.id, f"the service '{service.id}'", service.place))
            of_service = f"of the service '{service.id}'"
            ids.append((service.group_id, f"the group {of_service}", service.place))
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

    def _check_connections(self, topology: Topology, part: Part) -> None:
        seen: set[str] = set()
        known = [other.id for other in topology.parts if other.id != part.id]
        for connection in part.connections:
            peer = connection.peer
            if peer == part.id:
                self.report("bad-value", connection.place, f"'{peer}' is connected with itself")
            elif peer not in known:
                self._unknown(connection.place, f"component or service '{peer}'", peer, known)
            elif peer in seen:
                self.report(
                    "bad-value", connection.place, f"a second connection with '{peer}'",
                    "write one, with the direction that holds",
                )
            seen.add(peer)

    def _check_snippets(self, topology: Topology, service: Service) -> None:
        ids = [snippet.id for snippet in service.snippets]
        for snippet in service.snippets:
            other = snippet.alternative_to
            if other is not None and (other not in ids or other == snippet.id):
                known = [id for id in ids if id != snippet.id]
                place = self.alternatives[service.id, snippet.id]
                self._unknown(place, f"other snippet '{other}' of this service", other, known)
            for option in snippet.options:
                for name in option.placeholders:
                    if name not in topology.placeholders:
                        self.report(
                            "unknown-placeholder",
                            option.place,
                            f"the placeholder '<{name}>' is not defined",
                            did_you_mean(name, topology.placeholders),
                        )
        mentioned = [b for b in service.notes if isinstance(b, SnippetMention)]
        for block in mentioned:
            if block.snippet not in ids:
                id = block.snippet
                self._unknown(block.place, f"snippet '{id}' of this service", id, ids)
        for snippet in service.snippets:
            if snippet.id not in {block.snippet for block in mentioned}:
                self.report(
                    "unused-snippet", snippet.place, f"no note shows the snippet '{snippet.id}'"
                )

    def _check_reference(self, topology: Topology, reference: Reference) -> None:
        known = [part.id for part in topology.parts]
        if reference.id not in known:
            what = f"component or service '{reference.id}'"
            self._unknown(reference.place, what, reference.id, known)
            return
        part = topology.part(reference.id)
        head, _, option = reference.attribute.partition(".")
        if isinstance(part, Component) and head not in ("name", "label"):
            message = f"the component '{part.id}' has no '{head}'"
            self.report("bad-text", reference.place, message)
        elif isinstance(part, Service) and option:
            sections = {o.section for o in part.options if o.name == option}
            if not sections:
                names = {o.name for o in part.options}
                self._unknown(reference.place, f"option '{option}' of '{part.id}'", option, names)
            elif len(sections) > 1:
                message = f"'{option}' stands in the sections {', '.join(sorted(sections))}"
                self.report("ambiguous-option", reference.place, message)

    def _check_connected(self, topology: Topology) -> None:
        connected = {id for c in topology.connections for id in (c.owner, c.peer)}
        for part in topology.parts:
            if part.id not in connected:
                kind = "component" if isinstance(part, Component) else "service"
                self.report("unconnected", part.place, f"the {kind} '{part.id}' has no connection")

    def _unknown(self, place: Place, what: str, id: str, known: Iterable[str]) -> None:
        self.report("unknown-id", place, f"there is no {what}", did_you_mean(id, known))


def _value(record: _Record, key: str, default: Any) -> Any:
    item = record.get(key)
    return default if item is None else item.value


def _kind(node: yamlfile.Node) -> str:
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
                return "bad-id", f"'{_short(text)}' is no id", ""
        case schema.Str():
            if len(text) > spec.max_length:
                return "bad-value", f"the text is longer than {spec.max_length} characters", ""
            if not re.fullmatch(spec.pattern, text):
                return "bad-value", f"'{_short(text)}' is not {spec.expected}", ""
        case schema.Choice():
            if text not in spec.values:
                words = ", ".join(spec.values)
                message = f"'{_short(text)}' is none of {words}"
                return "bad-value", message, did_you_mean(text, spec.values)
        case schema.Int():
            if not (node.plain and re.fullmatch(r"-?(0|[1-9][0-9]{0,8})", text)):
                return "wrong-type", f"'{_short(text)}' is no whole number", ""
            if not spec.minimum <= int(text) <= spec.maximum:
                message = f"{text} is not between {spec.minimum} and {spec.maximum}"
                return "bad-value", message, ""
        case schema.Bool():
            if not node.plain or text not in ("true", "false"):
                return "wrong-type", f"'{_short(text)}' is neither true nor false", ""
        case _:
            raise TypeError(spec)
    return None


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def _folded(id: str) -> str:
    """What an id becomes as an anchor, and on a disk that ignores case."""
    return id.replace("_", "-").casefold()


def _shown(reference: Reference) -> str:
    suffix = "" if reference.attribute == "name" else f".{reference.attribute}"
    return f"{{{reference.id}{suffix}}}"


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
    for text in texts:
        yield from (inline for inline in text if isinstance(inline, Reference))
