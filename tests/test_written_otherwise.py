"""What people and their programs write in another way, and what says the same then."""

from __future__ import annotations

import binascii
import io
import json
import re
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile
from zlib import compress, decompress

import pypdf
import pytest
import yaml
from PIL import Image, PngImagePlugin
from pypdf.generic import NameObject, TextStringObject
from text_formats import SUFFIXES

from diagtool import exporting
from diagtool.checks.readers import File, png
from diagtool.checks.readers._markup import parse_html
from diagtool.checks.verify import Result, verify
from diagtool.checks.verify.normal_forms import form_of
from diagtool.checks.verify.proof import compare
from diagtool.guide import markdown, renderer
from diagtool.loading.loader import load
from diagtool.model import Severity, Topology, diagram
from diagtool.pictures import formats, themes

FLEET = """\
format: 1
name: Fleet
zones: {east: {label: East}, west: {label: West}}
networks: {lan: {label: LAN, range: 10.1.0.0/24}}
hosts:
  node:
    {count: 2, zones: [east, west], address: 10.1.0.11, networks: [lan], facts: {CPUs: "6"}}
components:
  door: {label: Front Door, front: true, shape: cloud, balancing: {address: fleet.example.org}}
  ledger: {label: Ledger, shape: database, listen: {port: 5433}}
services:
  booking:
    replicas: 2
    runs_on: [node]
    zones: [east, west]
    listen: {port: 8443, prefix: /book}
    connections: [{from: door}, {to: ledger, label: writes, on_loss: {effect: stops}}]
    snippets:
      store: {options: {storage: {pool_size: 7, title: Pool of trips}}}
      memory: {alternative_to: store, options: {storage: {in_memory: "yes"}}}
    notes:
      - snippet: store
      - warning: Without a pool it opens a connection for each rider that looks for a trip.
      - "See [the manual](https://fleet.example)."
      - Or keep the trips in memory.
      - snippet: memory
  pricing:
    replicas: 2
    runs_on: [node]
    listen: {port: 8500, prefix: /price}
    connections: [{from: door}]
    kubernetes: {}
  rating: {replicas: 2, runs_on: [node], connections: [{to: pricing}]}
"""

Edit = Callable[[str], str]

CORE, SLIDE, NOTES = (
    "docProps/core.xml", "ppt/slides/slide1.xml", "ppt/notesSlides/notesSlide1.xml"
)  # fmt: skip


def _sorted(text: str) -> str:
    return json.dumps(json.loads(text), sort_keys=True, indent=1)


def _dumped(text: str) -> str:
    return str(yaml.safe_dump(yaml.safe_load(text)))


def _underlined(text: str) -> str:
    return re.sub(r"(?m)^-{3,}$", lambda match: "~" * len(match[0]), text)


