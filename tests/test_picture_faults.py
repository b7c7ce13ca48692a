"""No line, label or title of a random picture can be misread, and everything is on the page."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from picture_faults import faults, source, system

from diagtool import exporting
from diagtool.model.diagram import views
from diagtool.pictures.drawing import Drawing, Rect
from diagtool.pictures.layout import LayoutError, lay_out


def draw(text: str) -> Drawing:
    return lay_out(text, name="x")


@pytest.mark.slow
@pytest.mark.parametrize("zones", [False, True], ids=["without zones", "with zones"])
@pytest.mark.parametrize("seed", range(100, 112))
def test_a_random_system(seed: int, zones: bool) -> None:
    topology = system(seed, zones=zones)
    for view in views(topology):
        assert faults(exporting.draw(topology, view)) == []


def test_random_sources() -> None:
    """Sources of every shape in both orientations: few faults, of kinds that are known."""
    found: Counter[str] = Counter()
    pictures = 0
    for seed in range(1000, 1120):
        try:
            drawing = lay_out(source(seed), name="x", warn=lambda _: None)
        except LayoutError:
            continue
        pictures += 1
        found.update(fault.kind for fault in faults(drawing))
    assert pictures > 100
    assert found.total() <= 6
    assert not found.keys() & {"line through box", "line through label", "outside of the page"}


def test_a_labelled_line_has_a_way_of_its_own() -> None:
    drawing = draw("{ primary -> replica [label = streams]; one, two -> primary, replica; }")
    (labelled,) = (edge for edge in drawing.edges if edge.label)
    for other in drawing.edges:
        if other is not labelled:
            assert not set(labelled.points) & set(other.points)
    assert faults(drawing) == []


def test_what_lines_that_run_together_say_is_said_once() -> None:
    drawing = draw("{ s1, s2, s3 -> db [label = reads]; s1, s2, s3 -> log; }")
    places = [edge.lines for edge in drawing.edges if edge.label]
    assert len(places) == 3 and len(set(places)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "{ idle -> load -> run -> done; load, run -> idle [label = reset]; done -> idle; }",
        '{ work -> stop; stop [shape = endpoint, label = "all of the work is done"]; }',
        "{ a [numbered = 1]; a -> b -> c -> a; }",
        '{ a [shape = actor, stacked, label = "A long name below"]; a -> b; }',
    ],
)
def test_everything_is_on_the_page(text: str) -> None:
    assert faults(draw(text)) == []


def test_a_line_leaves_an_actor_below_its_name() -> None:
    drawing = draw("{ orientation = portrait; user [shape = actor]; user -> page; }")
    (edge,) = drawing.edges
    (user,) = (node for node in drawing.nodes if node.id == "user")
    assert edge.points[0][1] >= max(line.y for line in user.lines)


@pytest.mark.parametrize("label", ["2> some words\\nand a line", "scan file location x"])
def test_text_stands_beside_the_fold_of_a_note(label: str) -> None:
    (note,) = draw(f'{{ n [shape = note, label = "{label}"]; }}').nodes
    fold = Rect(note.box.right - 16, note.box.y, 16, 16)
    for line in note.lines:
        top, bottom = line.y - 0.7 * line.size, line.y
        right = line.x + line.width / 2
        assert right <= fold.x or top >= fold.bottom or bottom <= fold.y


def test_the_checker_sees_faults() -> None:
    """Each kind, planted in a drawing that has none."""
    drawing = draw("{ a -> b [label = reads]; c -> d; group g { label = Title; b } }")
    assert faults(drawing) == []
    labelled, plain = sorted(drawing.edges, key=lambda edge: not edge.label)
    (group,), box = drawing.groups, drawing.nodes[0].box

    def kinds(*edges: object, **changes: object) -> set[str]:
        return {fault.kind for fault in faults(replace(drawing, edges=edges, **changes))}

    def through(rect: Rect) -> object:
        y = rect.center[1]
        return replace(plain, points=((rect.x - 5, y), (rect.right + 5, y)))

    other = next(node for node in drawing.nodes if node.id == labelled.tail)
    assert "line through box" in kinds(labelled, through(other.box))
    (line,) = labelled.lines
    words = Rect(line.x - line.width / 2, line.y - 9, line.width, 9)
    assert "line through label" in kinds(labelled, through(words))
    (title,) = group.lines
    heading = Rect(title.x - title.width / 2, title.y - 9, title.width, 9)
    assert "line through text" in kinds(labelled, through(heading))
    moved = replace(labelled, lines=(replace(line, x=box.center[0], y=box.center[1]),))
    assert {"label on box", "label far from its line"} <= kinds(moved, plain)
    same = replace(plain, points=labelled.points)
    assert {"labels differ on one line", "strangers on one line"} <= kinds(labelled, same)
    assert "outside of the page" in kinds(labelled, plain, width=drawing.width - 60)


def test_lines_leave_a_box_as_they_turn() -> None:
    """What leads around a box below leaves below what leads straight on, and the nearest inside."""
    drawing = draw("{ a -> b -> c -> d; a -> d [label = far]; a -> c [label = near]; }")
    edges = {(edge.tail, edge.head): edge.points for edge in drawing.edges}
    straight, near, far = (edges["a", id] for id in "bcd")
    assert straight[0][1] < near[0][1] < far[0][1]
    assert not any(edge.jumps for edge in drawing.edges)
