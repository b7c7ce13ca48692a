"""Marks around what directives and roles generate, by which a page can be held against it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.application import Sphinx

from diagtool.checks import topology_mark
from diagtool.guide import site_record

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment
    from sphinx.writers.html5 import HTML5Translator

_INSIDE = "topo:inside"


class mark(topology_mark.generated):
    """Such a mark, which a site keeps as a comment."""


def _visit(self: HTML5Translator, node: mark) -> None:
    """A comment."""
    self.body.append(site_record.start(node["what"]) if node["what"] else site_record.END)


def _depart(self: HTML5Translator, node: mark) -> None:
    """Nothing."""


@contextmanager
def generating(env: BuildEnvironment) -> Iterator[bool]:
    """Notes that a directive is at work; tells whether none is already, which it is part of."""
    outermost = not env.temp_data.get(_INSIDE)
    env.temp_data[_INSIDE] = True
    try:
        yield outermost
    finally:
        env.temp_data[_INSIDE] = not outermost


def marked(what: str, generated: list[nodes.Node]) -> list[nodes.Node]:
    """What was generated between its marks."""
    return [mark(what=what), *generated, mark(what="")]


def _resolve(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Marks what roles say, where a site is built; elsewhere, no marks are left."""
    on_site = app.builder.format == "html" and not getattr(app.builder, "embedded", False)
    if not on_site:
        for found in list(doctree.findall(mark)):
            found.parent.remove(found)
        return
    inside = False
    for node in list(doctree.findall(nodes.Element)):
        if isinstance(node, mark):
            inside = bool(node["what"])
        elif not inside and "topo" in node.get("classes", ()):
            said = node.parent if isinstance(node.parent, nodes.reference) else node
            kind = next((c for c in node["classes"] if c.startswith("topo-")), "topo-value")
            at = said.parent.index(said)
            said.parent[at : at + 1] = marked(kind.replace("-", ":", 1), [said])


_GENERATED = re.compile(f"<!--topo:.*?{re.escape(site_record.END)}", re.DOTALL)


def _let_the_keyboard_scroll(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Lets the focus reach the blocks of code that were generated: a wide one scrolls."""
    if "body" in context:
        context["body"] = _GENERATED.sub(
            lambda part: part[0].replace("<pre>", '<pre tabindex="0">'), context["body"]
        )


def setup(app: Sphinx) -> None:
    """Registers the marks."""
    app.add_node(mark, html=(_visit, _depart))
    app.connect("doctree-resolved", _resolve)
    app.connect("html-page-context", _let_the_keyboard_scroll)
