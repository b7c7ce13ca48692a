"""The command line as its users meet it: exit codes, and what goes to which stream."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

import diagtool
from diagtool.cli import common, main
from diagtool.loading import json_schema, schema

ROOT = Path(__file__).parents[1]
DESIGNATE = ROOT / "topology" / "designate.yaml"
BAD = Path(__file__).parent / "data" / "topologies" / "bad"
SERVICES = [f"designate-{n}" for n in ("api", "central", "mdns", "worker", "producer", "sink")]
ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if name not in ("NO_COLOR", "FORCE_COLOR", "PYTHONIOENCODING")
} | {"PYTHONPATH": str(ROOT)}


@dataclass(frozen=True)
class Result:
    """What a run of the command gave."""

    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def run(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> Run:
    """Runs the command in an empty folder, with an environment in a process of its own."""
    for name in os.environ.keys() - ENVIRONMENT.keys():
        monkeypatch.delenv(name)

    def run(*arguments: object, cwd: Path = tmp_path, **environment: str) -> Result:
        words = [*map(str, arguments)]
        if environment:
            command = [sys.executable, "-m", "diagtool", *words]
            done = subprocess.run(command, cwd=cwd, env=ENVIRONMENT | environment)
            code = done.returncode
        else:
            with contextlib.chdir(cwd):
                code = _exit_code(words)
        out, err = capfdbinary.readouterr()
        assert b"Traceback" not in err
        return Result(code, out.decode(), err.decode())

    return run


def _exit_code(words: list[str]) -> int:
    try:
        return main(words)
    except SystemExit as usage:
        assert isinstance(usage.code, int)
        return usage.code


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A small topology, the only one of its project."""
    path = tmp_path / "topology" / "shop.yaml"
    path.parent.mkdir()
    path.write_text(
        "format: 1\nname: Shop\ncomponents:\n  queue:\nservices:\n"
        "  web:\n    connections:\n      - to: queue\n"
        "  cron:\n    connections:\n      - from: queue\n"
    )
    return path


# --- all commands ---------------------------------------------------------------------


def test_version(run: Run) -> None:
    result = run("--version")
    assert (result.code, result.out) == (0, f"diagtool {diagtool.__version__}\n")


@pytest.mark.parametrize("command", [[], *([name] for name in common.NAMES)])
def test_help_teaches_by_example(run: Run, command: list[str]) -> None:
    result = run(*command, "--help")
    assert result.code == 0
    assert "examples:\n  " in result.out
    assert " ".join(["diagtool", *command]) in result.out.split("examples:")[1]


