"""The guide's pages as Markdown: the same templates, and what docutils makes of them.

A page is put together as reStructuredText, since that is what templates are written in. Its
document is then written once more, with pictures as flowcharts of Mermaid or as SVG files beside
the page. Every text goes through :class:`~diagtool.model.markdown.Markdown`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Any

from diagtool.guide import rst
from diagtool.guide.renderer import Guide, GuideError, Line, PlainDialect
from diagtool.guide.rst import Rst
from diagtool.model import NOWHERE, Place, Service, wording
from diagtool.model.diagram import Diagram, layout
from diagtool.model.markdown import Markdown
from diagtool.pictures.formats import mermaid

if TYPE_CHECKING:
    from docutils import nodes

_WARNING = 2
"""From which level on docutils tells of something that is wrong."""


class MarkdownDialect(PlainDialect):
    """Pages for GitHub, GitLab and generators of sites from Markdown, such as MkDocs."""

    SUFFIX = ".md"

    def picture(self, guide: Guide, service: Service) -> Rst:
        """A caption, and the source of a flowchart that says what it shows."""
        diagram = layout(guide.topology, service.id)
        source = mermaid.described(diagram, wording.describe(diagram))
        block = rst.directive("code-block", Rst("mermaid"), body=rst.raw(source))
        return _captioned(diagram, block)

    def page(self, title: str, lines: Sequence[Line]) -> list[Line]:
        """A page, each line with the place of the fact that it states."""
        source = super().page(title, lines)
        with _directives_known():
            document = _parsed("\n".join(line.text for line in source))
        return _Writer([line.place for line in source]).inside(document.children, 0)


class MarkdownWithSvg(MarkdownDialect):
    """The same for generators and forges that do not draw Mermaid: pictures lie beside a page."""

    PICTURES = "svg"

    def picture(self, guide: Guide, service: Service) -> Rst:
        """A caption, and the picture's file with its description."""
        diagram = layout(guide.topology, service.id)
        alt = rst.raw(" ".join(wording.describe(diagram).split()))
        image = rst.directive("image", rst.raw(f"{diagram.name}.{self.PICTURES}"), alt=alt)
        return _captioned(diagram, image)


def _captioned(diagram: Diagram, picture: Rst) -> Rst:
    return Rst("*{}*\n\n{}").format(diagram.title, picture)


def _parsed(source: str) -> nodes.document:
    try:
        from docutils.core import publish_doctree
    except ImportError:
        raise GuideError(
            "pages in Markdown need docutils: pip install 'diagtool[markdown]'"
        ) from None
    settings = {
        "doctitle_xform": False,
        "file_insertion_enabled": False,
        "line_length_limit": len(source) + 1,
        "raw_enabled": False,
        "report_level": 5,
        "halt_level": 5,
        "warning_stream": "",
        "_disable_config": True,
    }
    return publish_doctree(source, settings_overrides=settings)


@contextmanager
def _directives_known() -> Iterator[None]:
    """While this lasts, docutils reads code itself, even where Sphinx has brought another way."""
    from docutils import nodes
    from docutils.parsers.rst import Directive, directives

    class Code(Directive):
        has_content = True
        optional_arguments = 1

        def run(self) -> list[nodes.Node]:
            text = "\n".join(self.content)
            return [nodes.literal_block(text, text, language=" ".join(self.arguments))]

    registry: dict[str, Any] = directives._directives  # type: ignore[attr-defined]
    before = dict(registry)
    registry["code-block"] = Code
    try:
        yield
    finally:
        registry.clear()
        registry |= before


