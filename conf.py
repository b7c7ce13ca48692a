"""Builds the documentation: ``sphinx-build -c . docs docs/_build/html``."""

from __future__ import annotations

import sys
from pathlib import Path

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


def setup(app: Sphinx) -> None:
    """Loads the extension that brings openstackdocstheme, where it is asked for."""
    if app.config.html_theme == "openstackdocs":
        app.setup_extension("openstackdocstheme")
