"""Lays a diagram out: blockdiag decides where things stand, we draw them."""

from diagtool.pictures.layout.laying_out import (
    LayoutError,
    Table,
    Warn,
    describe,
    lay_out,
    whole,
)
from diagtool.pictures.layout.source_labels import (
    labels,
    relabelled,
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
