"""The formats that pictures are written in, one module each."""

from diagtool.pictures.formats._look_note import note, noted
from diagtool.pictures.formats._registry import (
    Format,
    FormatError,
    FormatKind,
    Look,
    by_suffix,
    edited,
    get,
    names,
)

__all__ = [
    "Format",
    "FormatError",
    "FormatKind",
    "Look",
    "by_suffix",
    "edited",
    "get",
    "names",
    "note",
    "noted",
]
