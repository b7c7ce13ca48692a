"""The theme of a project's pictures, and the style sheet of its pages."""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ConfigError

from diagtool.pictures import themes
from diagtool.pictures.formats import _sheets
from diagtool.writing import write

NAME = "topo.css"

FOLLOWS_READER = ("furo", "pydata_sphinx_theme", "sphinx_book_theme")
"""Themes that turn dark as their reader prefers, and say so only once a script has run."""


def theme(app: Sphinx) -> themes.Theme:
    """The theme that ``conf.py`` names. Raises ConfigError where it cannot be used."""
    name: str = app.config.topo_theme
    try:
        return themes.load(str(Path(app.confdir, name)) if name.endswith(".toml") else name)
    except themes.ThemeError as error:
        raise ConfigError(str(error)) from None


def write_stylesheet(app: Sphinx) -> None:
    """Puts the style sheet where the pages of a site look for it."""
    follows = app.config.html_theme in FOLLOWS_READER
    sheet = _sheets.inline(theme(app), follows_reader=follows) + _PAGE
    write(Path(app.outdir) / "_static", NAME, sheet.encode())


_PAGE = """\
.topo-downloads{font-size:.85em}
figure:has(> .topo-scroll){max-width:100%}
.topo-scroll .topo-drawing a{text-decoration:none!important}
.topo-scroll.align-left .topo-drawing{margin-inline:0 auto}
.topo-scroll.align-right .topo-drawing{margin-inline:auto 0}
.topo-releases th{text-align:start}
.topo-releases code{white-space:normal;overflow-wrap:anywhere}
"""
"""How the parts of a page around a picture look, and tables that would be too wide."""
