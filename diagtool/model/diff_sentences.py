"""What differs between two topologies: each change by id, with its words and its facts.

Order does not count, nor what a topology itself is called: two that state the same are
the same. Each change says where either side states it, so that nothing is typed twice: a
note on what differs, a page that lists it and ``diagtool diff`` have the same words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from difflib import SequenceMatcher
from enum import Enum
from itertools import chain, zip_longest
from typing import Any, Protocol

from diagtool.model import (
    NOWHERE,
    AtLeast,
    Balancing,
    Block,
    Cluster,
    Component,
    Connection,
    Difference,
    Direction,
    DriverChoice,
    Effect,
    Kubernetes,
    Link,
    Listener,
    Literal,
    Option,
    Paragraph,
    Part,
    Place,
    Plain,
    Promise,
    Reference,
    Rule,
    Service,
    Silence,
    Snippet,
    SnippetMention,
    Topology,
    Warning,
    WhenStopped,
    facts,
    flows,
    ports,
    rules,
    wording,
)
from diagtool.model.diagram import Mark


class Thing(Protocol):
    """Something that a topology holds by its id."""

    @property
    def place(self) -> Place: ...


KEYS = {
    "server": "name of a server",
    "replicas": "number of servers",
    "fold_from": "number of servers from which they are folded",
    "uses": "snippet in force",
    "needs": "need",
    "chosen_by": "library",
    "plural": "name of all servers together",
    "job": "time of running",
    "lost": "loss",
    "still": "rest",
    "at_least": "number of servers that carry the load",
    "when_stopped": "consequence of a stop",
}
"""What keys are called in a sentence, where that is not their name."""

PAIRS = {"addresses": "address in {}", "facts": "{}"}
"""Fields that hold names with values, and what each of these is called in a sentence."""

APART = ("id", "connections", "snippets", "config", "silenced", "notes", "listen", "placements")
"""The fields of a part that are compared otherwise."""

APART_OF_TOPOLOGY = (
    "id",
    "name",
    "components",
    "services",
    "zones",
    "networks",
    "hosts",
    "placeholders",
    "drivers",
    "intro",
    "rules",
    "promises",
    "silenced",
)
"""The fields of a topology that are compared otherwise, or that only say what it is called."""


@dataclass(frozen=True, slots=True)
class Change:
    """Something that one topology states and another does not, or states otherwise.

    ``about`` is the id of the part, zone or placeholder, empty for the intro; ``what`` of
    it is the id of a connection's other end, the name of an option or snippet, or a key,
    and empty for the whole of it. ``words`` tell it in a sentence, and each of ``also``
    what of the texts changes with it. ``old`` and ``new`` are the places where it stands,
    NOWHERE where it does not. ``reasons`` are what the topology that extends the other
    says on it.
    """

    mark: Mark
    about: str
    what: str
    words: str
    old: Place = NOWHERE
    new: Place = NOWHERE
    also: tuple[str, ...] = ()
    reasons: tuple[Difference, ...] = ()
    mentions: frozenset[str] = frozenset()

    @property
    def sentence(self) -> str:
        """The words with a full stop; names at their start stay as they are."""
        starts = self.words.startswith(("a ", "an ", "arrows ", "the ", "there "))
        return f"{self.words[0].upper() if starts else self.words[0]}{self.words[1:]}."

    @property
    def is_of_losses(self) -> bool:
        """Whether it says what happens after a loss, rather than how the system is made."""
        return self.what in ("on_loss", "at_least", "critical", "when_stopped")

    @property
    def place(self) -> Place:
        """Where it stands in the new topology, else in the old one."""
        return self.old if self.new == NOWHERE else self.new


def compare(old: Topology, new: Topology) -> tuple[Change, ...]:
    """Every change from one topology to another, in the order of the new one."""
    changes: list[Change] = []
    changes += _blocks(old, new, "", "intro", old.intro, new.intro)
    changes += _things("the zone {}", old.zones, new.zones, old, new)
    changes += _things("the network {}", old.networks, new.networks, old, new)
    changes += _things("the host {}", old.hosts, new.hosts, old, new)
    for about in dict.fromkeys(part.id for topology in (new, old) for part in topology.parts):
        changes += _part(old, new, about)
    changes += _things("the placeholder <{}>", old.placeholders, new.placeholders, old, new)
    changes += _things("the driver of {}", _drivers(old), _drivers(new), old, new)
    changes += _rules(old, new)
    changes += _things("the promise “{}”", _by_words(old), _by_words(new), old, new)
    changes += _silences("", old.silenced, new.silenced, "for all parts", old, new)
    changes += _of_the_rest(old, new)
    return tuple(_explained(change, old, new) for change in _gathered(changes))


def _explained(change: Change, old: Topology, new: Topology) -> Change:
    """The change with what is said on it by the one of two topologies that extends the other."""
    reasons: list[Difference] = []
    for topology, other in ((new, old), (old, new)):
        if topology.base == other and change.about in topology.services:
            reasons += [
                block
                for block in topology.services[change.about].notes
                if isinstance(block, Difference)
                and block.about == change.what
                and topology.differs_from(change.about, block) == other
            ]
    return replace(change, reasons=tuple(reasons))


def _gathered(changes: Iterable[Change]) -> Iterator[Change]:
    """The changes, those of a note with the change of the part that the note names."""
    found = list(changes)
    for text in [change for change in found if change.what == "notes"]:
        for number, change in enumerate(found):
            if change.about == text.about and change.what in text.mentions:
                found[number] = replace(change, also=(*change.also, text.words))
                found.remove(text)
                break
    yield from found


def _of_the_rest(old: Topology, new: Topology) -> Iterator[Change]:
    """The changes of what a topology holds and nothing here knows by name."""
    for key, was, now in _rest(old, new, APART_OF_TOPOLOGY):
        if isinstance(was, Mapping) and isinstance(now, Mapping):
            yield from _things(f"the {key.removesuffix('s')} {{}}", was, now, old, new)
        else:
            said = _key("the topology", key, _shown(old, was), _shown(new, now))
            yield Change(Mark.CHANGED, "", key, said)


def _things(
    called: str, a: Mapping[str, Thing], b: Mapping[str, Thing], old: Topology, new: Topology
) -> Iterator[Change]:
    """The changes of things that have nothing but keys; ``called`` has their ids filled in."""
    for id in dict.fromkeys((*b, *a)):
        was, now, whole = a.get(id), b.get(id), called.format(id)
        if was and now:
            for key, before, after in _rest(was, now, ("id", "name")):
                said = _key(whole, key, _shown(old, before), _shown(new, after))
                yield Change(Mark.CHANGED, id, key, said, was.place, now.place)
        elif now:
            yield Change(Mark.ADDED, id, "", f"there is {whole}", new=now.place)
        elif was:
            yield Change(Mark.REMOVED, id, "", f"there is no longer {whole}", old=was.place)


def _rest(a: object, b: object, apart: Collection[str]) -> Iterator[tuple[str, Any, Any]]:
    """The fields in which two objects of one class differ, but for those told ``apart``.

    A key that is new in the model is thus told of before anybody words it.
    """
    for field in fields(a):  # type: ignore[arg-type]
        was, now = getattr(a, field.name), getattr(b, field.name)
        if not field.compare or field.name in apart or was == now:
            continue
        if field.name in PAIRS:
            mine, other = dict(was), dict(now)
            for name in dict.fromkeys((*other, *mine)):
                if mine.get(name) != other.get(name):
                    yield PAIRS[field.name].format(name), mine.get(name), other.get(name)
        else:
            yield field.name, was, now


# --- parts ----------------------------------------------------------------------------


def _part(old: Topology, new: Topology, id: str) -> Iterator[Change]:
    a, b = _find(old, id), _find(new, id)
    if a and b and type(a) is type(b):
        yield from _keys(old, new, a, b)
        yield from _listeners(a, b)
        yield from _placements(a, b)
        yield from _connections(old, new, a, b)
        yield from _options(b, a.config, b.config)
        yield from _silences(b.id, a.silenced, b.silenced, f"for {b.name}", old, new)
        if isinstance(a, Service) and isinstance(b, Service):
            yield from _snippets(old, new, a, b)
            yield from _blocks(old, new, id, "notes", a.notes, b.notes)
        return
    for mark, part in ((Mark.REMOVED, a), (Mark.ADDED, b)):
        if part:
            kind = "component" if isinstance(part, Component) else "service"
            there = "there is" if part is b else "there is no longer"
            said = f"{there} the {kind} {part.name}"
            if part is b and (needs := wording.join([need.name for need in new.needs(id)])):
                said += f", which needs {needs}"
            old_place, new_place = (NOWHERE, part.place) if part is b else (part.place, NOWHERE)
            yield Change(mark, id, "", said, old_place, new_place)


def _find(topology: Topology, id: str) -> Part | None:
    try:
        return topology.part(id)
    except KeyError:
        return None


def _keys(old: Topology, new: Topology, a: Part, b: Part) -> Iterator[Change]:
    """The keys that say something of their own: a label that is the name follows from it."""
    for key, was, now in _rest(a, b, APART):
        if not _follows(a, b, key):
            said = _key(b.name, key, _shown(old, was), _shown(new, now))
            stated = key in ("at_least", "critical", "when_stopped") and not was
            mark = Mark.ADDED if stated else Mark.CHANGED
            yield Change(mark, b.id, key, said, a.place, b.place)


def _key(name: str, key: str, old: str, new: str) -> str:
    match key:
        case "front":
            return f"{name} {'stands' if new == 'true' else 'does not stand'} in front of services"
        case "stacked":
            return f"{name} is drawn as {'several' if new == 'true' else 'one'}"
        case "cluster":
            was, is_ = (value.replace("none", "no cluster") for value in (old, new))
            return f"{name} is {is_}, not {was}"
        case "critical":
            return f"{name} is {'critical' if new == 'true' else 'not critical'}"
        case "outside":
            return f"others {'run' if new == 'true' else 'do not run'} {name}"
        case "kubernetes":
            return f"{name} runs in Kubernetes as {new}, not {old}"
        case "balancing":
            return f"clients reach {name} {new}, not {old}"
        case "zones":
            return f"the zones of {name} are {new}, not {old}"
        case _:
            return f"the {KEYS.get(key, key.replace('_', ' '))} of {name} is {new}, not {old}"


def _follows(a: Part, b: Part, key: str) -> bool:
    if key == "label" and isinstance(a, Component) and isinstance(b, Component):
        return a.label == a.name and b.label == b.name
    if key == "server" and isinstance(a, Service) and isinstance(b, Service):
        return a.server == f"{a.name} Server" and b.server == f"{b.name} Server"
    # Where it runs tells in which zones.
    return key in ("zone", "zones") and a.placements != b.placements


def _shown(topology: Topology, value: object) -> str:
    match value:
        case None | () | "":
            return "none"
        case bool():
            return "true" if value else "false"
        case Enum():
            return str(value.value)
        case Cluster(members, quorum, mode, address):
            said = f" of {members}" if members else ""
            said += " that decides by majority" if quorum else ""
            said += f", {mode.value}" if mode else ""
            return f"a cluster{said}{f', at {address}' if address else ''}"
        case AtLeast(servers, fewer, source):
            said = str(servers)
            if fewer is not Effect.DEGRADES:
                said += f" (with fewer: {fewer.value if fewer else 'not stated'})"
            return said + (f" (source: {wording.plain(topology, source)})" if source else "")
        case WhenStopped(text, source):
            said = f"“{wording.plain(topology, text)}”"
            return said + (f" (source: {wording.plain(topology, source)})" if source else "")
        case Kubernetes(stateful, image):
            kind = "a StatefulSet" if stateful else "a Deployment"
            return f"{kind} of {image}" if image else kind
        case Balancing():
            headers = f", with headers: {value.headers.value}" if value.headers else ""
            return f"at {value.url()}/{headers}"
        case tuple() if isinstance(value[0], Plain | Literal | Link | Reference):
            return f"“{wording.plain(topology, value)}”"
        case frozenset():
            return wording.join(sorted(value)) or "none"
        case tuple():
            return wording.join([_bare(topology, each) for each in value])
        case str():
            return f"“{' '.join(value.split())}”"
        case _ if is_dataclass(value):
            keys = [(f.name, getattr(value, f.name)) for f in fields(value) if f.compare]
            return ", ".join(f"{key} {_shown(topology, each)}" for key, each in keys if each)
        case _:
            return str(value)


def _bare(topology: Topology, value: object) -> str:
    """One of several, which need no quotation marks."""
    return value if isinstance(value, str) else _shown(topology, value)


def _listeners(a: Part, b: Part) -> Iterator[Change]:
    was, now = ({each.name: each for each in part.listen} for part in (a, b))
    for name in dict.fromkeys((*now, *was)):
        before, after = was.get(name), now.get(name)
        what = name or "listen"
        if before and after:
            old, new = _listener(a, before), _listener(b, after)
            if old != new:
                said = f"{b.name} listens {new}, not {old}"
                yield Change(Mark.CHANGED, b.id, what, said, before.place, after.place)
        elif after:
            said = f"{b.name} listens {_listener(b, after)}"
            yield Change(Mark.ADDED, b.id, what, said, new=after.place)
        elif before:
            said = f"{b.name} does not listen {_listener(a, before)}"
            yield Change(Mark.REMOVED, b.id, what, said, old=before.place)


def _listener(part: Part, listener: Listener) -> str:
    tls = {None: "", True: "TLS", False: "no TLS"}[listener.tls]
    said = wording.join([w for w in (listener.transport.value, listener.protocol, tls) if w])
    at = f"at port {ports.of(part, listener) or ports.UNKNOWN} with {said}"
    at += f" in the network {listener.network}" if listener.network else ""
    at += f", as {listener.name}" if listener.name else ""
    at += f", under {listener.prefix}" if listener.prefix else ""
    at += f", at port {listener.front_port} of the load balancer" if listener.front_port else ""
    return at + (f", and is well if {listener.health} answers" if listener.health != "/" else "")


def _placements(a: Part, b: Part) -> Iterator[Change]:
    """Which copies run elsewhere than they did."""
    if a.placements and not b.placements:
        hosts = dict.fromkeys(copy.host for copy in a.instances if copy.host)
        said = f"{b.name} does not run on {wording.join(list(hosts))}"
        yield Change(Mark.REMOVED, b.id, "runs_on", said, a.place, b.place)
        return
    was, now = ({copy.number: copy for copy in part.instances} for part in (a, b))
    for number, copy in now.items():
        before = was[number].host if number in was else None
        if copy.host == before or (number not in was and not a.placements):
            continue
        who = f"{copy.label} ({copy.role.value})" if copy.role else copy.label
        if copy.host is None:
            said = f"{who} does not run on {before}"
        else:
            said = f"{who} runs on {copy.host}{f', not on {before}' if before else ''}"
        mark = Mark.CHANGED if before and copy.host else Mark.ADDED if copy.host else Mark.REMOVED
        yield Change(mark, b.id, "runs_on", said, a.place, b.place)
    for number, copy in was.items():
        if number not in now and copy.host:
            said = f"{copy.label} does not run on {copy.host}"
            yield Change(Mark.REMOVED, b.id, "runs_on", said, a.place, b.place)


# --- connections ----------------------------------------------------------------------


def _connections(old: Topology, new: Topology, a: Part, b: Part) -> Iterator[Change]:
    """The changes of the connections that a part states."""
    was, now = _by_ends(old.connections_of(a.id)), _by_ends(new.connections_of(b.id))
    for ends in dict.fromkeys((*now, *was)):
        for before, after in _matched(was.get(ends, []), now.get(ends, [])):
            stated = after or before
            assert stated is not None
            if stated.owner != b.id:
                continue
            places = before.place if before else NOWHERE, after.place if after else NOWHERE
            if before is None and after is not None:
                said = _newly(new, after)
                yield Change(Mark.ADDED, b.id, after.peer, said, *places)
            elif after is None and before is not None:
                said = _gone(old, new, before, others=bool(now.get(ends)))
                yield Change(Mark.REMOVED, b.id, before.peer, said, *places)
            elif before and after:
                if said := _otherwise(old, new, before, after):
                    yield Change(Mark.CHANGED, b.id, after.peer, said, *places)
                if before.on_loss != after.on_loss:
                    said = _loss(old, new, before, after)
                    mark = Mark.CHANGED if before.on_loss else Mark.ADDED
                    yield Change(mark, b.id, "on_loss", said, *places)


def _by_ends(connections: Iterable[Connection]) -> dict[frozenset[str], list[Connection]]:
    """Connections by the parts that they join, which may be several for two parts."""
    found: dict[frozenset[str], list[Connection]] = {}
    for connection in connections:
        found.setdefault(frozenset((connection.owner, connection.peer)), []).append(connection)
    return found


def _matched(
    was: Sequence[Connection], now: Sequence[Connection]
) -> Iterator[tuple[Connection | None, Connection | None]]:
    """Which connection of two parts became which: those that are the same, then in order."""
    gone = [connection for connection in was if connection not in now]
    come = [connection for connection in now if connection not in was]
    yield from ((connection, connection) for connection in now if connection in was)
    yield from zip_longest(gone, come)


def _gone(old: Topology, new: Topology, before: Connection, *, others: bool) -> str:
    owner, peer = ((_find(new, id) or old.part(id)).name for id in (before.owner, before.peer))
    if before.owner == before.peer:
        return f"the copies of {owner} are not connected with each other"
    if others:
        return f"{_arrow(old, before).replace('lead', 'no longer lead', 1)}"
    return f"{owner} is not connected with {peer}"


def _newly(topology: Topology, connection: Connection) -> str:
    owner, peer = (topology.part(id).name for id in (connection.owner, connection.peer))
    part = topology.part(connection.peer)
    if connection.owner == connection.peer:
        said = f"the copies of {owner} are connected with each other"
        return "; ".join((said, *_label(connection), *_flows(topology, connection)))
    if topology.is_needed(connection):
        said = f"{owner} needs {peer}"
    elif isinstance(part, Component) and part.front:
        said = f"{peer} stands in front of {owner}"
    else:
        said = f"{owner} is connected with {peer}, which it does not need"
    told = _arrow(topology, connection), *_label(connection), *_flows(topology, connection)
    return "; ".join((said, *told))


def _otherwise(old: Topology, new: Topology, before: Connection, after: Connection) -> str:
    """What a connection says that it did not, empty where that is nothing."""
    owner, peer = (new.part(id).name for id in (after.owner, after.peer))
    said = []
    if before.direction is Direction.BOTH and after.direction is not Direction.BOTH:
        said.append(f"{_arrow(new, after)}, and none back")
    elif before.direction is not Direction.BOTH and after.direction is Direction.BOTH:
        said.append(f"{_arrow(new, after)}, not only one way")
    elif (before.source, before.target) != (after.source, after.target) and (
        after.direction is not Direction.BOTH
    ):
        said.append(f"{_arrow(new, after)}, not the other way round")
    needed = new.is_needed(after)
    said_of_need = before.needed, after.needed, before.owner != after.owner
    # Otherwise it follows from the peer, which stands in front or not.
    if said_of_need != (None, None, False) and (
        (before.owner, old.is_needed(before)) != (after.owner, needed)
    ):
        said.append(f"{owner} needs {peer}" if needed else f"{owner} does not need {peer}")
    if before.label != after.label:
        said += _label(after) or ("the line between them says nothing",)
    if before.flows != after.flows:
        was, now = (
            [_flow(topology, flow) for flow in flows.of(topology, connection)]
            for topology, connection in ((old, before), (new, after))
        )
        gone, come = ([f for f in a if f not in b] for a, b in ((was, now), (now, was)))
        for flow, other in zip_longest(come, gone):
            said.append(f"{flow}, not {other}" if flow and other else flow or f"{other} no longer")
    apart = ("owner", "peer", "direction", "needed", "label", "flows", "on_loss")
    for key, was, now in _rest(before, after, apart):
        between = f"the connection of {owner} and {peer}"
        said.append(_key(between, key, _shown(old, was), _shown(new, now)))
    return "; ".join(said)


def _loss(old: Topology, new: Topology, before: Connection, after: Connection) -> str:
    """What is said of the loss of a connection's other end that was not."""
    owner, peer = (new.part(id).name for id in (after.owner, after.peer))

    def told(topology: Topology, connection: Connection) -> str:
        if connection.on_loss is None:
            return f"what {owner} does without {peer} is not stated"
        text, source = (
            wording.plain(topology, text)
            for text in (connection.on_loss.text, connection.on_loss.source)
        )
        said = f"{owner} {connection.on_loss.effect.value} without {peer}"
        said += f" (“{text}”)" if text else ""
        return said + (f" (source: {source})" if source else "")

    return f"{told(new, after)}, where {told(old, before)}"


