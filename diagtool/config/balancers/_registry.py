"""The load balancers for which config is written, one module each.

To add one, add a module here. Its name is the program's short name; it holds

* ``TITLE``, what the program is called, such as ``"HAProxy"``;
* ``SUFFIX``, what the names of its files end in, such as ``".haproxy.cfg"``;
* ``LANGUAGE``, what Pygments calls its language, ``"text"`` where it does not know it;
* ``SINCE``, the oldest release that takes the config;
* ``ADVICE``, where the file goes, in a sentence or two;
* ``takes``, which tells whether it can spread requests over a :class:`Pool`;
* ``write``, which gives the lines under the comment for a :class:`Balancer`.

Whatever writes config finds it here; what reads such config needs its ``SUFFIX``
(``docs/contributing/adding.rst``). What a topology's author may write freely stands in comments
only, never where a program would act on it: all else is an id, a number, a path that the
schema lets through, or a placeholder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from diagtool.config.balancers._balancer import CERTIFICATE, Balancer, Pool, placeholders
from diagtool.config.comments import comment, replaceable
from diagtool.files import modules
from diagtool.model import (
    PLACEHOLDER,
    Reliance,
    Topology,
)


class Program(Protocol):
    """A module of this package, as the rest of the house sees it."""

    TITLE: str
    SUFFIX: str
    LANGUAGE: str
    SINCE: str
    ADVICE: str
    takes: Callable[[Pool], bool]
    write: Callable[[Balancer], str]


@cache
def names() -> tuple[str, ...]:
    """The short names of all programs, the one that a page shows first."""
    return tuple(sorted(modules.beside(__file__), key=_shown))


def _shown(name: str) -> tuple[bool, str]:
    return name != "haproxy", name


def get(name: str) -> Program:
    """The program of this short name. Raises KeyError where there is none."""
    if name not in names():
        raise KeyError(name)
    return cast(Program, import_module(f"{__package__}.{name}"))


def fitting(balancer: Balancer) -> tuple[str, ...]:
    """The short names of the programs for which there is config of a load balancer."""
    return tuple(name for name in names() if any(map(get(name).takes, balancer.pools)))


def left_out(balancer: Balancer, path: str) -> frozenset[str]:
    """The ids of the services that a file of this name leaves to another program's."""
    programs = [program for program in map(get, names()) if path.lower().endswith(program.SUFFIX)]
    pools = [pool for pool in balancer.pools if not any(p.takes(pool) for p in programs)]
    return frozenset(pool.id for pool in pools if programs)


def config(topology: Topology, balancer: Balancer, name: str) -> str:
    """A program's config, with what a reader must know of it in a comment above it."""
    program = get(name)
    return f"{comment(_about(topology, balancer, program))}\n{program.write(balancer)}"


def filename(balancer: Balancer, name: str) -> str:
    """What the file with a program's config is called."""
    return f"{balancer.component.id}{get(name).SUFFIX}"


def _about(topology: Topology, balancer: Balancer, program: Program) -> Iterator[str]:
    """Sentences; those that belong under another one are indented."""
    release = f"{program.TITLE} {program.SINCE} or later"
    yield f"{balancer.component.name}: sample configuration for {release}. {program.ADVICE}"
    for pool in balancer.pools:
        if not program.takes(pool):
            yield f"{pool.service.name} at port {pool.port} is not in this file."
        elif pool.passed_on:
            yield f"Clients reach {pool.service.name} at port {pool.port} through it."
        elif balancer.balancing.address:
            url = f"{replace(balancer.balancing, port=pool.port).url(pool.prefix)}/"
            yield f"Clients reach {pool.service.name} at {url} through it."
        for snippet in pool.service.eligible:
            if snippet.relies_on:
                options = ", ".join(f"[{o.section}] {o.name}" for o in snippet.options)
                yield f"For {options}: {_WHY[snippet.relies_on]}"
    if balancer.by_port and not balancer.forwards:
        kept = "keeps the Host header" if balancer.keeps_host else "sets no header"
        yield f"It {kept} and leaves X-Forwarded headers alone."
    yield from _unfilled(topology, balancer)


def _unfilled(topology: Topology, balancer: Balancer) -> Iterator[str]:
    """What is still to be put in place of what."""
    wanted = []
    for pool in balancer.pools:
        hosts = [host for server in pool.servers for host in PLACEHOLDER.findall(server.address)]
        if hosts:
            each = f"<{hosts[0]}>" + (f" to <{hosts[-1]}>" if len(hosts) > 1 else "")
            wanted.append(f"{each}: the addresses of the {pool.service.servers}.")
    if balancer.by_port and balancer.balancing.tls and PLACEHOLDER.search(balancer.certificate):
        file = placeholders(topology)[CERTIFICATE]
        wanted.append(f"<{CERTIFICATE}>: {file.description} Example: {file.example}")
    yield from replaceable(wanted)


_WHY = {
    Reliance.ADDRESS: "links carry the address that is set there.",
    Reliance.HOST: "links carry what the Host header says, which must be the client's.",
    Reliance.FORWARDED: "links carry what X-Forwarded headers say, which must be set here, "
    "and must not be what a client made up.",
}
