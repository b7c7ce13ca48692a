"""Whole sample files: what stands in them, what fills them in, and what verifies them."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import diagtool
from diagtool.checks.verify import verify
from diagtool.cli.main import main
from diagtool.config import snippets
from diagtool.loading import loader
from diagtool.loading.loader import read_values
from diagtool.model.diagnostics import Diagnostic

ROOT = Path(__file__).parents[1]
DESIGNATE = ROOT / "topology/designate.yaml"

SHOP = """
format: 1
name: Shop
components:
  queue:
    name: job queue
    config:
      DEFAULT: {queue_url: "amqp://<queue host>", log: all}
      queue: {retries: [1, 2]}
  cache:
    config: {cache: {servers: cache.example.org}}
services:
  web:
    connections: [{with: queue}, {to: cache, needed: false}]
    config:
      web: {port: <web port>}
      DEFAULT: {log: some}
    snippets:
      limits: {options: {web: {timeout: 5}}}
      hurry: {alternative_to: limits, options: {web: {timeout: 1}, race: {mode: <mode>}}}
    notes: [snippet: limits, snippet: hurry]
  clerk:
    connections: [{to: cache}]
  idle:
    connections: [{to: web}]
placeholders:
  queue host: {description: Where the queue is., example: q.example.org}
  web port: {type: port}
  mode:
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.yaml"
    path.write_text(SHOP, encoding="utf-8")
    return path


def test_a_sample_holds_all_that_a_service_sets(shop: Path) -> None:
    """What it needs to reach others, its own, and its snippets, each section once."""
    topology = diagtool.load(shop)
    assert snippets.sample(topology, topology.services["web"]) == (
        """\
# Sample configuration of web.
# Replace these placeholders:
#   <queue host>: Where the queue is. Example: q.example.org
#   <web port>: Type: port.
#   <mode>

[DEFAULT]
# queue_url, to reach job queue
queue_url = amqp://<queue host>
# log, to reach job queue
log = some

[queue]
# retries, to reach job queue
retries = 1
retries = 2

[web]
port = <web port>
timeout = 5

# Or, in place of timeout:
#
# [web]
# timeout = 1
#
# [race]
# mode = <mode>
"""
    )
    assert "[cache]\n" in snippets.sample(topology, topology.services["clerk"])
    assert snippets.sample(topology, topology.services["idle"]) == ""


def test_the_alternative_in_force_is_the_one_that_is_not_commented_out(shop: Path) -> None:
    topology = diagtool.load(shop)
    text = snippets.sample(topology, replace(topology.services["web"], uses="hurry"))
    assert "\ntimeout = 5" in text, "a topology asks its own service"
    shop.write_text(
        SHOP.replace("    config:\n      web", "    uses: hurry\n    config:\n      web")
    )
    topology = diagtool.load(shop)
    text = snippets.sample(topology, topology.services["web"])
    assert "\ntimeout = 1\n" in text
    assert text.endswith("# Or, in place of timeout and mode:\n#\n# [web]\n# timeout = 5\n")


def test_alternatives_that_go_in_circles_are_refused(shop: Path) -> None:
    shop.write_text(SHOP.replace("limits: {", "limits: {alternative_to: hurry, "))
    found = loader.read(shop).diagnostics
    assert [(d.code, d.message) for d in found] == [
        ("bad-value", "'hurry' is itself an alternative to 'limits'"),
        ("bad-value", "'limits' is itself an alternative to 'hurry'"),
    ]


