"""The options that a topology states, by name, and whether a value is that of one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from diagtool.checks.prose.text import Finding
from diagtool.checks.prose.vocabulary import UNITS
from diagtool.checks.redaction import Veil
from diagtool.model import PLACEHOLDER, Option, Topology

TRUTH = dict.fromkeys(["on", "true", "yes", "enabled", "1"], True) | dict.fromkeys(
    ["off", "false", "no", "disabled", "0"], False
)
_CONFIG = re.compile(r"\s*([\w.-]+)\s*[=:]\s*(.*?)\s*")
_FORM = re.compile(
    r"[#$]|^\(|\.{3}|\bhost:port\b|@localhost\b|^[-+*/] | [;/] |\.(?:ya?ml|conf|cfg|ini|json|toml)$"
)
_SHORT = {"s": "second", "m": "minute", "h": "hour", "d": "day"}


class OptionNames:
    """The options of services and of the components that they need.

    ``by_name`` has the ids of the services that set each, with the option as it is set there.
    """

    def __init__(self, topology: Topology) -> None:
        self.topology = topology
        self.veil = Veil(topology)
        self.by_name: dict[str, list[tuple[str, Option]]] = {}
        services, components = topology.services.values(), topology.components.values()
        found = [(s.id, o) for s in services for o in (*s.options, *s.config)]
        needing = [(s, c) for c in components for s in topology.needed_by(c.id)]
        found += [(service.id, option) for service, c in needing for option in c.config]
        for id, option in found:
            self.by_name.setdefault(option.name, []).append((id, option))
        names = sorted(map(re.escape, self.by_name), key=len, reverse=True)
        self.pattern = re.compile(rf"(?<![\w.-])(?:{'|'.join(names) or '(?!)'})(?![\w-]|\.\w)")

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

        One with sections or several options that nobody knows is of another program or deployment.
        """
        section = "DEFAULT"
        sections = {option.section for listed in self.by_name.values() for _, option in listed}
        named = {match[1] for match in map(_CONFIG.fullmatch, text.splitlines()) if match}
        strange = set(re.findall(r"^\s*\[([^\[\]]+)\]\s*$", text, re.M)) - sections
        if strange or named - self.by_name.keys():
            return
        for line in re.finditer(r"[^\r\n]+", text):
            if match := re.fullmatch(r"\s*\[([^\[\]]+)\]\s*", line[0]):
                section = match[1]
            elif (match := _CONFIG.fullmatch(line[0])) and match[1] in self.by_name.keys() - varied:
                here = [o for _, o in self.by_name[match[1]] if o.section == section]
                if here and match[2] and not any(agrees(o, match[2]) for o in here):
                    yield self.other_value(line.span(), here[0], match[2])


def agrees(option: Option, value: str) -> bool:
    """Whether a value is that of an option, with anything in place of their placeholders."""
    value = value.strip("`'\"“”‘’").removeprefix(": ").rstrip(".")
    if _FORM.search(value):
        return True  # it shows a form, or is the file in which the option stands
    if value.endswith("://") and option.value.startswith(value):
        return True  # 'starts with http://'
    if re.fullmatch(r"[A-Z_]{2,}", value) and not re.fullmatch(r"[A-Z_]+", option.value):
        return True  # 'cache_dir=PATH'
    if option.value.casefold() in TRUTH and value.casefold() in TRUTH:
        return TRUTH[option.value.casefold()] is TRUTH[value.casefold()]
    wanted = option.value
    if "://" in value and not re.search(r":\d+/?$", value):
        wanted = re.sub(r":\d+/?$", "", wanted)  # a URL may leave the port to the driver
    return _fits(wanted, value) or _fits(value, option.value)


def _fits(template: str, value: str) -> bool:
    """Whether a value is a text with something in place of each placeholder."""
    pattern = "".join(
        r".*?" if number % 2 else re.escape(part)
        for number, part in enumerate(PLACEHOLDER.split(template))
    )
    return re.fullmatch(f"{pattern}/?", value) is not None


def amount(value: str, unit: str = "") -> tuple[float, ...]:
    """What a number with a unit may be as a plain number: itself, and in seconds."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([a-z]*)", value.casefold().replace(",", ""))
    if match is None:
        return ()
    number, unit = float(match[1]), match[2] or unit
    unit = _SHORT.get(unit, unit.removesuffix("s") if unit != "ms" else unit)
    return (number, number * UNITS[unit]) if UNITS.get(unit, 0) > 0 else (number,)
