"""The settings of the extension, and what is wrong with a value that ``conf.py`` gives one.

Sphinx warns of a value of another type and goes on with it, and shows its own inside for an
error of configuration. Here it is an error like those in topologies: it is logged, the
default stands in, and the build fails at its end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple
from weakref import WeakSet

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging

logger = logging.getLogger(__name__)


class Setting(NamedTuple):
    """A value of ``conf.py``. ``wanted`` says what it must be, and ``fits`` whether it is that.

    ``rebuild`` is what Sphinx does anew where it changes, and ``types`` what it makes of a
    value on its command line.
    """

    default: Any
    rebuild: Literal["", "env", "html"]
    types: Any
    fits: Callable[[Any], bool]
    wanted: str


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_path(value: Any) -> bool:
    return isinstance(value, str | Path)


def _is_path_or_none(value: Any) -> bool:
    return value is None or _is_path(value)


def _is_list_of_words(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)


def _are_paths(value: Any) -> bool:
    return _is_path_or_none(value) or (
        isinstance(value, list | tuple) and all(map(_is_path, value))
    )


def _one_of(*names: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value.upper() in names


_FLAG = (bool, _is_flag, "True or False")

SETTINGS: Mapping[str, Setting] = {
    "topo_theme": Setting(
        "clean", "html", Any, _is_path, "the name of a theme, or the path of a .toml file"
    ),
    "topo_font": Setting(None, "html", Any, _is_path_or_none, "the path of a font file"),
    "topo_downloads": Setting(
        ["svg", "png", "pptx", "blockdiag"],
        "html",
        (list, tuple),
        _is_list_of_words,
        "a list of format names",
    ),
    "topo_lint": Setting(False, "env", *_FLAG),
    "topo_verify": Setting(False, "", *_FLAG),
    "blockdiag_fontpath": Setting(None, "html", Any, _are_paths, "a path or a list of paths"),
    "blockdiag_fontmap": Setting(None, "html", Any, _is_path_or_none, "a path"),
    "blockdiag_antialias": Setting(False, "html", *_FLAG),
    "blockdiag_transparency": Setting(True, "html", *_FLAG),
    "blockdiag_debug": Setting(False, "html", *_FLAG),
    "blockdiag_html_image_format": Setting("SVG", "html", Any, _one_of("SVG", "PNG"), "SVG or PNG"),
    "blockdiag_tex_image_format": Setting("", "html", Any, _one_of("", "PDF", "PNG"), "PDF or PNG"),
    "blockdiag_latex_image_format": Setting(
        "PDF", "html", Any, _one_of("PDF", "PNG"), "PDF or PNG"
    ),
}
"""Every setting but ``topo_topologies``, which :mod:`diagtool.sphinxext.sources` reads."""

_refused: WeakSet[Sphinx] = WeakSet()
"""The builds that a value was refused in."""


def refuse(app: Sphinx, name: str, reason: str) -> None:
    """Logs what is wrong with a value, and puts the default in its place."""
    logger.error("conf.py: %s: %s", name, reason)
    app.config[name] = SETTINGS[name].default
    _refused.add(app)


def _check(app: Sphinx, config: Config) -> None:
    """Refuses values that are of another kind."""
    for name, setting in SETTINGS.items():
        value = config[name]
        if not setting.fits(value):
            refuse(app, name, f"expected {setting.wanted}, found {value!r}")


def _end(app: Sphinx, exception: Exception | None) -> None:
    """Has a build fail in which a value was refused."""
    if exception is None and app in _refused:
        app.statuscode = 1


def setup(app: Sphinx) -> None:
    """Registers the settings, in place of an older extension's if need be."""
    for name, setting in SETTINGS.items():
        app.config.values.pop(name, None)
        app.add_config_value(name, setting.default, setting.rebuild, setting.types)
    app.connect("config-inited", _check)  # before Sphinx's own check
    app.connect("build-finished", _end)
