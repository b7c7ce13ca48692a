"""The model's parts, made from what was read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from diagtool import markup, yamlfile
from diagtool.loading.findings import Findings
from diagtool.loading.reading import Fields, Item, said
from diagtool.model import (
    Block,
    Component,
    Connection,
    Difference,
    Direction,
    Inline,
    Option,
    Paragraph,
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


@dataclass
class Builder:
    """Makes a topology. Beside the model, it keeps the places of ids that are referred to."""

    findings: Findings
    zone_uses: list[Item] = field(default_factory=list)
    alternatives: dict[tuple[str, str], Place] = field(default_factory=dict)

    def build(self, id: str, record: Fields, base: Topology | None) -> Topology:
        defaults = said(record, "defaults", {})
        components = {
            id: self._component(id, item) for id, item in said(record, "components", {}).items()
        }
        services = {
            id: self._service(id, item, defaults)
            for id, item in said(record, "services", {}).items()
        }
        return Topology(
            id=id,
            name=said(record, "name", ""),
            components=components,
            services=services,
            zones={
                id: Zone(id, said(item.value, "label", id).strip(), item.place)
                for id, item in said(record, "zones", {}).items()
            },
            placeholders={
                name: Placeholder(
                    name,
                    said(item.value, "description", ""),
                    said(item.value, "example", ""),
                    item.place,
                )
                for name, item in said(record, "placeholders", {}).items()
            },
            intro=self._blocks(record.get("intro")),
            sources=tuple(self.findings.files),
            base=base,
        )

    def _component(self, id: str, item: Item) -> Component:
        record: Fields = item.value
        name = said(record, "name", id)
        self.zone_uses += [record["zone"]] if "zone" in record else []
        return Component(
            id=id,
            name=name,
            label=said(record, "label", name).strip(),
            shape=Shape(said(record, "shape", Shape.BOX.value)),
            width=said(record, "width", None),
            stacked=said(record, "stacked", True),
            front=said(record, "front", False),
            zone=said(record, "zone", None),
            description=self._text(record.get("description")),
            connections=self._connections(id, record),
            place=item.place,
        )

    def _service(self, id: str, item: Item, defaults: Fields) -> Service:
        record: Fields = item.value
        name = said(record, "name", id)
        snippets = said(record, "snippets", {})
        self.zone_uses += said(record, "zones", [])
        for snippet_id, snippet in snippets.items():
            if other := snippet.value.get("alternative_to"):
                self.alternatives[id, snippet_id] = other.place
        return Service(
            id=id,
            name=name,
            server=said(record, "server", f"{name} Server"),
            replicas=said(record, "replicas", said(defaults, "replicas", 3)),
            shape=Shape(said(record, "shape", Shape.BOX.value)),
            width=said(record, "width", said(defaults, "width", None)),
            zones=tuple(zone.value for zone in said(record, "zones", [])),
            fold_from=said(record, "fold_from", said(defaults, "fold_from", 20)),
            description=self._text(record.get("description")),
            connections=self._connections(id, record),
            snippets=tuple(_snippet(id, snippet) for id, snippet in snippets.items()),
            notes=self._blocks(record.get("notes")),
            place=item.place,
        )

    def _connections(self, owner: str, record: Fields) -> tuple[Connection, ...]:
        connections = []
        for item in said(record, "connections", []):
            for direction in Direction:
                if peer := item.value.get(direction.value):
                    connections.append(
                        Connection(
                            owner,
                            peer.value,
                            direction,
                            needed=said(item.value, "needed", None),
                            label=said(item.value, "label", "").strip(),
                            place=peer.place,
                        )
                    )
                    break
        return tuple(connections)

    def _blocks(self, item: Item | None) -> tuple[Block, ...]:
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
                        said(difference.value, "about", ""),
                        self._text(difference.value.get("text")),
                        self._text(difference.value.get("source")),
                        difference.value.get("about", difference).place,
                    )
                )
        return tuple(blocks)

    def _text(self, item: Item | None) -> Text:
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
            self.findings.report(error.code, _letters(item)[error.offset], error.message)
            return ()
        return tuple(placed)


def _letters(item: Item) -> list[Place]:
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


def _snippet(id: str, item: Item) -> Snippet:
    record: Fields = item.value
    return Snippet(
        id,
        tuple(
            Option(section, name, value.value, value.place)
            for section, options in said(record, "options", {}).items()
            for name, values in options.value.items()
            for value in values.value
        ),
        said(record, "alternative_to", None),
        item.place,
    )
