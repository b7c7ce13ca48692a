"""The files of a new project, and which of them a folder has already.

Nothing that is there is changed: where a file is, it is said what to add to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from string import Template

from diagtool.files import reading
from diagtool.loading import discovery

CONFS = tuple(f"{folder}conf.py" for folder in ("", "docs/", "doc/", "docs/source/", "doc/source/"))
"""Where Sphinx projects have their settings."""

_FILES = Path(__file__).parent / "files"


@dataclass(frozen=True, slots=True)
class Planned:
    """A file by its path in the project.

    ``advice`` is what to add to it where it exists already, empty where it can stay as it is.
    """

    path: str
    content: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is missing in a folder, what is there and left as it is, and its topology's path."""

    missing: tuple[Planned, ...]
    kept: tuple[Planned, ...]
    topology: str


def plan(folder: Path, content: str = "") -> Plan:
    """The files of a project in a folder, which need not exist yet.

    ``content`` is that of its topology; without any, it is the one that the project has, else an
    example.
    """
    present = [] if content else discovery.topologies(folder / discovery.FOLDER)
    if present:
        topology = present[0].relative_to(folder).as_posix()
        id = slug(present[0].stem)
    else:
        id = slug(folder.resolve().name)
        topology = f"{discovery.FOLDER}/{id}.yaml"
    given = {"id": id, "title": _words(id), "topology": topology}
    files = list(_files(folder, given, content))
    missing = tuple(file for file in files if not _exists(folder / file.path))
    kept = (
        replace(file, advice="") if file.advice in _text(folder / file.path) else file
        for file in files
        if file not in missing
    )
    return Plan(missing, tuple(kept), topology)


def title(folder: Path) -> str:
    """What the system of a project is called, going by its folder."""
    return _words(slug(folder.resolve().name))


def _words(id: str) -> str:
    words = id.replace("-", " ").replace("_", " ")
    return words[:1].upper() + words[1:]


def slug(name: str) -> str:
    """An id that is like a name."""
    words = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-_").lower()
    if not words[:1].isalpha() or words == "null":  # which YAML takes for nothing
        words = f"system-{words}"
    return words[:40].strip("-_")


def _files(folder: Path, given: dict[str, str], content: str) -> Iterator[Planned]:
    yield Planned(given["topology"], content or _filled_in("topology.yaml", given))
    conf = next((path for path in CONFS if (folder / path).is_file()), "docs/conf.py")
    if (folder / conf).is_file() and "diagtool.sphinxext" not in _text(folder / conf):
        # A Sphinx project has its own way of being built and checked.
        up = "../" * conf.count("/")
        advice = (
            'extensions += ["diagtool.sphinxext"]\n'
            f'topo_topologies = {{"{given["id"]}": "{up}{given["topology"]}"}}\n'
            "\nand to a page:\n\n.. topo:guide::\n"
        )
        yield Planned(conf, "", advice)
        return
    quoted = {name: re.sub(r'([\\"])', r"\\\1", text) for name, text in given.items()}
    title = given["title"]
    rule = "=" * max(4, len(title) if title.isascii() else 2 * len(title))  # some are wide
    yield Planned(conf, _filled_in("conf.py.txt", quoted))
    yield Planned("docs/index.rst", _filled_in("index.rst", {**given, "rule": rule}))
    yield Planned("Makefile", _filled_in("Makefile", given))
    for path, name in (
        ("pyproject.toml", "pyproject.toml"),
        (".pre-commit-config.yaml", "pre-commit-config.yaml"),
        (".gitignore", "gitignore"),
    ):
        text = _filled_in(name, quoted)
        yield Planned(path, text, text)
    yield Planned(".github/workflows/guide.yml", _filled_in("workflow.yml", given))


def _filled_in(name: str, given: dict[str, str]) -> str:
    return Template((_FILES / name).read_text("utf-8")).substitute(given)


def _text(path: Path) -> str:
    """What is in a file, as far as it is text."""
    try:
        return reading.read(path, 1024 * 1024).decode("utf-8", "replace")
    except OSError:
        return ""


def _exists(path: Path) -> bool:
    return path.exists() or path.is_symlink()