def _flows(topology: Topology, connection: Connection) -> tuple[str, ...]:
    """What is said to run over a connection."""
    if not connection.direct:
        return ("they reach each other through other parts",)
    if not connection.flows:
        return ()
    return tuple(_flow(topology, flow) for flow in flows.of(topology, connection))


def _flow(topology: Topology, flow: flows.Resolved) -> str:
    *_, port, transport, protocol, tls, _, purpose = flow.row(topology)
    opener = topology.part(flow.opener).name
    how = [word for word in (transport, protocol) if word != flows.NOT_STATED]
    how += {"yes": ["TLS"], "no": ["no TLS"]}.get(tls, [])
    told = f" with {wording.join(how)}" if how else ""
    told += f" for {purpose}" if purpose else ""
    told += f" in the network {flow.network}" if flow.network else ""
    at = f"port {port}" if flow.port else "an unknown port"
    return f"{opener} opens {at} of {topology.part(flow.reached).name}{told}"


def _arrow(topology: Topology, connection: Connection) -> str:
    source, target = (topology.part(id).name for id in (connection.source, connection.target))
    if connection.direction is Direction.BOTH:
        return f"arrows lead both ways between {source} and {target}"
    return f"an arrow leads from {source} to {target}"


def _label(connection: Connection) -> tuple[str, ...]:
    label = facts.flat(connection.label)
    return (f"the line between them says “{label}”",) if label else ()


