"""What pictures look like; the themes that ship are the TOML files beside this one."""

from diagtool.pictures.themes.theme import (
    BASE,
    COLOR,
    Palette,
    Shapes,
    Theme,
    ThemeError,
    contrast,
    load,
    names,
    readable_on,
)

__all__ = [
    "BASE",
    "COLOR",
    "Palette",
    "Shapes",
    "Theme",
    "ThemeError",
    "contrast",
    "load",
    "names",
    "readable_on",
]
