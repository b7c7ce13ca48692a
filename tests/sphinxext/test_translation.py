"""Everything that readers see comes back translated, in the pictures too."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from babel.messages import mofile, pofile
from sphinx_project import Project

MakeProject = Callable[..., Project]

PAGE = """\
    Page
    ====

    .. topo:service:: designate-api

    .. blockdiag::
       :caption: By hand
       :alt: Two boxes

       a [label = "First \\"box\\""];
       a -> b [label = "asks"];
    """

WORDS = {
    "L7 Load Balancer": "Lastverteiler",
    "API Servers": "API-Server",
    "API Server 1": "API-Server eins",
    "AMQP Servers": "Warteschlangen",
    "Layout of designate-api": "Aufbau von *designate-api*",
    "Takes requests over HTTP and passes them on.": "Nimmt Anfragen entgegen.",
    "Needs access to:": "Braucht Zugang zu:",
    "By hand": "Von Hand",
    "Two boxes": "Zwei Kästen",
    r"First \\\"box\\\"": r"Erster \\\"Kasten\\\"",
    "asks": "fragt",
}


def translated(project: Project) -> None:
    """Makes a German catalogue from the one that gettext wrote, as a translator would."""
    template = project.build("gettext", "-W", strict=False)
    assert template.warnings == ""
    with (template.out / "index.pot").open("rb") as file:
        catalogue = pofile.read_po(file, locale="de")
    wanted = {word.replace(r"\\", "\\").replace(r"\"", '"'): to for word, to in WORDS.items()}
    found = 0
    for message in catalogue:
        if message.id in wanted:
            found += 1
            message.string = wanted[message.id].replace(r"\\", "\\").replace(r"\"", '"')
        elif str(message.id).startswith("API Servers: API Server 1"):
            message.string = "Ein Bild mit drei Servern."
        elif str(message.id).startswith("A single :topo:"):
            message.string = (
                "Vor :topo:service:`designate-api` steht ein "
                ":topo:component:`Verteiler <loadbalancer>`."
            )
    assert found == len(WORDS)
    catalogue.fuzzy = False
    folder = project.root / "locale" / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "index.po").open("wb") as file:
        pofile.write_po(file, catalogue)
    with (folder / "index.mo").open("wb") as file:
        mofile.write_mo(file, catalogue)


CONF = 'locale_dirs = ["locale"]'


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
