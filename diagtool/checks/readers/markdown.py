"""Markdown: a page as GitHub and generators of sites show it, with the sources of pictures.

markdown-it reads it. HTML in it is not seen; pictures stand in the page or in files beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

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
from diagtool.checks.readers._page import WARNING, PageCollector
from diagtool.model.facts import flat

if TYPE_CHECKING:
    from markdown_it.token import Token

SUFFIXES = (".md", ".markdown")

LONGEST = 1024 * 1024
"""How many characters a page may have."""

LANGUAGES: dict[str, Callable[..., Claim]] = {
    "blockdiag": blockdiag.picture,
    "dot": dot.picture,
    "graphviz": dot.picture,
    "mermaid": mermaid.picture,
    "plantuml": plantuml.picture,
}
"""What fenced blocks are called that hold the source of a picture, with what reads it."""

_WARNS = re.compile(rf"(?:\[!)?{WARNING}(?:\]|:)?\s*", re.IGNORECASE)


def read(file: File) -> Reading:
    """The sections of a page."""
    text = file.text()
    if len(text) > LONGEST:
        raise ReadError(f"it has more than {LONGEST // 2**20} Mi characters")
    try:
        from markdown_it import MarkdownIt
    except ImportError:
        message = "pages in Markdown need markdown-it: pip install 'diagtool[markdown]'"
        raise ReadError(message) from None
    walker = _Walker(file)
    try:
        tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    except RecursionError:
        raise ReadError("it is nested too deep") from None
    walker.walk(_tree(tokens))
    return Reading(seals=tuple(walker.page.seals), sections=walker.page.sections)


@dataclass(slots=True)
class _Block:
    """A block of a page, with the blocks in it; ``line`` counts from 1."""

    kind: str
    line: int
    text: str = ""
    info: str = ""
    is_title: bool = False
    pictures: tuple[str, ...] = ()
    children: list[_Block] = field(default_factory=list)

    def every(self, kind: str) -> list[_Block]:
        """The blocks of a kind inside, in order."""
        found = [self] if self.kind == kind else []
        return found + [block for child in self.children for block in child.every(kind)]

    @property
    def shown(self) -> str:
        """The text of a block and of those in it."""
        return flat(" ".join([self.text, *(child.shown for child in self.children)]))


def _tree(tokens: Sequence[Token]) -> list[_Block]:
    """The blocks of a page. The parser bounds how deep they are nested."""
    open = [_Block("", 1)]
    for token in tokens:
        if token.nesting < 0:
            open.pop()
            continue
        line = token.map[0] + 1 if token.map else open[-1].line
        if token.type == "inline":
            open[-1].text = _shown(token.children or [])
            open[-1].is_title = _is_emphasis(token.children or [])
            images = (child for child in token.children or [] if child.type == "image")
            open[-1].pictures = tuple(str(image.attrs.get("src", "")) for image in images)
            continue
        block = _Block(token.type.removesuffix("_open"), line, info=token.info)
        if token.type in ("fence", "code_block"):
            block.text = token.content
        if token.type == "heading_open":
            block.info = token.tag[1:]
        open[-1].children.append(block)
        if token.nesting > 0:
            open.append(block)
    return open[0].children


def _shown(tokens: Sequence[Token]) -> str:
    """The text that a reader sees of a line."""
    told = []
    for token in tokens:
        if token.type in ("text", "code_inline", "text_special"):
            told.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            told.append(" ")
    return "".join(told)


def _is_emphasis(tokens: Sequence[Token]) -> bool:
    """Whether a line is emphasised as a whole, as titles of what follows are."""
    seen = [token for token in tokens if token.content or token.type != "text"]
    return bool(seen) and seen[0].type == "em_open" and seen[-1].type == "em_close"


class _Walker:
    def __init__(self, file: File) -> None:
        self.file = file
        self.page = PageCollector(file)
        self.heading = ""

    def walk(self, blocks: Sequence[_Block]) -> None:
        title = ""
        for block in blocks:
            place = self.file.place(block.line)
            match block.kind:
                case "heading":
                    self.heading = block.text
                    self.page.heading(block.text, int(block.info), place)
                case "paragraph":
                    self.paragraph(block)
                    for address in block.pictures:
                        about = (self.page.said(title),) if title else ()
                        self.page.linked(address, about, place)
                case "fence" if block.info.split(" ")[0] in LANGUAGES:
                    self.picture(block, title)
                case "fence" | "code_block":
                    first = block.line + (block.kind == "fence")
                    self.page.code(block.text, first)
                case "bullet_list" | "ordered_list":
                    items = [(item.shown, self.file.place(item.line)) for item in block.children]
                    self.page.items(items, place)
                    self.walk(block.children)
                    self.page.paragraph("")
                case "blockquote" if match := _WARNS.match(block.shown):
                    self.page.warning(block.shown[match.end() :], place)
                case "table":
                    rows = [
                        ([cell.text for cell in row.children], self.file.place(row.line))
                        for row in block.every("tr")
                    ]
                    self.page.table(title, rows, place)
                case _:
                    self.walk(block.children)
            title = flat(block.text) if block.is_title else ""

    def paragraph(self, block: _Block) -> None:
        """A paragraph, which may tell who needs what the heading names."""
        self.page.paragraph(block.text)
        place = self.file.place(block.line)
        self.page.entry(self.heading, [(block.text, place)], place)

    def picture(self, block: _Block, title: str) -> None:
        about = (self.page.said(title),) if title else ()
        language = block.info.split(" ")[0]
        try:
            claim = LANGUAGES[language](block.text, self.file, about, block.line + 1)
        except ReadError as error:
            # Nothing says that it is of the topology.
            unread = ((f"a picture ({error})", self.file.place(error.line, error.column)),)
            claim = Claim(frozenset(), {}, self.file.place(block.line), about, unread)
        self.page.claim(claim)
