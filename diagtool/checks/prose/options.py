"""The options that a topology states, by name, and whether a value is that of one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from diagtool.checks.prose.names import singular
from diagtool.checks.prose.text import Finding
from diagtool.checks.prose.vocabulary import TRUTH, UNITS, any_of
from diagtool.checks.redaction import Veil
from diagtool.model import PLACEHOLDER, Option, Topology

_LINE = re.compile(
    r"^[ \t]*(?:\[(?P<section>[^\[\]]+)\]|(?P<name>[\w.-]+)[ \t]*[=:][ \t]*(?P<value>.*?))[ \t]*$",
    re.M,
)
_FORM = re.compile(
    r"[#$]|^\(|\.{3}|\bhost:port\b|@localhost\b|^[-+*/] | [;/] |\.(?:ya?ml|conf|cfg|ini|json|toml)$"
)
_PLACEHOLDER = re.compile(r"\b[A-Z]+(?:_[A-Z]+)+\b|^[A-Z_]{2,}$")


class OptionNames:
    """The options of services and of the components that they need.

    ``by_name`` has the ids of the services that set each, with the option as it is set there.
    """

    def __init__(self, topology: Topology) -> None:
        self.topology = topology
        self.veil = Veil(topology)
        self.by_name: dict[str, list[tuple[str, Option]]] = {}
        for service in topology.services.values():
            needed = [option for part in topology.needs(service.id) for option in part.config]
            for option in (*service.options, *service.config, *needed):
                self.by_name.setdefault(option.name, []).append((service.id, option))
        self.pattern = re.compile(
            rf"(?<![\w.-]){any_of(map(re.escape, self.by_name))}(?![\w-]|\.\w)"
        )

    def other_value(self, span: tuple[int, int], option: Option, value: str) -> Finding:
        """That a value is not the option's."""
        name, stated = option.name, self.veil.value(option.name, option.value)
        hint = f"the topology has [{option.section}] {name} = {stated}"
        message = f"'{self.veil.value(name, value)}' is not the value of {name}"
        return Finding("prose-option", span, message, hint, option.place)

    def varied(self, text: str) -> frozenset[str]:
        """The options to which a text sets several values: it shows what one can choose."""
        found: dict[str, set[str]] = {}
        for name, value in re.findall(r"(?<![\w.-])([\w.-]+)(?:[ \t]*=[ \t]*|: )([^\s,;]+)", text):
            found.setdefault(name, set()).add(value.strip("'\"."))
        return frozenset(name for name, values in found.items() if len(values) > 1)

    def config(self, text: str, varied: frozenset[str]) -> Iterator[Finding]:
        """What is wrong in a block of config.

        One with a section or an option that nobody knows is of another program or deployment.
        """
        known = {option.section for listed in self.by_name.values() for _, option in listed}
        lines = [*_LINE.finditer(text)]
        if any(line["section"] not in (None, *known) for line in lines):
            return
        if any(line["name"] not in (None, *self.by_name) for line in lines):
            return
        section = "DEFAULT"
        for line in lines:
            section, value = line["section"] or section, line["value"]
            here = [o for _, o in self.by_name.get(line["name"], ()) if o.section == section]
            wrong = value and not any(agrees(option, value) for option in here)
            if here and wrong and line["name"] not in varied:
                yield self.other_value(line.span(), here[0], value)


def agrees(option: Option, value: str) -> bool:
    """Whether a value is that of an option, with anything in place of their placeholders."""
    value = value.strip("`'\"“”‘’").removeprefix(": ").rstrip(".")
    if _FORM.search(value):
        return True  # it shows a form, or is the file in which the option stands
    if value.endswith("://") and option.value.startswith(value):
        return True  # 'starts with http://'
    if _PLACEHOLDER.search(value) and not _PLACEHOLDER.search(option.value):
        return True  # 'cache_dir=PATH', 'range = FIRST_ID:LAST_ID'
    if option.value.casefold() in TRUTH and value.casefold() in TRUTH:
        return TRUTH[option.value.casefold()] == TRUTH[value.casefold()]
    wanted = option.value
    if "://" in value and not re.search(r":\d+/?$", value):
        wanted = re.sub(r":\d+/?$", "", wanted)  # a URL may leave the port to the driver
    return _fits(wanted, value) or _fits(value, option.value)


def _fits(template: str, value: str) -> bool:
    """Whether a value is a text with something in place of each placeholder."""
    pattern = ".*?".join(map(re.escape, PLACEHOLDER.split(template)[::2]))
    return re.fullmatch(f"{pattern}/?", value) is not None


def amount(value: str, unit: str = "") -> tuple[float, ...]:
    """What a number with a unit may be as a plain number: itself, and in seconds."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([a-z]*)", value.casefold().replace(",", ""))
    if match is None:
        return ()
    number, seconds = float(match[1]), UNITS.get(singular(match[2] or unit.casefold()))
    return (number, number * seconds) if seconds else (number,)
