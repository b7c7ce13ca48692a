"""Files of a topology made again, as they would be written today.

Which file one was, its seal tells: the views that it shows, and the look that it was made
with. Without a seal, its name does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from diagtool import exporting
from diagtool.checks.readers import File, ReadError, drawio, markdown, pptx, svg
from diagtool.checks.readers import pdf as pdf_reader
from diagtool.checks.readers._archive import Archive
from diagtool.checks.readers._markup import parse_xml
from diagtool.checks.verify.model import Model, key
from diagtool.checks.verify.normal_forms import deployment, form_of, pdf
from diagtool.checks.verify.proof import EVIDENT
from diagtool.guide import renderer
from diagtool.guide.markdown import DIALECTS
from diagtool.guide.renderer import GuideError, Line
from diagtool.model import Place, diagram, failure_tables, port_and_host_tables
from diagtool.model.diagram import Diagram
from diagtool.pictures import formats
from diagtool.pictures.drawing import Drawing
from diagtool.pictures.formats import FormatError, FormatKind, Look

_SEAL = re.compile(r"diagtool ([^\s/;]+)/([^\s;]+) (sha256:[0-9a-f]{64})")
_OCTAL = re.compile(r"\\([0-3][0-7]{2})")
_OBJECT = re.compile(r'<object [^>]*?\btopology="([^"]*)" view="([^"]*)" digest="([^"]*)"')
_SAMPLE = re.compile(r"# Sample configuration of (.+)\.$")
_NAMED = re.compile(r"[`(]([\w.-]+\.[a-z]+)[`)]")
"""The name of a file in a page, in quotes of code or as what a picture shows."""

PAGES = (".rst", *markdown.SUFFIXES)
"""What the names of plain pages end in."""

_OTHERWISE = {".gv": ".dot", ".svgz": ".svg", ".mermaid": ".mmd", ".plantuml": ".puml"}


MOST_PAGES = 200
"""How many views are drawn to find out what the pages of a PDF show that does not say it."""


AT_HAND = 16
"""How many drawings are kept for further files."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a file is made with beside the topology: values, a font and a template for decks."""

    values: Mapping[str, str] = field(default_factory=dict)
    font: str | None = None
    template: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a picture says that it comes from."""

    topology: str
    view: str
    digest: str


@dataclass(frozen=True, slots=True)
class Remade:
    """What a file would be today. ``place`` is where the topology states what it is about.

    ``places`` are those of single lines, where they are known.
    """

    content: bytes
    place: Place
    places: Mapping[str, Place] = field(default_factory=dict)

    def place_of(self, line: str) -> Place:
        """Where the topology states what a line says."""
        return self.places.get(key(line), self.place)


def sources(file: File) -> tuple[Source, ...]:
    """Where the pictures in a file say that they come from; empty where it carries no seal."""
    text = _seals(file)
    found = _SEAL.findall(text) or _OBJECT.findall(text)
    return tuple(Source(*one) for one in dict.fromkeys(found))


def _seals(file: File) -> str:
    """The part of a file in which its seals are; nothing of one that cannot be unpacked."""
    path = file.path.lower()
    try:
        if path.endswith(".pptx"):
            return pptx.properties(Archive(file.content))
        if path.endswith(".svgz"):
            return svg.unpacked(file).decode("latin-1")
        if path.endswith(".drawio") and b"<mxGraphModel" not in file.content:
            pages = (drawio.unpacked(page) for page in parse_xml(file.content).every("diagram"))
            return b"\n".join([file.content, *pages]).decode("latin-1")
    except ReadError:
        return ""
    text = file.content.decode("latin-1")
    if path.endswith(".pdf"):  # other programs write signs by their numbers
        text = _OCTAL.sub(lambda octal: chr(int(octal[1], 8)), text)
        return text if _SEAL.search(text) else pdf_reader.properties(file.content)
    return text


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a PDF file as it would be written, with its number there."""

    view: Diagram
    content: bytes
    number: int


def _likest(page: Sequence[str], known: Mapping[tuple[str, ...], Page]) -> Page | None:
    """The page that draws most of the same, at least as much as an edited one does."""
    drawn = Counter(page)

    def share(other: tuple[str, ...]) -> float:
        return (drawn & Counter(other)).total() / max(len(page), len(other))

    best = max(known, key=share, default=())
    return known[best] if best and share(best) >= EVIDENT else None


