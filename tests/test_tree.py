"""The tree that is laid out is the one that blockdiag's parser makes of the source."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_diagrams import NASTY, everything, labelled, reserved

import diagtool
import diagtool.blockdiag_compat

# isort: split
from blockdiag import parser

from diagtool.model import Shape
from diagtool.model.diagram import Arrow, Diagram, Edge, Group, Node
from diagtool.pictures.formats import FormatError, blockdiag
from diagtool.pictures.layout.tree import tree

ROOT = Path(__file__).parents[1]


def assert_same(diagram: Diagram) -> None:
    made = tree(diagram)
    gaps = {"span_width", "span_height"}  # which are ours, and in no source
    stated = [said for said in made.stmts if getattr(said, "name", "") not in gaps]
    assert made._replace(stmts=stated) == parser.parse_string(blockdiag.write(diagram))


@pytest.mark.parametrize("path", ["topology/designate.yaml", "examples/webshop/topology"])
def test_views(path: str) -> None:
    for view in diagtool.views(diagtool.load(ROOT / path)):
        assert_same(view)


def test_samples() -> None:
    for diagram in (everything(), reserved(), *map(labelled, NASTY)):
        assert_same(diagram)


texts = st.text(max_size=8) | st.sampled_from(["group", "blockdiag", "a-b", "\\", '"', "'", "\n"])


@st.composite
def diagrams(draw: st.DrawFn) -> Diagram:
    ids = draw(st.lists(texts, min_size=1, max_size=6, unique=True))
    nodes = tuple(
        Node(
            id,
            draw(texts),
            "part",
            draw(st.sampled_from(Shape)),
            draw(st.none() | st.integers(1, 999)),
            draw(st.booleans()),
        )
        for id in ids
    )
    cut = draw(st.integers(0, len(ids)))
    inner = (
        (Group(draw(texts), draw(texts), None, tuple(ids[cut:])),) if draw(st.booleans()) else ()
    )
    groups = (Group(draw(texts), draw(texts), None, tuple(ids[:cut]), inner),) if cut else ()
    ends = st.sampled_from(ids)
    edges = st.builds(Edge, ends, ends, st.sampled_from(Arrow), texts | st.just(""))
    return Diagram("name", "Title", nodes, groups, tuple(draw(st.lists(edges, max_size=8))))


@pytest.mark.slow
@settings(max_examples=300)
@given(diagrams())
def test_any_diagram(diagram: Diagram) -> None:
    try:
        assert_same(diagram)
    except FormatError:
        with pytest.raises(FormatError):
            blockdiag.write(diagram)
