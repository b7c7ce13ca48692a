"""The nodes of a YAML file as the schema says, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from diagtool.loading import schema, yaml_errors, yaml_file
from diagtool.loading.findings import Findings, short
from diagtool.model import Place
from diagtool.model.did_you_mean import did_you_mean

_TRUE = ("true", "True", "TRUE")
_FALSE = ("false", "False", "FALSE")


@dataclass(slots=True)
class Item:
    """A value that was read: a text, a list or dict of items, and where it stands."""

    value: Any
    place: Place
    node: yaml_file.Node


Fields = dict[str, Item]
"""A record's keys, or a mapping's entries, as far as they were right."""


def said(record: Fields, key: str, default: Any) -> Any:
    """What a record says for a key."""
    item = record.get(key)
    return default if item is None else item.value


@dataclass(frozen=True, slots=True)
class NodeReader:
    """Reads nodes by their specs."""

    findings: Findings

    def read(self, node: yaml_file.Node, spec: schema.Spec, place: Place) -> Item | None:
        """The node as its spec says, or None after a report."""
        match spec:
            case schema.Record():
                if spec.scalar and isinstance(node, yaml_file.Scalar):
                    return self.read(node, spec.scalar, place)
                return self._read_record(node, spec, place)
            case schema.MapOf():
                return self._read_map(node, spec, place)
            case schema.ListOf():
                return self._read_list(node, spec, place)
            case schema.OneOrMore():
                if isinstance(node, yaml_file.Sequence):
                    return self._read_list(node, schema.ListOf(spec.item), place)
                item = self.read(node, spec.item, place)
                return Item([item], place, node) if item else None
            case _:
                return self._read_scalar(node, spec)

    def _wrong_type(self, node: yaml_file.Node, expected: str, hint: str = "") -> None:
        message = f"expected {expected}, found {_kind(node)}"
        self.findings.report("wrong-type", node.place, message, hint)

    def _read_scalar(self, node: yaml_file.Node, spec: schema.Spec) -> Item | None:
        if not isinstance(node, yaml_file.Scalar):
            if isinstance(spec, schema.Str):
                hint = yaml_errors.of_value(self.findings.line(node.place), node.place.column)
                self._wrong_type(node, spec.expected, hint)
            else:
                self._wrong_type(node, "a single value")
            return None
        text = node.value
        if node.missing and spec not in (schema.VALUE, schema.SECRET):
            self._wrong_type(node, "a value")
            return None
        wrong = _wrong_scalar(spec, node)
        if wrong:
            code, message, hint = wrong
            self.findings.report(code, node.place, message, hint)
            return None
        value: Any = text
        if isinstance(spec, schema.Int):
            value = int(text)
        elif isinstance(spec, schema.Bool):
            value = text in _TRUE
        return Item(value, node.place, node)

    def _read_list(self, node: yaml_file.Node, spec: schema.ListOf, place: Place) -> Item | None:
        if not isinstance(node, yaml_file.Sequence):
            self._wrong_type(node, "a list")
            return None
        if not node.items:
            self.findings.report("bad-value", node.place, "the list is empty", "leave the key out")
            return None
        items = [self.read(item, spec.item, item.place) for item in node.items]
        return Item([item for item in items if item], place, node)

    def _pairs(self, node: yaml_file.Mapping) -> Iterator[tuple[str, Place, yaml_file.Node]]:
        """The pairs of a mapping whose keys are texts, the first of equal ones only."""
        seen: dict[str, Place] = {}
        for key, value in node.pairs:
            if not isinstance(key, yaml_file.Scalar):
                self._wrong_type(key, "a key")
            elif key.value in seen:
                line = seen[key.value].line
                message = f"'{short(key.value)}' is already defined in line {line}"
                self.findings.report("duplicate-key", key.place, message)
            else:
                seen[key.value] = key.place
                yield key.value, key.place, value

    def _read_map(self, node: yaml_file.Node, spec: schema.MapOf, place: Place) -> Item | None:
        if not isinstance(node, yaml_file.Mapping):
            self._wrong_type(node, "a mapping")
            return None
        if not node.pairs:
            self.findings.report(
                "bad-value", node.place, "the mapping is empty", "leave the key out"
            )
            return None
        entries: Fields = {}
        for key, key_place, value in self._pairs(node):
            item = self.read(value, spec.value, key_place)
            wrong = _wrong_scalar(spec.key, yaml_file.Scalar(key, True, key_place, key))
            if wrong:
                self.findings.report(wrong[0], key_place, wrong[1], wrong[2])
            elif isinstance(spec.value, schema.Record):
                # It is defined, even where all that it says is wrong.
                entries[key] = Item(item.value if item else {}, key_place, value)
            elif item:
                entries[key] = item
        return Item(entries, place, node)

    def _read_record(self, node: yaml_file.Node, spec: schema.Record, place: Place) -> Item | None:
        if isinstance(node, yaml_file.Scalar) and node.missing and spec.optional:
            node = yaml_file.Mapping(place)  # ``cache:`` alone takes every default
        if not isinstance(node, yaml_file.Mapping):
            self._wrong_type(node, "a mapping", _instead(node, spec))
            return None
        entries: Fields = {}
        written: dict[str, Place] = {}
        for key, key_place, value in self._pairs(node):
            written[key] = key_place
            if key not in spec.keys:
                hint = (
                    spec.hints.get(key) or yaml_errors.of_text(key) or did_you_mean(key, spec.keys)
                )
                if spec.scalar and not hint:
                    hint = yaml_errors.of_value(self.findings.line(node.place), node.place.column)
                    hint = hint or (yaml_errors.COLON if len(node.pairs) == 1 else "")
                self.findings.report(
                    "unknown-key", key_place, f"a {spec.name} has no key '{short(key)}'", hint
                )
            elif (item := self.read(value, spec.keys[key].spec, key_place)) is not None:
                entries[key] = item
        for name, expected in spec.keys.items():
            if expected.required and name not in written:
                self.findings.report("missing-key", place, f"a {spec.name} needs the key '{name}'")
        chosen = [key for key in written if key in spec.one_of]
        if spec.one_of and not chosen and written.keys() <= spec.keys.keys():
            words = ", ".join(f"'{name}'" for name in spec.one_of)
            self.findings.report(
                "missing-key", place, f"a {spec.name} needs one of the keys {words}"
            )
        for key in chosen[1:]:
            message = f"a {spec.name} with '{chosen[0]}' cannot also have '{key}'"
            self.findings.report("bad-value", written[key], message)
        return Item(entries, place, node)


def _instead(node: yaml_file.Node, spec: schema.Record) -> str:
    """A hint for what stands where a mapping must."""
    if not isinstance(node, yaml_file.Scalar) or node.missing:
        return ""
    if hint := yaml_errors.of_text(node.value):
        return hint
    if not spec.one_of:
        return ""
    *words, id = short(node.value).split() or [""]
    keys = words if words and words[0] in spec.one_of else spec.one_of
    choices = [f"'{key}: {id}'" for key in keys]
    return "write " + " or ".join([", ".join(choices[:-1]), choices[-1]][len(choices) == 1 :])


def _kind(node: yaml_file.Node) -> str:
    if isinstance(node, yaml_file.Scalar) and node.missing:
        return "nothing"
    return {
        yaml_file.Scalar: "a single value",
        yaml_file.Sequence: "a list",
        yaml_file.Mapping: "a mapping",
    }[type(node)]


def _wrong_scalar(spec: schema.Spec, node: yaml_file.Scalar) -> tuple[str, str, str] | None:
    """Code, message and hint where a scalar is not what its spec says."""
    text = node.value
    match spec:
        case schema.Id():
            if not re.fullmatch(schema.ID, text):
                if re.fullmatch(schema.ID, f"{text}_"):
                    message = f"'{text}' is the name of a device on Windows"
                    return "bad-id", message, "no file can have that name there"
                return "bad-id", f"'{short(text)}' is not an id", schema.ID_IN_WORDS
        case schema.Str():
            if len(text) > spec.max_length:
                return "bad-value", f"the text is longer than {spec.max_length} characters", ""
            if re.fullmatch(spec.pattern, text):
                return None
            if not text.strip():
                return "bad-value", "the text is empty", ""
            if odd := re.search(f"[{schema.HIDDEN}{spec.refused}]", text):
                point = f"U+{ord(odd[0]):04X}"
                if re.match(f"[{schema.BLANKS}]", odd[0]):
                    message = f"{point} looks like a space"
                    return "bad-value", message, "write a space"
                return "bad-value", f"invisible character {point}", "remove it"
            shown = "this" if spec.secret else f"'{short(text)}'"
            return "bad-value", f"{shown} is not {spec.expected}", ""
        case schema.Choice():
            if text not in spec.values:
                words = ", ".join(spec.values)
                message = f"'{short(text)}' is not one of {words}"
                return "bad-value", message, did_you_mean(text, spec.values)
        case schema.Int():
            if not (node.plain and re.fullmatch(r"-?(0|[1-9][0-9]{0,8})", text)):
                return "wrong-type", f"'{short(text)}' is not a whole number", _unquoted(node)
            if not spec.minimum <= int(text) <= spec.maximum:
                message = f"{text} is not between {spec.minimum} and {spec.maximum}"
                return "bad-value", message, ""
        case schema.Bool():
            if not node.plain or text not in _TRUE + _FALSE:
                return "wrong-type", f"'{short(text)}' is neither true nor false", _unquoted(node)
        case _:
            raise TypeError(spec)
    return None


def _unquoted(node: yaml_file.Scalar) -> str:
    return "" if node.plain else "a text in quotes is never a number, true or false"
