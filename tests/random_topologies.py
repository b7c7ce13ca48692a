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
        self.front = {id for id in self.components if self.chance(0.3)}
        self.balancing = {id for id in self.front if self.chance(0.6)}
        self.used: set[str] = set()

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
        if self.chance(0.3):
            made["silenced"] = {"single-point": self.text()}
        return made

    def held(self, key: str, ids: list[str], make: Any) -> Document:
        return {key: {id: make(id) for id in ids}} if ids else {}

    def network(self, id: str) -> Document:
        number = self.networks.index(id)
        return {"label": self.words(), "range": f"192.0.2.{number * 64}/26"}

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
        if self.zones and self.chance(0.5):
            made["zone"] = self.random.choice(self.zones)
        if self.networks and self.chance(0.5):
            made["networks"] = self.several(self.networks)
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
            cluster=lambda: {"members": self.random.randint(1, 5), "quorum": self.chance(0.5)},
            description=self.text,
            silenced=lambda: {"single-point": self.text()},
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
        if self.zones and self.chance(0.4):
            made["zone"] = self.random.choice(self.zones)
        later = self.components[self.components.index(id) + 1 :]
        if later and self.chance(0.4):
            made["connections"] = [self.connection(to) for to in self.several(later)]
        return made

    def connection(self, to: str) -> Document:
        made: Document = {self.random.choice(["to", "from", "with"]): to}
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
        )
        if self.zones and self.chance(0.4):
            made["zones"] = self.several(self.zones)
        if self.balancing or self.chance(0.2):
            made["listen"] = {"port": 8000 + number, "prefix": f"/s{number}"}
            self.maybe(made["listen"], 0.4, health=lambda: "/healthy?now=1")
        others = [*self.components, *self.services[number + 1 :]]
        if others and self.chance(0.9):
            made["connections"] = [self.connection(to) for to in self.several(others)]
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
                value = f"scheme://<{self.random.choice(self.placeholders)}>:1/{number}"
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