OTHERWISE: list[tuple[str, Edit]] = [
    ("booking.dot", lambda text: text.replace(";\n", "\n")),
    ("booking.dot", lambda text: text.replace(" {\n", " {\n  // of the fleet\n", 1)),
    ("booking.dot", lambda text: text.replace('"Ledger"', '"&#76;edger"')),
    ("booking.conf", lambda text: re.sub(r"(?m)^#.*\n", "", text)),
    ("door.nginx.conf", lambda text: re.sub(r"(?m)^ *#.*\n", "", text)),
    ("booking.mmd", lambda text: text.replace('"Ledger"', '"#76;edger"')),
    ("booking.mmd", lambda text: text.replace('"Ledger"', "Ledger")),
    ("booking.mmd", lambda text: text.replace('"Ledger"]', '"Ledger"];')),
    ("booking.mmd", lambda text: re.sub(r"\bledger\b", "l", text)),
    ("booking.mmd", lambda text: re.sub(r"(.*) & (\w+)\n", r"\1\n  door --> \2\n", text)),
    ("booking.mmd", lambda text: text.replace('-->|"writes"|', '-- "writes" -->')),
    (
        "booking.mmd",
        lambda text: re.sub(
            r"(class door)( several)\n((?:.*\n)*?) +class ledger several\n",
            r"\1,ledger\2\n\3",
            text,
        ),
    ),
    ("booking.mmd", lambda text: text.replace("door -->", "door ---->")),
    (
        "booking.mmd",
        lambda text: text.replace("  class ledger several\n", "").replace(
            '"Ledger"]', '"Ledger"]:::several'
        ),
    ),
    ("booking.puml", lambda text: re.sub(r"\bledger\b", "l", text)),
    ("booking.dot", lambda text: text.replace("shape = egg,", 'shape="egg"')),
    ("booking.dot", lambda text: re.sub(r"\bledger\b", "l", text)),
    ("booking.d2", lambda text: text.replace('"door": "Front Door"', "door: Front Door")),
    ("booking.drawio", lambda text: text.replace('"node-', '"n-')),
    ("booking.diag", lambda text: text.replace("shape = cloud", 'shape = "cloud"')),
    ("guide.md", lambda text: text.replace("**Notes**", "__Notes__")),
    ("guide.md", lambda text: re.sub("^# (.*)", r"\1\n===", text)),
    ("deployment.md", lambda text: text.replace("10\\.1", "10.1")),
    ("deployment.md", lambda text: text.replace("| ", "|    ")),
    ("guide.rst", lambda text: text.replace("code-block:: ini", "code:: ini")),
    *(
        (f"door.{name}", lambda text: f"# kept by the night shift\n{text}")
        for name in ("haproxy.cfg", "apache.conf", "nginx.conf")
    ),
    ("booking.puml", lambda text: text.replace(" --> ", " -> ")),
    ("booking.puml", lambda text: text.replace(" --> ", " -down-> ")),
    ("guide.md", lambda text: text.replace("it opens a", "it opens\n> a")),
    ("guide.md", lambda text: text.replace("```", "~~~")),
    ("guide.md", lambda text: text.replace("(<https://fleet.example>)", "(https://fleet.example)")),
    ("guide.md", lambda text: re.sub(r"(?m)^\*([^*]+)\*$", r"_\1_", text)),
    ("deployment.md", lambda text: text.replace("| --- |", "| ------- |")),
    ("guide.rst", _underlined),
    ("hosts.json", _sorted),
    ("flows.json", _sorted),
    ("inventory.yaml", _dumped),
    ("inventory.yaml", lambda text: str(yaml.safe_dump(yaml.safe_load(text), indent=4))),
    (
        "inventory.yaml",
        lambda text: str(yaml.safe_dump(yaml.safe_load(text), width=9999, default_flow_style=True)),
    ),
    ("inventory.yaml", lambda text: json.dumps(yaml.safe_load(text))),
    ("inventory.yaml", lambda text: text.replace("'6'", '"6"')),
    ("inventory.yaml", lambda text: re.sub(r"networks:\n +- lan", "networks: [lan]", text)),
    ("ssh_config", lambda text: text.replace("HostName ", "hostname = ")),
    ("ssh_config", lambda text: text.replace("Host node1", 'HOST "node1"')),
    ("ssh_config", lambda text: text.replace("10.1.0.11", "10.1.0.11 # by the door")),
    ("node1.nft", lambda text: text.replace("accept\n", "accept;\n")),
    ("node1.nft", lambda text: text.replace("{ icmp, ipv6-icmp }", "{icmp,\n ipv6-icmp}")),
    ("node1.nft", lambda text: text.replace("filter; policy", "0\npolicy")),
    ("node1.nft", lambda text: text.replace('"lo"', "lo")),
    ("node1.nft", lambda text: text.replace("icmp, ipv6-icmp", "ipv6-icmp, icmp")),
    ("deployment.md", lambda text: text.replace("| --- |", "| :-- |", 1)),
    ("booking.conf", lambda text: text.replace("\ntitle", "\n[storage]\ntitle")),
    ("door.haproxy.cfg", lambda text: re.sub(r"server (\S+) (\d+)", r'server "\1" \2', text)),
    ("door.haproxy.cfg", lambda text: text.replace("balance roundrobin", "balance 'roundrobin'")),
    ("door.haproxy.cfg", lambda text: text.replace("client 60s", "client 1m")),
    ("door.haproxy.cfg", lambda text: text.replace("connect 5s", "connect 5000 # milliseconds")),
    ("door.haproxy.cfg", lambda text: text.replace("check inter 2s", "inter 2s check")),
    ("door.haproxy.cfg", lambda text: text.replace("bind :8", "bind *:8")),
    ("door.haproxy.cfg", lambda text: re.sub(r"(?m)^( *server .*)", r"\1 weight 1", text)),
    ("door.nginx.conf", lambda text: re.sub(r"(server [0-9.:]+)", r"\1 weight=1", text)),
    ("door.nginx.conf", lambda text: re.sub(r"(?m)^ *#.*\n", "", text).replace("\n", " ")),
    ("door.nginx.conf", lambda text: text.replace(" {\n", "\n{\n")),
    ("door.nginx.conf", lambda text: text.replace("timeout 60s", "timeout 1m")),
    ("door.nginx.conf", lambda text: re.sub("server ([0-9.:]+)", r'server "\1"', text)),
    ("door.apache.conf", lambda text: text.replace('"', "")),
    (
        "door.apache.conf",
        lambda text: re.sub(r"(?m)^( *</?)([A-Z]\w+)", lambda m: m[1] + m[2].lower(), text),
    ),
    ("door.apache.conf", lambda text: text.replace(" hctemplate", " \\\n  hctemplate")),
    ("door.apache.conf", lambda text: text.replace("=On", "=on").replace(" On", " on")),
    ("deployment.md", lambda text: re.sub(r"(?m)^\| (.*) \|$", r"\1", text)),
    ("booking.d2", lambda text: re.sub(r"\bbooking_server_(\d)\b", r"b\1", text)),
    ("booking.d2", lambda text: re.sub(r"(?m)^(\S+) -> ([^:\n]+)", r"\2 <- \1", text)),
    ("booking.d2", lambda text: re.sub(r": (\"[^\"]*\") \{", r": {label: \1; ", text)),
    ("booking.d2", lambda text: text.replace("style.multiple: true", "style: {multiple: true}")),
    ("booking.d2", lambda text: text.replace("; ", "\n").replace("{shape", "{\nshape")),
    ("booking.d2", lambda text: text.replace("direction: right", "direction: down # longer")),
    ("booking.puml", lambda text: re.sub(r"(?m)^(\w+) --> (\w+)$", r"\2 <-- \1", text)),
    ("booking.puml", lambda text: f"/' mine\n'/\n{text}"),
    (
        "booking.puml",
        lambda text: re.sub(r'rectangle "([^"{]+)" as (\w+)\n', r"[\1] as \2\n", text),
    ),
    ("booking.puml", lambda text: text.replace(" as ledger", " as ledger #eee")),
    (
        "booking.diag",
        lambda text: re.sub(r"(?m)^ +(\w+), (\w+) -> (.*)", r"\1 -> \3\n\2 -> \3", text),
    ),
    ("booking.dot", lambda text: text.replace('"Ledger"', "<Ledger>")),
    ("booking.dot", lambda text: text.replace('"Ledger", ', '"Ledger"] [')),
    ("guide.rst", lambda text: re.sub(r"warning::\n\n +", "warning:: ", text)),
    ("booking.svg", lambda text: text.replace(">Ledger</text>", "><tspan>Ledger</tspan></text>")),
    ("booking.svg", lambda text: text.replace(">Ledger</text>", ">Led<tspan>ger</tspan></text>")),
    ("booking.dot", lambda text: text.replace('"Ledger"', '"Led" + "g" +\n "er"')),
    ("booking.dot", lambda text: text.replace('"Ledger"', '"Led\\\nger"')),
    ("door.nginx.conf", lambda text: text.replace(" 1m;", " 1024K;").replace("size 0", "size 0k")),
    ("door.nginx.conf", lambda text: re.sub("server ([0-9.:]+)", r"server '\1'", text)),
    ("booking.conf", lambda text: text.replace("pool_size = 7", 'pool_size = "7"')),
    ("guide.rst", lambda text: re.sub(r"(?m)^   (pool_size|title|\[storage\])", r"     \1", text)),
    ("guide.rst", lambda text: text.replace("     door -> ", "       door -> ")),
    ("guide.rst", lambda text: text.replace("shape = cloud", 'shape="cloud"')),
    ("failures.rst", lambda text: re.sub(r"(?m)^\* (\w+): ", r"* \1:\n  ", text)),
    ("guide.rst", lambda text: re.sub(r"(?m)^-{3,}$", lambda match: "*" * len(match[0]), text)),
    ("guide.rst", lambda text: text.replace(".. _booking:", ".. _`booking`:")),
    ("guide.rst", lambda text: re.sub(r"(?m)^(   :alt: \S+) ", r"\1\n      ", text)),
    ("guide.rst", lambda text: text.replace(".. warning::", "..  warning::")),
    ("failures.md", lambda text: re.sub(r"(?m)^- (\w+): ", r"- \1:\n  ", text)),
    ("failures.md", lambda text: text.replace("\\+", "+").replace("&#63;", "?")),
    ("guide.md", lambda text: text.replace("```", "````")),
    ("guide.md", lambda text: re.sub(r"(?m)^```(\w)", r"``` \1", text)),
    ("guide.md", lambda text: text.replace("\n> ", "\n>")),
    ("deployment.md", lambda text: text.replace(" | ", "|").replace("| ", "|")),
    ("deployment.md", lambda text: text.replace("| --- |", "| :-- |").replace(" :-- ", " :--- ")),
    ("guide.rst", lambda text: text.replace("];\n     ledger [", "]; ledger [")),
    (
        "guide.rst",
        lambda text: re.sub(r"(?m)^ +(\w+), (\w+) -> (.*)", r"     \1 -> \3\n     \2 -> \3", text),
    ),
    (
        "failures.rst",
        lambda text: re.sub(
            r"( +\* - `ledger.*\n(?: +- .*\n)+)( +\* - .*\n(?: +- .*\n)+)", r"\2\1", text
        ),
    ),
    ("booking.conf", lambda text: text.replace("# in_memory = yes", "#in_memory: yes")),
    (
        "network-policies.yaml",
        lambda text: re.sub(r"( +- ipBlock:\n.*\n)( +- ipBlock:\n.*\n)", r"\2\1", text),
    ),
    ("hosts.csv", lambda text: re.sub(r"(?m)^([^,]*),([^,]*),", r"\2,\1,", text)),
    (
        "guide.md",
        lambda text: re.sub(r"(pool_size.*\n)(title.*\n)", r"\2\1", text),
    ),
]


