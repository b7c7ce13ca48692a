"""What differs between two topologies: each change once, with all of its facts."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

import diagtool
from diagtool.cli.main import main
from diagtool.exporting import draw
from diagtool.model import Topology, facts, wording
from diagtool.model.diagram import Edge, Mark, Node
from diagtool.model.diff_formats import by_change
from diagtool.model.diff_picture import picture
from diagtool.model.diff_sentences import Change, compare
from diagtool.pictures import formats
from diagtool.pictures.drawing import Dash

ROOT = Path(__file__).parents[1]
GOOD = Path(__file__).parent / "data" / "topologies" / "good"
OLD, NEW = (ROOT / "topology" / f"{name}.yaml" for name in ("designate", "designate-23"))

SIX = {
    ("designate-worker", "db_servers"): Mark.ADDED,
    ("designate-central", "dlm_servers"): Mark.ADDED,
    ("designate-mdns", "dns_servers"): Mark.CHANGED,
    ("designate-mdns", "amqp_servers"): Mark.CHANGED,
    ("designate-api", "enable_host_header"): Mark.CHANGED,
    ("designate-sink", "designate-central"): Mark.ADDED,
}

SHOP = """\
format: 1
name: Shop
zones:
  north:
  south:
components:
  front:
    front: true
  queue:
    zone: north
  disk:
    connections:
      - to: queue
services:
  web:
    server: Web
    connections:
      - from: front
      - to: queue
        label: orders
    snippets:
      limits:
        options:
          web:
            host: <host>
            timeout: 5
    notes:
      - The {queue} is slow.
      - snippet: limits
      - warning: Mind the gap.
  cron:
    connections:
      - with: disk
placeholders:
  host:
    example: a.example
"""

EDITS = {
    "the number of servers of web is 2, not 3": (
        "    server: Web\n",
        "    server: Web\n    replicas: 2\n",
    ),
    "the name of a server of web is “Page”, not “Web”": ("server: Web", "server: Page"),
    "the shape of queue is cloud, not box": ("  queue:\n", "  queue:\n    shape: cloud\n"),
    "the label of queue is “Line”, not “queue”": ("  queue:\n", "  queue:\n    label: Line\n"),
    "the zone of queue is “south”, not “north”": ("zone: north", "zone: south"),
    "queue is drawn as one": ("  queue:\n", "  queue:\n    stacked: false\n"),
    "front does not stand in front of services": ("    front: true", "    front: false"),
    "the description of disk is “Big.”, not none": (
        "  disk:\n",
        "  disk:\n    description: Big.\n",
    ),
    "the zones of web are north and south, not none": (
        "    server: Web\n",
        "    server: Web\n    zones: [north, south]\n",
    ),
    "an arrow leads from queue to web, not the other way round": (
        "      - to: queue\n        l",
        "      - from: queue\n        l",
    ),
    "arrows lead both ways between web and queue, not only one way": (
        "      - to: queue\n        l",
        "      - with: queue\n        l",
    ),
    "an arrow leads from cron to disk, and none back": ("with: disk", "to: disk"),
    "cron does not need disk": ("with: disk", "with: disk\n        needed: false"),
    "the line between them says “sales”": ("orders", "sales"),
    "the line between them says nothing": ("        label: orders\n", ""),
    "web is not connected with queue": ("      - to: queue\n        label: orders\n", ""),
    "cron needs queue; an arrow leads from cron to queue": (
        "- with: disk",
        "- with: disk\n      - to: queue",
    ),
    "front stands in front of cron; an arrow leads from front to cron": (
        "- with: disk",
        "- with: disk\n      - from: front",
    ),
    "disk is not connected with queue": (
        "    connections:\n      - to: queue\nservices",
        "services",
    ),
    "web sets [web] timeout = 6, not 5": ("timeout: 5", "timeout: 6"),
    "web sets [web] host = <host>, b, not <host>": ("host: <host>", "host: [<host>, b]"),
    "web does not set [web] timeout": ("            timeout: 5\n", ""),
    "web sets [web] colour = red": ("timeout: 5", "timeout: 5\n            colour: red"),
    "the notes of web say “The queue is long.”, not “The queue is slow.”": ("slow", "long"),
    "the notes of web do not say the warning “Mind the gap.”": (
        "      - warning: Mind the gap.\n",
        "",
    ),
    "the notes of web say “Really.”": ("gap.\n", "gap.\n      - Really.\n"),
    "there is the service new, which needs disk": (
        "placeholders",
        "  new:\n    connections:\n      - to: disk\nplaceholders",
    ),
    "there is no longer the service cron": ("  cron:\n    connections:\n      - with: disk\n", ""),
    "there is the component more": ("  disk:\n", "  more:\n  disk:\n"),
    "the label of the zone north is “N”, not “north”": ("  north:\n", "  north:\n    label: N\n"),
    "there is the zone west": ("  south:\n", "  south:\n  west:\n"),
    "the example of the placeholder <host> is “b”, not “a.example”": ("a.example", "b"),
    "the intro says “Hi.”": ("zones:\n  n", "intro: [Hi.]\nzones:\n  n"),
}
"""What is said of an edit, and the edit."""


def shop(folder: Path, text: str, name: str) -> Topology:
    path = folder / f"{name}.yaml"
    path.write_text(text)
    return diagtool.load(path)


def words(changes: tuple[Change, ...]) -> list[str]:
    return [text for change in changes for text in (*change.words.split("; "), *change.also)]


@pytest.fixture(scope="module")
def designate() -> tuple[Topology, Topology]:
    return diagtool.load(OLD), diagtool.load(NEW)


# --- changes --------------------------------------------------------------------------


@pytest.mark.parametrize("said", EDITS)
def test_each_change_is_told_once(said: str, tmp_path: Path) -> None:
    before, after = EDITS[said]
    assert SHOP.count(before) == 1, before
    old = shop(tmp_path, SHOP, "old")
    new = shop(tmp_path, SHOP.replace(before, after), "new")
    changes = compare(old, new)
    assert len(changes) == 1, words(changes)
    assert said in (changes[0].words, *words(changes))
    (stated,) = by_change(changes, old, new)
    both = facts.state(old), facts.state(new)
    assert set(stated.old) == set(both[0]) - set(both[1])
    assert set(stated.new) == set(both[1]) - set(both[0])
    assert compare(new, old)
    assert any(shape.mark for shape in _shapes(picture(old, new))) == (
        changes[0].about in {part.id for part in (*old.parts, *new.parts)}
    )


RULED = (
    SHOP.replace(
        "      - warning: Mind the gap.\n",
        "      - warning: {rule: many}\n    silenced:\n      no-balancer: See {web.replicas}.\n",
    )
    + """\
