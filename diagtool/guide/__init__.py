"""The pages' templates and their renderer.

Each name is fetched from its module when it is first used: what a build keeps with its pages is
here, too, and one without a change needs no more than that.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from diagtool.guide.markdown import DIALECTS, MarkdownDialect
    from diagtool.guide.renderer import (
        Guide,
        GuideError,
        Line,
        PlainDialect,
        config_and_tables,
        pages,
        render,
        text,
    )

__all__ = [
    "DIALECTS",
    "Guide",
    "GuideError",
    "Line",
    "MarkdownDialect",
    "PlainDialect",
    "config_and_tables",
    "pages",
    "render",
    "text",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = "markdown" if name in ("DIALECTS", "MarkdownDialect") else "renderer"
    value = globals()[name] = getattr(import_module(f"{__name__}.{home}"), name)
    return value
