"""Changes single facts of an artefact by editing its bytes, as a careless hand would.

Nothing here goes through the package's writers: text is edited as text, XML as XML, the
members of an archive in the archive. An editor knows how our files look, the readers do
not. Each of its methods gives the changed file.
"""

from __future__ import annotations

import copy
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lxml import etree

NEW = "Fax Machine"
"""A label that no topology has."""


@dataclass(frozen=True)
class Line:
    """An edge by what its boxes say, with the side that a turned arrow is seen on."""

    tail: str
    arrow: str
    head: str


TURNED = {"->": "<-", "<-": "->", "<->": "->", "--": "->"}


class Text:
    """Sources of diagrams. ``written`` is how each label stands in the ``text``."""

    text: str
    written: dict[str, str]

    def edges(self, change: Callable[[Line], list[Line]]) -> bytes:
        """The file with every edge as a statement of its own, changed."""
        raise NotImplementedError

    def labelled(self, label: str) -> str:
        """How a label is written."""
        raise NotImplementedError

    def drop_edge(self, edge: Line) -> bytes:
        return self.put(edge, [])

    def turn_edge(self, edge: Line) -> bytes:
        return self.put(edge, [Line(edge.tail, TURNED[edge.arrow], edge.head)])

    def move_edge(self, edge: Line, to: str) -> bytes:
        return self.put(edge, [Line(edge.tail, edge.arrow, to)])

    def put(self, edge: Line, others: list[Line]) -> bytes:
        """The file with other edges in place of one, whichever way round that is written."""
        found = []

        def change(line: Line) -> list[Line]:
            if forward(line) != forward(edge):
                return [line]
            found.append(line)
            return others

        content = self.edges(change)
        assert found, edge
        return content

    def rename(self, label: str) -> bytes:
        return self.text.replace(self.written[label], self.labelled(NEW)).encode()

    def swap(self, one: str, other: str) -> bytes:
        first, second = self.written[one], self.written[other]
        swapped = {first: second, second: first}
        pattern = f"{re.escape(first)}|{re.escape(second)}"
        return re.sub(pattern, lambda match: swapped[match[0]], self.text).encode()


class Source(Text):
    """blockdiag source, and DOT, whose statements our files have one a line."""

    def __init__(self, content: bytes, ids: dict[str, str], *, dot: bool = False) -> None:
        self.text, self.ids, self.dot = content.decode(), ids, dot
        labels = re.findall(r'label = "((?:[^"\\]|\\.)*)"', self.text)
        self.written = {plain(label): self.labelled(label) for label in labels}

    def labelled(self, label: str) -> str:
        return f'label = "{label}"'

    def edges(self, change: Callable[[Line], list[Line]]) -> bytes:
        labels = {id: label for label, id in self.ids.items()}
        lines = []
        for line in self.text.splitlines():
            match = re.fullmatch(r"(\s*)([^\[\]=]+?) (->|<-|<->|--) ([^\[\]=]+?)( \[.*\])?;", line)
            if not match:
                lines.append(line)
                continue
            arrow, attributes = match[3], match[5] or ""
            if self.dot and (dir := re.search(r"(?:, )?dir = (\w+)", attributes)):
                arrow = {"back": "<-", "both": "<->", "none": "--"}[dir[1]]
                attributes = attributes.replace(dir[0], "").replace(" []", "")
            for tail in re.findall(r"[\w\"-]+", match[2]):
                for head in re.findall(r"[\w\"-]+", match[4]):
                    for new in change(
                        Line(labels[tail.strip('"')], arrow, labels[head.strip('"')])
                    ):
                        lines.append(match[1] + self.statement(new, attributes))
        return "\n".join([*lines, ""]).encode()

    def statement(self, line: Line, attributes: str) -> str:
        tail, head = (f'"{self.ids[end]}"' for end in (line.tail, line.head))
        if not self.dot:
            return f"{tail} {line.arrow} {head}{attributes};"
        ends = {"<-": "back", "<->": "both", "--": "none"}
        dir = f" [dir = {ends[line.arrow]}]" if line.arrow in ends else ""
        return f"{tail} -> {head}{attributes}{dir};"

    def drop_box(self, label: str) -> bytes:
        edges = self.edges(lambda line: [] if label in (line.tail, line.head) else [line])
        lines = edges.decode().splitlines()
        return "\n".join(x for x in lines if self.written[label] not in x).encode()

    def add_box(self, label: str) -> bytes:
        """A copy of a box with another label, beside it."""
        line = next(x for x in self.text.splitlines() if self.written[label] in x)
        new = line.replace(self.written[label], self.labelled(NEW))
        new = new.replace(self.ids[label], "one_more")
        return self.text.replace(line, f"{line}\n{new}").encode()


