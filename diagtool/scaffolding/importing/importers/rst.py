"""Pictures in blockdiag, Graphviz, Mermaid and PlantUML. A section with a picture of servers, or
with a list of what is needed, is about the service that its heading names: its paragraphs and
warnings become notes, its config snippets; after an "or", a second one is an alternative. The
beginning of a page becomes the intro.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from diagtool.checks.readers import File, ReadError, rst
from diagtool.checks.readers._graph import Graph
from diagtool.scaffolding.importing import graphs, markup
from diagtool.scaffolding.importing.draft import Draft, cleaned
from diagtool.scaffolding.importing.pages import Code, Items, Other, Page, Paragraph, Picture

if TYPE_CHECKING:
    from docutils import nodes

WHAT = "reStructuredText pages"


def fits(file: File) -> bool:
    return file.path.lower().endswith(rst.SUFFIXES)


def take(file: File, draft: Draft) -> None:
    document = rst.document(file)
    walker = _Walker(file, draft, _addresses(document))
    try:
        walker.walk(document, 0)
    except RecursionError:
        raise ReadError("it is nested too deep") from None
    walker.page.finish()


def _addresses(document: nodes.document) -> dict[str, str]:
    """Where the links of a page lead by their names."""
    from docutils import nodes

    return {
        name: target["refuri"]
        for target in document.findall(nodes.target)
        if "refuri" in target
        for name in target["names"]
    }


class _Walker:
    def __init__(self, file: File, draft: Draft, addresses: dict[str, str]) -> None:
        self.file, self.draft, self.addresses = file, draft, addresses
        self.page = Page(file, draft)
        self.lines = file.text().splitlines()

    def walk(self, element: nodes.Element, level: int) -> None:
        from docutils import nodes
        from docutils.utils import Reporter

        for node in element.children:
            line = rst._line(node)
            place = self.file.place(line)
            match node:
                case nodes.title() if isinstance(element, nodes.section | nodes.document):
                    self.page.heading(node.astext(), max(level, 1), place)
                case nodes.section():
                    self.walk(node, level + 1)
                case nodes.container() if "language" in node:
                    self.page.add(Picture(self.picture(node), place))
                case nodes.literal_block():
                    self.code(node, line)
                case nodes.paragraph():
                    self.page.add(self.paragraph(node))
                case nodes.warning() | nodes.caution() | nodes.danger() | nodes.attention():
                    for child in node.children:
                        self.page.add(self.paragraph(child, is_warning=True))
                case nodes.bullet_list() | nodes.enumerated_list():
                    items = tuple(self.paragraph(item) for item in node.children)
                    self.page.add(Items(items, items[0].place if items else place))
                case nodes.system_message() if node["level"] < Reporter.WARNING_LEVEL:
                    pass  # nothing is lost
                case nodes.system_message():
                    self.page.add(Other(_unknown(node), self.file.place(node.get("line", line))))
                case nodes.table():
                    self.page.add(Other("a table", place))
                case nodes.image() | nodes.figure():
                    self.page.add(Other("an image", place))
                case nodes.comment() | nodes.target() | nodes.substitution_definition():
                    pass
                case nodes.Element():
                    self.walk(node, level)

    def paragraph(self, node: nodes.Node, *, is_warning: bool = False) -> Paragraph:
        place = self.file.place(rst._line(node))
        return Paragraph(node.astext(), lambda: self.marked_up(node), place, is_warning)

    def marked_up(self, node: nodes.Node) -> str:
        """What a text says, in the markup of topologies."""
        from docutils import nodes

        match node:
            case nodes.Text():
                return markup.plain(node.astext())
            case nodes.literal() | nodes.title_reference():
                return markup.literal(node.astext(), self.draft)
            case nodes.reference():
                url = node.get("refuri") or self.addresses.get(node.get("refname", ""), "")
                return markup.link(node.astext(), url)
            case nodes.system_message() | nodes.problematic():
                return markup.plain(node.astext()) if isinstance(node, nodes.problematic) else ""
        between = " " if any(isinstance(c, nodes.paragraph) for c in node.children) else ""
        return between.join(map(self.marked_up, node.children))

    def code(self, node: nodes.Element, line: int) -> None:
        text = node.rawsource or node.astext()
        source = self.lines[line - 1] if line <= len(self.lines) else ""
        column = source.find(text.partition("\n")[0]) + 1 or 1
        self.page.add(Code(text, self.file.place(line, column)))

    def picture(self, node: nodes.Element) -> Callable[[], Graph]:
        language, source, line = node["language"], node["source"], node.line or 1
        return lambda: graphs.SOURCES[language](source, self.file, line)


def _unknown(message: nodes.Element) -> str:
    """What docutils did not understand."""
    said = message.astext()
    name = said.partition('"')[2].partition('"')[0]
    if "directive" in said and name:
        return f"the directive '{cleaned(name, 60)}'"
    return cleaned(f"markup that is not understood: {said}", 200)
