"""The pages' templates and their renderer."""

from diagtool.guide.renderer import (
    Guide,
    GuideError,
    Line,
    PlainDialect,
    render,
)

__all__ = [
    "Guide",
    "GuideError",
    "Line",
    "PlainDialect",
    "render",
]