class _Writer:
    """Writes a document. ``places`` are those of the facts in the lines that it was read from.

    What stands in an item of a list is indented by four columns, which all generators take.
    """

    def __init__(self, places: Sequence[Place]) -> None:
        self.places = places

    def inside(self, children: Sequence[nodes.Node], level: int) -> list[Line]:
        """What an element holds, with blank lines between its blocks."""
        return _joined([self.block(child, level) for child in children])

    def block(self, node: Any, level: int) -> list[Line]:
        from docutils import nodes

        match node:
            case nodes.section():
                return self.inside(node.children, level + 1)
            case nodes.title() | nodes.term():
                below = level + isinstance(node, nodes.term)
                return self.lines(node, Markdown.heading(_inline(node), below))
            case nodes.rubric():
                return self.lines(node, Markdown("**{}**").format(_inline(node)))
            case nodes.paragraph():
                return self.lines(node, _inline(node))
            case nodes.target() if "refid" in node:
                return self.lines(node, Markdown.anchor(node["refid"]))
            case nodes.literal_block():
                return self.lines(node, Markdown.block(node["language"], node.astext()))
            case nodes.image():
                return self.lines(node, Markdown.image(node["alt"], node["uri"]))
            case nodes.bullet_list():
                items = [self.inside(item.children, level) for item in node.children]
                items = [_prefixed(item, "- ", "    ") for item in items]
                is_tight = all(len(item) == 1 for item in items)
                return list(chain.from_iterable(items)) if is_tight else _joined(items)
            case nodes.warning():
                return self.quote(Markdown("Warning"), node.children, level)
            case nodes.admonition():
                title, *told = node.children
                assert isinstance(title, nodes.title), "docutils gives each one"
                return self.quote(_inline(title), told, level)
            case nodes.table():
                return self.table(node)
            case nodes.comment():
                return []
            case nodes.system_message() if node["level"] < _WARNING:
                return []
            case nodes.container() | nodes.definition_list() | nodes.definition_list_item():
                return self.inside(node.children, level)
            case nodes.definition():
                return self.inside(node.children, level)
        raise GuideError(f"a Markdown page cannot contain this: {node.astext()}")

    def lines(self, node: nodes.Element, block: Markdown) -> list[Line]:
        """A block, with the place of what it states."""
        line = node.line or 0  # counted from 1
        place = self.places[line - 1] if 0 < line <= len(self.places) else NOWHERE
        return [Line(text, place) for text in block.split("\n")]

    def quote(self, title: Markdown, told: Sequence[nodes.Node], level: int) -> list[Line]:
        """A block that stands out, whose first paragraph starts with its title."""
        first, *others = self.inside(told, level)
        titled = Markdown("**{}:** ").format(title)
        return _prefixed([Line(f"{titled}{first.text}", first.place), *others], "> ", "> ")

    def table(self, table: nodes.Element) -> list[Line]:
        """A title, and rows under the first one, which says what stands in the columns."""
        from docutils import nodes

        title = next(iter(table.findall(nodes.title)), None)
        rows = []
        for row in table.findall(nodes.row):
            entries = list(row.findall(nodes.entry))
            cells = Markdown(" | ").join(
                Markdown(" ").join(map(_inline, entry.findall(nodes.paragraph)))
                for entry in entries
            )
            told = next(iter(row.findall(nodes.paragraph)), row)
            rows += self.lines(told, Markdown("| {} |").format(cells))
            if len(rows) == 1:
                ruled = Markdown("|").join(Markdown(" --- ") for _ in entries)
                rows.append(Line(Markdown("|{}|").format(ruled)))
        if title is None:
            return rows
        return [*self.lines(title, Markdown("*{}*").format(_inline(title))), Line(""), *rows]


def _joined(blocks: Sequence[list[Line]]) -> list[Line]:
    lines: list[Line] = []
    for block in blocks:
        lines += [Line(""), *block] if lines and block else block
    return lines


def _prefixed(lines: Sequence[Line], first: str, others: str) -> list[Line]:
    """Lines with what says that they belong together."""
    return [
        Line(f"{others if number else first}{line.text}".rstrip(), line.place)
        for number, line in enumerate(lines)
    ]


def _inline(element: nodes.Element) -> Markdown:
    """What stands on one line. The first text of it is escaped as the start of a line."""
    from docutils import nodes

    made = Markdown()
    for node in element.children:
        match node:
            case nodes.Text() if made:
                made += Markdown.within(node.astext())
            case nodes.Text():
                text = node.astext()
                made += Markdown.escape(text) + Markdown.within(text[len(text.rstrip()) :])
            case nodes.literal():
                made += Markdown.code(node.astext())
            case nodes.strong():
                made += Markdown("**{}**").format(_inline(node))
            case nodes.emphasis():
                made += Markdown("*{}*").format(_inline(node))
            case nodes.reference() if "refuri" in node:
                made += Markdown.link(node.astext(), node["refuri"])
            case nodes.reference() if "refid" in node:
                made += Markdown.link(node.astext(), f"#{node['refid']}")
            case nodes.target():
                pass
            case _:
                raise GuideError(f"a Markdown page cannot contain this: {node.astext()}")
    return made


DIALECTS = {"rst": PlainDialect, "markdown": MarkdownDialect, "markdown-svg": MarkdownWithSvg}
"""What plain pages are written in, by the names that people give it."""