# --- sample config --------------------------------------------------------------------


def _snippets(old: Topology, new: Topology, a: Service, b: Service) -> Iterator[Change]:
    was, now = ({s.id: s for s in service.snippets} for service in (a, b))
    for id in dict.fromkeys((*now, *was)):
        if id in was and id in now:
            yield from _options(b, was[id].options, now[id].options)
            if was[id].alternative_to != now[id].alternative_to:
                said = f"the snippet {id} of {b.name} stands in for {now[id].alternative_to}"
                said += f", not {was[id].alternative_to}"
                yield Change(Mark.CHANGED, b.id, id, said, was[id].place, now[id].place)
            if was[id].relies_on is not now[id].relies_on:
                on, not_on = (
                    f"“{snippet.relies_on.value}”" if snippet.relies_on else "nothing"
                    for snippet in (now[id], was[id])
                )
                said = f"the snippet {id} of {b.name} relies on {on}, not on {not_on}"
                yield Change(Mark.CHANGED, b.id, id, said, was[id].place, now[id].place)
            apart = ("id", "options", "alternative_to", "relies_on")
            for key, before, after in _rest(was[id], now[id], apart):
                whose = f"the snippet {id} of {b.name}"
                said = _key(whose, key, _shown(old, before), _shown(new, after))
                yield Change(Mark.CHANGED, b.id, id, said, was[id].place, now[id].place)
        elif id in now:
            said = f"there is the snippet {id} of {b.name}: {_settings(now[id])}"
            yield Change(Mark.ADDED, b.id, id, said, new=now[id].place)
        else:
            said = f"there is no longer the snippet {id} of {b.name}: {_settings(was[id])}"
            yield Change(Mark.REMOVED, b.id, id, said, old=was[id].place)


