"""Topologies from strangers: what they say is shown as text, or refused; it never runs.

Each text goes wherever a topology takes one. What the loader lets through then goes
through every format and onto the pages, and is read back: had it broken out anywhere, a
box, an option or a need would be missing, or there would be one more.
"""

from __future__ import annotations

import configparser
import csv
import io
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import markdown
import pytest
import text_formats
import yaml
from chromium import dump
from docutils import nodes
from everything import Files, left_out, left_out_of_catalogues, put
from lxml import etree, html
from markdown_it import MarkdownIt
from sphinx_project import make

import diagtool
from diagtool import exporting
from diagtool.checks import readers
from diagtool.checks.readers import rst as rst_reader
from diagtool.checks.verify import verify
from diagtool.guide import renderer
from diagtool.guide.markdown import DIALECTS, MarkdownDialect
from diagtool.loading import loader
from diagtool.model import Topology
from diagtool.model.diagnostics import CODES
from diagtool.pictures import formats

pytestmark = pytest.mark.slow

RUNS = "document.documentElement.setAttribute('ran','yes')"
TEXTS = [
    f"<script>{RUNS}</script>",
    f'"><img src=x onerror="{RUNS}">',
    f"'><svg/onload={RUNS}>",
    f"</title></desc></text></svg><script>{RUNS}</script>",
    f"--><script>{RUNS}</script><!--",
    f"]]><script>{RUNS}</script><![CDATA[",
    "&lt;b&gt; &amp; &#60;script&#62; &nbsp;",
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    f"javascript:{RUNS}",
    f".. raw:: html   <script>{RUNS}</script>",
    ":raw:`x` :ref:`genindex` :download:`/etc/passwd` |release| [1]_ x_ `x <javascript:x>`__",
    ".. include:: /etc/passwd",
    "*a* **b** ``c`` =====",
    "{{ 7*7 }} {% include '/etc/passwd' %} {# x #} ${7*7} #{7*7}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "[DEFAULT] debug = true",
    "%(home)s $HOME $(id) `id` %PATH%",
    '"]; evil [label = "x"]; a -> b [',
    "} } evil { -> <- <-> -- ; # // /*",
    '\\ \\n \\l \\N \\G \\\\" \\',
    "end\nclass evil\nevil --> b",
    'x["y"] --> z %%{init: {"securityLevel": "loose"}}%% click x call a()',
    "|md # evil | a: {shape: image; icon: /etc/passwd}",
    "@startuml !include /etc/passwd @enduml $evil() <&globe> <img:/etc/passwd>",
    "=HYPERLINK(\"http://127.0.0.1\") &F &D <a:fld type='slidenum'/>",
    "مرحبا שלום ab אבג 123",
    "می‌خواهم 👩‍💻 ﷽ é",
    "x" * 190,
    "word " * 17 + "word",
]
LONG = "A word. " * 1249 + "The end."
"""As long as a note can be."""

Put = Callable[[dict[str, Any], str], None]


def bare() -> dict[str, Any]:
    """A topology in which there is a place for each text."""
    return {
        "format": 1,
        "name": "Plain",
        "intro": ["Plain."],
        "components": {"db": {"name": "db", "description": "Plain."}},
        "placeholders": {"host": {"description": "plain", "example": "plain"}},
        "services": {
            "web": {
                "description": "Plain.",
                "replicas": 2,
                "connections": [{"to": "db"}],
                "snippets": {"one": {"options": {"main": {"url": "http://<host>/"}}}},
                "notes": ["Plain.", {"warning": "Plain."}, {"snippet": "one"}],
            }
        },
    }


def marked_up(text: str) -> str:
    """A text whose brackets and backquotes mean just themselves."""
    return "".join(f"\\{c}" if c in "\\`[]{}" else c for c in text)


def option(tree: dict[str, Any], section: str, name: str, value: str) -> None:
    tree["services"]["web"]["snippets"]["one"]["options"].setdefault(section, {})[name] = value