class Named(Text):
    """Mermaid, PlantUML and D2: a box is declared with a name and a label, a line joins names."""

    DECLARED = r""
    """A declaration, with its ``name`` and its ``label``."""
    LINE = r""
    """A line, with its ``tails``, its ``heads`` and how it is ``drawn``."""
    LABEL = ""
    """What stands for a label, and nowhere but in its declaration."""

    def __init__(self, content: bytes, ids: dict[str, str]) -> None:
        self.text = content.decode()
        self.names: dict[str, str] = {}
        self.written = {}
        path: list[str] = []
        for line in self.text.splitlines():
            match = re.fullmatch(rf"\s*(?:{self.DECLARED})", line)
            if match:
                label = plain(match["label"])
                self.written[label] = self.labelled(match["label"])
                if label in ids:
                    self.names.setdefault(label, self.called(path, match["name"]))
                if line.endswith("{"):
                    path.append(match["name"])
            elif line.strip() == "}":
                path.pop()
        assert self.names.keys() == ids.keys(), self.names.keys() ^ ids.keys()

    def labelled(self, label: str) -> str:
        return self.LABEL.format(label)

    def called(self, path: Sequence[str], name: str) -> str:
        """What lines call a box that is inside of others."""
        return name

    def drawn(self, arrow: str, dash: str) -> str:
        """How an arrow is written."""
        raise NotImplementedError

    def edges(self, change: Callable[[Line], list[Line]]) -> bytes:
        labels = {name: label for label, name in self.names.items()}
        lines = []
        for line in self.text.splitlines():
            match = re.fullmatch(rf"(?P<indent>\s*){self.LINE}", line)
            if not match:
                lines.append(line)
                continue
            arrow = match["drawn"][0].strip("-.") + "-" + match["drawn"][-1].strip("-.")
            arrow = "--" if arrow == "-" else arrow
            for tail in match["tails"].split(" & "):
                for head in match["heads"].split(" & "):
                    for new in map(forward, change(Line(labels[tail], arrow, labels[head]))):
                        written = self.drawn(new.arrow, "." if "." in match["drawn"] else "-")
                        ends = (self.names[new.tail], self.names[new.head])
                        lines.append(match["indent"] + self.statement(*ends, written, match))
        return "\n".join([*lines, ""]).encode()

    def statement(self, tail: str, head: str, drawn: str, match: re.Match[str]) -> str:
        """A line on a line of its own, with what the ``match`` has beside it."""
        return f"{tail} {drawn} {head}{match['label'] or ''}"

    def drop_box(self, label: str) -> bytes:
        edges = self.edges(lambda line: [] if label in (line.tail, line.head) else [line])
        name = re.escape(self.names[label])
        gone = re.compile(rf"\s*{name}@\{{.*|\s*class {name} .*")
        lines = edges.decode().splitlines()
        kept = (x for x in lines if self.written[label] not in x and not gone.fullmatch(x))
        return "\n".join([*kept, ""]).encode()

    def add_box(self, label: str) -> bytes:
        """A copy of a box with another label, beside it."""
        line = next(x for x in self.text.splitlines() if self.written[label] in x)
        match = re.fullmatch(rf"\s*(?:{self.DECLARED})", line)
        assert match
        new = line.replace(match["label"], NEW).replace(match["name"], "one_more")
        return self.text.replace(line, f"{line}\n{new}").encode()


def plain(label: str) -> str:
    """A label without escapes, on one line."""
    numbers = re.sub("<U\\+([0-9A-F]{4})>", lambda match: f"#{int(match[1], 16)};", label)
    text = re.sub("#([0-9]+);", lambda match: chr(int(match[1])), numbers)
    return " ".join(re.sub(r"<br/>|\\n", " ", text).split())


def forward(line: Line) -> Line:
    """A line whose arrow leads back, from its other end."""
    return Line(line.head, "->", line.tail) if line.arrow == "<-" else line


