"""What a topology needs under a condition: general rules, its own, and what silences them."""

from __future__ import annotations

import ast
import inspect
import typing
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import diagtool
from diagtool.guide import renderer
from diagtool.loading.loader import read
from diagtool.model import (
    Component,
    Paragraph,
    Part,
    Service,
    Severity,
    Topology,
    Warning,
    facts,
    rules,
)
from diagtool.model.diagnostic_report import as_sarif
from diagtool.model.diff_sentences import compare

ROOT = Path(__file__).parents[1]

SHOP = """
format: 1
name: Shop
components:
  proxy: {front: true}
  queue:
services:
  web:
    listen: {port: 80}
    connections: [{from: proxy}, {with: queue}]
"""


def found(folder: Path, text: str) -> list[tuple[str, str, Severity]]:
    """The broken rules and unused silences: the rule, the part's line and how bad it is."""
    path = folder / "shop.yaml"
    path.write_text(text, encoding="utf-8")
    loaded = read(path)
    told = [d for d in loaded.diagnostics if d.code in ("rule-broken", "unused-silence")]
    assert loaded.topology or told, loaded.diagnostics
    return [
        (d.message.rsplit("'", 2)[1], d.source.strip().partition(":")[0], d.severity) for d in told
    ]


def changed(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1
    return text.replace(old, new)


def test_a_system_that_keeps_the_rules(tmp_path: Path) -> None:
    assert found(tmp_path, SHOP) == []


BREAKS = [
    ("{from: proxy}, ", "", "no-balancer", "web"),
    (
        "{port: 80}\n    connections: [{from: proxy}, ",
        "{port: 80}\n    cluster: {quorum: true}\n    connections: [",
        "no-balancer",
        "web",
    ),
    ("queue:", "queue: {stacked: false}", "single-point", "queue"),
    ("{front: true}", "{front: true, stacked: false}", "single-point", "proxy"),
    ("queue:", "queue: {cluster: {members: 2, quorum: true}}", "even-cluster", "queue"),
    (
        "components:\n  proxy: {front: true}\n  queue:",
        "hosts: {one: {}, two: {}}\ncomponents:\n  proxy: {front: true}\n"
        "  queue: {cluster: {members: 3, quorum: true}, runs_on: [one, two]}",
        "shared-quorum",
        "queue",
    ),
    (
        "components:\n  proxy: {front: true}\n  queue:",
        "hosts: {one: {}}\ncomponents:\n  proxy: {front: true}\n"
        "  queue: {cluster: {members: 2}, runs_on: [one]}",
        "shared-host",
        "queue",
    ),
    (
        "{port: 80}",
        "{port: 80}\n    replicas: 2\n    cluster: {quorum: true}",
        "even-cluster",
        "web",
    ),
    (
        "{port: 80}",
        "{port: 80}\n    cluster: {quorum: true}\n    replicas: 3\n    runs_on: [one, two]",
        "shared-quorum",
        "web",
    ),
    ("{port: 80}", "{port: 80}\n    replicas: 2\n    runs_on: [one]", "shared-host", "web"),
]  # fmt: skip
"""What is changed in the shop, with the rule that it breaks and the part that breaks it."""


@pytest.mark.parametrize(("old", "new", "rule", "part"), BREAKS)
def test_a_general_rule_that_is_broken(
    tmp_path: Path, old: str, new: str, rule: str, part: str
) -> None:
    text = shop(old, new)
    broken = [each for each in found(tmp_path, text) if each[0] == rule]
    assert broken == [(rule, part, rules.GENERAL[rule].severity)]
    silenced = f"{text}silenced: {{{rule}: We know.}}\n"
    assert rule not in [each[0] for each in found(tmp_path, silenced)]


NEAR_MISSES = [
    # One server needs nothing in front, nor do those that nobody calls.
    (
        "{port: 80}\n    connections: [{from: proxy}, ",
        "{port: 80}\n    replicas: 1\n    connections: [",
    ),
    ("    listen: {port: 80}\n    connections: [{from: proxy}, ", "    connections: ["),
    ("{from: proxy}, ", "{with: proxy}, "),
    # A cluster may be drawn as one, a person is one, and nobody needs the archive.
    ("queue:", "queue: {stacked: false, cluster: {}}"),
    ("queue:", "queue: {stacked: false, cluster: {members: 5, quorum: true}}"),
    ("{front: true}", "{front: true, shape: actor, stacked: false}"),
    ("{with: queue}", "{with: queue}, {to: archive, needed: false}"),
    ("queue:", "queue: {cluster: {members: 2}}"),
    ("queue:", "queue: {cluster: {quorum: true}}"),
    ("queue:", "queue: {stacked: false, outside: true}"),
    ("queue:", "queue: {stacked: false, runs_on: [one, two]}"),
    ("queue:", "queue: {runs_on: [one]}"),
    (
        "{port: 80}\n    connections: [{from: proxy}, ",
        "{port: 80}\n    cluster: {address: 192.0.2.1}\n    connections: [",
    ),
]  # fmt: skip
"""What is changed in the shop, and breaks no rule."""


def shop(old: str, new: str) -> str:
    """The shop with a change, and with what that names beside it."""
    text = changed(SHOP, old, new)
    if "archive" in new:
        text = changed(text, "  queue:\n", "  queue:\n  archive: {stacked: false}\n")
    if "runs_on" in new and "hosts" not in new:
        text = changed(text, "components:", "hosts: {one: {}, two: {}}\ncomponents:")
    return text


@pytest.mark.parametrize(("old", "new"), NEAR_MISSES)
def test_what_breaks_no_rule(tmp_path: Path, old: str, new: str) -> None:
    assert found(tmp_path, shop(old, new)) == []


RULE = """
rules:
  logged:
    severity: {severity}
    when: {{service: web, replicas: 3}}
    needs: {needs}
    text: Nobody knows what {{{{web}}}} does without {{{{web.options.log_file}}}}.
"""


def own(needs: str = "{option: log_file}", severity: str = "warning") -> str:
    rule = RULE.format(needs=needs, severity=severity).replace("{{", "{").replace("}}", "}")
    return SHOP + (rule if "log_file" in needs else rule.replace("{web.options.log_file}", "it"))


@pytest.mark.parametrize(
    ("needs", "kept", "broken"),
    [
        ("{option: log_file}", "config: {DEFAULT: {log_file: web.log}}", ""),
        ("{option: [log_dir, log_file]}", "config: {x: {log_dir: /log}}", "config: {x: {log: a}}"),
        (
            "{option: log_file, section: DEFAULT}",
            "config: {DEFAULT: {log_file: w}}",
            "config: {x: {log_file: w}}",
        ),
        ("{component: queue}", "", None),
        ("{component: safe}", None, ""),
        ("{front: true}", "", None),
        ("{front: false}", None, ""),
    ],
)  # fmt: skip
def test_what_a_rule_of_a_topology_asks_for(
    tmp_path: Path, needs: str, kept: str | None, broken: str | None
) -> None:
    text = changed(own(needs), "  queue:\n", "  queue:\n  safe:\n")
    text = changed(text, "services:\n", "services:\n  clerk: {connections: [{to: safe}]}\n")
    for config, expected in ((kept, []), (broken, ["logged"])):
        if config is not None:
            with_config = changed(text, "    listen:", f"    {config}\n    listen:")
            assert [rule for rule, *_ in found(tmp_path, with_config)] == expected


def test_an_option_of_what_a_service_needs_counts(tmp_path: Path) -> None:
    """A component's config stands in the file of who needs it."""
    text = changed(own(), "  queue:\n", "  queue: {config: {DEFAULT: {log_file: q.log}}}\n")
    assert found(tmp_path, text) == []
    away = changed(text, "{with: queue}", "{to: queue, needed: false}")
    assert [rule for rule, *_ in found(tmp_path, away)] == ["logged"]


def test_only_the_snippet_in_force_counts(tmp_path: Path) -> None:
    snippets = """
    snippets:
      file: {options: {DEFAULT: {log_file: web.log}}}
      journal: {alternative_to: file, options: {DEFAULT: {use_journal: true}}}
    notes: [snippet: file, snippet: journal]
"""
    text = changed(own(), "{with: queue}]\n", "{with: queue}]" + snippets)
    assert found(tmp_path, text) == []
    uses = changed(text, "    snippets:", "    uses: journal\n    snippets:")
    assert [rule for rule, *_ in found(tmp_path, uses)] == ["logged"]


def test_a_rule_applies_from_so_many_servers_on(tmp_path: Path) -> None:
    assert [rule for rule, *_ in found(tmp_path, own())] == ["logged"]
    two = changed(own(), "    listen:", "    replicas: 2\n    listen:")
    assert found(tmp_path, two) == []


@pytest.mark.parametrize("severity", list(Severity))
def test_a_rule_says_how_bad_it_is_to_break_it(tmp_path: Path, severity: Severity) -> None:
    text = own(severity=severity.value)
    assert [each[2] for each in found(tmp_path, text)] == [severity]
    loaded = read(tmp_path / "shop.yaml")
    assert (loaded.topology is None) == (severity is Severity.ERROR)
    level = {"hint": "note"}.get(severity.value, severity.value)
    assert f'"level": "{level}"' in as_sarif(loaded.diagnostics)


def test_a_rule_is_silenced_where_it_is_and_nowhere_else(tmp_path: Path) -> None:
    here = changed(
        own(), "    listen:", "    silenced: {logged: It says all on a screen.}\n    listen:"
    )
    assert found(tmp_path, here) == []
    elsewhere = changed(own(), "queue:\n", "queue: {silenced: {logged: It says all.}}\n")
    assert [rule for rule, *_ in found(tmp_path, elsewhere)] == ["logged", "logged"]


def test_a_silence_without_need_is_found(tmp_path: Path) -> None:
    text = f"{SHOP}silenced: {{single-point: There was one.}}\n"
    assert [rule for rule, *_ in found(tmp_path, text)] == ["single-point"]


def test_notes_show_a_rule_as_a_paragraph_or_a_warning(tmp_path: Path) -> None:
    notes = "    notes: [rule: logged, warning: {rule: logged}]\n"
    text = changed(own(), "{with: queue}]\n", "{with: queue}]\n" + notes)
    path = tmp_path / "shop.yaml"
    path.write_text(text, encoding="utf-8")
    topology = diagtool.load(path)
    paragraph, warning = topology.services["web"].notes
    assert isinstance(paragraph, Paragraph)
    assert isinstance(warning, Warning)
    line = text.splitlines()[warning.place.line - 1]
    assert line.strip() == "logged:", "whoever looks for the words finds the rule"
    said = "Nobody knows what web does without log_file."
    assert [f.terms for f in facts.state(topology) if f.kind is facts.FactKind.WARNING] == [(said,)]
    page = renderer.render(topology)["guide.rst"]
    assert page.count("Nobody knows what web does without ``log_file``.") == 2
    assert page.count(".. warning::") == 1


def test_a_variant_changes_and_removes_rules(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(own(), encoding="utf-8")
    other = tmp_path / "other.yaml"
    other.write_text(
        "format: 1\nname: Other\nextends: {base: shop.yaml, remove: [rules/logged]}\n", "utf-8"
    )
    assert read(other).diagnostics == ()
    other.write_text(
        "format: 1\nname: Other\nextends: shop.yaml\n"
        "rules: {logged: {when: {service: web, replicas: 4}, severity: hint, "
        "needs: {option: log_file}, text: Nobody knows it.}}\n"
        "services: {web: {silenced: {no-balancer: So it is.}}}\n",
        "utf-8",
    )
    (finding,) = read(other).diagnostics
    assert finding.code == "unused-silence"
    old, new = diagtool.load(tmp_path / "shop.yaml"), diagtool.load(other)
    assert [change.words for change in compare(old, new)] == [
        "the rule no-balancer is silenced for web: “So it is.”",
        "the severity of the rule logged is “hint”, not “warning”",
        "the condition of the rule logged is “web, from 4 servers on”, "
        "not “web, from 3 servers on”",
        "the text of the rule logged is “Nobody knows it.”, "
        "not “Nobody knows what web does without log_file.”",
    ]


def test_clusters_are_compared(tmp_path: Path) -> None:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(SHOP, encoding="utf-8")
    cluster = "queue: {cluster: {members: 3, quorum: true}}"
    new.write_text(changed(SHOP, "queue:\n", f"{cluster}\n"), encoding="utf-8")
    (change,) = compare(diagtool.load(old), diagtool.load(new))
    assert change.words == "queue is a cluster of 3 that decides by majority, not no cluster"


# --- the guides -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("removed", "broken"),
    [
        (["services/designate-producer/snippets", "services/designate-producer/notes",
          "components/dlm_servers/config"], ["shared-work"]),
        (["services/designate-api/connections/loadbalancer", "components/loadbalancer/balancing"],
         ["no-balancer", "balanced"]),
        (["services/designate-api/snippets", "services/designate-api/notes"], ["links"]),
        ([], []),
    ],
)  # fmt: skip
def test_the_guide_says_when_its_own_advice_is_not_taken(
    tmp_path: Path, removed: list[str], broken: list[str]
) -> None:
    import shutil

    shutil.copytree(ROOT / "topology", tmp_path / "topology")
    variant = tmp_path / "topology" / "site.yaml"
    lines = "".join(f"    - {entry}\n" for entry in removed)
    remove = f"  remove:\n{lines}" if removed else ""
    variant.write_text(
        f"format: 1\nname: Site\nextends:\n  base: designate.yaml\n{remove}", encoding="utf-8"
    )
    loaded = read(variant)
    said = [d.message for d in loaded.diagnostics if d.code == "rule-broken"]
    assert [message.rsplit("'", 2)[1] for message in said] == broken
    assert loaded.topology is not None, loaded.diagnostics


@pytest.mark.parametrize("id", rules.GENERAL)
def test_every_general_rule_says_what_it_is_and_is_tried(id: str) -> None:
    assert rules.GENERAL[id].meaning.endswith(".")
    assert rules.GENERAL[id].remedy
    broken = {rule for _, _, rule, _ in BREAKS}
    assert id in broken, f"no test breaks the rule {id}: add a case to BREAKS"


Broken = Callable[[Topology, Part], Iterator[str]]


def weakened(broken: Broken) -> Iterator[tuple[str, Broken]]:
    """A rule's function without one of its conditions, or of what it tells apart, in turn."""
    tree = ast.parse(inspect.getsource(broken))
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant("")
    for node in ast.walk(tree):
        match node:
            case ast.BoolOp():
                parts, neutral = node.values, isinstance(node.op, ast.And)
            case ast.Tuple(ctx=ast.Load()):
                parts, neutral = node.elts, False
            case _:
                continue
        for number, part in enumerate(parts):
            parts[number] = ast.Constant(neutral)
            names = dict(vars(rules))
            exec(compile(ast.fix_missing_locations(tree), "weakened", "exec"), names)
            yield ast.unparse(part), names[broken.__name__]
            parts[number] = part


@pytest.mark.parametrize("id", rules.GENERAL)
def test_a_case_shows_what_each_condition_of_a_rule_is_for(id: str, tmp_path: Path) -> None:
    rule, path = rules.GENERAL[id], tmp_path / "shop.yaml"
    texts = (shop(old, new) for old, new, *_ in (*BREAKS, *NEAR_MISSES))
    shops = [topology for text in texts if (topology := read(path, {path: text}).topology)]

    def said(broken: Broken) -> list[str]:
        told = []
        for topology in shops:
            for part in topology.parts:
                if isinstance(part, rule.about):
                    try:
                        told.append("; ".join(broken(topology, part)))
                    except Exception as error:
                        told.append(repr(error))
        return told

    needless = [what for what, broken in weakened(rule.broken) if said(broken) == said(rule.broken)]
    assert not needless, (
        f"no case shows what {needless} is for in the rule {id}: add a topology to NEAR_MISSES "
        "that would break the rule without it, or one to BREAKS"
    )


@pytest.mark.parametrize("id", rules.GENERAL)
def test_a_general_rule_is_tried_on_each_kind_of_part(id: str) -> None:
    _, part, _ = typing.get_type_hints(rules.GENERAL[id].broken).values()
    kinds = set(typing.get_args(part) or [part])
    assert set(rules.GENERAL[id].about) == kinds, "its function takes others"
    tried = {Service if part == "web" else Component for _, _, rule, part in BREAKS if rule == id}
    assert tried == kinds, f"add a case to BREAKS for each of {kinds}"


@pytest.mark.parametrize(
    "path",
    [
        "topology/designate.yaml",
        "topology/designate-23.yaml",
        "examples/webshop/topology",
        "docs/chat.yaml",
    ],
)
def test_what_we_show_is_well_designed(path: str) -> None:
    broken = [finding.message for finding in read(ROOT / path).diagnostics]
    assert not broken, "narrow the rule, or improve the design"


@pytest.mark.parametrize("id", rules.GENERAL)
def test_a_topology_cannot_have_a_rule_with_the_id_of_a_general_one(
    id: str, tmp_path: Path
) -> None:
    """Which of the two is broken, or silenced, would not be clear."""
    path = tmp_path / "shop.yaml"
    path.write_text(own().replace("  logged:", f"  {id}:"), encoding="utf-8")
    loaded = read(path)
    assert loaded.topology is None
    (found,) = (d for d in loaded.diagnostics if d.code == "duplicate-id")
    assert found.severity is Severity.ERROR
    assert found.source.strip() == f"{id}:"
    assert id in found.message
    assert "rename" in found.hint
