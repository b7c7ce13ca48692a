"""SVG is judged as a person would: by where things are."""

from __future__ import annotations

import pytest

from diagtool.checks import readers
from diagtool.checks.readers import File

HEAD = '<polygon points="{x},50 {b},46 {b},54"/>'


def box(x: int, label: str, more: str = "") -> str:
    return (
        f'<rect x="{x}" y="30" width="100" height="40" fill="white" stroke="black" {more}/>'
        f'<text x="{x + 50}" y="54" text-anchor="middle" {more}>{label}</text>'
    )


def said(*content: str) -> set[str]:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 200">{"".join(content)}</svg>'
    (claim,) = readers.read(File("p.svg", svg.encode())).claims
    return {f"{fact.kind.name} {' | '.join(fact.terms)}" for fact in claim.facts}


LINE = '<path d="M100 50L193 50" fill="none" stroke="black"/>'
TO = HEAD.format(x=200, b=193)
AB = box(0, "A") + box(200, "B")
BOXES = {"BOX A", "BOX B"}


@pytest.mark.parametrize(
    ("drawn", "wanted"),
    [
        ((LINE, TO), {"ARROW A | B"}),
        ((LINE,), {"LINE A | B"}),
        (
            ('<line x1="107" y1="50" x2="200" y2="50" stroke="black"/>', HEAD.format(x=100, b=107)),
            {"ARROW B | A"},
        ),
        # An arrowhead that looks back at its own line points nowhere.
        ((LINE, '<polygon points="193,50 200,46 200,54"/>'), {"LINE A | B"}),
        ((LINE.replace("/>", ' marker-end="url(#a)"/>'),), {"ARROW A | B"}),
        (('<path d="M100 50L150 50" fill="none" stroke="black"/>',), {"LINE A | nothing"}),
        (
            (LINE, TO, '<text x="150" y="46" text-anchor="middle">asks</text>'),
            {"ARROW A | B", "EDGE_LABEL A | B | asks"},
        ),
        (
            (
                '<g transform="translate(100 0)"><path d="m0 50h93" fill="none" stroke="red"/></g>',
                TO,
            ),
            {"ARROW A | B"},
        ),
        (('<path d="M100 50L193 50" style="fill:none;stroke:none"/>',), set()),
        (('<g display="none">', LINE, "</g>"), set()),
        (("<defs>", LINE, "</defs>"), set()),
    ],
)
def test_lines(drawn: tuple[str, ...], wanted: set[str]) -> None:
    assert said(AB, *drawn) == BOXES | wanted


def test_a_frame_holds_the_boxes_that_lie_in_it() -> None:
    frame = (
        '<rect x="190" y="0" width="130" height="100" fill="#eee"/>'
        '<text x="255" y="18" text-anchor="middle">Frame</text>'
    )
    assert said(frame, AB) == BOXES | {"GROUP Frame | B"}


def test_a_box_without_its_label_is_seen() -> None:
    assert said(AB, '<rect x="400" y="30" width="100" height="40"/>') == {*BOXES, "BOX "}


def test_the_copies_of_a_box_are_no_boxes() -> None:
    copies = '<rect x="208" y="38" width="100" height="40"/>'
    line = '<path d="M308 50L400 50" fill="none" stroke="black"/>'
    assert said(copies, AB, box(400, "C"), line) == {*BOXES, "BOX C", "LINE B | C"}


def test_a_second_box_of_the_same_name_is_one_too_many() -> None:
    assert said(AB, box(400, "B")) == {*BOXES, "BOX B (2)"}


def test_a_label_over_two_lines_is_one() -> None:
    lines = (
        '<rect x="0" y="30" width="100" height="60" fill="white"/>'
        '<text x="50" y="50" text-anchor="middle">Database</text>'
        '<text x="50" y="70" text-anchor="middle">Servers</text>'
    )
    assert said(lines) == {"BOX Database Servers"}
