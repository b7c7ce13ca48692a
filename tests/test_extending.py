"""A topology that extends another: what is added, replaced and removed, and every mistake."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import diagtool
from diagtool.loading.extending import MAX_BASES
from diagtool.loading.loader import read
from diagtool.model import Difference, Direction, Paragraph, Plain, Reference
from diagtool.model.diff_sentences import compare

ROOT = Path(__file__).parents[1]
GOOD = Path(__file__).parent / "data" / "topologies" / "good"

BASE = """\
format: 1
name: Shop
components:
  queue:
  disk:
services:
  web:
    connections:
      - to: queue
        label: orders
      - to: disk
    snippets:
      limits:
        options:
          web:
            timeout: 5
            host: [a, b]
    notes:
      - First.
      - snippet: limits
"""

THIRD = "format: 1\nname: Third\nextends: variant.yaml\n"
NOTED = (
    "services:\n  web:\n    replicas: 4\n    notes:\n      - difference:\n"
    "          about: replicas\n          text: So.\n          source: There.\n"
)

Variant = Callable[..., Path]


@pytest.fixture
def variant(tmp_path: Path) -> Variant:
    """Writes a variant of a base, and the base."""

    def written(text: str = "", base: str = BASE, extends: str = "base.yaml") -> Path:
        (tmp_path / "base.yaml").write_text(base)
        path = tmp_path / "variant.yaml"
        path.write_text(f"format: 1\nname: Variant\nextends: {extends}\n{text}")
        return path

    return written


def found(path: Path) -> list[str]:
    return [str(d).removeprefix(f"{path.parent.as_posix()}/") for d in read(path).diagnostics]


def removing(*entries: str) -> str:
    return "\n  base: base.yaml\n  remove:\n" + "".join(f"    - {entry}\n" for entry in entries)


# --- what comes of it -----------------------------------------------------------------


def test_nothing_said_is_the_base(variant: Variant) -> None:
    path = variant()
    topology, base = diagtool.load(path), diagtool.load(path.with_name("base.yaml"))
    assert (topology.id, topology.name) == ("variant", "Variant")
    assert topology.base == base
    assert (topology.components, topology.services) == (base.components, base.services)
    assert [Path(source).name for source in topology.sources] == ["variant.yaml", "base.yaml"]
    assert topology.services["web"].place.path == base.sources[0]


def test_keys_options_and_connections_are_changed_by_id(variant: Variant) -> None:
    path = variant(
        "services:\n  web:\n    replicas: 5\n    connections:\n      - with: queue\n"
        "      - to: cache\n    snippets:\n      limits:\n        options:\n          web:\n"
        "            host: c\n            colour: red\ncomponents:\n  cache:\n  disk:\n"
        "    shape: database\n"
    )
    topology = diagtool.load(path)
    web = topology.services["web"]
    assert list(topology.components) == ["queue", "disk", "cache"]
    assert topology.components["disk"].shape.value == "database"
    assert web.replicas == 5
    assert [(c.peer, c.direction, c.label) for c in web.connections] == [
        ("queue", Direction.BOTH, ""),
        ("disk", Direction.TO, ""),
        ("cache", Direction.TO, ""),
    ]
    assert [(o.name, o.value) for o in web.options] == [
        ("timeout", "5"),
        ("host", "c"),
        ("colour", "red"),
    ]
    assert len(web.notes) == 2


def test_notes_are_added_and_can_be_replaced(variant: Variant) -> None:
    notes = "services:\n  web:\n    notes:\n      - Last.\n      - snippet: limits\n"
    assert len(diagtool.load(variant(notes)).services["web"].notes) == 4
    path = variant(notes, extends=removing("services/web/notes"))
    assert diagtool.load(path).services["web"].notes[0] == Paragraph((Plain("Last."),))


def test_defaults_of_a_variant_hold_for_services_of_its_base(variant: Variant) -> None:
    path = variant("defaults:\n  replicas: 7\n")
    topology = diagtool.load(path)
    assert topology.services["web"].replicas == 7
    assert topology.base
    assert topology.base.services["web"].replicas == 3


def test_a_service_is_replaced_whole(variant: Variant) -> None:
    text = "services:\n  web:\n    connections:\n      - to: disk\n"
    path = variant(text, extends=removing("services/web", "components/queue"))
    topology = diagtool.load(path)
    assert topology.services["web"].snippets == ()
    assert [part.id for part in topology.needs("web")] == ["disk"]


def test_names_may_hold_what_parts_them(variant: Variant) -> None:
    base = BASE.replace("timeout: 5", "a/b: 5").replace("          web:\n", "          a/b:\n")
    way = "services/web/snippets/limits/options/a/b"
    path = variant(base=base, extends=removing(f"{way}/a/b"))
    assert [o.name for o in diagtool.load(path).services["web"].options] == ["host", "host"]


def test_what_is_left_empty_goes_along(variant: Variant) -> None:
    options = "services/web/snippets/limits/options/web"
    path = variant(extends=removing(f"{options}/timeout", f"{options}/host"))
    assert found(path) == [
        "variant.yaml:7:7: bad-base a snippet needs 'options' (remove the snippet)"
    ]
    path = variant(extends=removing("services/web/connections/disk", "components/disk"))
    assert list(diagtool.load(path).components) == ["queue"]


def test_variant_of_a_variant(variant: Variant) -> None:
    path = variant(
        "components:\n  cache:\nservices:\n  web:\n    connections:\n      - to: cache\n"
    )
    top = path.with_name("top.yaml")
    top.write_text("format: 1\nname: Top\nextends: variant.yaml\nservices:\n  web: {replicas: 1}\n")
    topology = diagtool.load(top)
    assert topology.services["web"].replicas == 1
    assert list(topology.components) == ["queue", "disk", "cache"]
    assert topology.base
    assert topology.base.base
    assert topology.base.base.name == "Shop"


def test_folders(tmp_path: Path) -> None:
    topology = diagtool.load(GOOD / "variant-folder")
    assert topology.services["worker"].replicas == 1
    assert [part.id for part in topology.needs("web")] == ["queue", "worker", "disk"]
    assert [Path(s).parent.name for s in topology.sources] == ["variant-folder"] * 2 + [
        "folder"
    ] * 3
    disk = next(c for c in topology.services["web"].connections if c.peer == "disk")
    assert Path(disk.place.path) == GOOD / "variant-folder" / "more.yaml"


def test_changing_the_base_changes_both(variant: Variant) -> None:
    path = variant("services:\n  web:\n    replicas: 5\n")
    base = path.with_name("base.yaml")
    base.write_text(BASE.replace("queue", "pipe").replace("timeout: 5", "timeout: 6"))
    for topology in map(diagtool.load, (path, base)):
        assert [part.id for part in topology.needs("web")] == ["pipe", "disk"]
        assert topology.services["web"].options[0].value == "6"


# --- mistakes -------------------------------------------------------------------------


def test_each_mistake_stands_in_the_file_that_makes_it(variant: Variant) -> None:
    base = f"{BASE}placeholders:\n  spare:\n"
    path = variant("services:\n  web:\n    replica: 5\n    connections:\n      - to: quue\n", base)
    assert found(path) == [
        "variant.yaml:6:5: unknown-key a service has no key 'replica' (did you mean 'replicas'?)",
        "variant.yaml:8:13: unknown-id there is no component or service 'quue' "
        "(did you mean 'queue'?)",
    ]
    # A warning about the base stays where it is, since this is where it can be mended.
    (finding,) = found(variant(base=base))
    assert finding.startswith("base.yaml:22:3: unused-placeholder")


def test_mistake_that_only_both_together_make(variant: Variant) -> None:
    path = variant(extends=removing("components/disk"))
    (finding,) = found(path)
    message = "base.yaml:11:13: unknown-id there is no component or service 'disk' (it is removed"
    assert finding.startswith(message)


def test_one_connection_is_not_stated_at_both_ends(variant: Variant) -> None:
    text = "services:\n  cron:\n    connections:\n      - to: web\n  web:\n    connections:\n"
    path = variant(f"{text}      - from: cron\n")
    (finding,) = found(path)
    assert finding.startswith("variant.yaml:7:13: bad-connection")
    twice = "services:\n  web:\n    connections:\n      - from: queue\n      - from: queue\n"
    (finding,) = found(variant(twice))
    assert finding.startswith("variant.yaml:8:15: bad-connection")


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "~/base.yaml", "C:/base.yaml", "a\\\\b.yaml", '"\\0"', "https://a/b"]
)
def test_no_path(variant: Variant, path: str) -> None:
    ((finding),) = found(variant("services: {a: }\n", extends=path))
    assert finding.startswith(("variant.yaml:3:10: bad-value", "variant.yaml:3:10: bad-base"))


def test_base_of_components_alone_beside_the_project(tmp_path: Path) -> None:
    shared, project = tmp_path / "shared", tmp_path / "project"
    (project / "topology").mkdir(parents=True)
    shared.mkdir()
    base = "format: 1\nname: Base\ncomponents:\n  queue: {shap: box}\n"
    (shared / "base.yaml").write_text(base, "utf-8")
    path = project / "topology" / "shop.yaml"
    services = "services:\n  web: {connections: [{to: queue}]}\n"
    path.write_text(f"format: 1\nname: Shop\nextends: ../../shared/base.yaml\n{services}", "utf-8")
    (outside,) = read(path).diagnostics
    assert (outside.code, "outside" in outside.message) == ("bad-base", True)
    (project / "pyproject.toml").write_text('[tool.diagtool]\nroots = ["../shared"]\n', "utf-8")
    assert [(d.code, Path(d.place.path).name) for d in read(path).diagnostics] == [
        ("bad-base", "shop.yaml"),
        ("unknown-key", "base.yaml"),
    ]
    (shared / "base.yaml").write_text(base.replace("shap", "shape"), "utf-8")
    topology = diagtool.load(path)
    assert [part.id for part in topology.needs("web")] == ["queue"]
    (alone,) = read(shared / "base.yaml").diagnostics
    assert alone.code == "empty-topology"


@pytest.mark.parametrize("path", ["x" * 300, "no.yaml", "base.yaml/x", ".", "..", "../x/../.."])
def test_no_base(variant: Variant, path: str) -> None:
    (finding,) = found(variant("services: {a: }\n", extends=path))
    assert finding.startswith("variant.yaml:3:10: bad-base")


def test_base_outside_shows_nothing_of_itself(tmp_path: Path) -> None:
    """Findings show lines of a file, and so does CI's log."""
    (tmp_path / "secret.yaml").write_text("password: hunter2\n")
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "link.yaml").symlink_to("../secret.yaml")
    for extends in ("../secret.yaml", "link.yaml", "../shop/../secret.yaml"):
        path = folder / "variant.yaml"
        path.write_text(f"format: 1\nname: Shop\nextends: {extends}\nservices: {{a: }}\n")
        (finding,) = read(path).diagnostics
        assert finding.code == "bad-base"
        assert "outside the folder 'shop'" in finding.message
        assert finding.source == f"extends: {extends}"


