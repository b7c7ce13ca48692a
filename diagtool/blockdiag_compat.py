"""Lets blockdiag 3.0.0 and its family run on today's releases, and their Sphinx extensions.

Importing this module is all it takes, before or after blockdiag itself is imported::

    import diagtool.blockdiag_compat
    from blockdiag.command import main

The family is seqdiag, nwdiag and actdiag, which build on blockdiag.

blockdiag was written for Pillow before 10 and for a setuptools that still had
``pkg_resources``. What they dropped is given back where it is missing, and what is there
is left alone:

- Pillow's ``Image.ANTIALIAS``, ``FreeTypeFont.getsize`` and ``ImageDraw.textsize``, at the
  moment at which blockdiag's PNG drawing is imported;
- ``pkg_resources``, which only their modules see, and only while they are
  imported: the real one takes longer to import than blockdiag needs for a picture, and
  other code in the process must find the real one or none;
- a cache of text widths that tells fonts apart and does not grow with every picture.

Nothing is imported here that blockdiag does not import at that moment anyway.
"""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any


class _PkgResources(ModuleType):
    """The part of pkg_resources that blockdiag and its Sphinx extension use."""

    @staticmethod
    def iter_entry_points(group: str, name: str | None = None) -> Iterator[_EntryPoint]:
        """The entry points of a group, all or those of one name."""
        from importlib.metadata import entry_points

        for entry in entry_points(group=group):
            if name is None or entry.name == name:
                yield _EntryPoint(entry)

    @staticmethod
    def require(*names: str) -> list[Any]:
        """The distributions of these names; raises PackageNotFoundError."""
        from importlib.metadata import distribution

        return [distribution(name) for name in names]


class _EntryPoint:
    """An entry point as pkg_resources shows it."""

    def __init__(self, entry: Any) -> None:
        self.name = entry.name
        self.module_name = entry.module
        self.load: Callable[[], Any] = entry.load


class _Deferred(ModuleType):
    """A module that is imported when something in it is first asked for."""

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self.__name__), name)


@contextmanager
def _shown(stand_in: ModuleType) -> Iterator[None]:
    """Lets ``import`` find a stand-in for a module that nobody has imported yet."""
    name = stand_in.__name__
    if name in sys.modules:
        yield
        return
    sys.modules[name] = stand_in
    try:
        yield
    finally:
        if sys.modules.get(name) is stand_in:
            del sys.modules[name]


def _pkg_resources() -> AbstractContextManager[None]:
    return _shown(_PkgResources("pkg_resources"))


@contextmanager
def _late_pillow() -> Iterator[None]:
    """Laying out needs Pillow only for icons, and Pillow is slow to import."""
    with _shown(_Deferred("PIL.Image")), _late("tempfile", "NamedTemporaryFile"):
        yield


def _late_uuid() -> AbstractContextManager[None]:
    """Only groups without a name need an id that nobody else has."""
    return _late("uuid", "uuid1")


def _late_configparser() -> AbstractContextManager[None]:
    """Only blockdiag's command reads the paths of fonts from a file."""
    return _late("blockdiag.utils.config", "ConfigParser")


def _late_logging() -> AbstractContextManager[None]:
    """Only who looks for a mistake in a grammar has the parser write a log."""
    stand_in = ModuleType("logging")
    setattr(stand_in, "getLogger", _LateLogger)  # noqa: B010
    return _shown(stand_in)


