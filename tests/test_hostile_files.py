"""Files that are no files, links that lead elsewhere, and names that a terminal would act on."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from diagtool.checks.manifest import Manifest, Written
from diagtool.cli.main import main
from diagtool.files.printable import lines
from diagtool.loading import loader
from diagtool.model.diagnostic_report import FORMS

ROOT = Path(__file__).parents[1]
SHOP = """\
format: 1
name: Shop
components: {queue: {}}
services: {web: {connections: [to: queue]}}
"""
EXPORT = ["export", "-t", "shop.yaml", "-f", "svg", "-o", "out"]

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in a folder with a topology; gives its exit code and what it said."""
    monkeypatch.chdir(tmp_path)
    Path("shop.yaml").write_text(SHOP, "utf-8")

    def run(*words: str) -> tuple[int, str, str]:
        try:
            code = main(words)
        except SystemExit as error:
            code = int(error.code or 0)
        return code, *capsys.readouterr()

    return run


# --- pipes and devices ------------------------------------------------------------------


@pytest.mark.parametrize("option", ["--manifest", "--theme", "--font", "--template"])
@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_what_is_no_file_is_an_error_at_once(run: Run, option: str, kind: str) -> None:
    path = Path("odd.toml")
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        path.mkdir()
    format = "pptx" if option == "--template" else "svg"
    code, _, said = run(*EXPORT[:4], format, *EXPORT[5:], option, path.as_posix())
    assert code == 1
    assert "odd.toml" in said


def test_a_pipe_among_the_output_is_an_error_at_once(run: Run) -> None:
    Path("out").mkdir()
    os.mkfifo("out/web.svg")
    for option in ((), ("--check",)):
        code, _, said = run(*EXPORT, *option)
        assert (code, said) == (1, "diagtool: cannot use out/web.svg: it is not a regular file\n")


@pytest.mark.parametrize("command", ["verify", "lint"])
def test_a_folder_that_cannot_be_read_is_a_finding(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    run(*EXPORT)
    Path("out/page.rst").write_text("Page\n====\n", "utf-8")
    Path("out/shut").mkdir()
    scan = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("shut"):  # the superuser may read everything
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    code, printed, _ = run(command, "-t", "shop.yaml", "out")
    assert code == 1
    assert "out/shut:1:1: unreadable-artefact" in printed


# --- what takes long --------------------------------------------------------------------

SECONDS = 10
"""Far more than these take, on a slow machine, too; some took minutes."""


def parts(count: int) -> str:
    """A topology that names as many parts that are not there as there are others."""
    components = "".join(f"  component-number-{n}: {{}}\n" for n in range(count))
    notes = "".join(f"      - See {{compnent-nmber-{n}}}.\n" for n in range(count))
    peers = "".join(f"      - to: compnent-nmber-{n}\n" for n in range(count))
    services = f"services:\n  a:\n    connections:\n{peers}    notes:\n{notes}"
    return f"format: 1\nname: a\ncomponents:\n{components}{services}"


@pytest.mark.parametrize(
    ("words", "name", "text"),
    [
        (["lint", "-t", "shop.yaml"], "x.rst", "*a " * 200_000),
        (["verify", "-t", "shop.yaml"], "x.rst", "*a " * 200_000),
        (["verify", "-t", "shop.yaml"], "x.rst", "`a\n" * 200_000),
        (["verify", "-t", "shop.yaml"], "x.conf", "\n" * 5_000_000),
        (["check", "-t"], "x.yaml", parts(2000)),
        (["export", "-t", "shop.yaml", "-f", "svg", "-o", "out", "--theme"], "x.toml", "[" * 10**6),
    ],
    ids=["lint", "verify", "lines", "config", "check", "theme"],
)
def test_nothing_takes_long(tmp_path: Path, words: list[str], name: str, text: str) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP, "utf-8")
    (tmp_path / name).write_text(text, "utf-8")
    # A process of its own, as people run it: a tracer would be measured along with it here.
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "diagtool", *words, name], cwd=tmp_path, capture_output=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < SECONDS
    assert done.stdout + done.stderr
    assert done.returncode == (0 if name.endswith(".conf") else 1)


