"""``diagtool init --from``: what comes in is what files say, and what is left out is told."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import diagtool
from diagtool import exporting
from diagtool.checks import readers
from diagtool.checks.verify import verify
from diagtool.cli import main
from diagtool.loading.loader import read
from diagtool.model import Topology, facts
from diagtool.model.diagnostics import has_errors
from diagtool.model.facts import Fact, FactKind, of_diagram
from diagtool.pictures import formats
from diagtool.scaffolding.importing import importers
from diagtool.scaffolding.importing.draft import cleaned
from diagtool.scaffolding.importing.from_files import from_files
from diagtool.scaffolding.importing.yaml_text import Entry, Item, write

ROOT = Path(__file__).parents[1]
DATA = Path(__file__).parent / "data" / "imports"


class Imports:
    """Files in a folder, and what becomes of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.found: list[str] = []
        self.text = ""

    def __call__(self, **files: str) -> Topology:
        """The topology of files, by their names with ``__`` for the dot."""
        return self.of(*(self.write(n.replace("__", "."), text) for n, text in files.items()))

    def of(self, *paths: Path) -> Topology:
        imported = from_files(paths, "System")
        self.found = [
            f"{d.place.line}:{d.place.column} {d.code} {d.message}" for d in imported.diagnostics
        ]
        self.text = imported.text
        assert self.text, self.found
        return diagtool.load(self.write("topology.yaml", self.text))

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, "utf-8")
        return path


@pytest.fixture
def imports(tmp_path: Path) -> Imports:
    return Imports(tmp_path)


def connections(topology: Topology) -> dict[str, list[str]]:
    """Who owns which connection with whom."""
    return {
        part.id: [f"{c.direction.value} {c.peer}" for c in part.connections]
        for part in topology.parts
        if part.connections
    }


# --- pages ----------------------------------------------------------------------------

# What the page of Designate does not say and our topology does.
BEYOND_THE_PAGE = {
    FactKind.CONFIG,
    FactKind.ADDRESS,
    FactKind.LISTENER,
    FactKind.FLOW,
    FactKind.WARNING,  # in words of our own
}


@pytest.mark.parametrize("language", ["blockdiag", "graphviz"])
def test_the_page_of_designate_gives_the_facts_of_our_topology(
    imports: Imports, language: str
) -> None:
    ours = diagtool.load(ROOT / "topology" / "designate.yaml")
    theirs = imports.of(DATA / f"designate-{language}.rst")
    # A shape that no topology has.
    told = {"blockdiag": [], "graphviz": ["207:7 not-imported the shape 'octagon'"]}
    assert imports.found == told[language]

    def comparable(topology: Topology) -> set[Fact]:
        ids = {"l7_load_balancers": "loadbalancer", "database_servers": "db_servers"}
        # Ours has a name for the load balancer; since 2023 the page has several of them.
        names = {"load balancer": "L7 Load Balancer", "L7 Load Balancers": "L7 Load Balancer"}
        return {
            Fact(
                fact.kind,
                ids.get(fact.about, fact.about),
                tuple(names.get(term, term) for term in fact.terms),
            )
            for fact in facts.state(topology)
            if fact.kind not in BEYOND_THE_PAGE
        }

    assert comparable(theirs) == comparable(ours)
    assert theirs.components["dns_servers"].name == "DNS Servers"
    warnings = [f.terms for f in facts.state(theirs) if f.kind is FactKind.WARNING]
    assert len(warnings) == 1


