"""``diagtool verify --running``: what runs, as a snapshot has it, against what a topology says."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import diagtool
from diagtool.checks.running_system import hold
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


KINDS = tuple(sorted(path.name for path in DATA.iterdir() if path.is_dir()))


@pytest.mark.parametrize("kind", KINDS)
def test_snapshot_that_agrees_gives_no_finding(
    kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", "-t", str(LIBRARY), "--running", str(DATA / kind), "--strict"]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "nothing differs" in captured.err


def test_snapshot_of_every_kind_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They speak of the same system, and one that contradicts the others is found."""
    for kind in sorted({*KINDS} - {"kubectl"}):  # the same objects as in "kubernetes"
        shutil.copytree(DATA / kind, tmp_path, dirs_exist_ok=True)
    command = ["verify", "-t", str(LIBRARY), "--running", str(tmp_path), "--strict"]
    assert main(command) == 0, capsys.readouterr().out
    inventory = tmp_path / "inventory.json"
    text = inventory.read_text("utf-8").replace('"app1",\n            "app2"', '"app1"')
    inventory.write_text(text, "utf-8")
    assert main(command) == 1
    found = capsys.readouterr().out.splitlines()
    assert len(found) == 4  # of both services: one too few, and none on app2
    assert all(each.startswith(str(inventory)) for each in found)


SS = "app1/ss.txt"
CONFIG = "app1/files/etc/catalogue/catalogue.conf"
NGINX = "lb/files/etc/nginx/sites-enabled/library"
APACHE = "lb/files/etc/apache2/sites-enabled/library.conf"
INVENTORY, COMPOSE, OBJECTS = "inventory.json", "compose.yaml", "objects.json"
HAPROXY = "lb/files/etc/haproxy/haproxy.cfg"

