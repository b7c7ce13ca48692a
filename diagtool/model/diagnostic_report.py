"""A list of findings written for people, programs and code hosts."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import quote

from diagtool.files.printable import inert, lines, printable, printable_json
from diagtool.model import Place, Severity
from diagtool.model.diagnostic_codes import CODES
from diagtool.model.diagnostics import Diagnostic

_COLORS = {Severity.ERROR: "\x1b[31m", Severity.WARNING: "\x1b[33m", Severity.HINT: "\x1b[36m"}


def as_text(diagnostics: Sequence[Diagnostic], *, color: bool = False) -> str:
    """For people: a line each, then the source line with a caret under the place."""
    return "".join(_text_of(diagnostic, color) for diagnostic in diagnostics)


def _text_of(diagnostic: Diagnostic, color: bool) -> str:
    line = printable(str(diagnostic))
    if color:
        place, code = printable(str(diagnostic.place)), diagnostic.code
        paint = _COLORS[diagnostic.severity]
        line = line.replace(f"{place}: {code}", f"\x1b[1m{place}:\x1b[0m {paint}{code}\x1b[0m", 1)
    if not diagnostic.source:
        return f"{line}\n"
    # A long line is cut around its place, so that the caret stays on the screen.
    column = diagnostic.place.column - 1
    start = max(0, column - 60)
    before = printable(diagnostic.source[start:column])
    after = printable(diagnostic.source[column : start + 100])
    source = inert(f"    {before}{after}".rstrip())
    return f"{line}\n{source}\n    {''.join(map(_blank, before))}^\n"


def _blank(character: str) -> str:
    """What takes as much room in a terminal as a character."""
    if character == "\t":
        return "\t"
    if unicodedata.combining(character):
        return ""
    return "  " if unicodedata.east_asian_width(character) in "WF" else " "


def as_json(diagnostics: Sequence[Diagnostic]) -> str:
    """For programs: a list of objects with the fields of :class:`~diagtool.Diagnostic`."""
    return _dumps(
        [
            {
                "path": d.place.path,
                "line": d.place.line,
                "column": d.place.column,
                "code": d.code,
                "severity": d.severity.value,
                "message": d.message,
                "hint": d.hint,
                "contradicts": _json_of(d.contradicts),
            }
            for d in diagnostics
        ]
    )


def _json_of(place: Place | None) -> object:
    return place and {"path": place.path, "line": place.line, "column": place.column}


def as_github(diagnostics: Sequence[Diagnostic]) -> str:
    """Workflow commands that GitHub shows as annotations of the changed lines."""
    levels = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "notice"}

    def escape(text: str, *more: str) -> str:
        for char in ("%", "\r", "\n", *more):
            text = text.replace(char, quote(char, safe=""))
        return text

    return "".join(
        f"::{levels[d.severity]} file={escape(printable(d.place.path), ':', ',')},"
        f"line={d.place.line},col={d.place.column},title={d.code}::"
        f"{escape(lines(d.message + (f' ({d.hint})' if d.hint else '')))}\n"
        for d in diagnostics
    )


def as_sarif(diagnostics: Sequence[Diagnostic]) -> str:
    """SARIF 2.1.0, for code scanning."""
    levels = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "note"}
    used = sorted({d.code for d in diagnostics})
    driver = {
        "name": "diagtool",
        "rules": [
            {
                "id": code,
                "shortDescription": {"text": CODES[code].meaning},
                "help": {"text": CODES[code].remedy},
            }
            for code in used
        ],
    }
    results = [
        {
            "ruleId": d.code,
            "level": levels[d.severity],
            "message": {"text": d.message + (f" ({d.hint})" if d.hint else "")},
            "locations": [{"physicalLocation": _physical(d.place)}],
            **_related(d),
        }
        for d in diagnostics
    ]
    return _dumps(
        {
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{"tool": {"driver": driver}, "results": results}],
        }
    )


def _physical(place: Place) -> dict[str, object]:
    return {
        "artifactLocation": {"uri": quote(place.path, errors="surrogateescape")},
        "region": {"startLine": max(1, place.line), "startColumn": max(1, place.column)},
    }


def _related(diagnostic: Diagnostic) -> dict[str, object]:
    if (other := diagnostic.contradicts) is None:
        return {}
    told = {"text": "what it contradicts"}
    related = {"id": 1, "physicalLocation": _physical(other), "message": told}
    return {"relatedLocations": [related]}


def _dumps(value: object) -> str:
    return printable_json(json.dumps(value, indent=2, ensure_ascii=False)) + "\n"


FORMS: Mapping[str, Callable[[Sequence[Diagnostic]], str]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
    "sarif": as_sarif,
}
"""What ``diagtool check --format`` can write, by name."""