# --- links ------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [EXPORT, ["render", "-t", "shop.yaml", "-o", "out"]])
def test_check_prints_nothing_that_a_link_leads_to(run: Run, command: list[str]) -> None:
    Path("secret").write_text("my password\n", "utf-8")
    Path("out").mkdir()
    for name in ("web.svg", "guide.rst"):
        Path("out", name).symlink_to("../secret")
    code, printed, said = run(*command, "--check")
    assert code == 1
    assert "leads out of its folder" in said
    assert "password" not in printed + said


def test_a_folder_is_read_no_further_than_where_it_lies(run: Run, tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text("services: {cron: {connections: [to: queue]}}\n", "utf-8")
    folder = tmp_path / "project" / "topologies" / "shop"
    folder.mkdir(parents=True)
    (folder / "topology.yaml").write_text(SHOP, "utf-8")
    beside = folder.parent / "more.yaml"
    beside.write_text("services: {mail: {connections: [to: queue]}}\n", "utf-8")
    (folder / "beside.yaml").symlink_to(beside)
    loaded = loader.read(folder)
    assert loaded.topology and [*loaded.topology.services] == ["web", "mail"]
    (folder / "far.yaml").symlink_to(outside)
    (finding,) = (d for d in loader.read(folder).diagnostics if d.code == "unreadable-file")
    assert finding.place.path.endswith("far.yaml")
    assert "is outside the folder 'topologies'" in finding.message
    # A folder that somebody names lies where it leads to.
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "link").symlink_to(folder)
    (folder / "far.yaml").unlink()
    (folder / "beside.yaml").unlink()
    assert loader.read(tmp_path / "elsewhere" / "link").topology


def test_no_topology_is_found_outside_of_a_project(run: Run, tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "topology").mkdir(parents=True)
    (project / "topology" / "shop.yaml").symlink_to(tmp_path / "shop.yaml")
    os.chdir(project)
    code, _, said = run("check")
    assert code == 2
    assert "topology/shop.yaml leads out of the project: name it with -t PATH" in said
    assert run("check", "-t", "topology/shop.yaml")[0] == 0


# --- names ------------------------------------------------------------------------------

NAMES = ["::error::x", "\x1b[31mx", "a\n::error::x", "##[error]x", "##vso[task.x]", " ::x", "\x9bx"]


def acted_on(printed: str) -> list[str]:
    """The lines that a terminal or a CI service would act on."""
    return [
        line
        for line in printed.split("\n")
        if line.lstrip().startswith("::")
        or "##[" in line
        or "##vso[" in line
        or not all(c.isprintable() or c == "\t" for c in line)
    ]


@pytest.mark.parametrize("name", NAMES)
def test_no_name_of_a_file_is_acted_on(run: Run, name: str) -> None:
    Path(f"{name}.yaml").write_text(SHOP.replace("queue]", "qeue]"), "utf-8")
    Path(name).mkdir()
    for words in (
        ["check", "-t", f"{name}.yaml"],
        ["check", "-t", f"{name}.yaml", "--format", "json"],
        ["check", "-t", name],
        ["check", "-t", f"{name}/missing.yaml"],
        ["facts", "-t", f"{name}.yaml"],
        [*EXPORT[:-1], f"{name}/out"],
        [*EXPORT[:-1], f"{name}/out", "--check"],
        [*EXPORT, "--theme", f"{name}.toml"],
        ["verify", "-t", "shop.yaml", name],
        ["lint", "-t", "shop.yaml", f"{name}.yaml"],
    ):
        code, printed, said = run(*words)
        assert code in (0, 1, 2)
        assert acted_on(printed + said) == [], words