LENDER = (
    "      9       1 /usr/bin/python3 /opt/library/bin/lender --config-file"
    " /etc/lender/lender.conf\n"
)

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
        rf"^{HAPROXY}:14 running-balancer the pool 'catalogue' has 1 server, but .*: "
        "app2 is not in it$",
    ),
    "a server that is disabled": (
        ("hosts", HAPROXY, "192.0.2.22:8080 check", "192.0.2.22:8080 check disabled"),
        rf"^{HAPROXY}:19 running-balancer the pool 'catalogue' has 1 server, but",
    ),
    "another server in the balancer": (
        ("hosts", HAPROXY, "192.0.2.22:8080", "192.0.2.31:8080"),
        rf"^{HAPROXY}:19 running-balancer the pool 'catalogue' reaches catalogue on "
        r"data, but .* states app1, app2$",
    ),
    "a port that moved": (
        ("hosts", SS, ":8080 0.0.0.0", ":8081 0.0.0.0"),
        rf"^{SS}:9 running-port catalogue on app1 listens at 8081, but .* states 8080$",
    ),
    "a port of a pool": (
        ("hosts", HAPROXY, "192.0.2.22:8080", "192.0.2.22:8081"),
        rf"^{HAPROXY}:19 running-port the pool 'catalogue' reaches catalogue at 192.0.2.22:8081",
    ),
    "a copy gone": (
        ("hosts", "app2/ps.txt", LENDER, ""),
        r"^app1/ps.txt:2 running-replicas 1 server runs on app1 of lender by processes, but",
    ),
    "an extra connection": (
        ("hosts", "lb/ss.txt", ".21:8080 users", ".31:5432 users"),
        r"^lb/ss.txt:1 running-connection gateway opened a connection to store "
        r"\(192.0.2.31:5432\), which is not drawn",
    ),
    "a connection to nobody": (
        ("hosts", SS, "192.0.2.31:5672 users:((\"l", "192.0.2.99:6379 users:((\"l"),
        rf"^{SS}:6 running-unknown lender opened a connection to 192.0.2.99:6379",
    ),
    "a copy on another host": (
        ("hosts", "data/ps.txt", "bin/epmd", "bin/lender"),
        r"^data/ps.txt:\d running-host lender runs on data, but .* states app1, app2$",
    ),
    "nginx: a server out": (
        ("nginx", NGINX, "    server 192.0.2.22:8080 max_fails=2;\n", ""),
        rf"^{NGINX}:2 running-balancer the pool 'catalogue' has 1 .*: app2 is not in it$",
    ),
    "nginx: a server down": (
        ("nginx", NGINX, "192.0.2.22:8080 max_fails=2", "192.0.2.22:8080 down"),
        rf"^{NGINX}:5 running-balancer .*: 192.0.2.22:8080 is not in it$",
    ),
    "nginx: a port": (
        ("nginx", NGINX, "192.0.2.22:8080", "192.0.2.22:8081"),
        rf"^{NGINX}:5 running-port the pool 'catalogue' reaches catalogue at 192.0.2.22:8081, but",
    ),
    "Apache: a server out": (
        ("apache", APACHE, '    BalancerMember "http://192.0.2.22:8080" retry=10\n', ""),
        rf"^{APACHE}:1 running-balancer the pool 'catalogue' has 1 .*: app2 is not in it$",
    ),
    "Apache: a server disabled": (
        ("apache", APACHE, "192.0.2.22:8080\" retry=10", "192.0.2.22:8080\" retry=10 status=+D"),
        rf"^{APACHE}:3 running-balancer .*: 192.0.2.22:8080 is not in it$",
    ),
    "Apache: a port": (
        ("apache", APACHE, "192.0.2.22:8080", "192.0.2.22"),
        rf"^{APACHE}:3 running-port the pool 'catalogue' reaches catalogue at 192.0.2.22:80, but",
    ),
    "Ansible: a copy gone": (
        ("ansible", INVENTORY, '"app1",\n            "app2"', '"app1"'),
        rf"^{INVENTORY}:\d+ running-replicas 1 server runs on app1 of catalogue by inventory",
    ),
    "Ansible: another host": (
        ("ansible", INVENTORY, '"queue": {\n        "hosts": [\n            "data"', '"queue": '
         '{\n        "hosts": [\n            "lb"'),
        rf"^{INVENTORY}:\d+ running-host queue runs on lb, but .* states data$",
    ),
    "Compose: a copy gone": (
        ("compose", COMPOSE, "replicas: 2\n    environment", "replicas: 1\n    environment"),
        rf"^{COMPOSE}:\d+ running-replicas 1 server runs of catalogue by Compose, but .* states 2$",
    ),
    "Compose: a port": (
        ("compose", COMPOSE, "target: 8080", "target: 8081"),
        rf"^{COMPOSE}:\d+ running-port catalogue is reached at 8081, but .* states 8080$",
    ),
    "Compose: an extra connection": (
        ("compose", COMPOSE, "      catalogue:\n        condition: service_started",
         "      store:\n        condition: service_started"),
        rf"^{COMPOSE}:\d+ running-connection gateway is set up to reach store",
    ),
    "Compose: an option": (
        ("compose", COMPOSE, "workers = 4", "workers = 2"),
        rf"^{COMPOSE}:\d+ running-option \[server\] workers is '2' for catalogue",
    ),
    "Compose: an image": (
        ("compose", COMPOSE, "library/catalogue:2.1", "library/catalogue:2.0"),
        rf"^{COMPOSE}:\d+ running-version catalogue runs the image .*:2.0, but .* states .*:2.1$",
    ),
    "Kubernetes: a copy gone": (
        ("kubernetes", OBJECTS, '"readyReplicas": 2', '"readyReplicas": 1'),
        rf"^{OBJECTS}:\d+ running-replicas 1 server runs of catalogue by Kubernetes, but",
    ),
    "Kubernetes: a port": (
        ("kubernetes", OBJECTS, '"containerPort": 8080', '"containerPort": 8081'),
        rf"^{OBJECTS}:\d+ running-port catalogue is reached at 8081, but .* states 8080$",
    ),
    "Kubernetes: a port of a Service": (
        ("kubernetes", OBJECTS, '"targetPort": 8080', '"targetPort": 8082'),
        rf"^{OBJECTS}:\d+ running-port catalogue is reached at 8082, but .* states 8080$",
    ),
    "Kubernetes: an extra connection": (
        ("kubernetes", OBJECTS, "amqp://library:pa55-kubernetes@queue:5672/\"",
         "http://catalogue/\""),
        rf"^{OBJECTS}:\d+ running-connection lender is set up to reach catalogue",
    ),
    "Kubernetes: an option": (
        ("kubernetes", OBJECTS, "workers = 4", "workers = 2"),
        rf"^{OBJECTS}:\d+ running-option \[server\] workers is '2' for catalogue",
    ),
    "Kubernetes: a budget": (
        ("kubernetes", OBJECTS, '"minAvailable": "50%"', '"maxUnavailable": 2'),
        rf"^{OBJECTS}:\d+ running-replicas the PodDisruptionBudget lets catalogue go down to 0",
    ),
    "Jaeger: an extra connection": (
        ("jaeger", "dependencies.json", '"parent": "lender",\n      "child": "queue"',
         '"parent": "lender",\n      "child": "catalogue"'),
        r"^dependencies.json:23 running-connection lender opened a connection to catalogue",
    ),
    "Jaeger: the other way": (
        ("jaeger", "dependencies.json", '"parent": "lender",\n      "child": "store"',
         '"parent": "store",\n      "child": "lender"'),
        r"^dependencies.json:18 running-direction store opened a connection to lender",
    ),
    "servicegraph: an extra connection": (
        ("servicegraph", "metrics.txt", 'server="queue"} 31', 'server="catalogue"} 31'),
        r"^metrics.txt:7 running-connection lender opened a connection to catalogue",
    ),
    "servicegraph: a connection gone": (
        ("servicegraph", "metrics.txt", 'server="queue"} 31', 'server="queue"} 0'),
        r"running-unseen the connection of lender with queue was not seen",
    ),
    "Prometheus: an extra connection": (
        ("prometheus", "query.json", '"job":"collector","server":"queue"',
         '"job":"collector","server":"lender"'),
        r"^query.json:1 running-connection catalogue opened a connection to lender",
    ),
    "kubectl: a copy gone": (
        ("kubectl", "objects.yaml", "readyReplicas: 2", "readyReplicas: 1"),
        r"^objects.yaml:\d+ running-replicas 1 server runs of catalogue by Kubernetes, but",
    ),
    "kubectl: a port": (
        ("kubectl", "objects.yaml", "containerPort: 8080", "containerPort: 8081"),
        r"^objects.yaml:\d+ running-port catalogue is reached at 8081, but .* states 8080$",
    ),
    "nginx: an extra connection": (
        ("nginx", "lb/ss.txt", "192.0.2.21:8080 users", "192.0.2.31:5672 users"),
        r"^lb/ss.txt:\d+ running-connection gateway opened a connection to queue",
    ),
    "Apache: an extra connection": (
        ("apache", "lb/ss.txt", "192.0.2.21:8080 users", "192.0.2.31:5672 users"),
        r"^lb/ss.txt:\d+ running-connection gateway opened a connection to queue",
    ),
    "containers: a copy gone": (
        ("containers", "app2/containers.txt", "library-lender-1", "cron"),
        r"running-replicas 1 server runs on app1 of lender by containers, but",
    ),
    "containers: an image": (
        ("containers", "app2/containers.txt", "catalogue:2.1", "catalogue:2.2"),
        r"^app2/containers.txt:2 running-version catalogue runs the image .*:2.2, but",
    ),
    "units: a copy gone": (
        ("units", "app2/units.txt", "lender.service", "cron.service"),
        r"^app1/units.txt:4 running-replicas 1 server runs on app1 of lender by units, but",
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
    # Whatever names a place in the topology has it as the other side, too.
    for each in hold(one.topology, one.folder).diagnostics:
        if match := re.search(r"\S*library\.yaml:\d+:\d+", each.message):
            assert match[0] == str(each.contradicts)


def test_metrics_have_the_namespace_of_their_exporter(
    snapshot: Callable[[str], Snapshot],
) -> None:
    one = snapshot("servicegraph")
    one.edit("metrics.txt", "traces_service", "servicegraph_traces_service")
    one.edit("metrics.txt", 'client="user"', 'client="lender"')
    [found] = one.found()
    assert found.startswith("metrics.txt:8 running-connection lender opened a connection to")


def test_direction_of_what_was_opened(snapshot: Callable[[str], Snapshot]) -> None:
    one = snapshot("hosts")
    text = LIBRARY.read_text("utf-8").replace("      - from: gateway\n", "      - to: gateway\n")
    path = one.folder.parent / "library.yaml"
    path.write_text(text, "utf-8")
    one.topology = diagtool.load(path)
    [found] = [each for each in one.found() if "running-direction" in each]
    assert re.match(
        r"lb/ss.txt:1 running-direction gateway opened a connection to catalogue "
        r"\(192.0.2.21:8080\), but .*library.yaml:\d+:\d+ has catalogue open it$",
        found,
    )


def test_connection_that_is_over_was_seen(snapshot: Callable[[str], Snapshot]) -> None:
    """Nobody has it open any more, and addresses tell whose it was, as far as it is drawn."""
    one = snapshot("hosts")
    for path in one.folder.glob("*/ss.txt"):
        lines = path.read_text("utf-8").splitlines(keepends=True)
        kept = (line for line in lines if not ("192.0.2.10:" in line and ":8080 " in line))
        path.write_text("".join(kept), "utf-8")
    [found] = one.found()
    assert "running-unseen the connection of catalogue with gateway was not seen" in found
    with (one.folder / "lb/ss.txt").open("a", encoding="utf-8") as added:
        added.write("tcp TIME-WAIT 0 0 192.0.2.10:40001 192.0.2.21:8080\n")
        added.write("tcp TIME-WAIT 0 0 192.0.2.10:40002 192.0.2.31:5432\n")
    assert one.found() == []


REHEARSED = DATA.parent / "rehearsed"
"""Designate 23.0.0, three servers of each service on one machine: what it said, made shorter."""

MISTAKES = [
    *[
        (f"etc/{n}/designate-mdns.conf:1", "option", r"transport_url is not set for designate-mdns")
        for n in (1, 2, 3)
    ],
    *[
        (f"etc/designate-api-{n}/designate.conf:17", "option", "enable_host_header is 'False'")
        for n in (1, 2, 3)
    ],
    ("machine/ss.txt:8", "direction", "says that designate-mdns needs DNS Servers, but every"),
    ("machine/ss.txt:14", "connection", "designate-worker opened a connection to Database"),
    ("machine/ss.txt:48", "connection", "designate-central opened a connection to DLM"),
    ("designate.yaml:132", "unseen", "designate-mdns with AMQP was not seen"),
    ("designate.yaml:149", "unseen", "designate-worker with DNS Servers was not seen"),
]
"""What is wrong in the guide as printed, and what is too short to be seen: where, code, words."""


def test_real_deployment_shows_the_mistakes_of_the_printed_guide() -> None:
    """Those and nothing else; the guide for the release has none."""
    topologies = DATA.parents[2] / "topology"
    printed = hold(diagtool.load(topologies / "designate.yaml"), REHEARSED).diagnostics
    assert len(printed) == len(MISTAKES)
    for finding, (place, code, words) in zip(printed, MISTAKES, strict=True):
        assert f"{finding.place.path}:{finding.place.line}".endswith(place)
        assert finding.code == f"running-{code}"
        assert words in finding.message
    measured = hold(diagtool.load(topologies / "designate-23.yaml"), REHEARSED).diagnostics
    assert {finding.code for finding in measured} == {"running-unseen"}


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


def test_host_that_was_not_collected(snapshot: Callable[[str], Snapshot]) -> None:
    """Nothing is said of what may run there."""
    one = snapshot("hosts")
    shutil.rmtree(one.folder / "app2")
    assert [re.sub(r"^\S+library.yaml:\d+:\d+ ", "", each) for each in one.found()] == [
        f"running-unseen the host app2 was not seen in this snapshot {one.folder.as_posix()}"
    ]


def test_tables_of_the_kernel_say_what_ss_does(tmp_path: Path) -> None:
    """The script really runs here, where a process has a connection open to another one."""
    from diagtool.checks.running_system import collecting, snapshot

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            own = client.getsockname()[1]
            seen = []
            for tool in ("has ss", "false"):
                text = collecting.script(collecting.Wanted(())).replace("if has ss", f"if {tool}")
                one = collecting.collected(collecting.run("", text), diagtool.load(LIBRARY), "x")
                for name, content in one.files.items():
                    (tmp_path / tool / "x").mkdir(parents=True, exist_ok=True)
                    (tmp_path / tool / "x" / name).write_text(content)
                sockets = snapshot.read(tmp_path / tool).seen.sockets
                seen.append(
                    {
                        (s.state, s.local, s.remote, frozenset(pid for pid, _ in s.users))
                        for s in sockets
                        if {s.local.port, s.remote.port} & {port, own}
                    }
                )
    assert seen[0] == seen[1]
    me = frozenset({os.getpid()})
    assert seen[0] == {
        ("ESTAB", ("127.0.0.1", port), ("127.0.0.1", own), frozenset()),  # not accepted yet
        ("ESTAB", ("127.0.0.1", own), ("127.0.0.1", port), me),
        ("LISTEN", ("127.0.0.1", port), ("", 0), me),
    }


def test_secrets_are_shown_nowhere(
    snapshot: Callable[[str], Snapshot], capsys: pytest.CaptureFixture[str]
) -> None:
    """Not even where everything about them differs."""
    one = snapshot("hosts")
    one.edit(CONFIG, "(secret)@192.0.2.31/library", "pa55,/@x@192.0.2.31/other")
    one.edit("app1/ps.txt", "--config-file", "--password pa55 --config-file")
    one.edit("lb/files/etc/haproxy/haproxy.cfg", "stats enable", "stats auth admin:pa55")
    folders = [
        one.folder,
        *(snapshot(kind).folder for kind in ("ansible", "compose", "kubernetes")),
    ]
    other = one.folder.parent / "other.yaml"
    text = LIBRARY.read_text("utf-8").replace(">/library", ">/2").replace("5672", "5673")
    other.write_text(text.replace("replicas: 2", "replicas: 5").replace("8080", "8181"), "utf-8")
    for folder in folders:
        assert folder is one.folder or "pa55" in next(folder.iterdir()).read_text("utf-8")
        for form in ("text", "json", "sarif", "github"):
            main(["verify", "-t", str(other), "--running", str(folder), "--format", form])
            out = "".join(capsys.readouterr())
            assert "running-" in out
            assert "pa55" not in out


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
    [result] = run["results"]
    assert result["ruleId"] == "running-option"
    [related] = result["relatedLocations"]
    stated = LIBRARY.read_text("utf-8").splitlines().index("        workers: 4") + 1
    assert related["physicalLocation"]["region"]["startLine"] == stated
    assert related["physicalLocation"]["artifactLocation"]["uri"].endswith("library.yaml")


@pytest.mark.parametrize(
    "arguments",
    [[], ["x", "--running", "y"], ["--running", "y", "-t", str(LIBRARY), "-t", str(LIBRARY)]],
)
def test_wrong_usage(arguments: list[str]) -> None:
    assert main(["verify", "-t", str(LIBRARY), *arguments]) == 2


def test_folder_without_a_snapshot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.txt").write_text("hello\n")
    for folder, why in (
        (tmp_path, "nothing in it was understood"),
        (tmp_path / "x", "is not a folder"),
    ):
        assert main(["verify", "-t", str(LIBRARY), "--running", str(folder)]) == 1
        assert why in capsys.readouterr().err


def test_collect_prints_its_script(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["collect", "-t", str(LIBRARY), "--host", "root@app1", "--file", "/etc/x y"]) == 0
    out = capsys.readouterr().out
    assert "ssh -- root@app1 'sh -s'" in out
    assert re.search("for path in /etc/.* '/etc/x y'; do", out)


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
        "handshake = pa55-8\n"
        "-----BEGIN RSA PRIVATE KEY-----\npa55-5\n-----END RSA PRIVATE KEY-----\n"
    )
    (etc / "haproxy.cfg").write_text(
        "listen a\n  stats auth admin:pa55-6\n  server a 192.0.2.1:1\n"
    )
    (etc / "key.pem").write_text("pa55-7\n")
    out = tmp_path / "snapshot"
    topology = tmp_path / "library.yaml"
    text = LIBRARY.read_text("utf-8").replace("workers: 4", "handshake: <store password>")
    topology.write_text(text, "utf-8")
    command = ["collect", "-t", str(topology), "--run", "-o", str(out), "--name", "app1"]
    assert main([*command, "--file", str(etc)]) == 0
    kept = {path: path.read_text("utf-8") for path in out.rglob("*") if path.is_file()}
    [config] = [text for path, text in kept.items() if path.name == "catalogue.conf"]
    assert "url = postgresql://library:(secret)@192.0.2.31/library\n" in config
    assert "workers = 4\n" in config
    assert "pa55" not in "".join(kept.values())
    assert any(path.name == "haproxy.cfg" for path in kept)


