"""Draws the pictures of a page for its builder: SVG inside it, an image file, or words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders.gettext import I18nBuilder
from sphinx.util import logging

from diagtool import __version__, exporting
from diagtool.files.writing import OutputError, write
from diagtool.guide.names import Unusable
from diagtool.model.diagram import Diagram, in_labels
from diagtool.pictures import formats
from diagtool.pictures.drawing import Drawing, DrawnGroup, DrawnNode
from diagtool.pictures.formats import FormatError, FormatKind, Look, svg
from diagtool.pictures.formats._drawn import safe_link
from diagtool.pictures.ordering import ordered
from diagtool.pictures.text_metrics import FontError, Fonts
from diagtool.sphinxext import stylesheet
from diagtool.sphinxext.domain import TopoDomain
from diagtool.sphinxext.output_index import OutputIndex
from diagtool.sphinxext.pictures import download, mapped, picture, told, translated
from diagtool.sphinxext.settings import refuse

logger = logging.getLogger(__name__)

MEDIA_TYPES = {"svg": "image/svg+xml", "pdf": "application/pdf", "png": "image/png"}
"""What a page can show, and how a builder says that it takes it."""

SHARP = 2
"""How many pixels of a PNG stand for one of the drawing: fine screens show them all."""

WIDEST = 620
"""How many pixels wide a picture can be on paper."""

_ROLE = re.compile(r"\s*:(?:([\w-]+):)?([\w-]+):`(?:[^`<]*<)?([^`<>]+)>?`\s*")
_LENGTH = re.compile(r"([0-9.]+)(.*)")


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A picture of a page with its drawing, both in the page's language."""

    node: picture
    content: Diagram | str
    drawing: Drawing
    alt: str
    look: Look

    @property
    def shapes(self) -> Sequence[DrawnNode | DrawnGroup]:
        """Nodes and groups, those on top first."""
        return (*self.drawing.nodes, *reversed(self.drawing.groups))

    @property
    def size(self) -> _Size:
        """How large it is shown."""
        return _Size(self.node["size"], self.drawing)