def _settings(snippet: Snippet) -> str:
    return ", ".join(f"[{o.section}] {o.name} = {o.value}".rstrip() for o in snippet.options)


def _options(part: Part, a: tuple[Option, ...], b: tuple[Option, ...]) -> Iterator[Change]:
    """The changes of what a service sets, or what one sets that needs a component."""
    who = part.name if isinstance(part, Service) else f"who needs {part.name}"
    was, now = _values(a), _values(b)
    for key in dict.fromkeys((*now, *was)):
        (old, old_place), (new, new_place) = (
            was.get(key, ("", NOWHERE)),
            now.get(key, ("", NOWHERE)),
        )
        option = f"[{key[0]}] {key[1]}"
        if key not in was:
            mark, said = Mark.ADDED, f"{who} sets {option} = {new}".rstrip()
        elif key not in now:
            mark, said = Mark.REMOVED, f"{who} does not set {option}"
        elif old != new:
            mark, said = Mark.CHANGED, f"{who} sets {option} = {new}, not {old or 'empty'}"
        else:
            continue
        yield Change(mark, part.id, key[1], said, old_place, new_place)


def _values(options: tuple[Option, ...]) -> dict[tuple[str, str], tuple[str, Place]]:
    found: dict[tuple[str, str], tuple[str, Place]] = {}
    for option in options:
        key = option.section, option.name
        value = f"{found[key][0]}, {option.value}" if key in found else option.value
        found[key] = value, option.place
    return found


