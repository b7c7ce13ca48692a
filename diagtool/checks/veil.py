"""What must not be shown: values from a file of values, and what stands where they would."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from types import MappingProxyType

from diagtool.model import PLACEHOLDER, Topology

SECRET = "(secret)"
"""What stands in messages for what is not shown."""

_SHORT = 4
"""A value with fewer letters than this may be a part of any other word."""

_OPTION = re.compile(r"\s*(?:[#;]\s*)?([^\[\]\s=:#;]+)\s*[=:]")


class Veil:
    """Hides the values of a topology's placeholders, and of options that its catalogues keep."""

    def __init__(
        self, topology: Topology, values: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.topology = topology
        named = sorted(((v, n) for n, v in values.items() if v.strip()), key=lambda i: -len(i[0]))
        self._values = [(_pattern(value), _literal(f"<{name}>")) for value, name in named]

    @cached_property
    def _secret(self) -> frozenset[str]:
        """The names of options whose values are nobody's business."""
        names = {o.name for o in self.topology.options if PLACEHOLDER.search(o.value)}
        for catalogue in self.topology.catalogues:
            names |= {option.name for option in catalogue.options if option.secret}
        return frozenset(names)

    @cached_property
    def _unfilled(self) -> dict[str, str]:
        """Lines of config with placeholders, by what stands in front of the first of these."""
        from diagtool import guide

        found: dict[str, str] = {}
        for name, text in guide.render(self.topology).items():
            if not name.endswith(".rst"):
                for line in text.splitlines():
                    start = PLACEHOLDER.split(line)[0].strip()
                    if PLACEHOLDER.search(line) and not start.startswith("#") and start:
                        found.setdefault(start, line.strip())
        return found

    def text(self, text: str) -> str:
        """A text with names in place of the values that are known."""
        for value, name in self._values:
            text = value.sub(name, text)
        return text

    def line(self, line: str) -> str:
        """A line of config without what stands in place of placeholders, known or not."""
        shown = line.strip()
        indent = line[: len(line) - len(line.lstrip())]
        if match := _OPTION.match(line):
            value = line[match.end() :].strip()
            if match[1] in self._secret and not PLACEHOLDER.search(value):
                return f"{line[: match.end()]} {SECRET}"
            return self.text(line)
        for start, unfilled in self._unfilled.items():
            if shown.startswith(start) and not PLACEHOLDER.search(shown):
                return indent + (unfilled if _is_filled(shown, unfilled) else f"{start} {SECRET}")
        return self.text(line)

    def lines(self, lines: Iterable[str]) -> list[str]:
        """The same for several lines with their ends."""
        return [self.line(line.rstrip("\r\n")) + line[len(line.rstrip("\r\n")) :] for line in lines]


def _literal(text: str) -> str:
    """A text as what a pattern is replaced by."""
    return text.replace("\\", r"\\")


def _pattern(value: str) -> re.Pattern[str]:
    quoted = re.escape(value)
    return re.compile(quoted if len(value) >= _SHORT else rf"(?<!\w){quoted}(?!\w)")


def _is_filled(line: str, unfilled: str) -> bool:
    parts = [re.escape(part) for part in PLACEHOLDER.split(unfilled)[::2]]
    return re.fullmatch(r"\S+".join(parts), line) is not None
