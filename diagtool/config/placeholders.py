"""A topology's sample files with values in place of placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import Enum, auto

from diagtool.config import addresses, balancers, hosts
from diagtool.config.addresses import Values
from diagtool.model import PLACEHOLDER, Balancing, Option, Placeholder, Topology

_URL = re.compile(r"[\w+.-]+://(?P<hosts>[^/?#\s]*)[^?#\s]*(?P<query>\??[^#\s]*)")
_IN_USER = re.compile(r"(?:[\w.~!*'()&=+;:-]|%[0-9A-Fa-f]{2})*", re.ASCII)
_IN_HOST = re.compile(r"[\w.,:\[\]-]+", re.ASCII)
_IN_QUERY = re.compile(r"(?:[\w.~!*'():;,/@-]|%[0-9A-Fa-f]{2})*", re.ASCII)


class _Spot(Enum):
    """Where in a value a placeholder stands."""

    TEXT = auto()
    USER = auto()
    """Before the host of a URL: who asks, and the password."""
    HOST = auto()
    QUERY = auto()


def fill(value: str, values: Values) -> str:
    """A value with others in place of its placeholders, as far as there are any.

    An IPv6 address gets the brackets that it needs as the host of a URL.
    """
    filled, end = "", 0
    for match, spot in _spots(value):
        text = values.get(match[1], match[0])
        filled += value[end : match.start()] + (hosts.in_url(text) if spot is _Spot.HOST else text)
        end = match.end()
    return filled + value[end:]


def unsafe(value: str, values: Values) -> Iterator[str]:
    """The placeholders whose values a URL would end at, or take for something else."""
    rules = {_Spot.USER: _IN_USER, _Spot.HOST: _IN_HOST, _Spot.QUERY: _IN_QUERY}
    for match, spot in _spots(value):
        text = values.get(match[1])
        if text is not None and spot in rules and not rules[spot].fullmatch(text):
            yield match[1]


def _spots(value: str) -> Iterator[tuple[re.Match[str], _Spot]]:
    """Each placeholder, and where it stands."""
    # What a placeholder is called must not count.
    plain = PLACEHOLDER.sub(lambda match: "_" * len(match[0]), value)
    urls = list(_URL.finditer(plain))
    for match in PLACEHOLDER.finditer(value):
        spot = _Spot.TEXT
        for url in urls:
            if url.start("hosts") <= match.start() < url.end("hosts"):
                rest = plain[match.end() : url.end("hosts")].partition(",")[0]
                bracketed = plain[match.start() - 1] == "["
                spot = _Spot.USER if "@" in rest else spot if bracketed else _Spot.HOST
            elif url.start("query") <= match.start() < url.end("query"):
                spot = _Spot.QUERY
        yield match, spot


def filled(topology: Topology, values: Values) -> Topology:
    """The topology with values in the options of its parts, as far as there are any."""
    return replace(
        topology,
        components={
            id: replace(
                component,
                config=_options(component.config, values),
                balancing=_balancing(component.balancing, values),
            )
            for id, component in topology.components.items()
        },
        services={
            id: replace(
                service,
                config=_options(service.config, values),
                snippets=tuple(
                    replace(snippet, options=_options(snippet.options, values))
                    for snippet in service.snippets
                ),
            )
            for id, service in topology.services.items()
        },
    )


def _options(options: Iterable[Option], values: Values) -> tuple[Option, ...]:
    return tuple(replace(option, value=fill(option.value, values)) for option in options)


def _balancing(balancing: Balancing | None, values: Values) -> Balancing | None:
    if balancing is None:
        return None
    return replace(balancing, address=hosts.in_url(fill(balancing.address, values)))


def placeholders(topology: Topology) -> dict[str, Placeholder]:
    """What stands in sample files to be filled in, by name, in the topology's order."""
    found = balancers.placeholders(topology)
    for placeholder in addresses.placeholders(topology):
        found.setdefault(placeholder.name, placeholder)
    return {**found, **topology.placeholders}
