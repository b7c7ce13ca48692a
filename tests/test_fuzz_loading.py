"""No text, however broken, brings the loader down or leaves a finding without a place."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from diagtool.loading import yaml_file
from diagtool.loading.loader import Loaded, read
from diagtool.model.diagnostic_report import FORMS
from diagtool.model.diagnostics import has_errors
from diagtool.model.diagram import views
from diagtool.model.wording import describe
from diagtool.pictures.formats import FormatError, blockdiag

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "topology" / "designate.yaml").read_text(encoding="utf-8")
FULL = (ROOT / "tests/data/topologies/good/full.yaml").read_text(encoding="utf-8")
SECONDS = 5
"""Far more than any of these small texts should take."""

fuzz = settings(
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "150")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

texts = st.sampled_from([TEXT, FULL])

TOKENS = """
[ ] { } : , - ? & * ! | > ' " % @ ` # ~ \\ --- ... &a *a <<: |- >+ |9 '' "" %YAML %TAG
!!python/object/apply:os.system !<%ff> !<%e9> !!binary !!null null
"\\ud800" "\\U00110000" "\\UFFFFFFFF" "\\x" "\\0"
{api} {a.b} {designate-api.options.x} [a](b) [a](http://b) \\{ 😀 日本 é
0 -1 99999999999999999999 1e999 0x 0o8 .inf 53:53 on NO 1.10 format name services
"""
CHARACTERS = "\t\r\n \x00\x07\x85\u2028\ufeff\ufffe\u202e\u0301"
SNIPPETS = st.sampled_from([*TOKENS.split(), *CHARACTERS, "%YAML 1.1\n---\n"])


@cache
def folder() -> Path:
    """A folder to read topologies in, with the catalogues that Designate's names."""
    made = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, made)
    shutil.copytree(ROOT / "topology" / "options", made / "options")
    return made


def check(text: str | bytes) -> Loaded:
    """Reads a text and checks what every reading must give."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    path = folder() / "fuzzed.yaml"
    path.write_bytes(data)
    start = time.process_time()
    loaded = read(path)
    assert time.process_time() - start < SECONDS
    lines = yaml_file.lines_of(data.decode("utf-8", "replace").removeprefix("\ufeff"))
    for diagnostic in loaded.diagnostics:
        place = diagnostic.place
        if place.path != path.as_posix():  # another path to a catalogue
            assert diagnostic.code in ("unreadable-file", "bad-catalogue")
            continue
        assert 1 <= place.line <= len(lines)
        assert 1 <= place.column <= len(lines[place.line - 1]) + 1
        assert diagnostic.message
    for form in FORMS.values():
        form(loaded.diagnostics).encode("utf-8", "backslashreplace")
    assert (loaded.topology is None) == has_errors(loaded.diagnostics)
    if loaded.topology is not None:
        for view in views(loaded.topology):
            describe(view)
            try:
                blockdiag.write(view)
            except FormatError:
                assert "'''" in text or '"""' in text
    return loaded


@fuzz
@given(st.binary(max_size=500))
def test_any_bytes(data: bytes) -> None:
    check(data)


@fuzz
@given(st.text(max_size=500))
def test_any_text(text: str) -> None:
    check(text)


@fuzz
@given(st.lists(SNIPPETS, max_size=60).map(" ".join))
def test_any_tokens(text: str) -> None:
    check(text)


@fuzz
@given(texts, st.data())
def test_bytes_changed(text: str, data: st.DataObject) -> None:
    changed = bytearray(text.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(changed) - 1))
        match data.draw(st.sampled_from(["set", "insert", "delete"])):
            case "set":
                changed[at] = data.draw(st.integers(0, 255))
            case "insert":
                changed[at:at] = data.draw(st.binary(min_size=1, max_size=4))
            case _:
                del changed[at : at + data.draw(st.integers(1, 50))]
    check(bytes(changed))


@fuzz
@given(texts, st.data())
def test_tokens_put_in(text: str, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        text = text[:at] + data.draw(SNIPPETS) + text[at + data.draw(st.integers(0, 5)) :]
    check(text)


@fuzz
@given(texts, st.data())
def test_lines_changed(text: str, data: st.DataObject) -> None:
    lines = text.splitlines(keepends=True)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["delete", "repeat", "move", "indent", "cut", "ending"])):
            case "delete" if len(lines) > 1:
                del lines[at]
            case "repeat":
                lines.insert(data.draw(st.integers(0, len(lines))), lines[at])
            case "move":
                lines.insert(data.draw(st.integers(0, len(lines) - 1)), lines.pop(at))
            case "indent":
                lines[at] = " " * data.draw(st.integers(0, 9)) + lines[at].lstrip()
            case "cut":
                lines[at] = lines[at][: data.draw(st.integers(0, len(lines[at])))]
            case _:
                lines[at] = lines[at].rstrip("\n") + data.draw(
                    st.sampled_from(["\r\n", "\r", "\x85", "\u2028", ""])
                )
    check("".join(lines))


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["designate-api", "amqp_servers", "overview", "box", "{designate-api}", "to"]),
)
trees = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text(max_size=8) | st.sampled_from(["to", "name"]), inner, max_size=3),
    ),
    max_leaves=8,
)