def test_every_service_of_the_guide_has_a_sample(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main(["render", "-t", str(DESIGNATE), "-o", str(out)]) == 0
    topology = diagtool.load(DESIGNATE)
    for id in topology.services:
        text = (out / f"{id}.conf").read_text("utf-8")
        assert "transport_url = rabbit://" in text
        section = f"[service:{id.removeprefix('designate-')}]\n"
        assert text.count(section) == 1, id
        assert ("\n[storage:sqlalchemy]\n" in text) == (
            id in ("designate-central", "designate-mdns")
        )
        assert ("\n[coordination]\n" in text) == (id == "designate-producer")
    written = [out / "guide.rst", *(out / f"{id}.conf" for id in topology.services)]
    assert not verify(topology, written).diagnostics


def test_the_catalogue_says_what_an_option_is() -> None:
    topology = diagtool.load(DESIGNATE)
    text = snippets.sample(topology, topology.services["designate-api"])
    line = text.splitlines()[text.splitlines().index("[DEFAULT]") + 1]
    assert line.startswith("# transport_url, to reach AMQP: The network address and")
    assert "# auth_strategy: The strategy to use for auth." in text


def test_a_sample_of_a_service_that_needs_more_holds_more() -> None:
    topology = diagtool.load(ROOT / "topology/designate-23.yaml")
    assert "[coordination]" in snippets.sample(topology, topology.services["designate-central"])
    assert "transport_url" not in snippets.sample(topology, topology.services["designate-mdns"])


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("queue_url = amqp://<queue host>", "queue_url = amqp://localhost", "not-proved"),
        ("queue_url = amqp://<queue host>\n", "", "fact-missing"),
        ("port = <web port>", "prot = <web port>", "fact-extra"),
        ("retries = 2", "retries = 2\nretries = 3", "fact-differs"),
        ("# mode = <mode>", "mode = <mode>", "fact-missing"),
    ],
)
def test_a_sample_that_was_changed_is_found(
    shop: Path, tmp_path: Path, right: str, wrong: str, code: str
) -> None:
    out = tmp_path / "out"
    main(["render", "-t", str(shop), "-o", str(out)])
    topology = diagtool.load(shop)
    assert not verify(topology, [out]).diagnostics
    path = out / "web.conf"
    text = path.read_text("utf-8")
    assert text.count(right) == 1
    path.write_text(text.replace(right, wrong), "utf-8")
    assert code in {d.code for d in verify(topology, [out]).diagnostics}


# --- values ---------------------------------------------------------------------------


def test_values_stand_in_for_placeholders_in_config_only(
    shop: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    values, out = tmp_path / "values.yaml", tmp_path / "out"
    values.write_text("queue host: q1\nweb port: 8080\nmode: $x \\1 %s\n", encoding="utf-8")
    command = ["render", "-t", str(shop), "-o", str(out), "--values", str(values)]
    assert main(command) == 0
    assert main([*command, "--check"]) == 0
    text = (out / "web.conf").read_text("utf-8")
    assert "queue_url = amqp://q1\n" in text
    assert "port = 8080\n" in text
    assert "# mode = $x \\1 %s\n" in text
    assert "Replace these placeholders" not in text
    assert "<mode>" in (out / "guide.rst").read_text("utf-8")
    assert "unfilled" not in capfd.readouterr().err


def test_what_is_left_to_fill_in_is_listed(
    shop: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    values, out = tmp_path / "values.yaml", tmp_path / "out"
    values.write_text("web port: 8080\n", encoding="utf-8")
    assert main(["render", "-t", str(shop), "-o", str(out), "--values", str(values)]) == 0
    told = capfd.readouterr().err
    line = SHOP.splitlines().index("  mode:") + 1
    assert (
        f"{shop.as_posix()}:{line}:3: unfilled-placeholder there is no value for '<mode>'" in told
    )
    assert "'<queue host>' (Where the queue is.)" in told
    assert "#   <queue host>: Where" in (out / "web.conf").read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "place", "code", "words"),
    [
        ("web prot: 80", "1:11", "unknown-placeholder", "did you mean 'web port'?"),
        ("web port: eighty", "1:11", "bad-value", "the value for '<web port>' is not a port"),
        ("web port: 70000", "1:11", "bad-value", "is not a port"),
        ("mode: <fill in>", "1:7", "bad-value", "contains a placeholder itself"),
        (
            "mode: [a]",
            "1:7",
            "wrong-type",
            "expected a value on one line, without spaces around it, found a list",
        ),
        ("mode: |\n  a\n  b", "1:7", "bad-value", "is not a value on one line"),
        ("mode: a\nmode: b", "2:1", "duplicate-key", "is already defined in line 1"),
        ("- mode", "1:1", "wrong-type", "expected a mapping, found a list"),
        ("mode: !!str a", "1:7", "yaml-tag", "is not allowed"),
        ("mode: [", "1:8", "bad-yaml", ""),
    ],
)
def test_wrong_values_are_found_at_their_place(
    shop: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str],
    text: str, place: str, code: str, words: str,
) -> None:  # fmt: skip
    values, out = tmp_path / "values.yaml", tmp_path / "out"
    values.write_text(text, encoding="utf-8")
    assert main(["render", "-t", str(shop), "-o", str(out), "--values", str(values)]) == 1
    told = capfd.readouterr().err
    assert f"{values.as_posix()}:{place}: {code} " in told
    assert words in told
    assert not out.exists(), "nothing is written from values that are wrong"