@pytest.mark.parametrize("language", ["blockdiag", "graphviz"])
def test_the_page_of_designate_agrees_with_what_it_became(
    imports: Imports, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    page = DATA / f"designate-{language}.rst"
    imports.of(page)
    assert main(["verify", str(page), "-t", str(imports.folder / "topology.yaml")]) == 0
    assert capsys.readouterr().out == ""
    assert main(["check", "-t", str(imports.folder / "topology.yaml"), "--strict"]) == 0


def test_what_is_left_out_of_a_page_is_told(imports: Imports) -> None:
    topology = imports(
        guide__rst="""\
Chat
====

.. video:: chat.mp4

web
---

It depends on:

* the queue
* [odd]

.. blockdiag::

   blockdiag { queue; web1 [label = "Web 1"]; web2 [label = "Web 2"]; queue -> web1, web2; }

Say ``{hello}``, or `ask <https://example.org>`_:

.. code:: console

   $ web --hello

.. warning:: Don't.

Elsewhere
---------

A list:

- of nothing
"""
    )
    assert imports.found == [
        "4:1 not-imported the directive 'video'",
        "12:1 assumed no picture shows the line to [odd]: it is taken to lead there",
        "16:23 assumed there is no frame around the servers: in diagtool's picture it is there, "
        "and is called 'Webs'",
        "22:4 not-imported a block that is no config: $ web --hello",
        "27:1 not-imported the text of the section 'Elsewhere', which is about no service",
    ]
    assert connections(topology) == {"web": ["from queue", "to odd"]}
    assert topology.components["queue"].name == "queue"
    # Each stands in a comment, too.
    commented = " ".join(imports.text.replace("#", " ").split())
    assert all(said.split(" ", 2)[2] in commented for said in imports.found)


# --- files of other programs ----------------------------------------------------------

EXPECTED = ".expected.yaml"
SAMPLES = sorted(path.name.removesuffix(EXPECTED) for path in DATA.glob(f"*{EXPECTED}"))


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a sample becomes; ``python tests/test_importing.py`` writes that anew, to be read."""
    monkeypatch.chdir(DATA)
    imported = from_files([Path(name)], "Shop")
    assert imported.text == Path(f"{name}{EXPECTED}").read_text("utf-8")
    commented = " ".join(imported.text.replace("#", " ").split())
    assert all(f"{d.place}: {d.message}" in commented for d in imported.diagnostics)
    assert not has_errors(read(Path(f"{name}{EXPECTED}")).diagnostics)


def test_every_importer_has_a_sample() -> None:
    """Pages and pictures are tried above and below."""
    tried = {importers.importer_of(readers.load(DATA / name)) for name in SAMPLES}
    others = {"blockdiag", "d2", "dot", "drawings", "markdown", "mermaid", "plantuml", "rst"}
    assert tried == {importers.get(name) for name in importers.names() if name not in others}


def test_a_guide_of_a_compose_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a new user does, from their own file to a page, warnings being errors."""
    monkeypatch.chdir(tmp_path)
    assert main(["init", "shop", "--from", str(DATA / "compose.yaml")]) == 0
    monkeypatch.chdir(tmp_path / "shop")
    assert main(["check", "--strict"]) == 0
    command = [sys.executable, "-m", "sphinx", "-q", "-n", "-W", "docs", "site"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "search 2" in Path("site/index.html").read_text("utf-8")


def test_files_are_known_by_what_they_hold(imports: Imports) -> None:
    inventory = imports.write("production", "[web]\nweb1\nweb2\n\n[db]\ndb1\n")
    picture = (
        "<mxGraphModel><root><mxCell id='0'/><mxCell id='1' parent='0'/>{}</root></mxGraphModel>"
    )
    box = "<mxCell id='2' value='mail' vertex='1' parent='1'><mxGeometry width='9'/></mxCell>"
    drawn = imports.write("drawn.xml", picture.format(box))
    topology = imports.of(inventory, drawn)
    assert {*topology.services} >= {"web", "db"}
    assert {*topology.hosts} == {"web1", "web2", "db1"}
    assert "mail" in {part.name for part in topology.parts}


def test_what_a_deployment_says_beside_is_told(imports: Imports) -> None:
    imports(
        compose__yaml="services:\n"
        "  web:\n    build: .\n    hostname: www\n    ports: ['127.0.0.1:8080:80', '81:81']\n"
        "  job:\n    build: .\n    environment: {AT: 'http://www/', KEY: secret}\n"
    )
    assert imports.found == [
        "5:13 not-imported that the port 80 of web is published as 127.0.0.1:8080",
        "6:3 not-imported the environment of job: KEY",
        "8:23 assumed 'AT' names web: the line is taken to lead there",
        "8:23 assumed which port of web is reached: it is taken to be 80",
    ]
    assert "secret" not in imports.text


def test_what_listens_at_several_ports_is_reached_at_one(imports: Imports) -> None:
    topology = imports(
        compose__yaml="services:\n"
        "  store:\n    image: elasticsearch\n    ports: ['9200:9200', '9300:9300']\n"
        "  one:\n    build: .\n    environment: {AT: 'http://store:9300/'}\n"
        "  two:\n    build: .\n    depends_on: [store]\n"
    )
    reached = {
        s.id: [f.listener for f in s.connections[0].flows] for s in topology.services.values()
    }
    assert reached == {"one": ["port-9300"], "two": ["port-9300"]}
    assert imports.found[-1].endswith("which port of store is reached: it is taken to be 9300")
    assert not read(imports.folder / "topology.yaml").diagnostics


def test_a_port_for_people_is_not_what_other_services_reach(imports: Imports) -> None:
    topology = imports(
        compose__yaml="services:\n"
        "  queue:\n    image: rabbitmq\n    ports: ['127.0.0.1:15672:15672']\n"
        "  cache:\n    image: redis\n"
        "  mail:\n    image: mailhog/mailhog\n    ports: ['8025:8025']\n"
        "  one:\n    build: .\n    depends_on: [queue]\n    environment:\n"
        "      AMQP: amqp://queue:5672/\n      CACHE: redis://cache:6379/0\n      SMTP: mail\n"
    )
    (one,) = (s for s in topology.services.values() if s.id == "one")
    assert {c.peer: [f.listener for f in c.flows] for c in one.connections} == {
        "queue": ["port-5672"],
        "cache": [],
        "mail": [],
    }
    ports = {p.id: [each.port for each in p.listen] for p in topology.parts}
    assert ports == {"queue": [15672, 5672], "cache": [6379], "mail": [8025], "one": []}
    guessed = [said for said in imports.found if "which port of" in said]
    assert [said.partition(" ")[2] for said in guessed] == [
        "assumed which port of mail is reached: it is taken to be 8025"
    ]


def test_a_load_balancer_listens_where_it_says(imports: Imports) -> None:
    topology = imports(
        lb__cfg="frontend a\n  bind *:80\n  bind :443 ssl crt x.pem\n  default_backend b\n"
        "backend b\n  server one 192.0.2.1:8080\n"
    )
    assert [each.port for each in topology.components["haproxy"].listen] == [80, 443]
    assert imports.found == ["3:3 not-imported 'ssl crt x.pem' of a bind"]


def test_boxes_that_say_the_same_in_a_drawing(imports: Imports) -> None:
    """A drawing is known by what it says, and so are the frames around such boxes."""
    box = '<rect x="{}" width="80" height="40"/><text x="{}" y="25">{}</text>'
    frame = '<rect x="{}" y="-40" width="100" height="90"/><text x="{}" y="-20">{}</text>'
    shapes = [frame.format(0, 30, "one"), box.format(10, 30, "db")]
    shapes += [frame.format(200, 230, "two"), box.format(210, 230, "db")]
    svg = f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(shapes)}</svg>'
    topology = imports.of(imports.write("x.svg", svg))
    assert [part.name for part in topology.parts] == ["db"]
    told = "\n".join(imports.found)
    assert "another box that says 'db': they are taken for one" in told
    assert "the frame 'one' around db" in told
    assert "the frame 'two' around db" in told


def test_a_subgraph_that_is_named_in_another_one(imports: Imports) -> None:
    topology = imports(
        x__mmd="flowchart LR\n subgraph all\n  inner\n end\n subgraph inner\n  a --> b\n end\n"
    )
    assert {part.id for part in topology.parts} == {"a", "b"}
    assert [said.partition("not-imported ")[2] for said in imports.found] == [
        "the frame 'all' around a, b",
        "the frame 'inner' around a, b",
    ]


def test_a_host_called_like_its_group(imports: Imports) -> None:
    topology = imports.of(imports.write("hosts", "[db]\ndb\ndb2.example.org\n"))
    assert [copy.host for copy in topology.services["db"].instances] == ["db-host", "db2"]


def test_several_files_become_one_topology(imports: Imports) -> None:
    topology = imports.of(
        imports.write("system.dot", "digraph { proxy -> web1 -> db; proxy -> web2 -> db; }"),
        DATA / "compose.yaml",
        imports.write("web.conf", "[DEFAULT]\ndebug = true\n"),
    )
    assert list(topology.services) == ["web", "worker", "search"]
    web = topology.services["web"]
    assert [option.name for option in web.config] == ["debug"]
    assert connections(topology)["web"] == ["from proxy", "to db", "to cache"]
    # The picture shows two servers, and the compose file says that there are three.
    assert web.replicas == 2
    assert any("there are 3 servers of web here, 2 before" in said for said in imports.found)


# --- pictures -------------------------------------------------------------------------

DOT = """\
digraph {
  lb [label="Load balancer"]; db [shape=cylinder label="Orders"];
  subgraph cluster_web { label="Web Servers"; w1 [label="Web 1"]; w2 [label="Web 2"]; }
  lb -> {w1 w2} -> db;
  w1 -> cache [style=dashed]; w2 -> cache [style=dashed];
}
"""


def test_a_picture(imports: Imports) -> None:
    topology = imports(system__dot=DOT)
    assert connections(topology) == {"web": ["from lb", "to db", "to cache"]}
    web = topology.services["web"]
    assert (web.name, web.server, web.servers, web.replicas) == ("Web", "Web", "Web Servers", 2)
    assert topology.components["lb"].front
    assert not topology.components["cache"].front
    assert topology.components["db"].shape.value == "database"
    assert [c.needed for c in web.connections] == [None, None, False]


def test_pictures_become_one(imports: Imports) -> None:
    topology = imports(x__dot="digraph { a -> b; }", y__mmd="flowchart LR\n b --> c\n")
    assert connections(topology) == {"a": ["to b"], "b": ["to c"]}
    assert imports.found == [
        "2:2 not-imported that this is a picture of its own: diagtool draws one of the whole system"
    ]


def test_what_a_topology_cannot_hold_is_told(imports: Imports) -> None:
    topology = imports(
        x__dot="""graph {
          a -- b; a -- a;
          subgraph cluster_x { label="Zone"; b; c -- b [label="one"]; }
          d [shape=tripleoctagon]; web1 -- d; web2; e [label=""];
          f [label=<<b>d</b><!-- <x> --><br/>>];
        }"""
    )
    assert imports.found == [
        "2:13 assumed the line has no arrowhead: it is taken for one that points both ways",
        "2:21 not-imported a line from a to itself",
        "3:11 not-imported the frame 'Zone' around b, c",
        "3:51 assumed the line has no arrowhead: it is taken for one that points both ways",
        "4:11 not-imported the shape 'tripleoctagon'",
        "4:36 assumed what is called 'web1' here is 'web 1' in the topology",
        "4:36 assumed there is no frame around the servers: in diagtool's picture it is there, and "
        "is called 'webs'",
        "4:41 assumed the line has no arrowhead: it is taken for one that points both ways",
        "4:41 assumed only some servers have a line between web and d: in the topology, all have",
        "4:47 assumed what is called 'web2' here is 'web 2' in the topology",
        "4:53 assumed a box without a label: it is called 'e'",
        "4:53 assumed no file says what e is connected with: add its connections",
        "5:11 not-imported another box that says 'd': they are taken for one",
    ]
    assert topology.services["web"].server == "web"


def cell(id: str, label: str, at: tuple[int, int, int, int], style: str = "html=1;") -> str:
    x, y, width, height = at
    return (
        f'<mxCell id="{id}" value="{label}" style="{style}" vertex="1" parent="1"><mxGeometry '
        f'x="{x}" y="{y}" width="{width}" height="{height}" as="geometry"/></mxCell>'
    )


def wire(id: str, tail: str, head: str) -> str:
    return f'<mxCell id="{id}" edge="1" parent="1" source="{tail}" target="{head}"/>'


DRAWIO_FRAME = (
    '<mxfile><diagram name="x"><mxGraphModel><root><mxCell id="0"/><mxCell id="1" parent="0"/>'
    + cell("s", "Apps", (200, 0, 200, 300), "verticalAlign=top;")
    + cell("lb", "lb", (0, 100, 80, 40))
    + cell("a", "a", (220, 140, 80, 40))
    + cell("b", "b", (220, 220, 80, 40))
    + cell("db", "db", (500, 140, 80, 40))
    + wire("e", "lb", "s")
    + wire("f", "a", "db")
    + "</root></mxGraphModel></diagram></mxfile>"
)
FREE_TEXT = cell("t", "Never on Fridays", (0, 400, 200, 20), "text;html=1;")


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("x.mmd", """flowchart LR\n lb --> S\n subgraph S["Apps"]\n a\n b\n end\n a --> db\n"""),
        (
            "x.puml",
            "@startuml\n[lb]\npackage Apps as S {\n[a]\n[b]\n}\nlb --> S\na --> db\n@enduml",
        ),
        (
            "x.dot",
            'digraph { compound=true; lb; subgraph cluster_s { label="Apps"; a; b; }'
            " lb -> a [lhead=cluster_s]; a -> db; }",
        ),
        ("x.drawio", DRAWIO_FRAME),
    ],
)
def test_a_line_to_a_frame_leads_to_each_box_in_it(
    imports: Imports, name: str, source: str
) -> None:
    path = imports.write(name, source)
    topology = imports.of(path)
    assert connections(topology) == {"lb": ["to b"], "a": ["to db", "from lb"]}
    assert sorted(said.partition(" ")[2] for said in imports.found) == [
        "assumed a line to the frame 'Apps': it is taken for one to each box in it",
        "not-imported the frame 'Apps' around a, b",
    ]
    found = verify([topology], [path]).diagnostics
    assert [d.code for d in found] == ["fact-extra"]
    assert "a inside Apps" in found[0].message


