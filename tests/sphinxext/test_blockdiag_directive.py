"""``.. blockdiag::`` by hand, as sphinxcontrib-blockdiag has it."""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Callable
from html import unescape

import pytest
from sphinx_project import Build, Project

MakeProject = Callable[..., Project]

# Every option that sphinxcontrib-blockdiag documents, and each way to give a source.
PAGE = """\
    Pictures
    ========

    .. _here:

    Here
    ----

    .. blockdiag::
       :alt: Alpha reaches beta
       :align: center
       :class: mine

       blockdiag {
         alpha -> beta [label = "asks"];
         alpha [href = ":ref:`here`"];
         beta [href = "https://example.org/?a=1&b=2"];
       }

    .. blockdiag::
       :caption: The *first* one
       :name: first
       :figwidth: image
       :figclass: framed
       :align: right
       :desctable:

       alpha -> gamma [description = "by *mail*"];
       alpha [description = "starts"];

    .. blockdiag:: sources/second.diag
       :caption: The second one
       :name: second
       :width: 300
       :figwidth: 50%

    .. blockdiag::
       :name: bare
       :scale: 50

       { a -> b }

    .. _labelled:

    .. blockdiag::
       :height: 120px

       group { label = "Both"; c; d }

    See :ref:`first`, :ref:`the other <second>`, :ref:`that <bare>`,
    :ref:`this <labelled>`,
    :numref:`first` and :numref:`Picture %s <second>`.
    """
FILE = """\
    blockdiag {
      epsilon [shape = cloud];
      epsilon <-> zeta;
    }
    """


def built(make: MakeProject, builder: str, conf: str = "") -> Build:
    project = make(f"topo_topologies = {{}}\n{conf}", index=PAGE)
    project.write("sources/second.diag", FILE)
    build = project.build(builder)
    assert build.warnings == ""
    assert build.status == 0
    return build


def test_html_draws_them_inside_the_page(project: MakeProject) -> None:
    html = built(project, "html").text("index.html")
    pictures = re.findall(r"<svg .*?</svg>", html, re.DOTALL)
    assert len(pictures) == 5
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    titles = [re.search(r"<title[^>]*>(.*?)</title>", p)[1] for p in pictures]  # type: ignore[index]
    assert titles == ["Alpha reaches beta", "The first one", "The second one", "Diagram", "Diagram"]
    assert "An arrow leads from a to b." in pictures[3]
    assert '<a href="#here"' in pictures[0]
    assert '<a href="https://example.org/?a=1&amp;b=2"' in pictures[0]
    assert '<div class="topo-scroll mine align-center"' in html
    first = html[: html.index("The <em>first</em> one")].rindex("<figure")
    tag = html[first : html.index(">", first)]
    natural = re.search(r'width="(\d+)"', pictures[1])
    assert natural is not None
    assert 'class="framed align-right"' in tag or 'class="align-right framed"' in tag
    assert f"width: {natural[1]}px" in tag
    assert "width:300px" in pictures[2] and "height:120px" in pictures[4]
    small, large = (re.search(r'width="(\d+)"', pictures[i]) for i in (3, 0))
    assert small is not None and large is not None and int(small[1]) < 0.6 * int(large[1])


def test_names_lead_to_their_figures(project: MakeProject) -> None:
    html = built(project, "html").text("index.html")
    references = re.findall(
        r'<a class="reference internal" href="#(\w+)"><span class="std std-(\w+)">(.*?)</span>',
        html,
    )
    assert references[-6:] == [
        ("first", "ref", "The first one"),
        ("second", "ref", "the other"),
        ("bare", "ref", "that"),
        ("labelled", "ref", "this"),
        ("first", "numref", "Fig. 1"),
        ("second", "numref", "Picture 2"),
    ]
    assert re.search(r'<figure[^>]* id="first"', html)
    assert re.search(r'<span [^>]*id="bare"', html)
    assert re.search(r'<span [^>]*id="labelled"', html)


def test_descriptions_become_tables(project: MakeProject) -> None:
    html = built(project, "html").text("index.html")
    tables = re.findall(r"<table.*?</table>", html, re.DOTALL)
    assert len(tables) == 2
    assert "starts" in tables[0] and "<em>mail</em>" in tables[1]


def test_downloads_are_read_by_blockdiag_itself(project: MakeProject) -> None:
    from blockdiag import parser

    build = built(project, "html")
    sources = sorted(build.out.glob("_downloads/*/*.diag"), key=lambda path: path.name)
    assert [source.stem for source in sources] == ["first", "second"]
    for source in sources:
        assert parser.parse_string(source.read_text("utf-8")).stmts