# --- texts, zones and placeholders ----------------------------------------------------


def _blocks(
    old: Topology, new: Topology, about: str, key: str, a: tuple[Block, ...], b: tuple[Block, ...]
) -> Iterator[Change]:
    """The changes of an intro or of notes, but for what these say of differences."""
    was, now = ([block for block in s if not isinstance(block, Difference)] for s in (a, b))
    whose = f"the notes of {new.part(about).name}" if about else "the intro"
    matcher = SequenceMatcher(None, was, now, autojunk=False)
    for kind, *ends in matcher.get_opcodes():
        if kind == "equal":
            continue
        for before, after in zip_longest(was[slice(*ends[:2])], now[slice(*ends[2:])]):
            if _is_of_rule(old, new, before, after):
                continue  # the rule says so
            said = {True: _said(new, after), False: _said(old, before)}
            if before and after:
                mark, told = Mark.CHANGED, f"{whose} say {said[True]}, not {said[False]}"
            elif after:
                mark, told = Mark.ADDED, f"{whose} say {said[True]}"
            else:
                mark, told = Mark.REMOVED, f"{whose} do not say {said[False]}"
            if not about:
                told = told.replace("the intro say", "the intro says", 1)
                told = told.replace("the intro do not", "the intro does not", 1)
            old_place, new_place = (b.place if b else NOWHERE for b in (before, after))
            mentions = _named(before, after)
            yield Change(mark, about, key, told, old_place, new_place, mentions=mentions)


