"""What pictures look like: colours, corners and line widths, read from small TOML files.

A theme has a light and a dark palette. The two that ship lie beside this module; a
project adds its own file of the same kind, which need only hold what differs from
``clean``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from diagtool.files import reading

MOST = 1024 * 1024
"""How many bytes the file of a theme may have."""
SHIPPED = Path(__file__).parent
BASE = "clean"
COLOR = re.compile(r"#[0-9a-fA-F]{6}")


class ThemeError(Exception):
    """A theme that does not exist or does not hold what a theme holds."""


class Palette(NamedTuple):
    """The colours of one set, each ``#rrggbb``."""

    page: str
    node_fill: str
    node_line: str
    node_text: str
    group_fill: str
    group_line: str
    group_text: str
    edge_line: str
    edge_text: str
    shadow: str
    accent: str

    def color(self, role: str) -> str:
        """The colour of a role as the files write it, such as ``node-fill``."""
        value: str = getattr(self, role.replace("-", "_"))
        return value

    def roles(self) -> dict[str, str]:
        """All colours by role."""
        return {name.replace("_", "-"): value for name, value in self._asdict().items()}


class Shapes(NamedTuple):
    """Radii of corners, widths of lines and the offset of shadows, in CSS pixels."""

    node_radius: float
    group_radius: float
    edge_radius: float
    node_width: float
    group_width: float
    edge_width: float
    shadow: tuple[float, float]


class Theme(NamedTuple):
    """A whole look."""

    name: str
    shape: Shapes
    light: Palette
    dark: Palette


@cache
def names() -> tuple[str, ...]:
    """The themes that ship with the package."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.toml")))


def load(theme: str = BASE) -> Theme:
    """A theme by its name, or by the path of its file, which ends in ``.toml``.

    Raises ThemeError, which says what is wrong with it.
    """
    if theme in names():
        return _shipped(theme)
    if not theme.endswith(".toml"):
        known = ", ".join(names())
        raise ThemeError(f"no theme {theme!r}: name one of {known}, or a .toml file")
    try:
        text = reading.read(Path(theme), MOST).decode()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ThemeError(f"{theme}: cannot be read: {reason}") from None
    return _read(theme, text, _shipped(BASE))


@cache
def _shipped(name: str) -> Theme:
    text = (SHIPPED / f"{name}.toml").read_text("utf-8")
    return _read(name, text, None if name == BASE else _shipped(BASE))


def _read(name: str, text: str, base: Theme | None) -> Theme:
    import tomllib  # late: what draws nothing has no use for it

    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ThemeError(f"{name}: {error}") from None
    if unknown := sorted(data.keys() - {"shape", "light", "dark"}):
        raise ThemeError(f"{name}: unknown: {', '.join(unknown)}")
    shape, light, dark = (
        _values(name, section, data.get(section, {}), kind)
        for section, kind in (("shape", Shapes), ("light", Palette), ("dark", Palette))
    )
    if base is None:
        return Theme(name, Shapes(**shape), Palette(**light), Palette(**dark))
    return Theme(
        Path(name).stem,
        base.shape._replace(**shape),
        base.light._replace(**light),
        base.dark._replace(**dark),
    )


def _values(
    name: str, section: str, table: Any, kind: type[Shapes] | type[Palette]
) -> Mapping[str, Any]:
    if not isinstance(table, dict):
        raise ThemeError(f"{name}: {section} must be a table")
    known = {field.replace("_", "-"): field for field in kind._fields}
    if unknown := sorted(table.keys() - known.keys()):
        raise ThemeError(f"{name}: [{section}] has no {', '.join(unknown)}")
    read = _color if kind is Palette else _length
    values = {}
    for key, value in table.items():
        if (wanted := read(key, value)) is None:
            raise ThemeError(f"{name}: [{section}] {key} is {value!r}")
        values[known[key]] = wanted
    return values


def _color(_key: str, value: Any) -> str | None:
    return value.lower() if isinstance(value, str) and COLOR.fullmatch(value) else None


def _length(key: str, value: Any) -> float | tuple[float, float] | None:
    if key != "shadow":
        return value if _is_length(value) and value >= 0 else None
    if isinstance(value, list) and len(value) == 2 and all(map(_is_length, value)):
        return (value[0], value[1])
    return None


def _is_length(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) <= 100


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2 counts it, from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@cache
def _luminance(color: str) -> float:
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def readable_on(fill: str) -> str:
    """Black or white, whichever is read better on a colour that an author chose."""
    return max("#000000", "#ffffff", key=lambda color: contrast(color, fill))
