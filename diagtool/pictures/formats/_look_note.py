"""What a file notes down of the look that it was made with, so that it can be made again.

The note has what differs from the usual look, and stands behind the origin of a picture:
``look[theme=classic scale=2 transparent]``. No format has to escape anything in it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from diagtool.pictures import themes
from diagtool.pictures.formats._registry import Look
from diagtool.pictures.themes import Palette, Shapes, Theme

_NOTE = re.compile(r"look\[([a-z0-9#=., -]*)\]")
_DIGITS = 16
"""How many digits of a file's digest tell it from others."""


def note(look: Look) -> str:
    """What is to be noted down of a look, with a blank in front; empty for the usual one."""
    said = " ".join(_said(look))
    return f" look[{said}]" if said else ""


def _said(look: Look) -> Iterator[str]:
    yield from _of_theme(look.theme)
    if look.scale != 1:
        yield f"scale={look.scale:.10g}"
    if look.transparent:
        yield "transparent"
    if look.font:
        yield f"font={fingerprint(look.font)}"
    if look.template:
        yield f"template={fingerprint(look.template)}"


def _of_theme(theme: Theme) -> Iterator[str]:
    for name in themes.names():
        shipped = themes.load(name)
        if theme._replace(name=name) == shipped:
            if name != themes.BASE:
                yield f"theme={name}"
            return
    base = themes.load()
    for part in ("shape", "light", "dark"):
        own, usual = getattr(theme, part), getattr(base, part)
        for name, value in own._asdict().items():
            if value != getattr(usual, name):
                shown = ",".join(map(str, value)) if isinstance(value, tuple) else value
                yield f"{part}.{name.replace('_', '-')}={shown}"


def fingerprint(path: str) -> str:
    """A few digits that tell a file from others; empty for one that cannot be read."""
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:_DIGITS]
    except (OSError, ValueError):
        return ""


def noted(text: str, font: str | None = None, template: str | None = None) -> Look | None:
    """The look that a note in a text tells of; without any, the usual one.

    ``font`` and ``template`` are files that the note may mean. None where it means others,
    or is none of ours.
    """
    match = _NOTE.search(text)
    look = Look()
    parts: dict[str, dict[str, object]] = {"shape": {}, "light": {}, "dark": {}}
    for word in match[1].split() if match else ():
        name, _, value = word.partition("=")
        part, _, field = name.partition(".")
        if word == "transparent":
            look = replace(look, transparent=True)
        elif name == "theme" and value in themes.names():
            look = replace(look, theme=themes.load(value))
        elif name == "scale" and (number := _number(value)):
            look = replace(look, scale=number)
        elif name == "font" and font and fingerprint(font) == value:
            look = replace(look, font=font)
        elif name == "template" and template and fingerprint(template) == value:
            look = replace(look, template=template)
        elif part in parts and (known := _value(part, field, value)) is not None:
            parts[part][field.replace("-", "_")] = known
        else:
            return None
    theme = look.theme
    shape, light, dark = (getattr(theme, p)._replace(**values) for p, values in parts.items())
    return replace(look, theme=Theme(theme.name, shape, light, dark))


def _value(part: str, field: str, text: str) -> object:
    """What a theme's field is, None for none."""
    name = field.replace("-", "_")
    if part != "shape":
        known = name in Palette._fields and themes.COLOR.fullmatch(text)
        return text if known else None
    if name not in Shapes._fields:
        return None
    numbers = [_number(number) for number in text.split(",")]
    if None in numbers or len(numbers) != (2 if name == "shadow" else 1):
        return None
    return tuple(numbers) if name == "shadow" else numbers[0]


def _number(text: str) -> int | float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    if not -100 <= value <= 100:
        return None
    return int(value) if value == int(value) and "." not in text else value