def test_texts_beside_the_boxes_of_a_picture_are_told(imports: Imports) -> None:
    imports(x__drawio=DRAWIO_FRAME.replace("</root>", f"{FREE_TEXT}</root>"))
    assert any("not-imported the text 'Never on Fridays' on no box" in s for s in imports.found)


@pytest.mark.parametrize(
    ("name", "source", "place"),
    [
        ("x.mmd", "---\ntitle: Shop at night\n---\nflowchart LR\n  a --> b\n", "2:1"),
        ("x.mmd", "flowchart LR\n  accTitle: Shop at night\n  a --> b\n", "2:3"),
        ("x.puml", "@startuml\ntitle Shop at night\n[a] --> [b]\n@enduml\n", "2:1"),
        ("x.dot", 'digraph {\n  label="Shop at night"\n  a -> b\n}\n', "2:3"),
        ("x.dot", 'digraph {\n  graph [label="Shop at night"]\n  a -> b\n}\n', "2:3"),
    ],
)
def test_the_title_of_a_picture_is_told(
    imports: Imports, name: str, source: str, place: str
) -> None:
    imports.of(imports.write(name, source))
    assert f"{place} not-imported the title 'Shop at night'" in imports.found


MERMAID = """\
flowchart LR
  lb["Load balancer"] --> w1 & w2
  subgraph web["Web Servers"]
    w1("Web 1")
    w2("Web 2")
  end
  w1 & w2 -->|orders| db[(Orders)]
  w1 & w2 -.-> cache
"""
PLANTUML = """\
@startuml
!include <C4/C4_Container>
[Load balancer] as lb
package "Web Servers" {
  component "Web 1" as w1
  component [Web 2] as w2
}
database Orders as db
lb --> w1
lb -down-> w2
w1 --> db : orders
w2 --> db : orders
w1 ..> cache
w2 ..> cache
@enduml
"""


