"""Lays a diagram out: blockdiag decides where things stand, we draw them."""

from diagtool.pictures.layout.labels import (
    labels,
    relabelled,
)
from diagtool.pictures.layout.laying_out import (
    LayoutError,
    Table,
    Warn,
    describe,
    lay_out,
    whole,
)

__all__ = [
    "LayoutError",
    "Table",
    "Warn",
    "describe",
    "labels",
    "lay_out",
    "relabelled",
    "whole",
]
