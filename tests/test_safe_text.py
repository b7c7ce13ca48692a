"""There is one way from a text into each output language, and no way past it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import diagtool
from diagtool.guide.rst import Rst

HOME = Path(diagtool.__file__).parent


def test_what_is_put_into_source_is_escaped() -> None:
    assert Rst("{}: {} {n}").format("a*", Rst("*b*"), n=1) == r"a\*: *b* 1"
    assert Rst(", ").join(["a*", Rst("*b*")]) == r"a\*, *b*"
    assert Rst("*a*") + "x*" == r"*a*x\*"
    assert isinstance(Rst("{}").format("a").join(["b"]) + "c", Rst)


def test_a_value_that_is_put_nowhere_is_a_mistake() -> None:
    with pytest.raises(TypeError):
        Rst("{}").format("a", "b")


def languages(trees: dict[Path, ast.Module]) -> dict[str, Path]:
    """The subclasses of SafeText by name, with the module of each."""
    return {
        node.name: path
        for path, tree in trees.items()
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        and any(isinstance(base, ast.Name) and base.id == "SafeText" for base in node.bases)
    }


def made(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """What could make source: calls of a name, or of a name in a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(name) | ast.Attribute(attr=name):
                    yield name, node


WRITTEN_IN = HOME / "guide" / "rst.py"
"""Functions that make reStructuredText from a text stand beside its class."""


def test_source_is_made_by_its_language_alone() -> None:
    """Elsewhere it is made from nothing but what stands in our own code."""
    trees = {path: ast.parse(path.read_text("utf-8")) for path in HOME.rglob("*.py")}
    known = languages(trees)
    assert {"Rst", "Dot", "Mermaid", "D2", "PlantUml"} <= known.keys()
    for path, tree in trees.items():
        for name, call in made(tree):
            if name in known and path != WRITTEN_IN:
                constant = all(isinstance(argument, ast.Constant) for argument in call.args)
                assert constant, f"{path}:{call.lineno}: {ast.unparse(call)}"
