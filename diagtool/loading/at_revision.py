"""A topology as it was at a revision of its repository."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from diagtool.files.revisions import Repository, RevisionError
from diagtool.loading import discovery
from diagtool.loading.loader import load
from diagtool.model import NOWHERE, Place, Topology
from diagtool.model.diagnostics import Diagnostic, TopologyError


@dataclass(frozen=True, slots=True)
class AtRevision:
    """A topology, and what its places are called: ``REVISION:PATH``."""

    topology: Topology
    shown: str
    renamed: Callable[[Place], Place]


def load_at(repository: Repository, revision: str, named: Path | None) -> AtRevision:
    """The topology at a path, or the project's of the current folder, at a revision.

    Raises RevisionError, DiscoveryError, and TopologyError with its findings.
    """
    here = _within(repository, Path())
    path = None if named is None else _within(repository, named)
    with repository.files(revision, [path] if path else []) as folder:
        temporary = f"{folder.as_posix()}/"

        def shown(text: str) -> str:
            return text.replace(temporary, f"{revision}:")

        def renamed(place: Place) -> Place:
            return place if place is NOWHERE else replace(place, path=shown(place.path))

        def told(finding: Diagnostic) -> Diagnostic:
            message, hint = shown(finding.message), shown(finding.hint)
            return replace(finding, place=renamed(finding.place), message=message, hint=hint)

        try:
            found = folder / path if path else discovery.find(folder / here)
            return AtRevision(load(found), shown(found.as_posix()), renamed)
        except TopologyError as error:
            raise TopologyError([told(finding) for finding in error.diagnostics]) from None
        except discovery.DiscoveryError as error:
            raise discovery.DiscoveryError(*map(shown, error.args)) from None


def _within(repository: Repository, path: Path) -> PurePosixPath:
    """A path as seen from the top of a repository. Raises RevisionError where it is outside."""
    whole = Path(os.path.normpath(Path.cwd() / path))
    try:
        return PurePosixPath((whole.parent.resolve() / whole.name).relative_to(repository.top))
    except ValueError:
        raise RevisionError(f"{path.as_posix()} is not in the repository") from None