def places(tree: Any) -> list[tuple[Any, Any]]:
    """Every container of a tree with each of its keys."""
    pairs = (
        list(tree.items())
        if isinstance(tree, dict)
        else list(enumerate(tree))
        if isinstance(tree, list)
        else []
    )
    return [place for key, value in pairs for place in [(tree, key), *places(value)]]


@fuzz
@given(texts, st.data())
def test_trees_changed(text: str, data: st.DataObject) -> None:
    tree = yaml.load(text, Loader=yaml.BaseLoader)
    for _ in range(data.draw(st.integers(1, 4))):
        choices = places(tree)
        assume(choices)
        container, key = data.draw(st.sampled_from(choices))
        match data.draw(st.sampled_from(["set", "delete", "swap", "rename", "add"])):
            case "set":
                container[key] = data.draw(trees)
            case "delete":
                del container[key]
            case "swap":
                other, other_key = data.draw(st.sampled_from(choices))
                container[key] = yaml.load(yaml.dump(other[other_key]), Loader=yaml.BaseLoader)
            case "rename" if isinstance(container, dict):
                container[data.draw(st.text(max_size=10))] = container.pop(key)
            case _:
                if isinstance(container, list):
                    container.append(data.draw(trees))
                else:
                    container[data.draw(st.text(max_size=10))] = data.draw(trees)
    check(yaml.dump(tree, allow_unicode=data.draw(st.booleans())))


@fuzz
@given(texts, st.data())
def test_scanners_agree(text: str, data: st.DataObject) -> None:
    """Where PyYAML's pure scanner can read a file, the compiled one reads the same in it.

    It refuses some spellings that are right, such as a tab between words; and they part
    tags and byte order marks in the middle of a text from it at different points.
    """
    if not yaml.__with_libyaml__:
        pytest.skip("this PyYAML has no compiled scanner")
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        snippet = data.draw(SNIPPETS.filter(lambda snippet: not {"!", "\ufeff"} & set(snippet)))
        text = text[:at] + snippet + text[at + data.draw(st.integers(0, 5)) :]
    fast = yaml_file._FAST_LOADER
    results = []
    for loader in (yaml.SafeLoader, yaml.CSafeLoader):
        yaml_file._FAST_LOADER = loader
        try:
            loaded = check(text)
        finally:
            yaml_file._FAST_LOADER = fast
        findings = [(d.place.line, d.code, d.message, d.hint) for d in loaded.diagnostics]
        assume(results or all(code != "bad-yaml" for _, code, _, _ in findings))
        results.append((findings, loaded.topology))
    assert results[0] == results[1]


MANY = 20_000

HUGE: dict[str, Callable[[], str]] = {
    "brackets": lambda: "[" * MANY,
    "braces": lambda: "{" * MANY,
    "nested keys": lambda: "".join(f"{' ' * n}a:\n" for n in range(500)),
    "dashes": lambda: "- " * MANY,
    "question marks": lambda: "? " * MANY,
    "anchors": lambda: "".join(f"a{n}: &a{n} x\n" for n in range(MANY)),
    "chain of aliases": lambda: (
        "a0: &a0 [x]\n" + "".join(f"a{n + 1}: &a{n + 1} [*a{n}]\n" for n in range(MANY))
    ),
    "one long line": lambda: "name: " + "x" * 1_000_000,
    "one long key": lambda: "x" * 1_000_000 + ": 1",
    "one long number": lambda: "format: " + "1" * 100_000,
    "one long version": lambda: "%YAML 1." + "1" * 100_000 + "\n---\nformat: 1\n",
    "quotes": lambda: '"' * MANY,
    "blank lines": lambda: "\n" * 1_000_000,
    "comments": lambda: "#\n" * 200_000,
    "tags": lambda: "a: [" + "!!x y," * MANY + "]",
    "keys nobody knows": lambda: "".join(f"key{n}: 1\n" for n in range(MANY)),
    "links": lambda: f"format: 1\nname: a\nservices: {{a: {{description: '{'[a](' * 2400}'}}}}",
    "references": lambda: (
        f"format: 1\nname: a\nservices: {{a: {{description: '{'{b} ' * 2400}'}}}}"
    ),
    "labels in a line": lambda: (
        "format: 1\nname: a\nservices:\n"
        + "".join(f"  s{n}: {{replicas: 1000, server: s}}\n" for n in range(30))
    ),
}


@pytest.mark.parametrize("name", HUGE)
def test_huge(name: str) -> None:
    check(HUGE[name]())


def test_every_prefix_of_a_topology() -> None:
    """As an editor sees it while it is being typed."""
    lines = FULL.splitlines(keepends=True)
    for end in range(len(lines)):
        check("".join(lines[:end]))
        check("".join(lines[:end]) + lines[end][: len(lines[end]) // 2])