def _exchanged(one: str, other: str) -> Edit:
    """Puts two texts in each other's place where they come first."""

    def exchanged(text: str) -> str:
        kept = text.replace(one, "\N{BALLOON}", 1).replace(other, one, 1)
        return kept.replace("\N{BALLOON}", other, 1)

    return exchanged


LIES: list[tuple[str, Edit]] = [
    ("booking.svg", _exchanged("<title>Ledger</title>", "<title>Front Door</title>")),
    (
        "failures.rst",
        _exchanged(
            "`\\× stopped <fleet-without-ledger--booking_>`__",
            "`\\+ works <fleet-without-ledger_>`__",
        ),
    ),
    ("booking.dot", lambda text: text.replace(";\n", "\n").replace("cylinder", "egg")),
    ("booking.dot", lambda text: text.replace('"Ledger"', '"&#77;edger"')),
    ("booking.mmd", lambda text: text.replace('"Ledger"', '"#77;edger"')),
    ("booking.mmd", lambda text: text.replace('"Ledger"', "Edger")),
    ("booking.mmd", lambda text: text.replace("  class ledger several\n", "")),
    ("booking.mmd", lambda text: f"---\ntitle: How four of them work\n---\n{text}"),
    ("booking.mmd", lambda text: text.replace("door -->", "door -.->")),
    ("booking.dot", lambda text: text.replace("shape = egg,", 'shape="box"')),
    ("booking.puml", lambda text: text.replace("as door", "as door [[https://a.example]]")),
    ("booking.d2", lambda text: text.replace('"door": "Front Door"', "door: Back Door")),
    ("booking.puml", lambda text: text.replace(" --> ", " -[hidden]-> ")),
    ("booking.puml", lambda text: re.sub(r"(\w+) --> (\w+)", r"\2 -down-> \1", text)),
    ("guide.md", lambda text: text.replace("it opens a", "it opens\n> no")),
    ("guide.md", lambda text: text.replace("```", "~~~").replace("pool_size = 7", "pool_size = 8")),
    ("hosts.json", lambda text: _sorted(text).replace("10.1.0.11", "10.1.0.19")),
    ("inventory.yaml", lambda text: _dumped(text).replace("10.1.0.11", "10.1.0.19")),
    ("inventory.yaml", lambda text: _dumped(text).replace("- lan", "- dmz")),
    ("booking.conf", lambda text: text.replace("of trips", "of  trips")),
    ("inventory.yaml", lambda text: json.dumps(yaml.safe_load(text)).replace("lan", "dmz")),
    ("inventory.yaml", lambda text: text.replace("'6'", "6")),
    ("inventory.yaml", lambda text: text.replace("zone: east", "zone: west")),
    ("ssh_config", lambda text: text.replace("HostName 10.1.0.11", "hostname=10.1.0.12")),
    ("node1.nft", lambda text: text.replace("accept\n", "accept;\n").replace("8443", "8444")),
    ("booking.conf", lambda text: f"{text}[storage]\npool_size = 9\n"),
    ("door.haproxy.cfg", lambda text: re.sub(r"server (\S+) \S+", r'server "\1" 10.1.0.9:1', text)),
    ("door.haproxy.cfg", lambda text: re.sub(r"(?m)^( *server .*)", r"\1 weight 0", text)),
    ("door.haproxy.cfg", lambda text: text.replace("client 60s", "client 2m")),
    ("door.haproxy.cfg", lambda text: text.replace("connect 5s", "connect 5")),
    (
        "door.nginx.conf",
        lambda text: re.sub(r"(?m)^ *#.*\n", "", text).replace("\n", " ").replace("8443", "8444"),
    ),
    ("door.nginx.conf", lambda text: text.replace("timeout 60s", "timeout 2m")),
    ("door.apache.conf", lambda text: text.replace('"', "").replace("8443", "8444")),
    ("door.apache.conf", lambda text: text.replace("disablereuse=On", "disablereuse=off")),
    ("booking.d2", lambda text: re.sub(r"(?m)^(\S+) -> ([^:\n]+)", r"\1 <- \2", text)),
    ("booking.d2", lambda text: f"{text}door: null\n"),
    ("booking.d2", lambda text: text.replace("style.multiple: true", "style.multiple: false")),
    ("booking.d2", lambda text: text.replace("style.multiple", "tooltip: five\nstyle.multiple")),
    ("booking.d2", lambda text: text.replace("cylinder", "cloud")),
    ("booking.puml", lambda text: re.sub(r"(?m)^(\w+) --> (\w+)$", r"\1 <-- \2", text)),
    ("booking.diag", lambda text: text.replace('"Ledger"', '"Ledger", numbered = 4')),
    ("booking.dot", lambda text: text.replace('"Ledger"', "<Edger>")),
    ("booking.dot", lambda text: text.replace('"Ledger"', '"Led" + "gers"')),
    ("door.nginx.conf", lambda text: text.replace(" 1m;", " 1024;")),
    ("booking.conf", lambda text: text.replace("pool_size = 7", 'pool_size = "8"')),
    ("booking.conf", lambda text: text.replace("pool_size = 7", 'pool_size = 7"')),
    ("door.apache.conf", lambda text: text.replace("*:80", "*:81")),
    (
        "door.apache.conf",
        lambda text: text.replace(
            "    ProxyPass", '    ProxyPass "/" "balancer://booking"\n    ProxyPass', 1
        ),
    ),
    ("guide.rst", lambda text: text.replace("   pool_size", "    pool_size")),
    ("guide.rst", lambda text: text.replace('label = "Ledger"', 'label = "Edger"')),
    ("guide.rst", lambda text: re.sub(r"(?m)^ +(\w+), (\w+) -> (.*)", r"     \1 -> \3", text)),
    ("guide.rst", lambda text: text.replace("shape = cloud", "shape = mail")),
    (
        "deployment.md",
        lambda text: re.sub(r"(?m)^\| (.*) \|$", r"\1", text).replace("8443", "8444"),
    ),
    ("guide.rst", lambda text: re.sub(r"warning::\n\n +", "warning:: No. ", text)),
    ("booking.svg", lambda text: text.replace(">Ledger</text>", "><tspan>Edger</tspan></text>")),
    (
        "booking.svg",
        lambda text: text.replace(">Ledger</text>", '><tspan dx="9999">Ledger</tspan></text>'),
    ),
    ("booking.conf", lambda text: text.replace("# in_memory = yes", "#in_memory: no")),
    ("booking.conf", lambda text: text.replace("# in_memory = yes", "#in_ram: yes")),
    (
        "network-policies.yaml",
        lambda text: re.sub(r"( +- ipBlock:\n.*\n)( +- ipBlock:\n.*\n)", r"\2\2", text),
    ),
    ("hosts.csv", lambda text: re.sub(r"(?m)^([^,]*),([^,]*),", r"\1,", text)),
    ("flows.csv", lambda text: re.sub(r"(?m),[^,]*$", "", text)),
    *(
        (name, edit)
        for name in ("guide.rst", "guide.md")
        for edit in (
            _exchanged("pool_size = 7", "in_memory = yes"),
            lambda text: re.sub(r"( *title = .*\n)((?:.*\n)*?)( *in_mem.*\n)", r"\2\3\1", text),
        )
    ),
]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Topology, Path]:
    folder = tmp_path_factory.mktemp("fleet")
    (folder / "fleet.yaml").write_text(FLEET)
    fleet = load(folder / "fleet.yaml")
    exporting.export(fleet, formats.names(), folder)
    for dialect in markdown.DIALECTS.values():
        for name, text in renderer.render(fleet, dialect=dialect()).items():
            (folder / name).write_text(text)
    return fleet, folder


