"""Words of others in the markup of a topology's texts."""

from __future__ import annotations

import re

from diagtool.scaffolding.importing.draft import Draft, cleaned

LONGEST = 10_000
"""How long a text may be."""

_URL = re.compile(r"(?:https?://[^\s()<>\"/]+[^\s()<>\"]*|mailto:[^\s()<>\"@]+@[^\s()<>\"]+)")


def plain(text: str) -> str:
    """Words that stand for just themselves."""
    return re.sub(r"([\\`{\[])", r"\\\1", text)


def literal(text: str, draft: Draft) -> str:
    """Something in a fixed-width face: the part of that name, else a literal."""
    part = draft.find(text) if text.strip() else None
    if part and text in (part.name, part.id):
        return f"{{{part.id}}}"
    return f"`{text}`" if text.strip() and "`" not in text else plain(text)


def link(words: str, url: str) -> str:
    """A link, or its words where it does not lead into the web."""
    if not _URL.fullmatch(url):
        return plain(words)
    shown = re.sub(r"([\\\[\]])", r"\\\1", words)
    return f"[{shown}]({url})"


def text(marked_up: str) -> str:
    """A whole text, as far as a topology can hold it."""
    return cleaned(marked_up, LONGEST)
