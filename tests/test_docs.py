"""The documentation is true: what it tells readers to do, done, gives what it shows."""

from __future__ import annotations

import json
import os
import pkgutil
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

import diagtool
from diagtool.checks import prose
from diagtool.cli import common
from diagtool.cli.main import main
from diagtool.loading import json_schema
from diagtool.model.diagnostic_codes import CODES
from diagtool.pictures import formats
from diagtool.pictures.formats import blockdiag
from diagtool.sphinxext.blockdiag_directive import Blockdiag
from diagtool.sphinxext.directives import DIRECTIVES
from diagtool.sphinxext.domain import TopoDomain

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"

_BLOCK = re.compile(
    r"^\.\. code-block:: (?P<language>\w+)\n(?P<options>(?:   :.*\n)*)\n(?P<body>(?:   .*\n|\n)+)",
    re.MULTILINE,
)
_SET_UP = ("mkdir chat", "python3 -m venv ", ". venv/", "cd chat", "pip install ")
"""Commands that a reader runs once; here the package is installed already."""


@dataclass
class Block:
    """A code block of a page."""

    language: str
    body: str
    options: dict[str, str] = field(default_factory=dict)

    @property
    def caption(self) -> str:
        return self.options.get("caption", "")


def blocks(page: str) -> list[Block]:
    """The code blocks of a page that stand at its margin, in order."""
    return [
        Block(
            match["language"],
            re.sub("^   ", "", match["body"], flags=re.MULTILINE).strip("\n") + "\n",
            dict(re.findall(r":([\w-]+): *(.*)", match["options"])),
        )
        for match in _BLOCK.finditer((DOCS / page).read_text("utf-8"))
    ]


def write(folder: Path, block: Block) -> None:
    """What a reader does with a block that has a file's name for a caption."""
    name, _, continued = block.caption.partition(" ")
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if block.language == "diff":
        old, new = (
            "".join(line[1:] for line in block.body.splitlines(keepends=True) if line[0] in signs)
            for signs in (" -", " +")
        )
        text = path.read_text("utf-8")
        assert text.count(old) == 1, f"not just once in {name}: {old}"
        path.write_text(text.replace(old, new), "utf-8")
    elif continued:
        with path.open("a", encoding="utf-8") as stream:
            stream.write(block.body)
    else:
        path.write_text(block.body, "utf-8")


