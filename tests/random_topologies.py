"""Topologies made up at random, which use every key of the format and load without an error.

``documents()`` is a strategy for Hypothesis; ``document(seed)`` gives one of them.
"""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import strategies as st

WORDS = (
    "web", "Base", "Queue", "read and write", "Überwachung", "a_b", "x-y", "North & South",
    "5 < 6", 'the "big" one', "*bold*", "`code", "100 %", "日本", "C:\\new", "mail@example.org",
    "one, two and three", "Needed by nobody", "a rather long label that needs two lines or three",
    "semi;colon", "#1", "$HOME", "${x}", "it's", "[x]", "|bar|", "trailing_",
)  # fmt: skip
VALUES = ("1", "true", "http://a.example/x?y=1&z=2", "a, b", "x = y", "5s", "%(home)s", "ä")
SHAPES = (
    "box", "square", "roundedbox", "ellipse", "circle", "diamond", "cloud", "database", "actor",
    "note", "mail", "terminator", "input",
)  # fmt: skip
_PORT = ":1/"
"""How options name a port."""

Document = dict[str, Any]


def documents() -> st.SearchStrategy[Document]:
    """Topologies as YAML would give them."""
    return st.integers(0, 2**32).map(document)


def document(seed: int) -> Document:
    """The topology with this number."""
    return _Maker(Random(seed)).topology()


