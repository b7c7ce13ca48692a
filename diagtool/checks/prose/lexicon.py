"""What a topology's parts may be called in a sentence.

Nothing here is typed in for a system: names, plurals, short forms and the pattern that
the names follow all come from the model.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from diagtool.checks.prose.text import word_set
from diagtool.model import Component, Part, Plain, Topology, wording

HEADS = word_set(
    "server service process instance node replica copy daemon host machine cluster container "
    "pod unit component program agent backend broker bus system"
)
"""What a part may be called besides its name: 'the X servers', 'the X cluster'."""


class Strength(Enum):
    """How sure it is that words name a part."""

    FULL = 0
    """Wherever they stand: a name that no other word looks like."""
    PLAIN = 1
    """On a page about the system: a name of common words."""
    SHORT = 2
    """Where the sentence shows that a part is meant: what is left without the prefix."""


@dataclass(frozen=True, slots=True)
class Alias:
    """Words that name a part. ``server`` says that they name its servers."""

    part: str
    strength: Strength
    server: bool = False


def singular(word: str) -> str:
    """A word without the s of its plural."""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if re.search(r"(sses|xes|ches|shes)$", word):
        return word[:-2]
    return word[:-1] if re.search(r"[^s]s$", word) and len(word) > 4 else word


def folded(text: str) -> str:
    """A name as it is looked up: neither case, blanks nor a plural count."""
    parts = [part for part in re.split(r"[\W_]+", text.casefold()) if part]
    return "".join([*parts[:-1], singular(parts[-1])]) if parts else ""


class Lexicon:
    """The names of a topology's parts."""

    def __init__(self, topology: Topology) -> None:
        self.topology = topology
        self.prefix = _prefix([s.name for s in topology.services.values()])
        self._aliases: dict[str, Alias | None] = {}
        self._forms: dict[str, str] = {}
        for part in topology.parts:
            for name in _names(part):
                self._add(name, Alias(part.id, _strength(name), _is_server(part, name)))
        for component in topology.components.values():
            for name in _called(component, _said_of(topology, component)):
                strength = Strength.PLAIN if " " in name else Strength.SHORT
                self._add(name, Alias(component.id, strength), weak=True)
        for service in topology.services.values():
            if self.prefix and service.name.startswith(self.prefix):
                short = service.name.removeprefix(self.prefix)
                self._add(short, Alias(service.id, Strength.SHORT), weak=True)
        longest = sorted(self._forms.values(), key=len, reverse=True)
        self.pattern = re.compile(
            rf"(?<![\w/.@$-])(?:{'|'.join(longest)})(?![\w/@-]|\.\w)", re.IGNORECASE
        )
        self.unknown = re.compile(
            rf"(?<![\w/.@$:-]){re.escape(self.prefix)}[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?![\w/@:-]|\.\w)"
            if self.prefix
            else r"(?!)",
            re.IGNORECASE,
        )

    def alias(self, text: str) -> Alias | None:
        """What words name, None where nothing or more than one thing."""
        return self._aliases.get(folded(text))

    def spelt_out(self, text: str) -> Alias | None:
        """What a word names that is short for it in the names: 'mini-X' of 'mX'."""
        *first, last = text.split("-")
        return self.alias("".join([*(part[:1] for part in first), last])) if first else None

    def names(self) -> Iterable[str]:
        """What services are called."""
        return [s.name for s in self.topology.services.values()]

    def _add(self, name: str, alias: Alias, *, weak: bool = False) -> None:
        key = folded(name)
        if len(key) < 2:
            return
        known = self._aliases.get(key, alias)
        if known is None or (weak and known is not alias):
            return
        if known.part != alias.part:
            self._aliases[key] = None
            return
        self._aliases.setdefault(key, alias)
        self._forms.setdefault(key, _form(name))


def _names(part: Part) -> list[str]:
    """Its names, longest first, and what they are without 'server' at their end."""
    names = [part.name, part.id]
    names += [part.label] if isinstance(part, Component) else [part.server]
    for name in list(names):
        kept = [word for word in re.split(r"[\s_]+", name) if word]
        if len(kept) > 1 and singular(kept[-1].casefold()) in HEADS:
            stem = " ".join(kept[:-1])
            # 'DNS' alone, of 'DNS Servers', is more than those; 'db', of 'db_servers', is not.
            whole = part.name.casefold().split()
            if isinstance(part, Component) and (
                len(whole) == 1 or stem.casefold() not in part.name.casefold()
            ):
                names.append(stem)
    return list(dict.fromkeys(names))


_KINDS = (
    ("database", "db", "datastore", "data store"),
    ("message queue", "message broker", "message bus", "queue", "broker"),
    ("load balancer", "balancer", "lb"),
    ("lock manager", "lock service", "lock server"),
    ("name server", "nameserver", "dns server"),
    ("cache", "caching layer"),
    ("object store", "object storage", "blob store"),
)
"""What the field calls the same kind of component."""


def _called(component: Component, said: list[str]) -> list[str]:
    """What a component's description calls it, and what its kind is called besides."""
    known = {folded(name) for name in [*_names(component), *said]}
    kinds = [kind for kind in _KINDS if known & set(map(folded, kind))]
    return list(dict.fromkeys([*said, *(name for kind in kinds for name in kind)]))


_DEFINED = re.compile(
    r"(?:The|A|An) ((?:[\w-]+ ){0,3}?[\w-]+)(?=[,.]| (?:that|which|over|through|for|of|in|whose)\b)"
)


def _said_of(topology: Topology, component: Component) -> list[str]:
    """What its description begins by calling it: 'A distributed lock manager, through …'."""
    text = wording.plain(topology, component.description)
    match = _DEFINED.match(text)
    if not match or not isinstance(component.description[0], Plain) or " " not in match[1]:
        return []
    parts = match[1].split()
    last = 0 if singular(parts[-1].casefold()) in HEADS else 1
    return [" ".join(parts[start:]) for start in range(len(parts) - 1 + last)]


def _is_server(part: Part, name: str) -> bool:
    return not isinstance(part, Component) and name == part.server


def _strength(name: str) -> Strength:
    return Strength.FULL if re.search(r"\w[-_]\w", name) else Strength.PLAIN


def _prefix(names: list[str]) -> str:
    """What all names begin with, up to its first '-' or '_', where there are several."""
    first = re.match(r"\w[^-_]*[-_]", names[0]) if len(names) > 1 else None
    return first[0] if first and all(name.startswith(first[0]) for name in names) else ""


def _form(name: str) -> str:
    """A pattern for a name, however its words are joined, in singular or plural."""
    parts = [part for part in re.split(r"[\s_-]+", name.casefold()) if part]
    last = singular(parts[-1])
    if last.endswith("y") and len(last) > 3:
        end = rf"{re.escape(last[:-1])}(?:y|ies)"
    else:
        end = rf"{re.escape(last)}(?:s|es)?"
    return r"[\s_-]*".join([*(re.escape(part) for part in parts[:-1]), end])
