"""``diagtool serve``: a page that follows the topology, and that answers nobody else."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest
from chromium import Browser, Page

from diagtool.cli.main import main
from diagtool.serving import preview
from diagtool.serving.preview import Preview

ROOT = Path(__file__).parents[1]
SHOP = """\
format: 1
name: Shop
components:
  queue:
    label: Queue
services:
  web:
    connections:
      - to: queue
  cron:
    connections:
      - from: queue
"""


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[int]:
    """The command at work in a folder: gives its port."""
    command = [sys.executable, "-m", "diagtool", "serve", "--port", "0", *arguments]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        match = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\n", process.stdout.readline())
        assert match
        yield int(match[1])
    finally:
        process.terminate()
        assert process.wait(10) == 0


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "topology").mkdir()
    (tmp_path / "topology/shop.yaml").write_text(SHOP)
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path


@pytest.fixture
def port(project: Path) -> Iterator[int]:
    with serving(project) as port:
        yield port


def ask(port: int, path: str, method: str = "GET", **headers: str) -> tuple[int, str]:
    """The status and body of an answer; ``Host`` is right where it is not given."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.putrequest(method, path, skip_host=True)
    for name, value in {"Host": f"127.0.0.1:{port}", **given}.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    text = answer.read().decode() if "event-stream" not in answer.headers["Content-Type"] else ""
    connection.close()
    return answer.status, text


def state(port: int) -> dict[str, object]:
    """The first event that a page is sent."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/events")
    answer = connection.getresponse()
    assert answer.headers["Content-Type"] == "text/event-stream"
    found: dict[str, object] = json.loads(answer.readline().decode().removeprefix("data: "))
    connection.close()
    return found


def test_it_shows_views_pictures_and_facts(port: int) -> None:
    time.sleep(0.5)
    found = state(port)
    assert found["title"] == "Shop"
    assert found["findings"] == []
    assert found["views"] == [{"name": n, "title": n} for n in ("web", "cron", "overview")]
    status, text = ask(port, "/views/overview")
    assert status == 200
    assert '<a href="#overview/queue"' in json.loads(text)["svg"]
    part = json.loads(ask(port, "/parts/web")[1])
    assert {"text": "web needs queue", "place": "topology/shop.yaml:9:13"} in part["facts"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1"},
        {"Host": "127.0.0.1:1"},
        {"Host": ""},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["/", "/events", "/views/overview", "/nothing"])
def test_nobody_else_is_answered(path: str, headers: dict[str, str], port: int) -> None:
    assert ask(port, path, **headers)[0] == 403


def test_its_own_page_is_answered(port: int) -> None:
    for host in (f"127.0.0.1:{port}", f"localhost:{port}"):
        own = {"Host": host, "Origin": f"http://{host}", "Sec_Fetch_Site": "same-origin"}
        assert ask(port, "/", **own)[0] == 200
    assert ask(port, "/", "HEAD") == (200, "")
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE"):
        assert ask(port, "/", method)[0] == 501


PATHS = [
    "/secret.txt",
    "/../secret.txt",
    "/..%2fsecret.txt",
    "/views/..%2f..%2fsecret.txt",
    "/views/",
    "/parts/%00",
    "/parts/<script>",
    "//evil.example/",
    "/page.html",
    "/docs/",
    "/docs/..%2f..%2f..%2fsecret.txt",
    "/%ff",
]


@pytest.mark.parametrize("path", PATHS)
def test_no_path_leads_to_anything_else(path: str, port: int) -> None:
    status, text = ask(port, path)
    assert (status, text) == (404, "there is no such page\n")


def test_a_port_that_is_taken(
    port: int, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project)
    assert main(["serve", "--port", str(port)]) == 1
    assert f"cannot listen at port {port}" in capsys.readouterr().err


def test_it_leaves_nothing_behind_when_it_is_stopped(
    project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setenv("TMPDIR", str(folder))
    with serving(project):
        assert list(folder.iterdir())
    assert not list(folder.iterdir())


@pytest.mark.parametrize(
    "arguments", [["--docs", "none"], ["--docs", "topology"], ["--port", "70000"]]
)
def test_what_cannot_be_served(
    arguments: list[str],
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(project)
    try:
        assert main(["serve", *arguments]) == 2
    except SystemExit as error:
        assert error.code == 2
    assert capsys.readouterr().err


def test_a_large_picture_shows_at_once_and_then_in_its_best_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is shown in the end is what an export would draw."""
    monkeypatch.setattr(preview, "PATIENCE", 0)  # no machine is too fast
    services = "".join(
        f"  s{n}:\n    connections:\n      - to: c{n % 12}\n      - from: c{(7 * n + 3) % 12}\n"
        for n in range(100)
    )
    components = "".join(f"  c{n}:\n" for n in range(12))
    text = f"format: 1\nname: Large\ncomponents:\n{components}services:\n{services}"
    path = tmp_path / "large.yaml"
    path.write_text(text)
    improved = Event()
    bench = Preview(lambda: path, improved.set)
    bench.reload()
    first = bench.view("overview")
    path.write_text(
        text.replace("  s0:\n    connections:\n", "  s0:\n    connections:\n      - to: c9\n")
    )
    bench.reload()
    draft = bench.view("overview")
    assert draft and first and draft["svg"] != first["svg"]
    assert bench._improving, "nobody waits for the best order"
    for _ in range(600):
        if not bench._improving:
            break
        time.sleep(0.05)
    fresh = Preview(lambda: path)
    fresh.reload()
    assert bench.view("overview") == fresh.view("overview")
    assert improved.is_set() == (bench.view("overview") != draft)