DESK = """\
format: 1
name: Desk
catalogues: [desk-1.0.json]
components:
  queue:
    config:
      DEFAULT:
        queue_url: rabbit://desk:<password>@<queue host>/
  locks:
    config:
      DEFAULT:
        locks_url: <locks>
  proxy:
    front: true
    balancing:
      address: <address>
services:
  web:
    listen:
      port: 80
    connections:
      - to: queue
      - to: locks
      - from: proxy
    config:
      DEFAULT:
        workers: <workers>
        mode: <mode>
drivers:
  DEFAULT:
    queue_url: {library: oslo.messaging, needs: [rpc]}
    locks_url: {library: tooz, needs: [groups]}
placeholders:
  password:
    type: string
  queue host:
    type: host
  locks:
    type: uri
  workers:
    type: integer
  mode:
    example: fast
  address:
"""
OPTIONS = """{"format": 1, "product": "Desk", "release": "1.0", "groups": {"DEFAULT": {
  "queue_url": {"type": "uri", "secret": true},
  "locks_url": {"type": "uri", "secret": true},
  "workers": {"type": "integer", "min": 1, "max": 64},
  "mode": {"type": "string", "choices": ["fast", "safe"]}
}}}
"""
VALUES = {
    "password": "s3cr%40t",
    "queue host": "'2001:db8::1'",
    "locks": "redis://locks/",
    "workers": "8",
    "mode": "safe",
    "address": "desk.example.org",
    "web server 1": "192.0.2.1",
    "web server 2": "192.0.2.2",
    "web server 3": "192.0.2.3",
}


def told_of(tmp_path: Path, **changed: str) -> tuple[Path, list[Diagnostic]]:
    """What is found in values for the desk, of which some are changed; ``_`` is a blank."""
    (tmp_path / "desk-1.0.json").write_text(OPTIONS, "utf-8")
    (tmp_path / "desk.yaml").write_text(DESK, "utf-8")
    values = VALUES | {name.replace("_", " "): value for name, value in changed.items()}
    path = tmp_path / "values.yaml"
    path.write_text("".join(f"{name}: {value}\n" for name, value in values.items()), "utf-8")
    return path, list(read_values(path, diagtool.load(tmp_path / "desk.yaml")).diagnostics)


def test_values_that_fit_are_written_as_a_url_has_them(tmp_path: Path) -> None:
    path, found = told_of(tmp_path)
    assert not found
    out = tmp_path / "out"
    command = ["render", "-t", str(tmp_path / "desk.yaml"), "-o", str(out), "--values", str(path)]
    assert main(command) == 0
    text = (out / "web.conf").read_text("utf-8")
    assert "queue_url = rabbit://desk:s3cr%40t@[2001:db8::1]/\n" in text


@pytest.mark.parametrize(
    ("name", "value", "code", "words"),
    [
        ("workers", "65", "option-bounds", "workers: the value is more than 64"),
        ("workers", '""', "option-type", "workers: no number is given"),
        ("mode", "slow", "option-choice", "mode: the value is not one of fast, safe"),
        ("locks", "file:///var", "bad-value", "'<locks>' is not a URI"),
        ("locks", "ipc://here", "unfit-driver", "'ipc://' of tooz"),
        ("locks", "rdis://here", "unknown-driver", "no driver for 'rdis://'"),
        ("locks", "redis://here:70000", "option-type", "a port is a number up to 65535"),
        ("password", "4711@", "bad-value", "the URL of [DEFAULT] queue_url"),
        ("password", "47#11", "bad-value", "'<password>'"),
        ("password", '" 4711"', "bad-value", "this is not a value on one line"),
        ("queue host", "4711 host", "bad-value", "'<queue host>' is not a host name"),
        ("address", "https://desk.example.org", "bad-value", "the address of 'proxy' is not"),
        ("address", "desk.example.org:80", "bad-value", "the address of 'proxy' is not"),
        ("address", '""', "bad-value", "the address of 'proxy' is not"),
        ("address", "'[fe80::1%eth0]'", "bad-value", "the address of 'proxy' is not"),
        ("queue host", "'fe80::1%eth0'", "bad-value", "'<queue host>' is not a host name"),
        ("web server 1", "'fe80::1%eth0'", "bad-value", "an IP address without a zone"),
        ("web server 1", "'::1%x]:1 disabled #'", "bad-value", "an IP address without a zone"),
    ],
)
def test_values_are_held_against_what_options_can_be(
    tmp_path: Path, name: str, value: str, code: str, words: str
) -> None:
    _, (finding,) = told_of(tmp_path, **{name.replace(" ", "_"): value})
    line = list(VALUES).index(name) + 1
    assert (finding.code, finding.place.line) == (code, line)
    assert words in finding.message
    assert "4711" not in str(finding)
    assert not finding.source, "a line of values may hold a secret"


