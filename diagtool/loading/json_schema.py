"""The format of a file as a JSON Schema, for editors."""

from __future__ import annotations

import json

from diagtool.loading.schema import (
    FORMAT,
    ID,
    ID_IN_WORDS,
    TOPOLOGY,
    VALUE,
    Bool,
    Choice,
    Id,
    Int,
    Key,
    ListOf,
    MapOf,
    OneOrMore,
    Record,
    Spec,
    Str,
)


def write(record: Record = TOPOLOGY) -> str:
    """A file's format as a JSON Schema (draft 2020-12), for editors.

    A scalar may be a number or a boolean there, since an editor reads ``1.10`` and ``on``
    as such before it looks at the schema.
    """
    definitions: dict[str, object] = {}
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"diagtool {record.name}, format {FORMAT}",
        **_json(record, definitions, inline=True),
        "$defs": definitions,
    }
    return json.dumps(schema, indent=2) + "\n"  # in ASCII, since patterns name what nobody sees


def _json(spec: Spec, definitions: dict[str, object], *, inline: bool = False) -> dict[str, object]:
    match spec:
        case Str():
            scalars = ["string", "number", "boolean"]
            if spec is VALUE:
                scalars.append("null")  # an option that is set to nothing
            return {
                "type": scalars,
                **_pattern(spec.pattern, spec.expected),
                "maxLength": spec.max_length,
            }
        case Id():
            return {"type": ["string", "boolean"], **_pattern(ID, f"an id: {ID_IN_WORDS}")}
        case Choice((version,)) if version == FORMAT:
            return {"enum": [int(FORMAT), FORMAT]}
        case Choice(values):
            return {"enum": list(values)}
        case Int():
            return {"type": "integer", "minimum": spec.minimum, "maximum": spec.maximum}
        case Bool():
            return {"type": "boolean"}
        case ListOf():
            return {"type": "array", "items": _json(spec.item, definitions), "minItems": 1}
        case MapOf():
            key = _json(spec.key, definitions)
            return {
                "type": "object",
                "propertyNames": {name: value for name, value in key.items() if name != "type"},
                "additionalProperties": _json(spec.value, definitions),
                "minProperties": 1,
            }
        case OneOrMore():
            item = _json(spec.item, definitions)
            return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]}
        case Record():
            if inline:
                return _json_record(spec, definitions)
            name = spec.name.replace(" ", "-")
            if name not in definitions:
                definitions[name] = _json_record(spec, definitions)
            return {"$ref": f"#/$defs/{name}"}


def _pattern(pattern: str, expected: str) -> dict[str, object]:
    """A pattern with what editors say instead of showing it."""
    return {"pattern": pattern, "patternErrorMessage": f"This is not {expected}."}


def _json_record(record: Record, definitions: dict[str, object]) -> dict[str, object]:
    schema: dict[str, object] = {
        "type": ["object", "null"] if record.optional else "object",
        "description": record.help,
        "properties": {
            name: {"description": _described(key), **_json(key.spec, definitions)}
            for name, key in record.keys.items()
        },
        "additionalProperties": False,
    }
    if required := [name for name, key in record.keys.items() if key.required]:
        schema["required"] = required
    if record.one_of:
        schema["oneOf"] = [{"required": [name]} for name in record.one_of]
    if record.scalar:
        return {"anyOf": [_json(record.scalar, definitions), schema]}
    return schema


def _described(key: Key) -> str:
    return f"{key.help} Default: {key.default}." if key.default else key.help
