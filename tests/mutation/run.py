"""Would anybody notice? Changes every fact of artefacts, and of the topology under them.

For every fact of a topology and every artefact that states it, the fact is changed in the
artefact itself; and the other way round, in the topology, whose old artefacts are then held
against it. Each time ``verify`` must fail, and tell the fact. Prints a table of formats
against kinds of change, killed of tried, and then each change that was not noticed.

    python tests/mutation/run.py [--rst] [--deployed | --keys] [TOPOLOGY...]
"""

from __future__ import annotations

import argparse
import io
import re
import struct
import sys
import tempfile
import zlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(1, str(Path(__file__).parents[1]))

import itertools

import deployed
import editors
import every_key
import pypdf
import yaml
from artefacts import PAGES, READ_AS
from pypdf.generic import NameObject

import diagtool
from diagtool import exporting
from diagtool.checks import readers
from diagtool.checks.verify import verify
from diagtool.guide import markdown, renderer
from diagtool.model import Connection, Direction, Service, Severity, Topology, diagram
from diagtool.model.diagram import Diagram
from diagtool.model.facts import STATED_IN, flat, state
from diagtool.pictures import formats
from diagtool.pictures.ordering import ordered

ROOT = Path(__file__).parents[2]
TOPOLOGIES = (ROOT / "topology/designate.yaml", ROOT / "examples/webshop/topology")

DEPLOYED = ROOT / "tests/data/topologies/good/deployment.yaml"

Editor = editors.Source | editors.Named | editors.Xml
EDITORS: dict[str, Callable[[bytes, dict[str, str]], Editor]] = {
    "blockdiag": editors.Source,
    "dot": lambda content, ids: editors.Source(content, ids, dot=True),
    "mermaid": editors.Mermaid,
    "plantuml": editors.PlantUml,
    "d2": editors.D2,
    "svg": editors.Svg,
    "drawio": editors.Drawio,
    "pptx": editors.Pptx,
}
SEALED = ("png", "pdf")

NEW = editors.NEW


@dataclass(frozen=True)
class Change:
    """One change of an artefact: its kind, and the words that tell of the fact."""

    kind: str
    words: tuple[str, ...]
    files: dict[str, bytes]


@dataclass
class Tally:
    """How many changes of a kind were noticed in a format."""

    tried: int = 0
    killed: int = 0
    survivors: list[str] = field(default_factory=list)


Table = dict[tuple[str, str], Tally]


# --- changes of pictures --------------------------------------------------------------


def of_picture(format: str, view: Diagram, content: bytes) -> Iterator[Change]:
    """Every change of the picture of a view."""
    view = ordered(view)
    ids = {flat(node.label): node.id for node in view.nodes}
    labels = {node.id: flat(node.label) for node in view.nodes}
    name = view.name + formats.get(format).SUFFIX
    editor = EDITORS[format](content, ids)

    def change(kind: str, words: tuple[str, ...], content: bytes) -> Change:
        return Change(kind, words, {name: content})

    lines = [
        editors.Line(labels[e.tail], e.arrow.value, labels[e.head])
        for e in dict.fromkeys(view.edges)
    ]
    for line in lines:
        ends = (line.tail, line.head)
        yield change("drop an edge", ends, editor.drop_edge(line))
        if line.arrow != "--" and line.tail != line.head:  # whichever way round, that says the same
            yield change("turn an arrow", ends, editor.turn_edge(line))
        touching = {x.head for x in lines if x.tail == line.tail}
        touching |= {x.tail for x in lines if x.head == line.tail} | set(ends)
        for other in [label for label in ids if label not in touching][:1]:
            yield change("move an end", (line.tail,), editor.move_edge(line, other))
    for label in ids:
        yield change("rename a label", (label,), editor.rename(label))
        yield change("drop a box", (label,), editor.drop_box(label))
    for group in view.all_groups:
        yield change("rename a label", (flat(group.label),), editor.rename(flat(group.label)))
    servers = [id for group in view.all_groups if group.part for id in group.nodes]
    for id in servers[:1]:
        yield change("add a server", (NEW,), editor.add_box(labels[id]))
    for one, other in zip(list(ids), list(ids)[1:], strict=False):
        neighbours = [
            {(x.arrow, x.head) for x in lines if x.tail == end}
            | {(editors.TURNED.get(x.arrow, x.arrow), x.tail) for x in lines if x.head == end}
            for end in (one, other)
        ]
        alike = neighbours[0] == neighbours[1] and _frame(view, ids[one]) == _frame(
            view, ids[other]
        )
        if not alike:  # swapped servers say the same
            yield change("swap two boxes", (one,), editor.swap(one, other))


