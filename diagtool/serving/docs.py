"""A Sphinx project that is built again as it changes."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from diagtool.files.printable import lines

_MOST = 20_000
"""How many characters of what a build says are shown."""

_TERMINAL = re.compile(r"\x1b\[[0-9;]*m")


@dataclass
class Docs:
    """The pages of a source folder, and what their last build said."""

    source: Path
    output: Path
    building: bool = False
    builds: int = 0
    failed: bool = False
    said: str = field(default="", repr=False)

    @property
    def configuration(self) -> Path | None:
        """The nearest folder with a ``conf.py``: that of the pages, or one above it."""
        whole = self.source.resolve()
        return next((f for f in (whole, *whole.parents) if (f / "conf.py").is_file()), None)

    def build(self) -> None:
        """Builds what has changed since the last time. Sphinx knows what that is."""
        command = [sys.executable, "-m", "sphinx", "-q", "--keep-going", "-b", "html"]
        command += ["-d", str(self.output / "doctrees"), "-c", str(self.configuration)]
        done = subprocess.run(
            [*command, "--", str(self.source), str(self.pages)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        said = _TERMINAL.sub("", done.stdout.decode("utf-8", "replace"))
        self.said = lines(said.strip())[-_MOST:]
        self.failed = done.returncode != 0
        self.builds += 1

    @property
    def pages(self) -> Path:
        """Where the built pages lie."""
        return self.output / "html"

    def state(self) -> dict[str, Any]:
        """What a page shows of it, for JSON."""
        shown = {"building": self.building, "builds": self.builds}
        return {**shown, "failed": self.failed, "said": self.said}
