"""Catalogues of config options: the committed ones, and every mistake in one."""

from __future__ import annotations

import importlib.util
import json
import re
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from diagtool.loading import catalogue_file
from diagtool.model.catalogue import Catalogue, CatalogueOption, Deprecation, OptionType, by_release
from diagtool.model.diagnostics import Diagnostic

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "topology" / "options"
CONSTRAINTS = ROOT / "constraints" / "options"


def read(path: Path) -> tuple[Catalogue | None, list[Diagnostic]]:
    found: list[Diagnostic] = []
    return catalogue_file.read(path, found.append), found


def catalogue(path: Path) -> Catalogue:
    made, found = read(path)
    assert not found
    assert made is not None
    return made


@pytest.fixture(scope="module")
def releases() -> tuple[Catalogue, ...]:
    return by_release(catalogue(path) for path in FOLDER.glob("*.json"))


@pytest.fixture(scope="module")
def remake() -> ModuleType:
    path = ROOT / "tools" / "options" / "remake.py"
    spec = importlib.util.spec_from_file_location("remake", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- the committed ones ---------------------------------------------------------------


def test_four_releases_are_covered(releases: tuple[Catalogue, ...]) -> None:
    assert [(c.product, c.release.partition(".")[0]) for c in releases] == [
        ("Designate", "20"),
        ("Designate", "21"),
        ("Designate", "22"),
        ("Designate", "23"),
    ]


def test_the_options_of_the_guide_hold_in_every_release(releases: tuple[Catalogue, ...]) -> None:
    for release in releases:
        for group, name, kind, default in (
            ("service:api", "api_base_uri", OptionType.STRING, "http://127.0.0.1:9001/"),
            ("service:api", "enable_host_header", OptionType.BOOLEAN, "true"),
            ("oslo_middleware", "enable_proxy_headers_parsing", OptionType.BOOLEAN, "false"),
            ("coordination", "backend_url", OptionType.STRING, None),
        ):
            option = release.option(group, name)
            assert option is not None
            assert (option.type, option.default) == (kind, default)
            assert option.deprecated is None
            assert option.help


def test_what_became_of_options(releases: tuple[Catalogue, ...]) -> None:
    oldest, _, _, newest = releases
    for release in releases:
        former = release.renamed("service:central", "max_record_name_len")
        assert former is not None
        assert (former.group, former.name) == ("service:central", "max_recordset_name_len")
    assert release.option("service:central", "max_record_name_len") is None
    moved = oldest.renamed("DEFAULT", "osapi_max_request_body_size")
    assert moved is not None
    assert (moved.group, moved.name) == ("oslo_middleware", "max_request_body_size")
    assert newest.renamed("DEFAULT", "osapi_max_request_body_size") is None
    uri = [release.option("keystone_authtoken", "auth_uri") for release in releases]
    assert [option is not None for option in uri] == [True, True, True, False]
    assert uri[2] is not None and uri[2].deprecated is not None
    assert uri[2].deprecated.since == "Queens"


def test_what_values_may_be(releases: tuple[Catalogue, ...]) -> None:
    newest = releases[-1]
    delay = newest.option("oslo_messaging_rabbit", "kombu_reconnect_delay")
    assert delay is not None
    assert (delay.type, delay.minimum, delay.maximum) == (OptionType.FLOAT, 0, 4.5)
    rotation = newest.option("DEFAULT", "log_rotate_interval_type")
    assert rotation is not None
    assert rotation.choices == ("Seconds", "Minutes", "Hours", "Days", "Weekday", "Midnight")
    assert (rotation.default, rotation.ignore_case) == ("days", True)
    codes = newest.option("keystone", "retriable_status_codes")
    assert codes is not None
    assert (codes.type, codes.items) == (OptionType.LIST, OptionType.INTEGER)


def test_lookups(releases: tuple[Catalogue, ...]) -> None:
    newest = releases[-1]
    # As in a file: case counts in names, and in no section but DEFAULT.
    assert newest.option("Service:API", "workers") is newest.option("service:api", "workers")
    assert newest.option("service:api", "Workers") is None
    assert newest.option("default", "transport_url") is None
    assert newest.option("DEFAULT", "transport_url") is not None
    assert newest.groups_with("connection") == ("storage:sqlalchemy",)
    assert "database" not in newest.groups


def test_no_trace_of_a_machine(releases: tuple[Catalogue, ...]) -> None:
    sampled = {
        (option.group, option.name): option.sample_default
        for option in releases[-1].options
        if option.sample_default is not None
    }
    assert sampled == {
        ("DEFAULT", "host"): "current_hostname",
        ("DEFAULT", "pybasedir"): "<Path>",
        ("oslo_messaging_rabbit", "hostname"): "node1.example.com",
        ("oslo_messaging_rabbit", "processname"): "nova-api",
    }
    for path in FOLDER.glob("*.json"):
        assert not re.search(r"site-packages|/tmp/|/home/|/root/|<host>\"", path.read_text("utf-8"))


@pytest.mark.parametrize("path", sorted(CONSTRAINTS.glob("*.txt")), ids=lambda path: path.stem)
def test_each_is_of_what_its_constraints_pin(path: Path, remake: ModuleType) -> None:
    made = catalogue(FOLDER / f"{path.stem}.json")
    assert made.release == remake.pinned(path, "designate")
    pins = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert len(pins) > 50
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", pin) for pin in pins)


def test_none_is_left_over() -> None:
    stems = [
        {path.stem for path in folder} for folder in (FOLDER.glob("*.json"), CONSTRAINTS.glob("*"))
    ]
    assert stems[0] == stems[1]


# --- how they are made ----------------------------------------------------------------

LISTED: dict[str, Any] = {
    "name": "some-name",
    "dest": "some_name",
    "type": "string value",
    "items": None,
    "default": None,
    "sample_default": None,
    "choices": [],
    "ignore_case": False,
    "min": None,
    "max": None,
    "required": False,
    "secret": False,
    "deprecated_for_removal": False,
    "deprecated_since": None,
    "deprecated_reason": None,
    "deprecated_opts": [],
    "help": None,
}
"""An option of which the generator has nothing to say."""


@pytest.mark.parametrize(
    ("listed", "wanted"),
    [
        ({}, {}),
        ({"default": False, "type": "boolean value"}, {"default": "false", "type": "boolean"}),
        (
            {"default": 0, "min": 0, "max": 2.5, "type": "floating point value"},
            {"default": "0", "minimum": 0, "maximum": 2.5, "type": "float"},
        ),
        ({"default": ""}, {"default": ""}),
        ({"default": [], "type": "list value"}, {"default": "", "type": "list"}),
        (
            {"default": ["53", "9"], "type": "list value", "items": "port"},
            {"default": "53,9", "type": "list", "items": "port"},
        ),
        (
            {"default": {"b": 1, "a": 2}, "type": "dict value"},
            {"default": "a:2,b:1", "type": "dict"},
        ),
        ({"default": ["b", "a"], "type": "multi valued"}, {"default": "b\na", "type": "multi"}),
        ({"default": [], "type": "multi valued"}, {"type": "multi"}),
        ({"type": "a type of our own"}, {"type": "other"}),
        ({"default": "vm", "sample_default": "a-host"}, {"sample_default": "a-host"}),
        ({"default": "<host>:80"}, {"sample_default": "<host>:80"}),
        (
            {"choices": [["a", "About it."], [None, None], ["", None]], "ignore_case": True},
            {"choices": ("a", ""), "ignore_case": True},
        ),
        ({"ignore_case": True}, {}),
        ({"help": "One\n line.\n\nAnother. "}, {"help": "One line. Another."}),
        ({"required": True, "secret": True}, {"required": True, "secret": True}),
        ({"deprecated_for_removal": True}, {"deprecated": Deprecation()}),
        (
            {
                "deprecated_for_removal": True,
                "deprecated_since": 19,
                "deprecated_reason": "It\ndoes nothing.",
            },
            {"deprecated": Deprecation("19", "It does nothing.")},
        ),
        (
            {
                "deprecated_opts": [
                    {"group": "web", "name": "old-name"},
                    {"group": "DEFAULT", "name": "some_name"},
                    {"group": "web", "name": "some-name"},
                ]
            },
            {"renamed_from": (("DEFAULT", "some_name"), ("web", "old_name"))},
        ),
    ],
)
def test_what_the_generator_lists_is_what_is_read(
    tmp_path: Path, remake: ModuleType, listed: dict[str, Any], wanted: dict[str, Any]
) -> None:
    path = tmp_path / "shop-1.0.json"
    path.write_text(remake.written("Shop", "1.0", {"web": {"opts": [LISTED | listed]}}), "utf-8")
    kinds = {key: OptionType(wanted[key]) for key in ("type", "items") if key in wanted}
    option = CatalogueOption("web", "some_name", **{"type": OptionType.STRING} | wanted | kinds)
    assert catalogue(path) == Catalogue("Shop", "1.0", (option,))


def test_order_does_not_depend_on_the_generator(remake: ModuleType) -> None:
    first = LISTED | {"dest": "a"}
    second = LISTED | {"dest": "b"}
    one = {"web": {"opts": [first, second]}, "DEFAULT": {"opts": [first]}}
    other = {"DEFAULT": {"opts": [first]}, "web": {"opts": [second, first, second]}}
    assert remake.written("Shop", "1.0", one) == remake.written("Shop", "1.0", other)


def test_two_namespaces_that_differ(remake: ModuleType) -> None:
    options = [LISTED, LISTED | {"default": "other"}]
    with pytest.raises(SystemExit, match=r"\[web\] some_name: two namespaces"):
        remake.written("Shop", "1.0", {"web": {"opts": options}})


@pytest.mark.parametrize(
    ("toml", "wanted"),
    [
        (None, r"catalogues\.toml"),
        ("product = ", r"catalogues\.toml"),
        ('product = "Shop"\npackage = "shopd"', "says nothing of constraints, namespaces"),
        (
            'product = "Shop"\npackage = "shopd"\nconstraints = "pins"\nnamespaces = []',
            "pins: holds no constraints",
        ),
    ],
)
def test_nothing_to_make(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    remake: ModuleType,
    toml: str | None,
    wanted: str,
) -> None:
    if toml is not None:
        (tmp_path / "catalogues.toml").write_text(toml, "utf-8")
    monkeypatch.setattr("sys.argv", ["remake.py", str(tmp_path)])
    with pytest.raises(SystemExit, match=wanted):
        remake.main()


def test_the_newest_release_that_is_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, remake: ModuleType
) -> None:
    """Of a real index, if one in a folder; one that this Python cannot run counts as well."""
    for release, more in (("9.0.0", ""), ("10.0.0", "Requires-Python: >=99\n"), ("11.0.0rc1", "")):
        name = f"shopd-{release}"
        metadata = f"Metadata-Version: 2.1\nName: shopd\nVersion: {release}\n{more}"
        wheel = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        with zipfile.ZipFile(tmp_path / f"{name}-py3-none-any.whl", "w") as archive:
            archive.writestr(f"{name}.dist-info/METADATA", metadata)
            archive.writestr(f"{name}.dist-info/WHEEL", wheel)
            archive.writestr(f"{name}.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    newest = remake.newest_release("shopd")
    assert newest == "10.0.0"
    assert remake.ordered(newest) > remake.ordered("9.0.0")
    with pytest.raises(SystemExit, match="failed"):
        remake.newest_release("no-such-package")


# --- mistakes -------------------------------------------------------------------------

GOOD = """\
{
 "format": 1,
 "product": "Shop",
 "release": "1.0",
 "groups": {
  "web": {
   "workers": {
    "type": "integer",
    "min": 1,
    "renamed_from": [
     "DEFAULT/workers"
    ],
    "deprecated": {
     "since": "0.9"
    }
   }
  }
 }
}
"""


def test_good_file(tmp_path: Path) -> None:
    (tmp_path / "shop.json").write_text(GOOD, "utf-8")
    made = catalogue(tmp_path / "shop.json")
    workers = CatalogueOption(
        "web",
        "workers",
        OptionType.INTEGER,
        minimum=1,
        deprecated=Deprecation("0.9"),
        renamed_from=(("DEFAULT", "workers"),),
    )
    assert made == Catalogue("Shop", "1.0", (workers,))
    assert made.path == (tmp_path / "shop.json").as_posix()


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        (
            '"format": 1,',
            '"format": 1',
            "3:2: bad-catalogue not valid JSON: Expecting ',' delimiter",
        ),
        (GOOD, "", "1:1: bad-catalogue not valid JSON: Expecting value"),
        (GOOD, "[]", "1:1: bad-catalogue expected an object"),
        (GOOD, "[" * 100_000, "1:1: bad-catalogue not a catalogue: nested too deep"),
        ('"min": 1', '"min": NaN', "1:1: bad-catalogue not a catalogue: NaN is not a number"),
        (
            '"min": 1,',
            '"min": 1, "min": 2,',
            "9:15: bad-catalogue not a catalogue: the key 'min' is already defined in this object",
        ),
        ('"format": 1', '"format": 2', "2:2: bad-catalogue this release reads format 1"),
        (' "format": 1,\n', "", "1:1: bad-catalogue the key 'format' is missing"),
        (' "release": "1.0",\n', "", "1:1: bad-catalogue the key 'release' is missing"),
        ('"1.0"', "1.0", "4:2: bad-catalogue 'release' is not a text"),
        (
            '"1.0"',
            '""',
            "4:2: bad-catalogue a name has at most 100 visible characters, on one line",
        ),
        (
            '"workers": {',
            '"work\\ners": {',
            "7:4: bad-catalogue a name has at most 100 visible characters, on one line",
        ),
        ('"web": {', '"shop": [], "web": {', "6:3: bad-catalogue a group is an object"),
        ('"workers": {', '"limit": 3, "workers": {', "7:4: bad-catalogue this is not an object"),
        ('"type": "integer",', "", "7:4: bad-catalogue the key 'type' is missing"),
        (
            '"integer"',
            '"intger"',
            "8:5: bad-catalogue there is no such type (did you mean 'integer'?)",
        ),
        ('"min": 1', '"mim": 1', "9:5: bad-catalogue there is no such key (did you mean 'min'?)"),
        ('"min": 1', '"min": "1"', "9:5: bad-catalogue 'min' is not a number"),
        ('"min": 1', '"min": true', "9:5: bad-catalogue 'min' is not a number"),
        ('"min": 1', '"min": 2, "max": 1', "9:5: bad-catalogue 2 is more than the 'max', 1"),
        ('"min": 1', '"min": 1, "default": "0"', "9:15: bad-catalogue 0 is less than 1"),
        ('"min": 1', '"default": "one"', "9:5: bad-catalogue 'one' is not a whole number"),
        ('"integer"', '"string"', "9:5: bad-catalogue the type 'string' has no bounds"),
        ('"min": 1', '"secret": "yes"', "9:5: bad-catalogue 'secret' is not true or false"),
        ('"min": 1', '"choices": [1]', "9:5: bad-catalogue 'choices' is not a list of texts"),
        (
            '"min": 1',
            '"help": "a\\u202eb"',
            "9:5: bad-catalogue invisible character U+202E",
        ),
        (
            '"min": 1',
            '"choices": ["a", "\\ud800"]',
            "9:5: bad-catalogue invisible character U+D800",
        ),
        (
            '"DEFAULT/workers"',
            '"workers"',
            "10:5: bad-catalogue a former name must be written as 'group/name'",
        ),
        ('"since"', '"sinc"', "14:6: bad-catalogue there is no such key (did you mean 'since'?)"),
    ],
)
def test_mistake(tmp_path: Path, old: str, new: str, wanted: str) -> None:
    path = tmp_path / "shop.json"
    assert GOOD.count(old) == 1
    path.write_text(GOOD, "utf-8")
    catalogue(path)  # what is right in one release hides no mistake in the next one
    path.write_text(GOOD.replace(old, new), "utf-8")
    made, found = read(path)
    assert made is None
    assert [str(d).removeprefix(f"{path.as_posix()}:") for d in found] == [wanted]


def test_every_mistake_is_told_at_once_but_not_without_end(tmp_path: Path) -> None:
    path = tmp_path / "shop.json"
    path.write_text(GOOD.replace('"1.0"', "1.0").replace('"min": 1', '"min": ""'), "utf-8")
    assert len(read(path)[1]) == 2
    content = json.loads(GOOD)
    content["groups"]["web"] = {f"option{number}": {} for number in range(10_000)}
    path.write_text(json.dumps(content, indent=1), "utf-8")
    assert len(read(path)[1]) == catalogue_file.MANY


def test_no_file(tmp_path: Path) -> None:
    assert [d.code for d in read(tmp_path / "shop.json")[1]] == ["unreadable-file"]
    (tmp_path / "shop.json").write_bytes(b'{"format": "\xff"}')
    assert [d.code for d in read(tmp_path / "shop.json")[1]] == ["not-utf8"]


def test_releases_are_in_order() -> None:
    releases = [Catalogue("Shop", release, ()) for release in ("10.0", "9.1", "9.0.1")]
    assert [c.release for c in by_release(releases)] == ["9.0.1", "9.1", "10.0"]
