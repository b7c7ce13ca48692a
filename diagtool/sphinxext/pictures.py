"""The nodes of pictures and of files to fetch, and the words in pictures.

A page holds a :class:`picture` until its cross-references are resolved, so that the words
in it are translated with those around it; then :mod:`diagtool.sphinxext.rendering` puts what
the builder can show in its place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

if TYPE_CHECKING:
    from sphinx.util.docutils import SphinxDirective
    from sphinx.writers.html5 import HTML5Translator

    from diagtool.model.diagram import Diagram, Edge, Group, Node
    from diagtool.pictures.drawing import Drawing

_URL = re.compile(r"""\bhref\s*=\s*["']?(https?://[^"'\s\];,]+)""")


class picture(addnodes.translatable, nodes.General, nodes.Element):
    """A picture that is yet to be drawn.

    ``content`` is a :class:`~diagtool.model.diagram.Diagram`, or blockdiag source as a str;
    ``topology`` is the name of the topology that the first is a view of. ``filename`` is
    what its files are called, without suffix; ``alt`` tells what it shows, empty where its
    author did not. ``size`` holds the width, height and scale that were asked for, and
    ``fit`` whether the figure around it is to be as wide as it. For source by hand,
    ``folder`` is where its icons are, ``origin`` the file that it stands in and
    ``first_line`` the source's first line there.
    """

    def preserve_original_messages(self) -> None:
        """Keeps the words as they are before any translation."""
        self["translations"] = {}

    def extract_original_messages(self) -> list[str]:
        """What a translator is asked for: the words for the whole, and every label."""
        words = [self["alt"], *labels(self["content"])]
        return [word for word in dict.fromkeys(words) if word.strip()]

    def apply_translated_message(self, original_message: str, translated_message: str) -> None:
        """Takes the translation of one of them."""
        self["translations"][original_message] = translated_message


class download(nodes.General, nodes.Element):
    """A file that a reader of HTML can fetch: its ``filename`` and its ``content`` in bytes."""


def alignment(argument: str) -> str:
    """Left, center or right."""
    return directives.choice(argument, ("left", "center", "right"))


def figure(
    directive: SphinxDirective,
    node: picture,
    caption: str,
    shown: Sequence[nodes.Node],
    messages: Sequence[nodes.Node] = (),
    **attributes: Any,
) -> nodes.figure:
    """A picture with its caption, under the name that the directive was given.

    ``shown`` are the nodes of the caption, and ``messages`` what went wrong in it.
    """
    node["classes"] += directive.options.get("class", [])
    around = nodes.figure("", node)
    around.update_basic_atts({})
    around.attributes.update({name: value for name, value in attributes.items() if value})
    line = nodes.caption(caption, "", *shown)
    directive.set_source_info(around)
    directive.set_source_info(line)
    around += [line, *messages]
    directive.add_name(around)
    return around


class HrefCollector(SphinxPostTransform):
    """Shows the addresses in sources by hand to ``linkcheck``, just before it looks."""

    default_priority = 790
    builders = ("linkcheck",)

    def run(self, **kwargs: Any) -> None:
        """Puts a link beside each picture for each address in it."""
        for node in list(self.document.findall(picture)):
            source = node["content"]
            for url in _URL.findall(source) if isinstance(source, str) else ():
                link = nodes.reference("", "", refuri=url)
                link.source, link.line = node.source, node.line
                node.parent.append(nodes.paragraph("", "", link))


class mapped(nodes.image):
    """An image with places to click: ``areas`` are boxes in CSS pixels, links and names."""


def visit_mapped(self: HTML5Translator, node: mapped) -> None:
    """An ``img`` that names a map."""
    self.visit_image(node)
    self.body[-1] = self.body[-1].replace("<img ", f'<img usemap="#{node["map"]}" ', 1)


def depart_mapped(self: HTML5Translator, node: mapped) -> None:
    """The map."""
    self.depart_image(node)
    areas = "".join(
        f'<area shape="rect" coords="{",".join(str(round(x)) for x in box)}"'
        f' href="{escape(url)}" alt="{escape(name)}"/>'
        for box, url, name in node["areas"]
    )
    self.body.append(f'<map name="{node["map"]}">{areas}</map>\n')


# --- words in pictures ----------------------------------------------------------------


def labels(content: Diagram | str) -> list[str]:
    """What stands on the shapes of a picture."""
    if isinstance(content, str):
        from diagtool.pictures import layout

        return layout.labels(content)
    shapes: list[Node | Group | Edge] = [*content.nodes, *content.all_groups, *content.edges]
    return [shape.label for shape in shapes]


def translated(content: Diagram | str, words: Mapping[str, str]) -> Diagram | str:
    """The content with other labels."""
    if not words:
        return content
    if isinstance(content, str):
        from diagtool.pictures import layout

        return layout.relabelled(content, words)
    from diagtool.model.diagram import relabelled

    return relabelled(content, words)


def told(drawing: Drawing) -> str:
    """What a drawing shows, in words."""
    from diagtool.model import wording
    from diagtool.model.diagram import Diagram, Edge, Group, Node

    return wording.describe(
        Diagram(
            drawing.name,
            drawing.title,
            tuple(Node(n.id, n.label or n.id, "") for n in drawing.nodes),
            tuple(Group(g.id, g.label, g.id, g.members) for g in drawing.groups if g.label),
            tuple(Edge(e.tail, e.head, e.arrow, e.label) for e in drawing.edges),
        )
    )
