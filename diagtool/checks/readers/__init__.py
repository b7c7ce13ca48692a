"""The formats that can be read back into facts, one module each."""

from diagtool.checks.readers._claims import (
    PICTURE,
    Claim,
    File,
    ReadError,
    Reading,
    Seal,
    Section,
    Words,
)
from diagtool.checks.readers._registry import (
    LARGEST,
    Reader,
    format_of,
    get,
    load,
    names,
    read,
    suffixes,
)

__all__ = [
    "LARGEST",
    "PICTURE",
    "Claim",
    "File",
    "ReadError",
    "Reader",
    "Reading",
    "Seal",
    "Section",
    "Words",
    "format_of",
    "get",
    "load",
    "names",
    "read",
    "suffixes",
]