class _LateLogger:
    """A logger that is made when something of it is first asked for."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module("logging").getLogger(self.name), name)


def _late(module: str, name: str) -> AbstractContextManager[None]:
    """Shows a module that is imported when the one thing of it that is used is called."""

    def called(*arguments: Any, **options: Any) -> Any:
        return getattr(importlib.import_module(module), name)(*arguments, **options)

    stand_in = ModuleType(module)
    setattr(stand_in, name, called)
    return _shown(stand_in)


@contextmanager
def _whole_pillow() -> Iterator[None]:
    _complete_pillow()
    yield


@contextmanager
def _sound_cache() -> Iterator[None]:
    yield
    _mend_cache()


def _complete_pillow() -> None:
    from PIL import Image, ImageDraw, ImageFont

    if not hasattr(Image, "ANTIALIAS"):
        setattr(Image, "ANTIALIAS", Image.Resampling.LANCZOS)  # noqa: B010
    if not hasattr(ImageFont.FreeTypeFont, "getsize"):
        setattr(ImageFont.FreeTypeFont, "getsize", _getsize)  # noqa: B010
    if not hasattr(ImageDraw.ImageDraw, "textsize"):
        setattr(ImageDraw.ImageDraw, "textsize", _textsize)  # noqa: B010


def _getsize(font: Any, text: str) -> tuple[int, int]:
    """Width and height from the origin on, as Pillow's getsize gave them."""
    _, _, right, bottom = font.getbbox(text)
    return int(right), int(bottom)


def _textsize(draw: Any, text: str, font: Any = None) -> tuple[int, int]:
    """Width and height of text that may have several lines."""
    _, _, right, bottom = draw.multiline_textbbox((0, 0), text, font=font)
    return int(right), int(bottom)


def _memoize(measure: Callable[..., Any]) -> Callable[..., Any]:
    """blockdiag's cache of text sizes, by what they depend on: the text and the font."""
    sizes: dict[tuple[Any, ...], Any] = {}

    @functools.wraps(measure)
    def sized(drawer: Any, text: str, font: Any, **options: Any) -> Any:
        key = (text, font.path, font.familyname, font.size, repr(options))
        if key not in sizes:
            if len(sizes) >= _CACHED_SIZES:
                sizes.clear()
            sizes[key] = measure(drawer, text, font, **options)
        return sizes[key]

    return sized


def _mend_cache() -> None:
    utils = sys.modules["blockdiag.imagedraw.utils"]
    broken = utils.memoize
    utils.memoize = _memoize  # type: ignore[attr-defined]
    for name in ("svg", "png", "pdf"):
        drawing = sys.modules.get(f"blockdiag.imagedraw.{name}")
        for drawer in vars(drawing).values() if drawing else ():
            measure = vars(drawer).get("textlinesize") if isinstance(drawer, type) else None
            if measure is not None and measure.__code__ in broken.__code__.co_consts:
                drawer.textlinesize = _memoize(measure.__wrapped__)


_CACHED_SIZES = 10_000

_SPHINX_EXTENSIONS = (
    *("sphinxcontrib.blockdiag", "sphinxcontrib.seqdiag", "sphinxcontrib.actdiag"),
    *("sphinxcontrib.nwdiag", "sphinxcontrib.rackdiag", "sphinxcontrib.packetdiag"),
)

_AROUND: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "blockdiag.imagedraw": _pkg_resources,
    "blockdiag.noderenderer": _pkg_resources,
    "blockdiag.plugins": _pkg_resources,
    **dict.fromkeys(_SPHINX_EXTENSIONS, _pkg_resources),
    "blockdiag.utils.fontmap": _late_configparser,
    "blockdiag.utils.images": _late_pillow,
    "blockdiag.utils.uuid": _late_uuid,
    "blockdiag.imagedraw.png": _whole_pillow,
    "blockdiag.imagedraw.utils": _sound_cache,
    "funcparserlib.parser": _late_logging,
}
"""What is done around the import of a module."""


class _Finder:
    """Finds the modules in :data:`_AROUND` where they are, and stays around their import."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in _AROUND:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            run = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                with _AROUND[fullname]():
                    run(module)

            setattr(spec.loader, "exec_module", exec_module)  # noqa: B010
        return spec


def _install() -> None:
    if not any(type(finder).__qualname__ == _Finder.__qualname__ for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    if "blockdiag.imagedraw.png" in sys.modules:
        _complete_pillow()
    if "blockdiag.imagedraw.utils" in sys.modules:
        _mend_cache()


_install()