class Renderer:
    """Draws the pictures of one build."""

    def __init__(self, app: Sphinx, output_index: OutputIndex | None) -> None:
        config = app.config
        path = stylesheet.font(app)
        try:
            self.fonts = Fonts(path)
        except FontError as error:
            refuse(app, "topo_font" if config.topo_font else "blockdiag_fontpath", str(error))
            self.fonts, path = Fonts(None), None
        try:
            for name in config.topo_downloads:
                formats.get(name)
        except FormatError as error:
            refuse(app, "topo_downloads", str(error))
        self.look = Look(
            theme=stylesheet.theme(app),
            transparent=config.blockdiag_transparency,
            font=str(path) if path else None,
        )
        self.warned = 0
        self.doubtful: list[Path] = []
        self.app = app
        self.output_index = output_index
        self.config = config
        self.builder: Any = app.builder
        self.domain = TopoDomain.of(app.env)
        self.cache = Path(app.doctreedir) / "topo"
        self.downloads = Path(app.outdir) / "_downloads"
        self.in_html = self.builder.format == "html"
        self.on_site = self.in_html and not getattr(self.builder, "embedded", False)
        self.offers = self.in_html and getattr(self.builder, "download_support", False)

    def close(self) -> None:
        """Drops the files that something was said about, for the next build to say it again."""
        for path in self.doubtful:
            path.unlink(missing_ok=True)

    def render_page(self, doctree: nodes.document, docname: str) -> None:
        """Puts every picture and file of a page in its place."""
        if self.output_index is not None:
            self.output_index.open(docname)
        for number, node in enumerate(list(doctree.findall(picture)), 1):
            self.draw(node, docname, f"topo-{number}")
        lines: list[nodes.paragraph] = []
        for file in _last(doctree.findall(download)):
            links = list(self.links(file, docname)) if self.offers else []
            before = file.parent.children[: file.parent.index(file)][-1:]
            if links and before and before == lines[-1:]:
                lines[-1] += [nodes.Text(" "), *links]  # files side by side are on one line
                file.replace_self([])
            else:
                lines += [_paragraph(links)] if links else []
                file.replace_self(lines[-1:] if links else [])

    def draw(self, node: picture, docname: str, prefix: str) -> None:
        """Puts a picture in its place, or has the build fail."""
        from diagtool.pictures.layout import (
            LayoutError,  # a build without pictures need not load it
        )

        try:
            self.place(self.drawn(node), docname, prefix)
        except LayoutError as error:
            place = ""
            if error.line is not None and node.get("origin"):
                place = f" ({node['origin']}:{node['first_line'] + error.line - 1})"
            self.fail(node, docname, error.message + place)
        except (FormatError, OutputError) as error:
            self.fail(node, docname, str(error))
        except Unusable:
            node.parent.remove(node)  # the build fails for what is wrong with the topology

    def fail(self, node: picture, docname: str, message: str) -> None:
        """Takes a picture that cannot be drawn off the page, and has the build fail."""
        self.domain.fail(docname, f"cannot draw the picture: {message}", node)
        node.parent.remove(node)

    def drawn(self, node: picture) -> _Drawn:
        """The drawing of a picture. Raises LayoutError or FormatError."""
        from diagtool.pictures.layout import lay_out

        def warn(message: str) -> None:
            logger.warning(message, location=node, type="topo", subtype="picture")

        def warn_of_glyph(message: str) -> None:
            self.warned += 1
            logger.warning(message, location=node, type="topo", subtype="glyph")

        translations: Mapping[str, str] = node.get("translations", {})
        content = translated(node["content"], translations)
        alt = translations.get(node["alt"], node["alt"])
        caption = _caption(node)
        look = replace(self.look, warn=warn_of_glyph)
        if isinstance(content, Diagram):
            topology = self.domain.topologies.topology(node["topology"])
            drawing = exporting.draw(topology, content, look)
            drawing = replace(drawing, title=caption, description=alt)
        else:
            drawing = lay_out(
                content,
                name=node["filename"],
                title=caption or alt or "Diagram",
                base=Path(self.app.srcdir),
                folder=Path(node["folder"]),
                fonts=self.fonts,
                warn=warn,
            )
            # Where there is no caption, the author's words are the title already.
            described = alt if caption and alt else told(drawing)
            drawing = replace(drawing, description=described)
        return _Drawn(node, content, drawing, alt or drawing.description, look)

    # --- what stands on the page ------------------------------------------------------

    def place(self, drawn: _Drawn, docname: str, prefix: str) -> None:
        """Puts what the builder can show in place of a picture. Raises FormatError."""
        drawn, links = self.link(drawn, docname)
        if isinstance(self.builder, I18nBuilder):
            return  # catalogues are made of the words of the picture itself
        node, format = drawn.node, self.format()
        if format is None:
            _tell(drawn)
            return
        shown: nodes.Element
        if format == "svg" and self.on_site:
            shown = nodes.raw("", _inline(drawn, prefix, links), format="html")
        else:
            shown = self.image(drawn, format, docname)
            if links and self.in_html:
                shown = mapped("", **shown.attributes, map=prefix, areas=_areas(drawn, links))
        # What leads to a picture by its name leads to a target, which every builder knows.
        node.replace_self([nodes.target(), shown] if node["ids"] else shown)
        if isinstance(node.parent, nodes.figure):
            if node.get("fit"):
                node.parent["width"] = f"{round(drawn.size.natural)}px"
            files = list(self.files(drawn, docname)) if self.offers else []
            if files:
                node.parent += nodes.legend("", _paragraph(files))

    def format(self) -> str | None:
        """The format in which this builder shows pictures, None where it shows none."""
        wanted: str = {
            "html": self.config.blockdiag_html_image_format,
            "latex": self.config.blockdiag_tex_image_format
            or self.config.blockdiag_latex_image_format,
        }.get(self.builder.format, "svg")
        for format in (wanted.lower(), *MEDIA_TYPES):
            if MEDIA_TYPES[format] in self.builder.supported_image_types:
                return format
        return None

    def image(self, drawn: _Drawn, format: str, docname: str) -> nodes.image:
        """A picture as a file, drawn unless it is there. Raises FormatError."""
        name = f"{drawn.node['filename']}-{self.digest(drawn, format)}.{format}"
        path = self.cache / name
        if not path.exists():
            warned = self.warned
            write(self.cache, name, self.content(drawn, format))
            if self.warned > warned:
                self.doubtful.append(path)
        shown = self.app.env.images.add_file(docname, str(path))
        self.use(docname, f"{self.builder.imagedir}/{shown}")
        image = nodes.image(alt=drawn.alt, uri=str(path), candidates={"*": str(path)})
        image["classes"] += [*drawn.node["classes"], "no-scaled-link"]
        image.source, image.line = drawn.node.source, drawn.node.line
        if "align" in drawn.node:
            image["align"] = drawn.node["align"]
        image.attributes.update(drawn.size.of_image(format, on_paper=not self.in_html))
        return image

    def link(self, drawn: _Drawn, docname: str) -> tuple[_Drawn, Mapping[str, str]]:
        """A picture with addresses only for links, and where its boxes lead on a page."""
        links: dict[str, str] = {}
        addresses: dict[str, str] = {}
        for shape in drawn.shapes:
            url: str | None = None
            if shape.href and (match := _ROLE.fullmatch(shape.href)):
                url = self.resolve(drawn.node, *match.groups(), docname=docname)
            elif shape.href:
                url = addresses[shape.id] = shape.href
            elif shape.part:
                url = self.domain.url(self.builder, docname, drawn.node["topology"], shape.part)
            if url:
                links[shape.id] = url
        drawing = replace(
            drawn.drawing,
            nodes=tuple(replace(n, href=addresses.get(n.id)) for n in drawn.drawing.nodes),
            groups=tuple(replace(g, href=addresses.get(g.id)) for g in drawn.drawing.groups),
        )
        return replace(drawn, drawing=drawing), links

    def resolve(
        self, node: picture, domain: str | None, role: str, target: str, *, docname: str
    ) -> str | None:
        """The URL of what a role would lead to, such as ``:ref:`` or ``:doc:``."""
        env, label = self.app.env, target.lower() if role == "ref" else target
        found = None
        if home := env.domains.get(domain or "std"):
            xref = addnodes.pending_xref(
                "",
                refdoc=docname,
                refdomain=home.name,
                refexplicit=True,
                reftarget=label,
                reftype=role,
            )
            found = home.resolve_xref(env, docname, self.builder, role, label, xref, nodes.inline())
        if found is None:
            what = {"ref": "undefined label", "doc": "unknown document"}.get(role, f"no {role}")
            logger.warning("%s: %r", what, target, location=node, type="ref", subtype=role)
            return None
        return f"#{found.get('refid', '')}" if not found.get("refuri") else str(found["refuri"])

    # --- files ------------------------------------------------------------------------

    def digest(self, drawn: _Drawn, format: str) -> str:
        """Says whether two files would be the same before either is written."""
        look = replace(self.look, font=self.look.font and Path(self.look.font).name)
        said = repr((__version__, format, drawn.content, drawn.drawing, look))
        return sha256(said.encode()).hexdigest()[:16]

    def content(self, drawn: _Drawn, name: str) -> bytes:
        """A picture in a format. Raises FormatError."""
        look = replace(drawn.look, scale=SHARP if name == "png" else 1)
        format = formats.get(name)
        content: str | bytes
        if format.KIND is FormatKind.DRAWN:
            content = format.write(drawn.drawing, look)
        elif format.KIND is FormatKind.PAGED:
            content = format.write([drawn.drawing], look)
        elif isinstance(drawn.content, str):
            from diagtool.pictures.layout import whole

            content = f"{whole(drawn.content)}\n"  # blockdiag itself reads nothing less
        else:
            content = format.write(in_labels(ordered(drawn.content)))
        return content.encode() if isinstance(content, str) else content

    def use(self, docname: str, path: str) -> None:
        """Notes that a page uses a file of the site."""
        if self.output_index is not None:
            self.output_index.use(docname, path)

    def files(self, drawn: _Drawn, docname: str) -> Iterator[nodes.Element]:
        """Links to a picture in the formats that the project offers."""
        for name in self.config.topo_downloads:
            format = formats.get(name)
            if (
                isinstance(drawn.content, str)
                and format.KIND is FormatKind.TEXT
                and name != "blockdiag"
            ):
                continue  # what is written by hand is in blockdiag's language alone
            filename = drawn.node["filename"] + format.SUFFIX
            folder = self.digest(drawn, name)
            self.use(docname, f"_downloads/{folder}/{filename}")
            try:
                if not (self.downloads / folder / filename).exists():
                    write(self.downloads, f"{folder}/{filename}", self.content(drawn, name))
            except FormatError as error:
                logger.warning("no download: %s", error, once=True, type="topo", subtype="download")
                continue
            label = "source" if name == "blockdiag" else name.upper()
            yield addnodes.download_reference("", label, filename=f"{folder}/{filename}")

    def links(self, file: download, docname: str) -> Iterator[nodes.Element]:
        """A link to a file that the page brings along."""
        filename, content = file["filename"], file["content"]
        folder = sha256(content).hexdigest()[:16]
        self.use(docname, f"_downloads/{folder}/{filename}")
        write(self.downloads, f"{folder}/{filename}", content)
        yield addnodes.download_reference("", filename, filename=f"{folder}/{filename}")


