"""What nobody may see: what people put in place of placeholders, in whatever file and way."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from diagtool.checks.verify import verify
from diagtool.cli import main
from diagtool.guide import renderer
from diagtool.guide.markdown import DIALECTS
from diagtool.loading.loader import load
from diagtool.model import Severity, Topology
from diagtool.model.diagnostic_report import FORMS

MARK = "hunter2"

FLEET = """\
format: 1
name: Fleet
components:
  ledger: {name: ledger, label: Ledger, shape: database}
services:
  booking:
    server: Booking Server
    description: Books trips.
    connections:
      - to: ledger
    snippets:
      store:
        options:
          storage:
            url: postgresql://<ledger user>:<ledger password>@<ledger host>:5433/trips
            key: <ledger password>
            pool_size: 7
    notes:
      - snippet: store
placeholders:
  ledger user: {description: The user of the ledger., example: fleet}
  ledger password: {description: The password of that user., example: secret}
  ledger host: {description: The host name of the ledger., example: ledger.internal}
"""

URL = "postgresql://<ledger user>:<ledger password>@<ledger host>:5433/trips"
FULL = f"postgresql://fleet:{MARK}@db.example.org:5433/trips"
PARTLY = f"postgresql://<ledger user>:{MARK}@<ledger host>:5433/trips"

SHAPES: dict[str, Callable[[str], str]] = {
    "fully filled": lambda text: text.replace(URL, FULL),
    "partly filled": lambda text: text.replace(URL, PARTLY),
    "only the host": lambda text: text.replace("<ledger host>", f"{MARK}.example.org"),
    "only the user": lambda text: text.replace("<ledger user>", MARK),
    "key": lambda text: text.replace("key = <ledger password>", f"key = {MARK}"),
    "signs kept": lambda text: text.replace("= <ledger password>", f"= <{MARK}>"),
    "signs kept in the URL": lambda text: text.replace(":<ledger password>", f":<{MARK}>"),
    "another scheme": lambda text: text.replace(URL, FULL.replace("postgresql", "mysql")),
    "another port": lambda text: text.replace(URL, PARTLY.replace("5433", "5432")),
    "no URL": lambda text: text.replace(URL, MARK),
    "misspelt": lambda text: text.replace(f"url = {URL}", f"urls = {FULL}"),
    "another name": lambda text: text.replace(f"url = {URL}", f"connection = {FULL}"),
    "another section": lambda text: text.replace("[storage]", "[other]").replace(URL, PARTLY),
    "commented out": lambda text: text.replace(f"url = {URL}", f"# url = {PARTLY}"),
    "a colon": lambda text: text.replace(f"url = {URL}", f"url: {PARTLY}"),
    "no blanks": lambda text: text.replace(f"url = {URL}", f"url={FULL}"),
    "twice": lambda text: text.replace(URL, f"{URL}\nurl = {PARTLY}"),
    "on the next line": lambda text: text.replace(f"= {URL}", f"=\n        {PARTLY}"),
    "with a comment": lambda text: text.replace(URL, f"{FULL} ; {MARK}"),
}


def topology(folder: Path) -> tuple[Path, Topology]:
    path = folder / "fleet.yaml"
    path.write_text(FLEET)
    return path, load(path)


def on_a_page(config: str) -> str:
    rows = "\n".join(f"<span>{html.escape(line)}</span>" for line in config.splitlines())
    return f"<html><body><section><h1>booking</h1><pre>{rows}</pre></section></body></html>"


def files(fleet: Topology, edit: Callable[[str], str]) -> dict[str, str]:
    """What is written of a topology, with what people make of it in each format."""
    markdown = renderer.render(fleet, dialect=DIALECTS["markdown"]())["guide.md"]
    made = renderer.render(fleet)
    config = edit(made["booking.conf"])
    indented = edit(made["guide.rst"].replace(URL, f"{URL}\n      pool = 1"))
    return {
        "booking.conf": config,
        "other.ini": config,
        "guide.rst": edit(made["guide.rst"]),
        "own.rst": f"booking\n=======\n\n::\n\n{edit(indented)}",
        "guide.md": edit(markdown),
        "page.html": on_a_page(config),
        "one-line.html": on_a_page(config).replace("\n", "<br/>"),
    }


@pytest.mark.parametrize("shape", SHAPES)
def test_no_message_shows_what_is_filled_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], shape: str
) -> None:
    path, fleet = topology(tmp_path)
    out = tmp_path / "out"
    out.mkdir()

    def edit(text: str) -> str:
        return SHAPES[shape](text).replace("pool_size = 7", "pool_size = 70")

    for name, text in files(fleet, edit).items():
        (out / name).write_text(text)
        assert MARK in text, name
    result = verify(fleet, sorted(out.iterdir()))
    assert result.files == len(list(out.iterdir())) and result.proved == 0
    for form in FORMS.values():
        assert MARK not in form(result.diagnostics)
    main(["lint", "-t", str(path), str(out)])
    assert MARK not in "".join(capsys.readouterr())
    main(["render", "-t", str(path), "-o", str(out), "--check"])
    told = "".join(capsys.readouterr())
    assert "pool_size = 70" in told
    assert MARK not in told


AGREEING = (
    "fully filled",
    "partly filled",
    "only the host",
    "only the user",
    "key",
)
DIFFERING = ("signs kept in the URL", "another scheme", "another port", "no URL", "another section")


@pytest.mark.parametrize("shape", [*AGREEING, *DIFFERING])
def test_what_is_filled_in_by_hand_contradicts_nothing(tmp_path: Path, shape: str) -> None:
    fleet = topology(tmp_path)[1]
    made = {**renderer.render(fleet)}
    made["guide.md"] = renderer.render(fleet, dialect=DIALECTS["markdown"]())["guide.md"]
    for name in ("booking.conf", "guide.rst", "guide.md"):
        path = tmp_path / name
        path.write_text(SHAPES[shape](made[name]))
        result = verify(fleet, [path])
        wrong = [d for d in result.diagnostics if d.severity is Severity.ERROR]
        assert result.proved == 0
        assert bool(wrong) is (shape in DIFFERING), (name, result.diagnostics)


def test_swapped_placeholders_contradict(tmp_path: Path) -> None:
    fleet = topology(tmp_path)[1]
    path = tmp_path / "booking.conf"
    swapped = URL.replace("<ledger user>:<ledger password>", "<ledger password>:<ledger user>")
    for url in (swapped, URL.replace("<ledger host>", "<ledger>"), swapped.replace("host", "h")):
        path.write_text(renderer.render(fleet)["booking.conf"].replace(URL, url))
        codes = {d.code for d in verify(fleet, [path]).diagnostics}
        assert codes == {"fact-differs"}


def test_an_example_beside_what_it_is_of_contradicts_nothing(tmp_path: Path) -> None:
    fleet = topology(tmp_path)[1]
    path = tmp_path / "guide.rst"
    page = renderer.render(fleet)["guide.rst"]
    heading = "booking\n-------\n"
    assert page.count(heading) == 1
    for url, codes in ((FULL, {"not-proved"}), (FULL.replace("5433", "5432"), {"fact-differs"})):
        own = f"{heading}\n::\n\n  [storage]\n  url = {url}\n"
        path.write_text(page.replace(heading, own))
        assert {d.code for d in verify(fleet, [path]).diagnostics} == codes


TLS = """\
format: 1
name: Fleet
components:
  door: {front: true, balancing: {tls: true, address: fleet.example.org}}