def test_no_base_of_a_base_leads_further_out(tmp_path: Path) -> None:
    """The folder of the topology that is read is the border for all that stand below it."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "base.yaml").write_text(BASE)
    for name, extends in (("a/b/low", "../../base.yaml"), ("a/top", "b/low.yaml")):
        (tmp_path / f"{name}.yaml").write_text(f"format: 1\nname: S\nextends: {extends}\n")
    found = read(tmp_path / "a" / "top.yaml").diagnostics
    assert [(Path(d.place.path).name, d.code) for d in found] == [
        ("top.yaml", "bad-base"),
        ("low.yaml", "bad-base"),
    ]


def test_loop_of_links(tmp_path: Path, variant: Variant) -> None:
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    (finding,) = found(variant("services: {a: }\n", extends="loop.yaml"))
    assert finding.startswith("variant.yaml:3:10: bad-base")


def test_folder_that_extends_itself_by_its_file(tmp_path: Path) -> None:
    (tmp_path / "topology.yaml").write_text("format: 1\nname: S\nextends: topology.yaml\n")
    (finding,) = read(tmp_path).diagnostics
    assert "is this topology itself" in finding.message


@pytest.mark.parametrize("extra", [0, 1])
def test_depth(tmp_path: Path, extra: int) -> None:
    (tmp_path / "0.yaml").write_text(BASE)
    for n in range(1, MAX_BASES + 1 + extra):
        (tmp_path / f"{n}.yaml").write_text(f"format: 1\nname: S\nextends: {n - 1}.yaml\n")
    diagnostics = read(tmp_path / f"{MAX_BASES + extra}.yaml").diagnostics
    assert bool(diagnostics) == bool(extra)
    assert not extra or "one too many" in diagnostics[-1].message


# --- differences ----------------------------------------------------------------------


def test_difference_reaches_the_model(variant: Variant) -> None:
    path = variant(
        "services:\n  web:\n    replicas: 4\n    notes:\n      - difference:\n"
        "          about: replicas\n          text: See {queue}.\n          source: The till.\n"
    )
    block = diagtool.load(path).services["web"].notes[-1]
    assert isinstance(block, Difference)
    assert (block.about, block.source) == ("replicas", (Plain("The till."),))
    assert Reference("queue") in block.text
    assert block.place.line == 9


def test_reference_in_a_source_is_checked(variant: Variant) -> None:
    path = variant(
        "services:\n  web:\n    replicas: 4\n    notes:\n      - difference:\n"
        "          about: replicas\n          text: So.\n          source: See {quue}.\n"
    )
    (finding,) = found(path)
    assert finding.startswith("variant.yaml:11:23: unknown-id")


def test_difference_that_the_base_no_longer_makes(variant: Variant) -> None:
    """A note cannot go on telling of a difference that is gone."""
    assert found(variant(NOTED)) == []
    (finding,) = found(variant(NOTED, BASE.replace("  web:\n", "  web:\n    replicas: 4\n", 1)))
    assert finding.startswith("variant.yaml:9:18: no-difference 'replicas' of 'web' is the same")


def test_an_inherited_difference_is_one_from_the_base_of_who_wrote_it(variant: Variant) -> None:
    third = variant(NOTED).parent / "third.yaml"
    third.write_text(f"{THIRD}services:\n  web:\n    width: 200\n")
    assert found(third) == []
    topology = diagtool.load(third)
    assert topology.base is not None and topology.base.base is not None
    (note,) = (n for n in topology.services["web"].notes if isinstance(n, Difference))
    assert topology.differs_from("web", note) == topology.base.base
    assert (
        "the number of servers of web is 4, not 3" in diagtool.render(topology)["guide.rst"].lower()
    )
    # What the third one changes itself, the note of the second one does not explain.
    third.write_text(f"{THIRD}services:\n  web:\n    replicas: 5\n")
    (change,) = compare(topology.base, diagtool.load(third))
    assert change.reasons == ()


def test_an_inherited_difference_that_is_taken_back(variant: Variant) -> None:
    third = variant(NOTED).parent / "third.yaml"
    third.write_text(f"{THIRD}services:\n  web:\n    replicas: 3\n")
    (finding,) = found(third)
    assert finding.startswith("variant.yaml:9:18: no-difference 'replicas' of 'web' is the same")


def test_a_misspelt_service_of_the_base(variant: Variant) -> None:
    path = variant(NOTED.replace("  web:\n", "  wbe:\n    connections: [to: queue]\n"), base=BASE)
    (finding,) = found(path)
    assert finding.startswith("variant.yaml:5:3: no-difference 'Shop' has no service 'wbe'")
    assert finding.endswith("(did you mean 'web'?)")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("services:\n  wbe:\n    replicas: 4\n", "web"),
        ("components:\n  qeueu:\n    shape: database\n", "queue"),
        (
            "services:\n  web:\n    snippets:\n      limit:\n        options:\n          web:\n"
            "            timeout: 9\n",
            "limits",
        ),
    ],
)
def test_what_is_new_and_of_no_use_may_be_misspelt(variant: Variant, text: str, meant: str) -> None:
    (finding,) = found(variant(text))
    assert finding.endswith(f"(did you mean '{meant}'?)")


@pytest.mark.parametrize(
    "removed", ["components/disk", "services/web/snippets/limits", "placeholders/site"]
)
def test_what_is_removed_and_still_named_says_where_it_went(variant: Variant, removed: str) -> None:
    base = BASE.replace("host: [a, b]", "host: <site>") + "placeholders:\n  site:\n"
    path = variant(base=base, extends=removing(removed))
    (finding,) = found(path)
    assert finding.startswith("base.yaml:")
    assert f"(it is removed at {path.as_posix()}:6:7: also remove what refers to it)" in finding


def test_a_connection_that_is_removed_takes_no_part_with_it(variant: Variant) -> None:
    text = "services:\n  web:\n    notes:\n      - See {disc}.\n"
    path = variant(text, extends=removing("services/web/connections/disk"))
    finding = found(path)[0]
    assert "unknown-id" in finding
    assert finding.endswith("(did you mean 'disk'?)")
