"""The kinds of files that a snapshot may hold, one module each."""

from diagtool.checks.running_system.sources._registry import Source, get, names, source_of

__all__ = ["Source", "get", "names", "source_of"]
