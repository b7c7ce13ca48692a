"""Builds the documentation: ``sphinx-build -c . docs docs/_build/html``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from diagtool import __version__

sys.path.insert(0, str(Path(__file__).parent / "docs" / "_ext"))

project = "diagtool"
author = "The diagtool developers"
project_copyright = author
release = version = __version__

extensions = ["diagtool.sphinxext", "reference", "sphinx.ext.autodoc"]
topo_topologies = {
    "designate": "topology/designate.yaml",
    "designate-23": "topology/designate-23.yaml",
    "chat": "docs/chat.yaml",
}
topo_lint = True
topo_verify = True

exclude_patterns = ["_build", "_ext"]
nitpicky = True
# Builds need no network, so Python's own classes are not looked up.
nitpick_ignore_regex = [("py:class", r"(collections|pathlib)\..*")]
numfig = True

html_theme = "furo"
html_title = "diagtool"
html_static_path = ["docs/_static"]
html_css_files = ["docs.css"]

latex_documents = [("index", "diagtool.tex", html_title, author, "manual")]
latex_engine = "xelatex"
latex_use_xindy = False  # one program less to install
man_pages = [("index", "diagtool", html_title, author, 7)]
texinfo_documents = [
    ("index", "diagtool", html_title, author, "diagtool", "Diagrams from one file", "Documentation")
]
epub_show_urls = "no"

# For `-D html_theme=openstackdocs`, which reads the version of an OpenStack project from git.
openstackdocs_auto_name = False
openstackdocs_auto_version = False


def let_the_keyboard_scroll(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Lets the focus reach furo's boxes around tables, which scroll where a page is narrow."""
    if "body" in context:
        box = '<div class="table-wrapper'
        context["body"] = context["body"].replace(box, f'{box[:4]} tabindex="0"{box[4:]}')


def setup(app: Sphinx) -> None:
    """Sets up what the settings above cannot say."""
    app.connect("html-page-context", let_the_keyboard_scroll)
    if app.config.html_theme == "openstackdocs":
        app.setup_extension("openstackdocstheme")
