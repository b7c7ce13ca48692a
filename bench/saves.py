"""From a save to its picture in ``diagtool serve``, in a browser, by the clock."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import systems
from bench.peers import DIAGTOOL, ROOT, Peers
from bench.report import Figure
from tests.chromium import Page, browser

SERVICES = 100

WATCH = """\
window.shown = new Promise((resolve) => {
  const picture = document.getElementById("picture");
  const look = () => {
    if (!picture.textContent.includes("NEW")) return requestAnimationFrame(look);
    requestAnimationFrame(() => resolve(performance.timeOrigin + performance.now()));
  };
  look();
}), 0"""
"""Has the page note, in milliseconds since 1970, in which frame a text first stands."""


def measure(peers: Peers, scratch: Path, rounds: int, smaller: int) -> Iterator[Figure]:
    """Yields figures of saves that give a part of an overview another label."""
    shutil.copytree(ROOT / "topology", scratch / "topology")
    designate = scratch / "topology" / "designate.yaml"
    large = scratch / "large.yaml"
    services = SERVICES // smaller
    large.write_text(systems.as_yaml(systems.varied(services)))
    with browser(peers.chromium, scratch) as opened:
        page = opened.page()
        page.size(1400, 900)
        for what, path, label, limit in (
            ("Designate", designate, "AMQP Servers", 150),
            (f"{services} services", large, 'component-1": {\n   "label": "', 500),
        ):
            with _served(path) as port:
                page.go(f"http://127.0.0.1:{port}/#overview")
                page.wait("document.querySelector('#picture svg')", 60)
                taken = [_saved(page, path, label) for _ in range(3 * rounds)]
            yield Figure(f"save to picture, {what}", "", "ms", taken, [], limit)


@contextmanager
def _served(path: Path) -> Iterator[int]:
    """The command at work on a topology: gives its port."""
    command = [*DIAGTOOL, "serve", "--port", "0", "-t", str(path)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        match = re.search(r":(\d+)/", process.stdout.readline())
        assert match
        yield int(match[1])
    finally:
        process.terminate()
        process.wait(10)


def _saved(page: Page, path: Path, label: str) -> float:
    """How many milliseconds a save takes to be seen. The file is then as it was."""
    text = path.read_text("utf-8")
    assert label in text
    page.run(WATCH)
    start = time.time()
    path.write_text(text.replace(label, f"{label}NEW "), "utf-8")
    shown = page.run("window.shown")
    path.write_text(text, "utf-8")
    page.wait("!document.getElementById('picture').textContent.includes('NEW')")
    time.sleep(1)  # a better order is looked for meanwhile
    return float(shown - start * 1000)
