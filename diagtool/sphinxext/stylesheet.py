"""What a project's pictures look like, and the style sheet of its pages."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

from diagtool.files.writing import write
from diagtool.pictures import themes
from diagtool.pictures.formats import _svg_css
from diagtool.sphinxext.settings import refuse

logger = logging.getLogger(__name__)

NAME = "topo.css"

SCRIPTS = {
    "topo-table-box": "topo-tables.js",
    "topo-losses": "topo-losses.js",
    "topo-scroll": "topo-zoom.js",
}
"""What lets readers sort and search a table, pick a loss, and enlarge a picture.

By the class of what holds it.
"""

SCROLLING = '<div class="topo-scroll'
"""How a picture on a page begins."""

FOLLOWS_READER = ("furo", "pydata_sphinx_theme", "sphinx_book_theme")
"""Themes that turn dark as their reader prefers, and say so only once a script has run."""


def theme(app: Sphinx) -> themes.Theme:
    """The theme that ``conf.py`` names, or the default after an error."""
    name = str(app.config.topo_theme)
    try:
        return themes.load(str(Path(app.confdir, name)) if name.endswith(".toml") else name)
    except themes.ThemeError as error:
        refuse(app, "topo_theme", str(error))
        return themes.load()


def font(app: Sphinx) -> Path | None:
    """The font file that ``conf.py`` names: ours, else the first of theirs there is."""
    if app.config.topo_font:
        return Path(app.confdir, app.config.topo_font)
    named = app.config.blockdiag_fontpath or ()
    paths = [named] if isinstance(named, str | Path) else named
    found = [path for path in paths if Path(app.confdir, path).is_file()]
    if paths and not found:
        missing = ", ".join(map(str, paths))
        logger.warning(
            "blockdiag_fontpath: there is no %s", missing, type="topo", subtype="glyph", once=True
        )
    return Path(app.confdir, found[0]) if found else None


def look(app: Sphinx) -> str:
    """Stands for what a project's pictures look like: the same as long as that does."""
    path = font(app)
    letters = path.read_bytes() if path and path.is_file() else b""
    return sha256(repr(theme(app)).encode() + letters).hexdigest()[:16]


def write_stylesheet(app: Sphinx) -> None:
    """Puts the style sheet where the pages of a site look for it."""
    follows = app.config.html_theme in FOLLOWS_READER
    sheet = _svg_css.inline(theme(app), follows_reader=follows) + _PAGE
    static = Path(app.outdir) / "_static"
    write(static, NAME, sheet.encode())
    for name in SCRIPTS.values():
        source = Path(__file__).with_name(name.removeprefix("topo-"))
        write(static, name, source.read_bytes())


def add_script(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Has a page load the scripts for the tables and pictures on it."""
    if doctree is None:
        return
    classes = {name for box in doctree.findall(nodes.container) for name in box["classes"]}
    if any(raw.astext().startswith(SCROLLING) for raw in doctree.findall(nodes.raw)):
        classes.add("topo-scroll")
    for name, script in SCRIPTS.items():
        if name in classes:
            app.add_js_file(script, loading_method="defer")


_PAGE = """\
.topo-downloads{font-size:.85em}
figure:has(> .topo-scroll){max-width:100%}
.topo-scroll .topo-drawing a{text-decoration:none!important}
.topo-scroll.align-left .topo-drawing{margin-inline:0 auto}
.topo-scroll.align-right .topo-drawing{margin-inline:auto 0}
.topo-scroll{scrollbar-width:thin}
.topo-scroll[data-more~=right]{mask-image:linear-gradient(to left,#0003,#000 2.5em)}
.topo-scroll[data-more~=left]{mask-image:linear-gradient(to right,#0003,#000 2.5em)}
.topo-scroll[data-more="left right"]{mask-image:linear-gradient(to right,#0003,#000 2.5em,\
#000 calc(100% - 2.5em),#0003)}
.topo-enlarge,.topo-zoom :is(button,a,input){font:inherit;color:inherit;background:none;\
border:1px solid;border-radius:4px;padding:.15em .6em;text-decoration:none;cursor:pointer}
.topo-enlarge{display:block;margin:.3em auto 0;font-size:.85em}
.topo-zoom{width:100%;height:100dvh;max-width:none;max-height:none;margin:0;padding:0;border:0;\
font:16px/1.4 system-ui,sans-serif;background:var(--topo-page);color:var(--topo-node-text)}
.topo-zoom[open]{display:flex;flex-direction:column}
.topo-tools{display:flex;flex-wrap:wrap;gap:.4em;align-items:center;padding:.5em}
.topo-tools output{flex:1;min-width:6em}
.topo-zoom input{cursor:auto;max-width:12em}
.topo-stage{flex:1;min-height:0;overflow:hidden;position:relative;touch-action:none;cursor:grab;\
border-top:1px solid}
.topo-stage:active{cursor:grabbing}
.topo-stage svg{position:absolute;left:0;top:0;transform-origin:0 0}
.topo-zoom :focus-visible{outline:2px solid;outline-offset:-2px}
.topo-searched :is(.topo-node,.topo-edge):not(.topo-found){opacity:.25}
.topo-found{--topo-node-line:var(--topo-accent);--topo-group-line:var(--topo-accent);\
--topo-edge-line:var(--topo-accent);stroke-width:2.25}
@media print{.topo-enlarge{display:none}}
.topo-table-box{overflow-x:auto;margin-bottom:1em}
.topo-table-box div{overflow:visible!important;width:auto!important;margin:0!important;\
padding:0!important}
.topo-table-box table{margin:0}
.topo-table-box caption{text-align:start}
.topo-table-box thead th p{display:inline}
.topo-table-box :is(th,td){text-align:start;vertical-align:top}
.topo-table-box td p{overflow-wrap:normal}
@media(max-width:600px){.topo-table-box table{width:max-content}.topo-table-box td{max-width:18em}\
.topo-table-box tbody th{max-width:9em;white-space:normal}}
.topo-table-box th button{all:unset;cursor:pointer;font-weight:inherit}
.topo-table-box th button:focus-visible{outline:2px solid currentcolor;outline-offset:2px}
.topo-table-box th button::after{content:"\\2195";margin-inline-start:.3em;font-weight:400}
.topo-table-box th[aria-sort=ascending] button::after{content:"\\2191"}
.topo-table-box th[aria-sort=descending] button::after{content:"\\2193"}
.topo-search{display:block;margin-bottom:.5em}
.topo-search input{font:inherit;color:inherit;background:none;border:1px solid;max-width:100%}
.topo-releases th{text-align:start}
.topo-picked{display:flex;flex-wrap:wrap;gap:1em;align-items:start}
.topo-picked figure{flex:0 1 auto;min-width:0;max-width:100%;margin:0}
.topo-picked figure[hidden]{display:none}
.topo-picked fieldset{flex:1 1 10em;min-width:0;max-height:18em;overflow-y:auto;border:1px solid}
.topo-picked label{display:flex;gap:.5em;align-items:baseline;padding-block:.2em}
.topo-picked input{flex:none}
.topo-releases code{white-space:normal;overflow-wrap:anywhere}
"""
"""How the parts of a page around a picture look, and tables that would be too wide."""