def _is_of_rule(old: Topology, new: Topology, before: Block | None, after: Block | None) -> bool:
    """Whether both show the text of one rule."""
    if not isinstance(before, Warning | Paragraph) or not isinstance(after, Warning | Paragraph):
        return False
    texts = (before.text, after.text)
    return any(
        (r.text, new.rules[id].text) == texts for id, r in old.rules.items() if id in new.rules
    )


def _said(topology: Topology, block: Block | None) -> str:
    match block:
        case None:
            return ""
        case SnippetMention(snippet):
            return f"what the snippet {snippet} sets"
        case Warning(text):
            return f"the warning “{wording.plain(topology, text)}”"
        case _:
            return f"“{wording.plain(topology, block.text)}”"


def _named(*blocks: Block | None) -> frozenset[str]:
    """The parts, options and snippets that texts name."""
    named: set[str] = set()
    for block in blocks:
        if isinstance(block, SnippetMention):
            named.add(block.snippet)
        elif block is not None:
            for inline in block.text:
                if isinstance(inline, Reference):
                    named |= {inline.id, inline.attribute.partition(".")[2]}
    return frozenset(named)


def _drivers(topology: Topology) -> dict[str, DriverChoice]:
    return {f"[{driver.section}] {driver.name}": driver for driver in topology.drivers}