def _last(files: Iterable[download]) -> list[download]:
    """Takes away files that the same section offers again further down."""
    kept: dict[tuple[int, str], download] = {}
    for file in list(files):
        section = file.parent
        while section.parent is not None and not isinstance(section, nodes.section):
            section = section.parent
        key = id(section), file["filename"]
        if before := kept.pop(key, None):
            before.parent.remove(before)
        kept[key] = file
    return list(kept.values())


class _Size:
    """How large a picture is shown: the options of an image directive."""

    def __init__(self, options: Mapping[str, Any], drawing: Drawing) -> None:
        self.scale = float(options.get("scale", 100)) / 100
        self.width = self._scaled(options.get("width"))
        self.height = self._scaled(options.get("height"))
        self.natural = drawing.width * self.scale
        self._drawing = drawing

    def _scaled(self, length: str | None) -> str | None:
        if length is None or not (match := _LENGTH.fullmatch(length)):
            return length
        return f"{float(match[1]) * self.scale:g}{match[2] or 'px'}"

    def of_image(self, format: str, *, on_paper: bool) -> dict[str, str]:
        """The attributes of an image node; a file without them is shown as large as it is."""
        given = {"width": self.width, "height": self.height}
        size = {name: length for name, length in given.items() if length}
        if not size and (format == "png" or self.scale != 1):
            size["width"] = f"{min(self.natural, WIDEST) if on_paper else self.natural:g}px"
        return size

    @property
    def ratio(self) -> float:
        """How many CSS pixels stand for one of the drawing, as far as the options say."""
        drawing = self._drawing
        for length, whole in ((self.width, drawing.width), (self.height, drawing.height)):
            if length and length.endswith("px"):
                return float(length.removesuffix("px")) / whole
        return self.scale

    @property
    def style(self) -> str:
        """The declarations that size an inline picture."""
        if not (self.width or self.height):
            return ""
        return f"width:{self.width or 'auto'};height:{self.height or 'auto'};min-width:0"


