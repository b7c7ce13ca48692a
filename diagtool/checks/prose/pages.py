"""Pages → passages: what of a page was written by hand, read by docutils.

The same walk serves a page that is read here, without Sphinx, and a doctree of a build.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any, ClassVar, TypeGuard

from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.parsers.rst import Directive, Parser, directives, roles
from docutils.parsers.rst.directives.tables import CSVTable
from docutils.utils import new_document, unescape

from diagtool.checks.inline_markup import TooCostlyError, frugal_inliner
from diagtool.checks.prose.text import COMMENT, Page, Passage, Piece, Silence, word_set
from diagtool.checks.split_lines import docutils_lines
from diagtool.checks.topology_mark import speaks
from diagtool.model import Place

CONFIG_LANGUAGES = ("ini", "cfg", "conf", "dosini", "")
"""The languages of code blocks that hold config options; without one, a section must show."""

LARGEST = 2 * 1024 * 1024
"""How many bytes a page may have."""

ROLE = ":topo:service:`ID`"
"""How a page has the model say a service's name."""

PROSE_DIRECTIVES = word_set(
    "versionadded versionchanged versionremoved deprecated seealso only hlist centered glossary "
    "describe object confval option envvar program tab-set tab-item grid grid-item card dropdown "
    "tabs tab details collapse margin sidebar index-page rst-class todo caution-list"
)
"""Directives of Sphinx and well-known extensions whose content is words."""

TOLD = word_set("versionadded versionchanged versionremoved deprecated seealso centered rubric")
"""Directives whose arguments are words, too."""

LITERAL_ROLES = word_set(
    "file command program option envvar samp kbd code math download literal makevar mimetype "
    "newsgroup regexp confval token dfn manpage"
)
"""Roles whose text is something typed into a computer."""

_TITLED = re.compile(r"(?P<title>.+?)\s*<(?P<target>[^<>]+)>", re.DOTALL)


class said(nodes.inline):
    """Words that one of our roles says, which are right by themselves."""


class PageError(Exception):
    """A page that cannot be read; the message says why."""


# --- without Sphinx -------------------------------------------------------------------


def read(path: Path, values: Mapping[str, str]) -> Page:
    """A page of reStructuredText. ``values`` are what the role ``topo:value`` says.

    Raises PageError.
    """
    text = _text(path)
    settings = get_default_settings(Parser)
    settings.file_insertion_enabled = False
    settings.raw_enabled = False
    settings.report_level = settings.halt_level = 5
    settings.warning_stream = ""
    settings.line_length_limit = LARGEST
    document = new_document(path.as_posix(), settings)
    try:
        with _anything_known(values):
            Parser(inliner=frugal_inliner()).parse(text, document)
        return page(document, {path.as_posix(): docutils_lines(text)} | _included(document))
    except RecursionError:
        raise PageError("it is nested too deep") from None
    except TooCostlyError as error:
        raise PageError(str(error)) from None