@pytest.mark.parametrize("name", NAMES)
def test_no_text_of_a_file_is_acted_on(run: Run, name: str) -> None:
    tree = {"format": 1, "name": "Shop", "services": {"web": {"name": name, "connections": name}}}
    Path("bad.yaml").write_text(json.dumps(tree, indent=1), "utf-8")
    Path("line.yaml").write_text(f"format: 1\n{name!r} x: y: z\n  {name}\n", "utf-8")
    for path in (Path("bad.yaml"), Path("line.yaml")):
        found = loader.read(path).diagnostics
        assert found
        for form in ("text", "json", "sarif"):
            assert acted_on(FORMS[form](found)) == []
        for line in FORMS["github"](found).splitlines():
            assert line.startswith("::error file=")
            assert acted_on(line.removeprefix("::")) == []


def test_a_diff_is_not_acted_on(run: Run) -> None:
    run("render", "-t", "shop.yaml", "-o", "out")
    page = Path("out/guide.rst")
    page.write_text(f"{page.read_text('utf-8')}::error::x\n\x1b[31m\n", "utf-8")
    code, printed, _ = run("render", "-t", "shop.yaml", "-o", "out", "--check")
    assert code == 1
    assert acted_on(printed) == []


def test_what_a_name_says_is_still_seen() -> None:
    assert lines("a\n  ::error::x\n##[x] ## [y]") == "a\n  \\x3a:error::x\n\\x23#[x] ## [y]"


def test_a_name_that_is_no_text_is_exported(run: Run) -> None:
    path = os.fsdecode(b"\xff\xfe.yaml")
    try:
        Path(path).write_text(SHOP, "utf-8")
    except (OSError, UnicodeError):
        pytest.skip("this file system takes no such name")
    formats = [f"-f{name}" for name in ("svg", "pptx", "drawio", "pdf", "dot", "png")]
    assert run("export", "-t", path, *formats, "-o", "out")[0] == 0
    assert run("render", "-t", path, "-o", "out")[0] == 0
    for unverified in Path("out").glob("*.pdf"):
        unverified.unlink()
    assert run("verify", "-t", path, "out")[0] == 0


@pytest.mark.parametrize("id", ["aux", "CON", "nul", "prn", "com1", "LPT9"])
def test_no_file_is_named_after_a_device(run: Run, id: str) -> None:
    Path("bad.yaml").write_text(SHOP.replace("web", id), "utf-8")
    code, printed, _ = run("check", "-t", "bad.yaml")
    assert code == 1
    assert f"bad-id '{id}' is the name of a device on Windows" in printed
    assert loader.read("shop.yaml").topology
    Path("good.yaml").write_text(SHOP.replace("web", f"{id}-x"), "utf-8")
    assert run("check", "-t", "good.yaml")[0] == 0


@pytest.mark.parametrize(
    "words",
    [
        [*EXPORT[:-1], ""],
        [*EXPORT, "--manifest", ""],
        ["render", "-t", "shop.yaml", "-o", ""],
        ["check", "-t", ""],
        ["verify", ""],
    ],
)
def test_nothing_is_no_path(run: Run, words: list[str]) -> None:
    code, _, said = run(*words)
    assert code == 2
    assert "not a path: ''" in said
    assert [path.name for path in Path().iterdir()] == ["shop.yaml"]


# --- standard streams -------------------------------------------------------------------


