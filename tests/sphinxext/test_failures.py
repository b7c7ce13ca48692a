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


@pytest.mark.slow
@pytest.mark.parametrize("builder", [*BUILDERS, "dummy", "htmlhelp", "json"])
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


@pytest.mark.slow
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
        ('topo_theme = "cleen"', "topo_theme: no theme 'cleen'"),
        ("topo_theme = 5", "topo_theme: expected the name of a theme, or the path of"),
        ("topo_theme = None", "topo_theme: expected the name of a theme"),
        ('topo_font = "nothing.ttf"', "topo_font: "),
        ("topo_font = 5", "topo_font: expected the path of a font file, found 5"),
        ('topo_downloads = ["svgg"]', "topo_downloads: no format 'svgg'"),
        ('topo_downloads = "svg"', "topo_downloads: expected a list of format names, found 'svg'"),
        ("topo_downloads = [5]", "topo_downloads: expected a list of format names, found [5]"),
        ("topo_downloads = None", "topo_downloads: expected a list of format names, found None"),
        ('topo_lint = "yes"', "topo_lint: expected True or False, found 'yes'"),
        ("topo_verify = []", "topo_verify: expected True or False, found []"),
        ('topo_topologies = {"a/b": "a.yaml"}', "topo_topologies: 'a/b'"),
        ("blockdiag_fontpath = 5", "blockdiag_fontpath: expected a path or a list of paths"),
        ('blockdiag_html_image_format = "JPG"', "blockdiag_html_image_format: expected SVG or PNG"),
    ],
)
def test_a_setting_that_means_nothing_is_an_error(
    project: MakeProject, conf: str, message: str
) -> None:
    build = project(f"topo_topologies = {{}}\n{conf}", index="Page\n====\n").build(strict=False)
    assert build.status == 1
    assert f"ERROR: conf.py: {message}" in build.warnings
    assert "Traceback" not in build.warnings


# --- topologies that cannot be used ---------------------------------------------------

EVERYTHING = """\
    Page
    ====

    :topo:service:`web`, :topo:component:`db`, :topo:value:`web.replicas`,
    :topo:value:`shop/web.servers`, :any:`web` and :topo:value:`words <web.options.a>`.

    .. topo:topology:: shop

    :topo:value:`db.label`

    .. topo:guide::
    .. topo:service:: web
    .. topo:components::
    .. topo:component:: db
    .. topo:diagram:: web
    .. topo:diagram:: overview
    .. topo:needs:: web
    .. topo:notes:: web
    .. topo:snippet:: web

    Of another one: :topo:value:`good/queue.name`.

    .. topo:guide:: good
    """

ALL_OF_ONE = EVERYTHING.replace("    .. topo:service:: web\n", "").replace(
    "    .. topo:components::\n    .. topo:component:: db\n", ""
)
"""The same without what would describe something twice."""

SHOP = """\
    format: 1
    name: Shop
    components:
      db:
    services:
      web:
        connections:
          - to: db
        snippets:
          main: {options: {x: {a: 1}}}
        notes:
          - snippet: main
    """

GOOD = """\
    format: 1
    name: Good
    components:
      queue:
    services:
      worker:
        connections: [to: queue]
    """

TWO = 'topo_topologies = {"shop": "shop.yaml", "good": "good.yaml"}'


def two(project: MakeProject, page: str = EVERYTHING) -> Project:
    made = project(TWO, index=page)
    made.write("shop.yaml", SHOP)
    made.write("good.yaml", GOOD)
    return made


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("builder", ["html", "latex", "text"])
def test_a_mistake_in_a_topology_is_all_that_a_build_says(
    project: MakeProject, builder: str, strict: bool
) -> None:
    made = two(project)
    made.change("shop.yaml", "- to: db", "- to: dbb")
    for _ in range(2):
        build = made.build(builder, strict=strict)
        assert build.status == 1
        (line,) = build.warnings.strip().splitlines()
        assert re.search(r"shop\.yaml:8:13: ERROR: unknown-id .*did you mean 'db'", line), line


@pytest.mark.slow
@pytest.mark.parametrize("strict", [True, False])
def test_a_mistake_between_two_builds(project: MakeProject, strict: bool) -> None:
    made = two(project, ALL_OF_ONE)
    assert made.build().warnings == ""
    made.change("shop.yaml", "- to: db", "- to: dbb")
    broken = made.build(strict=strict)
    assert broken.status == 1
    assert len(broken.warnings.strip().splitlines()) == 1
    made.change("shop.yaml", "- to: dbb", "- to: db")
    mended = made.build()
    assert (mended.status, mended.warnings) == (0, "")
    assert "web Server 3" in mended.text("index.html")


@pytest.mark.parametrize("strict", [True, False])
def test_a_topology_that_is_not_there(project: MakeProject, strict: bool) -> None:
    made = two(project)
    (made.root / "shop.yaml").unlink()
    build = made.build(strict=strict)
    assert build.status == 1
    (line,) = build.warnings.strip().splitlines()
    assert re.search(r"shop\.yaml:1:1: ERROR: unreadable-file the file does not exist", line)


@pytest.mark.parametrize(
    "setting", ['"shop.yaml"', '["shop.yaml"]', '{"shop": 1}', '{1: "shop.yaml"}', "5", "None"]
)
@pytest.mark.parametrize("strict", [True, False])
def test_a_setting_of_the_wrong_kind(project: MakeProject, setting: str, strict: bool) -> None:
    made = project(f"topo_topologies = {setting}", index=EVERYTHING)
    made.write("shop.yaml", SHOP)
    build = made.build(strict=strict)
    assert build.status == 1
    (line,) = build.warnings.strip().splitlines()
    assert re.search(r"ERROR: conf\.py: topo_topologies: .* such as \{\"chat\": ", line)


def test_no_text_of_a_topology_is_acted_on_in_a_log(project: MakeProject) -> None:
    made = project('topo_topologies = {"bad": "bad.yaml"}', index="Home\n====\n")
    made.write(
        "bad.yaml",
        'format: 1\nname: "a\\n::error::x"\nservices: {web: {shape: "\\e[31m"}}\n',
    )
    build = made.build()
    assert build.status != 0
    assert r"\n::error::x" in build.warnings
    assert "\n::error::" not in build.warnings
    assert r"'\x1b[31m' is not one of" in build.warnings
    assert "\x1b" not in build.warnings
