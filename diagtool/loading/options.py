"""The options of a topology against what there is: catalogues of releases, and drivers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise
from pathlib import Path

from diagtool.config import drivers
from diagtool.config.placeholders import fill
from diagtool.config.values import NO_PLACEHOLDER, filled, unfit, unlike, unreachable
from diagtool.loading import catalogue_file
from diagtool.loading.building import Builder
from diagtool.loading.findings import MANY, Findings, short
from diagtool.loading.schema_reader import Item
from diagtool.model import DriverChoice, Option, Place, Placeholder, Rule, Service, Topology
from diagtool.model.catalogue import Catalogue, CatalogueOption, OptionType, by_release
from diagtool.model.did_you_mean import did_you_mean

Problem = tuple[str, str, str]
"""Code, message and hint; all of them empty where there is none."""

_NUMBERS = (OptionType.INTEGER, OptionType.FLOAT, OptionType.PORT)


def catalogues(
    findings: Findings, named: Sequence[Item], within: Sequence[Path], base: Topology | None
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
            refuse(f"is outside the folder '{within[0].name}' of the topology")
            continue
        catalogue = known.get(path.as_posix()) or catalogue_file.read(path, findings.found.append)
        if catalogue is None:
            refuse("cannot be used")
        elif read and catalogue.product != read[0].product:
            refuse(f"is for {catalogue.product}, and the first one is for {read[0].product}")
        elif catalogue.release in {other.release for other in read}:
            refuse(f"is for the same release as another one: {catalogue.release}")
        else:
            read.append(catalogue)
    return by_release(read) if len(read) == len(named) else ()


def _is_within(path: Path, folders: Sequence[Path]) -> bool:
    try:
        return any(map(path.resolve().is_relative_to, folders))
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
        """Reports options, placeholders and drivers that do not fit the newest catalogue."""
        for placeholder in topology.placeholders.values():
            self._check_example(placeholder)
        if topology.catalogues:
            for option in topology.options:
                self._check_option(topology, option)
            self._check_repeated(topology)
            for rule in topology.rules.values():
                self._check_rule(topology.catalogues, rule)
            for service in topology.services.values():
                self._check_required(topology, service)
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
        if self._is_misled(option):
            return
        value = filled(option.value, topology.placeholders)
        if value is None:
            if known.type not in (OptionType.STRING, OptionType.MULTI, OptionType.OTHER):
                self._uncheckable(topology, option)
            return
        code, message, _ = problem_of_value(known, option.name, value)
        if code:
            hint = "placeholders count as their examples" if option.placeholders else ""
            secret = is_secret(topology, option)
            self.findings.report(code, option.place, message, hint, secret=secret)

    def _is_misled(self, option: Option) -> bool:
        """Whether what makes a value wrong is told of where it comes from."""
        return bool(self.misled & {*option.placeholders} or NO_PLACEHOLDER.search(option.value))

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
        hint = f"it is in {' and '.join(elsewhere)}" if elsewhere else ""
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
                    message = f"{option.name} takes a single value, and already has one"
                    self.findings.report("repeated-option", option.place, message)

    def _check_rule(self, releases: tuple[Catalogue, ...], rule: Rule) -> None:
        """Finds what a rule asks for and the newest release does not have."""
        newest, place = releases[-1], rule.need_place
        for name in rule.options:
            if rule.section is not None:
                self._find(releases, rule.section, name, place, place)
            elif not newest.groups_with(name):
                known = {option.name for option in newest.options}
                message = f"{newest.product} {newest.release} has no option {name}"
                self.findings.report("unknown-option", place, message, self._meant(name, known))

    def _check_required(self, topology: Topology, service: Service) -> None:
        """Finds sections of a service's whole config that lack what they cannot do without."""
        settings = [option for _, option in topology.settings(service.id)]
        newest = topology.catalogues[-1]
        for section in dict.fromkeys(option.section for option in settings):
            stated = {option.name for option in settings if option.section == section}
            group = _group(newest, section)
            for name, known in newest.groups.get(group or "", {}).items():
                former = {old for at, old in known.renamed_from if at == group}
                if known.required and known.default is None and not stated & {name, *former}:
                    message = f"'{service.id}' sets [{section}] without {name}, which is required"
                    hint = "set it in its 'config'"
                    self.findings.report("required-option", service.place, message, hint)

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
        wrong = {finding.place for finding in self.findings.found if finding.code == "option-type"}
        for option in options:
            value = filled(option.value, topology.placeholders)
            scheme = drivers.scheme(option.value)
            if value is None and scheme:
                value = f"{scheme}://"  # which is known where what follows is not
            named = [topology.placeholders.get(name) for name in option.placeholders]
            if value is None:
                self._uncheckable(topology, option)
            elif not scheme and any(known and not known.example for known in named):
                continue  # a type does not tell the scheme
            elif option.place not in wrong and not self._is_misled(option):
                code, message, hint = problem_of_driver(choice, value, self._meant)
                if code:
                    secret = is_secret(topology, option)
                    self.findings.report(code, option.place, message, hint, secret=secret)


