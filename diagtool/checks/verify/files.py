"""Files and folders, and what several judges make of them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path

from diagtool.checks import readers
from diagtool.checks.readers import ReadError
from diagtool.checks.redaction import Veil
from diagtool.checks.verify import normal_forms
from diagtool.checks.verify.judge import WEB_PAGES, Judge
from diagtool.checks.verify.remaking import Given
from diagtool.checks.verify.site import Sites
from diagtool.model import Place, Topology
from diagtool.model.diagnostics import Diagnostic

SKIPPED = ("_sources", "node_modules", "__pycache__")
"""Folders in which no artefact is looked for, such as copies of sources."""

ASSETS = "_static"
"""A folder of themes' files: of these, only what says that it is of the topology is read."""

BITMAPS = (".jpg", ".jpeg", ".gif", ".webp")
"""What the names of pictures end in that nobody can read; what they are called tells of them."""

UNRECORDED = "the record of the site, which says what was generated on it, is missing"

UNTOLD = "what could be read agrees, but nothing says how the whole file would be written"

UNTIED = "not-verified"
"""The finding that a file has nothing to do with a topology; it may have with another one."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of verifying: every finding, how many files were read, and how many are proved.

    ``silent`` are the paths of those that nothing ties to a topology, or that an author wrote, and
    that no finding is about. Any other file is proved, or a finding tells why it is not.
    """

    diagnostics: tuple[Diagnostic, ...]
    files: int
    proved: int = 0
    silent: tuple[str, ...] = ()


def verify(
    topologies: Topology | Sequence[Topology],
    paths: Iterable[Path],
    *,
    given: Given | None = None,
    originals: Mapping[str, str] | None = None,
) -> Result:
    """Compares files, and the files in folders, with a topology, or with several.

    ``given`` is what the files were made with beside the topology. ``originals`` are what the
    topology calls things, by what translated pages call them.
    """
    several = [topologies] if isinstance(topologies, Topology) else topologies
    judges = [Judge(topology, given) for topology in several]
    sites = Sites(several, values=given.values if given else {})
    read: list[str] = []
    alone: set[str] = set()
    for path, root, named in _files(paths, judges):
        read.append(path.as_posix())
        if named and path.suffix.lower() in WEB_PAGES:
            alone.add(path.as_posix())
        if sites.take(path, untranslated=bool(originals)):
            continue
        for judge in judges:
            judge.take(path, root, named=named, originals=originals)
    found = sites.verdict(verdict(judges))
    secret = sites.secret.union(*(judge.secret for judge in judges))
    proved = sites.proved(found).union(*(judge.proved for judge in judges))
    told = {finding.place.path for finding in found} | proved
    related = alone.union(*(judge.related for judge in judges))
    left = [path for path in read if path not in told]
    found += tuple(
        Diagnostic("not-proved", Place(path, 1, 1), *_unproved(path))
        for path in left
        if path in related
    )
    silent = tuple(path for path in left if path not in related)
    return Result(
        tuple(_with_sources(found, secret, [judge.veil for judge in judges])),
        len(read),
        len(proved),
        silent,
    )


def _unproved(path: str) -> tuple[str, str]:
    """Why a file in which nothing is wrong is not proved, and what to do about it."""
    if path.lower().endswith(WEB_PAGES):
        return UNRECORDED, "verify the folder that the site was built in"
    return UNTOLD, "make it again under the name of its view or page"


def _with_sources(
    found: Iterable[Diagnostic], secret: Set[Place], veils: Sequence[Veil]
) -> Iterator[Diagnostic]:
    """The findings, those about a line of a file of text with that line, unless it is secret."""
    lines: dict[str, list[str]] = {}
    kept = {(place.path, place.line) for place in secret}
    for finding in found:
        place = finding.place
        # At its very start it is about the file, or that is one of bytes.
        if (place.line, place.column) == (1, 1) or (place.path, place.line) in kept:
            yield finding
            continue
        if place.path not in lines:
            try:
                known = readers.load(Path(place.path)).lines()
            except ReadError:
                known = []
            shown = zip(known, *(veil.lines(known) for veil in veils), strict=True)
            lines[place.path] = [each[0] if len(set(each)) == 1 else "" for each in shown]
        known = lines[place.path]
        yield replace(finding, source=known[place.line - 1] if place.line <= len(known) else "")


def verdict(judges: Sequence[Judge]) -> tuple[Diagnostic, ...]:
    """What several judges find, in the order of places.

    Topologies may have services of the same name, as those of two releases have. What one
    of them finds in a file counts only if none of the others, who also took that file in,
    is content with the same place. A file that one of them proves is right.
    """
    proved = frozenset().union(*(judge.proved for judge in judges))
    found = {judge: [d for d in judge.verdict() if d.place.path not in proved] for judge in judges}
    wrong = {judge: {finding.place for finding in found[judge]} for judge in judges}
    wrong_files = {d.place.path for each in found.values() for d in each if d.code != UNTIED}
    kept: dict[Diagnostic, None] = {}
    for judge in judges:
        twins = [twin for twin in judges if twin is not judge and twin.model.is_like(judge.model)]
        for finding in found[judge]:
            place = finding.place
            if place.path not in judge.taken and any(place.path in j.taken for j in judges):
                continue  # it is about one of the others
            if finding.code == UNTIED and place.path in wrong_files:
                continue
            if all(place.path not in twin.taken or place in wrong[twin] for twin in twins):
                kept.setdefault(finding)
    return tuple(sorted(kept, key=lambda d: (d.place.path, d.place.line, d.place.column)))


def _files(paths: Iterable[Path], judges: Sequence[Judge]) -> Iterator[tuple[Path, Path, bool]]:
    """Each file with the root of what it is part of, and whether it was named itself.

    A folder that cannot be read comes as a file would that was named.
    """
    known = (*readers.suffixes(), *normal_forms.suffixes())
    for path in paths:
        if not path.is_dir():
            yield path, _root(path), True
            continue
        closed: list[OSError] = []
        for folder, folders, names in os.walk(path, onerror=closed.append):
            folders[:] = sorted(f for f in folders if f not in SKIPPED and not f.startswith("."))
            themes = ASSETS in Path(folder).relative_to(path).parts
            for name in sorted(names):
                file = Path(folder, name)
                suffixes = known if not themes else ()
                made = any(name in judge.workshop.pages for judge in judges)
                if (
                    made
                    or name.lower().endswith(suffixes)
                    or (
                        name.lower().endswith((*known, *BITMAPS))
                        and any(judge.knows(file) for judge in judges)
                    )
                ):
                    yield file, path, False
        for error in closed:
            yield Path(error.filename), path, True


def _root(path: Path) -> Path:
    """The folder of the pages that a page belongs to: Sphinx lays an inventory there."""
    for folder in list(path.absolute().parents)[:10]:
        if (folder / "objects.inv").is_file():
            return folder
    return path.parent
