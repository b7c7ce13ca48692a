"""The formats that can be read back into facts, one module each."""

from diagtool.checks.readers._reading import (
    LARGEST,
    PICTURE,
    Claim,
    File,
    Reader,
    ReadError,
    Reading,
    Seal,
    Section,
    Words,
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