# --- in a browser ---------------------------------------------------------------------


@pytest.fixture
def page(chromium: Browser, port: int) -> Iterator[Page]:
    chromium.events.clear()
    page = chromium.page()
    page.size(1400, 900)
    page.go(f"http://127.0.0.1:{port}/")
    page.wait("document.querySelector('#picture svg')")
    yield page
    page.close()


def shows(text: str, part: str = "#picture") -> str:
    return f"document.querySelector('{part}').textContent.includes({json.dumps(text)})"


@pytest.mark.slow
def test_edit_break_mend_rename_delete(
    project: Path, page: Page, chromium: Browser, port: int
) -> None:
    shop = project / "topology/shop.yaml"
    other = chromium.page()
    other.go(f"http://localhost:{port}/#web")
    other.wait(shows("Layout of web", "#view"))

    shop.write_text(SHOP.replace("label: Queue", "label: Broker"))
    page.wait(shows("Broker"))
    other.wait(shows("Broker"))

    shop.write_text(SHOP.replace("to: queue", "to: qeue"))
    page.wait(shows("1 error: the last good picture is shown", "#status"))
    found = (
        "there is no component or service 'qeue' (did you mean 'queue'?) topology/shop.yaml:9:13"
    )
    page.wait(shows(found, "#findings"))
    assert page.run(shows("Broker")), "the last good picture"
    assert page.run("document.querySelector('#findings mark').textContent") == "qeue"

    shop.write_text(SHOP + "  mail:\n    connections:\n      - to: queue\n")
    page.wait(shows("No mistake found", "#status"))
    page.wait(shows("mail"))
    page.wait(shows("mail", "#views"))

    shop.rename(project / "topology/store.yaml")
    page.wait(shows("topology/store.yaml", "#path"))
    assert page.run(shows("No mistake found", "#status"))

    (project / "topology/store.yaml").unlink()
    page.wait("document.querySelector('#status').classList.contains('error')")
    assert page.run(shows("there is no topology in topology/", "#status"))
    assert page.run(shows("mail"))

    shop.write_text(SHOP.replace("  cron:", "  clock:"))
    page.wait(shows("clock"))
    other.wait(shows("clock", "#views"))
    assert not page.run(shows("mail", "#views"))
    assert chromium.complaints() == []
    assert {re.sub(r":\d+/.*", "", url) for url in chromium.asked()} == {
        "http://127.0.0.1",
        "http://localhost",
    }
    other.close()


@pytest.mark.slow
def test_facts_of_what_is_chosen_with_the_keyboard(
    project: Path, page: Page, chromium: Browser
) -> None:
    page.run("document.querySelector('#picture a[href=\"#overview/web\"]').focus()")
    page.press("Enter", 13)
    page.wait(shows("web needs queue", "#facts"))
    assert page.run("document.querySelector('#about').textContent") == "web"
    assert page.run("document.querySelector('.chosen title').textContent") == "web"
    edited = SHOP.replace("  web:\n", "  web:\n    replicas: 2\n")
    (project / "topology/shop.yaml").write_text(edited)
    page.wait(shows("web has 2 servers", "#facts"))
    assert page.run("document.activeElement.getAttribute('href')") == "#overview/web"
    page.go(page.run("location.href").replace("overview/web", "gone/gone"))
    page.wait("location.hash === '#overview'")
    assert chromium.complaints() == []