@pytest.mark.parametrize(
    ("name", "source", "told"),
    [
        ("system.mmd", MERMAID, []),
        ("page.md", f"# Shop\n\n```mermaid\n{MERMAID}```\n", []),
        ("page.rst", "Shop\n====\n\n.. mermaid::\n\n   " + MERMAID.replace("\n", "\n   "), []),
        (
            "system.puml",
            PLANTUML,
            ["2:1 not-imported '!include <C4/C4_Container>'"],
        ),
    ],
)
def test_the_same_picture_in_other_languages(
    imports: Imports, name: str, source: str, told: list[str]
) -> None:
    topology = imports.of(imports.write(name, source))
    dashed = "a dashed line: it is taken for one that is optional, as a note will say"
    assert [said for said in imports.found if not said.endswith(dashed)] == told
    assert len(imports.found) == len(told) + 1
    assert connections(topology) == {"web": ["from lb", "to db", "to cache"]}
    web = topology.services["web"]
    assert (web.server, web.servers, web.replicas) == ("Web", "Web Servers", 2)
    assert [(c.label, c.needed) for c in web.connections] == [
        ("", None),
        ("orders", None),
        ("", False),
    ]
    assert topology.components["db"].shape.value == "database"
    assert topology.components["db"].label == "Orders"