PLACES: dict[str, Put] = {
    "name": lambda t, x: t.update(name=x),
    "intro": lambda t, x: t["intro"].append(marked_up(x)),
    "component name": lambda t, x: t["components"]["db"].update(name=f"{x} 1"),
    "component label": lambda t, x: t["components"]["db"].update(label=x),
    "component description": lambda t, x: t["components"]["db"].update(description=marked_up(x)),
    "placeholder": lambda t, x: t["placeholders"]["host"].update(description=x),
    "example": lambda t, x: t["placeholders"]["host"].update(example=x),
    "service name": lambda t, x: t["services"]["web"].update(name=x),
    "server": lambda t, x: t["services"]["web"].update(server=x),
    "servers": lambda t, x: t["services"]["web"].update(servers=x),
    "description": lambda t, x: t["services"]["web"].update(description=marked_up(x)),
    "line": lambda t, x: t["services"]["web"]["connections"][0].update(label=x),
    "note": lambda t, x: t["services"]["web"]["notes"].append(marked_up(x)),
    "literal": lambda t, x: t["services"]["web"]["notes"].append(f"`{x}`"),
    "warning": lambda t, x: t["services"]["web"]["notes"].append({"warning": marked_up(x)}),
    "link": lambda t, x: t["services"]["web"]["notes"].append(f"[words]({x})"),
    "address": lambda t, x: t["services"]["web"]["notes"].append(f"[words](https://a.test/{x})"),
    "linked": lambda t, x: t["services"]["web"]["notes"].append(
        f"[{marked_up(x)}](https://a.test/)"
    ),
    "section": lambda t, x: option(t, x, "a", "b"),
    "option": lambda t, x: option(t, "main", x, "b"),
    "value": lambda t, x: option(t, "main", "a", x),
}


def load(tree: dict[str, Any], folder: Path) -> Topology | None:
    """A topology, None where it is refused, which is always with a place."""
    path = folder / "strange.yaml"
    path.write_text(yaml.safe_dump(tree), "utf-8")
    loaded = loader.read(path)
    assert loaded.topology or all(d.place.line for d in loaded.diagnostics)
    return loaded.topology


def accepted(text: str, folder: Path) -> tuple[Topology, set[str]]:
    """A topology with a text in all places that take it; and those places."""
    whole, taking = bare(), set()
    for place, fill in PLACES.items():
        tree = bare()
        fill(tree, text)
        if load(tree, folder):
            fill(whole, text)
            taking.add(place)
    topology = load(whole, folder)
    assert topology
    return topology, taking


@pytest.mark.parametrize("text", TEXTS)
def test_every_format_shows_it_as_text(text: str, tmp_path: Path) -> None:
    topology, taking = accepted(text, tmp_path)
    assert {"component label", "description", "note", "line"} <= taking
    assert "link" not in taking
    out = tmp_path / "out"
    plain = load(bare(), tmp_path)
    assert plain
    readable = [n for n in formats.names() if n not in text_formats.LINEWISE]
    warnings: list[str] = []
    exporting.export(topology, readable, out, look=formats.Look(warn=warnings.append))
    if warnings:  # letters that the shipped font lacks are no text in a PDF
        assert any(ord(character) > 0x500 for character in text)
        for path in out.glob("*.pdf"):
            path.unlink()
    for dialect in DIALECTS.values():
        for name, content in renderer.render(topology, dialect=dialect()).items():
            (out / name).write_text(content, "utf-8")
    found = verify(topology, [out]).diagnostics
    assert not found, "\n".join(map(str, found))
    # Of those that cannot be read back, the structure is that of a harmless one.
    for view, harmless in zip(diagtool.views(topology), diagtool.views(plain), strict=True):
        for name in text_formats.LINEWISE:
            lines = [formats.get(name).write(v).count("\n") for v in (view, harmless)]
            assert lines[0] == lines[1], name


