"""The JSON Schema that editors use gives the same verdict as the loader, as far as it can."""

from __future__ import annotations

import functools
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import every_key
import jsonschema
import pytest
import yaml

from diagtool.loading import json_schema, schema
from diagtool.loading.loader import read
from diagtool.model.diagnostic_codes import CODES

ROOT = Path(__file__).parents[1]
DATA = Path(__file__).parent / "data" / "topologies"
SAMPLES = sorted(
    path
    for folder in ("good", "bad")
    for path in (DATA / folder).rglob("*.y*ml")
    if not path.name.startswith(".")
)
SHIPPED = sorted([*ROOT.glob("topology/**/*.yaml"), *ROOT.glob("examples/**/*.yaml")])

SAYABLE = {"unknown-key", "missing-key", "wrong-type", "bad-value", "bad-id", "unsupported-format"}
"""Codes of mistakes that a schema can see. The others are about the file as text, or about
what one part of it says of another."""


class EditorLoader(yaml.SafeLoader):
    """YAML as editors read it: by the core schema of YAML 1.2, all keys as texts."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}


for tag, pattern, first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    (
        "float",
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        list("-+.0123456789"),
    ),
):
    EditorLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{tag}", re.compile(rf"(?:{pattern})\Z"), first
    )


def _int(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> int:
    text = node.value
    return int(text[2:], 8) if text.startswith("0o") else int(text, 16 if "x" in text else 10)


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[str, Any]:
    if not all(isinstance(key, yaml.ScalarNode) for key, _ in node.value):
        raise yaml.YAMLError("JSON has no such key")
    return {key.value: loader.construct_object(value, deep=True) for key, value in node.value}


EditorLoader.add_constructor("tag:yaml.org,2002:int", _int)
EditorLoader.add_constructor("tag:yaml.org,2002:map", _mapping)


@functools.cache
def validator(*, part: bool = False) -> jsonschema.Draft202012Validator:
    document = json.loads(json_schema.write(schema.PART_FILE if part else schema.TOPOLOGY))
    jsonschema.Draft202012Validator.check_schema(document)
    return jsonschema.Draft202012Validator(document)


def as_editor(text: str) -> Any:
    return yaml.load(text, Loader=EditorLoader)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_same_verdict_on_every_sample(path: Path) -> None:
    in_folder = (path.parent / "topology.yaml").is_file()
    part = in_folder and path.name != "topology.yaml"
    found = read(path.parent if in_folder else path).diagnostics
    errors = {d.code for d in found if d.place.path == path.as_posix()} & {
        code for code, about in CODES.items() if about.severity.value == "error"
    }
    try:
        data = as_editor(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValueError, OverflowError):
        assert errors
        return
    if part and data is None:
        data = {}  # an empty further file says nothing, and an editor nothing of it
    accepted = validator(part=part).is_valid(data)
    if accepted:
        assert not errors & SAYABLE
    else:
        assert errors


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_shipped_topologies_lead_editors_to_the_schema(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    match = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert match
    part = path.name != "topology.yaml" and (path.parent / "topology.yaml").is_file()
    record = schema.PART_FILE if part else schema.TOPOLOGY
    same = (path.parent / match[1]).read_text(encoding="utf-8") == json_schema.write(record)
    command = f"diagtool schema{' --part' if part else ''} > topology/{Path(match[1]).name}"
    assert same, f"the schema for editors is out of date: {command}"


# --- value by value -------------------------------------------------------------------

PLAIN = """
3 +3 -3 0 007 1000 1001 1e1 3.0 0x10 0o17 .inf -.INF .nan 1.10 53:53 1_000 12e03 2026-11-24
99999999999999999999 true True TRUE tRUE false False FALSE yes no on off ~ null Null NULL nULL
box database flowchart.database Box web a b-c b_c 2c -c c. ü
"""
SPELLINGS = [
    *PLAIN.split(),
    *('""', '" "', '"3"', '"true"', '"null"', '"a b"', '"a\\tb"', '"a\\nb"', '"web\\n"', '" web"'),
    *('"box"', '"box\\n"', '"#x"', '"a]b"', '"x=y"', '"a;b"', '"<a>"', '"日本"', '"😀"'),
    *(f'"\\u{code}"' for code in ("00a0", "2028", "feff", "0000", "0085", "d7ff", "ffff")),
    *("", "[]", "{}", "[a]", "{a: b}"),
]

TEMPLATES = {
    "name": "name: {}",
    "label": "components: {{c: {{label: {}}}}}",
    "description": "components: {{c: {{description: {}}}}}",
    "shape": "components: {{c: {{shape: {}}}}}",
    "width": "components: {{c: {{width: {}}}}}",
    "stacked": "components: {{c: {{stacked: {}}}}}",
    "zone": "components: {{c: {{zone: {}}}}}",
    "component": "components: {{c: {}}}",
    "components": "components: {}",
    "replicas": "services: {{w: {{replicas: {}}}}}",
    "to": "services: {{w: {{connections: [{{to: {}}}]}}}}",
    "note": "services: {{w: {{notes: [{}]}}}}",
    "value": "services: {{w: {{snippets: {{s: {{options: {{a: {{b: {}}}}}}}}}}}}}",
    "option": "services: {{w: {{snippets: {{s: {{options: {{a: {{{}: b}}}}}}}}}}}}",
    "section": "services: {{w: {{snippets: {{s: {{options: {{{}: {{a: b}}}}}}}}}}}}",
    "snippet": "services: {{w: {{snippets: {{s: {}}}}}}}",
    "id": "components: {{{}: {{}}}}",
    "placeholder": "placeholders: {{{}: {{}}}}",
    "placeholders": "placeholders: {{p: {}}}",
    "defaults": "defaults: {}",
    "intro": "intro: [{}]",
    "extends": "extends: {}",
    "base": "extends: {{base: {}}}",
    "remove": "extends: {{base: no.yaml, remove: [{}]}}",
    "difference": "services: {{w: {{notes: [{{difference: {{about: {}, text: a, source: b}}}}]}}}}",
}

OTHERWISE_NUMBERS = {"+3", "007", "1e1", "3.0", "0x10", "0o17", "12e03"}
"""Spellings of whole numbers that an editor has read before it looks at the schema. The
loader refuses them: nobody can tell whether 007 is 7, or whether 0o17 is meant."""


@pytest.mark.parametrize("what", TEMPLATES)
def test_same_verdict_on_every_value(what: str, tmp_path: Path) -> None:
    check = validator()
    path = tmp_path / "shop.yaml"
    for spelling in SPELLINGS:
        lines = ["format: 1", "name: Shop", "services: {w: {}}"]
        own = TEMPLATES[what].format(spelling)
        key = own.partition(":")[0]
        text = "\n".join([*(line for line in lines if not line.startswith(f"{key}:")), own])
        try:
            accepted = check.is_valid(as_editor(text))
        except yaml.YAMLError:
            continue
        path.write_text(text, encoding="utf-8")
        refused = {d.code for d in read(path).diagnostics} & SAYABLE
        if what in ("replicas", "width") and spelling in OTHERWISE_NUMBERS:
            assert refused, spelling
        else:
            assert accepted != bool(refused), f"{own}: {refused}"


@pytest.mark.parametrize("version", ["1", '"1"', "2", "0", "one", "", "[1]", "true"])
def test_same_verdict_on_every_format(version: str, tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(f"format: {version}\nname: Shop\nservices: {{w: {{}}}}\n")
    refused = {d.code for d in read(path).diagnostics} & SAYABLE
    assert validator().is_valid(as_editor(path.read_text())) != bool(refused)


def values_of(name: str, node: Any) -> Iterator[str]:
    """The texts of a key wherever it stands."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        if key == name and isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            yield from values_of(name, value)