class Mermaid(Named):
    DECLARED = r'(?:subgraph )?(?P<name>\w+)\["(?P<label>.*?)"\]'
    LINE = r'(?P<tails>[\w &]+?) (?P<drawn><?-[-.]*>?)(?P<label>\|".*"\|)? (?P<heads>[\w &]+)'
    LABEL = '["{}"]'

    def drawn(self, arrow: str, dash: str) -> str:
        return {"->": f"-{dash}->", "<->": f"<-{dash}->", "--": f"-{dash}-"}[arrow]

    def statement(self, tail: str, head: str, drawn: str, match: re.Match[str]) -> str:
        return f"{tail} {drawn}{match['label'] or ''} {head}"


class PlantUml(Named):
    DECLARED = r'\w+ "(?P<label>.*?)" as (?P<name>\w+).*'
    LINE = r"(?P<tails>\w+) (?P<drawn><?[-.](?:\[norank\])?[-.]>?) (?P<heads>\w+)(?P<label> : .*)?"
    LABEL = '"{}" as'

    def drawn(self, arrow: str, dash: str) -> str:
        return arrow.replace("--", "-").replace("-", 2 * dash)


class D2(Named):
    DECLARED = r'(?P<name>[\w"-]+): "(?P<label>.*?)".*'
    LINE = r'(?P<tails>[\w".-]+) (?P<drawn><?-[->]?) (?P<heads>[\w".-]+)(?P<label>:.*)?'
    LABEL = ': "{}"'

    def called(self, path: Sequence[str], name: str) -> str:
        return ".".join([*path, name])

    def drawn(self, arrow: str, dash: str) -> str:
        return arrow


class Xml:
    """What editors of XML have in common. ``boxes`` and ``lines`` are elements by label."""

    root: etree._Element

    def bytes(self) -> bytes:
        return etree.tostring(self.root)

    def fresh(self) -> None:
        """Forgets the last change."""
        self.root = copy.deepcopy(self.original)

    def __init__(self, root: etree._Element) -> None:
        self.original = root
        self.fresh()

    def texts(self, label: str) -> Sequence[etree._Element]:
        raise NotImplementedError

    def rename(self, label: str) -> bytes:
        self.fresh()
        found = self.texts(label)
        assert found, label
        for element in found:
            self.say(element, NEW)
        return self.bytes()

    def swap(self, one: str, other: str) -> bytes:
        self.fresh()
        first, second = self.texts(one), self.texts(other)
        for element in first:
            self.say(element, other)
        for element in second:
            self.say(element, one)
        return self.bytes()

    def say(self, element: etree._Element, text: str) -> None:
        raise NotImplementedError


