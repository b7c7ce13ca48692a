"""PlantUML component and deployment diagrams: what PlantUML would draw."""

from __future__ import annotations

import re

from diagtool.checks.readers import Claim, File, ReadError, Reading, _graph
from diagtool.checks.readers._graph import Edge, Graph, Group
from diagtool.model import Place

SUFFIXES = (".puml", ".plantuml", ".iuml", ".pu")

MOST_LINES = 50_000
LONGEST = 10_000

_SHAPES = {
    "actor": "actor",
    "agent": "",
    "artifact": "",
    "boundary": "input",
    "card": "rounded",
    "circle": "circle",
    "cloud": "cloud",
    "collections": "",
    "component": "",
    "control": "diamond",
    "database": "database",
    "entity": "",
    "file": "note",
    "folder": "",
    "frame": "",
    "hexagon": "hexagon",
    "interface": "circle",
    "node": "",
    "package": "",
    "person": "actor",
    "process": "",
    "queue": "mail",
    "rectangle": "",
    "stack": "",
    "storage": "terminator",
    "usecase": "ellipse",
}
_KIND = "|".join(_SHAPES)
_OF_SEQUENCES = ("actor", "boundary", "collections", "control", "database", "entity", "queue")
"""What can take part in a sequence, too."""
_NAME = r'"(?:[^"]*)"|\[[^\]\n]*\]|\([^()\n]*\)|:[^:\n]+:|[\w.@/-]*\w'
DECLARED = re.compile(
    rf"(?P<kind>{_KIND})[ \t]+(?P<first>{_NAME})"
    rf"(?:[ \t]+as[ \t]+(?P<second>{_NAME}))?(?P<rest>[^{{]*)(?P<open>\{{?)\s*$"
)
BRACKETED = re.compile(
    r"(?P<first>\[[^\]\n]*\])(?:[ \t]+as[ \t]+(?P<second>[\w.-]+))?"
    r"(?P<rest>[ \t]*(?:<<.*>>|#\S+)?)[ \t]*$"
)
EDGE = re.compile(
    rf"(?P<tail>{_NAME})[ \t]*(?:\"[^\"]*\"[ \t]*)?"
    r"(?P<start><\|?|[*o#x+^](?=[-.=]))?"
    r"(?P<one>[-.=]+)(?:\[[^\]]*\])?(?:(?:left|right|up|down|le|ri|do|[lrud])(?=[-.=]))?"
    r"(?:\[[^\]]*\])?(?P<two>[-.=]*)"
    r"(?P<end>\|?>{1,2}|[*o#x+^](?=\s))?"
    rf"[ \t]*(?:\"[^\"]*\"[ \t]*)?(?P<head>{_NAME})"
    r"[ \t]*(?::[ \t]*(?P<label>.*))?$"
)
_PASSED_OVER = re.compile(
    r"'|(?:@(?:start|end)uml|skinparam|hide|show|left to right|top to bottom|title|caption|header|"
    r"footer|scale|!theme|!pragma|allow_mixing|allowmixing|legend|endlegend|end legend)\b",
    re.IGNORECASE,
)
_TITLE = re.compile(r"(?:title|caption|header|footer)\s+(?P<text>\S.*)", re.IGNORECASE)
_NOTE = re.compile(r"note\b(?!.*:\s*\S)", re.IGNORECASE)


def read(file: File) -> Reading:
    """The picture that a file's source gives."""
    return Reading(claims=(picture(file.text(), file, (file.stem,)),))


def picture(
    source: str, file: File, about: tuple[str, ...], line: int = 1, column: int = 1
) -> Claim:
    """What the picture of a source says; ``line`` is that of its start."""
    return graph(source, file, line).claim(file.place(line, column), about)


def graph(source: str, file: File, line: int = 1) -> Graph:
    """What a source states. Raises ReadError."""
    parser = _Parser(file)
    parser.take(source, line)
    return parser.graph