# --- rules ----------------------------------------------------------------------------


RULE_KEYS = {
    "severity": ("severity",),
    "condition": ("service", "replicas"),
    "need": ("options", "section", "component", "front"),
    "text": ("text",),
}
"""What is told of a rule, with the fields that say it."""


def _rules(old: Topology, new: Topology) -> Iterator[Change]:
    was, now = (
        {id: rule for id, rule in topology.rules.items() if rule.service in topology.services}
        for topology in (old, new)
    )
    for id in dict.fromkeys((*now, *was)):
        a, b = was.get(id), now.get(id)
        if a and b:
            yield from _rule(old, new, a, b)
        elif b:
            yield Change(Mark.ADDED, id, "", f"there is the rule {id}", new=b.place)
        elif a:
            yield Change(Mark.REMOVED, id, "", f"there is no longer the rule {id}", old=a.place)


def _rule(old: Topology, new: Topology, a: Rule, b: Rule) -> Iterator[Change]:
    """The changes of what a rule says itself; names and numbers in its text are told apart."""
    before, after = _rule_in_words(old, a), _rule_in_words(new, b)
    others = {field for field, _, _ in _rest(a, b, ("id",))}
    for key, own in RULE_KEYS.items():
        if not others.isdisjoint(own):
            said = f"the {key} of the rule {b.id} is “{after[key]}”, not “{before[key]}”"
            yield Change(Mark.CHANGED, b.id, key, said, a.place, b.place)
    for key, was, now in _rest(a, b, ("id", *chain(*RULE_KEYS.values()))):
        said = _key(f"the rule {b.id}", key, _shown(old, was), _shown(new, now))
        yield Change(Mark.CHANGED, b.id, key, said, a.place, b.place)


