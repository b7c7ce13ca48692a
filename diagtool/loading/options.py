"""The options of a topology against what there is: catalogues of releases, and drivers."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from diagtool import cataloguefile, drivers
from diagtool.catalogue import Catalogue, CatalogueOption, OptionType, by_release
from diagtool.diagnostics import did_you_mean
from diagtool.loading.building import Builder
from diagtool.loading.findings import MANY, Findings, short
from diagtool.loading.reading import Item
from diagtool.model import DriverChoice, Option, Place, Placeholder, Topology
from diagtool.optionvalues import filled, unfit, unlike


def catalogues(
    findings: Findings, named: Sequence[Item], within: Path, base: Topology | None
) -> tuple[Catalogue, ...]:
    """The catalogues at some paths, oldest first; none of them where one cannot be used.

    A path is from the folder of the file that names it, and must not lead out of ``within``.
    Those of the base are not read again.
    """
    known = {catalogue.path: catalogue for catalogue in base.catalogues} if base else {}
    read: list[Catalogue] = []
    for item in named:
        path = Path(os.path.normpath(Path(item.place.path).parent / item.value))

        def refuse(reason: str, item: Item = item) -> None:
            message = f"the catalogue '{short(item.value)}' {reason}"
            findings.report("bad-catalogue", item.place, message)

        if not _is_within(path, within):
            refuse(f"lies outside the folder '{within.name}', in which the topology lies")
            continue
        catalogue = known.get(path.as_posix()) or cataloguefile.read(path, findings.found.append)
        if catalogue is None:
            refuse("cannot be used")
        elif read and catalogue.product != read[0].product:
            refuse(f"is one of {catalogue.product}, and the first one is of {read[0].product}")
        elif catalogue.release in {other.release for other in read}:
            refuse(f"is of the release {catalogue.release}, as is another one")
        else:
            read.append(catalogue)
    return by_release(read) if len(read) == len(named) else ()


def _is_within(path: Path, folder: Path) -> bool:
    try:
        return path.resolve().is_relative_to(folder)
    except (OSError, RuntimeError):  # too long a name, a loop of links
        return True  # which reading will find out


@dataclass(frozen=True, slots=True)
class OptionChecker:
    """Checks options; ``built`` knows where their names and placeholders' examples stand."""

    findings: Findings
    built: Builder
    misled: set[str] = field(default_factory=set)
    """The placeholders whose examples are not of their types."""

    def check(self, topology: Topology) -> None:
        for placeholder in topology.placeholders.values():
            self._check_example(placeholder)
        if topology.catalogues:
            for option in topology.options:
                self._check_option(topology, option)
            self._check_repeated(topology)
        for choice in topology.drivers:
            self._check_driver(topology, choice)

    def _check_example(self, placeholder: Placeholder) -> None:
        if placeholder.type is None or not placeholder.example:
            return
        if words := unlike(placeholder.type, placeholder.example):
            message = f"the example '{short(placeholder.example)}' is not {words}"
            self.misled.add(placeholder.name)
            self.findings.report("bad-example", self.built.examples[placeholder.name], message)

    # --- catalogues -------------------------------------------------------------------

    def _check_option(self, topology: Topology, option: Option) -> None:
        places = self.built.names[option.place]
        known = self._find(topology.catalogues, option.section, option.name, *places)
        if known is None:
            return
        if self.misled & {*option.placeholders}:
            return
        value = filled(option.value, topology.placeholders)
        if value is None:
            if known.type not in (OptionType.STRING, OptionType.MULTI, OptionType.OTHER):
                self._uncheckable(topology, option)
            return
        code, message = unfit(known, value)
        if code:
            hint = "placeholders count as their examples" if option.placeholders else ""
            self.findings.report(code, option.place, f"{option.name}: {message}", hint)

    def _uncheckable(self, topology: Topology, option: Option) -> None:
        """Reports that nothing is known of what stands for a placeholder of an option."""
        for name in dict.fromkeys(option.placeholders):
            placeholder = topology.placeholders.get(name)
            if placeholder and filled(f"<{name}>", topology.placeholders) is None:
                message = f"{option.name}: '<{name}>' has neither an example nor a type"
                self.findings.report("unchecked-option", option.place, message)

    def _find(
        self, releases: tuple[Catalogue, ...], section: str, name: str, above: Place, place: Place
    ) -> CatalogueOption | None:
        """What the newest release says of an option, after a report where it is not as it was.

        ``above`` is the place of the section, ``place`` that of the name.
        """
        newest = releases[-1]
        option = newest.option(section, name)
        said = f"[{section}] {name}"
        if option is None and (option := newest.renamed(section, name)):
            since = next(c.release for c in releases if c.option(section, name) is None)
            when = f" since {since}" if since != releases[0].release else ""
            message = f"{said} is called [{option.group}] {option.name}{when}"
            self.findings.report("renamed-option", place, message)
        elif option is None:
            self._report_missing(releases, section, name, above, place)
        elif option.deprecated:
            since = f" since {option.deprecated.since}" if option.deprecated.since else ""
            reason = " ".join(option.deprecated.reason.split())
            message = f"{said} is deprecated{since} and will be removed"
            self.findings.report("deprecated-option", place, message, reason)
        return option

    def _report_missing(
        self, releases: tuple[Catalogue, ...], section: str, name: str, above: Place, place: Place
    ) -> None:
        newest = releases[-1]
        product = f"{newest.product} {newest.release}"
        group = _group(newest, section)
        elsewhere = [f"[{other}]" for other in newest.groups_with(name)]
        hint = f"it stands in {' and '.join(elsewhere)}" if elsewhere else ""
        had = [c for c in releases if c.option(section, name)]
        if had:
            since = releases[releases.index(had[-1]) + 1].release
            message = f"[{section}] {name} was removed in {since}"
            self.findings.report("removed-option", place, message, hint)
        elif group is None:
            near = self._meant(section, newest.groups_with(name))
            hint = near or hint or self._meant(section, newest.groups)
            message = f"{product} has no section [{section}]"
            self.findings.report("unknown-section", above, message, hint)
        else:
            hint = hint or self._meant(name, newest.groups[group])
            message = f"{product} has no option {name} in [{section}]"
            self.findings.report("unknown-option", place, message, hint)

    def _meant(self, word: str, known: Iterable[str]) -> str:
        return did_you_mean(word, known) if len(self.findings.found) < MANY else ""

    def _check_repeated(self, topology: Topology) -> None:
        """Finds values that the next one of the same option takes the place of."""
        together = [part.config for part in topology.parts]
        for service in topology.services.values():
            together += [snippet.options for snippet in service.snippets]
        for options in together:
            for before, option in pairwise(options):
                known = topology.catalogues[-1].option(option.section, option.name)
                again = (before.section, before.name) == (option.section, option.name)
                if again and known and known.type is not OptionType.MULTI:
                    message = f"{option.name} takes one value, and has one already"
                    self.findings.report("repeated-option", option.place, message)

    # --- drivers ----------------------------------------------------------------------

    def _check_driver(self, topology: Topology, choice: DriverChoice) -> None:
        if topology.catalogues:
            place = choice.place
            self._find(topology.catalogues, choice.section, choice.name, place, place)
        options = [
            option
            for option in topology.options
            if (option.section, option.name) == (choice.section, choice.name)
        ]
        if not options:
            message = f"nothing sets [{choice.section}] {choice.name}"
            self.findings.report("unused-driver", choice.place, message)
        library = drivers.LIBRARIES[choice.library]
        for option in options:
            value = filled(option.value, topology.placeholders)
            scheme = drivers.scheme(option.value) or drivers.scheme(value or "")
            if value is None and not scheme:
                self._uncheckable(topology, option)
            else:
                self._check_scheme(library, choice, option, scheme)

    def _check_scheme(
        self, library: drivers.Library, choice: DriverChoice, option: Option, scheme: str
    ) -> None:
        able = library.able(choice.needs)
        called = f"{library.name} {library.release}"
        can = library.schemes.get(scheme)
        if not scheme:
            message = f"{option.name} names no driver of {called}"
            # Of dialects with many drivers, their names will do.
            shown = [s for s in able if "+" not in s] if len(able) > 9 else able
            hint = f"start it with {_or([f'{s}://' for s in shown])}"
            self.findings.report("unknown-driver", option.place, message, hint)
        elif can is None:
            message = f"{called} has no driver for '{scheme}://'"
            hint = self._meant(scheme, able) or self._meant(scheme, library.schemes)
            self.findings.report("unknown-driver", option.place, message, hint)
        elif lacking := sorted(choice.needs - can):
            cannot = " or ".join(drivers.CAPABILITIES[need] for need in lacking)
            message = f"'{scheme}://' of {called} cannot {cannot}"
            hint = f"take {_or(able)}" if able else f"no driver of {called} can"
            self.findings.report("unfit-driver", option.place, message, hint)


def _group(catalogue: Catalogue, section: str) -> str | None:
    """What a catalogue calls a section, as oslo.config compares them."""
    return next((g for g in catalogue.groups if g.casefold() == section.casefold()), None)


def _or(words: Sequence[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]][len(words) == 1 :])
