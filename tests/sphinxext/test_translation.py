"""Everything that readers see comes back translated, in the pictures too."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from babel.messages import pofile
from sphinx_project import Project
from translations import CONF, PAGE, translated

MakeProject = Callable[..., Project]


def test_html_is_translated(project: MakeProject) -> None:
    made = project(CONF, index=PAGE)
    translated(made)
    build = made.build("html", "-W", "-D", "language=de", strict=False)
    assert build.warnings == ""
    html = build.text("index.html")
    service, by_hand = re.findall(r"<figure.*?</figure>", html, re.DOTALL)
    for words in ("Lastverteiler", "API-Server", "API-Server eins", "Warteschlangen"):
        assert f">{words}</text>" in service
    assert "Load Balancer" not in service
    assert "Aufbau von <em>designate-api</em>" in service
    assert ">Aufbau von designate-api</title>" in service
    assert ">Ein Bild mit drei Servern.</desc>" in service
    assert "Nimmt Anfragen entgegen." in html
    assert "Braucht Zugang zu:" in html
    assert re.search(r"&lt;load</span>.*</code>: Die Adresse\.", html)
    assert re.search(r"Vor <a [^>]*>.*?designate-api.*?</a> steht ein <span[^>]*>Verteiler</", html)
    assert ">Von Hand</title>" in by_hand and ">Zwei Kästen</desc>" in by_hand
    assert "Erster &quot;Kasten&quot;</text>" in by_hand
    assert ">fragt</text>" in by_hand


@pytest.mark.parametrize("builder", ["epub", "latex", "text"])
def test_other_builders_are_translated(project: MakeProject, builder: str) -> None:
    made = project(CONF, index=PAGE)
    translated(made)
    build = made.build(builder, "-W", "-D", "language=de", strict=False)
    assert build.warnings == ""
    if builder == "text":
        text = build.text("index.txt")
        assert "Ein Bild mit drei Servern." in text
        assert "Zwei Kästen" in text and "Von Hand" in text
    elif builder == "epub":
        (picture,) = (build.out / "_images").glob("designate-api-*.svg")
        assert ">Lastverteiler</text>" in picture.read_text("utf-8")
    else:
        from pypdf import PdfReader

        (picture,) = build.out.glob("designate-api-*.pdf")
        assert "Lastverteiler" in PdfReader(picture).pages[0].extract_text()


def test_an_empty_label_is_not_offered(project: MakeProject) -> None:
    page = """\
        Page
        ====

        .. blockdiag::
           :alt: A way

           a [label = ""]; b [label = " "]; c [label = '''It's''']; // label = "no"
        """
    made = project(CONF, index=page)
    template = made.build("gettext", "-W", strict=False)
    with (template.out / "index.pot").open("rb") as file:
        offered = [message.id for message in pofile.read_po(file) if message.id]
    assert offered == ["Page", "A way", "It's"]
    locale = made.root / "locale" / "de" / "LC_MESSAGES" / "index.po"
    locale.parent.mkdir(parents=True)
    locale.write_text('msgid ""\nmsgstr "Last-Translator: Jane\\n"\n\nmsgid "It\'s"\nmsgstr "Es"\n')
    html = made.build("html", "-W", "-D", "language=de", strict=False).text("index.html")
    assert ">Es</text>" in html
    assert "Jane" not in html


SHOP = """\
format: 1
name: Shop
components:
  queue: {name: job queue, description: Hands jobs on.}
  mirror: {}
services:
  web:
    description: Answers all.
    connections: [{to: queue}, {to: mirror}]
    notes: ["Run {web.replicas} of {web}; they need {web.needs}."]
"""
GERMAN = {
    "job queue": "Auftragsschlange",
    "job queue and mirror": "Auftragsschlange und Spiegel",
    "Needs access to:": "Braucht Zugang zu:",
    "Run :topo:value:`web.replicas` of :topo:service:`web`; they need :topo:value:`web.needs`.": (
        "*Je* :topo:value:`web.replicas` mal :topo:service:`web`; braucht :topo:value:`web.needs`."
    ),
    "Answers all.": "Antwortet allen.",
}


@pytest.fixture(params=["rst", "md"])
def shop(request: pytest.FixtureRequest, project: MakeProject) -> Project:
    """A page in reStructuredText or Markdown, with a German catalogue."""
    conf = 'locale_dirs = ["locale"]\ntopo_topologies = {"shop": "shop.yaml"}\ntopo_verify = True\n'
    made = project(f'{conf}extensions += ["myst_parser"]')
    rst = "Shop\n====\n\nSee :topo:component:`queue`.\n\n.. topo:guide::\n"
    markdown = "# Shop\n\nSee {topo:component}`queue`.\n\n```{topo:guide}\n```\n"
    made.write(f"index.{request.param}", rst if request.param == "rst" else markdown)
    made.write("shop.yaml", SHOP)
    template = made.build("gettext", "-W", strict=False)
    with (template.out / "index.pot").open("rb") as file:
        catalogue = pofile.read_po(file, locale="de")
    for old, new in GERMAN.items():
        assert catalogue.get(old) is not None, old
        catalogue[old].string = new
    folder = made.root / "locale" / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "index.po").open("wb") as file:
        pofile.write_po(file, catalogue)
    return made


def words(html: str) -> str:
    return " ".join(unescape(re.sub("<[^>]*>", "", html)).split())


def test_what_roles_say_is_translated_as_a_whole(shop: Project) -> None:
    build = shop.build("html", "-W", "-D", "language=de", strict=False)
    assert build.warnings == ""
    html = build.text("index.html")
    assert "See Auftragsschlange." in words(html)
    assert "Je 3 mal web; braucht Auftragsschlange und Spiegel." in words(html)
    assert "<em>Je</em>" in html
    assert "Antwortet allen." in html and "Braucht Zugang zu:" in html
    assert ">Auftragsschlange</text>" in html
    assert ":topo:" not in words(html)
    again = shop.build("html", "-W", "-D", "language=de", strict=False)
    assert (again.warnings, again.written) == ("", [])


def test_a_text_that_changed_is_the_original_and_said_to_be(shop: Project) -> None:
    shop.change("shop.yaml", "Answers all.", "Answers them all.")
    build = shop.build("html", "-D", "language=de", strict=False)
    assert "<p>Answers them all.</p>" in build.text("index.html")
    (line,) = build.warnings.strip().splitlines()
    assert "shop.yaml:7: WARNING: the original is shown of 'Answers them all.': the" in line
    assert "the translation is still that of 'Answers all.' [topo.translation]" in line


@pytest.mark.parametrize("shop", ["rst"], indirect=True)
def test_two_topologies_may_have_a_component_in_common(shop: Project) -> None:
    """Sphinx would make an entry of its glossary of the translated term, once only."""
    shop.change("conf.py", '{"shop": "shop.yaml"}', '{"shop": "shop.yaml", "b": "b.yaml"}')
    shop.write("b.yaml", SHOP.replace("name: Shop", "name: Other shop"))
    shop.write("other.rst", ":orphan:\n\nOther\n=====\n\n.. topo:guide:: b\n")
    catalogues = shop.root / "locale" / "de" / "LC_MESSAGES"
    (catalogues / "other.po").write_bytes((catalogues / "index.po").read_bytes())
    build = shop.build("html", "-D", "language=de", strict=False)
    assert [line for line in build.warnings.splitlines() if "topo.translation" not in line] == []
    for page in ("index.html", "other.html"):
        assert re.search(r"<dt [^>]*>Auftragsschlange<", build.text(page))
    assert "Auftragsschlange" not in build.text("genindex.html")
