"""The order in which a picture is stated: boxes, frames, and which end of an edge comes first."""

from diagtool.pictures.ordering.likeness import ordered_like
from diagtool.pictures.ordering.ordered import ordered

__all__ = ["ordered", "ordered_like"]