rules:
  many:
    when: {service: web, replicas: 2}
    needs: {component: queue}
    text: The {web.replicas} servers need a queue.
drivers:
  web:
    url: {library: tooz, needs: [locks]}
"""
)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            "    server: Web\n",
            "    server: Web\n    replicas: 4\n",
            "the number of servers of web is 4, not 3",
        ),
        (
            "servers need a queue",
            "have a queue",
            "the text of the rule many is “The 3 have a queue.”, not “The 3 servers need a queue.”",
        ),
        (
            "replicas: 2}",
            "replicas: 3}",
            "the condition of the rule many is “web, from 3 servers on”, "
            "not “web, from 2 servers on”",
        ),
        (
            "needs: [locks]",
            "needs: [locks, groups]",
            "the need of the driver of [web] url is groups and locks, not locks",
        ),
        (
            "tooz, needs: [locks]",
            "sqlalchemy",
            "the library of the driver of [web] url is “sqlalchemy”, not “tooz”",
        ),
        (
            "drivers:\n  web:\n    url: {library: tooz, needs: [locks]}\n",
            "",
            "there is no longer the driver of [web] url",
        ),
    ],
)
def test_what_follows_for_rules_is_not_told(
    before: str, after: str, said: str, tmp_path: Path
) -> None:
    assert RULED.count(before) == 1, before
    old = shop(tmp_path, RULED, "old")
    new = shop(tmp_path, RULED.replace(before, after), "new")
    changes = compare(old, new)
    assert changes[0].words == said
    assert len(changes) == (2 if after == "sqlalchemy" else 1), words(changes)
    stated = by_change(changes, old, new)[0]
    assert set(stated.old) == facts.state(old).keys() - facts.state(new).keys()
    assert set(stated.new) == facts.state(new).keys() - facts.state(old).keys()


def _shapes(diagram: diagtool.Diagram) -> tuple[Node | Edge, ...]:
    return (*diagram.nodes, *diagram.edges)


def test_what_follows_from_a_name_is_not_told(tmp_path: Path) -> None:
    old = shop(tmp_path, SHOP, "old")
    text = SHOP.replace("  disk:\n", "  disk:\n    name: Disk\n", 1)
    text = text.replace("  cron:\n", "  cron:\n    name: Cron\n")
    changes = compare(old, shop(tmp_path, text, "new"))
    assert [(c.about, c.what) for c in changes] == [("disk", "name"), ("cron", "name")]


def test_order_names_and_places_do_not_count(tmp_path: Path) -> None:
    old = shop(tmp_path, SHOP, "old")
    cron = "  cron:\n    connections:\n      - with: disk\n"
    text = SHOP.replace(cron, "").replace("services:\n", f"\n\nservices:\n{cron}")
    new = shop(tmp_path, text.replace("name: Shop", "name: Other"), "new")
    assert compare(old, new) == ()
    assert facts.state(old).keys() == facts.state(new).keys()


def test_every_fact_goes_with_one_change() -> None:
    old, new = (diagtool.load(GOOD / f"{name}.yaml") for name in ("full", "variant"))
    changes = compare(old, new)
    shared = by_change(changes, old, new)
    gone = [fact for stated in shared for fact in stated.old]
    come = [fact for stated in shared for fact in stated.new]
    assert len(gone) == len(set(gone))
    assert set(gone) == facts.state(old).keys() - facts.state(new).keys()
    assert set(come) == facts.state(new).keys() - facts.state(old).keys()
    assert len(come) == len(set(come))


# --- the five of Designate ------------------------------------------------------------


def test_designate_23_differs_in_six_things(designate: tuple[Topology, Topology]) -> None:
    changes = [change for change in compare(*designate) if not change.is_of_losses]
    assert {(c.about, c.what): c.mark for c in changes} == SIX
    assert len(changes) == 6
    for change in changes:
        (reason,) = change.reasons
        assert "Designate 23.0.0" in wording.plain(designate[1], reason.source)


def test_facts_of_the_six(designate: tuple[Topology, Topology]) -> None:
    changes = compare(*designate)
    said = {
        (c.about, c.what): ({str(f) for f in s.old}, {str(f) for f in s.new})
        for c, s in zip(changes, by_change(changes, *designate), strict=True)
    }
    assert said["designate-api", "enable_host_header"] == (
        {"designate-api sets [service:api] enable_host_header = True"},
        {"designate-api sets [service:api] enable_host_header = False"},
    )
    assert "designate-worker needs Database" in said["designate-worker", "db_servers"][1]
    assert "designate-central needs DLM" in said["designate-central", "dlm_servers"][1]
    assert (
        "designate-sink needs designate-central" in said["designate-sink", "designate-central"][1]
    )
    old, new = said["designate-mdns", "dns_servers"]
    arrow = "in the picture of overview an arrow leads from {} to {}"
    assert arrow.format("designate-mdns", "DNS Servers") in old
    assert arrow.format("DNS Servers", "designate-mdns") in new
    old, new = said["designate-mdns", "amqp_servers"]
    assert "designate-mdns needs AMQP" in old
    about = ("without AMQP", "in the picture", "the picture")
    assert all(fact.startswith(about) for fact in new)


def test_all_the_same_of_the_rest(designate: tuple[Topology, Topology]) -> None:
    old, new = designate
    told = new.services["designate-producer"]
    connections = tuple(replace(each, on_loss=None) for each in told.connections)
    told = replace(told, at_least=None, critical=False, when_stopped=None)
    assert old.services["designate-producer"] == replace(told, connections=connections)
    assert old.components == new.components


# --- pictures -------------------------------------------------------------------------


def test_marks_can_be_seen_without_colour(designate: tuple[Topology, Topology]) -> None:
    diagram = picture(*designate)
    marked = {(edge.tail, edge.head): edge for edge in diagram.edges if edge.mark}
    assert {ends: edge.mark for ends, edge in marked.items()} == {
        ("designate-worker", "db_servers"): Mark.ADDED,
        ("designate-central", "dlm_servers"): Mark.ADDED,
        ("designate-mdns", "dns_servers"): Mark.CHANGED,
        ("designate-mdns", "amqp_servers"): Mark.CHANGED,
        ("designate-sink", "designate-central"): Mark.ADDED,
    }
    assert all(edge.mark.value in edge.label for edge in marked.values() if edge.mark)
    assert [node.label for node in diagram.nodes if node.mark] == ["designate-api\n(~ changed)"]
    drawing = draw(designate[1], diagram)
    strokes = {frozenset({edge.tail, edge.head}): edge.stroke for edge in drawing.edges}
    assert strokes[frozenset({"designate-worker", "db_servers"})].thick
    assert strokes[frozenset({"designate-mdns", "dns_servers"})].dash is Dash.DOTTED
    plain = {s for ends, s in strokes.items() if ends not in map(frozenset, marked)}
    assert {(s.color, s.dash, s.thick) for s in plain} == {(None, Dash.SOLID, False)}
    back = draw(designate[0], picture(*reversed(designate)))
    gone = next(e for e in back.edges if {e.tail, e.head} == {"designate-worker", "db_servers"})
    assert gone.stroke.dash is Dash.DASHED
    assert "− removed" in gone.label


@pytest.mark.parametrize("format", formats.names())
def test_every_format_shows_the_marks(format: str, tmp_path: Path) -> None:
    path = tmp_path / f"out{formats.get(format).SUFFIX}"
    assert main(["diff", str(GOOD / "full.yaml"), str(GOOD / "variant.yaml"), "-o", str(path)]) == 1
    data = path.read_bytes()
    assert data
    if format not in ("png", "pdf", "pptx"):
        text = data.decode()
        for mark in Mark:
            assert mark.name.lower() in text


# --- the command ----------------------------------------------------------------------


def test_exit_codes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", str(OLD), str(OLD)]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "no differences" in said.err
    assert main(["diff", str(OLD), str(NEW)]) == 1
    assert "33 differences" in capsys.readouterr().err
    assert main(["diff", str(OLD), str(NEW), "-o", str(tmp_path / "x.gif")]) == 2
    assert main(["diff", str(OLD), str(NEW), "-o", str(OLD / "x.svg")]) == 2
    assert main(["diff", str(OLD), str(tmp_path / "none.yaml")]) == 2
    assert "unreadable-file" in capsys.readouterr().err
    assert main(["diff", str(OLD)]) == 2
    assert main(["diff", str(OLD), str(NEW), "-t", str(NEW)]) == 2


def test_text_has_words_places_and_sources(capsys: pytest.CaptureFixture[str]) -> None:
    main(["diff", str(OLD), str(NEW)])
    text = capsys.readouterr().out
    assert len(re.findall(r"^[+~−] ", text, re.MULTILINE)) == 33
    assert text.count("    source: designate/") == 6
    for path, line in re.findall(r"^    [+−] (\S+):(\d+):\d+$", text, re.MULTILINE):
        stated = Path(path).read_text().splitlines()[int(line) - 1]
        assert re.search(r"_servers|loadbalancer|enable_host_header|designate-", stated)


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    main(["diff", str(OLD), str(NEW), "--format", "json"])
    content = json.loads(capsys.readouterr().out)
    assert (content["old"], content["new"]) == ("Designate", "Designate 23.0")
    losses = ("on_loss", "at_least", "critical", "when_stopped")
    assert {
        (d["about"], d["what"]): d["kind"]
        for d in content["differences"]
        if d["what"] not in losses
    } == {key: mark.name.lower() for key, mark in SIX.items()}
    worker = next(
        d
        for d in content["differences"]
        if (d["about"], d["what"]) == ("designate-worker", "db_servers")
    )
    assert worker["old"] is None
    assert worker["new"]["path"] == NEW.as_posix()
    assert {"kind": "need", "about": "designate-worker", "terms": ["Database"]} in worker["facts"][
        "added"
    ]


def test_same_bytes_whatever_the_hash_seed() -> None:
    def said(seed: str) -> bytes:
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        arguments = [GOOD / "full.yaml", GOOD / "variant.yaml", "--format", "json"]
        command = [sys.executable, "-m", "diagtool", "diff", *map(str, arguments)]
        return subprocess.run(command, env=environment, capture_output=True).stdout

    assert said("1") == said("2") != b""


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            "{to: disk}",
            "{to: disk, on_loss: stops}",
            "cron stops without disk, where what cron does without disk is not stated",
        ),
        (
            "{to: disk, on_loss: stops}",
            "{to: disk, on_loss: {effect: degrades, text: Slowly.}}",
            "cron degrades without disk (“Slowly.”), where cron stops without disk",
        ),
        (
            "{to: disk}]\n    replicas: 2",
            "{to: disk}]\n    critical: true\n    replicas: 2",
            "cron is critical",
        ),
        (
            "{to: disk}]\n    replicas: 2",
            "{to: disk}]\n    at_least: 1\n    replicas: 2",
            "the number of servers that carry the load of cron is 1, not none",
        ),
        (
            "{to: disk}]\n    at_least: 2\n    replicas: 2",
            "{to: disk}]\n    at_least: {servers: 1, fewer: not stated, source: A drill.}\n"
            "    replicas: 2",
            "the number of servers that carry the load of cron is "
            "1 (with fewer: not stated) (source: A drill.), not 2",
        ),
        (
            "{to: disk}]\n    replicas: 2",
            "{to: disk}]\n    when_stopped: {text: No mail., source: A drill.}\n    replicas: 2",
            "the consequence of a stop of cron is “No mail.” (source: A drill.), not none",
        ),
    ],
)
def test_what_is_said_of_losses(tmp_path: Path, before: str, after: str, said: str) -> None:
    start = "format: 1\nname: S\ncomponents: {disk: {}}\nservices:\n  cron:\n    connections: ["
    end = "" if "replicas" in before else "]\n"
    old, new = (
        shop(tmp_path, f"{start}{each}{end}\n", name)
        for each, name in ((before, "old"), (after, "new"))
    )
    assert [change.words for change in compare(old, new)] == [said]


def test_promises_that_come_and_go(tmp_path: Path) -> None:
    start = (
        "format: 1\nname: S\ncomponents: {disk: {}}\n"
        "services: {cron: {connections: [{to: disk, on_loss: continues}]}}\n"
    )
    promise = "promises: [{text: Cron goes on., lost: [disk], still: [cron]}]\n"
    old, new = shop(tmp_path, start, "old"), shop(tmp_path, start + promise, "new")
    assert [change.words for change in compare(old, new)] == [
        "there is the promise “Cron goes on.”"
    ]


# --- slides ---------------------------------------------------------------------------


def slides(old: Path, new: Path, deck: Path) -> list[dict[str, tuple[object, ...]]]:
    """What each slide of a deck holds: the place and words of each shape, by its name."""
    pptx = pytest.importorskip("pptx")
    assert main(["diff", str(old), str(new), "-o", str(deck)]) == 1
    told = []
    for slide in pptx.Presentation(deck).slides:
        shapes: dict[str, tuple[object, ...]] = {}
        for shape in slide.shapes:
            inner = list(shape.shapes) if shape.shape_type == 6 else [shape]
            words = " ".join(s.text_frame.text for s in inner if s.has_text_frame)
            place = (shape.left, shape.top, shape.width, shape.height)
            shapes[shape.name] = (*place, " ".join(words.split()))
        told.append(shapes)
    return told


def test_a_deck_shows_before_changes_and_after_in_the_same_places(tmp_path: Path) -> None:
    deck = tmp_path / "changes.pptx"
    before, changes, after = slides(GOOD / "full.yaml", GOOD / "variant.yaml", deck)
    for side, other in ((before, after), (after, before)):
        # Its arrow is another one.
        turned = {
            name for name in side if name.startswith(("queue <", "web <")) and "queue" in name
        }
        assert side.keys() - turned <= changes.keys()
        assert side.keys() - other.keys()
        for name, (*place, words) in side.items():
            if not name.startswith("Title") and name not in turned:
                assert place[:2] == list(changes[name][:2]), name
            assert not any(mark.value in str(words) for mark in Mark)
    words = {name: str(words) for name, (*_, words) in before.items()}
    assert words["south"] == "south"
    assert "Front Proxy" in words.values()
    assert any("removed" in str(words) for *_, words in changes.values())
    with zipfile.ZipFile(deck) as archive:
        morphs = [
            "p159:morph" in archive.read(f"ppt/slides/slide{n}.xml").decode() for n in (1, 2, 3)
        ]
        notes = archive.read("ppt/notesSlides/notesSlide2.xml").decode()
    assert morphs == [False, True, True]
    assert "There is the component till" in notes
    first = deck.read_bytes()
    slides(GOOD / "full.yaml", GOOD / "variant.yaml", deck)
    assert deck.read_bytes() == first


def test_no_slide_shows_a_part_in_a_zone_that_it_is_not_in(tmp_path: Path) -> None:
    moved = SHOP.replace("zone: north", "zone: south")
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(SHOP, "utf-8")
    new.write_text(moved, "utf-8")
    before, changes, after = slides(old, new, tmp_path / "changes.pptx")
    assert "queue (group)" in before or "queue" in before
    assert not {"north", "south"} & before.keys()
    assert "south" in changes.keys() & after.keys()
