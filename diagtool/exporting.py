"""From a topology to its files: pictures in every format, and plain pages."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from diagtool.config import snippets
from diagtool.files import writing
from diagtool.model import Paragraph, SnippetMention, Topology, Warning, diagram, wording
from diagtool.model.diagram import Diagram
from diagtool.pictures import formats as registry
from diagtool.pictures.formats import Format, FormatError, FormatKind, Look
from diagtool.pictures.ordering import ordered

if TYPE_CHECKING:
    from diagtool.pictures.drawing import Drawing


class WorkerError(Exception):
    """A process that was to draw did not live to do so."""


@dataclass(frozen=True, slots=True)
class Artefact:
    """A file that was made from a topology, and the views that it shows."""

    name: str
    format: str
    views: tuple[str, ...]
    content: bytes


def export(
    topology: Topology,
    formats: Sequence[str],
    folder: str | Path,
    *,
    views: Sequence[Diagram] | None = None,
    look: Look | None = None,
    force: bool = False,
) -> tuple[Path, ...]:
    """Writes views in formats to a folder, a file each, and gives the paths of all files.

    ``views`` are all of the topology's where none are given. A file whose content is what
    it was is not touched. Raises FormatError for a format that is not there or cannot say
    what a view shows, LayoutError for a diagram that cannot be laid out, OutputError for a
    file that cannot be written, and EditedError for a deck or draw.io file that somebody
    has edited, unless ``force`` says to overwrite it.
    """
    paths = []
    for artefact in artefacts(topology, formats, views=views, look=look):
        save(Path(folder), artefact, force=force)
        paths.append(Path(folder) / artefact.name)
    return tuple(paths)


def save(folder: Path, artefact: Artefact, *, force: bool = False) -> bool:
    """Writes one file of an export; says whether it changed. Raises as :func:`export` does."""
    edited = None if force else registry.edited(artefact.format)
    return writing.write(folder, artefact.name, artefact.content, edited=edited)


def artefacts(
    topology: Topology,
    formats: Sequence[str],
    *,
    views: Iterable[Diagram] | None = None,
    look: Look | None = None,
    processes: int = 1,
) -> Iterator[Artefact]:
    """The files that :func:`export` writes, each view laid out once for all formats.

    Many views may be shared out to as many ``processes``; files and their order are the same.
    Raises WorkerError where one of these is killed.
    """
    look = look or Look()
    chosen = tuple(diagram.views(topology) if views is None else views)
    processes = min(processes, len(chosen) // _SHARE)
    if processes > 1:
        yield from _shared_out(topology, formats, chosen, look, processes)
    else:
        for view in chosen:
            yield from _artefacts(topology, formats, view, look)


_SHARE = 40
"""How many views a process must have to draw for its start to be worth the while."""


def _artefacts(
    topology: Topology, formats: Sequence[str], view: Diagram, look: Look
) -> Iterator[Artefact]:
    """The files of one view."""
    shown = ordered(view)
    drawing: Drawing | None = None
    for name in formats:
        format = registry.get(name)
        if format.KIND is not FormatKind.TEXT and drawing is None:
            drawing = _drawn(topology, view, shown, look)
        content = _content(format, [shown], [drawing] if drawing else [], look)
        yield Artefact(view.name + format.SUFFIX, name, (view.name,), content)


def _shared_out(
    topology: Topology,
    formats: Sequence[str],
    views: Sequence[Diagram],
    look: Look,
    processes: int,
) -> Iterator[Artefact]:
    """The files of views, drawn by other processes; their warnings reach ``look.warn`` here."""
    from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor

    job = topology, formats, views, replace(look, warn=_unheard)
    pool = ProcessPoolExecutor(processes, initializer=_start_worker, initargs=job)
    try:
        # Small portions, lest one process be left with the largest views at the end.
        for files, warnings in pool.map(_work, range(len(views)), chunksize=_SHARE // 8):
            for warning in warnings:
                look.warn(warning)
            yield from files
    except BrokenProcessPool:
        raise WorkerError("a process that draws pictures was killed; memory may be short") from None
    finally:
        pool.shutdown(cancel_futures=True)


_job: tuple[Topology, Sequence[str], Sequence[Diagram], Look]


def _start_worker(
    topology: Topology, formats: Sequence[str], views: Sequence[Diagram], look: Look
) -> None:
    """Makes a process ready. An interrupt from the keyboard is for the one that leads."""
    global _job
    # What is there now stays; nobody need look through it for garbage again.
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    _job = topology, formats, views, look


def _end_with_parent() -> None:
    """Ends this process when the one that leads was killed, and can ask for nothing more."""
    from multiprocessing import parent_process

    parent = parent_process()
    assert parent is not None, "this is a process of a pool"
    parent.join()
    os._exit(1)


def _work(number: int) -> tuple[list[Artefact], list[str]]:
    """The files of a view, and what was warned of."""
    topology, formats, views, look = _job
    warnings: list[str] = []
    files = _artefacts(topology, formats, views[number], replace(look, warn=warnings.append))
    return list(files), warnings


def _unheard(warning: str) -> None:
    """Stands in for what could not be sent to another process."""


def together(
    topology: Topology,
    format: str,
    views: Sequence[Diagram],
    *,
    look: Look | None = None,
    drawn: Callable[[Diagram, Look], Drawing] | None = None,
) -> Artefact:
    """One file with several views. Raises FormatError where a format's files hold only one.

    ``drawn`` gives the drawing of a view where that is at hand already.
    """
    look = look or Look()
    module = registry.get(format)
    if len(views) != 1 and module.KIND is not FormatKind.PAGED:
        raise FormatError(f"a file of the format {format} holds one view, not {len(views)}")
    if module.KIND is FormatKind.TEXT:
        content = _content(module, [ordered(view) for view in views], [], look)
    else:
        drawings = [drawn(v, look) if drawn else draw(topology, v, look) for v in views]
        content = _content(module, views, drawings, look)
    return Artefact(
        topology.id + module.SUFFIX, format, tuple(view.name for view in views), content
    )


def comparison(old: Topology, new: Topology, format: str, look: Look) -> Artefact:
    """A file with the picture of what differs between two topologies.

    A deck shows the old one before it and the new one after it, with everything in its place.
    Raises as :func:`together` does.
    """
    from diagtool.model import diff_picture

    changes = diff_picture.picture(old, new)
    if format != DECK:
        return together(new, format, [changes], look=look)
    from diagtool.pictures.excerpt import excerpt
    from diagtool.pictures.text_metrics import Fonts

    whole = draw(new, changes, look)
    fonts = Fonts(Path(look.font) if look.font else None)

    def drawn(view: Diagram, look: Look) -> Drawing:
        if view is changes:
            return whole
        told = replace(whole, name=view.name, title=view.title, notes=view.notes)
        return excerpt(replace(told, description=wording.describe(view)), view, fonts)

    before, after = diff_picture.before_and_after(old, new)
    return together(new, format, [before, changes, after], look=look, drawn=drawn)


DECK = "pptx"
"""The format whose slides turn into each other."""


def draw(
    topology: Topology, view: Diagram, look: Look | None = None, shown: Diagram | None = None
) -> Drawing:
    """A view with geometry. Raises LayoutError where it cannot be laid out.

    ``shown`` is the view in the order in which it is to be shown, where that is at hand already.
    """
    return _drawn(topology, view, shown or ordered(view), look or Look())


def _drawn(topology: Topology, view: Diagram, shown: Diagram, look: Look) -> Drawing:
    """A view with the geometry of how it is shown."""
    from diagtool.pictures.layout import lay_out
    from diagtool.pictures.text_metrics import Fonts

    drawing = lay_out(
        shown,
        name=view.name,
        title=view.title,
        description=wording.describe(view),
        parts=view.parts,
        fonts=Fonts(Path(look.font)) if look.font else None,
        warn=look.warn,
    )
    return replace(drawing, topology=topology.id, notes=(*view.notes, *_notes(topology, view)))


def _notes(topology: Topology, view: Diagram) -> Iterator[str]:
    """What is to be said about a view: its service's notes, or what introduces the topology."""
    service = topology.services.get(view.name)
    for block in service.notes if service else topology.intro:
        match block:
            case Paragraph(text):
                yield wording.plain(topology, text)
            case Warning(text):
                yield f"Warning: {wording.plain(topology, text)}"
            case SnippetMention(snippet) if service:
                yield snippets.ini(service.snippet(snippet)).rstrip()