@pytest.mark.parametrize("text", TEXTS)
def test_config_gains_nothing(text: str, tmp_path: Path) -> None:
    topology, _ = accepted(text, tmp_path)
    (web,) = topology.services.values()
    config = configparser.RawConfigParser(
        delimiters=("=",), comment_prefixes=("#",), default_section="\0", strict=False
    )
    config.optionxform = str  # type: ignore[assignment,method-assign]
    config.read_string(renderer.render(topology)["web.conf"])
    there = {(s, name): value for s in config.sections() for name, value in config.items(s)}
    assert there == {(o.section, o.name): o.value for o in web.options}


@pytest.mark.parametrize(
    "text", ["a\nb", "a\r[evil]", "a\x0bb", "a\x85b", "a\u2028b", "a\0b", "a\x1b[31m"]
)
def test_no_line_break_gets_into_config_or_names(text: str, tmp_path: Path) -> None:
    _, taking = accepted(text, tmp_path)
    one_line = {"name", "component name", "service name", "server", "section", "option", "value"}
    assert not taking & one_line


HIDDEN = [
    *(0x202A, 0x202E, 0x2066, 0x2069, 0x200B, 0x2060, 0x206A, 0xFEFF),
    *(0x00AD, 0x034F, 0x115F, 0x180E, 0x2800, 0x3164, 0xFFA0, 0xFFF9, 0xE0041, 0xE007F),
]


@pytest.mark.parametrize("point", HIDDEN)
def test_what_nobody_sees_is_refused(point: int, tmp_path: Path) -> None:
    assert accepted(f"a{chr(point)}b", tmp_path)[1] == set()
    path = tmp_path / "strange.yaml"
    tree = bare()
    PLACES["value"](tree, f"a{chr(point)}b")
    path.write_text(yaml.safe_dump(tree), "utf-8")
    (finding,) = loader.read(path).diagnostics
    assert f"invisible character U+{point:04X}" in finding.message


@pytest.mark.parametrize("point", [0x00A0, 0x2009, 0x202F, 0x3000, 0x200D, 0x200E, 0xFE0F])
def test_what_a_program_compares_looks_like_what_it_is(point: int, tmp_path: Path) -> None:
    names = {"name", "component name", "service name", "server"}
    compared = {"section", "option", "value", "example"}
    _, taking = accepted(f"a{chr(point)}b", tmp_path)
    assert not taking & compared
    assert bool(taking & names) is not chr(point).isspace()
    assert {"note", "line", "description", "component label"} <= taking


@pytest.mark.parametrize("point", [0x200D, 0x200E, 0xFE0F])
def test_a_name_that_nobody_sees_is_none(point: int, tmp_path: Path) -> None:
    assert not accepted(chr(point), tmp_path)[1] & {
        "name",
        "component label",
        "line",
        "placeholder",
    }


@pytest.mark.parametrize("id", ["../evil", "a/b", "..", "/etc/x", "a\\b", "nul\0", "C:x", ".x"])
def test_no_id_leads_out_of_the_folder(id: str, tmp_path: Path) -> None:
    tree = bare()
    tree["services"][id] = tree["services"].pop("web")
    assert load(tree, tmp_path) is None


def test_ten_thousand_characters(tmp_path: Path) -> None:
    tree = bare()
    tree["services"]["web"]["notes"].append(LONG)
    topology = load(tree, tmp_path)
    assert topology
    exporting.export(topology, list(formats.names()), tmp_path / "out")
    assert LONG[-40:] in renderer.render(topology)["guide.rst"]
    for place in ("component label", "value", "note"):
        PLACES[place](tree := bare(), "x" * 10_001)
        assert load(tree, tmp_path) is None


# --- every text that there is -----------------------------------------------------------