SHOW_ONLY = {"pdf", "png"}
"""Formats with a reader that tells no parts and lines, of which nothing can be imported."""


@pytest.mark.parametrize("format", sorted({*formats.names()} & {*readers.names()} - SHOW_ONLY))
def test_a_picture_of_ours_comes_back(imports: Imports, format: str) -> None:
    ours = diagtool.load(ROOT / "docs" / "chat.yaml")
    view = diagtool.views(ours)[0]
    artefact = exporting.together(ours, format, [view])
    path = imports.folder / f"{view.name}{formats.get(format).SUFFIX}"
    path.write_bytes(artefact.content)
    assert importers.importer_of(readers.load(path)), (
        f"add diagtool/scaffolding/importing/importers/{format}.py, or {format} to SHOW_ONLY"
    )
    theirs = imports.of(path)
    assert imports.found == []
    shown = of_diagram(diagtool.views(theirs)[0])
    assert {Fact(f.kind, view.name, f.terms) for f in shown} == set(of_diagram(view))


@pytest.mark.parametrize(
    ("name", "source"), [("system.dot", DOT), ("system.mmd", MERMAID), ("system.puml", PLANTUML)]
)
def test_a_picture_agrees_with_what_it_became_but_for_what_was_told(
    imports: Imports, name: str, source: str
) -> None:
    path = imports.write(name, source)
    topology = imports.of(path)
    told = {said.partition(":")[0] for said in imports.found}
    found = verify([topology], [path]).diagnostics
    assert any("as a note will say" in said for said in imports.found)
    note = [d for d in found if "A dashed line is optional." in d.message]
    assert len(note) == 1
    assert {str(d.place.line) for d in found if d not in note} <= told, found