def _text(path: Path) -> str:
    """What a file holds. Raises PageError."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise PageError(error.strerror) from None
    except UnicodeDecodeError:
        raise PageError("it is not UTF-8") from None
    if len(data) > LARGEST:
        raise PageError(f"it is larger than {LARGEST // 2**20} MiB")
    return text


def _included(document: nodes.document) -> dict[str, list[str]]:
    """The lines of the files that a page included, by path; its directives add to it."""
    lines: dict[str, list[str]] = document.setdefault("included", {})
    return lines


@contextmanager
def _anything_known(values: Mapping[str, str]) -> Iterator[None]:
    """Lets docutils take directives and roles of Sphinx and of its extensions."""
    # docutils has no other place for what is not known by name.
    directives_module: Any = directives
    roles_module: Any = roles
    known_directive, known_role = directives.directive, roles.role

    def directive(name: str, *rest: Any) -> Any:
        found, messages = (None, []) if name in _OURS else known_directive(name, *rest)
        return (found, messages) if _from_docutils(found) else (_directive(name), [])

    def role(name: str, *rest: Any) -> Any:
        if name.startswith("topo:"):
            return _Said(values), []
        found, messages = known_role(name, *rest)
        return (found, messages) if _from_docutils(found) else (_Role(name), [])

    directives_module.directive, roles_module.role = directive, role
    try:
        yield
    finally:
        directives_module.directive, roles_module.role = known_directive, known_role


def _from_docutils(found: object) -> bool:
    """Whether a directive or role is docutils' own: others need the program they come from.

    Sphinx's admonitions are docutils' with another look, and need nothing.
    """
    module = getattr(found, "__module__", "")
    return module.startswith("docutils.") or module == "sphinx.directives.admonitions"


class _Any(Directive):
    """A directive that nothing is known of."""

    has_content = True
    optional_arguments = 100
    final_argument_whitespace = True

    class _AnyOption(dict[str, Any]):
        def __getitem__(self, key: str) -> Any:
            return directives.unchanged

        def __bool__(self) -> bool:
            return True

    option_spec: ClassVar[Any] = _AnyOption()


class _Nothing(_Any):
    """A directive that shows none of a writer's words."""

    def run(self) -> list[nodes.Node]:
        if self.name.startswith("topo:"):
            self.state.document["ours"] = True
        if self.name == "topo:topology" and self.arguments:
            return [speaks(topology=self.arguments[0])]
        return []


class _Words(_Any):
    """A directive whose content is words."""

    def run(self) -> list[nodes.Node]:
        around = nodes.container()
        if self.name in TOLD and self.arguments:
            text = " ".join(self.arguments)
            paragraph = nodes.paragraph(text, "", *self.state.inline_text(text, self.lineno)[0])
            paragraph.line = self.lineno
            around += paragraph
        self.state.nested_parse(self.content, self.content_offset, around)
        return [around]


class _Code(_Any):
    """A block of code."""

    def run(self) -> list[nodes.Node]:
        text = "\n".join(self.content)
        block = nodes.literal_block(text, text)
        block["language"] = self.arguments[0].strip().casefold() if self.arguments else ""
        block.line = self.content_offset + 1
        block.source = self.state.document["source"]
        return [block]


class _Include(_Any):
    """A file whose words stand in the page; each is read once, so that none includes itself."""

    def run(self) -> list[nodes.Node]:
        if not self.arguments or {"literal", "code", "parser"} & self.options.keys():
            return []
        here, _ = self.state_machine.get_source_and_line(self.lineno)
        path = Path(here or self.state.document["source"]).parent / self.arguments[0]
        included = _included(self.state.document)
        # '/x' is relative to the folder of a Sphinx project, which is not known here.
        if self.arguments[0].startswith("/") or path.as_posix() in included:
            return []
        try:
            text = _text(path)
        except PageError:
            return []
        included[path.as_posix()] = docutils_lines(text)
        self.state_machine.insert_input(self._part(text), path.as_posix())
        return []

    def _part(self, text: str) -> list[str]:
        """The lines that are wanted, with nothing in place of those before them."""
        lines = docutils_lines(text.expandtabs())
        start, end = (_line(self.options.get(f"{at}-line")) for at in ("start", "end"))
        if after := self.options.get("start-after"):
            start = next((n for n, line in enumerate(lines, 1) if after in line), len(lines))
        if before := self.options.get("end-before"):
            rest = range(start or 0, len(lines))
            end = next((n for n in rest if before in lines[n]), len(lines))
        wanted = range(len(lines))[slice(start, end)]
        return [line if n in wanted else "" for n, line in enumerate(lines)]


def _line(said: str | None) -> int | None:
    return int(said) if said and re.fullmatch(r"-?\d+", said.strip()) else None


_CODE = ("code-block", "code", "sourcecode", "parsed-literal")
_OURS = (*_CODE, "raw", "include", "csv-table", "meta")


