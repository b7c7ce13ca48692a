"""``diagtool verify --running``: what runs, as a snapshot has it, against what a topology says."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import diagtool
from diagtool.checks.running import hold
from diagtool.cli import main

DATA = Path(__file__).parent / "data" / "snapshots"
LIBRARY = DATA / "library.yaml"


class Snapshot:
    """A copy of a snapshot, to plant drift in."""

    def __init__(self, name: str, folder: Path) -> None:
        self.folder = folder / name
        shutil.copytree(DATA / name, self.folder)
        self.topology = diagtool.load(LIBRARY)

    def edit(self, file: str, old: str, new: str) -> None:
        """Puts one text in place of another one, wherever it stands in a file."""
        path = self.folder / file
        text = path.read_text("utf-8")
        assert old in text, f"{old!r} does not stand in {file}"
        path.write_text(text.replace(old, new), "utf-8")

    def found(self) -> list[str]:
        """What is found, each as ``FILE:LINE CODE MESSAGE``."""
        held = hold(self.topology, self.folder)
        return [
            f"{Path(d.place.path).relative_to(self.folder)}:{d.place.line} {d.code} {d.message}"
            if d.place.path.startswith(str(self.folder))
            else f"{d.place} {d.code} {d.message}"
            for d in held.diagnostics
        ]


@pytest.fixture
def snapshot(tmp_path: Path) -> Callable[[str], Snapshot]:
    return lambda name: Snapshot(name, tmp_path)


KINDS = ("hosts",)


@pytest.mark.parametrize("kind", KINDS)
def test_snapshot_that_agrees_gives_no_finding(
    kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", "-t", str(LIBRARY), "--running", str(DATA / kind), "--strict"]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "nothing differs" in captured.err


SS = "app1/ss.txt"
CONFIG = "app1/files/etc/catalogue/catalogue.conf"
HAPROXY = "lb/files/etc/haproxy/haproxy.cfg"

DRIFT = {
    "an option changed": (
        ("hosts", CONFIG, "workers = 4", "workers = 2"),
        rf"^{CONFIG}:4 running-option \[server\] workers is '2' for catalogue, but "
        r".*library.yaml:\d+:\d+ states '4'$",
    ),
    "an option gone": (
        ("hosts", CONFIG, "page_size = 50\n", ""),
        rf"^{CONFIG}:1 running-option \[server\] page_size is not set for catalogue, but .* '50'$",
    ),
    "a URL that leads elsewhere": (
        ("hosts", CONFIG, "@192.0.2.31/library", "@192.0.2.31/other"),
        rf"^{CONFIG}:8 running-option \[database\] url is "
        r"'postgresql://library:\(secret\)@192.0.2.31/other' for catalogue",
    ),
    "a server out of the balancer": (
        ("hosts", HAPROXY, "    server app2 192.0.2.22:8080 check\n", ""),
        rf"^{HAPROXY}:13 running-balancer the pool 'catalogue' has 1 server, but .*: "
        "app2 is not in it$",
    ),
    "a server that is disabled": (
        ("hosts", HAPROXY, "192.0.2.22:8080 check", "192.0.2.22:8080 check disabled"),
        rf"^{HAPROXY}:17 running-balancer the pool 'catalogue' has 1 server, but",
    ),
    "a port that moved": (
        ("hosts", SS, ":8080 ", ":8081 "),
        rf"^{SS}:3 running-port catalogue on app1 listens at 8081, but .* states 8080$",
    ),
    "a port of a pool": (
        ("hosts", HAPROXY, "192.0.2.22:8080", "192.0.2.22:8081"),
        rf"^{HAPROXY}:17 running-port the pool 'catalogue' reaches catalogue at 192.0.2.22:8081",
    ),
    "a copy gone": (
        ("hosts", "app2/ps.txt", "    620       1 /usr/bin/python3 /opt/library/bin/lender\n", ""),
        r"^app1/ps.txt:7 running-replicas 1 server runs on app1 of lender by processes, but .* 2$",
    ),
    "an extra connection": (
        ("hosts", "lb/ss.txt", ":8080  users", ":5432  users"),
        r"^lb/ss.txt:4 running-connection gateway opened a connection to store "
        r"\(192.0.2.21:5432\), which is not drawn",
    ),
    "a connection to nobody": (
        ("hosts", SS, "192.0.2.31:5672  users:((\"p", "192.0.2.99:6379  users:((\"p"),
        rf"^{SS}:8 running-unknown lender opened a connection to 192.0.2.99:6379",
    ),
    "a copy on another host": (
        ("hosts", "data/ps.txt", "/usr/bin/epmd", "/usr/bin/lender"),
        r"^data/ps.txt:7 running-host lender runs on data, but .* states app1, app2$",
    ),
    "a connection gone": (
        ("hosts", "lb/ss.txt", ":8080  users", ":8080  nobody"),
        r"library.yaml:\d+:\d+ running-unseen the connection of catalogue with gateway was",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("planted", "expected"), DRIFT.values(), ids=DRIFT)
def test_planted_drift_is_found(
    planted: tuple[str, str, str, str], expected: str, snapshot: Callable[[str], Snapshot]
) -> None:
    kind, *edit = planted
    one = snapshot(kind)
    one.edit(*edit)
    found = one.found()
    assert [each for each in found if re.search(expected, each)], found


def test_direction_of_what_was_opened(snapshot: Callable[[str], Snapshot]) -> None:
    one = snapshot("hosts")
    text = LIBRARY.read_text("utf-8").replace("      - from: gateway\n", "      - to: gateway\n")
    path = one.folder.parent / "library.yaml"
    path.write_text(text, "utf-8")
    one.topology = diagtool.load(path)
    [found] = [each for each in one.found() if "running-direction" in each]
    assert re.match(
        r"lb/ss.txt:4 running-direction gateway opened a connection to catalogue "
        r"\(192.0.2.21:8080\), but .*library.yaml:\d+:\d+ has catalogue open it$",
        found,
    )


def test_release_that_no_catalogue_knows(tmp_path: Path) -> None:
    topology = diagtool.load(LIBRARY.parents[3] / "topology" / "designate.yaml")
    (tmp_path / "ctl1").mkdir()
    versions = tmp_path / "ctl1" / "versions.txt"
    versions.write_text("designate-common 1:23.0.0-1ubuntu1\npython3-designate 1:19.0.1-0\n")
    found = [str(each) for each in hold(topology, tmp_path).diagnostics]
    assert [each.replace(str(versions), "") for each in found] == [
        ":2:1: running-version Designate 1:19.0.1-0 runs, but the options of 20.0.2, 21.0.1, "
        "22.0.1, 23.0.0 are known"
    ]


def test_secrets_are_shown_nowhere(
    snapshot: Callable[[str], Snapshot], capsys: pytest.CaptureFixture[str]
) -> None:
    one = snapshot("hosts")
    one.edit(CONFIG, "(secret)@192.0.2.31/library", "hunter2,/@x@192.0.2.31/other")
    for form in ("text", "json", "sarif", "github"):
        main(["verify", "-t", str(LIBRARY), "--running", str(one.folder), "--format", form])
    out = "".join(capsys.readouterr())
    assert "running-option" in out
    assert "hunter2" not in out


def test_findings_are_written_for_programs(
    snapshot: Callable[[str], Snapshot], capsys: pytest.CaptureFixture[str]
) -> None:
    one = snapshot("hosts")
    one.edit(CONFIG, "workers = 4", "workers = 2")
    command = ["verify", "-t", str(LIBRARY), "--running", str(one.folder), "--format"]
    assert main([*command, "json"]) == 1
    [found] = json.loads(capsys.readouterr().out)
    assert (found["code"], found["line"], found["severity"]) == ("running-option", 4, "error")
    assert main([*command, "sarif"]) == 1
    [run] = json.loads(capsys.readouterr().out)["runs"]
    assert [result["ruleId"] for result in run["results"]] == ["running-option"]


@pytest.mark.parametrize(
    "arguments",
    [[], ["x", "--running", "y"], ["--running", "y", "-t", str(LIBRARY), "-t", str(LIBRARY)]],
)
def test_wrong_usage(arguments: list[str]) -> None:
    assert main(["verify", "-t", str(LIBRARY), *arguments]) == 2


def test_collect_prints_its_script(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["collect", "-t", str(LIBRARY), "--host", "root@app1", "--file", "/etc/x y"]) == 0
    out = capsys.readouterr().out
    assert "ssh -- root@app1 'sh -s'" in out
    assert "for path in '/etc/x y'; do" in out


def test_collect_keeps_no_secret(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The script really runs here, on files with secrets of many forms."""
    etc = tmp_path / "etc" / "catalogue"
    etc.mkdir(parents=True)
    (etc / "catalogue.conf").write_text(
        "[database]\n"
        "url = postgresql://library:pa55/1,x@192.0.2.31/library\n"
        "#admin_password = pa55-2\n"
        "secret_key: pa55-3\n"
        "    pa55-4\n"
        "workers = 4\n"
        "-----BEGIN RSA PRIVATE KEY-----\npa55-5\n-----END RSA PRIVATE KEY-----\n"
    )
    (etc / "haproxy.cfg").write_text(
        "listen a\n  stats auth admin:pa55-6\n  server a 192.0.2.1:1\n"
    )
    (etc / "key.pem").write_text("pa55-7\n")
    out = tmp_path / "snapshot"
    command = ["collect", "-t", str(LIBRARY), "--run", "-o", str(out), "--name", "app1"]
    assert main([*command, "--file", str(etc)]) == 0
    kept = {path: path.read_text("utf-8") for path in out.rglob("*") if path.is_file()}
    [config] = [text for path, text in kept.items() if path.name == "catalogue.conf"]
    assert "url = postgresql://library:(secret)@192.0.2.31/library\n" in config
    assert "workers = 4\n" in config
    assert "pa55" not in "".join(kept.values())
    assert any(path.name == "haproxy.cfg" for path in kept)


def test_output_of_a_host_leads_nowhere_else(tmp_path: Path) -> None:
    from diagtool.checks.running import collecting

    text = "== host\n a\n== files/../../x\n 1\n== /etc/y\n 2\n== files/etc/z.conf\n == no.txt\n 3\n"
    one = collecting.collected(text, diagtool.load(LIBRARY))
    assert one.files == {"files/etc/z.conf": "== no.txt\n3\n"}
    with pytest.raises(collecting.CollectError):
        collecting.collected("== host\n ../x\n", diagtool.load(LIBRARY))