@pytest.mark.parametrize("host", ["fe80::1%eth0", "a@b", "a/b", "a?b", "a#b", "", "a b", "%61"])
def test_the_host_of_a_url_is_a_host_whatever_is_said_of_it(tmp_path: Path, host: str) -> None:
    (tmp_path / "shop.yaml").write_text(
        "format: 1\nname: Shop\nplaceholders: {host: {}}\ncomponents: {queue: {config: "
        "{DEFAULT: {url: 'amqp://<host>:5672/'}}}}\nservices: {web: {connections: [to: queue]}}\n",
        "utf-8",
    )
    topology = diagtool.load(tmp_path / "shop.yaml")
    path = tmp_path / "values.yaml"
    for given, codes in ((host, ["bad-value"]), ("a.test", []), ("2001:db8::1", [])):
        path.write_text(f"host: '{given}'\n", "utf-8")
        assert [d.code for d in read_values(path, topology).diagnostics] == codes


def test_every_server_that_is_none_is_told_of(tmp_path: Path) -> None:
    _, found = told_of(tmp_path, web_server_1="a..b", web_server_3="b..c")
    assert [d.code for d in found] == ["bad-value", "bad-value"]


def test_nothing_behind_a_name_is_no_value(tmp_path: Path) -> None:
    _, (finding,) = told_of(tmp_path, password="")
    assert (finding.code, finding.place.line) == ("unfilled-placeholder", 1)
    assert not told_of(tmp_path, password='""')[1], "a value that is empty on purpose"


def test_a_value_that_is_wrong_is_not_missing_as_well(tmp_path: Path) -> None:
    assert [d.code for d in told_of(tmp_path, mode="[fast]")[1]] == ["wrong-type"]


def test_values_that_are_not_there(shop: Path, tmp_path: Path) -> None:
    found = read_values(tmp_path / "none.yaml", diagtool.load(shop)).diagnostics
    assert [d.code for d in found] == ["unreadable-file"]


def test_empty_values_leave_everything(shop: Path, tmp_path: Path) -> None:
    path = tmp_path / "values.yaml"
    path.write_text("# nothing yet\n", encoding="utf-8")
    found = read_values(path, diagtool.load(shop)).diagnostics
    assert [d.code for d in found] == ["unfilled-placeholder"] * 3


def test_values_of_a_load_balancer(tmp_path: Path) -> None:
    values, out = tmp_path / "values.yaml", tmp_path / "out"
    values.write_text("api server 2: 192.0.2.12\nload balancer URI: dns.test\n", encoding="utf-8")
    command = ["render", "-t", str(DESIGNATE), "-o", str(out), "--values", str(values)]
    assert main(command) == 0
    assert "192.0.2.12:9001" in (out / "loadbalancer.haproxy.cfg").read_text("utf-8")
    assert "http://dns.test/" in (out / "designate-api.conf").read_text("utf-8")
    values.write_text('api server 2: "x; rm"\n', encoding="utf-8")
    assert main(command) == 1


def test_the_same_bytes_whatever_the_hash_seed(shop: Path, tmp_path: Path) -> None:
    def rendered(seed: str) -> dict[str, bytes]:
        out = tmp_path / seed
        command = [sys.executable, "-m", "diagtool", "render", "-t", str(shop), "-o", str(out)]
        subprocess.run(command, check=True, cwd=ROOT, env={"PYTHONHASHSEED": seed})
        return {path.name: path.read_bytes() for path in out.iterdir()}

    assert rendered("1") == rendered("2")
