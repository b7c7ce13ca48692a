"""Rules that hold for every system: what each asks for, and what breaks it.

A topology can have further rules of its own. :func:`broken` looks at both kinds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from diagtool.model import Component, Part, Rule, Service, Severity, Shape, Topology, wording
from diagtool.model.value import value

P = TypeVar("P", Component, Service, Part)


@value
class Break:
    """A rule that a part breaks: why, and what to do about it."""

    rule: str
    severity: Severity
    part: Part
    message: str
    remedy: str


@value
class General(Generic[P]):
    """A rule for every system: ``broken`` says why a part of the kinds ``about`` breaks it."""

    about: tuple[type[P], ...]
    severity: Severity
    meaning: str
    remedy: str
    broken: Callable[[Topology, P], Iterator[str]]


def broken(topology: Topology) -> Iterator[Break]:
    """Every break of a rule, silenced or not: those of general rules first."""
    for id, rule in GENERAL.items():
        for part in topology.parts:
            if isinstance(part, rule.about):
                for message in rule.broken(topology, part):
                    yield Break(id, rule.severity, part, message, rule.remedy)
    for own in topology.rules.values():
        service = topology.services[own.service]
        if service.replicas >= own.replicas and not _has(topology, service, own):
            message = wording.plain(topology, own.text)
            yield Break(own.id, own.severity, service, message, need(topology, own))


# --- rules of a topology --------------------------------------------------------------


def _has(topology: Topology, service: Service, rule: Rule) -> bool:
    """Whether a service has what a rule needs."""
    if rule.options:
        return any(
            option.name in rule.options and rule.section in (None, option.section)
            for _, option in topology.settings(service.id)
        )
    if rule.component is not None:
        return any(rule.component in (c.owner, c.peer) for c in topology.connections_of(service.id))
    return _stands_behind(topology, service) is rule.front


def need(topology: Topology, rule: Rule) -> str:
    """What a rule asks for, as what to do for it."""
    service = topology.services[rule.service].name
    if rule.options:
        section = f"[{rule.section}] " if rule.section else ""
        return f"set {section}{' or '.join(rule.options)} for {service}"
    if rule.component is not None:
        return f"connect {service} with {topology.components[rule.component].name}"
    if rule.front:
        return f"connect {service} with a component that has 'front: true'"
    return f"connect {service} with no component that has 'front: true'"


def _stands_behind(topology: Topology, service: Service) -> bool:
    """Whether a component stands in front of a service."""
    return any(service in topology.fronted_by(id) for id in topology.components)


# --- general rules --------------------------------------------------------------------


def _without_balancer(topology: Topology, service: Service) -> Iterator[str]:
    listens = any(listener.is_http for listener in service.listen)
    moving = service.cluster and service.cluster.address
    if moving or not listens or service.replicas < 2:
        return
    if not _stands_behind(topology, service):
        yield (
            f"{service.name} takes requests on {service.replicas} servers, "
            "and nothing stands in front of them"
        )


def _single(topology: Topology, component: Component) -> Iterator[str]:
    if component.stacked or component.cluster or component.shape is Shape.ACTOR:
        return
    if component.outside or len(component.placements) > 1:
        return
    if users := _users(topology, component):
        verb = "needs" if len(users) == 1 else "need"
        verb = f"{'is' if len(users) == 1 else 'are'} behind" if component.front else verb
        names = wording.join([user.name for user in users])
        yield f"there is only one {component.name}, and {names} {verb} it"


def _users(topology: Topology, component: Component) -> tuple[Service, ...]:
    """The services that cannot be reached, or cannot work, without a component."""
    if component.front:
        return topology.fronted_by(component.id)
    return topology.needed_by(component.id)


def _even(_: Topology, part: Part) -> Iterator[str]:
    members = part.members
    if part.cluster and part.cluster.quorum and members and members % 2 == 0:
        yield (
            f"{part.name} has {members} members, and tolerates the loss of no more "
            f"of them than one with {members - 1}"
        )


def _shared_quorum(_: Topology, part: Part) -> Iterator[str]:
    if part.cluster and part.cluster.quorum:
        for host, count in _counted(part).items():
            if count > 1:
                yield f"{host} carries {count} of the {part.members} members of {part.name}"


def _shared_host(_: Topology, part: Part) -> Iterator[str]:
    counted = _counted(part)
    if len(counted) == 1 and sum(counted.values()) > 1:
        what = "servers" if isinstance(part, Service) else "members"
        yield f"all {part.members} {what} of {part.name} run on {next(iter(counted))}"


def _counted(part: Part) -> Counter[str]:
    """How many of a part's copies run on each host."""
    return Counter(copy.host for copy in part.instances if copy.host)


GENERAL: Mapping[str, General[Any]] = {
    "no-balancer": General(
        (Service,),
        Severity.WARNING,
        "A service that clients reach (it listens for HTTP) has several servers, but no component "
        "in front of it distributes the requests, and no address moves to the active server.",
        "connect it with a component that has 'front: true'",
        _without_balancer,
    ),
    "single-point": General(
        (Component,),
        Severity.WARNING,
        "A component is drawn as a single box (``stacked: false``), and services need it or stand "
        "behind it: if it fails, so do they.",
        "add 'cluster' if it is one, draw it as several, or say in 'silenced' why one is enough",
        _single,
    ),
    "even-cluster": General(
        (Component, Service),
        Severity.WARNING,
        "A cluster that decides by majority (``quorum: true``) has an even number of members. With "
        "one member fewer it tolerates as many losses, and with one more, one more.",
        "add or remove a member",
        _even,
    ),
    "shared-quorum": General(
        (Component, Service),
        Severity.WARNING,
        "A host carries several members of a cluster that decides by majority: they are lost "
        "together.",
        "give each member a host of its own",
        _shared_quorum,
    ),
    "shared-host": General(
        (Component, Service),
        Severity.WARNING,
        "All copies of a part run on one host: if the host fails, so do they.",
        "spread them over several hosts",
        _shared_host,
    ),
}
"""The rules by id, in the order in which they are looked at."""
