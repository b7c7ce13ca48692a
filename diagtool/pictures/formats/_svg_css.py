"""Style sheets of SVG pictures: for a page with pictures in it, and for one that stands alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from diagtool.pictures.themes import Palette, Theme

_ROLES = {
    "page": "fill:var(--topo-page)",
    "shadow": "fill:var(--topo-shadow)",
    "node-fill": "fill:var(--topo-node-fill)",
    "group-fill": "fill:var(--topo-group-fill)",
}
"""What the elements of a class are painted with."""

_INKS = {
    "node-line": "stroke:var(--topo-node-line)",
    "node-ink": "fill:var(--topo-node-line)",
    "node-text": "fill:var(--topo-node-text)",
    "group-line": "stroke:var(--topo-group-line)",
    "group-text": "fill:var(--topo-group-text)",
    "edge-line": "stroke:var(--topo-edge-line)",
    "edge-head": "fill:var(--topo-edge-line)",
    "edge-text": "fill:var(--topo-edge-text)",
}
"""The same for lines and text, which exist as ``topo-dark-…`` too: see _Pen.ink."""

_DARK_PAGES = (
    '[data-theme="dark"]',  # furo, pydata-sphinx-theme, sphinx-book-theme
    '[data-bs-theme="dark"]',  # themes on Bootstrap
    '[data-md-color-scheme="slate"]',  # sphinx-immaterial
    "html.dark",  # shibuya, themes on Tailwind
)

_SHOWN = ":is(.topo-drawing,.topo-zoom)"
"""A picture on a page, and the dialog that it is enlarged in."""

_FORCED = {
    "Canvas": ("page", "shadow", "node-fill", "group-fill"),
    "CanvasText": ("node-line", "node-text", "group-line", "group-text", "edge-line", "edge-text"),
    "Highlight": ("accent",),
}
"""The reader's own colours, where the reader's system insists on them."""

_PAGE_RULES = """\
.topo-drawing{display:block;max-width:100%;height:auto;margin-inline:auto}
.topo-drawing a{text-decoration:none;border:0}
.topo-drawing :is(a,g):focus-visible{outline:2px solid var(--topo-accent);outline-offset:2px}
.topo-scroll{overflow-x:auto}
.topo-drawing[role="group"]:has(.topo-node:is(:hover,:focus-within)) .topo-edge{opacity:.35}
.topo-drawing[role="group"] .topo-node:is(:hover,:focus-within)\
{--topo-node-line:var(--topo-accent);stroke-width:2.25}
.topo-drawing[role="group"] .topo-group:is(:hover,:focus-within)\
{--topo-group-line:var(--topo-accent);stroke-width:2.25}
"""


def inline(theme: Theme, *, follows_reader: bool = False) -> str:
    """The style sheet of a page with inline pictures.

    They are dark where the page says that it is, and light everywhere else. An HTML theme
    such as furo turns dark on its reader's preference and says so only once a script has
    run: ``follows_reader`` is for those.
    """
    auto = ('[data-theme="auto"]', *(('body:not([data-theme="light"])',) * follows_reader))
    said = [f"{page} {_SHOWN}" for page in _DARK_PAGES]
    unsaid = [f"{page} {_SHOWN}" for page in auto]
    forced = "".join(
        f"--topo-{role}:{color}!important;" for color, roles in _FORCED.items() for role in roles
    )
    return (
        f"{_SHOWN}{{{_variables(theme.light)}}}\n"
        f"@media screen{{{_dark(theme, said)}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{{_dark(theme, unsaid)}}}\n"
        f"@media (forced-colors:active){{{_SHOWN}{{{forced}}}}}\n"
        f"{_painted()}\n{_PAGE_RULES}"
    )


@cache
def alone(theme: Theme) -> str:
    """The style sheet of a picture that stands alone.

    ``@supports`` hides rules from programs that would take a custom property for black.
    """
    return (
        f".topo-drawing{{color-scheme:light dark;{_variables(theme.light)}}}"
        f"@media screen and (prefers-color-scheme:dark){{{_dark(theme, ['.topo-drawing'])}}}"
        f"@supports (color:var(--c)){{{_painted()}}}"
    )


def _variables(palette: Palette) -> str:
    return "".join(f"--topo-{role}:{color};" for role, color in palette.roles().items())


def _painted() -> str:
    return "".join(f".topo-{role}{{{paint}}}" for role, paint in {**_ROLES, **_INKS}.items())


def _dark(theme: Theme, drawings: Sequence[str]) -> str:
    here = f":is({','.join(drawings)})"
    return f"{here}{{{_variables(theme.dark)}}}" + "".join(
        f"{here} .topo-dark-{role}{{{paint}}}" for role, paint in _INKS.items()
    )