def _frame(view: Diagram, id: str) -> str | None:
    return next((g.id for g in view.all_groups if id in g.nodes), None)


def of_sealed(format: str, view: Diagram, content: bytes) -> Iterator[Change]:
    """Changes of a picture that only its digest vouches for."""
    name = f"{view.name}.{format}"
    if format == "pdf":
        line = _redrawn(content, rb"\nS\n", rb"\nn\n")  # what was to be a line is not painted
        yield Change("edit", ("page 1 was changed",), {name: line})
        page = _page(pypdf.PdfReader(io.BytesIO(content))).get_data()
        label = re.search(_SHOWN, page)
        assert label, name
        shortened = _redrawn(content, _SHOWN, rb"(\1) Tj")
        yield Change("edit", (label[0][1:-4].decode("latin-1"),), {name: shortened})
        # Without the seal alone, as when another program has saved it, it is still drawn again.
        bare = re.sub(rb"/Keywords \(.*?\)", lambda match: b" " * len(match[0]), content)
        assert bare != content, name
        yield Change("take the digest", (), {name: re.sub(rb"%sealed .*\n", b"", bare)})
        return
    chunks = dict(_chunks(content))
    rows = bytearray(zlib.decompress(chunks[b"IDAT"]))
    _, height = struct.unpack_from(">II", chunks[b"IHDR"])
    length = len(rows) // height
    # The red of a pixel in the middle: a row starts with how it is read, each pixel has 4 bytes.
    rows[height // 2 * length + 1 + length // 8 * 4] ^= 0x80
    pixels = _png(content, {b"IDAT": zlib.compress(bytes(rows))})
    yield Change("edit", (view.name,), {name: pixels})
    yield Change("take the digest", (), {name: _png(content, {b"iTXt": None})})


_SHOWN = rb"\(([^()\\]+)[^()\\]\) Tj"
"""A text on a page of a PDF, and what it is without its last sign."""


def _page(file: Any) -> Any:
    """What a PDF of one page draws."""
    return file.pages[0].raw_get("/Contents").get_object()


def _redrawn(content: bytes, pattern: bytes, other: bytes) -> bytes:
    """A PDF in whose page something became something else, saved by another program."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    page = _page(writer)
    drawn = page.get_data()
    changed = re.sub(pattern, other, drawn, count=1)
    assert changed != drawn, pattern
    page._data = zlib.compress(changed)
    page[NameObject("/Filter")] = NameObject("/FlateDecode")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at < len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        yield kind, content[at + 8 : at + 8 + length]
        at += length + 12


def _png(content: bytes, other: dict[bytes, bytes | None]) -> bytes:
    made, done = content[:8], set()
    for kind, body in _chunks(content):
        new = other.get(kind, body)
        if new is None or (kind in other and kind in done):
            continue
        done.add(kind)
        checksum = struct.pack(">I", zlib.crc32(kind + new))
        made += struct.pack(">I", len(new)) + kind + new + checksum
    return made


def swapped(files: dict[str, bytes]) -> Iterator[Change]:
    """Two pictures in each other's place."""
    names = list(files)
    for one, other in itertools.pairwise(names):
        view = Path(one).stem
        yield Change("swap two pictures", (view,), {one: files[other], other: files[one]})


# --- changes of pages and config ------------------------------------------------------


def of_config(topology: Topology, service: Service, text: str) -> Iterator[Change]:
    """Every change of a sample file."""
    name = f"{service.id}.conf"
    others = [snippet for snippet in service.snippets if snippet not in service.chosen]
    options = [option for _, option in topology.settings(service.id)]
    for option in (*options, *(o for snippet in others for o in snippet.options)):
        line = f"{option.name} = {option.value}"
        words = (option.name,)
        for kind, new in (
            ("change a value", f"{option.name} = something else"),
            ("rename an option", f"{option.name}_x = {option.value}"),
            ("drop an option", ""),
        ):
            yield Change(kind, words, {name: text.replace(line, new, 1).encode()})
        added = text.replace(line, f"{line}\n# \nanother = 1", 1)
        yield Change("add an option", ("another",), {name: added.encode()})
    for snippet in others:
        words = (snippet.options[0].name, "in place of")
        yield Change("uncomment", words, {name: text.replace("# ", "").encode()})


def of_balancer(name: str, text: str) -> Iterator[Change]:
    """Changes of a load balancer's config."""
    words = ("spreads the requests",)
    servers = re.findall(r"(?m)^ +(?:server|BalancerMember) .*\n", text)
    for line in servers:
        yield Change("drop a server", words, {name: text.replace(line, "", 1).encode()})
    added = text.replace(servers[0], servers[0] * 2, 1)
    yield Change("add a server", words, {name: added.encode()})


PAGE = "guide"


def of_page(topology: Topology, format: str, text: str) -> Iterator[Change]:
    """Every change of the guide's page."""
    name = f"{PAGE}.{format}"
    html = format == "html"

    def change(kind: str, words: tuple[str, ...], new: str) -> Change:
        assert new != text, (kind, words)
        return Change(kind, words, {name: new.encode()})

    for kind, words, new in of_services(topology, format, text):
        yield change(kind, words, new)
    sections = list(_sections(topology, format, text))
    pictures = [
        m
        for m in re.finditer(
            r"<svg.*?</svg>" if html else r"   blockdiag \{\n.*?\n   \}\n", text, re.DOTALL
        )
        if any(start <= m.start() < end for _, start, end in sections)
    ]
    for one, other in itertools.pairwise(pictures):
        new = text[: one.start()] + other[0] + text[one.end() : other.start()]
        new += one[0] + text[other.end() :]
        service = next(s for s, start, end in sections if start <= one.start() < end)
        yield change("swap two pictures", (service.id,), new)
    for service, start, end in sections:
        for picture in [m for m in pictures if start <= m.start() < end]:
            view = diagram.layout(topology, service.id)
            source = picture[0] if html else re.sub("(?m)^   ", "", picture[0])
            for inner in of_picture("svg" if html else "blockdiag", view, source.encode()):
                (content,) = inner.files.values()
                shown = content.decode()
                if not html:
                    shown = "".join(f"   {line}\n" for line in shown.splitlines())
                new = text[: picture.start()] + shown + text[picture.end() :]
                yield change(inner.kind, inner.words, new)
    for component in topology.components.values():
        for service in topology.needed_by(component.id)[:2]:
            entry = re.search(
                rf">{re.escape(component.name)}</dt>.*?</dd>"
                if html
                else rf"(?m)^{re.escape(component.name)}\n   (?:.*\n|\n)*?   Needed by .*",
                text,
                re.DOTALL if html else 0,
            )
            assert entry, component
            at = entry[0].rindex("Needed by")
            new = entry[0][:at] + entry[0][at:].replace(service.name, NEW)
            yield change("rename a needer", (service.name,), text.replace(entry[0], new))


def of_services(
    topology: Topology, format: str, text: str
) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """What changes in the sections of services, but for pictures: each with the new page."""
    html = format == "html"
    for service, start, end in _sections(topology, format, text):
        section = text[start:end]

        def put(new: str, start: int = start, end: int = end) -> str:
            return text[:start] + new + text[end:]

        items = r"<li>.*?</li>\n?" if html else r"^\* .*\n"
        for part in topology.needs(service.id):
            item = next(
                m[0]
                for m in re.finditer(items, section, re.MULTILINE)
                if re.sub(r"<.*?>|^\* |\n", "", m[0]) == part.name
            )
            yield "drop a need", (part.name,), put(section.replace(item, "", 1))
            other = item.replace(part.name, NEW)
            yield "rename a need", (part.name,), put(section.replace(item, other, 1))
            yield "add a need", (NEW,), put(section.replace(item, item + other, 1))
        for option in service.options:
            pattern = _as_html(option.value) if html else re.escape(option.value)
            names = _as_html(option.name) if html else re.escape(option.name)
            match = re.search(f"{names}(<.*?>|[ =])*?({pattern})", section)
            assert match, option
            new = section[: match.start(2)] + "other" + section[match.end(2) :]
            yield "change a value", (option.name,), put(new)
        for block in service.notes:
            if isinstance(block, diagtool.model.Warning):
                for word in ("periodic",):
                    at = section.find(word)
                    if at > 0:
                        new = section[:at] + "all" + section[at + len(word) :]
                        yield "change a warning", ("warning",), put(new)
        figure = re.search(
            r"<figure.*?</figure>" if html else r"\.\. blockdiag::\n(?:   .*\n|\n)*",
            section,
            re.DOTALL if html else 0,
        )
        assert figure
        yield "lose a picture", (service.id,), put(section.replace(figure[0], ""))
        yield "drop a service", (service.name,), put("")


def _as_html(text: str) -> str:
    """A pattern for text in a block of code, whose pieces are coloured."""
    from html import escape

    return "(?:<[^>]*>)*?".join(map(re.escape, re.findall(r"&\w+;|.", escape(text, quote=False))))


def _sections(topology: Topology, format: str, text: str) -> Iterator[tuple[Service, int, int]]:
    for service in topology.services.values():
        if format == "html":
            start = text.index(f'<section id="{service.id}">')
            yield service, start, text.index("</section>", start)
        else:
            start = text.index(f".. _{service.id}:\n")
            found = re.compile(r"^(\.\. _[\w-]+:|Components)$", re.MULTILINE).search(
                text, start + 5
            )
            yield service, start, found.start() if found else len(text)


# --- changes of the topology ----------------------------------------------------------


def of_topology(topology: Topology) -> Iterator[tuple[str, tuple[str, ...], Topology]]:
    """Every change of the topology, for its old artefacts."""
    services, components = dict(topology.services), dict(topology.components)

    def with_service(service: Service) -> Topology:
        return replace(topology, services={**services, service.id: service})

    for service in services.values():
        for connection in service.connections:
            rest = [c for c in service.connections if c is not connection]
            peer = topology.part(connection.peer)
            words = (peer.label if hasattr(peer, "label") else peer.name,)
            yield "connection", words, with_service(replace(service, connections=tuple(rest)))
            for direction in Direction:
                if direction is not connection.direction:
                    new = tuple(
                        replace(c, direction=direction) if c is connection else c
                        for c in service.connections
                    )
                    yield "direction", words, with_service(replace(service, connections=new))
        unused = [
            c for c in components.values() if not any(x.peer == c.id for x in service.connections)
        ]
        for component in unused[:1]:
            new = (*service.connections, Connection(service.id, component.id, Direction.TO))
            yield "connection", (component.label,), with_service(replace(service, connections=new))
        for by in (1, -1):
            number = service.replicas + max(0, by)
            if service.replicas + by > 0:
                yield (
                    "replicas",
                    (f"{service.server} {number}",),
                    with_service(replace(service, replicas=service.replicas + by)),
                )
        if any(service in topology.balanced_by(id) for id in components):
            more = replace(service, replicas=service.replicas + 1)
            yield "servers behind it", (service.id, "spreads the requests"), with_service(more)
        yield "label", (NEW,), with_service(replace(service, server=NEW))
        for snippet in service.snippets:
            for option in snippet.options:
                options = tuple(
                    replace(o, value="other") if o is option else o for o in snippet.options
                )
                snippets = tuple(
                    replace(s, options=options) if s is snippet else s for s in service.snippets
                )
                yield "option", (option.name,), with_service(replace(service, snippets=snippets))
        for option in service.config:
            config = tuple(replace(o, value="other") if o is option else o for o in service.config)
            yield "config", (option.name,), with_service(replace(service, config=config))
    for component in components.values():
        changed = {**components, component.id: replace(component, label=NEW)}
        yield "label", (NEW,), replace(topology, components=changed)
        for option in component.config:
            # One that every snippet has another value for stands in no file.
            if any(o is option for id in services for _, o in topology.settings(id)):
                config = tuple(
                    replace(o, value="other") if o is option else o for o in component.config
                )
                changed = {**components, component.id: replace(component, config=config)}
                yield "config", (option.name,), replace(topology, components=changed)


STATING = {
    "option": ("conf", "rst", "html"),
    "config": ("conf",),
    "servers behind it": ("balancer",),
}
"""The formats that state what changes of a kind are about; the others are about pictures."""


# --- running --------------------------------------------------------------------------


def artefacts(topology: Topology, formats: tuple[str, ...]) -> dict[str, dict[str, bytes]]:
    """The files of each format by name."""
    found: dict[str, dict[str, bytes]] = {format: {} for format in formats}
    for artefact in exporting.artefacts(topology, formats):
        found[artefact.format][artefact.name] = artefact.content
    return found


def html_page(topology: Topology, path: Path) -> str:
    """The guide as Sphinx builds it."""
    from sphinx.cmd.build import build_main

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "conf.py").write_text(
            "extensions = ['diagtool.sphinxext']\n"
            f"topo_topologies = {{'system': {str(path.resolve())!r}}}\nhtml_theme = 'alabaster'\n"
        )
        title = f"{topology.name} High Availability Guide"
        (Path(folder) / "index.rst").write_text(f"{title}\n{'=' * len(title)}\n\n.. topo:guide::\n")
        code = build_main(["-q", "-b", "html", folder, f"{folder}/out"])
        assert code == 0
        return Path(folder, "out/index.html").read_text("utf-8")