@pytest.mark.slow
def test_examples_of_the_help_work(run: Run, shop: Path, tmp_path: Path) -> None:
    """Each is run as it is printed, on a project whose ids are those of the examples.

    Those of other commands are about files that this project does not have.
    """
    shop.write_text(shop.read_text().replace("cron", "worker"))
    shutil.copy(shop, tmp_path / "shop.yaml")
    (tmp_path / "values.yaml").touch()
    texts = [run(*command, "--help").out for command in ([], ["check"], ["export"], ["render"])]
    texts.append(run("schema", "--help").out)
    lines = [line.strip() for text in texts for line in text.split("examples:")[1].splitlines()]
    tried = 0
    for line in lines:
        example = re.split(r"\s{2,}", line)[0]
        if not example.startswith("diagtool") or "|" in example:
            continue
        done = subprocess.run(
            ["bash", "-ec", f'diagtool() {{ "{sys.executable}" -m diagtool "$@"; }}; {example}'],
            cwd=tmp_path,
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, (example, done.stderr)
        tried += 1
    assert tried >= 12


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["no-such-command"],
        ["check", "--no-such-option"],
        ["check", "--format", "xml"],
        ["check", "--str"],
        ["export", "-f", "svg"],
        ["export", "-o", "out"],
        ["export", "-f", "no-such-format", "-o", "out"],
        ["export", "-o", "out.xyz"],
        ["export", "-f", "svg", "-f", "png", "-o", "-"],
        ["export", "-o", "-"],
        ["export", "-f", "pdf", "-o", "-", "--manifest", "files.json"],
        ["export", "-o", "all.svg"],
        ["export", "-f", "svg", "-o", "-"],
        ["export", "-f", "svg", "-o", "out", "--view", "wep"],
        ["export", "-f", "svg", "-o", "out", "--service", "wep"],
        ["export", "-f", "svg", "-o", "out", "--scale", "big"],
        ["export", "-f", "svg", "-o", "out", "--scale", "nan"],
        ["export", "-f", "svg", "-o", "out", "--scale", "-1"],
        ["render"],
        ["completion", "tcl"],
    ],
)
def test_wrong_usage(run: Run, shop: Path, tmp_path: Path, arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.code == 2
    assert result.out == ""
    assert "diagtool" in result.err
    assert [path.name for path in tmp_path.iterdir()] == ["topology"]


def test_no_topology_and_several(run: Run, shop: Path, tmp_path: Path) -> None:
    shutil.copy(shop, tmp_path / "topology" / "other.yaml")
    result = run("check")
    assert result.code == 2
    assert "  topology/other.yaml\n  topology/shop.yaml\n" in result.err
    shutil.rmtree(tmp_path / "topology")
    result = run("check")
    assert result.code == 2
    assert "-t PATH" in result.err


@pytest.mark.parametrize("command", [["export", "-f", "svg", "-o", "out"], ["render", "-o", "out"]])
def test_mistakes_stop_what_needs_the_topology(
    run: Run, tmp_path: Path, command: list[str]
) -> None:
    result = run(*command, "-t", BAD / "unknown-id.yaml")
    assert (result.code, result.out) == (1, "")
    assert result.err.count("unknown-id ") == 9
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["schema"],
        ["export", "-f", "svg", "-o", "out", "--view", "overview"],
        ["render", "-o", "out"],
    ],
)
def test_a_command_imports_no_more_than_it_needs(
    shop: Path, tmp_path: Path, arguments: list[str]
) -> None:
    script = (
        "import sys\nfrom diagtool.cli import main\n"
        f"assert main({arguments!r}) == 0\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=ENVIRONMENT, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()
    modules = set(done.stderr.decode().splitlines()[-1].split())
    assert "diagtool" in modules
    unneeded = {"sphinx", "docutils", "jinja2", "blockdiag", "shtab"}
    needed = {"export": {"blockdiag"}, "render": {"jinja2"}}.get(arguments[0], set())
    assert modules & unneeded == needed


def test_importing_the_package_is_light() -> None:
    script = "import sys, diagtool\nprint(*sorted(sys.modules))"
    said = subprocess.run(
        [sys.executable, "-c", script], env=ENVIRONMENT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"blockdiag", "sphinx", "jinja2", "docutils"} & set(said)


# --- check ----------------------------------------------------------------------------


def test_check_of_a_good_topology(run: Run) -> None:
    result = run("check", "-t", DESIGNATE)
    assert (result.code, result.out) == (0, "")
    assert result.err == f"{DESIGNATE.as_posix()}: no mistake found\n"


def test_check_finds_every_mistake(run: Run) -> None:
    result = run("check", "-t", "unknown-id.yaml", cwd=BAD)
    assert result.code == 1
    assert result.out == (BAD / "unknown-id.txt").read_text(encoding="utf-8")
    assert result.err == "unknown-id.yaml: 9 errors\n"


def test_warnings_fail_only_a_strict_check(run: Run) -> None:
    for strict, code in ([], 0), (["--strict"], 1):
        result = run("check", "-t", "unconnected.yaml", *strict, cwd=BAD)
        assert result.code == code
        assert result.out == (BAD / "unconnected.txt").read_text(encoding="utf-8")
        assert result.err == "unconnected.yaml: 2 warnings\n"


def test_unreadable_input(run: Run) -> None:
    result = run("check", "-t", "none.yaml")
    assert result.code == 1
    assert result.out == "none.yaml:1:1: unreadable-file the file does not exist\n"
    assert run("check", "-t", "\udcff\n.yaml").code == 1


@pytest.mark.parametrize("form", ["json", "github", "sarif"])
def test_check_for_programs(run: Run, form: str) -> None:
    result = run("check", "-t", "unknown-id.yaml", "--format", form, cwd=BAD)
    assert result.code == 1
    assert result.out.count("unknown-id.yaml") == 9
    if form != "github":
        json.loads(result.out)
    clean = run("check", "-t", DESIGNATE, "--format", form)
    assert clean.code == 0
    assert form == "github" or json.loads(clean.out) is not None


def test_output_is_utf8_everywhere(run: Run) -> None:
    path = BAD / "unknown-id-wide.yaml"
    result = run("check", "-t", path.name, cwd=BAD, PYTHONIOENCODING="ascii", LC_ALL="C")
    assert result.out == path.with_suffix(".txt").read_text(encoding="utf-8")


# --- the terminal ---------------------------------------------------------------------


def on_terminal(*arguments: object, cwd: Path, **environment: str) -> str:
    """What the command shows where both its streams are a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "diagtool", *map(str, arguments)],
        cwd=cwd,
        env=ENVIRONMENT | {"TERM": "xterm"} | environment,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            chunk = os.read(ours, 10_000)
        except OSError:  # Linux says so when the other side has closed
            break
        if not chunk:
            break
        shown += chunk
    process.wait()
    os.close(ours)
    return shown.decode()


def test_colours_only_on_a_terminal(run: Run) -> None:
    arguments = ("check", "-t", "unknown-id.yaml")
    assert "\x1b[31m" in on_terminal(*arguments, cwd=BAD)
    assert "\x1b" not in on_terminal(*arguments, cwd=BAD, NO_COLOR="1")
    assert "\x1b" not in on_terminal(*arguments, cwd=BAD, TERM="dumb")
    assert "\x1b" not in run(*arguments, cwd=BAD).out
    assert "\x1b[31m" in run(*arguments, cwd=BAD, FORCE_COLOR="1").out
    assert "\x1b" not in run(*arguments, cwd=BAD, FORCE_COLOR="1", NO_COLOR="1").out
    assert "\x1b" not in run(*arguments, "--format", "json", cwd=BAD, FORCE_COLOR="1").out


@pytest.mark.slow
def test_long_export_shows_how_far_it_is(run: Run, shop: Path, tmp_path: Path) -> None:
    services = "".join(
        f"  web-{n}: {{replicas: 9, connections: [{{to: queue}}]}}\n" for n in range(1000)
    )
    shop.write_text(shop.read_text() + services)
    export = ("export", "-f", "blockdiag", "-f", "svg", "-o", "out")
    shown = on_terminal(*export, cwd=tmp_path)
    assert re.search(r"\r\[#+ *\] \d+/2006", shown)
    assert shown.endswith("\x1b[Kout: 2006 of 2006 files changed\r\n")
    assert run(*export).err == "out: 0 of 2006 files changed\n"


def test_reader_that_goes_away(shop: Path, tmp_path: Path) -> None:
    command = f'"{sys.executable}" -m diagtool schema; echo $? >&2'
    done = subprocess.run(
        ["bash", "-c", f"({command}) | true"],
        cwd=tmp_path,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
    )
    assert done.stderr in ("141\n", "0\n")


def test_closed_pipe_and_full_disk(run: Run, tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "diagtool", "schema"]
    closed = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, env=ENVIRONMENT)
    os.close(writer)
    assert (closed.returncode, closed.stderr) == (141, b"")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=ENVIRONMENT)
    assert done.returncode == 1
    assert done.stderr == b"diagtool: cannot write: No space left on device\n"


@pytest.mark.slow
def test_interrupt_leaves_no_traceback_and_no_draft(shop: Path, tmp_path: Path) -> None:
    services = "".join(
        f"  web-{n}: {{replicas: 19, connections: [{{to: queue}}]}}\n" for n in range(3000)
    )
    shop.write_text(shop.read_text() + services)
    process = subprocess.Popen(
        [sys.executable, "-m", "diagtool", "export", "-f", "svg", "-o", "out"],
        cwd=tmp_path,
        env=ENVIRONMENT,
        stderr=subprocess.PIPE,
        # A job in the background of a script inherits that interrupts are ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    until = time.monotonic() + 60
    while not list(tmp_path.glob("out/*.svg")) and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, b"")
    assert {path.suffix for path in (tmp_path / "out").iterdir()} == {".svg"}


# --- export ---------------------------------------------------------------------------


def test_export_of_sources(run: Run, tmp_path: Path) -> None:
    result = run("export", "-t", DESIGNATE, "-f", "blockdiag", "-o", "out")
    assert (result.code, result.out) == (0, "")
    assert result.err == "out: 7 of 7 files changed\n"
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        f"{name}.diag" for name in (*SERVICES, "overview")
    }


def test_one_call_for_several_formats(run: Run, shop: Path, tmp_path: Path) -> None:
    assert run("export", "-f", "svg", "-f", "png", "-f", "blockdiag", "-o", "out").code == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        f"{name}.{suffix}"
        for name in ("web", "cron", "overview")
        for suffix in ("svg", "png", "diag")
    }


def test_only_what_changed_is_written(run: Run, shop: Path, tmp_path: Path) -> None:
    run("export", "-f", "svg", "-o", "out")
    for path in (tmp_path / "out").iterdir():
        os.utime(path, (1, 1))
    shop.write_text(shop.read_text().replace("  web:\n", "  web:\n    replicas: 5\n"))
    assert run("export", "-f", "svg", "-o", "out").err == "out: 1 of 3 files changed\n"
    times = {path.stem: path.stat().st_mtime for path in (tmp_path / "out").iterdir()}
    assert times["cron"] == times["overview"] == 1
    assert times["web"] > 1


@pytest.mark.parametrize(("name", "start"), [("web.svg", b"<svg"), ("web.PNG", b"\x89PNG")])
def test_format_from_the_suffix(
    run: Run, shop: Path, tmp_path: Path, name: str, start: bytes
) -> None:
    assert run("export", "--view", "web", "-o", name).code == 0
    assert start in (tmp_path / name).read_bytes()[:200]


def test_one_file_for_all_views(run: Run, shop: Path, tmp_path: Path) -> None:
    from pypdf import PdfReader

    assert run("export", "-o", "shop.pdf").code == 0
    assert len(PdfReader(tmp_path / "shop.pdf").pages) == 3


def test_format_and_fitting_file_name(run: Run, shop: Path, tmp_path: Path) -> None:
    run("export", "-f", "svg", "--view", "web", "-o", "a/web.svg")
    assert (tmp_path / "a/web.svg").is_file()
    (tmp_path / "b.svg").mkdir()
    run("export", "-f", "svg", "--view", "web", "-o", "b.svg")
    assert (tmp_path / "b.svg/web.svg").is_file()


def test_standard_output_holds_only_the_picture(run: Run, shop: Path) -> None:
    result = run("export", "-f", "blockdiag", "--view", "web", "-o", "-")
    assert result.out.startswith("blockdiag {\n")
    assert result.out.endswith("}\n")
    assert result.err == ""


def test_named_views_and_services(run: Run, tmp_path: Path) -> None:
    arguments = ["--view", "overview", "--view", SERVICES[1], "--view", SERVICES[1]]
    arguments += ["--service", SERVICES[5], "--service", SERVICES[0]]
    assert run("export", "-t", DESIGNATE, "-f", "blockdiag", "-o", "out", *arguments).code == 0
    subset = f"overview-{SERVICES[5]}-{SERVICES[0]}"
    names = {path.stem for path in (tmp_path / "out").iterdir()}
    assert names == {"overview", SERVICES[1], subset}
    source = (tmp_path / "out" / f"{subset}.diag").read_text()
    assert SERVICES[0] in source
    assert SERVICES[1] not in source
    assert "dns_servers" not in source


def test_unknown_view_gets_a_hint(run: Run, shop: Path) -> None:
    result = run("export", "-f", "svg", "-o", "out", "--view", "corn")
    assert "did you mean 'cron'?" in result.err


def test_manifest_lists_the_files(run: Run, shop: Path, tmp_path: Path) -> None:
    run("export", "-f", "svg", "-f", "pdf", "-o", "out", "--manifest", "lists/files.json")
    manifest = json.loads((tmp_path / "lists/files.json").read_text())
    assert len(manifest["files"]) == 6
    for entry in manifest["files"]:
        path = tmp_path / "lists" / entry["path"]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == entry["sha256"]
        assert entry["views"] == [path.stem]
        assert entry["format"] == path.suffix[1:]


def test_theme_and_scale_reach_the_picture(run: Run, shop: Path, tmp_path: Path) -> None:
    def picture(*arguments: object) -> bytes:
        assert run("export", "--view", "web", "-o", "a.png", *arguments).code == 0
        return (tmp_path / "a.png").read_bytes()

    clean = picture()
    assert picture("--theme", "classic") != clean
    assert picture("--transparent") != clean
    width, double = (int.from_bytes(p[16:20], "big") for p in (clean, picture("--scale", "2")))
    assert double == 2 * width


@pytest.mark.parametrize(
    "arguments", [["--theme", "no-such-theme"], ["--font", "no-such-font.ttf"]]
)
def test_what_cannot_be_drawn_is_said(
    run: Run, shop: Path, tmp_path: Path, arguments: list[str]
) -> None:
    result = run("export", "-f", "svg", "-o", "out", *arguments)
    assert (result.code, result.out) == (1, "")
    assert "no-such-" in result.err
    assert result.err.count("\n") == 1


def test_output_that_cannot_be_written(run: Run, shop: Path, tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    result = run("export", "-f", "svg", "-o", "out")
    assert result.code == 1
    assert result.err.startswith("diagtool: cannot write out/web.svg: ")


def test_missing_extra_is_named(shop: Path, tmp_path: Path) -> None:
    script = (
        "import sys\nsys.modules['reportlab'] = None\n"
        "from diagtool.cli import main\nsys.exit(main(['export', '-o', 'a.pdf']))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=ENVIRONMENT, capture_output=True
    )
    assert done.returncode == 1
    assert done.stderr == b"diagtool: pdf needs reportlab: pip install 'diagtool[pdf]'\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--view", "wbe"], "there is no view 'wbe' (did you mean 'web'?)"),
        (["--service", "wbe"], "there is no service 'wbe' (did you mean 'web'?)"),
        (["--service", "queue"], "there is no service 'queue': it is a component"),
        (["--view", "queue"], "there is no view 'queue': it is a component"),
    ],
)
def test_export_of_nothing_that_is_there(
    run: Run, shop: Path, tmp_path: Path, arguments: list[str], message: str
) -> None:
    result = run("export", "-t", str(shop), "-f", "svg", "-o", str(tmp_path / "out"), *arguments)
    assert result.code == 2
    assert result.err.strip().splitlines()[-1].endswith(message)


def test_refused_deck_is_the_only_thing_told(run: Run, shop: Path, tmp_path: Path) -> None:
    deck = tmp_path / "deck.drawio"
    export = ("export", "-t", str(shop), "-o", str(deck))
    assert run(*export).code == 0
    deck.write_text(deck.read_text("utf-8").replace('x="', 'x="1', 1), "utf-8")
    result = run(*export)
    assert result.code == 1
    assert "edited by hand" in result.err
    assert "files changed" not in result.err


def test_edited_deck_stays_and_others_are_written(run: Run, shop: Path, tmp_path: Path) -> None:
    export = ("export", "-f", "drawio", "-f", "svg", "-o", "out")
    run(*export)
    deck = tmp_path / "out" / "web.drawio"
    written = deck.read_text(encoding="utf-8")
    deck.write_text(written.replace("web Server 1", "my own words"), encoding="utf-8")
    edited = deck.read_text(encoding="utf-8")
    assert edited != written
    (tmp_path / "out" / "web.svg").unlink()
    result = run(*export)
    assert result.code == 1
    assert "out/web.drawio: it was edited by hand (--force overwrites it)" in result.err
    assert deck.read_text(encoding="utf-8") == edited
    assert (tmp_path / "out" / "web.svg").is_file()
    assert run(*export, "--force").code == 0
    assert deck.read_text(encoding="utf-8") == written


def test_notes_of_the_model_are_spoken(tmp_path: Path) -> None:
    topology = diagtool.load(DESIGNATE)
    producer = next(v for v in diagtool.views(topology) if v.name == "designate-producer")
    notes = diagtool.draw(topology, producer).notes
    assert any(note.startswith("Warning: Without backend_url the copies") for note in notes)
    assert "[coordination]\nbackend_url = kazoo://<zookeeper url>:<zookeeper port>" in notes


def test_letters_that_no_font_has_are_told(run: Run, shop: Path) -> None:
    shop.write_text(shop.read_text().replace("  queue:\n", "  queue:\n    label: 日本\n"))
    result = run("export", "--view", "web", "-o", "web.png")
    assert result.code == 0
    assert "日" in result.err


def test_same_bytes_from_run_to_run(run: Run, tmp_path: Path) -> None:
    """Whatever the hash seed, the time zone and the locale."""
    texts = []
    for number, seed in enumerate(("0", "1", "4242")):
        folder = f"out{number}"
        formats = ("-f", "blockdiag", "-f", "svg")
        run(
            "export",
            "-t",
            DESIGNATE,
            *formats,
            "-o",
            folder,
            PYTHONHASHSEED=seed,
            TZ=f"UTC+{seed[0]}",
        )
        paths = sorted((tmp_path / folder).iterdir())
        assert len(paths) == 14
        texts.append([(path.name, path.read_bytes()) for path in paths])
    assert texts[0] == texts[1] == texts[2]


# --- render, schema, completion -------------------------------------------------------


def test_render_writes_pages_and_snippets(run: Run, tmp_path: Path) -> None:
    result = run("render", "-t", DESIGNATE, "-o", "out")
    assert (result.code, result.out) == (0, "")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    samples = {f"{service}.conf" for service in diagtool.load(DESIGNATE).services}
    programs = {f"loadbalancer.{name}" for name in ("apache.conf", "haproxy.cfg", "nginx.conf")}
    tables = {"deployment.rst", "flows.csv", "flows.json"}
    assert names == {"guide.rst"} | samples | programs | tables
    pages = "".join(path.read_text() for path in (tmp_path / "out").glob("*.rst"))
    assert pages.count(".. blockdiag::") == 6
    assert run("render", "-t", DESIGNATE, "-o", "out").err.startswith("out: 0 of ")


def test_render_writes_markdown(run: Run, tmp_path: Path) -> None:
    assert run("render", "-t", DESIGNATE, "-o", "out").code == 0
    assert run("render", "-t", DESIGNATE, "-f", "markdown", "-o", "md").code == 0
    named = [{path.name for path in (tmp_path / folder).iterdir()} for folder in ("out", "md")]
    assert {name.replace(".rst", ".md") for name in named[0]} == named[1]
    assert (tmp_path / "md" / "guide.md").read_text().count("```mermaid\n") == 6
    render = ("render", "-t", DESIGNATE, "-f", "markdown", "-o", "md")
    assert run(*render).err.startswith("md: 0 of ")
    assert run(*render, "--check").code == 0
    assert run("verify", "-t", DESIGNATE, "md").code == 0


def test_render_writes_markdown_with_pictures_beside_it(run: Run, tmp_path: Path) -> None:
    render = ("render", "-t", DESIGNATE, "-f", "markdown-svg", "-o", "md")
    assert run(*render).code == 0
    page = tmp_path / "md" / "guide.md"
    shown = MarkdownIt("commonmark").render(page.read_text())
    pictures = re.findall(r'<img src="([^"]*)" alt="([^"]*)"', shown)
    assert {name for name, _ in pictures} == {path.name for path in page.parent.glob("*.svg")}
    assert len(pictures) == 6
    assert all("AMQP Servers" in alt for _, alt in pictures)
    assert "```mermaid" not in page.read_text()
    assert run(*render, "--check").code == 0
    assert run("verify", "-t", DESIGNATE, "md").code == 0

    page.write_text(page.read_text().replace("designate-sink.svg", "designate-mdns.svg"))
    result = run("verify", "-t", DESIGNATE, "md")
    assert result.code == 1
    assert "designate-mdns.svg" in result.out


def test_schema_is_the_one_that_ships(run: Run) -> None:
    for arguments, record, name in (
        ([], schema.TOPOLOGY, "topology"),
        (["--part"], schema.PART_FILE, "part"),
    ):
        printed = run("schema", *arguments).out
        assert printed == json_schema.write(record)
        assert printed == (ROOT / "topology" / f"{name}.schema.json").read_text()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_knows_every_command(run: Run, shell: str) -> None:
    result = run("completion", shell)
    assert (result.code, result.err) == (0, "")
    for word in (*common.NAMES, "manifest", "strict"):
        assert word in result.out


def test_bash_completes(run: Run, tmp_path: Path) -> None:
    (tmp_path / "complete.bash").write_text(run("completion", "bash").out)
    script = (
        "source complete.bash\n"
        "COMP_WORDS=(diagtool export --vi); COMP_CWORD=2\n"
        "$(complete -p diagtool | sed 's/.*-F \\([^ ]*\\).*/\\1/') diagtool\n"
        'echo "${COMPREPLY[@]}"\n'
    )
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.split() == ["--view"]


# --- the Python API -------------------------------------------------------------------


def test_each_output_is_one_call(tmp_path: Path) -> None:
    topology = diagtool.load(DESIGNATE)
    assert [view.name for view in diagtool.views(topology)] == [*SERVICES, "overview"]
    paths = diagtool.export(topology, ["blockdiag", "svg"], tmp_path / "out")
    assert len(paths) == 14
    assert all(path.is_file() for path in paths)
    drawing = diagtool.draw(topology, diagtool.views(topology)[0])
    assert (drawing.topology, drawing.name) == ("designate", SERVICES[0])
    assert "designate-api.conf" in diagtool.render(topology)


def test_main_gives_the_exit_code(
    shop: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["check"]) == 0


def test_every_module_of_a_command_is_a_command() -> None:
    folder = Path(common.__file__).parent
    with_help = {
        path.stem for path in folder.glob("*.py") if "\nHELP = " in path.read_text("utf-8")
    }
    missing = with_help - {*common.NAMES}
    assert not missing, f"NAMES of diagtool/cli/common.py leaves out: {', '.join(missing)}"
