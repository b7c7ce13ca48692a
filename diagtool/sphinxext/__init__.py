"""The Sphinx extension: a topology's guide on a project's pages, and blockdiag pictures."""

from diagtool.sphinxext.extension import (
    setup,
)

__all__ = [
    "setup",
]
