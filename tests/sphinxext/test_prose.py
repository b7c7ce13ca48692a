"""Prose of pages, held against the topology while real Sphinx reads them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sphinx_project import Project

Make = Callable[..., Project]

WRONG = "\nRunning\n=======\n\nAll is well.\n\ndesignate-worker reads the database.\n"


def test_a_contradiction_is_a_warning_at_its_line(project: Make) -> None:
    build = project("topo_lint = True", index=WRONG).build(strict=False)
    (line,) = build.warnings.splitlines()
    assert "index.rst:7:1: WARNING: prose-connection" in line
    assert '"designate-worker reads the database."' in line
    assert line.endswith("[topo.prose-connection]")


def test_it_fails_a_strict_build_and_can_be_suppressed(project: Make) -> None:
    made = project("topo_lint = True", index=WRONG)
    assert made.build().status != 0
    conf = "topo_lint = True\nsuppress_warnings = ['topo.prose-connection']"
    made = project(conf, index=WRONG)
    assert made.build().status == 0


def test_nothing_is_checked_unless_it_is_asked_for(project: Make) -> None:
    assert project(index=WRONG).build().warnings == ""


def test_what_the_topology_says_is_not_checked_and_hints_do_not_fail(project: Make) -> None:
    page = "Guide\n=====\n\nHere is designate-sink.\n\n.. topo:guide::\n"
    build = project("topo_lint = True", index=page).build()
    assert (build.status, build.warnings) == (0, "")


def test_a_name_is_typed_by_hand_only_on_the_page_itself(project: Make) -> None:
    index = "Guide\n=====\n\n.. topo:failures::\n\n.. include:: one.txt\n\ndesignate-api runs.\n"
    made = project("topo_lint = True", index=index)
    (made.root / "one.txt").write_text("This is about designate-sink.\n", "utf-8")
    (line,) = (line for line in made.build().log.splitlines() if "prose-name" in line)
    assert "index.rst:8:1: prose-name 'designate-api'" in line


def test_a_silence_works_in_a_build(project: Make) -> None:
    silence = ".. diagtool: ignore prose-connection this is what a mistake looks like\n\n"
    page = WRONG.replace("designate-worker", silence + "designate-worker")
    assert project("topo_lint = True", index=page).build().warnings == ""
    page = "Running\n=======\n\n" + silence + "All is well.\n"
    assert (
        "[topo.prose-silence]"
        in project("topo_lint = True", index=page).build(strict=False).warnings
    )


def test_a_page_is_read_again_when_the_topology_comes_to_contradict_it(project: Make) -> None:
    page = "Running\n=======\n\nThere are three designate-sink servers.\n"
    made = project("topo_lint = True", index=page)
    assert made.build(strict=False).warnings == ""
    (topology,) = made.root.glob("**/designate.yaml")
    text = topology.read_text("utf-8")
    topology.write_text(text.replace("width: 256", "width: 256\n  replicas: 5", 1), "utf-8")
    assert "designate-sink has 5 servers, not 3" in made.build(strict=False).warnings


def test_a_page_about_an_unknown_topology_is_named_with_the_reason(project: Make) -> None:
    page = WRONG.replace("All is well.", ".. topo:topology:: shop")
    output = project("topo_lint = True", index=page).build(strict=False).log
    (line,) = (line for line in output.splitlines() if "not judged" in line)
    assert "index.rst: not judged: no topology 'shop' in topo_topologies" in line


def test_a_page_that_hardly_names_a_part_is_named_where_all_is_told(project: Make) -> None:
    page = "Running\n=======\n\n" + "All is well. " * 60 + "designate-sink needs the database.\n"
    build = project("topo_lint = True", index=page).build("html", "-v")
    assert "index.rst: not judged: it names too few parts of Designate" in build.log


@pytest.mark.parametrize("builder", ["html", "latex", "text", "man", "texinfo", "gettext"])
def test_the_mark_of_a_pages_topology_reaches_no_builder(project: Make, builder: str) -> None:
    page = "Running\n=======\n\n.. topo:topology:: designate\n\nAll is well.\n"
    build = project(index=page).build(builder)
    assert (build.status, build.warnings) == (0, "")


def test_what_a_page_includes_is_checked_with_it(project: Make) -> None:
    index = "\nRunning\n=======\n\n.. include:: parts/one.txt\n\n.. include:: parts/two.rst\n"
    made = project("topo_lint = True\nexclude_patterns = ['parts']", index=index)
    parts = made.root / "parts"
    parts.mkdir()
    (parts / "one.txt").write_text("All is well.\n\ndesignate-sink needs the database.\n", "utf-8")
    (parts / "two.rst").write_text("There are five designate-sink servers.\n", "utf-8")
    first, second = made.build(strict=False).warnings.splitlines()
    assert "one.txt:3:1: WARNING: prose-connection" in first
    assert "two.rst:1:11: WARNING: prose-count" in second
