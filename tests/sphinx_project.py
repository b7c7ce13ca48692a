"""Small projects that real Sphinx builds."""

from __future__ import annotations

import contextlib
import io
import logging
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from textwrap import dedent
from unittest.mock import patch

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from jinja2.sandbox import SandboxedEnvironment
from sphinx.cmd.build import main as sphinx_build
from sphinx.locale import translators

ROOT = Path(__file__).parents[1]
DESIGNATE = ROOT / "topology" / "designate.yaml"

BUILDERS = (
    "html",
    "dirhtml",
    "singlehtml",
    "epub",
    "latex",
    "text",
    "man",
    "texinfo",
    "gettext",
    "xml",
    "pseudoxml",
    "linkcheck",
)


class _Compiled(BytecodeCache):
    """The templates that builds compiled: almost half of a small build's time is this."""

    def __init__(self) -> None:
        self.code: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if code := self.code.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.code[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


_THEMES = partial(SandboxedEnvironment, bytecode_cache=_Compiled())
"""How Sphinx makes the environment of a theme's templates."""


@dataclass
class Build:
    """What came of one run of sphinx-build."""

    status: int
    log: str
    warnings: str
    out: Path

    def text(self, name: str) -> str:
        """An output file."""
        return (self.out / name).read_text("utf-8")

    @property
    def read(self) -> list[str]:
        """The pages that were read."""
        return re.findall(r"^reading sources\.\.\. \[ *\d+%\] (\S+)", self.log, re.MULTILINE)

    @property
    def written(self) -> list[str]:
        """The pages that were written."""
        return re.findall(r"^writing output\.\.\. \[ *\d+%\] (\S+)", self.log, re.MULTILINE)


class Project:
    """A folder with a conf.py, pages and topologies."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, name: str, text: str) -> Path:
        """Writes a file, and beside a topology of Designate the files that it names."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if "options/designate-" in text:
            catalogues = DESIGNATE.parent / "options"
            shutil.copytree(catalogues, path.parent / "options", dirs_exist_ok=True)
        if "evidence: evidence.json" in text:
            shutil.copy(DESIGNATE.parent / "evidence.json", path.parent)
        path.write_text(dedent(text), "utf-8")
        return path

    def change(self, name: str, old: str, new: str) -> None:
        """Replaces a text that stands in a file once, and lets Sphinx see that it did."""
        path = self.root / name
        text = path.read_text("utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        path.write_text(text.replace(old, new), "utf-8")

    def build(self, builder: str = "html", *options: str, strict: bool = True) -> Build:
        """Runs sphinx-build, by default as strictly as it can be."""
        out = self.root / "_build" / builder
        # gettext marks the pages that it reads, which no other builder can then use.
        trees = self.root / "_build" / ("trees-gettext" if builder == "gettext" else "trees")
        flags = ["-n", "-W", "--keep-going"] if strict else []
        arguments = ["-b", builder, "-d", str(trees), *flags, *options]
        arguments += ["--no-color", str(self.root), str(out)]
        if "-j" in options:  # Sphinx forks, which a process with threads had better not do
            command = [sys.executable, "-m", "sphinx", *arguments]
            run = subprocess.run(command, cwd=self.root, capture_output=True, text=True)
            return Build(run.returncode, _plain(run.stdout), run.stderr, out)
        translators.clear()  # Sphinx keeps the catalogues of the last build in this process
        logging.disable(logging.DEBUG)  # of which there is a line for each event, and none is shown
        log, warnings = io.StringIO(), io.StringIO()
        with (
            patch("sphinx.jinja2glue.SandboxedEnvironment", _THEMES),
            contextlib.chdir(self.root),
            contextlib.redirect_stdout(log),
            contextlib.redirect_stderr(warnings),
        ):
            status = sphinx_build(arguments)
        return Build(status, _plain(log.getvalue()), warnings.getvalue(), out)


def _plain(log: str) -> str:
    """A log in lines, without the codes that Sphinx writes over lines with where CI is set."""
    return re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", log).replace("\r", "\n")


CONF = """\
project = "demo"
author = copyright = "the authors"
version = "1"
extensions = ["diagtool.sphinxext"]
exclude_patterns = ["_build"]
numfig = True
html_theme = "basic"
linkcheck_ignore = ["https?://"]
man_pages = [("index", "demo", "demo", "the authors", 7)]
latex_documents = [("index", "demo.tex", "demo", "the authors", "manual")]
texinfo_documents = [("index", "demo", "demo", "the authors", "demo", "demo", "Misc")]
"""


def make(root: Path, conf: str = "", pages: dict[str, str] | None = None) -> Project:
    """A project with these pages, and with Designate's topology where no other is named."""
    project = Project(root)
    if "topo_topologies" not in conf:
        project.write("designate.yaml", DESIGNATE.read_text("utf-8"))
        conf = f'topo_topologies = {{"designate": "designate.yaml"}}\n{conf}'
    project.write("conf.py", CONF + dedent(conf))
    for name, text in (pages or {}).items():
        project.write(f"{name}.rst", text)
    return project


GUIDE = {
    "index": """\
        Home
        ====

        See :topo:service:`designate-api`, of which there are
        :topo:value:`designate-api.replicas`.

        .. toctree::

           guide
        """,
    "guide": """\
        Guide
        =====

        .. topo:guide::
        """,
}
