"""Where boxes stand, in which order they are stated, and which end of an edge comes first."""

from diagtool.pictures.ordering.likeness import ordered_like
from diagtool.pictures.ordering.ordered import ordered

__all__ = ["ordered", "ordered_like"]
