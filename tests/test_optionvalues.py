"""Values of options, type by type, and how they stand in releases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from diagtool import drivers, load
from diagtool.catalogue import CatalogueOption, OptionType
from diagtool.model import Placeholder
from diagtool.optionvalues import filled, unfit
from diagtool.releases import Standing, explained

TYPES = {
    OptionType.STRING: ("anything at all", None),
    OptionType.MULTI: ("anything, too", None),
    OptionType.OTHER: ("who knows", None),
    OptionType.INTEGER: ("-3", "2.5"),
    OptionType.FLOAT: ("1e3", "many"),
    OptionType.BOOLEAN: ("Yes", "maybe"),
    OptionType.PORT: ("65535", "65536"),
    OptionType.IP: ("2001:db8::1", "192.0.2.256"),
    OptionType.HOSTNAME: ("db1.example.org", "db_1.example.org"),
    OptionType.HOST: ("192.0.2.1", "192.0.2.256"),
    OptionType.DOMAIN: ("db_1.example.org", "-db.example.org"),
    OptionType.URI: ("http://example.org/dns", "example.org/dns"),
    OptionType.RANGE: ("1-9", "9 to 1"),
    OptionType.DICT: ("a:1,b:2", "a=1"),
    OptionType.LIST: ("a,b", None),
}


@pytest.mark.parametrize("type", OptionType, ids=lambda type: type.value)
def test_a_value_is_of_its_type(type: OptionType) -> None:
    right, wrong = TYPES[type]
    option = CatalogueOption("web", "x", type)
    assert unfit(option, right) == ("", "")
    assert unfit(option, "$elsewhere") == ("", "")
    if wrong is not None:
        code, message = unfit(option, wrong)
        assert code == "option-type"
        assert f"'{wrong}'" in message


def test_a_dollar_that_is_written_twice_takes_nothing_from_elsewhere() -> None:
    assert unfit(CatalogueOption("web", "x", OptionType.INTEGER), "$$5")[0] == "option-type"


def test_each_item_of_a_list_is_looked_at() -> None:
    option = CatalogueOption("web", "x", OptionType.LIST, items=OptionType.PORT)
    assert unfit(option, "80, 443") == unfit(option, "") == ("", "")
    assert unfit(option, "80,https") == ("option-type", "'https' is not a port")


def test_examples_stand_for_placeholders_and_types_for_examples() -> None:
    known = {
        "a": Placeholder("a", example="one"),
        "b": Placeholder("b", type=OptionType.PORT),
        "c": Placeholder("c", type=OptionType.STRING),
        "d": Placeholder("d"),
    }
    assert filled("no placeholder", known) == "no placeholder"
    assert filled("<a>:<b>/<c>", known) == "one:1024/example"
    assert filled("<a>:<d>", known) is None


@pytest.mark.parametrize(
    ("url", "scheme"),
    [("etcd3+http://a", "etcd3+http"), ("a:80", ""), ("://a", ""), ("<driver>://a", "")],
)
def test_the_scheme_of_a_url(url: str, scheme: str) -> None:
    assert drivers.scheme(url) == scheme


RELEASES = {
    "1.0": {"old": {"type": "integer", "max": 4}},
    "2.0": {"old": {"type": "integer"}, "plain": {"type": "string"}},
    "10.0": {
        "new": {"type": "integer", "renamed_from": ["web/old"]},
        "plain": {"type": "string", "deprecated": {}},
    },
}


def test_how_an_option_stands_in_each_release(tmp_path: Path) -> None:
    for release, options in RELEASES.items():
        content = {"format": 1, "product": "Shop", "release": release, "groups": {"web": options}}
        (tmp_path / f"{release}.json").write_text(json.dumps(content), "utf-8")
    path = tmp_path / "shop.yaml"
    path.write_text(
        "{format: 1, name: Shop, catalogues: [10.0.json, 1.0.json, 2.0.json], components: {queue: "
        "{}}, services: {web: {connections: [{to: queue}], snippets: {a: {options: {web: {old: 5, "
        "plain: x}}}}}}}",
        "utf-8",
    )
    topology = load(path)
    assert [c.release for c in topology.catalogues] == ["1.0", "2.0", "10.0"]
    assert {entry.name: entry.standings for entry in explained(topology)} == {
        "old": (Standing.OTHER_VALUE, Standing.HOLDS, Standing.RENAMED),
        "plain": (Standing.ABSENT, Standing.HOLDS, Standing.DEPRECATED),
    }
