"""A topology laid over another one: what is removed, replaced and added."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from diagtool.loading import schema, yaml_file
from diagtool.loading.findings import Findings, short
from diagtool.loading.schema_reader import Item
from diagtool.model import Direction
from diagtool.model.did_you_mean import did_you_mean

MAX_BASES = 8
"""How many topologies may stand below one that extends another."""


def unfit(path: Path, within: Sequence[Path], above: tuple[Path, ...]) -> str:
    """Why a path cannot be that of a base, empty where it can."""
    try:
        main = path / "topology.yaml" if path.is_dir() else path
        if not any(map(main.resolve().is_relative_to, within)):
            return f"is outside the folder '{within[0].name}' of the topology"
        if not main.is_file():
            return "does not exist"
    except (OSError, RuntimeError):  # too long a name, a loop of links
        return "cannot be read"
    if main.resolve() in above:
        return "is this topology itself, or one that extends it"
    if len(above) > MAX_BASES:
        return f"is one too many: at most {MAX_BASES} topologies can extend each other"
    return ""


def remove(findings: Findings, item: Item, spec: schema.Spec, entry: Item, path: str) -> bool:
    """Takes an entry out of what a base says; says whether there is anything left."""
    if isinstance(spec, schema.OneOrMore) and _single(item):
        return remove(findings, item.value[0], spec.item, entry, path)
    inner = _entries(item, spec)
    # A name may hold the character that parts the names.
    names = [name for name in inner if path == name or path.startswith(f"{name}/")]
    if not names:
        name = path.partition("/")[0]
        findings.report(
            "unknown-id",
            entry.place,
            f"the base has no '{short(entry.value)}' to remove",
            did_you_mean(name, inner),
        )
        return True
    name = max(names, key=len)
    key, inner_spec = inner[name]
    rest = path[len(name) + 1 :]
    if rest and remove(findings, item.value[key], inner_spec, entry, rest):
        return True
    if isinstance(spec, schema.Record) and spec.keys[name].required:
        message = f"a {spec.name} needs '{name}'"
        findings.report("bad-base", entry.place, message, f"remove the {spec.name}")
        return True
    if isinstance(spec, schema.MapOf):
        findings.removed.setdefault(name, entry.place)
    del item.value[key]
    return isinstance(spec, schema.Record) or bool(item.value)


def copied(item: Item) -> Item:
    """The item with mappings and lists of its own."""
    value = item.value
    if isinstance(value, dict):
        value = {key: copied(inner) for key, inner in value.items()}
    elif isinstance(value, list):
        value = [copied(inner) for inner in value]
    return Item(value, item.place, item.node)


def laid_over(base: Item, own: Item, spec: schema.Spec) -> Item:
    """What a base says with what a topology that extends it says in its place."""
    match spec:
        case schema.Record() | schema.MapOf() if isinstance(base.value, dict):
            merged = dict(base.value)
            for key, item in own.value.items():
                inner = spec.value if isinstance(spec, schema.MapOf) else spec.keys[key].spec
                merged[key] = laid_over(merged[key], item, inner) if key in merged else item
            return Item(merged, own.place, own.node)
        case schema.ListOf(extended=schema.Extended.APPENDED):
            return Item([*base.value, *own.value], own.place, own.node)
        case schema.ListOf(extended=schema.Extended.BY_PEER):
            news: dict[str, list[Item]] = {}
            for item in own.value:
                news.setdefault(_peer(item), []).append(item)
            merged_list: list[Item] = []
            for item in base.value:
                if (peer := _peer(item)) not in news:
                    merged_list.append(item)
                else:  # where it had several, these take the place of them all
                    merged_list += news[peer]
                    news[peer] = []
            merged_list += [item for items in news.values() for item in items]
            return Item(merged_list, own.place, own.node)
        case schema.OneOrMore(item=schema.Record() as record) if _single(base) and _single(own):
            (before,), (after,) = base.value, own.value
            return Item([laid_over(before, after, record)], own.place, own.node)
        case _:
            return own


def _single(item: Item) -> bool:
    """Whether the one thing stands there, and no list."""
    return isinstance(item.node, yaml_file.Mapping) and len(item.value) == 1


def _entries(item: Item, spec: schema.Spec) -> dict[str, tuple[Any, schema.Spec]]:
    """What a topology can remove from an item: where it is in there and its spec, by name."""
    match spec:
        case schema.Record():
            return {key: (key, spec.keys[key].spec) for key in item.value}
        case schema.MapOf():
            return {key: (key, spec.value) for key in item.value}
        case schema.ListOf(extended=schema.Extended.BY_PEER):
            return {_peer(each): (n, spec.item) for n, each in enumerate(item.value)}
        case _:
            return {}


def _peer(connection: Item) -> str:
    """The other end of a connection, empty where none was read."""
    ends = (connection.value.get(direction.value) for direction in Direction)
    return next((end.value for end in ends if end), "")
