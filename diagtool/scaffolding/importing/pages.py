"""Pages: what they say of the services under whose headings it stands.

The importers of markup languages tell what comes in which order. A section with a picture of
servers, or a list of what is needed, is about a service; its text becomes the service's notes,
its config snippets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from diagtool.checks.readers import File, ReadError
from diagtool.checks.readers._graph import Graph
from diagtool.loading import schema
from diagtool.model import Place
from diagtool.scaffolding.importing import graphs, markup
from diagtool.scaffolding.importing.draft import Draft, Kind, Note, Part, Snippet, cleaned, key
from diagtool.scaffolding.importing.options import is_config, merged, options

_NEEDS = re.compile(r"\b(needs?|requires?|requirements?|depend(s|encies)?)\b", re.IGNORECASE)
_GENERAL = re.compile(
    r"(needs?( access)?( to)?|requirements?|requires|depend(s on|encies)|notes?|diagrams?|layout|"
    r"architecture|overview|(sample )?config(uration)?|examples?)\W*",
    re.IGNORECASE,
)
_INSTEAD = re.compile(r"(or|alternatively|instead)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text; ``marked_up`` gives it in the markup of topologies once all parts are known."""

    plain: str
    marked_up: Callable[[], str]
    place: Place
    is_warning: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Paragraph, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Code:
    """A block in a fixed-width face."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Picture:
    """The source of a picture; ``read`` gives its graph or raises ReadError."""

    read: Callable[[], Graph]
    place: Place


@dataclass(frozen=True, slots=True)
class Other:
    """What is on the page and cannot be understood, in words."""

    what: str
    place: Place


Block = Paragraph | Items | Code | Picture | Other


@dataclass(slots=True)
class _Section:
    """What stands under a heading, but for sections about something of their own."""

    title: str
    level: int
    place: Place
    blocks: list[tuple[str, Block]] = field(default_factory=list)
    part: Part | None = None


class Page:
    """Collects what a page says, then adds it to a draft."""

    def __init__(self, file: File, draft: Draft) -> None:
        self.file, self.draft = file, draft
        self.sections = [_Section("", 0, file.place())]
        self.open: list[tuple[int, str, _Section]] = [(0, "", self.sections[0])]

    def heading(self, text: str, level: int, place: Place) -> None:
        """Starts a section; ``level`` is 1 for the highest."""
        while len(self.open) > 1 and self.open[-1][0] >= level:
            self.open.pop()
        section = self.open[-1][2]
        if not (_GENERAL.fullmatch(cleaned(text)) and section.title):
            section = _Section(cleaned(text), level, place)
            self.sections.append(section)
        self.open.append((level, cleaned(text), section))

    def add(self, block: Block) -> None:
        """Something that stands here."""
        _, title, section = self.open[-1]
        section.blocks.append((title, block))

    def finish(self) -> None:
        """Adds all of it to the draft: pictures first, so that texts can name their parts."""
        for section in self.sections:
            self.pictures(section)
        for section in self.sections:
            self.texts(section)

    def pictures(self, section: _Section) -> None:
        """The pictures and needs of a section."""
        services: dict[Part, None] = {}
        named = section.title if section.level > 1 else ""
        for _, block in section.blocks:
            if isinstance(block, Picture):
                try:
                    services.update(dict.fromkeys(graphs.take(self.draft, block.read(), named)))
                except ReadError as error:
                    place = self.file.place(error.line, error.column)
                    self.draft.remark(place, f"a picture that cannot be read: {error}")
        lists = list(_needs(section))
        if len(services) == 1:
            section.part = next(iter(services))
        elif lists and named:
            section.part = self.draft.part(named, section.place, kind=Kind.SERVICE)
        for each in lists:
            if section.part is None:
                self.draft.remark(each.place, "a list of needs, and it is not clear whose")
                continue
            section.part.has_needs = True
            for item in each.items:
                if need := re.sub(r"^(the|an?) ", "", cleaned(item.plain), flags=re.IGNORECASE):
                    section.part.needs.setdefault(need, item.place)

    def texts(self, section: _Section) -> None:
        """The words and the config of a section."""
        needs = list(_needs(section))
        blocks = [block for _, block in section.blocks if block not in needs]
        if section.part is None:
            self.elsewhere(section, blocks)
            return
        instead = False
        for block in blocks:
            match block:
                case Paragraph():
                    self.note(section.part, block)
                    instead = bool(_INSTEAD.match(block.plain))
                case Items():
                    for item in block.items:
                        self.note(section.part, item)
                case Code():
                    self.snippet(section.part, block, instead=instead)
                case Other():
                    self.draft.remark(block.place, block.what, section.part)

    def elsewhere(self, section: _Section, blocks: list[Block]) -> None:
        """A section that is of no service: what the page starts with is the intro."""
        skipped = 0
        for block in blocks:
            if isinstance(block, Paragraph) and section.level < 2:
                if text := markup.text(block.marked_up()):
                    self.draft.intro.append(text)
            elif isinstance(block, Other):
                self.draft.remark(block.place, block.what)
            elif isinstance(block, Code):
                self.draft.remark(block.place, "a block of text that belongs to no service")
            elif not isinstance(block, Picture):
                skipped += 1
        if skipped:
            told = f"the text of the section '{section.title}'" if section.title else "a text"
            self.draft.remark(section.place, f"{told}, which is about no service")

    def note(self, part: Part, paragraph: Paragraph) -> None:
        """A paragraph or a warning."""
        if text := markup.text(paragraph.marked_up()):
            part.notes.append(Note(text, is_warning=paragraph.is_warning))

    def snippet(self, part: Part, code: Code, *, instead: bool) -> None:
        """A block of config, which takes the place of the one before after an "or"."""
        if not is_config(code.text):
            first = cleaned(code.text.strip().partition("\n")[0], 60)
            self.draft.remark(code.place, f"a block that is no config: {first}", part)
            return
        place = code.place
        found = options(code.text, self.file, self.draft, part, place.line, place.column)
        set_together = merged(found)
        if not set_together:
            return
        taken = {snippet.id for snippet in part.snippets}
        first_of = [s for s in part.snippets if not s.alternative_to]
        id = next(id for id in _snippet_ids(set_together[0].section) if id not in taken)
        snippet = Snippet(id, set_together)
        if instead and first_of:
            snippet.alternative_to = first_of[-1].id
        part.snippets.append(snippet)
        part.notes.append(Note(snippet=snippet))


def _needs(section: _Section) -> Iterator[Items]:
    """The lists that say what is needed: by their heading, or by the words before them."""
    before = ""
    for heading, block in section.blocks:
        if isinstance(block, Items):
            about = before if before.endswith(":") else heading if _is_general(heading) else ""
            if _NEEDS.search(about):
                yield block
        before = block.plain.strip() if isinstance(block, Paragraph) else ""


def _is_general(heading: str) -> bool:
    return bool(_GENERAL.fullmatch(heading))


def _snippet_ids(section: str) -> Iterator[str]:
    """Ids for a snippet with options of this section."""
    name = re.sub(r"[^a-z0-9]+", "-", key(section)).strip("-")
    name = name if re.match(schema.ID, name) else "config"
    yield name[:60]
    number = 2
    while True:
        yield f"{name[:56]}-{number}"
        number += 1
