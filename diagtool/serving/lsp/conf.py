"""What a project's ``conf.py`` calls its topologies, read without running it."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

SETTING = "topo_topologies"


def named(folder: Path, source: str) -> Mapping[str, Path]:
    """The topologies by name, as far as names and paths are written out."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    found: dict[str, Path] = {}
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Dict() as given) if (
                name == SETTING
            ):
                for key, value in zip(given.keys, given.values, strict=True):
                    match key, value:
                        case ast.Constant(value=str() as id), ast.Constant(value=str() as path):
                            found[id] = folder / path
    return found