services:
  booking: {replicas: 2, listen: {port: 8443}, connections: [{from: door}]}
"""


@pytest.mark.parametrize(
    ("name", "line", "written"),
    [
        ("haproxy.cfg", ":443 ssl crt <certificate>", f":443 crt /{MARK} ssl"),
        ("haproxy.cfg", ":443 ssl crt <certificate>", f":443 crt '/{MARK}' ssl alpn h2"),
        ("haproxy.cfg", ":443 ssl crt <certificate>", f":8443 ssl crt /{MARK}"),
        ("nginx.conf", "ssl_certificate <certificate>;", f"ssl_certificat /{MARK};"),
        ("apache.conf", "SSLCertificateFile <certificate>", f"SSLCertificatFile '/{MARK}'"),
        ("nginx.conf", "ssl_certificate <certificate>;", f'ssl_certificate "/{MARK}";'),
        ("apache.conf", "SSLCertificateFile <certificate>", f"sslcertificatefile /{MARK}"),
    ],
)
def test_what_is_filled_in_is_not_shown_however_it_is_written(
    tmp_path: Path, name: str, line: str, written: str
) -> None:
    (tmp_path / "fleet.yaml").write_text(TLS)
    loaded = load(tmp_path / "fleet.yaml")
    config = tmp_path / f"door.{name}"
    text = renderer.config_and_tables(loaded)[config.name]
    assert line in text
    config.write_text(text.replace(line, written))
    result = verify(loaded, [config])
    assert result.diagnostics
    assert not [one for one in result.diagnostics if MARK in f"{one} {one.source}"]


def test_what_an_option_is_for_is_shown(tmp_path: Path) -> None:
    options = {
        "url": {"help": "Where trips are kept.", "type": "string", "secret": True},
        "key": {"help": "What signs them.", "type": "string", "secret": True},
        "pool_size": {"help": "How many are open.", "type": "integer"},
    }
    catalogue = {"format": 1, "product": "Fleet", "release": "1", "groups": {"storage": options}}
    (tmp_path / "options.json").write_text(json.dumps(catalogue))
    fleet = tmp_path / "fleet.yaml"
    fleet.write_text(FLEET.replace("components:", "catalogues: [options.json]\ncomponents:"))
    text = renderer.render(load(fleet))["booking.conf"]
    help = "# key: What signs them.\n"
    assert help in text
    config = tmp_path / "booking.conf"
    config.write_text(text.replace(help, "") + help)
    (finding,) = verify(load(fleet), [config]).diagnostics
    assert "What signs them." in finding.message