MARKDOWN = """\
---
title: x
---
# Shop

The shop, *live*.

## web

Requires:

- database
- `queue`

> [!WARNING]
> Not **two** of [them](https://example.org).

See `web`:

```ini
[db]
url = postgresql://web:s3cret@<database host>/web
```

Or:

```{code} ini
[pool]
size = 5
token = abc
```

:::{video} x.mp4
:::

| a | b |
|---|---|
"""


def test_a_page_in_markdown(imports: Imports) -> None:
    topology = imports(page__md=MARKDOWN)
    assert imports.found == [
        "12:1 assumed no picture shows the line to database: it is taken to lead there",
        "13:1 assumed no picture shows the line to queue: it is taken to lead there",
        "22:1 assumed the value of 'url' is a secret: a placeholder stands in its place",
        "30:1 assumed the value of 'token' is a secret: a placeholder stands in its place",
        "34:1 not-imported the directive 'video'",
        "36:1 not-imported a table",
    ]
    assert "s3cret" not in imports.text
    web = topology.services["web"]
    assert connections(topology) == {"web": ["to database", "to queue"]}
    assert [s.alternative_to for s in web.snippets] == [None, "db"]
    assert {o.name: o.value for o in web.options} == {
        "url": "postgresql://web:<password>@<database host>/web",
        "size": "5",
        "token": "<token>",
    }
    assert "- warning: Not two of [them](https://example.org)." in imports.text
    assert '- "See {web}:"' in imports.text or "- 'See {web}:'" in imports.text
    assert "The shop, live." in imports.text


