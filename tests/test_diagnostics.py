"""Findings as people, programs and code hosts get them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from diagtool.model import Place, Severity
from diagtool.model.diagnostic_codes import CODES
from diagtool.model.diagnostic_report import FORMS, as_github, as_json, as_sarif, as_text
from diagtool.model.diagnostics import Diagnostic, TopologyError, has_errors
from diagtool.model.did_you_mean import did_you_mean

ERROR = Diagnostic(
    "unknown-id", Place("a b/shop,1.yaml", 2, 5), "there is no 'x'", "did you mean 'y'?", "to: x"
)
WARNING = Diagnostic("unconnected", Place("shop.yaml", 7, 1), "100% alone\nreally")


def test_text_shows_the_line_and_a_caret() -> None:
    assert as_text([ERROR, WARNING]) == (
        "a b/shop,1.yaml:2:5: unknown-id there is no 'x' (did you mean 'y'?)\n"
        "    to: x\n"
        "        ^\n"
        "shop.yaml:7:1: unconnected 100% alone\\nreally\n"
    )


@pytest.mark.parametrize(
    ("source", "column", "shown"),
    [
        ("\tto: x", 6, "    \tto: x\n    \t    ^\n"),
        ("日本: x", 5, "    日本: x\n          ^\n"),
        ("e\u0301: x", 5, "    e\u0301: x\n       ^\n"),
        ("a\u202eb: x", 6, "    a\\u202eb: x\n" + " " * 4 + " " * 10 + "^\n"),
    ],
)
def test_caret_stands_under_its_place(source: str, column: int, shown: str) -> None:
    text = as_text([Diagnostic("bad-value", Place("f", 1, column), "m", source=source)])
    assert text == f"f:1:{column}: bad-value m\n{shown}"


def test_long_line_is_cut_around_its_place() -> None:
    source = "a" * 500 + "X" + "b" * 500
    text = as_text([Diagnostic("bad-value", Place("f", 1, 501), "m", source=source)])
    _, line, caret = text.splitlines()
    assert len(line) < 120
    assert line[caret.index("^")] == "X"


def test_text_cannot_reach_the_terminal() -> None:
    """Escape sequences in a file stay visible text."""
    evil = "\x1b[2J\x9b1m\u202e"
    diagnostic = Diagnostic("bad-value", Place(evil, 1, 1), evil, evil, evil)
    for form in FORMS.values():
        written = form([diagnostic])
        if form is as_text:
            assert not set(written) & set("\x1b\x9b\u202e")


def test_colour_changes_nothing_but_colour() -> None:
    coloured = as_text([ERROR, WARNING], color=True)
    assert "\x1b[31munknown-id" in coloured
    assert "\x1b[33munconnected" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == as_text([ERROR, WARNING])


def test_json_has_every_field() -> None:
    assert json.loads(as_json([ERROR])) == [
        {
            "path": "a b/shop,1.yaml",
            "line": 2,
            "column": 5,
            "code": "unknown-id",
            "severity": "error",
            "message": "there is no 'x'",
            "hint": "did you mean 'y'?",
            "contradicts": None,
        }
    ]
    assert json.loads(as_json([])) == []


def test_github_commands_are_one_line_each() -> None:
    assert as_github([ERROR, WARNING]) == (
        "::error file=a b/shop%2C1.yaml,line=2,col=5,title=unknown-id::"
        "there is no 'x' (did you mean 'y'?)\n"
        "::warning file=shop.yaml,line=7,col=1,title=unconnected::100%25 alone%0Areally\n"
    )


# The parts of https://json.schemastore.org/sarif-2.1.0.json that code hosts insist on.
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "properties": {
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message", "ruleId", "level", "locations"],
                            "properties": {"level": {"enum": ["none", "note", "warning", "error"]}},
                        },
                    }
                },
            },
        },
    },
}


def test_sarif_locates_findings_and_explains_rules() -> None:
    report = json.loads(as_sarif([ERROR, WARNING]))
    jsonschema.validate(report, SARIF)
    (run,) = report["runs"]
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert rules.keys() == {"unknown-id", "unconnected"}
    assert rules["unconnected"]["shortDescription"]["text"] == CODES["unconnected"].meaning
    first, second = run["results"]
    location = first["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "a%20b/shop%2C1.yaml"
    assert location["region"] == {"startLine": 2, "startColumn": 5}
    assert second["level"] == "warning"


@pytest.mark.parametrize("form", FORMS)
def test_no_findings(form: str) -> None:
    text = FORMS[form]([])
    assert text == "" if form in ("text", "github") else json.loads(text) is not None


def test_every_code_says_what_it_means_and_what_to_do() -> None:
    for name, code in CODES.items():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
        assert code.meaning.endswith("."), name
        assert code.remedy.endswith("."), name


ROOT = Path(__file__).parents[1]
REPORTED = "".join(
    path.read_text("utf-8")
    for path in (ROOT / "diagtool").rglob("*.py")
    if path.name != "diagnostic_codes.py"
)
TRIED = "\n".join(
    path.read_text("utf-8") if path.suffix == ".py" else path.name
    for path in (ROOT / "tests").rglob("*")
    if path.suffix in (".py", ".yaml") or path.parent.name == "bad"
)


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_reported_and_brought_up_by_a_test(code: str) -> None:
    assert f'"{code}"' in REPORTED, f"nothing reports {code}"
    named = f"tests/data/topologies/bad/{code}.yaml"
    assert re.search(rf"(?<![\w-]){code}(?![a-z])", TRIED), (
        f"no test brings up {code}: add {named}, or a test that names it"
    )


def test_undocumented_code_cannot_be_used() -> None:
    with pytest.raises(ValueError, match="no-such-code"):
        Diagnostic("no-such-code", Place("f", 1, 1), "m")


def test_severity_decides_what_is_an_error() -> None:
    assert has_errors([WARNING, ERROR])
    assert not has_errors([WARNING])
    assert ERROR.severity is Severity.ERROR


def test_topology_error_tells_every_finding() -> None:
    error = TopologyError([ERROR, WARNING])
    assert str(error).splitlines()[0] == str(ERROR)
    assert error.diagnostics == (ERROR, WARNING)


@pytest.mark.parametrize(
    ("word", "known", "hint"),
    [
        ("Replica", ["replicas", "name"], "did you mean 'replicas'?"),
        ("amqp-servers", ["amqp_servers"], "did you mean 'amqp_servers'?"),
        ("xyz", ["replicas"], ""),
        ("x", [], ""),
    ],
)
def test_did_you_mean(word: str, known: list[str], hint: str) -> None:
    assert did_you_mean(word, known) == hint