SECRET = "what nobody may publish"
BREAKOUTS = {
    "literals": "a`` :download:`secret.txt` `x <javascript:alert(1)>`__ ``b",
    "roles": "a` :download:`secret.txt` `x <javascript:alert(1)>`__ |release| x_ \\",
    "tags": f'"\'>]]>--></pre></text></svg></a><img src=x onerror="{RUNS}"><!--',
    "blocks": ".. include:: secret.txt",
    "config": "] ; }} # bind *:1 disabled = true",
    "one word": "``:download:`/secret.txt```\\",
    "path": "/v2:x|y*z_",
    "option": "a\\",
}


def test_no_text_is_left_out() -> None:
    """Whoever adds a text to a format adds it to the tests below."""
    missing = left_out() | left_out_of_catalogues()
    assert not missing, f"add a word of its own to tests/everything.py for {missing}"


PAGES = {
    "index": "Home\n====\n\n.. topo:guide::\n",
    "variant": ":orphan:\n\nVariant\n=======\n\n.. topo:guide:: v\n",
    "view": ":orphan:\n\nView\n====\n\n.. topo:diagram:: v\n",
    "deployment": ":orphan:\n\nHosts\n=====\n\n.. topo:deployment::\n",
    "failures": ":orphan:\n\nLosses\n======\n\n.. topo:failures::\n\n.. topo:tolerates:: t\n\n"
    ".. topo:promises::\n\n.. topo:losses:: overview\n",
    "differences": ":orphan:\n\nBoth\n====\n\n.. topo:differences:: t v\n",
}


def built(files: Files, root: Path, builder: str = "html") -> Path:
    """The pages of the files, without a warning but for those of ``check``."""
    conf = 'topo_topologies = {"t": "base.yaml", "v": "variant.yaml"}\nsmartquotes = False\n'
    project = make(root, conf, PAGES)
    files.write(root)
    project.write("secret.txt", SECRET)
    build = project.build(builder, "-n", strict=False)
    assert build.status == 0, build.warnings
    others = [
        line
        for line in build.warnings.splitlines()
        if not re.match(rf"\S+\.yaml:\d+:\d+: WARNING: ({'|'.join(CODES)}) ", line)
    ]
    assert not any(others), "\n".join(others)
    return build.out


def skeleton(page: Path) -> list[str]:
    """The elements of a page's body, without what is within pictures and code."""
    (body,) = html.fromstring(page.read_text("utf-8")).xpath("//div[@class='body']")
    for element in body.xpath(".//svg | .//pre | .//code"):
        element.clear()
    return [f"{len(list(e.iterancestors()))} {e.tag}" for e in body.iter(etree.Element)]


