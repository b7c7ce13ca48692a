"""The text formats as text: what a person reads in them, and what no label can do to them."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_diagrams import NASTY, everything, labelled, reserved
from text_formats import NOT_BLOCKDIAG, TEXTS

from diagtool.model import Shape
from diagtool.model.diagram import Arrow, Diagram, Edge, Group, Node
from diagtool.pictures import formats
from diagtool.pictures.formats import FormatKind

SMALL = Diagram(
    name="two-sites",
    title="Two sites",
    nodes=(
        Node("queue", "Job Queue", "queue", stacked=True),
        Node("main-db", "Database", "main-db", Shape.DATABASE, 192, True),
        Node("worker_1", "Worker 1", "worker"),
        Node("worker_2", "Worker 2", "worker"),
    ),
    groups=(
        Group("north", "North", None, ("main-db",), (
            Group("workers", "Workers", "worker", ("worker_1", "worker_2")),
        )),
    ),
    edges=(
        Edge("queue", "worker_1", Arrow.BOTH),
        Edge("queue", "worker_2", Arrow.BOTH),
        Edge("worker_1", "main-db", Arrow.BACK, "reads"),
        Edge("worker_2", "main-db", Arrow.BACK, "reads"),
        Edge("queue", "main-db", Arrow.NONE),
    ),
)  # fmt: skip

SOURCES = {
    "dot": """\
digraph "two-sites" {
  rankdir = LR;
  graph [fontname = "sans-serif"];
  node [fontname = "sans-serif", shape = box];
  edge [fontname = "sans-serif"];
  remincross = false;
  mclimit = 0.01;

  queue [label = "Job Queue", peripheries = 2];

  subgraph cluster_north {
    label = "North";
    "main-db" [label = "Database", shape = cylinder, penwidth = 3];
    subgraph cluster_workers {
      label = "Workers";
      worker_1 [label = "Worker 1"];
      worker_2 [label = "Worker 2"];
    }
  }

  queue -> {worker_1 worker_2} [dir = both];
  {worker_1 worker_2} -> "main-db" [label = "reads", dir = back];
  queue -> "main-db" [dir = none];
}
""",
    "mermaid": """\
flowchart LR
  queue["Job Queue"]

  subgraph north["North"]
    main_db["Database"]
    subgraph workers["Workers"]
      worker_1["Worker 1"]
      worker_2["Worker 2"]
    end
  end

  queue <--> worker_1 & worker_2
  main_db -->|"reads"| worker_1 & worker_2
  queue --- main_db

  queue@{ shape: st-rect }
  main_db@{ shape: cyl }
  class main_db several
  classDef several stroke-width:4px
""",
    "d2": """\
direction: right

"queue": "Job Queue" {style.multiple: true}

"north": "North" {
  "main-db": "Database" {shape: cylinder; style.multiple: true}
  "workers": "Workers" {
    worker_1: "Worker 1"
    worker_2: "Worker 2"
  }
}

"queue" <-> "north"."workers".worker_1
"queue" <-> "north"."workers".worker_2
"north"."workers".worker_1 <- "north"."main-db": "reads"
"north"."workers".worker_2 <- "north"."main-db": "reads"
"queue" -- "north"."main-db"
""",
    "plantuml": """\
@startuml
left to right direction
skinparam cardRoundCorner 20
skinparam shadowing false
skinparam shadowing<<several>> true
hide stereotype

collections "Job Queue" as queue

package "North" as north {
  database "Database" as main_db <<several>>
  package "Workers" as workers {
    rectangle "Worker 1" as worker_1
    rectangle "Worker 2" as worker_2
  }
}

