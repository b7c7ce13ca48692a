"""What can be written at a cursor: keys, ids, options, words of a choice, placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from diagtool.loading import schema
from diagtool.model import Component, Service, Topology, attributes_of
from diagtool.model.catalogue import CatalogueOption
from diagtool.model.rules import GENERAL
from diagtool.serving.lsp.cursor import Cursor, cursor, help_of, siblings
from diagtool.serving.lsp.names import USED_IN, Name, NameKind

_REFERENCE = re.compile(r"(?<!\\)\{(?P<id>[\w-]*)(?P<dot>\.[\w.-]*)?$")
_PLACEHOLDER = re.compile(r"<[^<>]*$")
_ON_PAGE = re.compile(
    r"(?:(?::topo:[a-z]+:|\{topo:[a-z]+\})`(?:[^`]*<)?|topo:[a-z]+(?:::|\})[ \t]+)[\w.-]*$"
)


class Suggestion(NamedTuple):
    """What may be written, what it is in a few words, and its help."""

    text: str
    detail: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What a topology defines, as it was when it was last good; nothing before that.

    ``defined`` are the names in its files, where it has mistakes now.
    """

    topology: Topology | None
    defined: Sequence[Name] = ()

    def names(self, kind: NameKind, service: str = "") -> Iterator[Suggestion]:
        """The names of a kind; of snippets, those of a service."""
        yield from self._last_good(kind, service)
        for name in self.defined:
            if name.kind is kind and name.within in ("", service):
                yield Suggestion(name.id, kind.value)

    def _last_good(self, kind: NameKind, service: str) -> Iterator[Suggestion]:
        topology = self.topology
        if topology is None:
            return
        match kind:
            case NameKind.PART:
                for part in topology.parts:
                    what = "service" if isinstance(part, Service) else "component"
                    yield Suggestion(part.id, f"{what} {part.name}")
            case NameKind.SNIPPET:
                found = topology.services.get(service)
                yield from (Suggestion(s.id, "snippet") for s in found.snippets) if found else ()
            case NameKind.PLACEHOLDER:
                yield from (Suggestion(name, "placeholder") for name in topology.placeholders)
            case NameKind.ZONE:
                yield from (Suggestion(id, "zone") for id in topology.zones)
            case NameKind.NETWORK:
                yield from (Suggestion(id, "network") for id in topology.networks)
            case NameKind.HOST:
                yield from (Suggestion(id, "host") for id in topology.hosts)
            case NameKind.RULE:
                yield from (Suggestion(id, "rule") for id in topology.rules)

    def sections(self) -> Iterator[Suggestion]:
        """The sections of all catalogues."""
        for catalogue in self.topology.catalogues if self.topology else ():
            for group in catalogue.groups:
                yield Suggestion(group, f"section of {catalogue.product} {catalogue.release}")

    def options(self, section: str) -> Iterator[Suggestion]:
        """The options of a section, the newest release first, with their help."""
        for catalogue in reversed(self.topology.catalogues if self.topology else ()):
            for option in catalogue.groups.get(section, {}).values():
                yield Suggestion(option.name, _told(option), option.help)

    def values(self, section: str, name: str) -> Iterator[Suggestion]:
        """The choices of an option."""
        for catalogue in self.topology.catalogues if self.topology else ():
            if option := catalogue.option(section, name):
                yield from (Suggestion(choice, "choice") for choice in option.choices)
                if option.default:
                    yield Suggestion(option.default, "default")


def _told(option: CatalogueOption) -> str:
    default = f", default {option.default}" if option.default is not None else ""
    return f"{option.type.value}{default}"


def on_page(known: Sequence[Known], line: str) -> list[Suggestion]:
    """What can be written in a role or directive of ours at the end of a line."""
    if not _ON_PAGE.search(line):
        return []
    return _once(s for topology in known for s in topology.names(NameKind.PART))