def pages(topology: Topology, path: Path) -> dict[str, str]:
    """The guide's page in each format."""
    return {"rst": renderer.render(topology)["guide.rst"], "html": html_page(topology, path)}


def noticed(topology: Topology, files: dict[str, bytes], words: tuple[str, ...]) -> str:
    """Why a change was not noticed, empty where it was: verify failed and told the fact."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            Path(folder, name).write_bytes(content)
        found = verify(topology, [Path(folder, name) for name in files]).diagnostics
    if not found:
        return "nothing was found"
    if not any(all(is_told(word, d.message) for word in words) for d in found):
        told = "; ".join(d.message for d in found[:3])
        return f"the fact was not told: {told}"
    return ""


def is_told(word: str, message: str) -> bool:
    """Whether a message has a text, of which only one end is shown where it is long."""
    return word in message or word[:15] in message or word[-15:] in message


def count(table: Table, topology: Topology, format: str, change: Change) -> None:
    tally = table.setdefault((format, change.kind), Tally())
    tally.tried += 1
    if reason := noticed(topology, change.files, change.words):
        tally.survivors.append(f"{', '.join(change.files)}: {change.words}: {reason}")
    else:
        tally.killed += 1


def run(path: Path, table: Table, formats: tuple[str, ...] | None = None) -> None:
    """Tries every change with one topology."""
    topology = diagtool.load(path)
    wanted = formats or (*EDITORS, *SEALED, "conf", "balancer", "rst", "html")
    drawn = tuple(f for f in (*EDITORS, *SEALED) if f in wanted)
    made = artefacts(topology, drawn)
    views = {view.name: view for view in diagram.views(topology)}
    for format, files in made.items():
        assert not verify_all(topology, files), (format, verify_all(topology, files))
        for name, content in files.items():
            of = of_picture if format in EDITORS else of_sealed
            for change in of(format, views[Path(name).stem], content):
                count(table, topology, format, change)
        for change in swapped(files):
            count(table, topology, format, change)
    texts = {k: v for k, v in pages(topology, path).items() if k in wanted}
    for format, text in texts.items():
        for change in of_page(topology, format, text):
            count(table, topology, format, change)
    configs = {
        service: diagtool.render(topology)[f"{service.id}.conf"]
        for service in topology.services.values()
        if topology.settings(service.id) and "conf" in wanted
    }
    for service, text in configs.items():
        for change in of_config(topology, service, text):
            count(table, topology, "conf", change)
    balancers = {
        name: text
        for name, text in diagtool.render(topology).items()
        if name.partition(".")[0] in topology.components and "balancer" in wanted
    }
    for name, text in balancers.items():
        for change in of_balancer(name, text):
            count(table, topology, "balancer", change)
    others = {
        "rst": {f"{PAGE}.rst": texts["rst"].encode()} if "rst" in texts else {},
        "html": {f"{PAGE}.html": texts["html"].encode()} if "html" in texts else {},
        "conf": {f"{s.id}.conf": text.encode() for s, text in configs.items()},
        "balancer": {name: text.encode() for name, text in balancers.items()},
    }
    for kind, words, changed in of_topology(topology):
        for format, files in {**made, **others}.items():
            if files and format in STATING.get(kind, (*EDITORS, *SEALED, "rst", "html")):
                sealed = format in SEALED
                shown = () if sealed else words
                count(table, changed, format, Change(f"topology: {kind}", shown, files))


@cache
def published(sample: str) -> dict[str, dict[str, bytes]]:
    """All files of a topology by the format that they are in."""
    topology = diagtool.load(sample)
    found = artefacts(topology, formats.names())
    for dialect in PAGES:
        for name, text in renderer.render(topology, dialect=markdown.DIALECTS[dialect]()).items():
            found.setdefault(readers.format_of(name) or "", {})[name] = text.encode()
    return found


def run_keys(table: Table, wanted: Collection[str]) -> None:
    """Changes each key of the format, and holds what was published before against that.

    Whatever states a fact of a kind that has changed must contradict it. What is wanted are
    formats, all if none is given.
    """
    for key in every_key.leaves():
        for edit in every_key.edits(key):
            made = published(edit.old.sources[0])
            kinds = {fact.kind for fact in state(edit.old).keys() ^ state(edit.new).keys()}
            for artefact, stated in STATED_IN.items():
                states = formats.names() if artefact == "picture" else READ_AS[artefact]
                for format in states if stated & kinds else ():
                    if made.get(format) and (not wanted or format in wanted):
                        count(table, edit.new, format, Change(f"key: {key}", (), made[format]))


FILES = {
    "flows.csv": "CSV",
    "hosts.csv": "CSV",
    "flows.json": "JSON",
    "hosts.json": "JSON",
    "deployment.rst": "rst",
    "page.html": "html",
    "inventory.yaml": "Ansible",
    "ssh_config": "SSH",
    "controller1.nft": "nftables",
    "a.nft": "nftables",
    "storage.nft": "nftables",
    "network-policies.yaml": "NetworkPolicy",
    "controller1.network-policies.yaml": "NetworkPolicy",
    "kubernetes.yaml": "Kubernetes",
    "edge.haproxy.cfg": "HAProxy",
    "edge.nginx-stream.conf": "nginx",
}
"""What is made from a deployment, by the columns of the table of its changes."""


def run_deployed(path: Path, table: Table, *, step: int = 1) -> None:
    """Tries every change of the tables and files of a deployment, or each ``step``-th one."""
    topology = diagtool.load(path)
    made = dict(renderer.render(topology))
    made["page.html"] = _tables_as_html(made["deployment.rst"])
    for name, format in FILES.items():
        text = made[name]
        tables = [match.span() for match in re.finditer("(?s)<table.*?</table>", text)]
        html = name.endswith(".html")
        lies = deployed.of_page(name, text, tables) if html else deployed.of_file(name, text)
        tried = list(lies)[::step]
        if name.endswith("network-policies.yaml"):
            tried = [lie for lie in tried if _policies(lie.text) != _policies(text)]
        with tempfile.TemporaryDirectory() as folder:
            for number, lie in enumerate(tried):
                place = Path(folder, str(number))
                place.mkdir()
                (place / name).write_text(lie.text, "utf-8")
            result = verify(topology, [Path(folder)])
        told = {
            Path(found.place.path).parent.name
            for found in result.diagnostics
            if found.severity is Severity.ERROR
        }
        for number, lie in enumerate(tried):
            tally = table.setdefault((format, lie.kind), Tally())
            tally.tried += 1
            if str(number) in told:
                tally.killed += 1
            else:
                tally.survivors.append(f"{name}: {lie.said}: no error was found")


def _policies(text: str) -> object:
    """What NetworkPolicies allow; None for what is no YAML any more."""
    try:
        return [deployed.meaning(each) for each in yaml.safe_load_all(text)]
    except yaml.YAMLError:
        return None


def _tables_as_html(text: str) -> str:
    from docutils.core import publish_string
    from docutils.writers.html5_polyglot import Writer

    settings = {"report_level": 5, "output_encoding": "unicode"}
    return str(publish_string(text, writer=Writer(), settings_overrides=settings))


def verify_all(topology: Topology, files: dict[str, bytes]) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            Path(folder, name).write_bytes(content)
        return [str(d) for d in verify(topology, [Path(folder)]).diagnostics]


def shown(table: Table, *, rst: bool) -> str:
    """The table, with formats beside and kinds of change above each other."""
    formats = list(dict.fromkeys(format for format, _ in table))
    kinds = list(dict.fromkeys(kind for _, kind in table))
    rows = [["change", *formats]]
    for kind in kinds:
        cells = [table.get((format, kind)) for format in formats]
        rows.append([kind, *(f"{c.killed}/{c.tried}" if c else "" for c in cells)])
    if rst:
        lines = [".. list-table::", "   :header-rows: 1", ""]
        for row in rows:
            lines += [
                f"   {'*' if n == 0 else ' '} - {cell}".rstrip() for n, cell in enumerate(row)
            ]
        return "\n".join(lines) + "\n"
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        + "\n"
        for row in rows
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rst", action="store_true", help="the table as reStructuredText")
    parser.add_argument("--format", action="append", help="only this format")
    parser.add_argument("--deployed", action="store_true", help="tables and files of a deployment")
    parser.add_argument("--keys", action="store_true", help="each key of the format of topologies")
    parser.add_argument("topologies", nargs="*", type=Path)
    arguments = parser.parse_args()
    table: Table = {}
    if arguments.keys:
        run_keys(table, arguments.format or ())
        return report(table, rst=arguments.rst)
    for path in arguments.topologies or ([DEPLOYED] if arguments.deployed else TOPOLOGIES):
        if arguments.deployed:
            run_deployed(path, table)
        else:
            run(path, table, tuple(arguments.format) if arguments.format else None)
    return report(table, rst=arguments.rst)


def report(table: Table, *, rst: bool) -> int:
    """Prints the table, and what was not noticed; gives the exit code."""
    print(shown(table, rst=rst))
    survivors = [s for tally in table.values() for s in tally.survivors]
    for (format, kind), tally in table.items():
        for survivor in tally.survivors:
            print(f"not noticed: {format}, {kind}: {survivor}", file=sys.stderr)
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
