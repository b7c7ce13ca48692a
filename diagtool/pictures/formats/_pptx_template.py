"""The deck that slides are put into: a template's, or python-pptx's own made wide."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from diagtool.files import reading
from diagtool.pictures.formats import FormatError, Look

if TYPE_CHECKING:
    from pptx.presentation import Presentation
    from pptx.slide import Slide, SlideLayout

_WIDE = (12192000, 6858000)
_MARGIN = 457200
_TITLE, _BODY, _OBJECT = 1, 2, 7
"""What PowerPoint calls placeholders for a title, for text and for anything."""


def new_deck(look: Look) -> Presentation:
    """A deck without slides. Raises FormatError where the look's template cannot be read."""
    return _template(look.template) if look.template else _plain_deck(look)


def _plain_deck(look: Look) -> Presentation:
    """python-pptx's own deck, whose layouts are for old screens, made as wide as new ones."""
    deck = _open(None)
    wider = _WIDE[0] / deck.slide_width if deck.slide_width else 1
    deck.slide_width, deck.slide_height = _WIDE  # type: ignore[assignment]
    deck.element.find("{*}sldSz").attrib.pop("type", None)
    master = deck.slide_master
    for holder in (master, *master.slide_layouts):
        for shape in holder.shapes:
            if shape.element.spPr.xfrm is None:
                continue
            shape.left, shape.width = round(shape.left * wider), round(shape.width * wider)
    title = next(s for s in master.placeholders if s.placeholder_format.type == _TITLE)
    title.top, title.height = _MARGIN // 2, 2 * _MARGIN
    body = next(s for s in master.placeholders if s.placeholder_format.type == _BODY)
    body.top, body.height = 3 * _MARGIN, _WIDE[1] - 4 * _MARGIN
    for font in master.element.iterfind(".//{*}titleStyle/{*}lvl1pPr/{*}defRPr"):
        font.set("sz", "2800")
    if not look.transparent:
        fill = master.background.fill
        fill.solid()
        fill.fore_color.rgb = rgb(look.theme.light.page)
    return deck


def _template(path: str) -> Presentation:
    """The deck of a file without its slides."""
    deck = _open(path)
    ids = deck.element.get_or_add_sldIdLst()
    for slide in list(ids):
        deck.part.drop_rel(slide.rId)
        ids.remove(slide)
    # What else names the slides that are gone would make PowerPoint repair the file.
    for gone in deck.element.xpath('./p:custShowLst | .//p:ext[.//*[local-name()="sldIdLst"]]'):
        gone.getparent().remove(gone)
    return deck


def _open(path: str | None) -> Presentation:
    try:
        from pptx import Presentation
    except ImportError:
        raise FormatError("pptx needs python-pptx: pip install 'diagtool[pptx]'") from None
    try:
        deck = Presentation(BytesIO(reading.read(Path(path))) if path else None)
        # The layouts are looked for here, so that a broken file is found out here.
        if not deck.slide_layouts or not deck.slide_width or not deck.slide_height:
            raise FormatError(f"{path}: the deck has no slide layout")
    except FormatError:
        raise
    except Exception as error:
        # python-pptx has no exception of its own for what is wrong inside of a file.
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise FormatError(f"{path}: not a PowerPoint deck (.pptx): {reason}") from None
    return deck


def layout_of(deck: Presentation) -> SlideLayout:
    """The layout for a slide with a title and a picture."""

    def rank(layout: Any) -> int:
        kind = layout._element.get("type")
        if kind in ("titleOnly", "obj"):
            return ("titleOnly", "obj").index(kind)
        kinds = [holder.placeholder_format.type for holder in layout.placeholders]
        return 2 if _TITLE in kinds else 3 if kind == "blank" else 4

    return min(deck.slide_layouts, key=rank)


def drop_thumbnail(deck: Presentation) -> None:
    """Leaves out the picture of the first slide: it is that of another deck."""
    from pptx.opc.constants import RELATIONSHIP_TYPE

    package = deck.part.package
    for id, relation in list(package._rels.items()):
        if relation.reltype == RELATIONSHIP_TYPE.THUMBNAIL:
            package.drop_rel(id)


class Area(NamedTuple):
    """A rectangle of a slide, in EMU."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def size(self) -> int:
        """How large it is, 0 where nothing is left of it."""
        return max(0, self.right - self.left) * max(0, self.bottom - self.top)


def content_area(deck: Presentation, slide: Slide) -> Area:
    """Where the picture goes: the layout's or master's room for content, clear of the title."""
    width, height = int(deck.slide_width or 0), int(deck.slide_height or 0)
    layout = slide.slide_layout
    room = Area(_MARGIN, _MARGIN, width - _MARGIN, height - _MARGIN)
    holders: tuple[Any, ...] = (*layout.placeholders, *layout.slide_master.placeholders)
    for holder in holders:
        kind = holder.placeholder_format.type
        if kind in (_BODY, _OBJECT) and holder.width and holder.height:
            room = _area_of(holder)
            break
    title = slide.shapes.title
    if title is None or not title.height:
        return room
    taken = _area_of(title)
    beside = (
        room._replace(top=max(room.top, taken.bottom)),
        room._replace(bottom=min(room.bottom, taken.top)),
        room._replace(left=max(room.left, taken.right)),
        room._replace(right=min(room.right, taken.left)),
    )
    largest = max(beside, key=lambda area: area.size)
    return largest if largest.size else room


def _area_of(holder: Any) -> Area:
    return Area(
        *(holder.left, holder.top), *(holder.left + holder.width, holder.top + holder.height)
    )


def rgb(color: str) -> Any:
    from pptx.dml import color as colors

    kind: Any = colors.RGBColor
    return kind.from_string(color[1:].upper())