def _rule_in_words(topology: Topology, rule: Rule) -> Mapping[str, str]:
    return {
        "severity": rule.severity.value,
        "condition": f"{topology.services[rule.service].name}, from {rule.replicas} servers on",
        "need": rules.need(topology, rule),
        "text": wording.plain(topology, rule.text),
    }


def _by_words(topology: Topology) -> dict[str, Promise]:
    """A promise has no id: it is known by its words."""
    return {wording.plain(topology, promise.text): promise for promise in topology.promises}


def _silences(
    about: str,
    a: Iterable[Silence],
    b: Iterable[Silence],
    where: str,
    old: Topology,
    new: Topology,
) -> Iterator[Change]:
    was, now = ({silence.rule: silence for silence in each} for each in (a, b))
    for rule in dict.fromkeys((*now, *was)):
        before, after = was.get(rule), now.get(rule)
        told = wording.plain(new, after.reason) if after else ""
        if before and after:
            if before.reason != after.reason and wording.plain(old, before.reason) != told:
                said = f"the rule {rule} is silenced {where} because “{told}”"
                yield Change(Mark.CHANGED, about, rule, said, before.place, after.place)
        elif after:
            said = f"the rule {rule} is silenced {where}: “{told}”"
            yield Change(Mark.ADDED, about, rule, said, new=after.place)
        elif before:
            said = f"the rule {rule} is not silenced {where}"
            yield Change(Mark.REMOVED, about, rule, said, old=before.place)
