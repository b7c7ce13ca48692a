"""At which ports parts are reached, each read from the one place that holds it.

A port stands at a listener, or in the option that sets it: ``rabbit://user@host:5672/`` of a
component that services reach by that address, ``listen = 0.0.0.0:5354`` of a service.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from diagtool.model.topology import (
    PLACEHOLDER,
    Component,
    Listener,
    Option,
    Part,
    Service,
    Topology,
    Transport,
)

UNKNOWN = "unknown"
"""What stands where a port would that nobody knows."""

_BINDS = re.compile(r"(?:^|_)(?:listen|bind)(?:_|$)|^(?:port|listen_on)$", re.IGNORECASE)
"""The names of options by which a service says where it is reached itself."""

_AUTHORITY = re.compile(r"[\w+.-]+://([^/?#\s]*)")
_PORT = re.compile(r"(?:\[[^\]]*\]|(?!\d+:)[^:\[\]]*):(\d{1,5}|<\d+>)")
_NUMBER = re.compile(r"\d{1,5}|<\d+>")


def in_value(value: str, *, alone: bool = False) -> tuple[str, ...]:
    """The ports in a URL, or in hosts with their ports, each once; ``<name>`` for a placeholder.

    Where ``alone`` a value that is nothing but a number or placeholder is a port, too.
    """
    names = PLACEHOLDER.findall(value)
    numbers = iter(range(len(names)))
    # What a placeholder is called must not count.
    plain = PLACEHOLDER.sub(lambda _: f"<{next(numbers)}>", value)
    authority = _AUTHORITY.match(plain)
    hosts = (authority[1] if authority else plain).split(",")
    found = []
    for host in hosts:
        address = host.rpartition("@")[2].strip()
        if alone and not authority and _NUMBER.fullmatch(address):
            found.append(address)
        elif match := _PORT.fullmatch(address):
            found.append(match[1])
    found = [f"<{names[int(port[1:-1])]}>" if port[0] == "<" else port for port in found]
    return tuple(dict.fromkeys(port for port in found if _is_port(port)))


def _is_port(text: str) -> bool:
    return text.startswith("<") or 1 <= int(text) <= 65_535


def in_options(part: Part) -> Iterator[tuple[Option, str]]:
    """The options that say at which ports a part is reached, with the ports."""
    for option in _options(part):
        if isinstance(part, Component):
            yield from ((option, port) for port in in_value(option.value))
        elif _BINDS.search(option.name):
            yield from ((option, port) for port in in_value(option.value, alone=True))


def _options(part: Part) -> tuple[Option, ...]:
    if isinstance(part, Component):
        return part.config
    return (*part.config, *(option for snippet in part.chosen for option in snippet.options))


def holder(part: Part, listener: Listener) -> Option | None:
    """The option that holds the port of a listener, None where none does.

    A listener that says neither a port nor an option has that of the only port in options.
    """
    if listener.option is not None:
        section, name = listener.option
        found = (o for o in _options(part) if o.name == name and section in ("", o.section))
        return next(found, None)
    if listener.port is not None or len(part.listen) > 1:
        return None
    ports = list(in_options(part))
    return ports[0][0] if len({port for _, port in ports}) == 1 else None


def of(part: Part, listener: Listener) -> str:
    """The port of a listener: digits, ``<name>`` for a placeholder, empty if not known."""
    if listener.port is not None:
        return str(listener.port)
    option = holder(part, listener)
    ports = in_value(option.value, alone=True) if option else ()
    return ports[0] if len(ports) == 1 else ""


def listeners(topology: Topology, part: Part) -> tuple[Listener, ...]:
    """Where a part is reached: as it says, or as its options or its balancing do."""
    if part.listen:
        return part.listen
    if isinstance(part, Component) and part.balancing:
        return tuple(_fronts(topology, part))
    ports = {port: option for option, port in in_options(part)}
    if len(ports) == 1:
        option = next(iter(ports.values()))
        return (Listener(option=(option.section, option.name), place=option.place),)
    return ()


def _fronts(topology: Topology, component: Component) -> Iterator[Listener]:
    """The ports of a load balancer: the one for HTTP, and those that services have there."""
    balancing = component.balancing
    assert balancing is not None
    services = topology.balanced_by(component.id)
    own = [service for service in services if front_port(service)]
    if len(own) < len(services) or not services:
        place = balancing.place
        yield Listener("", balancing.port, protocol="http", tls=balancing.tls, place=place)
    for service in own:
        listener = service.balanced
        assert listener is not None
        name, protocol, tls = service.id, listener.protocol, listener.tls
        port, place = listener.front_port, listener.place
        yield Listener(name, port, Transport.TCP, protocol, tls, place=place)


def front_port(service: Service) -> int | None:
    """The port that a service has to itself at a load balancer, None if it has none."""
    return service.balanced.front_port if service.balanced else None
