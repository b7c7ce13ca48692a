"""The text formats, drawn by the real tools of their names: what we said is what they show."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_diagrams import NASTY, everything, labelled, reserved
from text_formats import NOT_BLOCKDIAG

from diagtool import load
from diagtool.model import diagram
from diagtool.model.diagram import Arrow, Diagram
from diagtool.pictures import formats
from diagtool.pictures.formats._text import bare_names
from diagtool.pictures.formats.mermaid import RESERVED as MERMAID_RESERVED

pytestmark = pytest.mark.interop

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
CHROMIUM = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip

Links = Counter[tuple[frozenset[str], frozenset[str]]]
"""How many edges join two nodes with arrowheads at some of them."""


@dataclass(frozen=True)
class Picture:
    """What a tool made of a source: its SVG, and beside it what else it told."""

    svg: str
    told: str = ""

    @property
    def root(self) -> ElementTree.Element:
        return ElementTree.fromstring(self.svg)

    def texts(self) -> list[tuple[str, float, float]]:
        """The texts in reading order of the file, without blanks, and where they stand."""
        return list(_texts(self.root, 0, 0))

    def place(self, label: str) -> tuple[float, float]:
        """Where a label stands: x to the right, y downwards."""
        [place] = [(x, y) for text, x, y in self.texts() if text == _squeezed(label)]
        return place


def _texts(element: ElementTree.Element, x: float, y: float) -> Iterator[tuple[str, float, float]]:
    if moved := re.match(r"translate\(([-\d.e]+)[ ,]+([-\d.e]+)\)", element.get("transform", "")):
        x, y = x + float(moved[1]), y + float(moved[2])
    name = element.tag.rpartition("}")[2]
    if name in ("text", "foreignObject"):
        x, y = x + float(element.get("x", 0)), y + float(element.get("y", 0))
        if text := _squeezed("".join(element.itertext())):
            yield text, x, y
    elif name not in ("style", "title", "desc"):
        for child in element:
            yield from _texts(child, x, y)


def _squeezed(text: str) -> str:
    """Without blanks: every tool breaks and spaces lines in its own way."""
    return "".join(text.split())


# --- the tools ------------------------------------------------------------------------


@pytest.fixture(scope="session")
def npm(tool: Callable[..., str]) -> Path:
    """The folder of the tools that npm brings."""
    tool("node")
    folder = HERE / "node_modules"
    if not folder.is_dir():
        pytest.skip("not installed: the tools in tests/interop/package.json (tox -e interop)")
    return folder


def dot(sources: dict[str, str]) -> dict[str, Picture]:
    def run(source: str, format: str) -> str:
        # A file that Graphviz has to guess at, or takes with a warning, is refused here.
        done = subprocess.run(
            ["dot", f"-T{format}"], input=source, capture_output=True, text=True, encoding="utf-8"
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    return {name: Picture(run(s, "svg"), run(s, "json")) for name, s in sources.items()}


def plantuml(sources: dict[str, str], folder: Path) -> dict[str, Picture]:
    paths = _written(sources, folder, ".puml")
    command = ["plantuml", "-charset", "UTF-8", "-tsvg", *map(str, paths.values())]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return {name: Picture(_read(path.with_suffix(".svg"))) for name, path in paths.items()}


def d2(sources: dict[str, str], folder: Path) -> dict[str, Picture]:
    paths = _written(sources, folder, ".d2")
    command = ["node", str(HERE / "draw_d2.mjs"), *map(str, paths.values())]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return {
        name: Picture(_read(path.with_suffix(".svg")), _read(path.with_suffix(".json")))
        for name, path in paths.items()
    }


def mermaid(sources: dict[str, str], folder: Path, chromium: str, npm: Path) -> dict[str, Picture]:
    """Draws all in one browser: mermaid-cli takes the diagrams of a Markdown file together."""
    page, settings = folder / "all.md", folder / "puppeteer.json"
    page.write_text(
        "".join(f"```mermaid\n{source}```\n\n" for source in sources.values()), encoding="utf-8"
    )
    with tempfile.TemporaryDirectory() as profile:
        arguments = [*CHROMIUM, f"--user-data-dir={profile}"]
        settings.write_text(json.dumps({"executablePath": chromium, "args": arguments}))
        command = [str(npm / ".bin" / "mmdc"), "-p", str(settings), "-i", str(page), "-e", "svg"]
        done = subprocess.run(
            [*command, "-o", str(folder / "out.md")], capture_output=True, text=True
        )
    assert done.returncode == 0, done.stderr
    return {
        name: Picture(_read(folder / f"out-{number}.svg"))
        for number, name in enumerate(sources, start=1)
    }


def _written(sources: dict[str, str], folder: Path, suffix: str) -> dict[str, Path]:
    paths = {name: folder / f"{number}{suffix}" for number, name in enumerate(sources)}
    for name, path in paths.items():
        path.write_text(sources[name], encoding="utf-8", newline="\n")
    return paths


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


# --- what is drawn --------------------------------------------------------------------


@cache
def diagrams() -> dict[str, Diagram]:
    """Every view that the repository has, the samples, and all that is nasty."""
    designate = load(REPOSITORY / "topology" / "designate.yaml")
    shop = load(REPOSITORY / "examples" / "webshop" / "topology")
    named = {view.name: view for view in diagram.views(designate)}
    named |= {f"shop {view.name}": view for view in diagram.views(shop)}
    named |= {"everything": everything(), "reserved": reserved()}
    return named | {f"nasty {number}": labelled(text) for number, text in enumerate(NASTY)}


VIEWS = [name for name in diagrams() if not name.startswith("nasty")]
LAYOUTS = [name for name in VIEWS if name.startswith("designate-")]


@pytest.fixture(scope="session", params=NOT_BLOCKDIAG)
def format(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def drawn(
    format: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Picture]:
    """All diagrams as the tool of a format draws them."""
    tool = request.getfixturevalue("tool")
    folder = tmp_path_factory.mktemp(format)
    write = formats.get(format).write
    sources = {name: str(write(shown)) for name, shown in diagrams().items()}
    match format:
        case "dot":
            tool("dot")
            return dot(sources)
        case "plantuml":
            tool("dot"), tool("plantuml")
            return plantuml(sources, folder)
        case "d2":
            request.getfixturevalue("npm")
            return d2(sources, folder)
        case "mermaid":
            chromium = tool("chromium", "chromium-browser", "google-chrome")
            return mermaid(sources, folder, chromium, request.getfixturevalue("npm"))
        case _:
            raise NotImplementedError(f"say here which program draws {format}")


def said(shown: Diagram) -> list[str]:
    """All that a diagram says."""
    things = (*shown.nodes, *shown.all_groups, *shown.edges)
    return [thing.label for thing in things if thing.label]


def assert_says(picture: Picture, labels: list[str]) -> None:
    """The picture shows these labels as they are, and not a letter more."""
    words = [text for text, _, _ in picture.texts()]
    assert Counter("".join(words)) == Counter("".join(map(_squeezed, labels)))
    lines = Counter(_squeezed(line) for label in labels for line in label.split("\n"))
    for line, times in lines.items():
        assert "".join(words).count(line) >= (times if line else 0), line


# --- the tests ------------------------------------------------------------------------


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_shows_its_labels_and_nothing_else(name: str, drawn: dict[str, Picture]) -> None:
    assert_says(drawn[name], said(diagrams()[name]))


@pytest.mark.parametrize("number", range(len(NASTY)), ids=[ascii(text)[:40] for text in NASTY])
def test_a_nasty_label_is_just_a_text(number: int, drawn: dict[str, Picture]) -> None:
    name = f"nasty {number}"
    assert_says(drawn[name], said(diagrams()[name]))


FORBIDDEN_ELEMENTS = {"script", "image", "img", "a", "iframe", "object", "embed", "use", "video"}


def test_no_label_brings_anything_in(drawn: dict[str, Picture]) -> None:
    plain = {element.tag for element in drawn["everything"].root.iter()}
    for name, picture in drawn.items():
        for element in picture.root.iter():
            tag = element.tag.rpartition("}")[2]
            assert tag not in FORBIDDEN_ELEMENTS, (name, tag)
            assert element.tag in plain or tag in ("tspan", "p", "br", "wbr"), (name, tag)
            for attribute, value in element.attrib.items():
                assert not attribute.lower().startswith("on"), (name, attribute)
                assert not re.search(r"href|src$", attribute), (name, attribute, value)


@pytest.mark.parametrize("name", VIEWS)
def test_every_arrow_leads_where_it_leads(
    name: str, format: str, drawn: dict[str, Picture]
) -> None:
    shown = diagrams()[name]
    heads = {
        Arrow.FORWARD: lambda edge: {edge.head},
        Arrow.BACK: lambda edge: {edge.tail},
        Arrow.BOTH: lambda edge: {edge.tail, edge.head},
        Arrow.NONE: lambda edge: set(),
    }
    expected = Counter(
        (frozenset({edge.tail, edge.head}), frozenset(heads[edge.arrow](edge)))
        for edge in shown.edges
    )
    assert LINKS[format](drawn[name], shown) == expected


def _dot_links(picture: Picture, shown: Diagram) -> Links:
    told = json.loads(picture.told)
    ids = {thing["_gvid"]: thing["name"] for thing in told["objects"]}
    links: Links = Counter()
    for edge in told["edges"]:
        tail, head = ids[edge["tail"]], ids[edge["head"]]
        # Drawn at the head is "_hdraw_", at the tail "_tdraw_".
        ends = [end for end, key in ((tail, "_tdraw_"), (head, "_hdraw_")) if key in edge]
        links[frozenset({tail, head}), frozenset(ends)] += 1
    return links


def _d2_links(picture: Picture, shown: Diagram) -> Links:
    links: Links = Counter()
    for connection in json.loads(picture.told)["connections"]:
        src, dst = (_last(connection[end]) for end in ("src", "dst"))
        ends = [end for end, key in ((src, "srcArrow"), (dst, "dstArrow"))
                if connection[key] != "none"]  # fmt: skip
        links[frozenset({src, dst}), frozenset(ends)] += 1
    return links


def _last(path: str) -> str:
    return re.split(r"\.(?=[^.]*$)", path)[-1].strip("\"'")


def _mermaid_links(picture: Picture, shown: Diagram) -> Links:
    names = bare_names(shown, MERMAID_RESERVED)
    nodes = [node.id for node in shown.nodes]
    pairs = {f"L_{names[a]}_{names[b]}": (a, b) for a, b in product(nodes, nodes)}
    links: Links = Counter()
    for path in picture.root.iter():
        if path.get("data-edge") == "true":
            start, end = pairs[path.get("data-id", "").rpartition("_")[0]]
            ends = {start} if path.get("marker-start") else set()
            ends |= {end} if path.get("marker-end") else set()
            links[frozenset({start, end}), frozenset(ends)] += 1
    return links


def _plantuml_links(picture: Picture, shown: Diagram) -> Links:
    ids = {name: id for id, name in bare_names(shown, ()).items()}
    links: Links = Counter()
    for tail, head, drawing in re.findall(
        r"link (\w+) to (\w+)--><path [^>]* d=\"([^>]*>(?:<polygon[^>]*>)*)", _plain(picture.svg)
    ):
        xs, ys = zip(*_points(drawing.partition('"')[0]), strict=True)
        ends = set()
        for polygon in re.findall(r'points="([^"]*)"', drawing):
            tip = _points(polygon)[0]
            near = _distance(tip, (xs[0], ys[0])) < _distance(tip, (xs[-1], ys[-1]))
            ends.add(ids[tail if near else head])
        links[frozenset({ids[tail], ids[head]}), frozenset(ends)] += 1
    return links


def _plain(svg: str) -> str:
    return re.sub(r'<path ([^>]*?) ?d="([^"]*)"([^>]*)>', r'<path \1 \3 d="\2">', svg)


def _points(text: str) -> list[tuple[float, float]]:
    numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


LINKS: dict[str, Callable[[Picture, Diagram], Links]] = {
    "dot": _dot_links,
    "d2": _d2_links,
    "mermaid": _mermaid_links,
    "plantuml": _plantuml_links,
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_work_flows_from_left_to_right(name: str, format: str, drawn: dict[str, Picture]) -> None:
    shown = diagrams()[name]
    labels = {node.id: node.label for node in shown.nodes}
    for edge in shown.edges:
        if edge.arrow is Arrow.FORWARD:
            tail, head = (drawn[name].place(labels[end]) for end in (edge.tail, edge.head))
            assert tail[0] < head[0]


@pytest.mark.parametrize("name", LAYOUTS)
def test_servers_stand_in_order(name: str, format: str, drawn: dict[str, Picture]) -> None:
    labels = [f"{diagrams()[name].nodes[-1].label[:-1]}{number}" for number in (1, 2, 3)]
    places = [drawn[name].place(label) for label in labels]
    assert places == sorted(places, key=lambda place: place[1])
    assert max(x for x, _ in places) - min(x for x, _ in places) < 1


def test_groups_hold_their_members(format: str, drawn: dict[str, Picture]) -> None:
    shown = diagrams()["everything"]
    expected = {
        "outer": {"inner", "roundedbox_one", "box_one", "square_one"},
        "inner": {"box_one", "square_one"},
        "other": {"box_many", "square_many"},
    }
    assert FRAMES[format](drawn["everything"], shown) == expected


def _dot_frames(picture: Picture, shown: Diagram) -> dict[str, set[str]]:
    objects = {thing["_gvid"]: thing for thing in json.loads(picture.told)["objects"]}
    frames = {}
    for thing in objects.values():
        if thing["name"].startswith("cluster_"):
            inside = [
                objects[id]["name"] for key in ("nodes", "subgraphs") for id in thing.get(key, ())
            ]
            frames[thing["name"].removeprefix("cluster_")] = {
                name.removeprefix("cluster_") for name in inside
            }
    return frames


def _d2_frames(picture: Picture, shown: Diagram) -> dict[str, set[str]]:
    paths = [shape["id"] for shape in json.loads(picture.told)["shapes"]]
    groups = {group.id for group in shown.all_groups}
    parts = [[part.strip('"') for part in path.split(".")] for path in paths]
    return {group: {part[-1] for part in parts if group in part[:-1]} for group in groups}


def _boxes_frames(boxes: dict[str, list[float]], shown: Diagram) -> dict[str, set[str]]:
    """Which boxes (left, top, right, bottom) lie inside those of the groups."""
    return {
        group.id: {
            id
            for id, (left, top, right, bottom) in boxes.items()
            if id != group.id
            and boxes[group.id][0] <= left
            and boxes[group.id][1] <= top
            and boxes[group.id][2] >= right
            and boxes[group.id][3] >= bottom
        }
        for group in shown.all_groups
    }


def _plantuml_frames(picture: Picture, shown: Diagram) -> dict[str, set[str]]:
    ids = {name: id for id, name in bare_names(shown, ()).items()}
    boxes = {}
    for name, kind, attributes in re.findall(
        r"(?:cluster|entity) (\w+)--><(\w+) ([^>]*)>", picture.svg
    ):
        values = dict(re.findall(r'([\w-]+)="([^"]*)"', attributes))
        if kind == "rect":
            x, y = float(values["x"]), float(values["y"])
            boxes[ids[name]] = [x, y, x + float(values["width"]), y + float(values["height"])]
        elif kind == "polygon":
            xs, ys = zip(*_points(values["points"]), strict=True)
            boxes[ids[name]] = [min(xs), min(ys), max(xs), max(ys)]
    assert {"outer", "inner", "other", "box_one", "box_many", "square_one"} <= set(boxes)
    return _boxes_frames(boxes, shown)


def _mermaid_frames(picture: Picture, shown: Diagram) -> dict[str, set[str]]:
    names = bare_names(shown, MERMAID_RESERVED)
    boxes: dict[str, list[float]] = {}
    for element in picture.root.iter():
        here = element.get("id", "")
        if element.get("class", "") == "cluster":
            [id] = [id for id, name in names.items() if here.endswith(f"-{name}")]
            rect = element.find("{*}rect")
            assert rect is not None
            x, y, width, height = (float(rect.get(k, 0)) for k in ("x", "y", "width", "height"))
            boxes[id] = [x, y, x + width, y + height]
        elif element.get("class", "").startswith("node "):
            [id] = [id for id, name in names.items() if re.search(rf"-flowchart-{name}-\d+$", here)]
            [(x, y)] = _points(element.get("transform", ""))
            boxes[id] = [x, y, x, y]
    return _boxes_frames(boxes, shown)


FRAMES: dict[str, Callable[[Picture, Diagram], dict[str, set[str]]]] = {
    "dot": _dot_frames,
    "d2": _d2_frames,
    "mermaid": _mermaid_frames,
    "plantuml": _plantuml_frames,
}

TEXT = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\ufffe\uffff")
    | st.just("\n")
    | st.sampled_from('\\"<>&{}[]|NGLrnl#;%'),
    min_size=1,
    max_size=60,
).filter(lambda text: bool(text.strip()))


@pytest.mark.skipif(not shutil.which("dot"), reason="not installed: dot")
@settings(max_examples=150)
@given(TEXT)
def test_graphviz_shows_any_label_as_it_is(text: str) -> None:
    shown = labelled(text)
    source = str(formats.get("dot").write(shown))
    assert_says(dot({"any": source})["any"], said(shown))
