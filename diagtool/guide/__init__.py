"""The pages' templates and their renderer."""

from diagtool.guide.markdown import MarkdownDialect, MarkdownWithSvg
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

DIALECTS = {"rst": PlainDialect, "markdown": MarkdownDialect, "markdown-svg": MarkdownWithSvg}
"""What plain pages are written in, by the names that people give it."""

__all__ = [
    "DIALECTS",
    "Guide",
    "GuideError",
    "Line",
    "MarkdownDialect",
    "MarkdownWithSvg",
    "PlainDialect",
    "config_and_tables",
    "pages",
    "render",
    "text",
]
