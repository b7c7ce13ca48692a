"""The order in which a picture is stated: boxes, frames, and which end of an edge comes first."""

from diagtool.pictures.ordering.search import ordered

__all__ = ["ordered"]
