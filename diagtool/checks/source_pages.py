"""Pages of reStructuredText as docutils reads them alone, whatever their directives and roles.

What Sphinx and its extensions bring is read as far as it shows a writer's words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive, directives, roles
from docutils.parsers.rst.directives.tables import CSVTable
from docutils.utils import unescape

from diagtool.checks.docutils_parsing import TooCostlyError, parse
from diagtool.checks.split_lines import docutils_lines
from diagtool.checks.topology_mark import speaks

LARGEST = 2 * 1024 * 1024
"""How many bytes a page may have."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PROSE_DIRECTIVES = _words(
    "versionadded versionchanged versionremoved deprecated seealso only hlist centered glossary "
    "describe object confval option envvar program tab-set tab-item grid grid-item card dropdown "
    "tabs tab details collapse margin sidebar index-page rst-class todo caution-list"
)
"""Directives of Sphinx and well-known extensions whose content is words."""

TITLED_DIRECTIVES = _words(
    "versionadded versionchanged versionremoved deprecated seealso centered rubric"
)
"""Directives whose arguments are words, too."""

LITERAL_ROLES = _words(
    "file command program option envvar samp kbd code math download literal makevar mimetype "
    "newsgroup regexp confval token dfn manpage"
)
"""Roles whose text is something typed into a computer."""

_TITLED = re.compile(r"(?P<title>.+?)\s*<(?P<target>[^<>]+)>", re.DOTALL)


class said(nodes.inline):
    """Words that one of our roles says, which are right by themselves."""


class PageError(Exception):
    """A page that cannot be read; the message says why."""


def read(path: Path, values: Mapping[str, str]) -> tuple[nodes.document, dict[str, list[str]]]:
    """A page, and the lines of its file and of those that it includes, by path.

    ``values`` are what the role ``topo:value`` says. Raises PageError.
    """
    text = _text(path)
    try:
        with _anything_known(values):
            document = parse(text, path.as_posix())
    except TooCostlyError as error:
        raise PageError(str(error)) from None
    return document, {path.as_posix(): docutils_lines(text)} | _included(document)


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
        found, messages = (None, []) if name.startswith("topo:") else known_role(name, *rest)
        return (found, messages) if _from_docutils(found) else (_Role(name, values), [])

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


class _AnyOption(dict[str, Any]):
    def __missing__(self, name: str) -> Any:
        return directives.unchanged


class _Any(Directive):
    """A directive that nothing is known of, and that shows none of a writer's words."""

    has_content = True
    optional_arguments = 100
    final_argument_whitespace = True
    option_spec: ClassVar[Any] = _AnyOption({"": directives.unchanged})

    def run(self) -> list[nodes.Node]:
        if self.name.startswith("topo:"):
            self.state.document["ours"] = True
        if self.name == "topo:topology" and self.arguments:
            return [speaks(topology=self.arguments[0])]
        return [nodes.comment()]  # docutils expects something in a figure


class _Words(_Any):
    """A directive whose content is words."""

    def run(self) -> list[nodes.Node]:
        around = nodes.container()
        words = self.arguments if self.name in TITLED_DIRECTIVES else []
        if self.name.startswith(("version", "deprecated")):
            words = words[1:]  # the first is a release
        if text := " ".join(words):
            around += nodes.paragraph(text, "", *self.state.inline_text(text, self.lineno)[0])
            where = self.state_machine.get_source_and_line(self.lineno)
            around[0].source, around[0].line = where
        self.state.nested_parse(self.content, self.content_offset, around)
        return [around]


class _Code(_Any):
    """A block of code."""

    def run(self) -> list[nodes.Node]:
        text = "\n".join(self.content)
        language = self.arguments[0].strip().casefold() if self.arguments else ""
        block = nodes.literal_block(text, text, language=language)
        where = self.state_machine.get_source_and_line(self.content_offset + 1)
        block.source, block.line = where
        return [block]


class _Include(_Any):
    """A file whose words stand in the page; each is read once, so that none includes itself."""

    def run(self) -> list[nodes.Node]:
        # '/x' is relative to the folder of a Sphinx project, which is not known here.
        other = {"literal", "code", "parser"} & self.options.keys()
        if not self.arguments or other or self.arguments[0].startswith("/"):
            return []
        here, _ = self.state_machine.get_source_and_line(self.lineno)
        path = Path(here or self.state.document["source"]).parent / self.arguments[0]
        included = _included(self.state.document)
        with suppress(PageError):
            if path.as_posix() not in included:
                text = _text(path)
                included[path.as_posix()] = docutils_lines(text)
                self.state_machine.insert_input(self._part(text), path.as_posix())
        return []

    def _part(self, text: str) -> list[str]:
        """The lines that are wanted, with nothing in place of the others."""
        lines = docutils_lines(text.expandtabs())
        ends = (str(self.options.get(f"{at}-line", "")) for at in ("start", "end"))
        start, end = (int(line) if re.fullmatch(r"-?\d+", line) else None for line in ends)
        if after := self.options.get("start-after"):
            start = next((n for n, line in enumerate(lines, 1) if after in line), len(lines))
        if before := self.options.get("end-before"):
            rest = range(start or 0, len(lines))
            end = next((n for n in rest if before in lines[n]), len(lines))
        wanted = range(len(lines))[start:end]
        return [line if n in wanted else "" for n, line in enumerate(lines)]


_OURS: dict[str, type[Directive]] = {
    **dict.fromkeys(("code-block", "code", "sourcecode", "parsed-literal"), _Code),
    **dict.fromkeys(("raw", "meta"), _Any),
    "include": _Include,
    "csv-table": CSVTable,  # of files, it shows nothing: nothing may be inserted
}


def _directive(name: str) -> type[Directive]:
    words = name in PROSE_DIRECTIVES or (":" in name and not name.startswith("topo:"))
    return _OURS.get(name, _Words if words else _Any)


class _Role:
    """A role: one of ours, a reference, or something in a fixed-width face."""

    def __init__(self, name: str, values: Mapping[str, str]) -> None:
        self._ours = name.startswith("topo:")
        self._literal = ":" in name or name in LITERAL_ROLES
        self._values = values

    def __call__(self, *call: Any, **options: Any) -> tuple[list[nodes.Node], list[Any]]:
        text = unescape(call[2])
        titled = _TITLED.fullmatch(text)
        shown = titled["title"] if titled else text.lstrip("~!")
        if self._ours:
            call[4].document["ours"] = True
            shown = shown if titled else self._values.get(text.rpartition("/")[2], text)
            return [said(text, shown)], []
        kind = nodes.literal if self._literal and not titled else nodes.inline
        return [kind(text, shown)], []
