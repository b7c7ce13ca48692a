"""Diagrams that say everything a diagram can, and labels that mean harm."""

from __future__ import annotations

from diagtool.model import Shape
from diagtool.model.diagram import Arrow, Diagram, Edge, Group, Node

NASTY = (
    'a "quoted" label',
    "'single' ''twice'' \"\"\"thrice\"\"\"",
    "ends in a backslash\\",
    '\\"',
    r"C:\new\table \N \G \E \L \r \T \\n",
    "two\nlines",
    "\n leading and trailing \n",
    "<b>bold</b> <i>italic</i> <br/> <u:red>under</u>",
    "<<TABLE><TR><TD>html-like</TD></TR></TABLE>>",
    "<script>alert(1)</script>",
    '<img src="x" onerror="alert(1)">',
    "<img:https://example.com/x.png> <img:/etc/hostname> <$sprite> <&key> <:smile:>",
    "<style>*{display:none}</style>",
    "&amp; &lt; &#65; &nbsp; &quot; &unknown;",
    "#quot; #35; #9829; #lt;",
    "ﬂ°°60¶ß ﬂ°quot¶ß straße ﬂieß 5° ¶",
    "%% comment",
    '%%{init: {"theme": "dark"}}%%',
    "{ braces } } { ${x} $x ${loadbalancer.label} ...$x",
    "[brackets] ] (parens) ) |pipe| ||",
    "|md # heading |",
    "|`md x `|",
    "@import; @file.d2; ...@file",
    "end",
    "subgraph direction LR end",
    "x direction TB y",
    "direction\nRL",
    "click a href javascript:alert(1)",
    "style a fill:#f00;",
    "classDef x:#a;b",
    "a --> b; a -- c -.- d ==> e",
    "-->",
    "- item",
    "1. item",
    "* item\n** deeper",
    "+ item",
    "# heading",
    "== heading ==",
    "> quoted",
    '`code` **bold** __under__ //italic// ~~struck~~ --struck-- _em_ *em* ""mono""',
    "~escaped ~~ ~* ~/",
    "$$x^2$$ <math>x</math> <latex>x</latex>",
    "http://example.com www.example.com me@example.com fa:fa-car",
    "[[https://example.com link]] [link](https://example.com) ![x](https://example.com/x.png)",
    "@enduml",
    "first\n@enduml\n@startuml",
    "!include /etc/hostname",
    "x\n!include /etc/hostname\n!define x y",
    "%newline() %date() %getenv(PATH) %version()",
    "<U+0041> &#x41; \\u0041 <color:red>red</color> <size:40>big</size> <back:red>x</back>",
    "....\n----\n====\n____",
    "..title..\n--title--",
    "' comment\n/' block '/",
    "// comment /* block */",
    "<<stereotype>> #red;line:blue",
    "as x {",
    "skinparam monochrome true",
    "null",
    "true",
    "    indented",
    "\tnot a tab\t".replace("\t", " "),
    "Ünïcödé Ελληνικά Кириллица",
    "日本語 한국어 中文",
    "שלום עולם مرحبا",
    "emoji 🎉👩‍💻🇩🇪",
    "x" * 200,
)
"""Texts that a topology may hold and that mean something in one of the languages."""

RESERVED = (
    "end", "graph", "digraph", "node", "edge", "subgraph", "strict", "cluster", "style", "class",
    "classDef", "click", "default", "call", "href", "linkStyle", "direction", "v", "x", "o",
    "label", "shape", "icon", "near", "width", "link", "vars", "classes", "layers", "steps",
    "null", "true", "rectangle", "package", "actor", "note", "as", "title", "left", "skinparam",
    "constructor", "toString", "several", "with-dash", "with-dash-", "o-o", "x--x", "1st_server",
    "сервер_1", "サーバー", "_", "größe", "hasOwnProperty", "legend", "header", "footer",
)  # fmt: skip
"""Ids that mean something in one of the languages, or that not every one takes."""


def everything() -> Diagram:
    """Every shape, alone and as several, every arrow, and groups in groups."""
    nodes, edges = [], []
    for number, shape in enumerate(Shape):
        one, many = f"{shape.value}_one", f"{shape.value}_many"
        nodes.append(Node(one, f"One {shape.value}", "one", shape))
        nodes.append(Node(many, f"Many {shape.value}", "many", shape, 192, True))
        label = f"label {number}" if number % 3 else ""
        edges.append(Edge(one, many, list(Arrow)[number % 4], label))
    inner = Group("inner", "Inner group", "one", ("box_one", "square_one"))
    groups = (
        Group("outer", "Outer group", None, ("roundedbox_one",), (inner,)),
        Group("other", "Other group", None, ("box_many", "square_many")),
    )
    return Diagram("everything", "Everything", tuple(nodes), groups, tuple(edges))


def labelled(label: str) -> Diagram:
    """A diagram that says a text wherever one can stand."""
    return Diagram(
        name="labelled",
        title=label,
        nodes=(
            Node("first", label, "first"),
            Node("second", label, "second", Shape.DATABASE, stacked=True),
            Node("third", label, "third", stacked=True),
        ),
        groups=(
            Group("group", label, None, ("second",), (Group("deep", label, None, ("third",)),)),
        ),
        edges=(
            Edge("first", "second", Arrow.FORWARD, label),
            Edge("first", "third", Arrow.BACK, label),
        ),
    )


def reserved() -> Diagram:
    """A diagram whose ids are all reserved words or hold letters that not every language takes."""
    nodes = tuple(Node(id, f"Node {number}", id) for number, id in enumerate(RESERVED))
    half = len(nodes) // 2
    return Diagram(
        name="end",
        title="Reserved",
        nodes=nodes,
        groups=(Group("group", "Group", None, tuple(node.id for node in nodes[half:])),),
        edges=tuple(
            Edge(tail.id, head.id, Arrow.FORWARD)
            for tail, head in zip(nodes[:half], nodes[half:], strict=False)
        ),
    )