def test_html_shows_png_where_the_project_says_so(project: MakeProject) -> None:
    build = built(project, "html", 'blockdiag_html_image_format = "PNG"')
    html = build.text("index.html")
    assert "<svg" not in html
    images = [dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in re.findall(r"<img .*?>", html)]
    assert len(images) == 5
    for image in images:
        content = (build.out / image["src"]).read_bytes()
        assert content.startswith(b"\x89PNG")
    assert [unescape(image["alt"]) for image in images[:1]] == ["Alpha reaches beta"]
    assert "An arrow leads from alpha to gamma." in images[1]["alt"]
    # Two pixels of the file for each of the page.
    width, _ = struct.unpack(">II", (build.out / images[0]["src"]).read_bytes()[16:24])
    style = re.search(r"width: ([\d.]+)px", images[0]["style"])
    assert style is not None and round(float(style[1])) * 2 == pytest.approx(width, abs=2)
    assert "width: 300px" in images[2]["style"]


def test_png_boxes_can_be_clicked(project: MakeProject) -> None:
    html = built(project, "html", 'blockdiag_html_image_format = "PNG"').text("index.html")
    (name,) = re.findall(r'usemap="#([^"]+)"', html)
    area = re.search(rf'<map name="{name}">(.*?)</map>', html, re.DOTALL)
    assert area is not None
    links = re.findall(r'<area shape="rect" coords="([^"]+)" href="([^"]+)" alt="([^"]+)"', area[1])
    assert [(link, alt) for _, link, alt in links] == [
        ("#here", "alpha"),
        ("https://example.org/?a=1&amp;b=2", "beta"),
    ]
    for coordinates, _, _ in links:
        left, top, right, bottom = map(int, coordinates.split(","))
        assert right - left == 128 and bottom - top == 40


def test_latex_holds_them(project: MakeProject) -> None:
    build = built(project, "latex")
    tex = build.text("demo.tex")
    shown = re.findall(r"\\sphinxincludegraphics(?:\[(.*?)\])?\{\{(.+?)\}\.pdf\}", tex)
    assert len(shown) == 5
    assert all((build.out / f"{name}.pdf").is_file() for _, name in shown)
    assert [options for options, _ in shown][2].startswith("width=300")
    for label in ("first", "second", "bare", "labelled"):
        assert rf"\label{{\detokenize{{index:{label}}}}}" in tex
    assert tex.count(r"\begin{figure}") + tex.count(r"\begin{wrapfigure}") == 2


def test_latex_shows_png_where_the_project_says_so(project: MakeProject) -> None:
    build = built(project, "latex", 'blockdiag_latex_image_format = "PNG"')
    assert (
        len(
            re.findall(
                r"\\sphinxincludegraphics(?:\[.*?\])?\{\{.+?\}\.png\}", build.text("demo.tex")
            )
        )
        == 5
    )


def test_epub_holds_them(project: MakeProject) -> None:
    build = built(project, "epub")
    with zipfile.ZipFile(build.out / "demo.epub") as book:
        page = book.read("index.xhtml").decode()
        images = re.findall(r'<img [^>]*src="(.*?)"', page)
        assert len(set(images)) == 5
        for image in images:
            content = book.read(image).decode()
            assert content.startswith("<?xml") and ":ref:" not in content
    assert 'href="#first"' in page and "Fig. 1" in page


@pytest.mark.parametrize("order", [0, 1])
def test_it_stands_beside_the_old_extension_in_either_order(
    project: MakeProject, order: int
) -> None:
    names = ["diagtool.sphinxext", "sphinxcontrib.blockdiag"][:: -1 if order else 1]
    conf = f"import diagtool.blockdiag_compat\nextensions = {names}\n"
    html = built(project, "html", conf).text("index.html")
    assert len(re.findall(r'<svg [^>]*class="topo-drawing"', html)) == 5


def test_it_takes_the_place_of_the_old_extension_on_paper_too(project: MakeProject) -> None:
    conf = (
        "import diagtool.blockdiag_compat\n"
        'extensions = ["sphinxcontrib.blockdiag", "diagtool.sphinxext"]\n'
    )
    assert built(project, "latex", conf).text("demo.tex").count("sphinxincludegraphics") == 5


@pytest.mark.parametrize(
    "name", ["near.png", "../icons/red.png", "/icons/red.png", "icons/red.png"]
)
def test_icons_are_read_from_anywhere_below_the_source_folder(
    project: MakeProject, name: str
) -> None:
    """Also from a page in a subfolder, and ``/`` is the source folder."""
    from PIL import Image

    made = project("topo_topologies = {}", index="Guide\n=====\n\n.. toctree::\n\n   admin/page\n")
    made.write(
        "admin/page.rst",
        f"""\
        Icons
        =====

        .. blockdiag::

           a [icon = "{name}"];
        """,
    )
    for folder, file in (("icons", "red.png"), ("admin", "near.png")):
        (made.root / folder).mkdir(exist_ok=True)
        Image.new("RGB", (8, 8), "red").save(made.root / folder / file)
    build = made.build()
    assert build.warnings == ""
    assert "data:image/png;base64," in build.text("admin/page.html")


