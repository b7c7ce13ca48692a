"""Everything that readers see comes back translated, in the pictures too."""

from __future__ import annotations

import re
from collections.abc import Callable

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
