"""The labels of a blockdiag source are those that blockdiag reads, wherever they stand."""

from __future__ import annotations

import pytest

from diagtool.pictures.layout import labels, lay_out, relabelled

SOURCES = {
    'a [label = "One"];': ["One"],
    "a [label='One', color=red]; b [shape=box,label=Two];": ["One", "Two"],
    'a [label = """One\nand "two" """];': ['One\nand "two" '],
    "a [label = '''It's'''];": ["It's"],
    r'a [label = "say \"yes\""];': ['say "yes"'],
    'a -> b [label = "asks"]; group { label = "Both"; a; b }': ["asks", "Both"],
    '// label = "no"\n# label = "no"\n/* a [label = "no"] */ a [label = 5];': ["5"],
    "a [description = \"label = 'no'\"];": [],
    "label -> b;": [],
    'a [label = ""];': [""],
    'class c [label = "Each"]; a [class = c];': ["Each"],
    'a [label = "open': [],
}


@pytest.mark.parametrize("source", SOURCES)
def test_labels_are_what_blockdiag_reads(source: str) -> None:
    assert labels(source) == SOURCES[source]


@pytest.mark.parametrize("source", [source for source in SOURCES if SOURCES[source]])
@pytest.mark.parametrize("new", ["Neu", 'ein "Wort"', "It's", "back\\", '"]; x -> y; a [label="'])
def test_other_words_stand_where_the_old_ones_stood(source: str, new: str) -> None:
    old = SOURCES[source]
    changed = relabelled(source, dict.fromkeys(old, new))
    assert [label.strip() for label in labels(changed)] == [new] * len(old)
    before, after = (lay_out(text, name="x", warn=lambda _: None) for text in (source, changed))
    assert [node.id for node in before.nodes] == [node.id for node in after.nodes]