def test_collect_removes_what_is_gone_and_nothing_else(tmp_path: Path) -> None:
    etc, out = tmp_path / "etc", tmp_path / "snapshot"
    etc.mkdir()
    for name in ("a", "b"):
        (etc / f"{name}.conf").write_text("[x]\ny = 1\n")
    command = ["collect", "-t", str(LIBRARY), "--run", "-o", str(out), "--name", "app1"]
    assert main([*command, "--file", str(etc)]) == 0
    (out / "app1" / "versions.txt").write_text("mine 1\n")
    (etc / "b.conf").unlink()
    assert main([*command, "--file", str(etc)]) == 0
    assert [path.name for path in out.glob(f"app1/files/{etc}/*")] == ["a.conf"]
    assert (out / "app1" / "versions.txt").read_text() == "mine 1\n"


def test_output_of_a_host_leads_nowhere_else(tmp_path: Path) -> None:
    from diagtool.checks.running_system import collecting

    text = "== host\n a\n== files/../../x\n 1\n== /etc/y\n 2\n== files/etc/z.conf\n == no.txt\n 3\n"
    one = collecting.collected(text, diagtool.load(LIBRARY))
    assert one.files == {"files/etc/z.conf": "== no.txt\n3\n"}
    with pytest.raises(collecting.CollectError):
        collecting.collected("== host\n ../x\n", diagtool.load(LIBRARY))


