"""Topologies as people write them: the good ones, and every mistake at its place."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import everything
import pytest

import diagtool
from diagtool.config import values
from diagtool.loading import schema, yaml_file
from diagtool.loading.loader import read
from diagtool.model import (
    Balancing,
    Cluster,
    Direction,
    Headers,
    Listener,
    Literal,
    Paragraph,
    Plain,
    Reference,
    Reliance,
    Severity,
    Shape,
    SnippetMention,
    Topology,
    Warning,
)
from diagtool.model.diagnostic_codes import CODES
from diagtool.model.diagnostic_report import as_text
from diagtool.model.diagnostics import has_errors

DATA = Path(__file__).parent / "data" / "topologies"
BAD = sorted(p.name for p in (DATA / "bad").iterdir() if p.suffix not in (".txt", ".json"))
GOOD = sorted(path.name for path in (DATA / "good").iterdir())

NOT_IN_A_SAMPLE = {
    "unreadable-file": "depends on the machine",
    "too-large": "would be too large a sample",
    "not-utf8": "editors and tools would mend it",
    "unfilled-placeholder": "is about a file of values",
}
"""Codes whose bad files are made by the tests below."""


def write(folder: Path, text: str | bytes, name: str = "shop.yaml") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def codes(path: Path) -> list[tuple[int, int, str]]:
    return [(d.place.line, d.place.column, d.code) for d in read(path).diagnostics]


# --- every mistake --------------------------------------------------------------------


@pytest.mark.parametrize("name", BAD)
def test_bad_sample(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(DATA / "bad")
    expected = Path(name).with_suffix(".txt").read_text(encoding="utf-8")
    loaded = read(name)
    assert as_text(loaded.diagnostics) == expected
    assert loaded.topology is None or not has_errors(loaded.diagnostics)
    code = max((c for c in CODES if name.startswith(c)), key=len)
    assert code in {d.code for d in loaded.diagnostics}


def test_every_code_of_the_loader_has_a_bad_sample() -> None:
    folder = Path(yaml_file.__file__).parent
    files = [*folder.glob("*.py"), Path(values.__file__)]
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    reported = CODES.keys() & set(re.findall(r'"([a-z0-9-]+)"', text))
    assert len(reported) > 20
    sampled = {max((c for c in CODES if name.startswith(c)), key=len) for name in BAD}
    assert sampled | NOT_IN_A_SAMPLE.keys() == reported
    assert not sampled & NOT_IN_A_SAMPLE.keys()


NO_MARKUP = {"/placeholders/*/description"}
"""Texts that are shown as they stand."""


def test_every_text_is_searched_for_references(tmp_path: Path) -> None:
    """One to nothing would end in a traceback where the text is shown."""
    files = everything.put("")
    files.write(tmp_path)
    found = ""
    for name, tree in {"variant": files.variant, "base": files.base}.items():
        marked = re.sub(r"\bQ[A-Za-z]+M\b", r"{\g<0>}", json.dumps(tree))
        path = write(tmp_path, marked, f"{name}.yaml")
        found += "".join(finding.message for finding in read(path).diagnostics)
    texts = {s for s in everything.SPOTS if s.spec is schema.TEXT and s.path not in NO_MARKUP}
    missed = {text.path for text in texts if f"'{text.text.partition('M')[0]}M'" not in found}
    assert not missed, "build them with Builder._text in diagtool/loading/building.py"


def test_load_raises_with_every_finding() -> None:
    path = DATA / "bad" / "unknown-id.yaml"
    with pytest.raises(diagtool.TopologyError) as raised:
        diagtool.load(path)
    assert raised.value.diagnostics == read(path).diagnostics
    assert len(raised.value.diagnostics) == 9


def test_no_such_file(tmp_path: Path) -> None:
    assert codes(tmp_path / "none.yaml") == [(1, 1, "unreadable-file")]


@pytest.mark.parametrize("name", ["\0.yaml", "a" * 300 + ".yaml", "\udcff.yaml", "shop.yaml/x"])
def test_impossible_path(tmp_path: Path, name: str) -> None:
    write(tmp_path, "format: 1")
    assert codes(tmp_path / name) == [(1, 1, "unreadable-file")]


def test_folder_without_main_file(tmp_path: Path) -> None:
    """Its other files are not looked at: they may be topologies of their own."""
    write(tmp_path, "nonsense: true", "other.yaml")
    (finding,) = read(tmp_path).diagnostics
    assert finding.code == "unreadable-file"
    assert finding.place.path == (tmp_path / "topology.yaml").as_posix()


def test_device_and_pipe_are_not_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    assert codes(pipe) == [(1, 1, "unreadable-file")]
    assert codes(Path("/dev/zero")) == [(1, 1, "unreadable-file")]


@pytest.fixture
def nobody() -> Iterator[None]:
    """Whoever runs the tests, without the superuser's rights."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    yield
    os.seteuid(user)


