"""Which config options a release of a product has: facts, without how they are written down.

Everything here is frozen and does no I/O. A :class:`Catalogue` is made by
:func:`diagtool.loading.catalogue_file.read`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from diagtool.model.value import value


class OptionType(Enum):
    """What a value has to look like, as oslo.config tells its types apart."""

    STRING = "string"
    INTEGER = "integer"
    FLOAT = "float"
    BOOLEAN = "boolean"
    LIST = "list"
    DICT = "dict"
    MULTI = "multi"
    """A string that may be given more than once."""
    RANGE = "range"
    PORT = "port"
    IP = "ip"
    HOSTNAME = "hostname"
    HOST = "host"
    """An IP address or a host name."""
    DOMAIN = "domain"
    """An IP address, or a host name that may hold underscores."""
    URI = "uri"
    OTHER = "other"
    """A type of the product's own, of which nothing is known."""


@value
class Deprecation:
    """That an option will be removed; since which release and why, where that is said."""

    since: str = ""
    reason: str = ""


@value
class CatalogueOption:
    """An option that a release has.

    ``default`` is a text as it would stand in a file, None where there is none. Where it
    depends on the machine, ``sample_default`` says what it is like and ``default`` is None.
    ``items`` is the type of a list's items; ``ignore_case`` is about ``choices``.
    ``renamed_from`` are the groups and names under which the option used to stand, and is
    still read.
    """

    group: str
    name: str
    type: OptionType
    items: OptionType = OptionType.STRING
    default: str | None = None
    sample_default: str | None = None
    choices: tuple[str, ...] = ()
    ignore_case: bool = False
    minimum: float | None = None
    maximum: float | None = None
    required: bool = False
    secret: bool = False
    deprecated: Deprecation | None = None
    renamed_from: tuple[tuple[str, str], ...] = ()
    help: str = ""


@dataclass(frozen=True)
class Catalogue:
    """The options of one release of a product. ``path`` is the file that it was read from."""

    product: str
    release: str
    options: tuple[CatalogueOption, ...]
    path: str = field(default="", compare=False, repr=False)

    @cached_property
    def groups(self) -> Mapping[str, Mapping[str, CatalogueOption]]:
        """The options by group, then by name."""
        groups: dict[str, dict[str, CatalogueOption]] = {}
        for option in self.options:
            groups.setdefault(option.group, {})[option.name] = option
        return groups

    def option(self, group: str, name: str) -> CatalogueOption | None:
        """The option of this name today. Case counts in names, and in no group but DEFAULT."""
        return self._by_key.get((_key(group), name))

    def renamed(self, group: str, name: str) -> CatalogueOption | None:
        """The option that used to stand here, and stands elsewhere today."""
        return self._by_former_key.get((_key(group), name))

    def groups_with(self, name: str) -> tuple[str, ...]:
        """The groups that have an option of this name, in order."""
        return tuple(group for group, options in self.groups.items() if name in options)

    @cached_property
    def _by_key(self) -> Mapping[tuple[str, str], CatalogueOption]:
        return {(_key(option.group), option.name): option for option in self.options}

    @cached_property
    def _by_former_key(self) -> Mapping[tuple[str, str], CatalogueOption]:
        return {
            (_key(group), name): option
            for option in self.options
            for group, name in option.renamed_from
        }


def by_release(catalogues: Iterable[Catalogue]) -> tuple[Catalogue, ...]:
    """Catalogues of one product, the oldest release first."""
    return tuple(sorted(catalogues, key=lambda c: [int(n) for n in re.findall(r"\d+", c.release)]))


def _key(group: str) -> str:
    """A group as oslo.config finds it."""
    return group if group == "DEFAULT" else group.lower()
