"""What the options of a topology are, and in which releases its values hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from diagtool.config.values import WORDS, filled, unfit
from diagtool.model import Option, Service, Topology
from diagtool.model.catalogue import Catalogue, CatalogueOption, OptionType


class Standing(Enum):
    """Whether a release takes an option with its values, in a word or two."""

    HOLDS = "yes"
    DEPRECATED = "yes, deprecated"
    RENAMED = "yes, renamed"
    OTHER_VALUE = "not this value"
    ABSENT = "no"


@dataclass(frozen=True, slots=True)
class Explained:
    """An option that snippets set: what the newest release says of it, and who sets it.

    ``standings`` has one for each catalogue of the topology, in their order.
    """

    section: str
    name: str
    known: CatalogueOption
    services: tuple[Service, ...]
    standings: tuple[Standing, ...]

    @property
    def title(self) -> str:
        """What it is called."""
        return f"[{self.section}] {self.name}"

    @property
    def type(self) -> str:
        """What its values are, in words."""
        known = self.known
        words = WORDS[known.type]
        if known.type is OptionType.LIST:
            words = _LISTS.get(known.items, words)
        low, high = known.minimum, known.maximum
        if low is not None and high is not None:
            return f"{words} from {low} to {high}"
        if low is not None:
            return f"{words}, {low} or more"
        return f"{words}, {high} at most" if high is not None else words


_LISTS = {OptionType.INTEGER: "whole numbers with commas between them"}


def explained(topology: Topology) -> tuple[Explained, ...]:
    """The options of all snippets that the newest release knows, in order, each once."""
    if not topology.catalogues:
        return ()
    setting: dict[tuple[str, str], list[tuple[Service, Option]]] = {}
    for service in topology.services.values():
        for option in service.options:
            setting.setdefault((option.section, option.name), []).append((service, option))
    found = []
    for (section, name), settings in setting.items():
        if known := _known(topology.catalogues[-1], section, name):
            values = [filled(option.value, topology.placeholders) for _, option in settings]
            found.append(
                Explained(
                    section,
                    name,
                    known,
                    tuple({service.id: service for service, _ in settings}.values()),
                    tuple(
                        _standing(catalogue, section, name, values)
                        for catalogue in topology.catalogues
                    ),
                )
            )
    return tuple(found)


def _known(catalogue: Catalogue, section: str, name: str) -> CatalogueOption | None:
    return catalogue.option(section, name) or catalogue.renamed(section, name)


def _standing(
    catalogue: Catalogue, section: str, name: str, values: Iterable[str | None]
) -> Standing:
    known = _known(catalogue, section, name)
    if known is None:
        return Standing.ABSENT
    if any(unfit(known, value)[0] for value in values if value is not None):
        return Standing.OTHER_VALUE
    if catalogue.option(section, name) is None:
        return Standing.RENAMED
    return Standing.DEPRECATED if known.deprecated else Standing.HOLDS