queue <--> worker_1
queue <-[norank]-> worker_2
worker_1 <-- main_db : reads
worker_2 <-[norank]- main_db : reads
queue -- main_db
@enduml
""",
}


def write(format: str, diagram: Diagram) -> str:
    source = formats.get(format).write(diagram)
    assert isinstance(source, str)
    return source


@pytest.mark.parametrize("format", NOT_BLOCKDIAG)
def test_a_source_reads_as_a_person_would_write_it(format: str) -> None:
    assert format in SOURCES, f"say in SOURCES what a person would write of SMALL in {format}"
    assert write(format, SMALL) == SOURCES[format]


def test_each_is_found_by_the_suffix_that_its_tool_expects() -> None:
    for suffix in (".dot", ".mmd", ".d2", ".puml"):
        assert formats.by_suffix(suffix).KIND is FormatKind.TEXT


@pytest.mark.parametrize("format", NOT_BLOCKDIAG)
def test_every_shape_is_told_from_a_box_and_from_its_stack(format: str) -> None:
    def line(shape: Shape, stacked: bool) -> str:
        node = Node("it", "It", "it", shape, stacked=stacked)
        return write(format, Diagram("one", "One", (node,), (), ()))

    box = line(Shape.BOX, False)
    for shape in Shape:
        assert line(shape, True) != line(shape, False)
        # Mermaid has no square, and no ellipse beside the stadium.
        if shape is not Shape.BOX and (format, shape) != ("mermaid", Shape.SQUARE):
            assert line(shape, False) != box


@pytest.mark.parametrize("format", NOT_BLOCKDIAG)
def test_no_two_ids_become_one(format: str) -> None:
    ids = ("a-b", "a_b", "a b", "end", "end_2", "größe", "gr__e", "1", "_1")
    nodes = tuple(Node(id, f"node {number}", id) for number, id in enumerate(ids))
    source = write(format, Diagram("ids", "Ids", nodes, (), ()))
    written = {
        "dot": r'^  (\S+|"[^"]*") \[label',
        "mermaid": r"^  (\w+)\[",
        "d2": r'^(\w+|"[^"]*"): "',
        "plantuml": r" as (\w+)$",
    }
    assert format in written, f"say here how {format} writes the name of a box"
    names = re.findall(written[format], source, re.MULTILINE)
    assert len(names) == len(ids)
    assert len(set(names)) == len(ids)


KEYWORDS_ARE_NAMES_TOO = {
    "plantuml": "whether a word at the start of a line is a name shows from what follows it",
}
"""Languages in which an id may be a keyword, with the reason."""


@pytest.mark.parametrize("format", TEXTS)
def test_no_word_that_starts_a_statement_is_the_name_of_a_box(format: str) -> None:
    def alone(id: str) -> str:
        return write(format, Diagram("alone", "Alone", (Node(id, "It", "it"),), (), ()))

    shown = everything()
    ids = {thing.id for thing in (*shown.nodes, *shown.all_groups)}
    starts = re.findall(r"^ *([a-zA-Z_]+)\b(?! *=)", write(format, shown), re.MULTILINE)
    bare = {
        word
        for word in {*starts} - ids
        if f'"{word}"' not in alone(word) and alone(word) == alone("it_id").replace("it_id", word)
    }
    assert not bare or format in KEYWORDS_ARE_NAMES_TOO, (
        f"write {bare} in {format} so that they are ids, or say in KEYWORDS_ARE_NAMES_TOO why not"
    )


# How each language's own rules turn what stands between quotes back into a text. They are
# written down here from the languages' references, apart from the writers.


def _read_dot(quoted: str) -> str:
    escapes = {"n": "\n", "\\": "\\", '"': '"'}
    return html.unescape(re.sub(r"\\(.)", lambda found: escapes[found[1]], quoted))


def _read_mermaid(quoted: str) -> str:
    assert not re.search(r"#(?!\d+;)|&|[`*{}\[\]|$\\]", quoted)
    quoted = quoted.replace("<br/>", "\n").replace("<wbr/>", "")
    assert not re.search(r"[<>]|%%|direction\s", quoted)
    return re.sub(r"#(\d+);", lambda found: chr(int(found[1])), quoted)


def _read_d2(quoted: str) -> str:
    assert not re.search(r"(?<!\\)(?:\\\\)*\$", quoted)
    escapes = {"n": "\n", "\\": "\\", '"': '"', "$": "$"}
    return re.sub(r"\\(.)", lambda found: escapes[found[1]], quoted)


def _read_plantuml(quoted: str) -> str:
    lines = quoted.split("\\n")
    for line in lines:
        plain = re.sub(r"<U\+[0-9A-F]{4}>", "", line)
        assert not re.search(r"[<>~*%!\[\]#|=@'\"\\]|--|\.\.|//|__", plain)
    return "\n".join(
        re.sub(r"<U\+([0-9A-F]{4})>", lambda found: chr(int(found[1], 16)), line) for line in lines
    )


READERS: dict[str, Callable[[str], str]] = {
    "dot": _read_dot,
    "mermaid": _read_mermaid,
    "d2": _read_d2,
    "plantuml": _read_plantuml,
}
LABELS = {'"x"': r'"((?:[^"\\]|\\.)*)"', "x": "(.*)"}
"""What may stand in place of a label."""

LABEL = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")) | st.sampled_from('\n\\"<>&%#${}'),
    min_size=1,
    max_size=40,
) | st.sampled_from(NASTY)


@pytest.mark.parametrize("format", NOT_BLOCKDIAG)
@given(LABEL)
def test_a_label_stays_between_its_quotes_and_comes_back(format: str, text: str) -> None:
    assert format in READERS, f"say in READERS how a label of {format} is read"
    source, plain = write(format, labelled(text)), write(format, labelled("x"))
    lines, expected = source.split("\n"), plain.split("\n")
    assert len(lines) == len(expected)
    read = []
    for line, pattern in zip(lines, expected, strict=True):
        # PlantUML has edge labels that stand to the end of their line, without quotes.
        pieces = re.split(r'("x"|(?<= : )x$)', pattern)
        around = (LABELS.get(piece) or re.escape(piece) for piece in pieces)
        match = re.fullmatch("".join(around), line, re.DOTALL)
        assert match
        read += map(READERS[format], match.groups())
    things = labelled(text)
    assert len(read) >= len(things.nodes) + len(things.all_groups) + len(things.edges)
    assert set(read) == {text}


@pytest.mark.parametrize("format", NOT_BLOCKDIAG)
def test_what_stands_in_the_source_stands_in_the_order_of_the_diagram(format: str) -> None:
    for diagram in (everything(), reserved()):
        source = write(format, diagram)
        loose = {node.id for node in diagram.nodes}.difference(
            *(group.members for group in diagram.groups)
        )
        places = [source.index(f'"{node.label}"') for node in diagram.nodes if node.id in loose]
        assert places == sorted(places)


def test_a_diagram_without_groups_and_edges_is_one_too() -> None:
    alone = Diagram("alone", "Alone", (Node("it", "It", "it"),), (), ())
    for format in NOT_BLOCKDIAG:
        assert write(format, alone).count("It") == 1