# --- YAML -----------------------------------------------------------------------------

TEXTS = st.text(max_size=150).map(cleaned)
ODD = ["null", "~", "a: b", "a #b", "- a", "'", '"', "%x", "a:", "a\nb", " a", "a ", "é" * 150]
LINES = st.one_of(TEXTS, st.sampled_from(ODD))


def plain(value: object) -> object:
    """What a tree of entries and items stands for."""
    if isinstance(value, str):
        return value
    assert isinstance(value, list)
    if value and isinstance(value[0], Entry):
        return {each.key: plain(each.value) for each in value}
    return [plain(each.value) for each in value] or None


@settings(max_examples=300)
@given(st.dictionaries(LINES, st.one_of(LINES, st.lists(LINES, min_size=1)), min_size=1), LINES)
def test_any_text_is_read_as_it_was_written(
    content: dict[str, str | list[str]], comment: str
) -> None:
    entries = [
        Entry(k, v if isinstance(v, str) else [Item(x, [comment]) for x in v], [comment])
        for k, v in content.items()
    ]
    read = yaml.load(write([Entry("x", entries)]), Loader=yaml.BaseLoader)
    assert read == {"x": content}


# --- files that are of no use ---------------------------------------------------------

USELESS = {
    "empty.diag": "",
    "nothing.diag": "blockdiag { }",
    "broken.dot": "digraph { a -> ",
    "binary.dot": "\0\1",
    "text.txt": "hello",
    "sequence.diag": "seqdiag { a -> b; }",
    "sequence.mmd": "sequenceDiagram\n  a->>b: x",
    "odd.mmd": "flowchart LR\n a ==> ==> b",
    "long.mmd": "flowchart LR\n" + "a" * 20_000,
    "deep.mmd": "flowchart LR\n" + "subgraph a\n" * 500,
    "sequence.puml": "@startuml\nalice -> bob : x\nend\n@enduml",
    "deep.puml": "@startuml\n" + "package a {\n" * 500,
    "broken.drawio": "<mxfile>",
    "page.md": "",
    "compose.yaml": "services: {a: {image: [}}",
    "tag.yaml": "services: {a: !!python/object/apply:os.system [true]}",
    "bomb.yaml": "a: &a [x]\n"
    + "".join(
        f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n"
        for a, b in zip("abcdefg", "bcdefgh", strict=True)
    )
    + "services: {a: {image: x}}\n",
    "deep.yaml": "services: " + "{a: " * 500,
    "helm.yaml": "apiVersion: v1\nkind: Pod\n{{- if x }}\n",
    "other.yaml": "a: b",
    "other.json": '{"a": 1',
    "workspace.json": '{"model": 1, "softwareSystems": 1, "x": [}',
    "hosts": "[a]\nweb[1:9999]\nweb[2:9999]x\n",
    "x.haproxy.cfg": "frontend a\n",
    "empty.conf": "[DEFAULT]\n",
    "page.rst": "Hello\n=====\n\nNothing here.\n",
    "deep.diag": "blockdiag {" + "group {" * 500,
    "many.diag": "blockdiag {" + "".join(f"n{i}a;" for i in range(3000)) + "}",
}