def _directive(name: str) -> type[Directive]:
    if name in _CODE:
        return _Code
    if name == "include":
        return _Include
    if name == "csv-table":
        return CSVTable  # of files, it shows nothing: nothing may be inserted
    if name in PROSE_DIRECTIVES or (":" in name and not name.startswith("topo:")):
        return _Words
    return _Nothing


class _Role:
    """A role that nothing is known of: a reference, or something in a fixed-width face."""

    def __init__(self, name: str) -> None:
        self._literal = ":" in name or name in LITERAL_ROLES

    def __call__(self, *call: Any, **options: Any) -> tuple[list[nodes.Node], list[Any]]:
        text = unescape(call[2])
        titled = _TITLED.fullmatch(text)
        shown = titled["title"] if titled else text.lstrip("~!")
        kind = nodes.literal if self._literal and not titled else nodes.inline
        return [kind(text, shown)], []


class _Said:
    """One of our roles."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def __call__(self, *call: Any, **options: Any) -> tuple[list[nodes.Node], list[Any]]:
        text = unescape(call[2])
        titled = _TITLED.fullmatch(text)
        target = titled["target"] if titled else text
        shown = titled["title"] if titled else self._values.get(target.rpartition("/")[2], target)
        call[4].document["ours"] = True
        return [said(text, shown)], []


# --- doctrees -------------------------------------------------------------------------

_TEXTS = (
    nodes.paragraph,
    nodes.title,
    nodes.subtitle,
    nodes.term,
    nodes.caption,
    nodes.rubric,
    nodes.attribution,
    nodes.line,
    nodes.field_name,
)
_LISTS = (nodes.bullet_list, nodes.enumerated_list, nodes.list_item)
_SKIPPED = (nodes.system_message, nodes.raw, nodes.math_block, nodes.doctest_block, nodes.image)


def page(document: nodes.document, sources: Mapping[str, list[str]]) -> Page:
    """The passages of a doctree that stand in given files; ``sources`` are their lines."""
    made = Page([], dict(sources), reference=ROLE if document.get("ours") else "")
    walker = _Walker(made, document.get("source") or "")
    walker.walk(document, _Around())
    return made


@dataclass(frozen=True)
class _Around:
    """What is around a block."""

    headings: tuple[str, ...] = ()
    silences: tuple[Silence, ...] = ()
    lead: str = ""
    items: tuple[str, ...] = ()


class _Walker:
    def __init__(self, page: Page, path: str) -> None:
        self.page = page
        self.path = path
        self.topology = ""
        self.line = 1

    def walk(self, parent: nodes.Element, around: _Around) -> None:
        """Goes through what an element holds, in order."""
        waiting: tuple[Silence, ...] = ()
        here, lead = around, ""
        for child, following in zip_longest(parent.children, parent.children[1:]):
            if isinstance(child, speaks):
                self.topology = child["topology"]
            elif isinstance(child, nodes.comment):
                waiting += self._silence(child)
            elif isinstance(child, nodes.Element) and not isinstance(child, _SKIPPED):
                listed = _is_list(child)
                inner = replace(here, silences=here.silences + waiting)
                inside = around.lead if isinstance(parent, _LISTS) else ""
                items = tuple(i.astext() for i in following.children) if _is_list(following) else ()
                inner = replace(inner, lead=lead if listed else inside, items=items)
                self._element(child, inner)
                if not isinstance(child, nodes.Invisible):
                    waiting = ()
                lead = child.astext() if isinstance(child, nodes.paragraph) else ""
            if isinstance(child, (nodes.title, nodes.term, nodes.field_name)):
                here = replace(here, headings=(*around.headings, child.astext()))

    def _element(self, node: nodes.Element, around: _Around) -> None:
        if isinstance(node, nodes.literal_block):
            self._block(node, around)
        elif isinstance(node, _TEXTS):
            self._passage(node, tuple(_pieces(node)), around)
        else:
            self.walk(node, around)

    def _block(self, node: nodes.Element, around: _Around) -> None:
        text = node.astext()
        language = str(node.get("language", "")).casefold()
        if not language and node["classes"][:1] == ["code"]:
            language = str(node["classes"][-1])
        sectioned = re.search(r"^\s*\[[\w:.-]+\]\s*$", text, re.MULTILINE)
        if language in CONFIG_LANGUAGES and (language or sectioned):
            self._passage(node, (Piece(text, literal=True),), around, config=True)

    def _passage(
        self,
        node: nodes.Element,
        pieces: tuple[Piece, ...],
        around: _Around,
        *,
        config: bool = False,
    ) -> None:
        path, line = _place(node, self.path)
        if path not in self.page.sources:
            return  # words that a topology, a template or a docstring says
        entry = node.parent if isinstance(node.parent, nodes.entry) else None
        if entry and line == 1:
            line = _line_of_row(entry, self.page.sources[path], self.line)
        self.line = line
        self.page.passages.append(
            Passage(
                pieces,
                Place(path, line, 1),
                around.headings,
                self.topology,
                title=isinstance(node, nodes.title),
                config=config,
                silences=around.silences,
                lead=around.lead,
                items=around.items if isinstance(node, nodes.paragraph) else (),
                cells=_cells(entry) if entry else (),
                at=entry.parent.index(entry) if entry else 0,
            )
        )

    def _silence(self, node: nodes.comment) -> tuple[Silence, ...]:
        match = COMMENT.match(node.astext())
        path, line = _place(node, self.path)
        if not match or path not in self.page.sources:
            return ()
        # docutils counts some comments from their end.
        lines = self.page.sources[path]
        while line > 1 and (line > len(lines) or "diagtool:" not in lines[line - 1]):
            line -= 1
        reason = " ".join(match["reason"].split())
        silence = Silence(match["rule"], reason, Place(path, line, 1))
        self.page.silences.append(silence)
        return (silence,)


def _is_list(node: nodes.Node | None) -> TypeGuard[nodes.Element]:
    return isinstance(node, (nodes.bullet_list, nodes.enumerated_list))


def _pieces(node: nodes.Node, literal: bool = False, by_role: bool = False) -> Iterator[Piece]:
    """The words of a block, with what they are."""
    for child in node.children:
        if isinstance(child, nodes.Text):
            yield Piece(child.astext(), literal, by_role)
        elif isinstance(child, (nodes.footnote_reference, nodes.citation_reference, nodes.image)):
            yield Piece(" ")
        elif isinstance(child, nodes.Element):
            by = by_role or isinstance(child, said) or child.get("refdomain") == "topo"
            yield from _pieces(child, literal or isinstance(child, nodes.literal), by)


def _cells(entry: nodes.Element) -> tuple[tuple[str, str], ...]:
    """The cells of an entry's row, each with the head of its column."""
    row = entry.parent
    groups = row.parent.parent.findall(nodes.thead)
    heads = [head for group in groups for head in group.children]
    if not heads or row in heads:
        return ()
    names = [head.astext() for head in heads[-1].children]
    return tuple(zip(names, (cell.astext() for cell in row.children), strict=False))


def _line_of_row(entry: nodes.Element, lines: list[str], after: int) -> int:
    """The line of a row of CSV, of which docutils does not say it."""
    cells = [cell.astext() for cell in entry.parent.children]
    rows = range(after - 1, min(after + 200, len(lines)))
    return next((n + 1 for n in rows if all(cell in lines[n] for cell in cells)), after)


def _place(node: nodes.Node, path: str) -> tuple[str, int]:
    """The file and line of a block: its own, or that of what is around it."""
    source, line = None, None
    here: nodes.Node | None = node
    while here is not None and (source is None or line is None):
        source = source or getattr(here, "source", None)
        line = line or getattr(here, "line", None)
        here = here.parent
    return source or path, line or 1
