"""Pictures on pages are enlarged, moved, searched and saved, in a real browser."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from chromium import Browser, Page
from sphinx.cmd.build import build_main

from diagtool import load
from diagtool.checks.verify import verify

pytestmark = pytest.mark.slow

TOPOLOGY = """\
format: 1
name: Shop
components:
  queue:
  disk:
services:
  web:
    connections:
      - to: queue
      - to: disk
"""
PAGE = """\
Shop
====

.. topo:guide::

.. blockdiag::
   :caption: By hand

   blockdiag { a -> b -> c -> d -> e -> f; }
"""
POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self'"


class Handler(SimpleHTTPRequestHandler):
    """Serves a site as one would that lets no inline script run."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("zoom")
    (folder / "shop.yaml").write_text(TOPOLOGY)
    (folder / "index.rst").write_text(PAGE)
    (folder / "words.rst").write_text(":orphan:\n\nWords\n=====\n\nNo picture.\n")
    (folder / "conf.py").write_text(
        'project = "Shop"\nextensions = ["diagtool.sphinxext"]\nhtml_theme = "basic"\n'
        'topo_topologies = {"shop": "shop.yaml"}\n'
    )
    assert build_main(["-q", "-W", str(folder), str(folder / "site")]) == 0
    return folder


@pytest.fixture(scope="module")
def url(built: Path) -> Iterator[str]:
    handler = partial(Handler, directory=str(built / "site"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


@pytest.fixture
def page(chromium: Browser, url: str) -> Iterator[Page]:
    chromium.events.clear()
    page = chromium.page()
    page.size(1200, 800)
    page.go(url)
    page.wait("document.querySelector('.topo-enlarge')")
    yield page
    theirs = ("Executing inline script", "favicon.ico")  # the theme's own, which may not run
    assert [c for c in chromium.complaints() if not any(map(c.__contains__, theirs))] == []
    assert {re.sub("[^/]*$", "", address) for address in chromium.asked()} <= {
        url,
        f"{url}_static/",
        f"{url}_downloads/",
    }


def enlarge(page: Page, number: int = 0) -> None:
    page.run(f"document.querySelectorAll('.topo-enlarge')[{number}].focus()")
    page.press("Enter", 13)
    page.wait("document.querySelector('dialog[open] svg')")


def place(page: Page) -> tuple[float, float, float]:
    """Where the picture stands in the dialog, and how large it is."""
    script = "(() => { const b = document.querySelector('dialog[open] svg').getBoundingClientRect()"
    x, y, width = page.run(f"{script}; return [b.x, b.y, b.width]; }})()")
    return x, y, width


def test_the_keyboard_opens_moves_and_closes(page: Page) -> None:
    before = page.run("document.querySelector('figure').outerHTML")
    enlarge(page)
    shown = "document.querySelector('dialog[open]').getBoundingClientRect().right"
    assert page.run(f"{shown} <= document.documentElement.clientWidth")  # beside the scroll bar
    x, y, width = place(page)
    for key, moved in (("ArrowRight", (-50, 0)), ("ArrowUp", (0, 50))):
        page.press(key)
        left, top, _ = place(page)
        assert (round(left - x), round(top - y)) == moved
        x, y = left, top
    page.press("+")
    assert place(page)[2] == pytest.approx(1.25 * width, rel=0.01)
    page.press("-")
    page.press("-")
    assert place(page)[2] == pytest.approx(width / 1.25, rel=0.01)
    page.press("0")
    assert place(page)[2] == pytest.approx(width, rel=0.01)
    page.press("Escape", 27)
    # The browser gives the focus back before the picture is told of the end.
    page.wait("document.querySelector('figure').querySelector('.topo-drawing') !== null")
    page.wait("document.activeElement.className === 'topo-enlarge'")
    after = page.run("document.querySelector('figure').outerHTML")
    assert re.sub(' style="[^"]*"', "", after) == re.sub(' style="[^"]*"', "", before)


def test_the_wheel_keeps_what_is_under_the_pointer(page: Page) -> None:
    enlarge(page)
    x, y, width = place(page)
    page.mouse("mouseWheel", x, y, deltaX=0, deltaY=-400)
    page.wait(f"document.querySelector('dialog[open] svg').getBoundingClientRect().width > {width}")
    left, top, _ = place(page)
    assert (left, top) == pytest.approx((x, y), abs=2)


def test_a_pointer_moves_it_and_follows_no_link(page: Page) -> None:
    enlarge(page)
    x, y, _ = place(page)
    box = page.run(
        "(() => { const b = document.querySelector('dialog[open] .topo-node a')"
        ".getBoundingClientRect(); return [b.x + 10, b.y + 10]; })()"
    )
    page.mouse("mousePressed", *box, button="left", clickCount=1)
    for step in (10, 20, 40):
        page.mouse("mouseMoved", box[0] + step, box[1], button="left")
    page.mouse("mouseReleased", box[0] + 40, box[1], button="left", clickCount=1)
    assert place(page)[:2] == pytest.approx((x + 40, y), abs=1)
    assert page.run("location.hash") == ""


def test_two_fingers_pinch_it(page: Page) -> None:
    enlarge(page)
    _, _, width = place(page)

    def touch(kind: str, *across: int) -> None:
        points = [{"x": x, "y": 400, "id": number} for number, x in enumerate(across)]
        page.call("Input.dispatchTouchEvent", type=kind, touchPoints=points)

    touch("touchStart", 500, 600)
    touch("touchMove", 450, 650)
    touch("touchEnd")
    assert place(page)[2] == pytest.approx(2 * width, rel=0.05)


def test_search_lights_up_parts(page: Page) -> None:
    enlarge(page)
    page.run("document.querySelector('dialog input').focus()")
    page.call("Input.insertText", text="queue")
    page.wait("document.querySelector('dialog output').textContent === '4 found'")
    found = "[...document.querySelectorAll('.topo-found > title')].map((t) => t.textContent)"
    assert sorted(page.run(found)) == ["queue", *(f"web Server {n} → queue" for n in (1, 2, 3))]
    page.press("Enter", 13)
    page.wait("document.querySelector('dialog output').textContent.startsWith('1 of 4: ')")
    page.press("Escape", 27)  # empties the search
    page.press("Escape", 27)
    page.wait("document.activeElement.className === 'topo-enlarge'")
    assert page.run("document.querySelectorAll('.topo-found, .topo-searched').length") == 0


def test_it_is_saved_as_the_site_offers_it(page: Page, built: Path) -> None:
    enlarge(page)
    address = page.run("document.querySelector('dialog a[download]').href")
    path = built / "site" / re.sub("^http://[^/]*/", "", address)
    assert verify(load(built / "shop.yaml"), [path]).proved == 1


def test_dark_readers_see_a_dark_dialog(page: Page) -> None:
    page.run("document.documentElement.dataset.theme = 'dark'")
    enlarge(page)
    ground = page.run("getComputedStyle(document.querySelector('dialog')).backgroundColor")
    assert max(map(int, re.findall(r"\d+", ground))) < 60


def test_a_wide_picture_shrinks_then_scrolls_and_shows_it(page: Page) -> None:
    box = "[...document.querySelectorAll('.topo-scroll')].at(-1)"
    page.size(400, 800)
    page.wait(f"{box}.dataset.more === 'right'")
    text = page.run(
        f"(() => {{ const s = {box}.querySelector('svg'), b = s.getBoundingClientRect();"
        " return 13 * b.width / s.viewBox.baseVal.width; })()"
    )
    assert 8.9 <= text <= 9.1
    assert "gradient" in page.run(f"getComputedStyle({box}).maskImage")
    page.run(f"{box}.scrollLeft = 1e6")
    page.wait(f"{box}.dataset.more === 'left'")
    page.size(3000, 800)
    page.wait(f"{box}.dataset.more === ''")


def test_nothing_is_lost_without_a_script(chromium: Browser, url: str) -> None:
    page = chromium.page()
    page.call("Emulation.setScriptExecutionDisabled", value=True)
    page.go(url)
    time.sleep(1)
    page.call("Emulation.setScriptExecutionDisabled", value=False)
    assert page.run("document.querySelectorAll('.topo-enlarge').length") == 0
    assert page.run("document.querySelectorAll('.topo-scroll svg').length") >= 2


def test_only_pages_with_pictures_load_the_script(built: Path) -> None:
    assert "topo-zoom.js" in (built / "site/index.html").read_text("utf-8")
    assert "topo-zoom.js" not in (built / "site/words.html").read_text("utf-8")


def test_a_page_with_the_script_is_proved_and_with_another_is_not(built: Path) -> None:
    topology, site = load(built / "shop.yaml"), built / "site"
    script = site / "_static/topo-zoom.js"
    result = verify(topology, [site])
    assert result.diagnostics == ()
    text = script.read_text("utf-8")
    script.write_text(f"{text}document.title = 1;\n", "utf-8")
    try:
        changed = verify(topology, [site])
    finally:
        script.write_text(text, "utf-8")
    assert {finding.code for finding in changed.diagnostics} == {"not-proved"}
    assert changed.proved < result.proved
