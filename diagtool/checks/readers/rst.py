"""reStructuredText: a page, with the sources of pictures.

docutils reads it; it is told to include no file and let nothing through raw. Code blocks
may have Sphinx's options. What a directive of another extension would give is not known
and left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from diagtool.checks.readers import (
    Claim,
    File,
    ReadError,
    Reading,
    blockdiag,
    dot,
    mermaid,
    plantuml,
)
from diagtool.checks.readers._page import PageCollector
from diagtool.checks.split_lines import docutils_lines

if TYPE_CHECKING:
    from docutils import nodes

SUFFIXES = (".rst",)

LONGEST = 1024 * 1024
"""How many characters a page may have."""


LANGUAGES: dict[str, Callable[..., Claim]] = {
    "blockdiag": blockdiag.picture,
    "graphviz": dot.picture,
    "mermaid": mermaid.picture,
    "uml": plantuml.picture,
}
"""The directives whose content is the source of a picture, with what reads it."""


def read(file: File) -> Reading:
    """The sections of a page."""
    walker = _Walker(file, docutils_lines(file.text()))
    try:
        walker.walk(document(file), 0)
    except RecursionError:
        raise ReadError("it is nested too deep") from None
    return Reading(sections=walker.page.sections)


def document(file: File) -> nodes.document:
    """A page as docutils has it. Raises ReadError.

    The source of a picture is a container with ``language``, ``source`` and ``caption``; its
    lines are indented as they are on the page.
    """
    text = file.text()
    if len(text) > LONGEST:
        raise ReadError(f"it has more than {LONGEST // 2**20} Mi characters")
    try:
        from diagtool.checks.docutils_parsing import TooCostlyError, parse
    except ImportError:
        raise ReadError("pages need docutils: pip install 'diagtool[sphinx]'") from None
    with _directives_known(docutils_lines(text)):
        try:
            return parse(text, file.path)
        except TooCostlyError as error:
            raise ReadError(str(error)) from None


CODE = ("code", "code-block", "sourcecode")
"""The directives that show code."""


@contextmanager
def _directives_known(lines: list[str]) -> Iterator[None]:
    """While this lasts, docutils keeps the line of code, and pictures with their captions."""
    from docutils import nodes
    from docutils.parsers.rst import Directive, directives

    class Code(Directive):
        has_content = True
        optional_arguments = 1
        option_spec = _Anything()

        def run(self) -> list[nodes.Node]:
            text = "\n".join(self.content)
            node = nodes.literal_block(text, text)
            node.line = self.content_offset + 1
            return [node]

    class Picture(Directive):
        has_content = True
        optional_arguments = 1
        final_argument_whitespace = True
        option_spec = _Anything()

        def run(self) -> list[nodes.Node]:
            node: nodes.Element = nodes.container()
            node.line = self.content_offset + 1
            first = lines[node.line - 1] if node.line <= len(lines) else ""
            indent = first[: len(first) - len(first.lstrip())]
            node["language"] = self.name
            node["source"] = "\n".join(f"{indent}{line}" for line in self.content)
            node["caption"] = (self.options or {}).get("caption", "")
            return [node]

    registry: dict[str, Any] = directives._directives  # type: ignore[attr-defined]
    before = dict(registry)
    registry |= dict.fromkeys(LANGUAGES, Picture) | dict.fromkeys(CODE, Code)
    try:
        yield
    finally:
        registry.clear()
        registry |= before


class _Anything(dict[str, Any]):
    """An option_spec that takes every option as it is written."""

    def __getitem__(self, name: str) -> Any:
        return lambda argument: argument or ""

    def __bool__(self) -> bool:
        return True


class _Walker:
    def __init__(self, file: File, lines: list[str]) -> None:
        self.file = file
        self.lines = lines
        self.page = PageCollector(file)

    def walk(self, element: nodes.Element, level: int) -> None:
        from docutils import nodes

        for node in element.children:
            line = _line(node)
            match node:
                case nodes.title() if isinstance(element, nodes.section | nodes.document):
                    self.page.heading(node.astext(), max(level, 1), self.file.place(line))
                case nodes.section():
                    depth = len(self.page.open)
                    self.walk(node, level + 1)
                    self.page.end(depth)
                case nodes.container() if "language" in node:
                    self.picture(node)
                case nodes.literal_block():
                    self.code(node.rawsource or node.astext(), line)
                case nodes.warning():
                    self.page.warning(" ".join(c.astext() for c in node.children), _at(self, node))
                case nodes.bullet_list() | nodes.enumerated_list():
                    items = [(item.astext(), _at(self, item)) for item in node.children]
                    self.page.items(items, _at(self, node))
                    self.walk(node, level)
                    self.page.paragraph("")
                case nodes.paragraph():
                    self.page.paragraph(node.astext())
                case nodes.definition_list_item():
                    self.entry(node)
                    self.walk(node, level)
                case nodes.table():
                    self.table(node)
                    self.walk(node, level)
                case nodes.system_message() | nodes.comment():
                    pass
                case nodes.Element():
                    self.walk(node, level)

    def table(self, table: nodes.Element) -> None:
        from docutils import nodes

        title = next(iter(table.findall(nodes.title)), None)
        rows = [
            # Only what stands in its cells knows a line.
            (
                [entry.astext() for entry in row.findall(nodes.entry)],
                _at(self, next(iter(row.findall(nodes.paragraph)), row)),
            )
            for row in table.findall(nodes.row)
        ]
        self.page.table(title.astext() if title else "", rows, _at(self, table))

    def entry(self, item: nodes.Element) -> None:
        from docutils import nodes

        term = next(iter(item.findall(nodes.term)), None)
        body = next(iter(item.findall(nodes.definition)), None)
        if term is None or body is None:
            return
        paragraphs = [
            (child.astext(), _at(self, child))
            for child in body.children
            if isinstance(child, nodes.paragraph)
        ]
        self.page.entry(term.astext(), paragraphs, _at(self, term))

    def code(self, text: str, line: int) -> None:
        """A block of code; its text has lost the blanks that it is indented by."""
        source = self.lines[line - 1] if line <= len(self.lines) else ""
        self.page.code(text, line, source.find(text.partition("\n")[0]) + 1 or 1)

    def picture(self, node: nodes.Element) -> None:
        about = (self.page.said(node["caption"]),) if node["caption"] else ()
        line = node.line or 1
        try:
            claim = LANGUAGES[node["language"]](node["source"], self.file, about, line)
        except ReadError as error:
            if node["language"] == "blockdiag":
                raise
            # Nothing says that it is of the topology.
            unread = ((f"a picture ({error})", self.file.place(error.line, error.column)),)
            claim = Claim(frozenset(), {}, self.file.place(line), about, unread)
        self.page.claim(claim)


def _line(node: Any) -> int:
    """The line of a node; docutils does not know that of each."""
    while node is not None:
        if node.line:
            return int(node.line)
        node = node.parent
    return 1


def _at(walker: _Walker, node: Any) -> Any:
    return walker.file.place(_line(node))