def assert_nothing_leads_out(folder: Path) -> None:
    """No file holds what was to be kept, or leads to where nothing may."""
    for path in folder.rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path
        if path.suffix == ".html":
            for element in html.fromstring(path.read_text("utf-8")).iter(etree.Element):
                for name, value in element.attrib.items():
                    assert not name.startswith("on"), path
                    if name.rpartition("}")[2] in ("href", "src", "data", "action"):
                        assert re.match(r"(https?|mailto):|[^:]*([/?#]|$)", value), (path, value)


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of files without anything hostile."""
    return built(put(""), tmp_path_factory.mktemp("harmless"))


QUICK = [pytest.param(name, id=name) for name in ("literals", "option")]
SLOW = [
    pytest.param(name, id=name, marks=pytest.mark.slow)
    for name in BREAKOUTS
    if name not in ("literals", "option")
]


@pytest.mark.parametrize("name", QUICK + SLOW)
def test_no_text_escapes_onto_a_page(name: str, harmless: Path, tmp_path: Path) -> None:
    site = built(put(BREAKOUTS[name]), tmp_path)
    assert_nothing_leads_out(site)
    downloads = [sorted(p.name for p in s.glob("_downloads/*/*")) for s in (site, harmless)]
    assert downloads[0] == downloads[1]
    for page in PAGES:
        assert skeleton(site / f"{page}.html") == skeleton(harmless / f"{page}.html")


@pytest.mark.parametrize("name", BREAKOUTS)
def test_no_text_escapes_from_a_file(name: str, tmp_path: Path) -> None:
    topologies = []
    for number, text in enumerate(("", BREAKOUTS[name])):
        (folder := tmp_path / str(number)).mkdir()
        loaded = put(text).load(folder)
        assert loaded.topology, loaded.diagnostics
        topologies.append(loaded.topology)
    harmless, hostile = (
        {**renderer.render(topology, dialect=MarkdownDialect()), **renderer.render(topology)}
        for topology in topologies
    )
    assert harmless.keys() == hostile.keys()
    for name in harmless:
        if name.endswith(".md"):
            for shown in (as_on_github, as_by_mkdocs):
                pages = [shown(files[name]) for files in (harmless, hostile)]
                assert elements(pages[1]) == elements(pages[0])
            continue
        if name.endswith(".rst"):
            pages = [doctree(files[name]) for files in (harmless, hostile)]
            assert outline(pages[0]) == outline(pages[1])
            for reference in pages[1].findall(nodes.reference):
                assert reference.get("refuri", "https://a.test/").startswith("https://a.test/")
        elif name.endswith((".csv", ".json", ".yaml", ".yml")):
            trees = [
                list(csv.reader(io.StringIO(files[name])))
                if name.endswith(".csv")
                else list(yaml.safe_load_all(files[name]))
                for files in (harmless, hostile)
            ]
            assert shape(trees[0]) == shape(trees[1])
        elif name.endswith(".conf") and ".nginx" not in name and ".apache" not in name:
            assert len(set_lines(hostile[name])) == len(set_lines(harmless[name]))
        elif name == "ssh_config":  # a placeholder for an address stands at the end of its line
            keywords = [
                [line.split()[0] for line in set_lines(f[name])] for f in (harmless, hostile)
            ]
            assert keywords[0] == keywords[1]
        else:  # of balancers, where no text stands but in comments
            assert set_lines(hostile[name]) == set_lines(harmless[name])

    for view, other in zip(*map(diagtool.views, topologies), strict=True):
        for name in text_formats.TEXTS:
            format = formats.get(name)
            assert format.write(view).count("\n") == format.write(other).count("\n"), name
    for artefact in exporting.artefacts(topologies[1], ["svg", "drawio"]):
        root = etree.fromstring(artefact.content)
        assert not root.xpath("//*[local-name()='script' or local-name()='foreignObject']")
        assert not root.xpath("//@*[starts-with(name(), 'on')]")
        assert not root.xpath("//@*[local-name()='href' and not(starts-with(., 'data:'))]")


def as_on_github(page: str) -> html.HtmlElement:
    """A page in Markdown as forges show it."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return html.fromstring(parser.render(page))


def as_by_mkdocs(page: str) -> html.HtmlElement:
    """The same as MkDocs shows it, with the extensions that themes and projects ask for."""
    return html.fromstring(markdown.markdown(page, extensions=EXTENSIONS))


EXTENSIONS = [
    *("abbr", "admonition", "attr_list", "def_list", "footnotes", "md_in_html", "tables", "toc"),
    *("pymdownx.caret", "pymdownx.details", "pymdownx.keys", "pymdownx.magiclink"),
    *("pymdownx.mark", "pymdownx.smartsymbols", "pymdownx.superfences", "pymdownx.tilde"),
]


def elements(page: html.HtmlElement) -> list[str]:
    """The elements of a page but for what colours code, and where its links lead."""
    for code in page.iter("pre"):
        code.clear()
    links = [f"to {link.get('href', '')[:1]}" for link in page.iter("a")]
    return [element.tag for element in page.iter(etree.Element)] + links