class _Parser:
    def __init__(self, file: File) -> None:
        self.file = file
        self.graph = Graph()
        self.open: list[Group] = []
        self.is_structure = False

    def take(self, source: str, line: int) -> None:
        lines = source.split("\n")
        if len(lines) > MOST_LINES:
            raise ReadError(f"it has more than {MOST_LINES:,} lines")
        comment = note = skin = False
        for number, raw in enumerate(lines, line):
            if len(raw) > LONGEST:
                raise ReadError(f"a line has more than {LONGEST:,} characters", number)
            text = raw.strip()
            place = self.file.place(number, len(raw) - len(raw.lstrip()) + 1)
            if comment or text.startswith("/'"):
                comment = "'/" not in text
            elif note:
                note = not re.match(r"end ?note", text, re.IGNORECASE)
            elif skin:
                skin = not text.endswith("}")
            elif not text:
                continue
            elif re.match(r"note\b", text, re.IGNORECASE):
                self.graph.unread.append(("a note", place))
                note = bool(_NOTE.match(text)) and '"' not in text
            elif _PASSED_OVER.match(text):
                self.is_structure = self.is_structure or text.endswith(" direction")
                skin = text.endswith("{")
                if match := _TITLE.match(text):
                    self.graph.titles.append((_said(match["text"]), place))
            else:
                self.statement(text, place)
        if not self.is_structure:
            raise ReadError("it has no components: only PlantUML component diagrams are read")

    def statement(self, text: str, place: Place) -> None:
        if text == "}":
            if self.open:
                self.open.pop()
        elif match := DECLARED.match(text) or BRACKETED.match(text):
            self.declared(match, place)
        elif match := EDGE.match(text):
            self.edge(match, place)
        else:
            self.graph.unread.append((f"'{text[:60]}'", place))

    def declared(self, match: re.Match[str], place: Place) -> None:
        groups = match.groupdict()
        first, second = groups["first"], groups["second"]
        label, id = first, second or first
        if second and second[:1] in '"[(:' and first[:1] not in '"[(:':
            label, id = second, first
        kind = groups.get("kind") or "component"
        self.is_structure = self.is_structure or kind not in _OF_SEQUENCES
        if groups.get("open"):
            if len(self.open) >= _graph.DEEPEST:
                message = f"frames are nested more than {_graph.DEEPEST} deep"
                raise ReadError(message, place.line, place.column)
            group = Group(_said(label), place, self.group)
            self.graph.frames[_bare(id)] = group
            self.graph.groups.append(group)
            self.open.append(group)
            return
        node = self.graph.node(_bare(id), place, self.group)
        node.label, node.place, node.shape = _said(label), place, _SHAPES[kind]
        node.stacked = kind == "collections" or "<<several>>" in groups["rest"] or node.stacked

    @property
    def group(self) -> Group | None:
        return self.open[-1] if self.open else None

    def edge(self, match: re.Match[str], place: Place) -> None:
        ends: list[str] = []
        for name in (match["tail"], match["head"]):
            id = _bare(name)
            self.is_structure = self.is_structure or name[:1] in ("[", "(")
            if id not in self.graph.nodes and id not in self.graph.frames:
                node = self.graph.node(id, place, self.group)
                node.label = _said(name)
                node.shape = {"(": "ellipse", ":": "actor"}.get(name[:1], "")
            ends.append(id)
        tail, head = ends
        label = _said((match["label"] or "").strip())
        at_tail, at_head = "<" in (match["start"] or ""), ">" in (match["end"] or "")
        dashed = "." in match["one"] + match["two"]
        edge = Edge(tail, head, place, at_tail, at_head, label, dashed)
        if {tail, head} <= self.graph.nodes.keys():
            self.graph.join(edge)
        else:
            self.graph.to_frames.append(edge)


def _bare(name: str) -> str:
    """A name without what it stands in."""
    pairs = {'"': '"', "[": "]", "(": ")", ":": ":"}
    return name[1:-1].strip() if len(name) > 1 and pairs.get(name[0]) == name[-1] else name


def _said(text: str) -> str:
    """What a text says: signs by their numbers, breaks, without its quotes and its tags."""
    text = re.sub(r"\\n|<br ?/?>", "\n", _bare(text))
    text = re.sub(r"(?i)</?(?:b|i|u|s|w|size|color|font|sub|sup)(?:[ :=#][^<>]*)?>", "", text)
    return re.sub(r"(?i)<U\+([0-9a-f]{1,6})>", lambda m: _sign(m[1]), text).strip()


def _sign(digits: str) -> str:
    number = int(digits, 16)
    return chr(number) if number < 0x110000 else ""
