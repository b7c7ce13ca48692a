"""Like reStructuredText pages, with pictures and config in fenced blocks: of GitHub, MkDocs and
MyST. Tables and HTML are not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from diagtool.checks.readers import File
from diagtool.checks.readers._graph import Graph
from diagtool.model import Place
from diagtool.scaffolding.importing import graphs, markup
from diagtool.scaffolding.importing.draft import Draft, cleaned
from diagtool.scaffolding.importing.pages import Code, Items, Other, Page, Paragraph, Picture

WHAT = "Markdown pages"

_FENCE = re.compile(r"(?P<indent> *)(?P<fence>`{3,}|~{3,}|:{3,})[ \t]*(?P<info>.*)$")
_HEADING = re.compile(r"(?P<level>#{1,6})[ \t]+(?P<text>.*?)[ \t#]*$")
_ITEM = re.compile(r" *(?:[-*+]|[0-9]{1,9}[.)])[ \t]+(?P<text>.*)$")
_QUOTE = re.compile(r" *> ?(?P<text>.*)$")
_OPTION = re.compile(r":[\w-]+:")
_ALERT = re.compile(r"\[!(?P<kind>\w+)\]\s*")
_INLINE = re.compile(
    r"`(?P<literal>[^`]+)`|\[(?P<words>[^\[\]]*)\]\((?P<url>[^\s()]*)\)"
    r"|(?P<mark>\*{1,3}|_{2,3}|(?<!\w)_|_(?!\w))|\\(?P<escaped>[!-/:-@\[-`{-~])"
)
_WARNINGS = ("warning", "caution", "danger", "attention")
_PASSED_OVER = ("tip", "note", "hint", "important")


def fits(file: File) -> bool:
    return file.path.lower().endswith((".md", ".markdown"))


def take(file: File, draft: Draft) -> None:
    _Walker(file, draft).walk()


class _Walker:
    def __init__(self, file: File, draft: Draft) -> None:
        self.file, self.draft = file, draft
        self.page = Page(file, draft)
        self.lines = file.text().splitlines()
        self.at = 0

    def walk(self) -> None:
        if self.lines[:1] == ["---"] and "---" in self.lines[1:]:
            self.at = self.lines.index("---", 1) + 1
        while self.at < len(self.lines):
            line, place = self.lines[self.at], self.file.place(self.at + 1)
            if not line.strip():
                self.at += 1
            elif match := _HEADING.match(line):
                self.page.heading(_plain(match["text"]), len(match["level"]), place)
                self.at += 1
            elif match := _FENCE.match(line):
                self.fence(match)
            elif _ITEM.match(line):
                self.items(place)
            elif _QUOTE.match(line):
                self.quote(place)
            elif line.lstrip().startswith(("|", "<")):
                what = "a table" if line.lstrip().startswith("|") else "a piece of HTML"
                self.page.add(Other(what, place))
                self.block()
            else:
                self.page.add(self.paragraph(" ".join(self.block()), place))
        self.page.finish()

    def block(self) -> list[str]:
        """The lines up to the next blank one, or one that starts something else."""
        found = [self.lines[self.at].strip()]
        self.at += 1
        while self.at < len(self.lines) and (line := self.lines[self.at]).strip():
            if any(start.match(line) for start in (_HEADING, _FENCE, _ITEM, _QUOTE)):
                break
            found.append(line.strip())
            self.at += 1
        return found

    def fence(self, match: re.Match[str]) -> None:
        """A fenced block: a picture, a warning of MyST, or code."""
        start, end = self.at + 1, match["fence"]
        self.at = start
        while self.at < len(self.lines) and not self.lines[self.at].strip().startswith(end):
            self.at += 1
        body, place = self.lines[start : self.at], self.file.place(start + 1)
        self.at += 1
        name, _, title = match["info"].strip().partition(" ")
        language = name.strip("{}.").lower()
        if name.startswith("{"):
            options = (number for number, text in enumerate(body) if not _OPTION.match(text))
            first = next(options, len(body))
            body, place = body[first:], self.file.place(start + first + 1)
        if language in graphs.SOURCES:
            self.page.add(Picture(self.picture(language, "\n".join(body), place), place))
        elif language in (*_WARNINGS, *_PASSED_OVER):
            text = " ".join([title, *body])
            self.page.add(self.paragraph(text, place, is_warning=language in _WARNINGS))
        elif name.startswith("{") and not language.startswith("code"):
            self.page.add(Other(f"the directive '{cleaned(language, 60)}'", place))
        else:
            self.page.add(Code("\n".join(body), place))

    def picture(self, language: str, source: str, place: Place) -> Callable[[], Graph]:
        return lambda: graphs.SOURCES[language](source, self.file, place.line)

    def items(self, place: Place) -> None:
        """The items of a list, with what is in them on further lines."""
        found: list[tuple[str, Place]] = []
        while self.at < len(self.lines) and (match := _ITEM.match(self.lines[self.at])):
            where = self.file.place(self.at + 1)
            text = " ".join([match["text"], *self.block()[1:]])
            found.append((text, where))
        self.page.add(Items(tuple(self.paragraph(*item) for item in found), place))

    def quote(self, place: Place) -> None:
        """A quotation, or one of GitHub's alerts."""
        said = []
        while self.at < len(self.lines) and (match := _QUOTE.match(self.lines[self.at])):
            said.append(match["text"].strip())
            self.at += 1
        text = " ".join(said)
        alert = _ALERT.match(text)
        warns = bool(alert and alert["kind"].lower() in _WARNINGS)
        text = text[alert.end() :] if alert else text
        self.page.add(self.paragraph(text, place, is_warning=warns))

    def paragraph(self, text: str, place: Place, *, is_warning: bool = False) -> Paragraph:
        return Paragraph(_plain(text), lambda: self.marked_up(text), place, is_warning)

    def marked_up(self, text: str) -> str:
        """What a text says, in the markup of topologies."""
        parts, at = [], 0
        for match in _INLINE.finditer(text):
            parts.append(markup.plain(text[at : match.start()]))
            if match["literal"]:
                parts.append(markup.literal(match["literal"], self.draft))
            elif match["words"] is not None:
                parts.append(markup.link(_plain(match["words"]), match["url"]))
            elif match["escaped"]:
                parts.append(markup.plain(match["escaped"]))
            at = match.end()
        return "".join((*parts, markup.plain(text[at:])))


def _plain(text: str) -> str:
    """A text without its marks."""
    return _INLINE.sub(lambda m: m["literal"] or m["words"] or m["escaped"] or "", text)
