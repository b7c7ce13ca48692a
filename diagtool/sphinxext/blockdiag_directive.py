"""``.. blockdiag::`` as sphinxcontrib-blockdiag has it, with our drawing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.extension import Extension
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.i18n import search_image_for_language

from diagtool import __version__
from diagtool.sphinxext.domain import TopoDomain
from diagtool.sphinxext.marking import marked
from diagtool.sphinxext.pictures import alignment, figure, picture

if TYPE_CHECKING:
    from diagtool.pictures.layout import Table

logger = logging.getLogger(__name__)

REPLACED = "sphinxcontrib.blockdiag"
"""The extension whose place we take."""


def figure_width(argument: str) -> str:
    """``image``, or a length."""
    if argument.lower() == "image":
        return "image"
    return str(directives.length_or_percentage_or_unitless(argument, "px"))


class Blockdiag(SphinxDirective):
    """A picture from blockdiag source, which stands in the directive or in a file."""

    has_content = True
    optional_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {
        "alt": directives.unchanged,
        "height": directives.length_or_unitless,
        "width": directives.length_or_percentage_or_unitless,
        "scale": directives.percentage,
        "align": alignment,
        "caption": directives.unchanged,
        "desctable": directives.flag,
        "maxwidth": directives.nonnegative_int,
        "name": directives.unchanged,
        "class": directives.class_option,
        "figwidth": figure_width,
        "figclass": directives.class_option,
    }

    def run(self) -> list[nodes.Node]:
        node = self.undrawn()
        if node is None:
            return []
        self.set_source_info(node)
        options = self.options
        shown: list[nodes.Node]
        if options.get("caption"):
            width = options.get("figwidth")
            node["fit"] = width == "image"
            around = figure(
                self,
                node,
                options["caption"],
                *self.parse_inline(options["caption"]),
                align=options.get("align"),
                width=width if width != "image" else None,
            )
            around["classes"] += options.get("figclass", [])
            shown = [around]
        else:
            node["classes"] += options.get("class", [])
            if "align" in options:
                node["align"] = options["align"]
            shown = [node]
            self.add_name(node)
        if "desctable" in options:
            shown += self.tables(node["content"])
        return marked("blockdiag", shown)

    def undrawn(self) -> picture | None:
        """The picture, None after an error."""
        wanted = ("width", "height", "scale")
        size = {name: self.options[name] for name in wanted if name in self.options}
        if "maxwidth" in self.options:
            size["width"] = f"{self.options['maxwidth']}px"
            logger.warning(
                "blockdiag: the option maxwidth is no longer used: write width",
                location=self.get_location(),
                type="topo",
                subtype="deprecated",
            )
        node = picture(topology="", alt=self.options.get("alt", ""), size=size)
        if self.arguments:
            named = search_image_for_language(self.arguments[0], self.env)
            relative, path = self.env.relfn2path(named)
            self.env.note_dependency(relative)
            if self.content:
                return self.fail("it has both a file and content")
            try:
                source = Path(path).read_text("utf-8-sig")
            except OSError as error:
                return self.fail(f"{path}: {error.strerror}")
            except UnicodeDecodeError:
                return self.fail(f"{path}: it is not UTF-8")
            node["origin"], node["first_line"] = path, 1
            node["folder"] = str(Path(path).parent)
            node["filename"] = Path(path).stem
        else:
            source = "\n".join(self.content)
            if not source.strip():
                return self.fail("it has neither a file nor content")
            origin, line = self.state_machine.get_source_and_line(self.content_offset + 1)
            node["origin"], node["first_line"] = origin, line
            node["folder"] = str(Path(self.env.doc2path(self.env.current_document.docname)).parent)
            node["filename"] = nodes.make_id(self.options.get("name", "")) or "diagram"
        node["content"] = source
        return node

    def fail(self, message: str) -> picture | None:
        """Logs an error that makes the build fail; there is no picture."""
        docname = self.env.current_document.docname
        TopoDomain.of(self.env).fail(docname, f"blockdiag: {message}", self.get_location())
        return None

    def tables(self, source: str) -> list[nodes.Node]:
        """What the source says of its nodes and edges, as tables."""
        from diagtool.pictures.layout import LayoutError, describe

        try:
            return [self.table(table) for table in describe(source)]
        except LayoutError:
            return []  # the picture says so

    def table(self, table: Table) -> nodes.table:
        """One of them; a cell may hold any markup."""
        widths = [25] + [50] * (len(table.headers) - 1)
        group = nodes.tgroup("", *(nodes.colspec(colwidth=w) for w in widths), cols=len(widths))
        head = nodes.row("", *(nodes.entry("", nodes.paragraph("", h)) for h in table.headers))
        body = nodes.tbody()
        for cells in table.rows:
            body += nodes.row(
                "", *(nodes.entry("", *self.parse_text_to_nodes(cell)) for cell in cells)
            )
        group += [nodes.thead("", head), body]
        return nodes.table("", group)


def setup(app: Sphinx) -> None:
    """Registers the directive, in place of the old extension's if need be."""
    app.add_directive("blockdiag", Blockdiag, override=True)
    for listeners in app.events.listeners.values():
        for listener in [x for x in listeners if x.handler.__module__ == REPLACED]:
            app.disconnect(listener.id)
    if REPLACED not in app.extensions:
        # It may come later in the list of extensions, and would then register all this again.
        app.extensions[REPLACED] = Extension(
            REPLACED,
            None,
            version=__version__,
            parallel_read_safe=True,
            parallel_write_safe=True,
        )