def test_file_without_permission(nobody: None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), "format: 1")
        path.chmod(0)
        (finding,) = read(path).diagnostics
    assert str(finding) == f"{path}:1:1: unreadable-file cannot be read: Permission denied"


def test_folder_without_permission(nobody: None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), "format: 1", "topology.yaml")
        Path(folder).chmod(0o300)
        (finding,) = read(folder).diagnostics
        Path(folder).chmod(0o700)
    assert str(finding) == f"{folder}:1:1: unreadable-file cannot be read: Permission denied"


def test_too_large(tmp_path: Path) -> None:
    path = write(tmp_path, b"#" * (yaml_file.MAX_BYTES + 1))
    assert codes(path) == [(1, 1, "too-large")]


def test_too_many_values(tmp_path: Path) -> None:
    path = write(tmp_path, "name: [" + "1," * yaml_file.MAX_NODES + "]")
    ((line, _, code),) = codes(path)
    assert (line, code) == (1, "too-large")


@pytest.mark.parametrize(
    ("data", "line", "column"),
    [
        (b"format: 1\nname: Caf\xe9\n", 2, 10),
        (b"\xff\xfef\0o\0", 1, 1),
        ("name: é😀".encode() + b"\x80", 1, 9),
        (b"\xef\xbb\xbfname: \xc3", 1, 7),
        (b"a: 1\r\nb: \xed\xa0\x80", 2, 4),
    ],
)
def test_not_utf8(tmp_path: Path, data: bytes, line: int, column: int) -> None:
    assert codes(write(tmp_path, data)) == [(line, column, "not-utf8")]


def test_one_bad_file_of_a_folder_hides_no_other_finding(tmp_path: Path) -> None:
    """Nor does it make ids unknown that it may define."""
    write(tmp_path, "format: 1\nname: Shop\nservices:\n  web: {replicas: 0}\n", "topology.yaml")
    write(tmp_path, "components: {", "broken.yaml")
    write(tmp_path, "services:\n  cron:\n    connections:\n    - to: disk\n", "cron.yaml")
    assert [d.code for d in read(tmp_path).diagnostics] == ["bad-value", "bad-yaml"]