@pytest.mark.parametrize("name", USELESS)
def test_files_of_no_use(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_text(USELESS[name])
    assert main(["init", "new", "--from", name, "missing.dot"]) == 1
    told = capsys.readouterr()
    assert told.out.startswith("missing.dot:1:1: unreadable-artefact there is no such file\n") or (
        "\nmissing.dot:1:1: unreadable-artefact" in told.out
    )
    assert f"{name}:" in told.out or name in ("nothing.diag", "page.rst", "page.md")
    assert main(["init", "new", "--from", name]) == 1
    told = capsys.readouterr()
    assert f"{name}:" in told.out
    assert "nothing was written" in told.err
    assert not Path("new").exists()


BITS = [
    "{",
    "}",
    "[",
    "]",
    '"',
    "\n",
    ":",
    " ",
    "1",
    "&",
    "*",
    "<",
    "é",
    "\0",
    "null",
    "---\n",
    "`",
]


@pytest.mark.slow
@pytest.mark.parametrize("name", [*SAMPLES, "x.dot", "x.mmd", "x.puml", "x.md"])
def test_whatever_comes_in_can_be_loaded(name: str, tmp_path: Path) -> None:
    """Files with things taken out, put in and repeated give a topology or a reason, no more."""
    given = {"x.dot": DOT, "x.mmd": MERMAID, "x.puml": PLANTUML, "x.md": MARKDOWN}
    whole = given.get(name) or (DATA / name).read_text("utf-8")
    chance = random.Random(name)
    for _ in range(60):
        text = whole
        for _ in range(chance.choice([1, 3, 20])):
            at, length = chance.randrange(len(text) + 1), chance.randrange(30)
            bit = chance.choice([chance.choice(BITS), "", text[at : at + length]])
            text = text[:at] + bit + text[at + chance.choice([0, 1, length]) :]
        (tmp_path / name).write_text(text, "utf-8")
        imported = from_files([tmp_path / name], "Shop")
        assert imported.text or has_errors(imported.diagnostics)
        (tmp_path / "made.yaml").write_text(imported.text, "utf-8")
        if imported.text:
            assert not has_errors(read(tmp_path / "made.yaml").diagnostics), text


NASTY = [
    "{x}",
    "`",
    "[a](javascript:x)",
    "a: b",
    "# x",
    "\u202e",
    "\u200b",
    "%",
    "- x",
    "null",
    "é" * 300,
]


@pytest.mark.parametrize("text", NASTY)
def test_nasty_labels(imports: Imports, text: str) -> None:
    boxes = f'a [label = "{text} 1"]; b [label = "{text} 2"]; c [label = "{text}"];'
    frame = f'group {{ a; label = "{text}" }}'
    topology = imports(
        x__diag=f'blockdiag {{ {boxes} a -> c [label = "{text}"]; {frame} }}',
        y__rst=f"{text}\n{'=' * 400}\n\n{text}\n\nweb\n---\n\nNeeds:\n\n* {text}\n\n{text}\n\n"
        f"::\n\n  [{text}]\n  {text} = {text}\n",
    )
    assert topology.services


def test_what_exists_is_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "a.dot"
    source.write_text(DOT)
    assert main(["init", str(tmp_path / "new"), "--from", str(source)]) == 0
    (topology,) = (tmp_path / "new" / "topology").iterdir()
    topology.write_text("mine")
    assert main(["init", str(tmp_path / "new"), "--from", str(source)]) == 1
    assert "exists and is left as it is" in capsys.readouterr().err
    assert topology.read_text() == "mine"


def test_option_that_is_called_like_a_section_of_a_load_balancer(imports: Imports) -> None:
    topology = imports(zones__conf="[service:zones]\nlisten = 0.0.0.0:5354\n")
    assert [option.name for option in topology.options] == ["listen"]


if __name__ == "__main__":
    import os
    import sys

    os.chdir(DATA)
    for path in sorted(Path().iterdir()):
        if path.name in (*SAMPLES, *sys.argv[1:]):
            Path(f"{path.name}{EXPECTED}").write_text(from_files([path], "Shop").text, "utf-8")
