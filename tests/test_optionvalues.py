"""Values of options, type by type, and how they stand in releases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from diagtool import load
from diagtool.config import drivers
from diagtool.config.placeholders import fill, unsafe
from diagtool.config.releases import Standing, explained
from diagtool.config.values import filled, unfit, unreachable
from diagtool.loading.options import problem_of_driver
from diagtool.model import DriverChoice, Placeholder
from diagtool.model.catalogue import CatalogueOption, OptionType

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


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("redis://host:65536/0", "up to 65535"),
        ("rabbit://a:b@one:5672,a:b@two:72000/", "up to 65535"),
        ("redis://::1:6379", "brackets"),
        ("redis://host:http/", "expected a port"),
        ("redis://[::1]:6379", ""),
        ("rabbit://a:b@one:5672,a:b@two:5672/", ""),
        ("mysql://a:b:c@host/", ""),
        ("redis://host:$port", ""),
        ("file:///var/lib", ""),
        ("no url:99999", ""),
    ],
)
def test_a_host_that_cannot_be_reached(url: str, wrong: str) -> None:
    assert wrong in unreachable(url)
    assert bool(wrong) is bool(unreachable(url))


def test_no_message_shows_a_secret() -> None:
    port = CatalogueOption("web", "x", OptionType.PORT, minimum=9, maximum=99, secret=True)
    word = CatalogueOption("web", "x", OptionType.STRING, choices=("a", "b"), secret=True)
    for option, text in ((port, "4711x"), (port, "8"), (port, "123"), (word, "4711")):
        code, message = unfit(option, text)
        assert code and text not in message


@pytest.mark.parametrize("url", ["none", "rdis://a", "redis://a"])
def test_what_no_driver_can_do(url: str) -> None:
    choice = DriverChoice("web", "x", "tooz", ("groups", "rpc"))
    assert problem_of_driver(choice, url)[2] in (
        "no driver of tooz 9.1 can do all that is needed",
        "did you mean 'redis'?",
    )


FILLED = {"host": "2001:db8::1", "name": "db1", "word": "a/b", "coded": "a%2Fb", "port": "1"}


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("<host>", "2001:db8::1"),
        ("redis://<host>:<port>/0", "redis://[2001:db8::1]:1/0"),
        ("redis://[<host>]/", "redis://[2001:db8::1]/"),
        ("rabbit://u:<coded>@<host>:1,u@<name>/x", "rabbit://u:a%2Fb@[2001:db8::1]:1,u@db1/x"),
        ("<name>+<name>://<host>", "db1+db1://[2001:db8::1]"),
        ("http://<name>/<word>?at=<coded>", "http://db1/a/b?at=a%2Fb"),
        ("http://<none>/<host>", "http://<none>/2001:db8::1"),
    ],
)
def test_an_ipv6_address_is_bracketed_where_it_is_the_host_of_a_url(
    value: str, wanted: str
) -> None:
    assert fill(value, FILLED) == wanted
    assert not list(unsafe(value, FILLED))


@pytest.mark.parametrize("sign", "@/#?$, %\u00e9")
def test_what_a_url_takes_for_something_else(sign: str) -> None:
    values = {"word": f"a{sign}b"}
    assert list(unsafe("rabbit://u:<word>@host/", values)) == ["word"]
    assert not list(unsafe("<word>", values))


@pytest.mark.parametrize("sign", "&#$+ %=")
def test_what_ends_a_query(sign: str) -> None:
    assert list(unsafe("redis://host/0?password=<word>", {"word": f"a{sign}b"})) == ["word"]


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