HOSTILE = {
    "ss.txt": 'tcp ESTAB 0 0 1.1.1.1:99999999 [::1:x users:(("a",pid=99999999999999999999,fd=1))\n',
    "ps.txt": "1 1 /bin/catalogue\n2 3 lender\n3 2 lender\n" + "9" * 5000 + " 1 x\n",
    "units.txt": ".service loaded active running\n\x1b[2J.service loaded active running x\n",
    "containers.txt": "\t\n" + "a-" * 50_000 + "\tx\n",
    "versions.txt": "designate \x1b[2J\n",
    "proc-net.txt": "tcp 1: 0:0000 FFFFFFFF:FFFF 0A 0 0 0 0 0 7\n/proc/1/fd:\n-> socket:[7]\n",
    "x.conf": "[a]\nb = c\n d\n\n[\n = x\n" + "[b]\ny = " + "z\n " * 100_000,
    "nginx.conf": 'upstream a { server "\n\n; }} } upstream { server',
    "apache.conf": '<Proxy balancer://a>\nBalancerMember "http://[::1"\n</Proxy',
    "haproxy.cfg": "backend a\n server\n server x\n server y [:::99999999\nbackend\n",
    "a.json": '{"_meta": {"hostvars": []}, "a": {"children": ["a", 1, {}]}, "b": 3}',
    "b.json": '{"apiVersion": 1, "kind": "List", "items": [{"kind": "Deployment"}, 3, null]}',
    "c.yaml": "services:\n  a: {ports: [x, {target: 99999999}], deploy: []}\n  b: &b [*b]\n",
    "d.json": '{"callCount": 1, "data": [{"parent": [], "child": 3}, 7]}',
    "e.txt": 'traces_service_graph_request_total{client="a",server="b"} 1e+e+\n',
    "f.json": '{"traces_service_graph_request": 1, "data": {"result": [{"metric": 3}]}}',
    "g.yaml": "apiVersion: v1\n" + "[" * 100_000,
    "h.conf": b"\xff\xfe\x00",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("where", ["", "app1/", "app1/files/etc/"])
def test_hostile_file_is_a_finding_at_most(
    name: str, where: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / where / name
    path.parent.mkdir(parents=True, exist_ok=True)
    content = HOSTILE[name]
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert main(["verify", "-t", str(LIBRARY), "--running", str(tmp_path)]) in (0, 1)
    assert "\x1b" not in "".join(capsys.readouterr())


def test_match_file(
    snapshot: Callable[[str], Snapshot], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is called otherwise is found, and what is ignored is not told."""
    one = snapshot("hosts")
    for host in ("app1", "app2"):
        one.edit(f"{host}/ps.txt", "/opt/library/bin/lender", "/opt/bin/loans")
        (one.folder / host).rename(one.folder / host.replace("app", "node"))
    one.edit(CONFIG.replace("app", "node"), "workers = 4", "workers = 2")
    one.edit("lb/ss.txt", ":8080 users", ":8099 users")
    assert one.found()
    match = tmp_path / "shop.match"
    match.write_text(
        "parts:\n"
        "  lender: {named: loan?}\n"
        "  catalogue: {at: ['192.0.2.21:8099', '192.0.2.22:8099']}\n"
        "hosts:\n"
        "  app1: node1\n"
        "  app2: [node2, 192.0.2.22]\n"
        "ignore: ['[server] workers']\n"
    )
    command = ["verify", "-t", str(LIBRARY), "--running", str(one.folder), "--strict"]
    assert main([*command, "--match", str(match)]) == 0, capsys.readouterr().out
    beside = tmp_path / "topology" / "match.yaml"
    beside.parent.mkdir()
    shutil.copy(LIBRARY, beside.parent)
    shutil.copy(match, beside)
    command[2] = str(beside.parent / LIBRARY.name)
    assert main(command) == 0
    beside.write_text("")
    (one.folder / "match.yaml").write_text(match.read_text())
    assert main(command) == 0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "parts: {lendr: {named: x}}",
            "unknown-id there is no part 'lendr'",
        ),
        ("hosts: {app3: x}", "unknown-id there is no host 'app3'"),
        ("parts: {lender: {port: 3}}", "unknown-key a part has no key 'port'"),
        ("ignore: {}", "wrong-type"),
        ("a: !!python/name:x 1", "yaml-tag"),
        ("[" * 5000, "too-deep"),
    ],
)
def test_wrong_match_file_is_told(
    text: str, found: str, snapshot: Callable[[str], Snapshot]
) -> None:
    one = snapshot("jaeger")
    (one.folder / "match.yaml").write_text(text)
    assert [each for each in one.found() if each.startswith("match.yaml:1 ") and found in each]


def test_nothing_outside_is_read(snapshot: Callable[[str], Snapshot], tmp_path: Path) -> None:
    (tmp_path / "secret.conf").write_text("[server]\nworkers = 99\n")
    one = snapshot("hosts")
    link = one.folder / CONFIG
    link.unlink()
    link.symlink_to(tmp_path / "secret.conf")
    assert one.found() == [
        f"{CONFIG}:1 unreadable-artefact it is a symbolic link, which is not followed",
        "app1/ps.txt:4 running-unseen config of catalogue (/etc/catalogue/catalogue.conf) is not"
        " in this snapshot: not compared",
    ]


def test_config_that_was_not_collected_is_told(snapshot: Callable[[str], Snapshot]) -> None:
    one = snapshot("hosts")
    one.edit("app1/ps.txt", "/etc/catalogue/catalogue.conf", "/opt/catalogue.conf")
    (one.folder / "app2/files/etc/lender/lender.conf").unlink()
    told = "app{}/ps.txt:{} running-unseen config of {} is not in this snapshot: not compared"
    assert one.found() == [
        told.format(1, 4, "catalogue (/opt/catalogue.conf)"),
        told.format(2, 2, "lender (/etc/lender/lender.conf)"),
    ]


def test_collect_says_what_only_root_sees(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in = tmp_path / "id"
    stand_in.write_text("#!/bin/sh\necho 1000\n")
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    out = str(tmp_path / "snapshot")
    assert main(["collect", "-t", str(LIBRARY), "--run", "-o", out, "--name", "app1"]) == 0
    assert "only root sees which process has a connection open" in capsys.readouterr().err


def test_collect_takes_a_file_of_any_name(tmp_path: Path) -> None:
    etc, out = tmp_path / "etc", tmp_path / "snapshot"
    etc.mkdir()
    for name in ("server.ini", "other.ini"):
        (etc / name).write_text("[server]\nworkers = 4\n")
    command = ["collect", "-t", str(LIBRARY), "--run", "-o", str(out), "--name", "app1"]
    assert main([*command, "--file", str(etc / "server.ini")]) == 0
    assert [path.name for path in out.glob(f"app1/files/{etc}/*")] == ["server.ini"]


def test_patch_makes_the_topology_say_what_runs(
    snapshot: Callable[[str], Snapshot],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """``git apply`` takes it, and with it the same snapshot gives no finding."""
    one = snapshot("hosts")
    monkeypatch.chdir(one.folder.parent)
    text = LIBRARY.read_text("utf-8")
    # Two flow mappings, a list that is missing, a key that is, and blocks.
    text = text.replace("    listen: {port: 8080}", "    listen:\n      port: 8088  # for HTTP")
    text = text.replace("      - from: queue\n      - to: store\n", "      - to: store\n")
    text = text.replace("      - to: queue\n    config", "    config")
    text = text.replace("cluster: {members: 1}", "cluster: {members: 2}")
    text = text.replace("        workers: 4", "        workers: '8'")
    text = text.replace("        days: 28", "        days: 7")
    Path("library.yaml").write_text(text, "utf-8")
    command = ["verify", "-t", "library.yaml", "--running", "hosts"]
    assert main([*command, "--write-patch", "library.patch"]) == 1
    assert "6 of 6 edits to library.yaml" in capsys.readouterr().err
    subprocess.run(["git", "init", "-q"], check=True)
    subprocess.run(["git", "apply", "library.patch"], check=True)
    assert "port: 8080  # for HTTP" in Path("library.yaml").read_text("utf-8")
    assert main([*command, "--strict"]) == 0
    assert "nothing differs" in capsys.readouterr().err


def test_patch_states_no_secret_and_no_value_of_a_reader(
    snapshot: Callable[[str], Snapshot], capsys: pytest.CaptureFixture[str]
) -> None:
    one = snapshot("hosts")
    for host in ("app1", "app2"):
        config = CONFIG.replace("app1", host)
        one.edit(config, "(secret)@192.0.2.31/library", "pa55@192.0.2.31/other")
    one.edit(CONFIG, "page_size = 50", "page_size = 20")  # and 50 on the other host
    patch = one.folder.parent / "x.patch"
    command = ["verify", "-t", str(LIBRARY), "--running", str(one.folder)]
    assert main([*command, "--write-patch", str(patch)]) == 1
    assert "pa55" not in patch.read_text("utf-8")


def test_what_is_not_direct_need_not_be_seen_but_may_be(
    snapshot: Callable[[str], Snapshot], tmp_path: Path
) -> None:
    path = tmp_path / "library.yaml"
    of_lender = "      - from: queue\n      - to: store\n"
    text = LIBRARY.read_text("utf-8")
    path.write_text(text.replace(of_lender, of_lender + "      - {to: catalogue, direct: false}\n"))
    for kind in ("hosts", "jaeger"):
        taken = snapshot(kind)
        taken.topology = diagtool.load(path)
        assert taken.found() == []
    (dependencies,) = taken.folder.glob("*.json")
    agreed = json.loads(dependencies.read_text("utf-8"))
    for parent, child, wrong in (
        ("lender", "catalogue", []),
        ("catalogue", "lender", ["direction"]),
    ):
        call = {"parent": parent, "child": child, "callCount": 3}
        dependencies.write_text(json.dumps({"data": [*agreed["data"], call]}))
        assert [re.findall(r"running-(\w+)", each)[0] for each in taken.found()] == wrong
