"""Input files: regular ones, and no larger than is of any use.

A pipe or a device could keep a run waiting for ever, or never come to an end.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

MOST = 256 * 1024 * 1024
"""How many bytes a file may have of which nobody says less."""


def read(path: Path, most: int = MOST) -> bytes:
    """What a file holds. Raises OSError, also for one that is not regular or too large."""
    try:
        # Where nobody writes to a pipe, it must not even be waited for.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _BINARY)
    except ValueError as error:  # a NUL in its name
        raise OSError(errno.EINVAL, str(error)) from None
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        data = stream.read(most + 1)
    if len(data) > most:
        raise OSError(errno.EFBIG, f"larger than {most} bytes")
    return data


_BINARY = getattr(os, "O_BINARY", 0)