def complete(known: Known, lines: Sequence[str], number: int, column: int) -> list[Suggestion]:
    """What can be written in a topology in front of a column of a line, both from 0."""
    at = cursor(lines, number, column)
    if at.key is not None or isinstance(at.spec, schema.ListOf | schema.OneOrMore):
        if match := _REFERENCE.search(at.line):
            return _once(_references(known, match))
        if _PLACEHOLDER.search(at.line):
            return _once(known.names(NameKind.PLACEHOLDER))
    if at.key is None and not isinstance(at.spec, schema.ListOf):
        return _once(_keys(known, at, at.spec, siblings(lines, number, at)))
    if isinstance(at.spec, schema.ListOf) and at.key is None:
        beside = siblings(lines, number, at)
        dashed = at.line.lstrip().startswith("-") or bool(beside)
        found = list(_keys(known, at, at.spec.item, beside)) if dashed else []
        return _once([*found, *_values(known, at, at.spec.item)])
    return _once(_values(known, at, at.spec))


def _references(known: Known, match: re.Match[str]) -> Iterator[Suggestion]:
    """The ids of parts, or after a dot what can be said of one."""
    if match["dot"] is None:
        yield from known.names(NameKind.PART)
        return
    parts = known.topology.parts if known.topology else ()
    for part in parts:
        if part.id == match["id"]:
            yield from (Suggestion(attribute, part.name) for attribute in attributes_of(part))


def _keys(
    known: Known, at: Cursor, spec: schema.Spec | None, beside: set[str]
) -> Iterator[Suggestion]:
    """The keys that are not there yet."""
    if isinstance(spec, schema.OneOrMore):
        spec = spec.item
    if isinstance(spec, schema.Record):
        taken = beside | (set(spec.one_of) if beside & set(spec.one_of) else set())
        for name in spec.keys:
            if name not in taken:
                yield Suggestion(name, f"of a {spec.name}", help_of((*at.keys, name)))
    elif spec == schema.OPTIONS:
        yield from known.sections()
    elif isinstance(spec, schema.MapOf) and spec.key == schema.OPTION:
        yield from (s for s in known.options(at.keys[-1]) if s.text not in beside)
    elif isinstance(spec, schema.MapOf):
        key = at.keys[-1] if at.keys else ""
        if key == "silenced":
            yield from _silenceable(known, at.keys[0])
        else:
            for kind in USED_IN.get(key, ()):
                yield from known.names(kind)


def _silenceable(known: Known, section: str) -> Iterator[Suggestion]:
    """The rules that can be broken where they are to be silenced: at a part, or anywhere."""
    part = {"components": Component, "services": Service}.get(section)
    if part is not Component:  # a topology's own rules are about services
        yield from known.names(NameKind.RULE)
    for id, rule in GENERAL.items():
        if part is None or part in rule.about:
            yield Suggestion(id, "rule for every system", rule.meaning)


def _values(known: Known, at: Cursor, spec: schema.Spec | None) -> Iterator[Suggestion]:
    """The values that a key can have."""
    keys = at.keys if at.key is None else (*at.keys, at.key)
    if isinstance(spec, schema.ListOf):
        spec = spec.item
    match spec:
        case schema.Choice(values):
            yield from (Suggestion(value) for value in values)
        case schema.Bool():
            yield from (Suggestion("true"), Suggestion("false"))
        case schema.Id():
            service = keys[1] if keys[0] == "services" and len(keys) > 1 else ""
            for kind in USED_IN.get(keys[-1], ()):
                yield from known.names(kind, service)
        case schema.OneOrMore(schema.VALUE) if len(keys) > 1:
            yield from known.values(keys[-2], keys[-1])
        case _:
            return


def _once(found: Iterator[Suggestion] | Sequence[Suggestion]) -> list[Suggestion]:
    """Each text once, as it came first."""
    first: dict[str, Suggestion] = {}
    for suggestion in found:
        first.setdefault(suggestion.text, suggestion)
    return list(first.values())
