"""Zip archives, of which nothing is unpacked that would not be small."""

from __future__ import annotations

import io
import zipfile
import zlib

from diagtool.checks.readers import LARGEST, ReadError

MOST = 5_000
"""How many members an archive may have."""


class Archive:
    """The members of an archive by name, which may together unpack to :data:`LARGEST`."""

    def __init__(self, content: bytes) -> None:
        self.left = LARGEST
        try:
            self.file = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise ReadError(f"incomplete or damaged archive: {error}") from None
        self.names = frozenset(self.file.namelist())
        if len(self.names) > MOST:
            raise ReadError(f"it has more than {MOST:,} members")

    def read(self, name: str) -> bytes:
        """A member's content. Raises ReadError where it is missing, broken or too large."""
        try:
            with self.file.open(name) as member:
                content = member.read(self.left + 1)
        except KeyError:
            raise ReadError(f"its part {name} is missing") from None
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            RuntimeError,
            ValueError,
            OSError,
        ) as error:
            raise ReadError(f"its part {name} cannot be read: {error}") from None
        self.left -= len(content)
        if self.left < 0:
            raise ReadError(f"it unpacks to more than {LARGEST // 2**20} MiB")
        return content
