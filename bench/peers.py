"""The tools that diagtool is measured against, as they are installed here."""

from __future__ import annotations

import json
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import diagtool

ROOT = Path(__file__).parents[1]
MERMAID = ROOT / "tests" / "interop" / "node_modules" / ".bin" / "mmdc"

INSIDE = Path(__file__).with_name("inside.py")
"""What draws many pictures within one process."""

DIAGTOOL = (sys.executable, "-m", "diagtool")
BLOCKDIAG = (
    sys.executable,
    "-c",
    "import diagtool.blockdiag_compat; from blockdiag.command import main; main()",
)
"""blockdiag's command on today's Pillow and setuptools, which it does not run on by itself."""

_BROWSER = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@dataclass(frozen=True)
class Peers:
    """Where the peers' programs are."""

    dot: str
    plantuml: str
    mermaid: str
    chromium: str

    def mermaid_command(self, scratch: Path) -> list[str]:
        """mermaid-cli with the system's browser, which has a profile in a scratch folder."""
        settings = scratch / "puppeteer.json"
        arguments = [*_BROWSER, f"--user-data-dir={scratch / 'profile'}"]
        settings.write_text(json.dumps({"executablePath": self.chromium, "args": arguments}))
        return [self.mermaid, "--quiet", "--puppeteerConfigFile", str(settings)]

    def versions(self) -> dict[str, str]:
        """What is measured, by name."""
        return {
            "diagtool": diagtool.__version__,
            "Python": platform.python_version(),
            "blockdiag": f"{version('blockdiag')} (Pillow {version('pillow')}, through "
            "diagtool.blockdiag_compat)",
            "Graphviz": _said(self.dot, "-V"),
            "PlantUML": _said(self.plantuml, "-version"),
            "mermaid-cli": _said(self.mermaid, "--version"),
            "Chromium": _said(self.chromium, "--version"),
            "Sphinx": version("sphinx"),
        }


def find() -> Peers:
    """The peers. Raises SystemExit with the name of one that is missing."""
    return Peers(
        dot=_program("dot"),
        plantuml=_program("plantuml"),
        mermaid=_program(str(MERMAID)),
        chromium=_program("chromium", "chromium-browser", "google-chrome"),
    )


def _program(*names: str) -> str:
    for name in names:
        if path := shutil.which(name):
            return path
    sys.exit(f"bench: not installed: {' or '.join(names)}")


def _said(*command: str) -> str:
    """The version in what a program says of itself."""
    done = subprocess.run(command, capture_output=True, text=True)
    found = re.search(r"\d+(\.\d+)+", done.stdout + done.stderr)
    return found[0] if found else "?"