class Svg(Xml):
    """An SVG picture of ours: a group for each box and each line."""

    def __init__(self, content: bytes, ids: dict[str, str]) -> None:
        super().__init__(etree.fromstring(content))
        self.labels = {id: label for label, id in ids.items()}

    def group(self, kind: str) -> list[etree._Element]:
        return [g for g in self.root.iter("{*}g") if g.get("class") == f"topo-{kind}"]

    def texts(self, label: str) -> Sequence[etree._Element]:
        groups = [*self.group("node"), *self.group("group")]
        return [
            text
            for g in groups
            if " ".join("".join(t.itertext()) for t in g.iterfind("./{*}text")) == label
            or " ".join("".join(t.itertext()) for t in g.iterfind("./{*}a/{*}text")) == label
            for text in list(g.iter("{*}text"))[:1]
        ]

    def say(self, element: etree._Element, text: str) -> None:
        for other in element.itersiblings("{*}text"):
            other.text = ""
        element.text = text

    def edge(self, edge: Line) -> etree._Element:
        for g in self.group("edge"):
            tail, head = (self.labels[g.get(f"data-{end}")] for end in ("tail", "head"))
            if (tail, g.get("data-arrow"), head) == (edge.tail, edge.arrow, edge.head):
                return g
        raise AssertionError(edge)

    def drop_edge(self, edge: Line) -> bytes:
        self.fresh()
        while True:  # an edge may be drawn more than once
            try:
                g = self.edge(edge)
            except AssertionError:
                return self.bytes()
            g.getparent().remove(g)

    def turn_edge(self, edge: Line) -> bytes:
        """The arrowhead on the other end; of two, one goes that no other line has, too.

        Where many lines lead from one place, their arrowheads lie on each other there, and
        nobody sees that there is one less.
        """
        self.fresh()
        g = self.edge(edge)
        heads = list(g.iter("{*}polygon"))
        if edge.arrow == "<->":
            all_heads = [h.get("points") for h in self.root.iter("{*}polygon")]
            alone = [h for h in heads if all_heads.count(h.get("points")) == 1]
            for head in alone[:1]:
                g.remove(head)
            return self.bytes()
        (x1, y1), (x2, y2) = self.ends(g)
        for head in heads:
            g.remove(head)
        at, inward = ((x1, y1), 1) if edge.arrow == "->" else ((x2, y2), -1)
        points = (
            f"{at[0]},{at[1]} {at[0] + 7 * inward},{at[1] - 4} {at[0] + 7 * inward},{at[1] + 4}"
        )
        head = etree.SubElement(g, heads[0].tag, points=points, fill="#566579")
        assert head is not None
        return self.bytes()

    def ends(self, g: etree._Element) -> tuple[tuple[float, float], tuple[float, float]]:
        path = g.find("./{*}path")
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", path.get("d"))]
        return (numbers[0], numbers[1]), (numbers[-2], numbers[-1])

    def move_edge(self, edge: Line, to: str) -> bytes:
        """The line's end, and the arrowheads there, at another box."""
        self.fresh()
        g = self.edge(edge)
        start, old = self.ends(g)
        outline = next(
            n for n in self.group("node") if self.labels[n.get("data-id")] == to
        ).findall(".//{*}path")[-1]
        d = [float(n) for n in re.findall(r"-?[\d.]+", outline.get("d"))]
        new = (min(d[::2]) - 7, (min(d[1::2]) + max(d[1::2])) / 2)
        g.find("./{*}path").set("d", f"M{start[0]} {start[1]}L{new[0]} {new[1]}")
        for head in g.iter("{*}polygon"):
            n = [float(x) for x in re.findall(r"-?[\d.]+", head.get("points"))]
            if abs(n[0] - old[0]) < 12 and abs(n[1] - old[1]) < 12:
                # Level, as our lines arrive, lest the head look along another way.
                dx, dy = new[0] - start[0], new[1] - start[1]
                far = (dx * dx + dy * dy) ** 0.5
                ux, uy = dx / far, dy / far
                tip = (new[0] + 7 * ux, new[1] + 7 * uy)
                sides = ((new[0] - 4 * uy, new[1] + 4 * ux), (new[0] + 4 * uy, new[1] - 4 * ux))
                head.set("points", " ".join(f"{x},{y}" for x, y in (tip, *sides)))
        return self.bytes()

    def drop_box(self, label: str) -> bytes:
        self.fresh()
        for n in self.group("node"):
            if self.labels[n.get("data-id")] == label:
                n.getparent().remove(n)
        for g in self.group("edge"):
            if label in (self.labels[g.get("data-tail")], self.labels[g.get("data-head")]):
                g.getparent().remove(g)
        return self.bytes()

    def add_box(self, label: str) -> bytes:
        self.fresh()
        node = next(n for n in self.group("node") if self.labels[n.get("data-id")] == label)
        new = copy.deepcopy(node)
        new.set("transform", "translate(0 1000)")
        self.say(next(new.iter("{*}text")), NEW)
        node.getparent().append(new)
        return self.bytes()