class Workshop:
    """Makes the files of a topology again, each once."""

    def __init__(self, model: Model, given: Given | None = None) -> None:
        self.model, self.given = model, given or Given()
        self._drawings: dict[tuple[Diagram, str | None], Drawing] = {}
        self._lines: dict[str, Sequence[Mapping[str, Sequence[Line]]]] = {}
        self._pages: dict[tuple[tuple[Diagram, ...], Look], Mapping[tuple[str, ...], Page]] = {}

    def remade(self, file: File, words: Mapping[str, str]) -> Iterator[Remade]:
        """What a file would be today, or each of several that it could be.

        ``words`` are the translations of labels. None for a file that is none of ours.
        """
        name = Path(file.path).name
        suffix = next((s for s in suffixes() if name.lower().endswith(s)), "")
        format = suffixes().get(suffix)
        if format is None:
            yield from self.of_pages(file)
            return
        shown = self.views(file, name[: -len(suffix)])
        if not shown:
            return
        if formats.get(format).KIND is not FormatKind.PAGED:
            shown = shown[:1]  # what it says of further ones stands behind the picture
        look = formats.noted(_seals(file), self.given.font, self.given.template)
        if look is None:
            return
        if format == "pdf" and (pages := self.assembled(file, look)):
            yield self.joined(pages, file, look)
            return
        yield from self.picture(format, shown, look)
        if words:
            translated = [diagram.relabelled(view, words) for view in shown]
            yield from self.picture(format, translated, look)

    def joined(self, pages: Sequence[Page], file: File, look: Look) -> Remade:
        """What another program makes of pages of our PDF files.

        Of what it says of itself, such a file may keep what the first of them said.
        """
        said = {"/Title": ", ".join(page.view.title for page in pages)}
        if sealed := self.sealed(file):
            for made in self.picture("pdf", sealed, look):
                said = pdf.information(made.content)
        content = pdf.joined([(page.content, page.number) for page in pages], said)
        return Remade(content, self.model.place(pages[0].view.name))

    def another(self, file: File) -> Diagram | None:
        """The view that a file shows which is called after another one, and carries no seal."""
        suffix = next((s for s in suffixes() if file.path.lower().endswith(s)), "")
        given = form_of(file) if suffix else None
        if given is None:
            return None
        for view in list(self.model.views.values())[:MOST_PAGES]:
            for remade in self.picture(suffixes()[suffix], [view], Look()):
                form = form_of(replace(file, content=remade.content))
                if form and form.pieces == given.pieces:
                    return view
        return None

    def renamed(self, file: File) -> str:
        """What a page or config would be called that has the name of another one."""
        content = file.content.replace(b"\r\n", b"\n")
        same = (name for name, text in self.filled.items() if text.encode() == content)
        return next(same, "")

    def picture(self, format: str, views: Sequence[Diagram], look: Look) -> Iterator[Remade]:
        """Views in a format; nothing where that cannot be made here."""
        from diagtool.pictures.layout import LayoutError
        from diagtool.pictures.text_metrics import FontError

        look = replace(look, warn=lambda _: None)
        try:
            content = exporting.together(
                self.model.topology, format, views, look=look, drawn=self.drawn
            ).content
        except (FormatError, LayoutError, FontError):
            return
        yield Remade(content, self.model.place(views[0].name))

    def drawn(self, view: Diagram, look: Look) -> Drawing:
        """The drawing of a view; files of several formats lie beside each other."""
        asked = view, look.font
        if asked not in self._drawings:
            if len(self._drawings) >= AT_HAND:
                self._drawings.pop(next(iter(self._drawings)))
            self._drawings[asked] = exporting.draw(self.model.topology, view, look)
        return self._drawings[asked]

    def views(self, file: File, stem: str) -> tuple[Diagram, ...]:
        """The views that a file shows, by its seals, else by its name."""
        if any(source.topology == self.model.topology.id for source in sources(file)):
            return self.sealed(file)
        view = self.model.view(stem)
        is_pdf = file.path.lower().endswith(".pdf")
        shown = tuple(page.view for page in self.drawn_pages(file, Look())) if is_pdf else ()
        return shown or ((view,) if view else ())

    def sealed(self, file: File) -> tuple[Diagram, ...]:
        """The views that a file says that it shows, if all of them are there."""
        sealed = [s for s in sources(file) if s.topology == self.model.topology.id]
        found = [self.model.drawn(source.view) for source in sealed]
        return tuple(view for view in found if view) if all(found) else ()

    def assembled(self, file: File, look: Look) -> tuple[Page, ...]:
        """The pages of a PDF with others, in another number or order, than it says that it has."""
        count = sum(1 for _ in pdf_reader.read_pages(file.content))
        if count != max(1, len(sources(file))):
            return self.drawn_pages(file, look)
        pages = self.drawn_pages(file, look) if count > 1 else ()
        numbers = [page.number for page in pages]
        is_reordered = sorted(numbers) == [*range(1, count + 1)] != numbers
        return pages if is_reordered and len({page.content for page in pages}) == 1 else ()

    def drawn_pages(self, file: File, look: Look) -> tuple[Page, ...]:
        """What each page of a PDF shows; nothing where one is like none of ours."""
        try:
            drawn = pdf.pages(pdf.form(file)).values()
        except ReadError:
            return ()
        every = list(self.model.views.values())[:MOST_PAGES]
        known: dict[tuple[str, ...], Page] = {}
        for views in (self.sealed(file) or every, *([view] for view in every)):
            known |= self._pages_of(views, look)
        found = [known.get(page) or _likest(page, known) for page in drawn]
        return tuple(page for page in found if page) if all(found) else ()

    def _pages_of(self, views: Sequence[Diagram], look: Look) -> Mapping[tuple[str, ...], Page]:
        """The pages of a file of some views, by what they draw; letters have numbers of theirs."""
        asked = tuple(views), look
        if asked not in self._pages:
            found = {}
            for made in self.picture("pdf", views, look):
                drawn = pdf.pages(pdf.form(File("all.pdf", made.content)))
                for view, (number, page) in zip(views, drawn.items(), strict=True):
                    found[page] = Page(view, made.content, number)
            self._pages[asked] = found
        return self._pages[asked]

    # Pages and config

    @cached_property
    def pages(self) -> Mapping[str, str]:
        """What ``render`` writes today, by the names of the files."""
        return renderer.render(self.model.topology)

    @cached_property
    def filled(self) -> Mapping[str, str]:
        """The same with values."""
        if not self.given.values:
            return self.pages
        return renderer.render(self.model.topology, values=self.given.values)

    @cached_property
    def in_markdown(self) -> Sequence[Mapping[str, str]]:
        """The pages that ``render`` writes in Markdown, none where they cannot be made here.

        Each way to show pictures has its own.
        """
        return [
            {name: renderer.text(lines) for name, lines in pages.items()}
            for pages in self.lines(".md")
        ]

    def lines(self, suffix: str) -> Sequence[Mapping[str, Sequence[Line]]]:
        """The lines of the pages whose names end in a suffix, by these, in each dialect."""
        if suffix not in self._lines:
            dialects = [make() for make in DIALECTS.values() if suffix == make.SUFFIX]
            try:
                made = [
                    renderer.pages(self.model.topology, dialect=dialect) for dialect in dialects
                ]
            except GuideError:
                made = []
            self._lines[suffix] = made
        return self._lines[suffix]

    def of_pages(self, file: File) -> Iterator[Remade]:
        """A page or config as ``render`` writes it."""
        if content := self.table(Path(file.path).name):
            yield Remade(content.encode(), self.model.place(""))
        in_markdown = file.path.lower().endswith(markdown.SUFFIXES)
        written = self.in_markdown if in_markdown else [self.filled, self.pages]
        name = self.name_of(file, written[0]) if written else ""
        if not name:
            return
        place = self.model.place(name.partition(".")[0])
        places = {
            key(line.text): line.place
            for pages in self.lines(Path(name).suffix)
            for line in pages.get(name, ())
            if line.text and line.place.line
        }
        for made in written:
            yield Remade(made[name].encode(), place, places)

    def missing(self, page: File) -> list[str]:
        """The files that a page names, that are written beside it, and that are not there."""
        named = dict.fromkeys(_NAMED.findall(page.text()))
        ours = (n for n in named if n in self.pages or n.removesuffix(".svg") in self.model.views)
        return [name for name in ours if not Path(page.path).with_name(name).exists()]

    def table(self, name: str) -> str:
        """A table of some flows or losses, as pages offer it; empty for another name."""
        match = re.fullmatch(r"(.+)\.(flows|failures)\.(csv|json)", name)
        selection = match and port_and_host_tables.asked(self.model.topology, match[1].split("."))
        if match is None or selection is None:
            return ""
        if match[2] == "flows":
            table = port_and_host_tables.of_flows(self.model.topology, selection)
        elif selection.service:
            service = self.model.topology.services[selection.service]
            table = failure_tables.of_failures(self.model.topology, service)
        else:
            return ""
        if match[3] == "csv":
            return port_and_host_tables.as_csv(table)
        return port_and_host_tables.as_json(self.model.topology, table)

    def name_of(self, file: File, written: Mapping[str, str]) -> str:
        """What a page or config would be called of those that are ``written``.

        Config says in its first line what it is of.
        """
        name = Path(file.path).name
        if name in written:
            return name
        # A site with several topologies has the name of one in front.
        for page in written:
            if name.endswith(f"-{page}") and page.endswith(deployment.SUFFIXES):
                return page
        first, _, _ = file.content.decode("utf-8", "replace").partition("\n")
        if match := _SAMPLE.match(first.strip()):
            service = self.model.service(match[1])
            return f"{service.id}.conf" if service else ""
        titled = (page for page in written if page.endswith(PAGES))
        for page in titled:
            if name.endswith(PAGES) and written[page].partition("\n")[0] == first.strip():
                return page
        return ""


def suffixes() -> dict[str, str]:
    """The names of formats by what their files end in."""
    named = {formats.get(name).SUFFIX: name for name in formats.names()}
    return {**named, **{other: named[suffix] for other, suffix in _OTHERWISE.items()}}
