"""A draft as the text of a topology: in order, with comments, and without what goes unsaid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from diagtool.model import Direction
from diagtool.scaffolding.importing.draft import (
    Connection,
    Draft,
    Kind,
    Note,
    Option,
    Part,
    Snippet,
)
from diagtool.scaffolding.importing.inference import settle
from diagtool.scaffolding.importing.yaml_text import Entry, Item, comment, write

USUAL_REPLICAS = 3

_HEAD = """\
# The facts of the system, each of them once. Pictures, pages and sample config are made from this
# file: change a fact here and nowhere else. Then run `diagtool check`.
"""
_DIRECTIONS = {Direction.TO: "to", Direction.FROM: "from", Direction.BOTH: "with"}


def topology_text(draft: Draft, title: str) -> str:
    """The whole file. Raises DraftError where there is nothing to write."""
    owned = settle(draft)
    services = [part for part in draft.parts if part.kind is Kind.SERVICE]
    components = [part for part in draft.parts if part.kind is Kind.COMPONENT]
    components.sort(key=lambda part: not part.front)
    usual = _usual_replicas(services)
    entries = [Entry("format", "1"), Entry("name", title)]
    if draft.intro:
        entries.append(Entry("intro", [Item(text) for text in draft.intro]))
    if usual != USUAL_REPLICAS:
        entries.append(Entry("defaults", [Entry("replicas", str(usual))]))
    if draft.hosts:
        hosts = [
            Entry(id, [Entry("address", address)] if address else [])
            for id, address in draft.hosts.items()
        ]
        entries.append(Entry("hosts", hosts, ["The machines."]))
    if components:
        listed = [
            Entry(part.id, list(_component(part, owned[part])), part.remarks) for part in components
        ]
        said = "What the services depend on, and what stands in front of them."
        entries.append(Entry("components", listed, [said]))
    listed = [
        Entry(part.id, list(_service(part, owned[part], usual)), part.remarks) for part in services
    ]
    said = "The programs of the system. Each runs as several equal servers."
    entries.append(Entry("services", listed, [said]))
    if draft.placeholders:
        names = [Entry(name, []) for name in draft.placeholders]
        said = (
            "What readers put in place of <words> in a value. Describe each, and give an example."
        )
        entries.append(Entry("placeholders", names, [said]))
    single = (part for part in components if part.stacked is False and not part.outside)
    if any(other.kind is Kind.SERVICE for part in single for _, other in draft.lines_of(part)):
        said = "Remove this to be told of parts that others need and of which there is only one."
        silenced = [Entry("single-point", "The files that this was made from say so.")]
        entries.append(Entry("silenced", silenced, [said]))
    return _HEAD + _remarks(draft) + write(entries)


def _remarks(draft: Draft) -> str:
    """What is said of no part."""
    if not draft.remarks:
        return ""
    lines = ["#", "# Not in this file:"]
    for remark in draft.remarks:
        lines += comment(remark, 0)
    return "\n".join(lines) + "\n"


def _usual_replicas(services: Iterable[Part]) -> int:
    """How many servers most services have, where several have as many."""
    counts = Counter(part.replicas or 1 for part in services if not part.job)
    (most, times), *_ = counts.most_common(1) or [(USUAL_REPLICAS, 0)]
    return most if times > 1 and times > counts[USUAL_REPLICAS] else USUAL_REPLICAS


def _component(part: Part, connections: list[Connection]) -> Iterator[Entry]:
    yield from _names(part)
    if part.label and part.label != part.name:
        yield Entry("label", part.label)
    if part.shape:
        yield Entry("shape", part.shape.value)
    if part.stacked is False and not part.outside:
        yield Entry("stacked", "false")
    if part.front:
        yield Entry("front", "true")
    if part.outside:
        yield Entry("outside", "true")
    yield from _common(part, connections)
    if part.config:
        yield Entry("config", list(_options(part.config)))


def _service(part: Part, connections: list[Connection], usual: int) -> Iterator[Entry]:
    yield from _names(part)
    server = part.server or f"{part.name} Server"
    if server != f"{part.name} Server":
        yield Entry("server", server)
    if part.servers and part.servers != f"{server}s":
        yield Entry("servers", part.servers)
    if part.job:
        yield Entry("job", part.job)
    if part.hosts:
        yield Entry("runs_on", [Item(host) for host in part.hosts])
    elif (part.replicas or 1) != (1 if part.job else usual):
        yield Entry("replicas", str(part.replicas or 1))
    if part.shape:
        yield Entry("shape", part.shape.value)
    yield from _common(part, connections)
    kubernetes = [Entry("kind", part.object)] if part.object else []
    if part.image:
        kubernetes.append(Entry("image", part.image))
    if kubernetes:
        yield Entry("kubernetes", kubernetes)
    if part.snippets:
        yield Entry("snippets", [Entry(s.id, list(_snippet(s))) for s in part.snippets])
    if part.config:
        yield Entry("config", list(_options(part.config)))
    if part.notes:
        yield Entry("notes", list(map(_note, part.notes)))


def _names(part: Part) -> Iterator[Entry]:
    if part.name != part.id:
        yield Entry("name", part.name)


def _common(part: Part, connections: list[Connection]) -> Iterator[Entry]:
    if part.description:
        yield Entry("description", part.description)
    if connections:
        yield Entry("connections", [_connection(each) for each in connections])
    several = len(part.listen) > 1
    listen = [
        [
            Entry(key, value)
            for key, value in (
                ("name", each.called if several else each.name),
                ("port", each.port),
                ("transport", each.transport),
                ("protocol", each.protocol),
            )
            if value
        ]
        for each in part.listen
    ]
    if len(listen) == 1:
        yield Entry("listen", listen[0])
    elif listen:
        yield Entry("listen", [Item(each) for each in listen])


def _connection(connection: Connection) -> Item:
    entries = [Entry(_DIRECTIONS[connection.direction], connection.peer.id)]
    if not connection.needed:
        entries.append(Entry("needed", "false"))
    if connection.label:
        entries.append(Entry("label", connection.label))
    if connection.listener:
        entries.append(Entry("flows", [Item([Entry("listener", connection.listener)])]))
    return Item(entries, connection.remarks)


def _snippet(snippet: Snippet) -> Iterator[Entry]:
    if snippet.alternative_to:
        yield Entry("alternative_to", snippet.alternative_to)
    yield Entry("options", list(_options(snippet.options)))


def _options(options: Iterable[Option]) -> Iterator[Entry]:
    """Options by section, in order; one that is set several times has a list of values."""
    sections: dict[str, dict[str, list[str]]] = {}
    for option in options:
        sections.setdefault(option.section, {}).setdefault(option.name, []).extend(option.values)
    for section, values in sections.items():
        yield Entry(
            section,
            [
                Entry(name, every[0] if len(every) == 1 else [Item(value) for value in every])
                for name, every in values.items()
            ],
        )


def _note(note: Note) -> Item:
    if note.snippet:
        return Item([Entry("snippet", note.snippet.id)])
    return Item([Entry("warning", note.text)] if note.is_warning else note.text)
