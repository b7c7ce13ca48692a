"""A page with pictures, and what a translator makes of it."""

from __future__ import annotations

from babel.messages import mofile, pofile
from sphinx_project import Project

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
    "``<load balancer URI>``: The address at which clients reach the load balancer. "
    "Example: ``dns.example.org``.": "``<load balancer URI>``: Die Adresse.",
    "By hand": "Von Hand",
    "Two boxes": "Zwei Kästen",
    'First "box"': 'Erster "Kasten"',
    "asks": "fragt",
}


def translated(project: Project) -> None:
    """Makes a German catalogue from the one that gettext wrote, as a translator would."""
    template = project.build("gettext", "-W", strict=False)
    assert template.warnings == ""
    with (template.out / "index.pot").open("rb") as file:
        catalogue = pofile.read_po(file, locale="de")
    found = 0
    for message in catalogue:
        if message.id in WORDS:
            found += 1
            message.string = WORDS[str(message.id)]
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