class _Maker:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.zones = self.some("zone", 3, none=0.5)
        self.networks = self.some("net", 2, none=0.5)
        self.hosts = self.some("host", 4, none=0.5)
        self.components = self.some("part", 5, none=0.1)
        self.services = self.some("service", 5, none=0)
        self.placeholders = self.some("placeholder", 3, none=0.4)
        self.rules = self.some("rule", 2, none=0.6)
        self.front = [id for id in self.components if self.chance(0.3)]
        self.balancing = [id for id in self.front if self.chance(0.6)]
        self.inhabited: list[str] = []

    # Chances

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def some(self, stem: str, most: int, *, none: float) -> list[str]:
        number = 0 if self.chance(none) else self.random.randint(1, most)
        return [f"{stem}{self.random.choice(['', '-', '_'])}{n}" for n in range(1, number + 1)]

    def several(self, known: list[str]) -> list[str]:
        return self.random.sample(known, self.random.randint(1, len(known)))

    def words(self) -> str:
        return " ".join(self.random.sample(WORDS, self.random.randint(1, 3)))[:150]

    def text(self) -> str:
        """A text with markup."""
        words = "".join(f"\\{c}" if c in "\\`[]{}" else c for c in self.words())
        told = [words, "`a literal`", "[a link](https://example.org/?a=b&c=d)"]
        told += [f"{{{id}}}" for id in (*self.components, *self.services)]
        told += [f"{{{id}.replicas}}" for id in self.services]
        return " ".join(self.random.sample(told, self.random.randint(1, 3)))

    def maybe(self, given: Document, share: float, **keys: Any) -> None:
        """Adds keys, each with a chance; what they hold is made only then."""
        for key, make in keys.items():
            if self.chance(share):
                given[key.rstrip("_")] = make()

    # Parts

    def topology(self) -> Document:
        made: Document = {"format": 1, "name": self.words()}
        self.maybe(
            made,
            0.3,
            intro=lambda: [self.text(), {"warning": self.text()}],
            defaults=lambda: {"replicas": self.random.randint(1, 5), "fold_from": 4, "width": 150},
        )
        made |= self.held("zones", self.zones, lambda _: {"label": self.words()})
        made |= self.held("networks", self.networks, self.network)
        made |= self.held("hosts", self.hosts, self.host)
        made |= self.held("components", self.components, self.component)
        made |= self.held("services", self.services, self.service)
        made |= self.held("placeholders", self.placeholders, self.placeholder)
        made |= self.held("rules", self.rules, self.rule)
        for balancer in self.balancing:
            self.put_behind(balancer, made["services"])
        parts = {**made.get("components", {}), **made["services"]}
        _agree(parts)
        if len(parts) > 1 and self.chance(0.5):
            made |= self.promises(parts)
        if self.chance(0.3):
            made["silenced"] = {"single-point": self.text()}
        if self.chance(0.5):
            made["views"] = {f"view{n}": self.view() for n in range(self.random.randint(1, 2))}
        return made

    def view(self) -> Document:
        made: Document = {"title": self.words()}
        parts = [*self.components, *self.services]
        self.maybe(
            made,
            0.3,
            services=lambda: self.several(self.services),
            around=lambda: self.random.choice(parts),
        )
        if made.keys() & {"services", "around"}:
            if self.zones:
                self.maybe(made, 0.3, zone=lambda: self.random.choice(self.zones))
        elif len(parts) > 1:
            together = self.random.sample(parts, self.random.randint(2, len(parts)))
            made["boxes"] = [{"label": self.words(), "parts": together}]
        return made

    def held(self, key: str, ids: list[str], make: Any) -> Document:
        return {key: {id: make(id) for id in ids}} if ids else {}

    def network(self, id: str) -> Document:
        # Wide enough for the addresses below: a host may be in any of them.
        return {"label": self.words(), "range": f"192.0.{self.networks.index(id)}.0/22"}

    def host(self, id: str) -> Document:
        made: Document = {}
        number = self.hosts.index(id)
        self.maybe(
            made,
            0.4,
            label=self.words,
            address=lambda: f"host{number}.example.org",
            facts=lambda: {"Memory": "4 GB", self.words(): self.words()},
        )
        if self.chance(0.2):
            made |= {"count": self.random.randint(2, 4), "address": f"192.0.2.{number * 10 + 10}"}
        if self.zones and self.chance(0.5):
            several = "count" in made and self.chance(0.5)
            made |= {"zones": self.zones} if several else {"zone": self.random.choice(self.zones)}
            self.inhabited += made["zones"][: made["count"]] if several else [made["zone"]]
        if self.networks and self.chance(0.5):
            made["networks"] = self.several(self.networks)
            if "count" not in made:
                address = f"192.0.2.{number + 200}"
                self.maybe(made, 0.4, addresses=lambda: {made["networks"][0]: address})
        return made

    def promises(self, parts: Document) -> Document:
        """One that holds: what is lost has nothing to do with what goes on."""
        lost = self.random.choice(list(parts))
        apart = parts.keys() - _together(lost, parts)
        if not apart:
            return {}
        still = self.several(sorted(apart))
        return {"promises": [{"text": self.text(), "lost": [lost], "still": still}]}

    def put_behind(self, balancer: str, services: Document) -> None:
        """Connects a service with what balances, unless one is."""
        known = [c for s in services.values() for c in s.get("connections", ())]
        if not any(balancer in (c.get("from"), c.get("with")) for c in known):
            service = services[self.random.choice(self.services)]
            kept = [c for c in service.get("connections", ()) if c.get("to") != balancer]
            service["connections"] = [*kept, {"from": balancer}]

    # What runs where, and what runs between

    def on_hosts(self, made: Document) -> None:
        """Says on which hosts a part runs."""
        if self.hosts and self.chance(0.4):
            zones = sorted(set(self.inhabited)) if self.chance(0.2) else []
            most = made.get("replicas", made.get("cluster", {}).get("members"))
            made["runs_on"] = self.several([*self.hosts, *zones])[:most]

    def listeners(self, number: int) -> list[Document]:
        """Several listeners by name."""
        names = self.random.sample(["http", "admin", "mesh", "metrics"], self.random.randint(1, 3))
        found = []
        for offset, name in enumerate(names):
            made: Document = {"name": name, "port": 9000 + 10 * number + offset}
            self.maybe(
                made,
                0.3,
                tls=lambda: self.chance(0.5),
                transport=lambda: self.random.choice(["tcp", "udp"]),
                protocol=lambda: self.random.choice(["grpc", "redis", "amqp"]),
            )
            if self.networks:
                self.maybe(made, 0.3, network=lambda: self.random.choice(self.networks))
            found.append(made)
        return found

    def flows(self, ends: tuple[str, str]) -> list[Document]:
        """What runs over a connection."""
        found = []
        for number in range(self.random.randint(1, 3)):
            made: Document = {}
            self.maybe(
                made,
                0.5,
                port=lambda number=number: 7000 + number,
                transport=lambda: self.random.choice(["tcp", "udp"]),
                protocol=lambda: self.random.choice(["dns", "postgresql", "grpc"]),
                tls=lambda: self.chance(0.5),
                purpose=self.words,
                opened_by=lambda: self.random.choice(ends),
            )
            if self.networks:
                self.maybe(made, 0.2, network=lambda: self.random.choice(self.networks))
            if made:
                found.append(made)
        return found

    def cluster(self) -> Document:
        made: Document = {}
        self.maybe(
            made,
            0.6,
            quorum=lambda: self.chance(0.5),
            mode=lambda: self.random.choice(["active-active", "active-passive", "primary-replica"]),
        )
        if made.get("mode") == "active-passive" and self.chance(0.5):
            made["address"] = "203.0.113.9"
        return made

    def component(self, id: str) -> Document:
        made: Document = {}
        self.maybe(
            made,
            0.35,
            name=lambda: f"{self.words()} {id}",
            label=lambda: f"{self.words()} {id}",
            shape=lambda: self.random.choice(SHAPES),
            width=lambda: self.random.randint(60, 300),
            stacked=lambda: self.chance(0.5),
            critical=lambda: True,
            when_stopped=lambda: {"text": self.text(), "source": self.text()},
            cluster=lambda: {"members": self.random.randint(1, 5), **self.cluster()},
            description=self.text,
            silenced=lambda: {"single-point": self.text()},
            outside=lambda: self.chance(0.5),
            config=lambda: self.options(id),
        )
        if id in self.front:
            made["front"] = True
        if id in self.balancing:
            made["balancing"] = {"address": "lb.example.org"}
            self.maybe(
                made["balancing"],
                0.4,
                port=lambda: self.random.randint(1024, 9000),
                tls=lambda: self.chance(0.5),
                headers=lambda: self.random.choice(["none", "host", "forwarded"]),
            )
        elif self.chance(0.3):
            made["listen"] = {"port": self.random.randint(1, 65535), "protocol": "amqp"}
        elif self.chance(0.3):
            made["listen"] = self.listeners(10 + self.components.index(id))
        if not made.get("outside"):
            self.on_hosts(made)
        if self.zones and "runs_on" not in made and self.chance(0.4):
            made["zone"] = self.random.choice(self.zones)
        later = self.components[self.components.index(id) + 1 :]
        if later and self.chance(0.4):
            made["connections"] = [self.connection(id, to) for to in self.several(later)]
        if self.chance(0.15):
            made.setdefault("connections", []).append({"with": id, "flows": [{"port": 4567}]})
        return made

    def connection(self, owner: str, to: str) -> Document:
        made: Document = {self.random.choice(["to", "from", "with"]): to}
        if self.chance(0.3) and (flows := self.flows((owner, to))):
            made["flows"] = flows
        elif self.chance(0.1):
            made["direct"] = False
        self.maybe(
            made,
            0.3,
            label=self.words,
            needed=lambda: self.chance(0.5),
            on_loss=lambda: {"effect": "stops", "text": self.text(), "source": self.text()},
        )
        return made

    def service(self, id: str) -> Document:
        made: Document = {}
        number = self.services.index(id)
        self.maybe(
            made,
            0.35,
            name=lambda: f"{self.words()} {id}",
            server=lambda: f"{self.words()} machine {number}",
            servers=lambda: f"{self.words()} machines {number}",
            replicas=lambda: self.random.choice([1, 2, 3, 5, 8, 30]),
            shape=lambda: self.random.choice(SHAPES),
            width=lambda: self.random.randint(60, 300),
            fold_from=lambda: self.random.randint(2, 10),
            critical=lambda: True,
            when_stopped=lambda: {"text": self.text()},
            description=self.text,
            config=lambda: self.options(id),
            silenced=lambda: {"no-balancer": self.text()},
            cluster=self.cluster,
            kubernetes=lambda: {"kind": self.random.choice(["Deployment", "StatefulSet"])},
        )
        self.maybe(made, 0.15, job=lambda: self.random.choice(["once", "every night"]))
        self.maybe(made, 0.3, at_least=lambda: 1)
        self.on_hosts(made)
        if self.zones and "runs_on" not in made and self.chance(0.4):
            made["zones"] = self.several(self.zones)
        if self.balancing or self.chance(0.2):
            made["listen"] = {"port": 8000 + number, "prefix": f"/s{number}"}
            self.maybe(made["listen"], 0.4, health=lambda: "/healthy?now=1")
            self.maybe(made["listen"], 0.2, front_port=lambda: 6000 + number)
        elif self.chance(0.4):
            made["listen"] = self.listeners(number)
        others = [*self.components, *self.services[number + 1 :]]
        if others and self.chance(0.9):
            made["connections"] = [self.connection(id, to) for to in self.several(others)]
        if self.chance(0.15):
            made.setdefault("connections", []).append({"with": id, "flows": [{"port": 4567}]})
        snippets = self.some("snippet", 3, none=0.4)
        if snippets:
            made["snippets"] = {s: {"options": self.options(f"{id}-{s}")} for s in snippets}
            if len(snippets) > 1 and self.chance(0.5):
                made["snippets"][snippets[1]]["alternative_to"] = snippets[0]
                self.maybe(made, 0.5, uses=lambda: snippets[1])
        notes: list[Any] = [{"snippet": s} for s in snippets if self.chance(0.8)]
        notes += [self.text() for _ in range(self.random.randint(0, 2))]
        notes += [{"warning": self.text()} for _ in range(self.random.randint(0, 2))]
        notes += [{"rule": rule} for rule in self.rules if self.chance(0.3)]
        if notes:
            made["notes"] = self.random.sample(notes, len(notes))
        return made

    def options(self, of: str) -> Document:
        """Options of sections that no other part sets."""
        made: Document = {}
        for number in range(self.random.randint(1, 3)):
            value: Any = self.random.choice(VALUES)
            if self.placeholders and self.chance(0.4):
                value = f"scheme://<{self.random.choice(self.placeholders)}>{_PORT}{number}"
            if self.chance(0.15):
                value = [value, "another"]
            made[f"option_{number}"] = value
        return {of: made}

    def placeholder(self, id: str) -> Document:
        made: Document = {}
        self.maybe(made, 0.6, description=self.text, example=lambda: "example.org")
        return made

    def rule(self, id: str) -> Document:
        asked: Document = {"front": self.chance(0.5)}
        if self.components and self.chance(0.5):
            asked = {"component": self.random.choice(self.components)}
        when = {"service": self.random.choice(self.services), "replicas": 2}
        severity = self.random.choice(["warning", "hint"])
        return {"severity": severity, "when": when, "needs": asked, "text": self.text()}


