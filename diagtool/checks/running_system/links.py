"""Which part of a topology opened a connection to which other one, as a snapshot has it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from diagtool.checks.running_system.matching import Matcher
from diagtool.checks.running_system.observations import End, Socket
from diagtool.model import Place

_OPEN = ("ESTAB", "CLOSE-WAIT", "FIN-WAIT-1", "FIN-WAIT-2", "LAST-ACK", "CLOSING")
"""The states of connections that somebody has open."""

_ENDED = "TIME-WAIT"

_EVERYDAY = (53, 123, 514)
"""The ports of name servers, time servers and logs."""


@dataclass(frozen=True, slots=True)
class Link:
    """A connection that ``opener`` opened to ``reached``, None where that is no part.

    What was not ``observed`` is only said to be so, by those that deploy them.
    """

    opener: str
    reached: str | None
    to: End | str
    place: Place
    observed: bool = True

    @property
    def verb(self) -> str:
        """What the opener did, before the name of what it reached."""
        return "opened a connection to" if self.observed else "is set up to reach"

    @property
    def is_everyday(self) -> bool:
        """Whether it leads to what every machine asks, such as for names and the time."""
        return isinstance(self.to, End) and self.to.port in _EVERYDAY


def links(matcher: Matcher) -> Iterator[Link]:
    """Every connection whose opener is a part, once for each pair of ends."""
    told: set[tuple[str, str | None, End | str]] = set()
    for link in (*_open(matcher), *_ended(matcher), *_calls(matcher)):
        to = link.to if link.reached is None else ""
        if (link.opener, link.reached, to) not in told:
            told.add((link.opener, link.reached, to))
            yield link


def _open(matcher: Matcher) -> Iterator[Link]:
    for socket in matcher.seen.sockets:
        if socket.listens or socket.state not in _OPEN or not socket.remote.port:
            continue
        if matcher.is_accepted(socket):
            yield from _accepted(matcher, socket)
            continue
        names = [name for _, name in socket.users]
        remote = socket.remote
        port, address = f":{remote.port}", remote.address
        if matcher.is_ignored(*names, address, port, str(remote)):
            continue
        openers = {matcher.process(socket.host, pid) for pid, _ in socket.users} - {None}
        for opener in sorted(each for each in openers if each):
            reached = matcher.reached(remote, socket.host, socket.transport)
            yield Link(opener, reached, remote, socket.place)


def _accepted(matcher: Matcher, socket: Socket) -> Iterator[Link]:
    """A connection that somebody else opened, where only this end of it was looked at."""
    hosts = matcher.folders(socket.remote.address, socket.host)
    if hosts or not socket.users:
        return
    opener = matcher.only_at(socket.remote.address)
    reached = {matcher.process(socket.host, pid) for pid, _ in socket.users} - {None}
    if opener and len(reached) == 1:
        yield Link(opener, reached.pop(), socket.local, socket.place)


def _ended(matcher: Matcher) -> Iterator[Link]:
    """Connections that are over, which nobody has open any more: only addresses tell whose.

    They show that what is drawn is used. Of what is not drawn they show too little: any program
    at an address may have opened them.
    """
    for socket in matcher.seen.sockets:
        if socket.state != _ENDED:
            continue
        ends = (socket.local, socket.remote)
        here, there = reversed(ends) if matcher.is_accepted(socket) else ends
        opener = matcher.only_at(here.address)
        reached = matcher.reached(there, socket.host, socket.transport)
        if opener and reached and matcher.are_drawn(opener, reached):
            yield Link(opener, reached, there, socket.place)


def _calls(matcher: Matcher) -> Iterator[Link]:
    for call in matcher.seen.calls:
        opener = matcher.part(call.caller)
        if opener and not matcher.is_ignored(call.caller, call.called):
            reached = matcher.part(call.called)
            yield Link(opener, reached, call.called, call.place, call.observed)
