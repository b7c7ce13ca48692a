"""Sources of diagrams, as people write them; blockdiag's are held against what it draws."""

from __future__ import annotations

import pytest

from diagtool.checks import readers
from diagtool.checks.readers import File, ReadError
from diagtool.pictures.formats import Look, svg
from diagtool.pictures.layout import lay_out


def said(name: str, source: str | bytes) -> set[str]:
    content = source.encode() if isinstance(source, str) else source
    (claim,) = readers.read(File(name, content)).claims
    return {f"{fact.kind.name} {' | '.join(fact.terms)}" for fact in claim.facts}


@pytest.mark.parametrize(
    "source",
    [
        "blockdiag { A -> B; }",
        "{ A -> B -> C <- D; }",
        "diagram x { A, B <-> C; C -- D [label = yes]; }",
        'blockdiag { a [label = "Say \\"hi\\""]; a -> b [dir = back]; }',
        "blockdiag { b [label = 'two\\nlines']; }",
        "blockdiag { # a comment\n A; // another\n /* a third */ A -> B }",
        "blockdiag { group { label = G; A; B; } A -> B; }",
        "blockdiag { group g { label = Outer; group h { label = Inner; A; } B; } B -> A; }",
        "blockdiag { A -> B; group g { label = G; B; } A [label = Renamed]; }",
        "blockdiag { class c [color = red]; default_shape = box; A [class = c]; A <- B; }",
        "blockdiag { A -> B; A <- B; }",
        'blockdiag { a-b.c -> 1; "x y" -> 1; }',
    ],
)
def test_blockdiag_is_read_as_blockdiag_draws_it(source: str) -> None:
    drawing = lay_out(source, name="p", title="p")
    assert said("p.diag", source) == said("p.svg", svg.write(drawing, Look()))


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("digraph { a -> b }", {"BOX a", "BOX b", "ARROW a | b"}),
        ("graph { a -- b }", {"BOX a", "BOX b", "LINE a | b"}),
        (
            "digraph { a -> {b c} [dir=both] }",
            {"BOX a", "BOX b", "BOX c", "ARROW a | b", "ARROW b | a", "ARROW a | c", "ARROW c | a"},
        ),
        ("digraph { edge [dir=back]; a:n -> b:x:s; }", {"BOX a", "BOX b", "ARROW b | a"}),
        (
            'digraph { a [label="R&amp;D" + "!"]; subgraph cluster_x { label="X"; a } }',
            {"BOX R&D!", "GROUP X | R&D!"},
        ),
        ("# x\ndigraph { /* y */ a -> b [style=invis] // z\n }", {"BOX a", "BOX b"}),
    ],
)
def test_dot(source: str, wanted: set[str]) -> None:
    assert said("p.dot", source) == wanted


def test_a_mistake_has_its_place() -> None:
    with pytest.raises(ReadError) as caught:
        said("p.diag", "blockdiag {\n  A -> ;\n}")
    assert (caught.value.line, caught.value.column) == (2, 8)


def test_config_repeats_keys_and_comments_alternatives_out() -> None:
    text = "[a]\nx = 1\nx = 2\ny = long\n  er\n# z = no\n\n# Prose with = in it.\n# [b]\n# w = 3\n"
    assert said("p.conf", text) == {
        "OPTION a | x | 1",
        "OPTION a | x | 2",
        "OPTION a | y | long er",
        "OPTION a | z | no",
        "ALTERNATIVE a | z",
        "OPTION b | w | 3",
        "ALTERNATIVE b | w",
    }