def render(
    topology: Topology, markup: str = "rst", values: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The guide as plain pages and sample configs, by the names of their files.

    ``markup`` is ``rst``, ``markdown`` or ``markdown-svg``, which has its pictures beside the page.
    ``values`` are those of placeholders, for the config. Raises UnfitError for one that cannot be
    filled in, and GuideError where a page or a picture on it cannot be made.
    """
    from diagtool.guide import markdown, renderer

    dialect = markdown.DIALECTS[markup]()
    files = dict(renderer.render(topology, values=values or {}, dialect=dialect))
    if dialect.PICTURES:
        from diagtool.pictures.layout import LayoutError

        layouts = [diagram.layout(topology, id) for id in topology.services]
        try:
            for artefact in artefacts(topology, [dialect.PICTURES], views=layouts):
                files[artefact.name] = artefact.content.decode()
        except LayoutError as error:
            raise renderer.GuideError(str(error)) from None
    return files


def _content(
    format: Format, views: Sequence[Diagram], drawings: Sequence[Drawing], look: Look
) -> bytes:
    match format.KIND:
        case FormatKind.TEXT:
            content = format.write(diagram.in_labels(views[0]))
        case FormatKind.DRAWN:
            content = format.write(drawings[0], look)
        case FormatKind.PAGED:
            content = format.write(drawings, look)
    return content.encode() if isinstance(content, str) else content
