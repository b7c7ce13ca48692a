"""Where names are defined and used: in topologies, and in the roles and directives of pages."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from enum import Enum
from typing import NamedTuple

from diagtool.loading import schema
from diagtool.loading.yaml_file import File, Node, Scalar, Sequence
from diagtool.loading.yaml_file import Mapping as YamlMapping
from diagtool.model import Place
from diagtool.serving.lsp import pages


class NameKind(Enum):
    """What a name is the name of; no two of one kind are the same."""

    PART = "component or service"
    ZONE = "zone"
    NETWORK = "network"
    HOST = "host"
    RULE = "rule"
    SNIPPET = "snippet"
    PLACEHOLDER = "placeholder"
    VIEW = "view"


class Name(NamedTuple):
    """A name. Those of snippets are known ``within`` their service alone."""

    kind: NameKind
    id: str
    within: str = ""


class Occurrence(NamedTuple):
    """A place that holds a name, without quotes, and whether it defines it there."""

    name: Name
    place: Place
    defines: bool


DEFINED_IN: Mapping[str, NameKind] = {
    "components": NameKind.PART,
    "services": NameKind.PART,
    "zones": NameKind.ZONE,
    "networks": NameKind.NETWORK,
    "hosts": NameKind.HOST,
    "rules": NameKind.RULE,
    "placeholders": NameKind.PLACEHOLDER,
    "snippets": NameKind.SNIPPET,
    "views": NameKind.VIEW,
}
"""The keys whose entries are defined by their names."""

USED_IN: Mapping[str, tuple[NameKind, ...]] = {
    "to": (NameKind.PART,),
    "from": (NameKind.PART,),
    "with": (NameKind.PART,),
    "opened_by": (NameKind.PART,),
    "still": (NameKind.PART,),
    "service": (NameKind.PART,),
    "component": (NameKind.PART,),
    "about": (NameKind.PART,),
    "around": (NameKind.PART,),
    "parts": (NameKind.PART,),
    "services": (NameKind.PART,),
    "zone": (NameKind.ZONE,),
    "zones": (NameKind.ZONE,),
    "network": (NameKind.NETWORK,),
    "networks": (NameKind.NETWORK,),
    "addresses": (NameKind.NETWORK,),
    "runs_on": (NameKind.HOST, NameKind.ZONE),
    "rule": (NameKind.RULE,),
    "silenced": (NameKind.RULE,),
    "snippet": (NameKind.SNIPPET,),
    "uses": (NameKind.SNIPPET,),
    "alternative_to": (NameKind.SNIPPET,),
}
"""The keys whose values, or whose entries, name what is defined elsewhere."""

_LOSS_KINDS = {"zone": NameKind.ZONE, "host": NameKind.HOST, "network": NameKind.NETWORK}
_REFERENCE = re.compile(r"(?<!\\)\{\s*([A-Za-z][\w-]*)", re.ASCII)
_PLACEHOLDER = re.compile(r"<([^<>\n]+)>")
_ON_PAGE = re.compile(r"(?:(?P<of>[\w.-]+)/)?(?P<id>[A-Za-z][\w-]*)")


def in_file(file: File) -> Iterator[Occurrence]:
    """Every name that a file of a topology holds."""
    if file.root is not None:
        yield from _walk(file.root, schema.TOPOLOGY, "", "")


def in_page(path: str, text: str, called: Collection[str]) -> Iterator[Occurrence]:
    """What may be the names of parts and views of a topology, as a page calls it."""
    for mention in pages.mentions(path, text):
        match = _ON_PAGE.match(mention.written)
        if match and mention.role != "topology" and (not match["of"] or match["of"] in called):
            place = replace(mention.place, column=mention.place.column + match.start("id"))
            for kind in (NameKind.PART, NameKind.VIEW):
                yield Occurrence(Name(kind, match["id"]), place, False)


def _walk(node: Node, spec: schema.Spec, key: str, within: str) -> Iterator[Occurrence]:
    """The names in a node that stands under a key, in a service."""
    match spec:
        case schema.Record() if isinstance(node, YamlMapping):
            for name, value in _pairs(node):
                if name.value in spec.keys:
                    yield from _walk(value, spec.keys[name.value].spec, name.value, within)
        case schema.Record(scalar=schema.Str() as scalar):
            yield from _walk(node, scalar, key, within)
        case schema.MapOf() if isinstance(node, YamlMapping):
            for name, value in _pairs(node):
                yield from _of_key(name, key, within)
                inner = name.value if key == "services" else within
                yield from _walk(value, spec.value, key, inner)
        case schema.ListOf() | schema.OneOrMore():
            items = node.items if isinstance(node, Sequence) else [node]
            for item in items:
                yield from _walk(item, spec.item, key, within)
        case _ if isinstance(node, Scalar):
            yield from _of_value(node, spec, key, within)


def _pairs(node: YamlMapping) -> Iterator[tuple[Scalar, Node]]:
    return ((key, value) for key, value in node.pairs if isinstance(key, Scalar))


def _of_key(name: Scalar, key: str, within: str) -> Iterator[Occurrence]:
    if kind := DEFINED_IN.get(key):
        named = Name(kind, name.value, within if kind is NameKind.SNIPPET else "")
        yield Occurrence(named, _inside(name), True)
    else:
        for used in USED_IN.get(key, ()):
            yield Occurrence(Name(used, name.value), _inside(name), False)


def _of_value(node: Scalar, spec: schema.Spec, key: str, within: str) -> Iterator[Occurrence]:
    if key in USED_IN and (isinstance(spec, schema.Id) or key == "about"):
        for kind in USED_IN[key]:
            named = Name(kind, node.value, within if kind is NameKind.SNIPPET else "")
            yield Occurrence(named, _inside(node), False)
    elif key == "lost":
        yield from _of_loss(node)
    elif key == "remove":
        first, _, rest = node.raw.strip("'\"").partition("/")
        if first in DEFINED_IN and rest:
            named = Name(DEFINED_IN[first], rest.partition("/")[0])
            yield Occurrence(named, _at(node, node.raw.index("/") + 1), False)
    elif spec == schema.TEXT:
        for match in _REFERENCE.finditer(node.raw):
            yield Occurrence(Name(NameKind.PART, match[1]), _at(node, match.start(1)), False)
    elif isinstance(spec, schema.Str):
        for match in _PLACEHOLDER.finditer(node.raw):
            yield Occurrence(Name(NameKind.PLACEHOLDER, match[1]), _at(node, match.start(1)), False)


def _of_loss(node: Scalar) -> Iterator[Occurrence]:
    """The names in ``PART:one``, ``zone:ID`` and ``path:PART/PART``."""
    words = list(re.finditer(r"[A-Za-z][\w-]*", node.raw))
    if not words:
        return
    first, *rest = words
    if first[0] in _LOSS_KINDS:
        named = [(_LOSS_KINDS[first[0]], word) for word in rest[:1]]
    elif first[0] == "path":
        named = [(NameKind.PART, word) for word in rest]
    else:
        named = [(NameKind.PART, first)]
    for kind, word in named:
        yield Occurrence(Name(kind, word[0]), _at(node, word.start()), False)


def _inside(node: Scalar) -> Place:
    """Where a scalar's text begins, inside its quotes."""
    return _at(node, 0 if node.plain else 1)


def _at(node: Scalar, offset: int) -> Place:
    """The place of what is so many characters into a scalar."""
    before = node.raw[:offset]
    lines = before.count("\n")
    column = offset - before.rfind("\n") if lines else node.place.column + offset
    return Place(node.place.path, node.place.line + lines, column)