def verified(
    written: tuple[Topology, Path], name: str, edit: Callable[[bytes], bytes], out: Path
) -> Result:
    """What is found in a file once it is edited."""
    fleet, folder = written
    content = (folder / name).read_bytes()
    edited = edit(content)
    assert edited != content
    (out / name).write_bytes(edited)
    if name.endswith(".md"):
        for picture in folder.glob("*.svg"):
            shutil.copy(picture, out)
    return verify(fleet, [out / name])


def wrong(written: tuple[Topology, Path], name: str, edit: Edit, out: Path) -> list[str]:
    """What contradicts in a text once it is edited."""
    found = verified(written, name, lambda content: edit(content.decode()).encode(), out)
    return [str(one) for one in found.diagnostics if one.severity is Severity.ERROR]


@pytest.mark.parametrize(("name", "edit"), OTHERWISE)
def test_another_way_to_write_it_contradicts_nothing(
    written: tuple[Topology, Path], name: str, edit: Edit, tmp_path: Path
) -> None:
    assert not wrong(written, name, edit, tmp_path)


@pytest.mark.parametrize(("name", "edit"), LIES)
def test_a_lie_that_is_written_in_another_way_contradicts(
    written: tuple[Topology, Path], name: str, edit: Edit, tmp_path: Path
) -> None:
    assert wrong(written, name, edit, tmp_path)


