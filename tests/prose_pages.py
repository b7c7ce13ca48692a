"""Pages in which the sentences that contradict a topology are marked.

``«…»`` is found by the check, ``‹…›`` contradicts the topology, too, and is missed; everything else
is true.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from diagtool.checks import prose
from diagtool.checks.prose import pages
from diagtool.loading.loader import load
from diagtool.model import wording
from diagtool.model.diagnostics import Diagnostic

DATA = Path(__file__).parent / "data" / "prose"
_DESIGNATE = Path(__file__).parents[1] / "topology" / "designate.yaml"


def marked_pages() -> list[Path]:
    """The marked pages; each folder has those about one topology."""
    return sorted(DATA.glob("*/*.rst"))


def lint_marked(path: Path) -> tuple[set[int], list[tuple[int, int]], list[Diagnostic]]:
    """Which of the marked passages are found, where they all are, and what else is found."""
    own = path.with_name("topology.yaml")
    topology = load(own if own.exists() else _DESIGNATE)
    spans: list[tuple[int, int]] = []
    plain = ""
    for piece in re.split(r"([«»‹›])", path.read_text("utf-8")):
        if piece and piece in "«‹":
            spans.append((len(plain), 0))
        elif piece and piece in "»›":
            spans[-1] = (spans[-1][0], len(plain))
        else:
            plain += piece
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, path.name)
        page.write_text(plain, "utf-8")
        read = pages.read(page, wording.values(topology))
    read.reference = pages.ROLE
    starts = [0, *(match.end() for match in re.finditer("\n", plain))]
    found: set[int] = set()
    elsewhere = []
    for finding in prose.lint({"": topology}, [read]):
        if finding.code == "prose-name":
            continue
        at = starts[finding.place.line - 1] + finding.place.column - 1
        around = {n for n, (start, end) in enumerate(spans) if start <= at < end}
        found |= around
        if not around:
            elsewhere.append(finding)
    return found, spans, elsewhere
