"""Where a project's topologies are, whether they are as they were, and loading them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sphinx.application import Sphinx
from sphinx.util import logging

from diagtool.checks import manifest

if TYPE_CHECKING:
    from diagtool.guide.topologies import Topologies
    from diagtool.model import Topology

logger = logging.getLogger(__name__)

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


class Stamp(NamedTuple):
    """What decides what there is to say of topologies: where they are, and what is in files."""

    named: tuple[tuple[str, Path], ...]
    files: Mapping[Path, str | None]


class Sources(NamedTuple):
    """The topologies of a project by name, and the ``folders`` of its own templates.

    ``complete`` is False after an error in what names them.
    """

    named: Mapping[str, Path]
    folders: tuple[Path, ...]
    complete: bool

    @property
    def default(self) -> str:
        """The name of the first, which is meant where none is named; empty without any."""
        return next(iter(self.named), "")

    def stamp(self, files: Iterable[Path]) -> Stamp:
        """The stamp of topologies that were read from these files."""
        every = manifest.inputs(files)
        every.update(p for folder in self.folders for p in folder.rglob("*") if p.is_file())
        return Stamp(tuple(self.named.items()), {path: manifest.digest(path) for path in every})


def find(app: Sphinx) -> Sources:
    """The topologies that ``conf.py`` names, or the project's only one."""
    here = Path(app.confdir)
    named = _named(app)
    found = _discovered(here) if named == {} else named or {}
    folders = (Path(app.srcdir) / folder / "topo" for folder in app.config.templates_path)
    return Sources(
        {name: here / path for name, path in found.items()},
        tuple(folders),
        complete=named is not None,
    )


def _named(app: Sphinx) -> dict[str, str | Path] | None:
    """The paths that ``conf.py`` names, None after an error.

    Sphinx shows its own inside for a ConfigError; this is an error like those in topologies.
    """
    setting: object = app.config.topo_topologies
    wrong = f"{setting!r} is not a dictionary"
    if isinstance(setting, Mapping):
        for name, path in setting.items():
            if not isinstance(name, str) or not _NAME.fullmatch(name):
                wrong = f"{name!r} contains characters that an id cannot have"
                break
            if not isinstance(path, str | Path):
                wrong = f"{path!r} is not a path"
                break
        else:
            return dict(setting)
    example = '{"chat": "topology/chat.yaml"}'
    logger.error(f"conf.py: topo_topologies: {wrong}; write names and paths, such as {example}")
    return None


def _discovered(here: Path) -> Mapping[str, Path]:
    """The only topology of the project that a folder belongs to."""
    from diagtool.loading import discovery

    for root in (here, *here.parents):
        if (root / "pyproject.toml").is_file() or (root / discovery.FOLDER).is_dir():
            try:
                path = discovery.find(root)
            except discovery.DiscoveryError as error:
                logger.info("[topo] %s", error)
                break
            return {path.stem: path}
    return {}


def load(sources: Sources) -> tuple[Topologies, Stamp | None]:
    """The topologies of a project. Every finding is logged at its own place.

    The stamp tells at another time whether they are the same. It is None where every build
    has something to warn of.
    """
    from diagtool.files.printable import printable
    from diagtool.guide.topologies import Topologies
    from diagtool.loading import loader
    from diagtool.model import Severity

    topologies: dict[str, Topology | None] = {}
    files: list[Path] = []
    quiet = sources.complete
    for name, path in sources.named.items():
        loaded = loader.read(path)
        for finding in loaded.diagnostics:
            log = {Severity.ERROR: logger.error, Severity.HINT: logger.info}.get(
                finding.severity, logger.warning
            )
            hint = f" ({finding.hint})" if finding.hint else ""
            said = printable(f"{finding.code} {finding.message}{hint}")
            log(said, location=printable(str(finding.place)))
        topologies[name] = loaded.topology
        files += map(Path, loaded.topology.sources if loaded.topology else ())
        quiet &= all(finding.severity is Severity.HINT for finding in loaded.diagnostics)
    stamp = sources.stamp(files) if quiet else None
    return Topologies(topologies, sources.folders, complete=sources.complete), stamp