def check_values(
    findings: Findings, topology: Topology, values: Mapping[str, str], places: Mapping[str, Place]
) -> None:
    """Reports values with which an option is wrong, unless it is so with examples as well.

    Each is reported at the first of ``places`` that has a part in it.
    """
    known = topology.placeholders
    reported: set[tuple[Place, str]] = set()

    def compare(option: Option, judge: Callable[[str], Problem]) -> None:
        name = next((name for name in option.placeholders if name in values), None)
        value = filled(fill(option.value, values), known)
        example = filled(option.value, known)
        if name is None or value is None:
            return
        code, message, hint = problem = judge(value)
        if example is not None and problem == judge(example):
            return
        if code and (places[name], message) not in reported:
            reported.add((places[name], message))
            findings.report(code, places[name], f"with the value for '<{name}>': {message}", hint)

    for option in topology.options:
        entry = topology.catalogues and topology.catalogues[-1].option(option.section, option.name)
        if entry:
            # A placeholder may stand for a secret, whatever the option is.
            hidden = replace(entry, secret=True)
            compare(option, partial(problem_of_value, hidden, option.name))
        for choice in topology.drivers:
            if (choice.section, choice.name) == (option.section, option.name):
                compare(option, partial(problem_of_driver, choice))


def problem_of_value(known: CatalogueOption, name: str, value: str) -> Problem:
    """What is wrong with the value of an option that a catalogue has."""
    code, message = unfit(known, value)
    if not code and not value and known.type in _NUMBERS:
        code, message = "option-type", "no number is given"
    if not code and known.type is OptionType.URI and (message := unreachable(value)):
        code = "option-type"
    return (code, f"{name}: {message}", "") if code else ("", "", "")


def problem_of_driver(
    choice: DriverChoice, value: str, meant: Callable[[str, Iterable[str]], str] = did_you_mean
) -> Problem:
    """What is wrong with the URL that chooses a library's driver; ``meant`` gives hints."""
    library = drivers.LIBRARIES[choice.chosen_by]
    needs = frozenset(choice.needs)
    able = library.able(needs)
    called = f"{library.name} {library.release}"
    scheme = drivers.scheme(value)
    can = library.schemes.get(scheme)
    none = f"no driver of {called} can do all that is needed"
    # Of dialects with many drivers, their names will do.
    short_of = [s for s in able if "+" not in s] if len(able) > 9 else able
    if not scheme:
        message = f"{choice.name} names no driver of {called}"
        hint = f"start it with {_or([f'{s}://' for s in short_of])}" if able else none
        return "unknown-driver", message, hint
    if can is None:
        message = f"{called} has no driver for '{scheme}://'"
        hint = meant(scheme, able) or meant(scheme, library.schemes)
        return "unknown-driver", message, hint or (f"take {_or(short_of)}" if able else none)
    if lacking := sorted(needs - can):
        cannot = " or ".join(drivers.CAPABILITIES[need] for need in lacking)
        hint = f"take {_or(able)}" if able else none
        return "unfit-driver", f"'{scheme}://' of {called} cannot {cannot}", hint
    if message := unreachable(value):
        return "option-type", f"{choice.name}: {message}", ""
    return "", "", ""


def is_secret(topology: Topology, option: Option) -> bool:
    """Whether a value must not be shown: a secret that no placeholder stands for."""
    known = (
        topology.catalogues[-1].option(option.section, option.name) if topology.catalogues else None
    )
    return known is not None and known.secret and not option.placeholders


def _group(catalogue: Catalogue, section: str) -> str | None:
    """What a catalogue calls a section, as oslo.config compares them."""
    return next((g for g in catalogue.groups if g.casefold() == section.casefold()), None)


def _or(words: Sequence[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]][len(words) == 1 :])
