"""Config that files show or are: options with their values, but without secrets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from diagtool.checks.readers import File, ini
from diagtool.loading import schema
from diagtool.model import PLACEHOLDER, Place
from diagtool.model.facts import Fact, FactKind
from diagtool.scaffolding.importing.draft import ASSUMED, Draft, Option, Part

_SECRET = re.compile(r"password|passwd|secret|token|api_?key|private_?key|credential", re.I)
_PASSWORD = re.compile(r"(?<=://)([^/\s:@<>]*):([^/\s@<>]+)@")
_NO_CONFIG = re.compile(r"(?!\[|[#;]|\s|[\w.:-]+\s*=)")
"""How a line starts that is neither a section, a comment, a blank one nor an option."""


def is_config(text: str) -> bool:
    """Whether a block of text is sections with options and nothing else."""
    lines = [line for line in text.splitlines() if line.strip()]
    has_section = any(line.startswith("[") for line in lines)
    return has_section and not any(_NO_CONFIG.match(line) for line in lines)


def options(
    text: str, file: File, draft: Draft, on: Part | None, line: int = 1, column: int = 1
) -> Iterator[Option]:
    """The options that are set in a piece of config, as far as a topology can hold them."""
    claim = ini.options(text, file, (), line, column)
    commented = {fact.terms for fact in claim.facts if fact.kind is FactKind.ALTERNATIVE}
    for fact, place in claim.facts.items():
        if fact.kind is FactKind.OPTION and fact.terms[:2] not in commented:
            yield from option(fact, place, draft, on)


def option(fact: Fact, place: Place, draft: Draft, on: Part | None) -> Iterator[Option]:
    """An option that a fact states, if a topology can hold it."""
    section, name, value = fact.terms
    value = _without_secrets(section, name, value, place, draft, on)
    rest = PLACEHOLDER.sub("", value)
    if "<" in rest or not all(
        _fits(*pair) for pair in zip(_SPECS, (section, name, value), strict=True)
    ):
        draft.remark(
            place, f"the option '{name}' of [{section}], whose value no topology holds", on
        )
        return
    for word in PLACEHOLDER.findall(value):
        draft.placeholders.setdefault(word)
    yield Option(section, name, [value])


_SPECS = (schema.SECTION, schema.OPTION, schema.VALUE)


def _fits(spec: schema.Str, text: str) -> bool:
    return len(text) <= spec.max_length and bool(re.match(spec.pattern, text))


def _without_secrets(
    section: str, name: str, value: str, place: Place, draft: Draft, on: Part | None
) -> str:
    """A value with placeholders where passwords stand."""
    shown = value
    if _SECRET.search(name) and value and not PLACEHOLDER.search(value):
        if value.lower() not in ("true", "false", "none") and not value.isdigit():
            shown = f"<{name.replace('_', ' ')}>"
    else:
        shown = _PASSWORD.sub(r"\1:<password>@", value)
    if shown != value:
        message = f"the value of '{name}' is a secret: a placeholder stands in its place"
        draft.remark(place, message, on, ASSUMED)
    return shown


def merged(options: Iterable[Option]) -> list[Option]:
    """Options, each once with all its values."""
    found: dict[tuple[str, str], Option] = {}
    for each in options:
        known = found.setdefault((each.section, each.name), Option(each.section, each.name, []))
        known.values += [value for value in each.values if value not in known.values]
    return list(found.values())