def _agree(parts: dict[str, Document]) -> None:
    """Leaves it to listeners, where there are some, what is spoken at which port."""
    for part in parts.values():
        if "listen" in part:
            for key in part.keys() & {"config", "snippets"}:
                part[key] = _without_ports(part[key])
    listening = {id for id, part in parts.items() if _listens(part)}
    for id, part in parts.items():
        for connection in part.get("connections", ()):
            if listening & {id, _other(connection)}:
                for flow in connection.get("flows", ()):
                    for name in ("port", "transport", "protocol", "network"):
                        flow.pop(name, None)
                    flow.setdefault("purpose", "all that they say")


def _other(connection: Document) -> str:
    return next(connection[way] for way in ("to", "from", "with") if way in connection)


def _listens(part: Document) -> bool:
    return bool(part.keys() & {"listen", "balancing"}) or _PORT in repr(part)


def _without_ports(value: Any) -> Any:
    """Options that name no port."""
    if isinstance(value, dict):
        return {key: _without_ports(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_ports(inner) for inner in value]
    return value.replace(_PORT, "/") if isinstance(value, str) else value


def _together(id: str, parts: dict[str, Document]) -> set[str]:
    """A part and all that connections lead to from it, in whichever direction."""
    pairs = [(i, _other(c)) for i, part in parts.items() for c in part.get("connections", ())]
    found = {id}
    while more := {end for pair in pairs if found & {*pair} for end in pair} - found:
        found |= more
    return found
