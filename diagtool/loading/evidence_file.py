"""The JSON file with what a test run found → :class:`~diagtool.model.evidence.Evidence`.

It is an in-toto statement with a test result. What the format has no key for, such as how each
claim was tested, is in ``predicate.diagtool``; everything else that it may hold is left alone.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from diagtool.loading import schema, yaml_file
from diagtool.loading.findings import Findings, short
from diagtool.loading.schema_reader import Item
from diagtool.model.evidence import Evidence, Result, Tested

STATEMENT = "https://in-toto.io/Statement/v1"
TEST_RESULT = "https://in-toto.io/attestation/test-result/v0.1"

_RESULTS = {result.value: result for result in Result}
_TEXT = re.compile(rf"[^\n{schema.CONTROL}{schema.EXACT}]{{1,2000}}")


class _UnusableError(Exception):
    """Why a file cannot be used."""


def evidence(findings: Findings, named: Item | None, within: Sequence[Path]) -> Evidence | None:
    """The evidence at a path, None where there is none, or where it cannot be used.

    The path is from the folder of the file that names it, and must not lead out of ``within``.
    """
    if named is None:
        return None
    path = Path(os.path.normpath(Path(named.place.path).parent / named.value))
    try:
        return _read(path, findings, within)
    except _UnusableError as error:
        message = f"the evidence '{short(named.value)}' {error}"
        findings.report("bad-evidence", named.place, message)
        return None


def _read(path: Path, findings: Findings, within: Sequence[Path]) -> Evidence:
    try:
        inside = any(map(path.resolve().is_relative_to, within))
    except (OSError, RuntimeError):  # too long a name, a loop of links
        inside = True  # which reading will find out
    if not inside:
        raise _UnusableError(f"is outside the folder '{within[0].name}' of the topology")
    text = yaml_file.read_text(path, findings.found.append)
    if text is None:
        raise _UnusableError("cannot be used")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise _UnusableError("is not valid JSON") from None
    try:
        return _evidence(path, content)
    except (LookupError, TypeError, ValueError, AttributeError):
        raise _UnusableError(
            "is not an in-toto statement with a test result of a topology"
        ) from None


def _evidence(path: Path, content: Any) -> Evidence:
    predicate = content["predicate"]
    if (content["_type"], content["predicateType"]) != (STATEMENT, TEST_RESULT):
        raise TypeError
    (subject,) = content["subject"]
    said = predicate["diagtool"]
    claims = {
        _text(claim): Tested(
            _RESULTS[found["result"]],
            _text(found["how"]),
            _text(found["seen"]) if "seen" in found else "",
        )
        for claim, found in said["claims"].items()
    }
    for key, result in (("passedTests", Result.PROVED), ("failedTests", Result.REFUTED)):
        if set(predicate[key]) != {c for c, tested in claims.items() if tested.result is result}:
            raise _UnusableError(
                f"contradicts itself: '{key}' and 'claims' do not name the same claims"
            )
    return Evidence(
        path.as_posix(),
        _text(subject["digest"]["sha256"]),
        _text(said["release"]),
        _text(said["date"]),
        claims,
    )


def _text(value: Any) -> str:
    """A text that can be shown."""
    if not isinstance(value, str) or not _TEXT.fullmatch(value):
        raise TypeError
    return value