def run(folder: Path, block: Block) -> None:
    """Runs the commands of a block one by one; each prints what stands below it.

    Three dots stand for any text, on a line of their own for any lines.
    """
    commands = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "80",
        "NO_COLOR": "1",
    }
    for part in re.split(r"^\$ ", block.body, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        if command.startswith(_SET_UP):
            assert not shown
            continue
        command = re.sub("^diagtool ", f"{sys.executable} -m diagtool ", command)
        command = re.sub("^sphinx-build ", f"{sys.executable} -m sphinx ", command)
        result = subprocess.run(
            command,
            shell=True,
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        wanted = "".join(
            "(?:.*\n)*" if line == "...\n" else re.escape(line).replace(r"\.\.\.", ".*")
            for line in shown.splitlines(keepends=True)
        )
        assert re.fullmatch(wanted, result.stdout), f"$ {command}\n{result.stdout}"


@pytest.fixture(scope="session")
def chat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one who has followed the tutorial to its end."""
    folder = tmp_path_factory.mktemp("chat")
    follow("tutorial.rst", folder)
    return folder


def follow(page: str, folder: Path) -> None:
    """Writes the files and runs the commands of a page."""
    for block in blocks(page):
        if block.language == "console":
            run(folder, block)
        elif block.caption:
            write(folder, block)


@pytest.mark.slow
def test_tutorial(chat: Path) -> None:
    assert {path.stem for path in chat.glob("pictures/*.svg")} == {
        "gateway",
        "history",
        "notifier",
        "overview",
    }
    page = (chat / "site" / "index.html").read_text("utf-8")
    assert "Gateway 5" in page
    assert "Gateway 6" not in page
    assert "runs as 5 servers" in " ".join(re.sub("<[^>]*>", "", page).split())
    # The tutorial shows pictures of it.
    assert (chat / "topology" / "chat.yaml").read_text("utf-8") == (DOCS / "chat.yaml").read_text(
        "utf-8"
    )


OUTCOMES = {
    "render.rst": ("doc/source/ha/guide.rst", ".. blockdiag:: :caption: Layout of gateway"),
    "several.rst": ("site/billing.html", '<section id="billing-ledger">'),
    "templates.rst": ("site/index.html", "Open the firewall from Gateways to"),
    "theme.rst": ("site/_static/topo.css", "#1d7a46"),
    "translate.rst": ("site/de/index.html", ">Nachrichtenverteiler</text>"),
}
"""What one who has followed a page finds in a file."""


@pytest.mark.slow
@pytest.mark.parametrize("page", sorted(path.name for path in (DOCS / "howto").glob("*.rst")))
def test_how_to(page: str, chat: Path, tmp_path: Path) -> None:
    shutil.copytree(chat, tmp_path, dirs_exist_ok=True)
    for path in tmp_path.glob("pictures/*"):
        path.unlink()
    shutil.rmtree(tmp_path / "site")
    follow(f"howto/{page}", tmp_path)
    if page in OUTCOMES:
        path, wanted = OUTCOMES[page]
        assert wanted in re.sub(r"\s+", " ", (tmp_path / path).read_text("utf-8"))


def test_readme_shows_what_its_topology_becomes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (ROOT / "README.rst").read_text("utf-8")
    topology, source, contradiction = (
        re.sub("^   ", "", block, flags=re.MULTILINE).strip("\n") + "\n"
        for block in re.findall(r"code-block:: \w+\n\n((?:   .*\n|\n)+)", text)
    )
    assert len(topology.splitlines()) == 10
    monkeypatch.chdir(tmp_path)
    Path("topology").mkdir()
    Path("topology/chat.yaml").write_text(topology, "utf-8")
    history = diagtool.views(diagtool.load("topology/chat.yaml"))[0]
    assert blockdiag.write(history) == source
    Path("out").mkdir()
    shutil.copy(ROOT / "docs" / "images" / "history.png", "out")
    assert main(["verify", "out"]) == 0
    assert capsys.readouterr().err == "1 file verified: no mistake found\n"
    Path("out/history.diag").write_text(source.replace("-> archive", "<- archive"), "utf-8")
    assert main(["verify", "out"]) == 1
    assert capsys.readouterr().out.splitlines()[0] == " ".join(contradiction.split())


def test_reference_has_every_record_of_the_format() -> None:
    page = (DOCS / "reference" / "topology.rst").read_text("utf-8")
    shown = re.findall(r"^\.\. topology-keys:: (.*)$", page, re.MULTILINE)
    wanted = {"topology", *json.loads(json_schema.write())["$defs"]}
    assert {record.replace(" ", "-") for record in shown} == wanted


def test_reference_has_every_command() -> None:
    page = (DOCS / "reference" / "cli.rst").read_text("utf-8")
    assert re.findall(r"^\.\. command:: (.*)$", page, re.MULTILINE) == list(common.NAMES)


def test_reference_has_every_directive_with_its_options() -> None:
    page = (DOCS / "reference" / "sphinx.rst").read_text("utf-8").partition("\nRoles\n")[0]
    option = re.compile(r"(?:rst:directive:option::|^ {29})\s*([\w-]+)", re.MULTILINE)
    shown = {}
    for text in re.split(r"^\.\. rst:directive:: \.\. ", page, flags=re.MULTILINE)[1:]:
        shown[text.partition("::")[0]] = set(option.findall(text))
    there = {f"topo:{name}": directive for name, directive in DIRECTIVES.items()}
    there["blockdiag"] = Blockdiag
    assert shown == {name: set(directive.option_spec or ()) for name, directive in there.items()}


def test_reference_has_every_role() -> None:
    page = (DOCS / "reference" / "sphinx.rst").read_text("utf-8")
    shown = re.findall(r"^(?:\.\. rst:role::| {13}) topo:(\w+)$", page, re.MULTILINE)
    assert set(shown) == set(TopoDomain.roles)


def test_reference_has_every_setting_and_kind_of_warning(tmp_path: Path) -> None:
    page = (DOCS / "reference" / "sphinx.rst").read_text("utf-8")
    (tmp_path / "index.rst").touch()
    with docutils_namespace():  # what Sphinx registers would stay for other tests
        app = Sphinx(
            tmp_path,
            None,
            tmp_path / "out",
            tmp_path / "doctrees",
            "html",
            confoverrides={"extensions": ["diagtool.sphinxext"]},
            status=None,
        )
    settings = {name for name in app.config.values if name.startswith(("topo_", "blockdiag_"))}
    assert set(re.findall(r"\b(?:topo|blockdiag)_\w+", page)) == settings
    code = "".join(path.read_text("utf-8") for path in (ROOT / "diagtool/sphinxext").glob("*.py"))
    kinds = {f"topo.{kind}" for kind in re.findall(r'subtype="(\w+)"', code)} - {"topo.ref"}
    assert set(re.findall(r"``(topo\.\w+)``", page)) == kinds


def test_architecture_names_every_package() -> None:
    page = (DOCS / "contributing" / "architecture.rst").read_text("utf-8")
    packages = page.partition("\nPackages\n")[2].partition("\nRules:")[0]
    there = {module.name for module in pkgutil.iter_modules(diagtool.__path__)} - {"__main__"}
    assert set(re.findall(r"``(\w+)``", packages)) == there


def test_architecture_names_every_step_of_the_prose_linter() -> None:
    page = (DOCS / "contributing" / "architecture.rst").read_text("utf-8")
    table = page.partition("A sentence is judged clause by clause")[2].split("\n====")[1:3]
    names = re.findall(r"^(?:``\w+``,?[ \n])+", "".join(table), re.M)
    there = {module.name for module in pkgutil.iter_modules(prose.__path__)}
    assert set(re.findall(r"``(\w+)``", "".join(names))) == there


def test_every_format_is_named_where_all_are() -> None:
    for path in (ROOT / "README.rst", DOCS / "reference" / "verify.rst"):
        text = path.read_text("utf-8").lower().replace("draw.io", "drawio")
        missing = [name for name in formats.names() if name not in text]
        assert not missing, f"{path} leaves {missing} out"


def test_architecture_names_what_there_is() -> None:
    page = (DOCS / "contributing" / "architecture.rst").read_text("utf-8")
    files = {"conf.py", "match.yaml", "patterns.toml", "pyproject.toml", "vocabulary.toml"}
    for name in set(re.findall(r"``([a-z_]+(?:\.\w+)+)``", page)) - files:
        pkgutil.resolve_name(f"diagtool.{name}")


def test_no_heading_has_lost_its_line() -> None:
    """What wraps lines may put the title and what underlines it on one: it is a sentence then."""
    for path in (*DOCS.rglob("*.rst"), *ROOT.glob("*.rst")):
        assert not re.search(r"^\w.* (=|-|~){4,}$", path.read_text("utf-8"), re.M), path


def test_page_on_additions_runs_tests_that_run_everywhere() -> None:
    page = (DOCS / "contributing" / "adding.rst").read_text("utf-8")
    for marked, names in re.findall(r'^ +pytest -m "?([a-z ]*)"? (tests/[^-\n]*)', page, re.M):
        for path in map(ROOT.joinpath, names.split()):
            text = path.read_text("utf-8") if path.is_file() else ""
            others = {*re.findall(r"mark\.(locked|stock|interop|designate)\b", text)}
            assert path.exists() and all(other in marked for other in others), path


def test_reference_has_every_finding_of_verify() -> None:
    """``prose`` and ``running`` have codes with a prefix of their own, and pages of their own."""
    page = (DOCS / "reference" / "verify.rst").read_text("utf-8")
    files = (ROOT / "diagtool" / "checks" / "verify").glob("*.py")
    code = "".join(file.read_text("utf-8") for file in files)
    reported = CODES.keys() & set(re.findall(r'"([a-z-]+)"', code))
    assert set(re.findall(r"<diagnostic-([a-z-]+)>", page)) == reported
