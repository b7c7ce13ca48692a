"""What must not be shown: values from a file of values, and what stands where they would."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from types import MappingProxyType

from diagtool.checks import secret_detection
from diagtool.checks.secret_detection import SECRET
from diagtool.checks.split_lines import split_lines
from diagtool.model import PLACEHOLDER, Topology
from diagtool.model.facts import flat

_SHORT = 4
"""A value with fewer letters than this may be a part of any other word."""

_MISSPELT = 0.8
"""How much alike two names must be for one to be taken for the other, misspelt."""

_HELP = re.compile(r"# [^\s=:]+: ")
"""What an option is for, in config that we write; there, no colon stands in front of a value."""

_OPTION = re.compile(r"\s*(?:[#;]\s*)?([^\[\]\s=:#;<>]+)\s*[=:]")


class Veil:
    """Hides the values of a topology's placeholders, and of options that its catalogues keep."""

    def __init__(
        self, topology: Topology, values: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.topology = topology
        named = sorted(((v, n) for n, v in values.items() if v.strip()), key=lambda i: -len(i[0]))
        self._values = [(_pattern(value), _literal(f"<{name}>")) for value, name in named]

    @cached_property
    def _stated(self) -> frozenset[tuple[str, str]]:
        """Options with the values that the topology has of them, for everybody to read."""
        options = self.topology.options
        return frozenset(
            (option.name, flat(option.value))
            for option in options
            if option.placeholders or option.name not in self._kept
        )

    @cached_property
    def _kept(self) -> frozenset[str]:
        """The names of options whose values catalogues keep."""
        catalogues = self.topology.catalogues
        return frozenset(o.name for c in catalogues for o in c.options if o.secret)

    @cached_property
    def _secret(self) -> frozenset[str]:
        """The names of options whose values are nobody's business."""
        names = {o.name for o in self.topology.options if PLACEHOLDER.search(o.value)}
        return self._kept | names

    @cached_property
    def _plain(self) -> frozenset[str]:
        """The names of options of which the topology states what is no secret."""
        return frozenset(option.name for option in self.topology.options) - self._secret

    @cached_property
    def _generated(self) -> frozenset[str]:
        """The lines of the config that the topology makes, without their indentation."""
        from diagtool.guide import renderer

        made = renderer.config_and_tables(self.topology).values()
        return frozenset(line.strip() for text in made for line in split_lines(text))

    @cached_property
    def _unfilled(self) -> tuple[tuple[str, str], ...]:
        """Lines of config with placeholders, each with what stands in front of the first."""
        found = []
        for line in sorted(self._generated):
            start = PLACEHOLDER.split(line)[0].strip()
            if PLACEHOLDER.search(line) and not start.startswith("#") and start:
                found.append((start, line))
        return tuple(found)

    @cached_property
    def _openings(self) -> frozenset[tuple[str, ...]]:
        """The first two words of each line of config that has no placeholders."""
        plain = (line for line in self._generated if not PLACEHOLDER.search(line))
        return frozenset(tuple(line.split()[:2]) for line in plain)

    def text(self, text: str) -> str:
        """A text with names in place of the values that are known."""
        for value, name in self._values:
            text = value.sub(name, text)
        return text

    def value(self, name: str, value: str) -> str:
        """The value of an option, unless it could be one that stands in place of a placeholder."""
        if (name, flat(value)) in self._stated:
            return value
        if name in self._plain:
            return secret_detection.url(self.text(value))
        if name in self._secret or difflib.get_close_matches(name, self._secret, 1, _MISSPELT):
            return SECRET
        return secret_detection.value(name, self.text(value))

    def beside(self, name: str, value: str, stated: str) -> str:
        """The value of an option that is stated with placeholders, if these all stand there."""
        if name in self._kept or not is_unfilled(value, stated):
            return SECRET
        return secret_detection.value(name, self.text(value))

    def placeholder(self, name: str) -> str:
        """The name of a placeholder; between the same signs, a value may stand."""
        return name if name in self.topology.placeholders else SECRET

    def line(self, line: str) -> str:
        """A line of config without what stands in place of placeholders, known or not."""
        shown = line.strip()
        indent = line[: len(line) - len(line.lstrip())]
        if _HELP.match(shown) and shown in self._generated:
            return line
        placeholders = self.topology.placeholders.items()
        explained = [f"<{n}>" for n, p in placeholders if p.description and p.description in line]
        if explained and not any(name in line for name in explained):
            return indent + SECRET  # there, too, its name was replaced
        near = [(start, stated) for start, stated in self._unfilled if _starts(shown, start)]
        is_statement = any("=" not in start for start, _ in near)  # in which a colon is no sign
        if not near and shown not in self._generated and (end := self._value_of(shown)):
            return f"{indent}{shown[:end]} {SECRET}"
        if not is_statement and (match := _OPTION.match(line)):
            value = line[match.end() :].strip()
            told = self.value(match[1], value)
            if told == value:
                return line
            gap = re.match(r"\s*", line[match.end() :])
            return f"{line[: match.end()]}{gap[0] if gap else ''}{told}"
        if tuple(shown.split()[:2]) in self._openings:  # that line has no value to be filled in
            near = [(start, stated) for start, stated in near if len(start.split()) > 1]
        cut = any(start.startswith(shown) for start, _ in near)  # in front of any value
        if cut or shown in self._generated or any(is_unfilled(shown, s) for _, s in near):
            near = []
        if near:
            told = f"{near[0][0]} {SECRET}"
            return indent + next((one for _, one in near if _is_filled(shown, one)), told)
        return secret_detection.url(self.text(line))

    def _value_of(self, line: str) -> int:
        """Where a statement that is much like one of ours has what a placeholder stands for.

        0 for any other one, and for one that ends in front of that.
        """
        if tuple(line.split()[:2]) in self._openings:
            return 0
        ends = (
            _behind(line, start)
            for start, stated in self._unfilled
            if "=" not in start and not is_unfilled(line, stated)
        )
        return min((end for end in ends if 0 < end < len(line)), default=0)

    def lines(self, lines: Iterable[str]) -> list[str]:
        """The same for several lines with their ends. What is further in goes on with a value."""
        shown = []
        within: int | None = None
        for line in lines:
            bare = line.rstrip("\r\n")
            depth = len(bare) - len(bare.lstrip())
            if within is not None and bare.strip() and depth > within:
                told = f"{bare[:depth]}{SECRET}"
            else:
                told = self.line(bare)
                match = _OPTION.match(bare)
                within = depth if match and (told != bare or match[1] in self._secret) else None
            shown.append(told + line[len(bare) :])
        return shown


def _literal(text: str) -> str:
    """A text as what a pattern is replaced by."""
    return text.replace("\\", r"\\")


def _pattern(value: str) -> re.Pattern[str]:
    quoted = re.escape(value)
    return re.compile(quoted if len(value) >= _SHORT else rf"(?<!\w){quoted}(?!\w)")


def _starts(line: str, start: str) -> bool:
    """Whether a line starts like another one, whatever the case and the order further on."""
    words, stated = line.lower().split()[:2], start.lower().split()[:2]
    return line.lower().startswith(start.lower()) or (len(stated) > 1 and words == stated)


def _behind(line: str, start: str) -> int:
    """Where a value would be in a line that is much like another one up to its placeholder.

    0 for a line that is not: it starts with another word, or what stands last in front of the
    placeholder is not there.
    """
    first, *rest = start.lower().split()
    words = list(re.finditer(r"\S+", line.lower()))
    if not words or not difflib.get_close_matches(words[0][0], [first], 1, _MISSPELT):
        return 0
    ends = [word.end() for word in words if not rest or word[0] == rest[-1]]
    return ends[0] if ends else 0


def is_unfilled(line: str, stated: str) -> bool:
    """Whether a line has all placeholders of one that is stated."""
    return PLACEHOLDER.findall(line) == PLACEHOLDER.findall(stated)


def _is_filled(line: str, unfilled: str) -> bool:
    parts = [re.escape(part) for part in PLACEHOLDER.split(unfilled)[::2]]
    return re.fullmatch(r".+".join(parts), line) is not None