def _inline(drawn: _Drawn, prefix: str, links: Mapping[str, str]) -> str:
    """A picture in a box that scrolls where the page is too narrow for it."""
    look = replace(drawn.look, scale=drawn.size.scale)
    html = svg.inline(drawn.drawing, look, id_prefix=prefix, links=links)
    size = drawn.size
    if size.style:
        html = html.replace("<svg ", f'<svg style="{escape(size.style)}" ', 1)
    # A box that scrolls would be squeezed in beside a figure that floats.
    room = f"min-width:min(100%,{size.width or f'{size.natural:g}px'})"
    classes = ["topo-scroll", *drawn.node["classes"]]
    if "align" in drawn.node:
        classes.append(f"align-{drawn.node['align']}")
    # Whoever has no pointer scrolls a box with the keyboard, which a link inside leads to.
    focus = "" if links else ' tabindex="0"'
    attributes = f'class="{escape(" ".join(classes))}" style="{escape(room)}"{focus}'
    return f"<div {attributes}>{html}</div>\n"


def _areas(drawn: _Drawn, links: Mapping[str, str]) -> list[tuple[tuple[float, ...], str, str]]:
    """The boxes that lead somewhere, where to, and what they say."""
    ratio = drawn.size.ratio
    return [
        (
            tuple(x * ratio for x in (s.box.x, s.box.y, s.box.right, s.box.bottom)),
            link,
            " ".join(s.label.split()) or s.id,
        )
        for s in drawn.shapes
        if (link := safe_link(links.get(s.id)))
    ]


def _tell(drawn: _Drawn) -> None:
    """Puts words in place of a picture, or of the figure that it stands in."""
    words = nodes.paragraph(drawn.alt, drawn.alt)
    figure = drawn.node.parent
    if not isinstance(figure, nodes.figure):
        drawn.node.replace_self(words)
        return
    captions = [c for c in figure.children if isinstance(c, nodes.caption)]
    titles = [nodes.paragraph("", "", nodes.strong("", "", *c.children)) for c in captions]
    figure.replace_self([*titles, words])


def _caption(node: picture) -> str:
    """The caption of the figure around a picture."""
    captions = node.parent.children if isinstance(node.parent, nodes.figure) else ()
    return next((c.astext() for c in captions if isinstance(c, nodes.caption)), "")


def _paragraph(links: Sequence[nodes.Element]) -> nodes.paragraph:
    """A line of links to files; searches pass it over."""
    line = nodes.paragraph(classes=["topo-downloads", "no-search"])
    for link in links:
        line += [nodes.Text(" "), link] if line.children else link
    return line
