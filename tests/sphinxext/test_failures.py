"""A build never ends well with a picture missing, whatever it builds and however strictly."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sphinx_project import BUILDERS, Project

MakeProject = Callable[..., Project]

BROKEN = """\
    Page
    ====

    .. blockdiag::
       :caption: Broken

       a -> b;
       a -> -> b;

    .. blockdiag::

       c -> d;
    """


@pytest.mark.parametrize("builder", [*BUILDERS, "dummy", "xml", "pseudoxml", "htmlhelp", "json"])
def test_a_drawing_that_fails_fails_every_build(project: MakeProject, builder: str) -> None:
    if builder == "htmlhelp":
        pytest.importorskip("sphinxcontrib.htmlhelp")
    made = project("topo_topologies = {}", index=BROKEN)
    build = made.build(builder, strict=False)
    assert build.status != 0
    (line,) = re.findall(r".*: ERROR: .*", build.warnings)
    assert re.search(r"index\.rst:4: ERROR: cannot draw the picture: unexpected '->'", line)
    assert line.endswith("index.rst:8)")
    # A second try must not take the page for one that has been dealt with.
    again = made.build(builder, strict=False)
    assert again.status != 0
    assert "index.rst:4: ERROR: " in again.warnings


def test_the_other_pictures_are_drawn_all_the_same(project: MakeProject) -> None:
    build = project("topo_topologies = {}", index=BROKEN).build(strict=False)
    html = build.text("index.html")
    assert html.count("<svg ") == 1
    assert "Broken" in html


def test_a_build_ends_well_once_the_picture_is_mended(project: MakeProject) -> None:
    made = project("topo_topologies = {}", index=BROKEN)
    assert made.build().status != 0
    made.change("index.rst", "a -> -> b", "a -> b")
    build = made.build()
    assert (build.status, build.warnings) == (0, "")


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize(
    ("directive", "message"),
    [
        (".. blockdiag:: nothing.diag", r"nothing\.diag: No such file"),
        (".. blockdiag::", "neither a file nor content"),
        (".. blockdiag:: page.rst\n\n   a -> b", "both a file and content"),
        (".. blockdiag:: latin.diag", "not UTF-8"),
    ],
)
def test_a_source_that_cannot_be_read_fails_at_its_line(
    project: MakeProject, directive: str, message: str, jobs: str
) -> None:
    pages = {f"page{n}": f":orphan:\n\nPage {n}\n======\n" for n in range(8)}
    made = project("topo_topologies = {}", index=f"Page\n====\n\n{directive}\n", **pages)
    (made.root / "latin.diag").write_bytes("{ ä }".encode("latin-1"))
    build = made.build("html", "-j", jobs, strict=False)
    assert build.status != 0
    assert re.search(rf"index\.rst:4: ERROR: blockdiag: .*{message}", build.warnings)


def test_an_error_in_a_file_names_its_line(project: MakeProject) -> None:
    made = project("topo_topologies = {}", index="Page\n====\n\n.. blockdiag:: one.diag\n")
    made.write("one.diag", "{\n  a -> b;\n  c -> ;\n}\n")
    build = made.build(strict=False)
    assert re.search(r"index\.rst:4: ERROR: .*one\.diag:3", build.warnings)


def test_a_link_to_nothing_is_warned_of(project: MakeProject) -> None:
    page = """\
        Page
        ====

        .. blockdiag::

           a [href = ":ref:`nowhere`"];
        """
    build = project("topo_topologies = {}", index=page).build(strict=False)
    assert re.search(r"index\.rst:4: WARNING: undefined label: 'nowhere'", build.warnings)
    assert "<a href" not in re.findall(r"<svg.*?</svg>", build.text("index.html"), re.DOTALL)[0]


def test_a_link_that_would_run_something_is_left_out(project: MakeProject) -> None:
    page = """\
        Page
        ====

        .. blockdiag::

           a [label = "<b>x</b>", href = "javascript:alert(1)"];
        """
    html = project("topo_topologies = {}", index=page).build(strict=False).text("index.html")
    assert "javascript:" not in html
    assert "<b>x" not in html


@pytest.mark.parametrize(
    ("conf", "message"),
    [
        ('topo_theme = "cleen"', "cleen"),
        ('topo_font = "nothing.ttf"', "nothing.ttf"),
        ('topo_downloads = ["svgg"]', "svgg"),
        ('topo_topologies = {"a/b": "a.yaml"}', "'a/b'"),
    ],
)
def test_a_setting_that_means_nothing_is_an_error(
    project: MakeProject, conf: str, message: str
) -> None:
    build = project(f"topo_topologies = {{}}\n{conf}", index="Page\n====\n").build(strict=False)
    assert build.status != 0
    assert message in build.warnings