def test_patterns_mean_the_same_to_an_editor(tool: Callable[..., str]) -> None:
    """Editors match them as JavaScript's Unicode regular expressions."""
    patterns = sorted(set(values_of("pattern", json.loads(json_schema.write()))))
    texts = ["", " ", "a", "a b", " a", "a ", "a\n", "a\nb", "a\tb", "[a]", "a=b", "#a", "a:b"]
    texts += [
        "😀",
        "日本",
        "a\u2028b",
        "a\u00a0",
        "\u0085",
        "<a>",
        "a-b",
        "1a",
        "/a",
        "a/",
        "~a",
        "c:/a",
        "a\\b",
        "a" * 65,
        "\x00",
    ]
    texts += [f"{text}{end}" for text in every_key.written() for end in ("", "\n", " x")]
    script = """
        const [patterns, texts] = JSON.parse(require("fs").readFileSync(0, "utf-8"))
        const hits = patterns.map(p => texts.map(t => new RegExp(p, "u").test(t)))
        console.log(JSON.stringify(hits))
    """
    said = subprocess.run(
        [tool("node", "nodejs"), "-e", script],
        input=json.dumps([patterns, texts]),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for pattern, hits in zip(patterns, json.loads(said), strict=True):
        expected = [re.fullmatch(pattern, text) is not None for text in texts]
        assert hits == expected, f"{pattern} means something else to an editor"


def test_every_key_is_explained() -> None:
    def walk(node: Any) -> None:
        if isinstance(node, dict):
            for name, value in node.get("properties", {}).items():
                assert value["description"].endswith("."), name
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(json.loads(json_schema.write()))