BY_HAND = """\
# The night shift's.
fleet: |md
  # The fleet
| {near: top-center; shape: text}
d: Front Door {shape: cloud; style.multiple: true}
l: Ledger {shape: cylinder}
East: {
  s: booking Servers {
    one: booking Server 1
    _._.d -> one
    one -> _._.l: writes
  }
}
w: West {s: {label: booking Servers; two: booking Server 2}}
d -> w.s.two -> l
(d -> w.s.two)[0].style.opacity: 0.4
w.s.two -> l: writes
"""


def test_d2_that_somebody_drew(written: tuple[Topology, Path], tmp_path: Path) -> None:
    def told(source: str) -> list[str]:
        found = verified(written, "booking.d2", lambda _: source.encode(), tmp_path)
        return [
            f"{one.place.line} {one.message}"
            for one in found.diagnostics
            if one.severity is Severity.ERROR
        ]

    assert not told(BY_HAND)
    (turned,) = told(BY_HAND.replace("_._.d -> one", "_._.d <- one"))
    assert turned.startswith("10 ")
    assert "an arrow leads from booking Server 1 to Front Door, but" in turned
    (renamed,) = told(BY_HAND.replace("East:", "North:"))
    assert "North" in renamed and "East" in renamed
    (gone,) = told(f"{BY_HAND}d: null\n")
    assert "it leaves out that" in gone and "Front Door" in gone


def _with_chunk(body: bytes) -> Callable[[bytes], bytes]:
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", binascii.crc32(body))
    return lambda content: content[:33] + chunk + content[33:]


def _in_pdf(name: str, text: str) -> Callable[[bytes], bytes]:
    def saved(content: bytes) -> bytes:
        writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
        writer.add_metadata({name: text})
        file = io.BytesIO()
        writer.write(file)
        return file.getvalue()

    return saved


def _opened(content: bytes) -> bytes:
    """Shown on the whole screen."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    writer.page_mode = "/FullScreen"
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def _in_objects(content: bytes) -> bytes:
    """With an object that nothing refers to."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    writer._add_object(TextStringObject("five servers"))
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def _packed_for_screens(content: bytes) -> bytes:
    """As Pillow packs it, with the size of its pixels."""
    file = io.BytesIO()
    with Image.open(io.BytesIO(content)) as picture:
        texts = PngImagePlugin.PngInfo()
        for name, text in png.texts(content).items():
            texts.add_itxt(name, text)
        picture.save(file, "PNG", pnginfo=texts, dpi=(96, 96))
    return file.getvalue()


