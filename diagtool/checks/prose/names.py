"""What a topology's parts may be called in a sentence.

Nothing here is typed in for a system: names, plurals, short forms and the pattern that
the names follow all come from the model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from diagtool.checks.prose.vocabulary import FUNCTION, HEADS, KINDS, PRODUCTS, PROTOCOLS, any_of
from diagtool.model import Component, Host, Part, Topology, Zone, wording

_ALIKE = re.compile(r"(\w.*[-_]).*(?:\n\1.*)+")


class Alias(NamedTuple):
    """Words that name a part.

    A ``full`` name looks like no other word; a ``short`` one is a common word, which names the part
    where the sentence shows that it is meant.
    """

    part: str
    full: bool
    short: bool


@lru_cache(maxsize=4096)
def singular(word: str) -> str:
    """A word without the s of its plural."""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if re.search(r"(sses|xes|(?<!ca)ches|shes)$", word):
        return word[:-2]
    return word[:-1] if re.search(r"[^su]s$", word) and len(word) > 3 else word


def folded(text: str) -> str:
    """A name as it is looked up: neither case, blanks nor a plural count."""
    parts = [part for part in re.split(r"[\W_]+", text.casefold()) if part]
    return "".join([*parts[:-1], singular(parts[-1])]) if parts else ""


class Names:
    """The names of a topology's parts and zones; without ``short``, of parts only those in full."""

    def __init__(self, topology: Topology, *, short: bool = True) -> None:
        self.topology = topology
        self.prefix = _prefix(topology)
        self._aliases: dict[str, dict[str, Alias]] = {}
        self._forms: set[str] = set()
        for names in (_names, self._other_names, self._kinds) if short else (_names,):
            taken = set(self._aliases)  # by what tells more
            for part in topology.parts:
                for name in names(part):
                    if folded(name) not in taken:
                        self._add(name, part)
        forms = any_of(self._forms)
        self.pattern = re.compile(rf"(?<![\w/.@$-]){forms}(?![\w/@]|-(?!level|based)|\.\w)", re.I)
        self.places = _places(topology)
        places = any_of(re.escape(label).replace(r"\ ", r"\s+") for label in self.places)
        self.place_pattern = re.compile(rf"(?<![\w-]){places}(?![\w-])", re.I)
        other = rf"{re.escape(self.prefix)}[a-z][a-z0-9]*(?:-[a-z0-9]+)*" if self.prefix else "(?!)"
        self.unknown = re.compile(rf"(?<![\w/.@$:{{<-]){other}(?![\w/@:>-]|\.\w)", re.I)

    def alias(self, text: str, near: Sequence[str] = ()) -> Alias | None:
        """What words name: of several things the first that is ``near``; None if that is none."""
        several = self._aliases.get(folded(text), {})
        sure = [*(several[id] for id in near if id in several), *several.values()]
        return sure[0] if len(several) == 1 or len(sure) > len(several) else None

    def mentioned(self, text: str) -> list[Alias]:
        """What a text names that means one part, in its order."""
        return [alias for m in self.pattern.finditer(text) if (alias := self.alias(m[0]))]

    def place(self, text: str) -> frozenset[str]:
        """The ids of the zones or hosts that words name."""
        return self.places.get(" ".join(text.casefold().split()), frozenset())

    def _add(self, name: str, part: Part) -> None:
        key, full = folded(name), re.search(r"\w[-_]\w", name) is not None
        if len(key) > 1:
            # One word in small letters may be any word: 'login', 'admin'.
            alias = Alias(part.id, full, short=re.fullmatch(r"[a-z]+", name) is not None)
            self._aliases.setdefault(key, {}).setdefault(part.id, alias)
            self._forms.add(_form(name))

    def _other_names(self, part: Part) -> Iterator[str]:
        """What its names end with, if machines on which it does not run are not called so.

        Behind the prefix of all, any word is a name.
        """
        own = {placement.host for placement in part.placements}
        hosts = self.topology.hosts.values()
        other = HEADS | FUNCTION | {host.pattern for host in hosts if host.id not in own}
        for words in (re.split(r"[\s_-]+", name.casefold()) for name in _names(part)):
            yield from (" ".join(words[start:]) for start in range(1, len(words) - 1))
            if other.isdisjoint((words[-1], singular(words[-1]))):
                yield words[-1]
        yield part.name.removeprefix(self.prefix)

    def _kinds(self, part: Part) -> Iterator[str]:
        """What the field calls a component: its product, and its kind."""
        if not isinstance(part, Component):
            return
        description = wording.plain(self.topology, part.description)
        yield from (word for word in re.findall(r"\w+", description) if word.casefold() in PRODUCTS)
        known = [*_names(part), *(PROTOCOLS.get(each.protocol, "") for each in part.listen)]
        for kinds in (kind.split("|") for kind in KINDS):
            called = [*kinds, *(p for p, of in PRODUCTS.items() if of == kinds[0] != "cache")]
            # 'A distributed lock manager, through …'
            described = rf"(?:The|An?) (?:[\w-]+ ){{0,3}}{any_of(kinds)}(?=[,.]| (?:that|which)\b)"
            same = {*map(folded, known)} & {*map(folded, called)}
            if same or re.match(described, description):
                yield from kinds


def _places(topology: Topology) -> dict[str, frozenset[str]]:
    """What zones and hosts may be called, each with the ids of those that it means."""
    found: dict[str, frozenset[str]] = {}
    places: list[Zone | Host] = [*topology.zones.values(), *topology.hosts.values()]
    for place in places:
        found |= dict.fromkeys((place.id.casefold(), place.label.casefold()), frozenset({place.id}))
    for host in topology.hosts.values():
        if host.pattern:
            alike = frozenset(h.id for h in topology.hosts.values() if h.pattern == host.pattern)
            kinds = ("hosts", "host", "machines", "nodes", "servers", "boxes")
            found |= dict.fromkeys((f"{host.pattern} {kind}" for kind in kinds), alike)
    return {name: ids for name, ids in found.items() if len(name) > 1}  # 'a' is a word


def _names(part: Part) -> list[str]:
    """Its names."""
    return [part.name, part.id, part.label if isinstance(part, Component) else part.server]


def _prefix(topology: Topology) -> str:
    """What names, or ids, begin with up to a '-' or '_': all of them, or some with the system's."""
    system = f"{topology.name.casefold()}-"
    names = [service.name for service in topology.services.values()]
    if any(name.startswith(system) for name in (*names, *topology.services)):
        return system
    alike = (_ALIKE.fullmatch("\n".join(each)) for each in (names, topology.services))
    return next((match[1] for match in alike if match), "")


def _form(name: str) -> str:
    """A pattern for a name, however its words are joined, in singular or plural."""
    parts = [part for part in re.split(r"[\s_-]+", name.casefold()) if part]
    parts[-1] = singular(parts[-1])
    form = r"[\s_-]*".join(map(re.escape, parts))
    return f"{form}(?:e?s)?" if form[-1] != "y" else f"{form[:-1]}(?:ys?|ies)"
