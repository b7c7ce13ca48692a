"""Options and drivers as the real libraries take them: what we say of a value is what they do."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points
from itertools import product
from pkgutil import iter_modules
from typing import Any

import pytest

from diagtool.config.drivers import LIBRARIES
from diagtool.config.values import unfit
from diagtool.model.catalogue import CatalogueOption, OptionType

pytestmark = [pytest.mark.designate]

TEXTS = (
    "", "0", "1", "5", "-3", "+4", " 7", "65535", "65536", "1.5", "1e3", "0x10", "many", "true",
    "True", "yes", "maybe", "off", "192.0.2.1", "192.0.2.256", "2001:db8::1", "localhost",
    "host.example.org", "host_1.example.org", "-host", "a b", "http://example.org/dns", "example",
    "a,b", "a:1,b:2", "1,2", "80,443", "fast", "Fast", "1-9", "9-1",
)  # fmt: skip

KINDS = (
    OptionType.STRING, OptionType.INTEGER, OptionType.FLOAT, OptionType.BOOLEAN, OptionType.PORT,
    OptionType.IP, OptionType.HOSTNAME, OptionType.HOST, OptionType.DOMAIN, OptionType.URI,
    OptionType.DICT, OptionType.RANGE,
)  # fmt: skip


def real(kind: OptionType, **bounds: Any) -> Any:
    types = import_module("oslo_config.types")
    name = {
        OptionType.IP: "IPAddress",
        OptionType.HOST: "HostAddress",
        OptionType.DOMAIN: "HostDomain",
        OptionType.URI: "URI",
    }.get(kind, kind.value.capitalize())
    return getattr(types, name)(**bounds)


def takes(type: Any, text: str) -> bool:
    try:
        type(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.value)
def test_we_refuse_what_oslo_config_refuses(kind: OptionType) -> None:
    option = CatalogueOption("web", "x", kind)
    ours = {text for text in TEXTS if unfit(option, text)[0]}
    assert ours == {text for text in TEXTS if not takes(real(kind), text)}


def test_bounds_choices_and_items_are_those_of_oslo_config() -> None:
    types = import_module("oslo_config.types")
    chosen = CatalogueOption("web", "x", OptionType.STRING, choices=("fast", "safe"))
    folded = CatalogueOption(
        "web", "x", OptionType.STRING, choices=("fast", "safe"), ignore_case=True
    )
    bounded = CatalogueOption("web", "x", OptionType.INTEGER, minimum=1, maximum=64)
    listed = CatalogueOption("web", "x", OptionType.LIST, items=OptionType.INTEGER)
    pairs = (
        (chosen, types.String(choices=["fast", "safe"])),
        (folded, types.String(choices=["fast", "safe"], ignore_case=True)),
        (bounded, types.Integer(min=1, max=64)),
        (listed, types.List(types.Integer())),
    )
    for (option, type), text in product(pairs, TEXTS):
        assert bool(unfit(option, text)[0]) is not takes(type, text), (option, text)


@pytest.mark.parametrize(
    ("library", "group"),
    [("tooz", "tooz.backends"), ("oslo.messaging", "oslo.messaging.drivers")],
)
def test_drivers_are_those_that_the_library_registers(library: str, group: str) -> None:
    assert set(LIBRARIES[library].schemes) == {point.name for point in entry_points(group=group)}


def test_tooz_drivers_can_do_what_we_say() -> None:
    coordination = import_module("tooz.coordination")
    base = coordination.CoordinationDriver
    loaded = 0
    for point in entry_points(group="tooz.backends"):
        try:
            driver = point.load()
        except ModuleNotFoundError:
            continue  # the client of what it talks to comes with an extra of tooz
        loaded += 1
        can = LIBRARIES["tooz"].schemes[point.name]
        assert ("groups" in can) is (driver.join_group is not base.join_group), point.name
        assert ("locks" in can) is (driver.get_lock is not base.get_lock), point.name
        leads = driver.run_elect_coordinator is not base.run_elect_coordinator
        assert ("leaders" in can) is leads, point.name
    assert loaded > 3


def test_sqlalchemy_has_the_dialects_and_drivers() -> None:
    dialects = import_module("sqlalchemy.dialects")
    for scheme, can in LIBRARIES["sqlalchemy"].schemes.items():
        if scheme == "mssql+mssqlpython":
            continue  # new in 2.1
        dialect = dialects.registry.load(scheme.replace("+", "."))
        assert ("blocking" in can) is not dialect.is_async, scheme
    ours = {scheme.partition("+")[0] for scheme in LIBRARIES["sqlalchemy"].schemes}
    assert ours == {m.name for m in iter_modules(dialects.__path__) if m.ispkg} | {"mariadb"}
