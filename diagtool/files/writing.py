"""Output files: whole or not at all, never outside their folder, only where they change."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

from diagtool.files import reading


class OutputError(Exception):
    """A file that cannot be written; the message says which and why."""


class EditedError(OutputError):
    """A file that people have edited since it was written, or that is none of ours."""


def write(
    folder: Path, name: str, content: bytes, *, edited: Callable[[bytes], bool] | None = None
) -> bool:
    """Writes a file of a folder, which is made where it is missing; says whether it changed.

    The file appears with all of its content at once, so that readers and other writers at
    the same time never see half of it. A name that leads out of the folder, through ``..``
    or a symbolic link, is refused, and so is one whose present content people ``edited``.
    Raises OutputError, for the last EditedError.
    """
    path = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target = _target(folder, name)
        _sweep(target.parent)
        if target.exists():
            present = target.read_bytes()
            if present == content:
                return False
            if edited is not None and edited(present):
                raise EditedError(f"cannot write {path.as_posix()}: it was edited by hand")
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(target, content)
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links, a NUL in a name
        raise OutputError(f"cannot write {path.as_posix()}: {_reason(error)}") from None
    return True


def present(folder: Path, name: str) -> bytes | None:
    """What a file of a folder holds, None where it is missing. Raises OutputError."""
    path = folder / name
    try:
        return reading.read(_target(folder, name))
    except FileNotFoundError:
        return None
    except (OSError, RuntimeError, ValueError) as error:
        raise OutputError(f"cannot read {path.as_posix()}: {_reason(error)}") from None


def _target(folder: Path, name: str) -> Path:
    """The file that a name means. Raises OutputError where that is none of the folder."""
    path = folder / name
    target = path.resolve()
    if not target.is_relative_to(folder.resolve()):
        raise OutputError(f"cannot use {path.as_posix()}: it leads out of its folder")
    if target.exists() and not target.is_file():
        raise OutputError(f"cannot use {path.as_posix()}: it is not a regular file")
    return target


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _replace(target: Path, content: bytes) -> None:
    for attempt in range(1, _ATTEMPTS + 1):
        # Not tempfile's: its files are for their owner's eyes only, and these get published.
        draft = target.with_name(f".diagtool-{os.urandom(8).hex()}.tmp")
        try:
            with draft.open("xb") as stream:
                stream.write(content)
            draft.replace(target)
            return
        except FileNotFoundError:  # a run that started meanwhile took it for a dead one's
            if attempt == _ATTEMPTS:
                raise
        except BaseException:
            with suppress(OSError):
                draft.unlink()
            raise


_ATTEMPTS = 5


@cache
def _sweep(folder: Path) -> None:
    """Removes the drafts that runs left in a folder when they were killed; once in a process."""
    with suppress(OSError):
        for draft in folder.glob(".diagtool-*.tmp"):
            draft.unlink(missing_ok=True)