class Drawio(Xml):
    """A draw.io file of ours: a cell for each box and each line."""

    def __init__(self, content: bytes, ids: dict[str, str]) -> None:
        super().__init__(etree.fromstring(content))

    def texts(self, label: str) -> Sequence[etree._Element]:
        return [c for c in self.root.iter("mxCell") if c.get("value", "").split() == label.split()]

    def say(self, element: etree._Element, text: str) -> None:
        element.set("value", text)

    def cell(self, label: str) -> etree._Element:
        return self.texts(label)[0]

    def edge(self, edge: Line) -> etree._Element:
        ends = self.cell(edge.tail).get("id"), self.cell(edge.head).get("id")
        return next(
            c for c in self.root.iter("mxCell") if (c.get("source"), c.get("target")) == ends
        )

    def drop_edge(self, edge: Line) -> bytes:
        self.fresh()
        cell = self.edge(edge)
        cell.getparent().remove(cell)
        return self.bytes()

    def turn_edge(self, edge: Line) -> bytes:
        self.fresh()
        cell = self.edge(edge)
        start, end = {"->": ("block", "none"), "<-": ("none", "block")}.get(
            edge.arrow, ("none", "block")
        )
        style = re.sub(r"(start|end)Arrow=\w+;", "", cell.get("style"))
        cell.set("style", f"{style}startArrow={start};endArrow={end};")
        return self.bytes()

    def move_edge(self, edge: Line, to: str) -> bytes:
        self.fresh()
        self.edge(edge).set("target", self.cell(to).get("id"))
        return self.bytes()

    def drop_box(self, label: str) -> bytes:
        self.fresh()
        box = self.cell(label)
        parent = box.get("parent")
        gone = {box.get("id")}
        if "-stack" in parent:
            gone |= {c.get("id") for c in self.root.iter("mxCell") if c.get("parent") == parent}
        for cell in list(self.root.iter("mxCell")):
            if {cell.get("id"), cell.get("source"), cell.get("target")} & gone:
                cell.getparent().remove(cell)
        return self.bytes()

    def add_box(self, label: str) -> bytes:
        self.fresh()
        box = self.cell(label)
        new = copy.deepcopy(box)
        new.set("id", "one-more")
        new.set("value", NEW)
        geometry = new.find("mxGeometry")
        geometry.set("y", str(float(geometry.get("y")) + 1000))
        box.getparent().append(new)
        return self.bytes()


class Pptx(Xml):
    """A deck of ours, of which the first slide is edited."""

    SLIDE = "ppt/slides/slide1.xml"

    def __init__(self, content: bytes, ids: dict[str, str]) -> None:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}
        super().__init__(etree.fromstring(self.parts[self.SLIDE]))

    def bytes(self) -> bytes:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            for name, content in self.parts.items():
                archive.writestr(name, super().bytes() if name == self.SLIDE else content)
        return file.getvalue()

    def texts(self, label: str) -> Sequence[etree._Element]:
        return [s for s in self.root.iter("{*}sp") if self.text(s) == label]

    def text(self, shape: etree._Element) -> str:
        return " ".join(
            "".join(t.text or " " for t in p.iter("{*}t", "{*}br")) for p in shape.iter("{*}p")
        ).strip()

    def say(self, element: etree._Element, text: str) -> None:
        runs = list(element.iter("{*}t"))
        runs[0].text = text
        for run in runs[1:]:
            run.text = ""

    def id(self, label: str) -> str:
        return self.texts(label)[0].find(".//{*}cNvPr").get("id")

    def edge(self, edge: Line) -> etree._Element:
        ends = [self.id(edge.tail), self.id(edge.head)]
        return next(
            c
            for c in self.root.iter("{*}cxnSp")
            if [c.find(f".//{{*}}{tag}").get("id") for tag in ("stCxn", "endCxn")] == ends
        )

    def drop_edge(self, edge: Line) -> bytes:
        self.fresh()
        line = self.edge(edge)
        line.getparent().remove(line)
        return self.bytes()

    def turn_edge(self, edge: Line) -> bytes:
        self.fresh()
        line = self.edge(edge)
        start, end = {"->": ("triangle", "none")}.get(edge.arrow, ("none", "triangle"))
        line.find(".//{*}headEnd").set("type", start)
        line.find(".//{*}tailEnd").set("type", end)
        return self.bytes()

    def move_edge(self, edge: Line, to: str) -> bytes:
        """The line is drawn to another box; its glue goes with it."""
        self.fresh()
        line = self.edge(edge)
        line.find(".//{*}endCxn").set("id", self.id(to))
        return self.bytes()

    def drop_box(self, label: str) -> bytes:
        self.fresh()
        shape = self.texts(label)[0]
        id = shape.find(".//{*}cNvPr").get("id")
        for line in list(self.root.iter("{*}cxnSp")):
            if id in [e.get("id") for e in line.iter("{*}stCxn", "{*}endCxn")]:
                line.getparent().remove(line)
        group = shape.getparent()
        if group.tag.endswith("grpSp"):
            shape = group
        shape.getparent().remove(shape)
        return self.bytes()

    def add_box(self, label: str) -> bytes:
        self.fresh()
        shape = self.texts(label)[0]
        new = copy.deepcopy(shape)
        new.find(".//{*}cNvPr").set("id", "9999")
        self.say(new, NEW)
        place = new.find(".//{*}off")
        place.set("y", str(int(place.get("y")) + 9525 * 1000))
        shape.getparent().append(new)
        return self.bytes()
