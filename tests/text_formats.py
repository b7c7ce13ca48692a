"""The formats of pictures that are text, as tests go through them."""

from __future__ import annotations

from diagtool.pictures import formats

TEXTS = tuple(n for n in formats.names() if formats.get(n).KIND is formats.FormatKind.TEXT)
SUFFIXES = tuple(formats.get(name).SUFFIX for name in TEXTS)
PARTED = ("blockdiag", "dot")
"""Those of which each part is read as a fact: others are compared line by line."""
LINEWISE = tuple(name for name in TEXTS if name not in PARTED)
DRAWN_BY_OTHERS = tuple(name for name in TEXTS if name != "blockdiag")
"""Those that programs of their names draw; test_blockdiag.py holds the other against blockdiag."""
