"""Which topology is meant where none is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from diagtool.files import reading

FOLDER = "topology"
"""Where a project keeps its topologies."""

_MOST = 1024 * 1024

MAIN = "topology.yaml"
"""The file that makes a folder a topology."""


class DiscoveryError(Exception):
    """No topology, or several: its lines list them."""

    def __str__(self) -> str:
        return "\n".join(map(str, self.args))


def find(root: Path) -> Path:
    """The topology of the project in a folder.

    It is the one that ``[tool.diagtool] topology`` in ``pyproject.toml`` names, else the
    only one in ``topology/``. Raises DiscoveryError where that is not one.
    """
    named = _named(root / "pyproject.toml")
    if named is not None:
        return root / named
    found = topologies(root / FOLDER)
    if len(found) == 1:
        if not found[0].resolve().is_relative_to(root.resolve()):
            shown = found[0].as_posix()
            raise DiscoveryError(f"{shown} leads out of the project: name it with -t PATH")
        return found[0]
    if not found:
        raise DiscoveryError(
            f"there is no topology in {FOLDER}/: name one with -t PATH, or in pyproject.toml "
            f"as [tool.diagtool] topology"
        )
    listed = [f"  {path.as_posix()}" for path in found]
    raise DiscoveryError("there are several topologies: name one with -t PATH", *listed)


def named(path: Path) -> Path:
    """The topology that a path names: itself, or the only one in a folder that is none."""
    try:
        found = topologies(path) if path.is_dir() else []
    except OSError:
        return path
    return found[0] if len(found) == 1 else path


def topologies(folder: Path) -> list[Path]:
    """The topologies in a folder: itself, or its YAML files and the folders with a main file."""
    if (folder / MAIN).is_file():
        return [folder]
    if not folder.is_dir():
        return []
    return [
        path
        for path in sorted(folder.iterdir())
        if not path.name.startswith(".")
        and ((path.suffix in (".yaml", ".yml") and path.is_file()) or (path / MAIN).is_file())
    ]


def roots(folder: Path) -> tuple[Path, ...]:
    """The folders outside of a topology's own that its project lets it read bases from.

    ``[tool.diagtool] roots`` of the nearest ``pyproject.toml`` lists them, from where that lies.
    """
    for above in (folder, *folder.parents):
        if (pyproject := above / "pyproject.toml").is_file():
            try:
                listed = _settings(pyproject).get("roots", [])
            except DiscoveryError:
                return ()
            return tuple((above / root).resolve() for root in listed if isinstance(root, str))
    return ()


def _named(pyproject: Path) -> str | None:
    """What a ``pyproject.toml`` names, None where it names nothing."""
    named = _settings(pyproject).get("topology")
    if named is not None and not isinstance(named, str):
        raise DiscoveryError(f"{pyproject.as_posix()}: [tool.diagtool] topology is not a path")
    return named


def _settings(pyproject: Path) -> dict[str, Any]:
    """What a ``pyproject.toml`` has for us."""
    import tomllib  # late: who names a topology seldom needs it

    try:
        tool = tomllib.loads(reading.read(pyproject, _MOST).decode()).get("tool", {})
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise DiscoveryError(f"{pyproject.as_posix()}: cannot be read: {error}") from None
    settings = tool.get("diagtool", {}) if isinstance(tool, dict) else {}
    return settings if isinstance(settings, dict) else {}
