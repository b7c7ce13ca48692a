"""The formats of pictures that are text, as tests go through them."""

from __future__ import annotations

from diagtool.pictures import formats

TEXTS = tuple(n for n in formats.names() if formats.get(n).KIND is formats.FormatKind.TEXT)
SUFFIXES = tuple(formats.get(name).SUFFIX for name in TEXTS)
PARTED = ("blockdiag", "dot")
"""Those of which each part is read as a fact: others are compared line by line."""
LINEWISE = tuple(name for name in TEXTS if name not in PARTED)
NOT_BLOCKDIAG = tuple(name for name in TEXTS if name != "blockdiag")
"""All but the one that test_blockdiag.py holds against blockdiag."""