def _behind_page(content: bytes) -> bytes:
    """With a text behind what a page draws, as it is packed."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    contents = writer.pages[0].raw_get("/Contents").get_object()
    contents._data = compress(contents.get_data()) + b"five servers"
    contents[NameObject("/Filter")] = NameObject("/FlateDecode")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def _in_pixels(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    def packed(content: bytes) -> bytes:
        chunks = list(png.chunks(content))
        pixels = change(b"".join(body for name, body in chunks if name == b"IDAT"))
        made = b""
        for name, body in [
            *(c for c in chunks if c[0] not in (b"IDAT", b"IEND")),
            (b"IDAT", pixels),
            (b"IEND", b""),
        ]:
            made += struct.pack(">I", len(body)) + name + body
            made += struct.pack(">I", binascii.crc32(name + body))
        return content[:8] + made

    return packed


def _with_packed_description(content: bytes) -> bytes:
    text = png.texts(content)["Description"].encode()
    body = b"iTXtDescription\0\1\0\0\0" + compress(text)
    chunks = ((name + body) for name, body in png.chunks(content))
    made = b""
    for chunk in (body if c.startswith(b"iTXtDescription") else c for c in chunks):
        made += struct.pack(">I", len(chunk) - 4) + chunk
        made += struct.pack(">I", binascii.crc32(chunk))
    return content[:8] + made


def _in_part(part: str, old: str, new: str) -> Callable[[bytes], bytes]:
    def packed(content: bytes) -> bytes:
        file = io.BytesIO()
        with ZipFile(io.BytesIO(content)) as deck, ZipFile(file, "w") as made:
            for name in deck.namelist():
                text = deck.read(name)
                assert name != part or old.encode() in text
                made.writestr(
                    name, text.replace(old.encode(), new.encode()) if name == part else text
                )
        return file.getvalue()

    return packed


def _replaced(old: str, new: str) -> Callable[[bytes], bytes]:
    def replaced(content: bytes) -> bytes:
        assert old.encode() in content
        return content.replace(old.encode(), new.encode(), 1)

    return replaced


BESIDE: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("booking.png", _with_chunk(b"sRGB\0")),
    ("booking.png", _with_chunk(b"pHYs\0\0\x2e\x23\0\0\x2e\x23\1")),
    ("booking.png", _packed_for_screens),
    ("booking.png", _with_chunk(b"tEXtSoftware\0five servers")),
    ("booking.pdf", _in_pdf("/Producer", "five servers")),
    ("booking.pdf", _in_pdf("/Creator", "five servers")),
    ("booking.pdf", _in_pdf("/ModDate", "five servers")),
    ("booking.pdf", _opened),
    (
        "booking.pptx",
        _in_part(CORE, "</cp:coreProperties>", "<cp:revision>5</cp:revision></cp:coreProperties>"),
    ),
    ("booking.drawio", _replaced("<root>", "<root><!-- five servers -->")),
    ("booking.drawio", _replaced('tooltips="1"', 'tooltips="0"')),
    ("booking.drawio", _replaced('grid="1"', 'grid="0"')),
    ("booking.svg", _replaced(">Ledger", "><!-- not the -->Ledger")),
    ("booking.svg", _replaced("<svg", "<!-- five servers --><svg")),
    ("booking.conf", _replaced("pool_size = 7", "pool_size: 7")),
    ("booking.conf", _replaced("# Or, in", "; Or, in")),
    ("booking.dot", _replaced("{\n", "{ /* five servers */\n")),
    ("booking.diag", _replaced("{\n", "{ // five servers\n")),
    ("booking.svg", _replaced('version="1.0"', 'version="1.1"')),
    ("booking.pdf", _replaced("(opensource)", "(five servers)")),
    ("booking.pdf", _replaced("startxref", "99 0 obj\n(five)\nendobj\nstartxref")),
    ("booking.pdf", _replaced("true\n>>\nendobj\nxref", "true % five servers\n>>\nendobj\nxref")),
    ("booking.pdf", _replaced("true\n>>\nendobj\nxref", "true\n>> five\nendobj\nxref")),
    ("booking.pdf", _replaced("/Root 7 0 R", "/Root 7 0 R /Five (one) /Five (two)")),
    ("booking.pdf", _in_objects),
    ("booking.pdf", _behind_page),
    ("booking.png", _in_pixels(lambda packed: packed + b"five servers")),
    ("booking.png", _in_pixels(lambda packed: compress(decompress(packed) + b"five servers"))),
    ("booking.png", lambda content: content[:-1] + b"\0"),
    ("booking.png", lambda content: content + content.replace(b"fleet/booking", b"fleet/pricing")),
    ("door.haproxy.cfg", lambda content: content.rstrip(b"\n")),
    ("node1.nft", lambda content: content.replace(b"\n", b"\r\n")),
    ("booking.png", _with_chunk(b"tIMEfive servers")),
    ("booking.png", _with_chunk(b"bKGD\0\xff\0\xff\0\xff")),
    ("booking.png", _with_chunk(b"caBXfive servers")),
]
"""What is not drawn, but read in properties or in the source, or used by a program, or by none."""

BLANKS: list[tuple[str, Callable[[bytes], bytes]]] = [
    *((f"booking{suffix}", _replaced("Front Door", "Front  Door")) for suffix in SUFFIXES),
    *((f"booking{suffix}", _replaced("Front Door", "Front\tDoor")) for suffix in SUFFIXES),
    ("booking.drawio", _replaced('"Front Door', '"Front  Door')),
    ("booking.drawio", _replaced('"Front Door', '" Front Door')),
    ("booking.pptx", _in_part(SLIDE, "<a:t>Front Door", "<a:t>Front  Door")),
    ("booking.pptx", _in_part(SLIDE, "<a:t>Front Door", "<a:t> Front Door")),
    ("booking.pptx", _in_part(NOTES, "pool_size = ", "pool_size =\t")),
    ("guide.rst", _replaced('"Front Door"', '"Front  Door"')),
    ("guide.rst", _replaced("pool_size = ", "pool_size =\t")),
    ("guide.rst", _replaced("\n   pool_size = ", "\n\n   pool_size = ")),
    ("guide.md", _replaced("pool_size = ", "pool_size =\t")),
    ("guide.md", _replaced("\npool_size = ", "\n\npool_size = ")),
    ("guide.md", _replaced("pool it opens", "pool  \n> it opens")),
    ("guide.md", _replaced("pool it opens", "pool\\\n> it opens")),
    ("guide.rst", _replaced("pool it opens", "pool  it opens")),
    ("booking.conf", _replaced("# Or, in", "# Or,  in")),
]
"""Blanks in a label, in code and in a sentence; line breaks that do not end a paragraph."""


@pytest.mark.parametrize(("name", "edit"), [*BESIDE, *BLANKS])
def test_what_stands_beside_a_picture_is_not_proved_and_contradicts_nothing(
    written: tuple[Topology, Path],
    name: str,
    edit: Callable[[bytes], bytes],
    tmp_path: Path,
) -> None:
    found = verified(written, name, edit, tmp_path).diagnostics
    assert [finding.code for finding in found] == ["not-proved"]


def test_a_chunk_that_such_pixels_cannot_have(
    written: tuple[Topology, Path], tmp_path: Path
) -> None:
    add = _with_chunk(b"tRNS\0\0\0\0\0\0")
    found = verified(written, "booking.png", add, tmp_path).diagnostics
    assert [finding.code for finding in found] == ["altered"]


def test_a_finding_about_a_page_tells_its_text(
    written: tuple[Topology, Path], tmp_path: Path
) -> None:
    def renamed(content: bytes) -> bytes:
        writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
        drawn = writer.pages[0].get_contents()
        assert drawn is not None
        drawn.set_data(drawn.get_data().replace(b"(Ledger)", b"(Legder)"))
        writer.pages[0].replace_contents(drawn)
        file = io.BytesIO()
        writer.write(file)
        return file.getvalue()

    found = verified(written, "booking.pdf", renamed, tmp_path).diagnostics
    assert "page 1" in found[0].message
    assert "'Legder', not 'Ledger'" in found[0].message


def test_a_head_that_is_not_ended_ends_where_the_page_starts() -> None:
    page = parse_html("<head><title>Fleet</title><h1>Fleet</h1><table><thead><tr><th>a<tbody>")
    assert [element.tag for element in page.elements] == ["head", "h1", "table"]
    assert [part.tag for table in page.every("table") for part in table.elements] == [
        "thead",
        "tbody",
    ]


PROGRAMS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("booking.pdf", _in_pdf("/Producer", "pypdf 6.1.0")),
    ("booking.pdf", _in_pdf("/ModDate", "D:20261129120000+01'00'")),
    ("booking.drawio", _replaced("<mxGraphModel ", '<mxGraphModel dx="1200" dy="700" ')),
    ("booking.drawio", _replaced('host="diagtool"', 'host="Electron" version="29.0.3"')),
    ("booking.drawio", _replaced(' arrows="1"', "")),
    ("booking.png", _with_chunk(b"tIME\x07\xea\x0b\x1d\x0c\0\0")),
    ("booking.png", _with_packed_description),
]


@pytest.mark.parametrize(("name", "edit"), PROGRAMS)
def test_what_programs_record_about_themselves_is_proved(
    written: tuple[Topology, Path],
    name: str,
    edit: Callable[[bytes], bytes],
    tmp_path: Path,
) -> None:
    result = verified(written, name, edit, tmp_path)
    assert [str(finding) for finding in result.diagnostics] == []
    assert result.proved == 1


def test_a_line_in_another_block_is_told_by_what_sets_the_blocks_apart(
    written: tuple[Topology, Path], tmp_path: Path
) -> None:
    def swapped(text: str) -> str:
        one, other = ":caption: Layout of booking", ":caption: Layout of pricing"
        return text.replace(one, "\0").replace(other, one).replace("\0", other)

    told = [t for t in wrong(written, "guide.rst", swapped, tmp_path) if "is under" in t]
    assert told
    for finding in told:
        under = re.search(r"is under '(.*?)', but .* puts it under '(.*?)'", finding)
        assert under and under[1] != under[2]


STREAM = """\
format: 1
name: Songs
hosts: {node: {count: 2, address: 192.0.2.11}}
components: {door: {front: true, balancing: {address: songs.example.org}}}
services:
  player: {replicas: 2, runs_on: [node], listen: {port: 8080}, connections: [from: door]}
  ledger:
    replicas: 2
    listen: {port: 7000, front_port: 7443, protocol: grpc}
    connections: [from: door]