@pytest.mark.parametrize("name", ["../../out.png", "/../out.png", "../admin/../../out.png"])
def test_no_icon_is_read_from_outside(project: MakeProject, name: str) -> None:
    from PIL import Image

    made = project("topo_topologies = {}", index="Guide\n=====\n\n.. toctree::\n\n   admin/page\n")
    made.write("admin/page.rst", f'Icons\n=====\n\n.. blockdiag::\n\n   a [icon = "{name}"];\n')
    Image.new("RGB", (8, 8), "red").save(made.root.parent / "out.png")
    build = made.build(strict=False)
    assert re.search(r"page\.rst:4: WARNING: icon left out: .* is outside ", build.warnings)
    assert "data:image/png" not in build.text("admin/page.html")


LINKS = """\
    Guide
    =====

    .. glossary::

       broker
          What hands messages on.

    .. blockdiag::

       a [href = ":doc:`other`"]; b [href = ":term:`broker`"]; a -> b;

    .. toctree::

       other
    """


def test_links_lead_to_whatever_a_role_leads_to(project: MakeProject) -> None:
    made = project("topo_topologies = {}", index=LINKS)
    made.write("other.rst", "Other\n=====\n")
    build = made.build()
    assert build.warnings == ""
    html = build.text("index.html")
    assert '<a href="other.html" aria-label="a">' in html
    assert '<a href="#term-broker" aria-label="b">' in html


@pytest.mark.parametrize("role", ["doc", "ref", "term", "nothing:of"])
def test_a_link_that_leads_nowhere_is_warned_of(project: MakeProject, role: str) -> None:
    page = LINKS.replace(":doc:`other`", f":{role}:`gone`").replace("\n       other\n", "\n")
    build = project("topo_topologies = {}", index=page).build(strict=False)
    assert re.search(r"index\.rst:9: WARNING: .*'gone'", build.warnings)
    assert build.status == 0


def test_a_file_in_the_language_of_the_pages_is_drawn(project: MakeProject) -> None:
    page = "Guide\n=====\n\n.. blockdiag:: sources/way.diag\n"
    made = project("topo_topologies = {}\nlanguage = 'de'", index=page)
    made.write("sources/way.diag", "a [label = road]")
    made.write("sources/way.de.diag", "a [label = Straße]")
    html = made.build().text("index.html")
    assert "Straße" in html and "road" not in html


def test_an_icon_from_outside_is_left_out_with_a_warning(project: MakeProject) -> None:
    made = project(
        "topo_topologies = {}",
        index="""\
        Icons
        =====

        .. blockdiag::

           a [icon = "http://localhost:9/red.png"];
        """,
    )
    build = made.build(strict=False)
    assert build.status == 0
    assert re.search(r"index\.rst:4: WARNING: .*http://localhost:9/red\.png", build.warnings)


def test_characters_without_a_glyph_are_warned_of(project: MakeProject) -> None:
    page = """\
        Scripts
        =======

        .. blockdiag::

           a [label = "漢字"];
        """
    made = project("topo_topologies = {}", index=page)
    assert made.build().warnings == ""
    for _ in range(2):  # it is said again, although the file is there
        build = made.build("latex")
        assert build.status != 0
        assert re.search(r"index\.rst:4: WARNING: .*字.*漢.*\[topo\.glyph\]", build.warnings)


def test_the_option_that_is_out_of_use_says_so(project: MakeProject) -> None:
    made = project(
        "topo_topologies = {}",
        index="""\
        Width
        =====

        .. blockdiag::
           :maxwidth: 200

           a -> b;
        """,
    )
    build = made.build(strict=False)
    assert re.search(r"index\.rst:4: WARNING: .*maxwidth", build.warnings)
    assert "width:200px" in build.text("index.html")


def test_linkcheck_sees_the_addresses_in_a_source(project: MakeProject) -> None:
    page = """\
        Page
        ====

        .. blockdiag::

           a [href = "http://127.0.0.1:9/gone"];
           b [href = "http://127.0.0.1:9/ignored"];
        """
    conf = 'topo_topologies = {}\nlinkcheck_ignore = [".*ignored"]\nlinkcheck_retries = 1\n'
    build = project(conf, index=page).build("linkcheck", strict=False)
    assert build.status != 0
    output = build.text("output.txt")
    assert re.search(r"index\.rst:4: \[broken\] http://127\.0\.0\.1:9/gone", output)
    assert "/ignored" not in output