@pytest.mark.parametrize("scanner", ["SafeLoader", "CSafeLoader"])
@pytest.mark.parametrize("name", [name for name in BAD if name.endswith(".yaml")])
def test_both_scanners_agree(name: str, scanner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML comes with a compiled scanner or without one."""
    import yaml

    if not hasattr(yaml, scanner):
        pytest.skip("this PyYAML has no compiled scanner")
    monkeypatch.setattr(yaml_file, "_FAST_LOADER", getattr(yaml, scanner))
    test_bad_sample(name, monkeypatch)


@pytest.mark.slow
def test_findings_take_no_longer_the_more_ids_there_are(tmp_path: Path) -> None:
    """Hints are for people, who will not read thousands."""
    services = "".join(
        f"  service-{n}:\n    connections:\n      - to: nowhere-{n}\n" for n in range(3000)
    )
    path = write(tmp_path, f"format: 1\nname: Shop\nservices:\n{services}")
    found = read(path).diagnostics
    assert len(found) == 3000
    assert sum(bool(d.hint) for d in found) < 100


# --- what is read ---------------------------------------------------------------------


@pytest.mark.parametrize("name", GOOD)
def test_good_sample(name: str) -> None:
    assert as_text(read(DATA / "good" / name).diagnostics) == ""


def good(name: str) -> Topology:
    return diagtool.load(DATA / "good" / name)


def test_minimal_topology_takes_every_default() -> None:
    topology = good("minimal.yaml")
    assert (topology.id, topology.name) == ("minimal", "Shop")
    queue, web = topology.components["queue"], topology.services["web"]
    assert (queue.name, queue.label, queue.shape) == ("queue", "queue", Shape.BOX)
    assert queue.stacked
    assert not queue.front
    assert (web.name, web.server, web.replicas) == ("web", "web Server", 3)
    assert [r.id for r in web.instances] == ["web_server_1", "web_server_2", "web_server_3"]
    assert [part.id for part in topology.needs("web")] == ["queue"]


def test_every_key_reaches_the_model() -> None:
    topology = good("full.yaml")
    assert [zone.label for zone in topology.zones.values()] == ["North Hall", "south"]
    proxy = topology.components["proxy"]
    assert (proxy.label, proxy.shape, proxy.width) == ("Front\nProxy", Shape.ROUNDED_BOX, 200)
    assert (proxy.stacked, proxy.front, proxy.zone) == (False, True, "north")
    assert proxy.description == (Plain("Takes what comes in."),)
    assert proxy.balancing == Balancing("<host name>", 8443, True, Headers.FORWARDED)
    (keeps,) = topology.components["queue"].connections
    assert (keeps.peer, keeps.direction, keeps.needed, keeps.label) == (
        "disk",
        Direction.TO,
        False,
        "keeps",
    )
    web, mailer = topology.services.values()
    assert (web.name, web.server, web.replicas, web.fold_from) == ("Web", "Web Server", 4, 30)
    assert (web.shape, web.width, web.zones) == (Shape.ELLIPSE, 140, ("north", "south"))
    assert (mailer.replicas, mailer.width, mailer.fold_from) == (2, 160, 10)
    assert [c.direction for c in web.connections] == [Direction.FROM, Direction.BOTH, Direction.TO]
    assert [part.id for part in topology.needs("web")] == ["queue"]
    assert [part.id for part in topology.needs("mailer")] == ["queue", "web"]
    assert [c.direct for c in mailer.connections] == [True, False]
    assert web.listen == (Listener(port=8080, protocol="http", health="/health", prefix="/web"),)
    limits, no_limits = web.snippets
    assert no_limits.relies_on is Reliance.FORWARDED
    assert [(o.section, o.name, o.value) for o in limits.options] == [
        ("web", "timeout", "5"),
        ("web", "host", "<host name>"),
        ("web", "host", "localhost"),
        ("DEFAULT", "log_file", "quoted"),
    ]
    assert limits.options[1].placeholders == ("host name",)
    assert (no_limits.alternative_to, no_limits.options[0].value) == ("limits", "")
    assert [type(block) for block in web.notes] == [
        Paragraph,
        Warning,
        Paragraph,
        SnippetMention,
        Paragraph,
        SnippetMention,
        Warning,
    ]
    first = web.notes[0]
    assert isinstance(first, Paragraph)
    references = [inline for inline in first.text if isinstance(inline, Reference)]
    lines = (DATA / "good" / "full.yaml").read_text().splitlines()
    attributes = ["options.timeout", "name", "label", "servers", "needs"]
    assert [(r.id, r.attribute) for r in references] == [("web", a) for a in attributes]
    for reference in references:
        at = lines[reference.place.line - 1][reference.place.column - 1 :]
        assert at.startswith(f"{{web.{reference.attribute}}}")
    last = web.notes[-1]
    assert isinstance(last, Warning)
    assert last.text == (Plain("A {brace} and a `quote`, and C:\\temp."),)
    logged, queued, open_ = topology.rules.values()
    assert (logged.severity, logged.service, logged.replicas) == (Severity.ERROR, "web", 1)
    assert (logged.options, logged.section) == (("log_file", "level"), None)
    assert (queued.severity, queued.replicas, queued.component) == (Severity.HINT, 2, "queue")
    assert (open_.severity, open_.front) == (Severity.WARNING, False)
    assert [(silence.rule, len(silence.reason)) for silence in topology.silenced] == [("open", 3)]
    assert proxy.cluster == Cluster(2)
    assert topology.components["queue"].cluster == Cluster(3, quorum=True)
    assert [snippet.id for snippet in web.chosen] == ["no-limits"]
    assert [(component and component.id, o.name) for component, o in topology.settings("web")] == [
        ("queue", "queue_url"),
        (None, "level"),
        (None, "timeout"),
    ]
    intro, warning = topology.intro
    assert isinstance(intro, Paragraph)
    assert Literal("cron") in intro.text
    assert isinstance(warning, Warning)
    assert topology.placeholders["host name"].example == "web1.example.org"


def test_values_come_through_as_written() -> None:
    topology = good("as-written.yaml")
    assert topology.name == "on"
    assert {id: (c.name, c.label) for id, c in topology.components.items()} == {
        "NO": ("1.10", "53:53"),
        "yes": ("2026-11-24", "0o17"),
        "on": (".inf", "null"),
        "true": ("007", "007"),
    }
    web = topology.services["web"]
    assert (web.name, web.server) == ("TRUE", "1e3")
    assert [c.peer for c in web.connections] == ["NO", "yes", "on", "true"]
    assert {(o.section, o.name): o.value for o in web.options[:-2]} == {
        ("1.10", name): value
        for name, value in {
            "port": "53:53",
            "on": "on",
            "NO": "NO",
            "version": "1.10",
            "octal": "0755",
            "hex": "0xFF",
            "float": "1_000.50",
            "time": "22:22:22",
            "date": "2026-11-24",
            "nothing": "",
            "tilde": "~",
            "word": "null",
            "yes": "yes",
            "hash": "a#b",
            "number": "12",
        }.items()
    }
    assert [o.value for o in web.options[-2:]] == ["1.10", "on"]


def test_every_script_comes_through() -> None:
    topology = good("scripts.yaml")
    assert topology.name == "商店 🛒"
    assert topology.components["queue"].label == '☃ Очередь «{}» "x" \\ \' ¥'
    assert topology.components["cache"].label == "😀👩‍👩‍👧\n日本語"
    web = topology.services["web"]
    assert web.instances[0].id == "σέρβερ_1"
    assert web.description[0] == Plain("Ein geschütztes\u00a0Leerzeichen, ")


def test_folder_is_one_topology() -> None:
    topology = good("folder")
    assert topology.id == "folder"
    assert list(topology.components) == ["queue", "disk"]
    assert list(topology.services) == ["web", "worker"]
    assert [part.id for part in topology.needs("web")] == ["queue", "worker"]
    assert [Path(source).name for source in topology.sources] == [
        "topology.yaml",
        "10-worker.yaml",
        "empty.yml",
    ]
    assert Path(topology.services["worker"].place.path).name == "10-worker.yaml"


def test_aliases_repeat_what_they_name() -> None:
    topology = good("aliases.yaml")
    assert [c.peer for c in topology.services["worker"].connections] == ["queue", "cache"]


@pytest.mark.parametrize(
    ("given", "id"), [("a/shop.yaml", "shop"), ("a/my.shop", "my.shop"), ("a/my.shop/.", "my.shop")]
)
def test_topology_is_named_by_its_file_or_folder(tmp_path: Path, given: str, id: str) -> None:
    text = (DATA / "good" / "minimal.yaml").read_text()
    (tmp_path / "a" / "my.shop").mkdir(parents=True)
    write(tmp_path, text, "a/shop.yaml")
    write(tmp_path, text, "a/my.shop/topology.yaml")
    assert diagtool.load(tmp_path / given).id == id


def test_current_folder_as_a_topology(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shop").mkdir()
    write(tmp_path, (DATA / "good" / "minimal.yaml").read_text(), "shop/topology.yaml")
    monkeypatch.chdir(tmp_path / "shop")
    assert diagtool.load(".").id == "shop"
