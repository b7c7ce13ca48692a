"""Figures, and the table that they make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """Our figures and those of a peer, in pairs, and how many times theirs ours may be.

    ``goal`` is what we would like. Without a peer ``theirs`` is empty, and ``limit`` is how
    large ours may be.
    """

    what: str
    peer: str
    unit: str
    ours: Sequence[float]
    theirs: Sequence[float]
    limit: float
    goal: float | None = None

    @property
    def ratios(self) -> list[float]:
        """What is compared with the limit, once for each pair."""
        if not self.theirs:
            return list(self.ours)
        return [ours / theirs for ours, theirs in zip(self.ours, self.theirs, strict=True)]

    @property
    def kept(self) -> bool:
        return median(self.ratios) <= self.limit


HEADERS = ("What", "diagtool", "Against", "Its time", "Ratio", "At most", "Limit")


def rows(figures: Iterable[Figure]) -> list[tuple[str, ...]]:
    """The figures in words: medians, and how far the values spread around them."""
    return [
        (
            figure.what,
            _spread(figure.ours, figure.unit),
            figure.peer,
            _spread(figure.theirs, figure.unit) if figure.theirs else "",
            _spread(figure.ratios, "×") if figure.theirs else "",
            _limit(figure),
            "kept" if figure.kept else "missed",
        )
        for figure in figures
    ]


def as_text(table: Sequence[Sequence[str]]) -> str:
    """A table for a terminal."""
    widths = [max(map(len, column)) for column in zip(HEADERS, *table, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (HEADERS, ["-" * width for width in widths], *table)
    ]
    return "\n".join(lines) + "\n"


def as_rst(table: Sequence[Sequence[str]], about: str) -> str:
    """A table for the documentation, with a line about it."""
    lines = [about, "", ".. list-table::", "   :header-rows: 1", ""]
    for row in (HEADERS, *table):
        lines += [
            f"   {'*' if not index else ' '} - {cell}".rstrip() for index, cell in enumerate(row)
        ]
    return "\n".join(lines) + "\n"


def _spread(values: Sequence[float], unit: str) -> str:
    middle = median(values)
    shown = f"{_number(middle)} {unit}" if unit != "×" else f"{middle:.2f}×"
    if len(values) < 2 or not middle:
        return shown
    return f"{shown} ±{(max(values) - min(values)) / 2 / middle:.0%}"


def _limit(figure: Figure) -> str:
    if not figure.theirs:
        return f"{_number(figure.limit)} {figure.unit}"
    goal = f" (goal {figure.goal:g}×)" if figure.goal else ""
    return f"{figure.limit:g}×{goal}"


def _number(value: float) -> str:
    return f"{value:.3g}" if value < 1000 else f"{value:.0f}"