@pytest.mark.slow
def test_a_wide_overview_fits_a_small_window(project: Path, page: Page) -> None:
    (project / "topology/shop.yaml").unlink()
    shutil.copytree(ROOT / "topology/options", project / "topology/options")
    shutil.copy(ROOT / "topology/designate.yaml", project / "topology")
    page.wait(shows("designate-worker"))
    page.size(1200, 800)
    picture = "document.querySelector('#picture')"
    assert page.run(f"{picture}.querySelector('svg').clientWidth") > 800, "it is not made smaller"
    assert page.run(f"{picture}.scrollWidth <= {picture}.clientWidth")


@pytest.mark.slow
def test_what_a_topology_says_does_nothing(project: Path, page: Page, chromium: Browser) -> None:
    evil = "<img src=x onerror=document.title=1><script>document.title=1</script>"
    text = SHOP.replace("label: Queue", f"label: {json.dumps(evil)}").replace(
        "name: Shop", f"name: {json.dumps(evil)}"
    )
    (project / "topology/shop.yaml").write_text(text)
    page.wait(shows("onerror", "#title"))
    page.wait(shows("onerror"))
    (project / "topology/shop.yaml").write_text(text.replace("to: queue", json.dumps(evil)))
    page.wait(shows("onerror", "#findings"))
    assert page.run("document.title") != "1"
    assert page.run("document.querySelectorAll('img, body script').length") == 0
    assert chromium.complaints() == []


@pytest.mark.slow
def test_a_foreign_page_learns_nothing(project: Path, page: Page, port: int) -> None:
    class Foreign(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            own = f"http://127.0.0.1:{port}"
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(
                f"<script src='{own}/page.js' onload='loaded=1'></script>"
                f"<iframe src='{own}/' name='framed'></iframe><script>let got = [];"
                f"const tries = [fetch('{own}/views/overview').then((a) => a.text()),"
                f"fetch('{own}/views/overview', {{mode: 'no-cors'}}).then((a) => a.text()),"
                f"new Promise((done, fail) => {{ const e = new EventSource('{own}/events');"
                " e.onmessage = (m) => done(m.data); e.onerror = fail; })];"
                "Promise.allSettled(tries).then((all) => { got = all; });</script>".encode()
            )

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Foreign) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        page.go(f"http://localhost:{server.server_address[1]}/")
        page.wait("got.length === 3")
        assert "queue" not in page.run("JSON.stringify(got.map((g) => g.value || ''))")
        assert page.run("typeof loaded") == "undefined"
        server.shutdown()


def test_a_save_redraws_only_what_it_changed(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How fast that is, ``tox -e bench`` measures."""
    path = project / "topology/shop.yaml"
    bench = Preview(lambda: path)
    bench.reload()
    drawn: list[str] = []
    draw = preview._picture
    monkeypatch.setattr(
        preview, "_picture", lambda *given: drawn.append(given[1].name) or draw(*given)
    )
    names = ("web", "cron", "overview")
    before = {name: bench.view(name) for name in names}
    path.write_text(SHOP.replace("  cron:\n", "  cron:\n    server: Clock\n"))
    bench.reload()
    drawn.clear()
    after = {name: bench.view(name) for name in names}
    assert drawn == ["cron"]
    assert [name for name in names if before[name] != after[name]] == ["cron"]


@pytest.mark.slow
def test_pages_are_built_again(project: Path, chromium: Browser) -> None:
    docs = project / "docs"
    docs.mkdir()
    (docs / "conf.py").write_text(
        'project = "Shop"\nextensions = ["diagtool.sphinxext"]\n'
        'topo_topologies = {"shop": "../topology/shop.yaml"}\n'
    )
    (docs / "index.rst").write_text("Shop\n====\n\nFirst words.\n\n.. topo:guide::\n")
    inside = "document.querySelector('iframe').contentDocument?.body?.textContent"
    with serving(project, "--docs", "docs") as port:
        page = chromium.page()
        page.go(f"http://127.0.0.1:{port}/#/docs")
        page.wait(f"({inside} || '').includes('First words')", 60)
        page.wait(f"{inside}.includes('web')")
        (docs / "index.rst").write_text("Shop\n====\n\nOther words.\n\n.. topo:guide::\n")
        page.wait(f"({inside} || '').includes('Other words')", 60)
        (project / "topology/shop.yaml").write_text(SHOP.replace("web", "store"))
        page.wait(f"({inside} || '').includes('store')", 60)
        (docs / "index.rst").write_text("Shop\n====\n\n:nothing:`x`\n")
        page.wait(shows("nothing", "#said"), 60)
        for path in PATHS:
            if path != "/docs/":
                assert ask(port, path)[0] == 404
        assert ask(port, "/docs/")[0] == 200
        page.close()