@pytest.mark.parametrize("command", ["facts -t shop.yaml", "verify -t shop.yaml out", "check"])
def test_closed_output_is_an_error(run: Run, command: str) -> None:
    run(*EXPORT)
    line = f"{sys.executable} -m diagtool {command} >&-"
    closed = subprocess.run(
        ["/bin/sh", "-c", line],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    nothing_to_say = command.startswith("verify")
    assert closed.returncode == 0 if nothing_to_say else closed.returncode in (1, 2)
    assert nothing_to_say or closed.stderr.startswith("diagtool: ")
    assert "Traceback" not in closed.stderr
    quiet = subprocess.run(["/bin/sh", "-c", f"{line} 2>&-"], check=False)
    assert quiet.returncode == closed.returncode


def test_old_shtab_is_said_to_be_old(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    import shtab

    monkeypatch.setattr(shtab, "SUPPORTED_SHELLS", ["bash", "zsh"])
    code, _, said = run("completion", "fish")
    assert code == 1
    assert f"shtab {shtab.__version__} does not support fish" in said


@pytest.mark.parametrize("format", ["png", "pdf"])
def test_letters_without_a_font_fail_a_strict_export(run: Run, format: str) -> None:
    Path("shop.yaml").write_text(SHOP.replace("queue: {}", "queue: {label: \u0905}"), "utf-8")
    words = [*EXPORT[:3], "-f", format, "-o", "out"]
    code, _, said = run(*words)
    assert (code, "no font has" in said) == (0, True)
    assert run(*words, "--strict")[0] == 1
    assert Path(f"out/web.{format}").exists()
    assert run(*EXPORT, "--strict")[0] == 0
    one = ["export", "-t", "shop.yaml", "--view", "web", "-o", f"one.{format}"]
    assert run(*one, "--strict")[0] == 1


# --- manifests --------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["shop.yaml", "theme.toml", "c.json", "out/web.svg"])
def test_a_manifest_takes_the_place_of_nothing_else(run: Run, path: str) -> None:
    Path("theme.toml").write_text('[light]\npage = "#fefefe"\n', "utf-8")
    Path("c.json").write_text('{"format": 1}\n', "utf-8")
    run(*EXPORT)
    before = Path(path).read_bytes()
    code, _, said = run(*EXPORT, "--manifest", path)
    assert code == 1
    assert f"cannot write {path}: it exists and is not a manifest" in said
    assert Path(path).read_bytes() == before


def test_a_manifest_does_not_take_the_place_of_what_it_lists(run: Run) -> None:
    code, _, said = run(*EXPORT, "--manifest", "out/web.svg")
    assert code == 1
    assert "cannot write out/web.svg: it was just exported" in said
    assert Path("out/web.svg").read_bytes().startswith(b"<?xml")


def test_a_manifest_tells_what_was_written(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever another export has made of it since."""
    from diagtool import exporting

    save = exporting.save

    def overwritten(folder: Path, artefact: exporting.Artefact, *, force: bool = False) -> bool:
        changed = save(folder, artefact, force=force)
        (folder / artefact.name).write_bytes(b"<svg/>")
        return changed

    with monkeypatch.context() as patch:
        patch.setattr(exporting, "save", overwritten)
        assert run(*EXPORT, "--manifest", "list.json")[0] == 0
    assert "2 of 2 files changed" in run(*EXPORT, "--manifest", "list.json")[2]
    assert "nothing to do" in run(*EXPORT, "--manifest", "list.json")[2]


def test_sources_that_change_meanwhile_are_read_again(tmp_path: Path) -> None:
    source, made = tmp_path / "a.yaml", tmp_path / "a.svg"
    source.write_text("one", "utf-8")
    made.write_text("one", "utf-8")
    for changed in (False, True):
        manifest = Manifest(tmp_path / "list.json", {}, [])
        manifest.begin([str(source)])
        if changed:
            source.write_text("two", "utf-8")
        manifest.write([Written(made, {}, sha256(b"one").hexdigest())], whole=True)
        assert Manifest(tmp_path / "list.json", {}, []).holds() is not changed


@pytest.mark.slow
def test_after_many_exports_at_once_there_is_something_to_do(run: Run) -> None:
    """Unless all of the files are those of one."""
    for number in range(8):
        text = SHOP.replace("name: Shop", f"name: Shop {number}")
        Path(f"{number}.yaml").write_text(text, "utf-8")
    commands = [
        [sys.executable, "-m", "diagtool", *EXPORT, "-t", f"{n}.yaml", "--manifest", f"{n}.json"]
        for n in range(8)
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for process in [subprocess.Popen(command, env=environment) for command in commands]:
        assert process.wait() == 0
    for number in range(8):
        fresh = Path(f"fresh{number}")
        run(*EXPORT[:-1], fresh.name, "-t", f"{number}.yaml")
        same = all(p.read_bytes() == (fresh / p.name).read_bytes() for p in Path("out").iterdir())
        shutil.copytree("out", "before", dirs_exist_ok=True)
        said = run(*EXPORT, "-t", f"{number}.yaml", "--manifest", f"{number}.json")[2]
        assert ("nothing to do" in said) is same
        shutil.copytree("before", "out", dirs_exist_ok=True)