def doctree(page: str) -> nodes.document:
    """A plain page as docutils reads it, with Sphinx's and blockdiag's directives as code."""
    return rst_reader.document(readers.File("guide.rst", page.encode()))


def outline(tree: nodes.document) -> list[str]:
    """The elements of a page."""
    return [node.tagname for node in tree.findall(nodes.Element)]


def shape(tree: Any) -> Any:
    """A tree without its names and texts."""
    if isinstance(tree, dict):
        return {number: shape(value) for number, value in enumerate(tree.values())}
    return [shape(value) for value in tree] if isinstance(tree, list) else type(tree).__name__


def set_lines(config: str) -> list[str]:
    """The lines of a file that are no comments, with nothing in their placeholders."""
    lines = [line for line in config.splitlines() if line.strip() and line.strip()[0] != "#"]
    return [re.sub("<[a-z0-9 ]+>", "<>", line) for line in lines]


# --- in a browser ---------------------------------------------------------------------


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """A server's address, and what it was asked for."""
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_error(404)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", paths
    server.shutdown()
    server.server_close()


@pytest.fixture
def browse(chromium_program: str, tmp_path: Path) -> Callable[[Path], str]:
    """What a page is after Chromium has opened it and run what there is to run."""
    return lambda page: dump(chromium_program, page.as_uri(), tmp_path / "profile")


def ran(dom: str) -> bool:
    """Whether a script has left its mark on the outermost element."""
    return any('ran="yes"' in tag for tag in re.findall(r"<(?:html|svg)\b[^>]*>", dom))


@pytest.mark.slow
def test_nothing_runs_in_a_browser(
    browse: Callable[[Path], str], asked: tuple[str, list[str]], tmp_path: Path
) -> None:
    address, paths = asked
    calls = [
        f"<img src={address}/img>",
        f'"><script src={address}/script></script>',
        f"<style>@import '{address}/css'</style>",
        f"</style></svg><iframe src={address}/frame></iframe>",
        f"url({address}/url)",
        f'" style="background:url({address}/style)',
    ]
    texts = [text for text in TEXTS if RUNS in text or "<" in text] + calls
    # That the browser would notice, first.
    trap = tmp_path / "trap.html"
    trap.write_text(f"<html><body><img src='{address}/trap'>{TEXTS[0]}", "utf-8")
    assert ran(browse(trap))
    assert paths.pop() == "/trap"

    pages, names = [], {}
    for number, text in enumerate(texts):
        folder = tmp_path / f"from{number}"
        folder.mkdir()
        topology, _ = accepted(text, folder)
        names[f"t{number}"] = f"from{number}/strange.yaml"
        pages.append(f"Page {number}\n=======\n\n.. topo:guide:: t{number}\n")
        for artefact in exporting.artefacts(topology, ["svg"]):
            (folder / artefact.name).write_bytes(artefact.content)
            dom = browse(folder / artefact.name)
            assert "</svg>" in dom and not ran(dom)
            root = etree.fromstring(artefact.content)
            assert not root.xpath("//*[local-name()='script' or local-name()='foreignObject']")
            assert not root.xpath("//@*[starts-with(name(), 'on')]")
    index = "Home\n====\n\n.. toctree::\n\n" + "".join(
        f"   page{number}\n" for number in range(len(texts))
    )
    conf = f"topo_topologies = {names!r}\ntopo_verify = True\nexclude_patterns += ['from*']\n"
    project = make(
        tmp_path, conf, {"index": index, **{f"page{n}": page for n, page in enumerate(pages)}}
    )
    build = project.build(strict=False)
    assert build.status == 0, build.warnings
    for number in range(len(texts)):
        dom = browse(build.out / f"page{number}.html")
        assert "topo-drawing" in dom
        assert not ran(dom), texts[number]
    assert paths == []
    contradictions = [line for line in build.warnings.splitlines() if "fact-" in line]
    assert contradictions == []
