"""``python -m bench.pictures``: how good pictures are beside those that ``dot`` draws.

The systems are generated. Sums and medians are over all of them: each has an overview, the layout
of one service, and an overview with one connection and with one service more.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench import generated, quality
from bench.quality import Picture
from diagtool import exporting, load
from diagtool.model import Topology, diagram
from diagtool.model.diagram import Diagram

TABLE = Path(__file__).parents[1] / "docs" / "reference" / "picture-quality.inc"
HEADERS = ("What", "Zones", "diagtool", "dot", "Ratio", "At most", "Limit")
FIRST = 1_500_000
"""The number of the first system; nothing was tuned on those from here on."""

_LIMITS = {"overview": 1.0, "layout": 0.8}
_CHANGES = ("connection", "service")

Row = tuple[str, ...]
Pair = tuple[Picture, Picture]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.pictures", description=__doc__)
    parser.add_argument("--systems", type=int, default=100, help="how many systems are drawn")
    parser.add_argument("--write", action="store_true", help=f"put the table in {TABLE.name}")
    arguments = parser.parse_args()
    rows = [row for zones in (False, True) for row in measure(arguments.systems, zones=zones)]
    print("\n".join("  ".join(row) for row in (HEADERS, *rows)))
    if arguments.write:
        lines = [f"Measured over {arguments.systems} systems without and as many with zones.", ""]
        lines += [".. list-table::", "   :header-rows: 1", ""]
        for row in (HEADERS, *rows):
            lines += [f"   {' ' if at else '*'} - {cell}".rstrip() for at, cell in enumerate(row)]
        TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return 0


def measure(systems: int, *, zones: bool) -> Iterator[Row]:
    """The rows of the table for systems with or without zones."""
    drawn: dict[str, list[Pair]] = {"overview": [], "layout": []}
    moved: dict[str, list[tuple[float, float]]] = {what: [] for what in _CHANGES}
    for number in range(FIRST, FIRST + systems):
        system = generated.system(number, zones=zones)
        topology = _loaded(system)
        services = list(topology.services)
        before = _pair(topology, diagram.overview(topology))
        layout = diagram.layout(topology, services[number % len(services)])
        drawn["overview"].append(before)
        drawn["layout"].append(_pair(topology, layout))
        changed = generated.changed(system, number)
        for what in _CHANGES:
            topology = _loaded(changed[what])
            after = _pair(topology, diagram.overview(topology))
            moved[what].append((before[0].moved(after[0]), before[1].moved(after[1])))
    where = "with" if zones else "without"
    for view, pairs in drawn.items():
        for what, pair, ratio, limit in _figures(pairs, _LIMITS[view]):
            yield _row(f"{view}: {what}", where, pair, ratio, limit)
    for what, shares in moved.items():
        ours, theirs = (median(share) for share in zip(*shares, strict=True))
        told = f"share of boxes moved by one {what} more"
        yield _row(told, where, (ours, theirs), None, 0.2)


def _figures(
    pairs: list[Pair], crossed: float
) -> Iterator[tuple[str, tuple[float, float], float, float | None]]:
    """What is told of pictures: our figure and that of ``dot``, their ratio, and its limit."""
    ours, theirs = zip(*pairs, strict=True)
    crossings = sum(p.crossings for p in ours), sum(p.crossings for p in theirs)
    yield "crossings in all", crossings, crossings[0] / max(1, crossings[1]), crossed
    lengths = median(p.length for p in ours), median(p.length for p in theirs)
    yield "length of lines", lengths, median(a.length / b.length for a, b in pairs), 1.3
    areas = median(1 / p.filled for p in ours), median(1 / p.filled for p in theirs)
    yield "area of the page", areas, median(b.filled / a.filled for a, b in pairs), 1.11
    bends = sum(p.bends for p in ours), sum(p.bends for p in theirs)
    yield "bends in all", bends, bends[0] / max(1, bends[1]), None


def _row(
    what: str, zones: str, pair: tuple[float, float], ratio: float | None, limit: float | None
) -> Row:
    """A row; where there is no ratio, the limit is that of our own figure."""
    held = pair[0] if ratio is None else ratio
    kept = "" if limit is None else "kept" if held <= limit else "missed"
    said = "" if ratio is None else f"{ratio:.2f}"
    most = "" if limit is None else f"{limit:g}"
    return what, zones, f"{pair[0]:.3g}", f"{pair[1]:.3g}", said, most, kept


def _loaded(system: generated.System) -> Topology:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        path = Path(folder) / "system.yaml"
        path.write_text(generated.as_yaml(system))
        return load(path)


def _pair(topology: Topology, view: Diagram) -> Pair:
    """A view as we draw it, and as ``dot`` does."""
    drawing = exporting.draw(topology, view)
    return quality.ours(drawing), quality.dot(view, drawing)


if __name__ == "__main__":
    sys.exit(main())