"""


@pytest.mark.parametrize("edit", ["192.0.2.11:8080 down", "192.0.2.11:8080 backup"])
@pytest.mark.parametrize("kind", ["haproxy.cfg", "nginx.conf"])
def test_a_server_that_the_topology_states_is_shown(tmp_path: Path, kind: str, edit: str) -> None:
    source = tmp_path / "songs.yaml"
    source.write_text(STREAM, "utf-8")
    songs = load(source)
    path = tmp_path / f"door.{kind}"
    made = renderer.render(songs)[path.name]
    path.write_text(made.replace("192.0.2.11:8080", edit), "utf-8")
    (finding,) = verify(songs, [path]).diagnostics  # not that the ledger is in another file
    assert finding.code == "fact-differs"
    assert edit in finding.message
    assert finding.message.count("192.0.2.11:8080") == 2


DRAWN = [name for name in formats.names() if formats.get(name).KIND is not formats.FormatKind.TEXT]


@pytest.mark.parametrize("theme", themes.names())
@pytest.mark.parametrize("format", DRAWN)
def test_another_theme_contradicts_nothing(
    written: tuple[Topology, Path], format: str, theme: str, tmp_path: Path
) -> None:
    fleet, _ = written
    view = diagram.view(fleet, "booking")
    look = formats.Look(theme=themes.load(theme))
    (path,) = exporting.export(fleet, [format], tmp_path, views=[view], look=look)
    assert verify(fleet, [path]).proved == 1


def test_other_colours_contradict_nothing(written: tuple[Topology, Path], tmp_path: Path) -> None:
    def other(text: str) -> str:
        return re.sub("#[0-9a-f]{6}\\b", "#123456", text)

    assert not wrong(written, "booking.svg", other, tmp_path)
    assert not wrong(written, "booking.drawio", other, tmp_path)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("It is *ever* so `_it_` seems.", "It is _ever_ so `_it_` seems.", True),
        ("It is **ever** so.", "It is __ever__ so.", True),
        ("It is `*ever*` so.", "It is `_ever_` so.", False),
        ("It is snake_case_names.", "It is snake*case*names.", False),
        ("It is *ever* so.", "It is ever so.", False),
    ],
)
def test_emphasis_in_markdown(one: str, other: str, is_same: bool) -> None:
    forms = [form_of(File("a.md", text.encode())) for text in (one, other)]
    assert forms[0] and forms[1]
    assert (compare(*forms) is None) == is_same


def test_config_with_values_that_nobody_gives_is_not_proved(tmp_path: Path) -> None:
    source = tmp_path / "fleet.yaml"
    text = FLEET.replace("fleet.example.org", "<fleet address>")
    source.write_text(f"{text}placeholders: {{fleet address: {{description: The fleet.}}}}\n")
    fleet = load(source)
    values = {"fleet address": "rides.by-the-fleet.example"}  # breaks only the longer comment
    made = renderer.render(fleet, values=values)
    for name in ("door.haproxy.cfg", "door.apache.conf", "door.nginx.conf"):
        (tmp_path / name).write_text(made[name])
        found = verify(fleet, [tmp_path / name]).diagnostics
        assert {finding.code for finding in found} == {"not-proved"}
        (tmp_path / name).write_text(made[name].replace("8443", "8444"))
        assert {f.code for f in verify(fleet, [tmp_path / name]).diagnostics} != {"not-proved"}


MESSAGES: list[tuple[str, Edit, str]] = [
    ("booking.mmd", lambda text: text.replace("Ledger", "L\u0435dger"), "(it has U+0435)"),
    ("booking.svg", lambda text: text.replace(">Ledger", ">L\u0435dger"), "(it has U+0435)"),
    ("guide.md", lambda text: text.replace("pool_size =", "pool_size\u00a0="), "U+00A0"),
    ("guide.rst", lambda text: text.replace(".. warning::", ".. note::"), "'.. note::', but"),
    ("flows.csv", lambda text: text.replace("8443", "8444"), "8444"),
    ("door.nginx.conf", lambda text: f"{text}# mine\n", "'# mine'"),
    (
        "door.nginx.conf",
        lambda text: text.replace(";\n    server", "; server"),
        "more than one statement on a line",
    ),
]


@pytest.mark.parametrize(("name", "edit", "told"), MESSAGES)
def test_a_message_tells_what_cannot_be_seen(
    written: tuple[Topology, Path], name: str, edit: Edit, told: str, tmp_path: Path
) -> None:
    found = verified(written, name, lambda content: edit(content.decode()).encode(), tmp_path)
    assert told in " ".join(map(str, found.diagnostics))
    assert all(one.place.line > 1 for one in found.diagnostics)


@pytest.mark.parametrize(
    ("name", "content"), [("booking.d2", b"a" + b".a" * 3000), ("door.apache.conf", b"\\\n" * 9)]
)
def test_what_nobody_writes_is_a_finding(
    written: tuple[Topology, Path], name: str, content: bytes, tmp_path: Path
) -> None:
    assert verified(written, name, lambda _: content, tmp_path).diagnostics


@pytest.mark.parametrize(
    ("name", "edit"),
    [
        ("door.haproxy.cfg", r"( +server booking-2 .*\n)( +server booking-3 .*\n)"),
        ("door.haproxy.cfg", r"( +http-request del-h.* \^.*\n)( +http-request set-h.*\n)"),
        (
            "door.apache.conf",
            r"( +RequestHeader unset X-Forwarded-Proto\n)((?:.*\n)*? +RequestHeader set .*\n)",
        ),
    ],
)
def test_an_order_of_lines_that_says_something(tmp_path: Path, name: str, edit: str) -> None:
    (tmp_path / "fleet.yaml").write_text(
        FLEET.replace(
            "    replicas: 2\n", "    replicas: 3\n    cluster: {mode: active-passive}\n", 1
        )
        .replace("store: {", "store: {relies_on: forwarded, ")
        .replace("    runs_on: [node]\n", "", 1)
    )
    fleet = load(tmp_path / "fleet.yaml")
    text = renderer.render(fleet)[name]
    path = tmp_path / name
    path.write_text(text)
    assert verify(fleet, [path]).proved == 1
    changed = re.sub(edit, r"\2\1", text, count=1)
    assert changed != text
    path.write_text(changed)
    wrong = verify(fleet, [path]).diagnostics
    assert any("its order leads" in one.message for one in wrong)


@pytest.mark.parametrize(
    ("name", "edit"),
    [
        ("booking.conf", lambda text: text.replace("title = Pool of trips\n", "")),
        ("booking.conf", lambda text: text.replace("# in_memory = yes\n", "")),
        ("door.haproxy.cfg", lambda text: re.sub(r"(?m)\A((?:.*\n)*) +#.*\n", r"\1", text)),
        ("hosts.json", lambda text: text.replace('"title": "', '"title": "Old ')),
        ("hosts.json", lambda text: text.replace('"title": ', '"title" ')),
    ],
)
def test_a_finding_has_a_place_where_one_is_known(
    written: tuple[Topology, Path], name: str, edit: Edit, tmp_path: Path
) -> None:
    found = verified(written, name, lambda content: edit(content.decode()).encode(), tmp_path)
    assert found.diagnostics
    assert all(finding.place.line > 1 for finding in found.diagnostics)


@pytest.mark.parametrize("format", ["dot", "d2", "plantuml"])
def test_labels_of_boxes_with_the_same_lines_that_changed_places(
    tmp_path: Path, format: str
) -> None:
    (tmp_path / "shop.yaml").write_text(
        """\
format: 1
name: Shop
components:
  bank: {label: Card Bank, shape: cloud}
  lock: {label: Seat Lock, cluster: {members: 3}}
services:
  web: {connections: [{to: bank}, {to: lock}]}
"""
    )
    shop = load(tmp_path / "shop.yaml")
    (path,) = exporting.export(shop, [format], tmp_path / "out", views=[diagram.view(shop, "web")])
    path.write_text(_exchanged('"Seat Lock"', '"Card Bank"')(path.read_text("utf-8")), "utf-8")
    wrong = [one.message for one in verify(shop, [path]).diagnostics if one.code == "fact-differs"]
    assert any("it draws" in message and "Seat Lock" in message for message in wrong)
