"""Directives that make the reference from what the package itself declares.

==================  =====================================================================
``topology-keys``   the keys of one record of the topology format (argument: its name)
``catalogue-keys``  the keys of a part of a catalogue's format (argument: its name)
``claim-kinds``     the kinds of claims that a test run can prove
``driver-schemes``  the drivers of each library, and what they can do
``driver-needs``    what a driver can be needed for
``diagnostics``     every kind of finding
``rules``           the rules that hold for every system
``command``         the arguments and examples of a command (argument: its name)
``formats``         the formats that pictures are written in
``facts``           the kinds of facts
``palette``         the two colour sets of a theme (argument: its name)
==================  =====================================================================

Each writes reStructuredText and has Sphinx read it, so that what they make can be linked
and translated like the text around it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import ClassVar

from docutils import nodes
from docutils.nodes import make_id
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from diagtool import cli
from diagtool.config import drivers
from diagtool.loading import catalogue_file, schema
from diagtool.model import claims, diagnostic_codes, facts, rules
from diagtool.pictures import formats, themes
from diagtool.scaffolding.importing import importers


def records(spec: schema.Spec = schema.TOPOLOGY) -> Iterator[schema.Record]:
    """A record of the format, then those inside it, in the order of its keys."""
    match spec:
        case schema.Record():
            yield spec
            for key in spec.keys.values():
                yield from records(key.spec)
        case schema.ListOf() | schema.OneOrMore():
            yield from records(spec.item)
        case schema.MapOf():
            yield from records(spec.value)


def value_of(spec: schema.Spec) -> str:
    """What may stand as a value, in words."""
    match spec:
        case schema.Str():
            return f"{spec.expected}, up to {spec.max_length:,} characters"
        case schema.Id():
            return ":ref:`an id <topology-ids>`"
        case schema.Choice((only,)):
            return f"``{only}``"
        case schema.Choice(values):
            return "one of " + ", ".join(f"``{value}``" for value in values)
        case schema.Int():
            return f"a whole number from {spec.minimum} to {spec.maximum}"
        case schema.Bool():
            return "``true`` or ``false``"
        case schema.ListOf(schema.Id()):
            return "a list of ids"
        case schema.ListOf(item):
            return f"a list; each item is {value_of(item)}"
        case schema.MapOf(key, value):
            return f"a mapping; each key is {value_of(key)}, each value {value_of(value)}"
        case schema.OneOrMore(schema.Record() as item):
            return f"{value_of(item)}, or a list of such"
        case schema.OneOrMore(item):
            return f"{value_of(item)}; or a list of such values, for an option set several times"
        case schema.Record():
            article = "" if spec.name.endswith("s") else "a "
            record = f"{article}:ref:`{spec.name} <topology-{make_id(spec.name)}>`"
            return f"{value_of(spec.scalar)}, or {record}" if spec.scalar else record


class Reference(SphinxDirective):
    """Says what a module declares. Its page is read again when that or this file changes."""

    module: ModuleType

    def run(self) -> list[nodes.Node]:
        for path in (self.module.__file__, __file__):
            self.env.note_dependency(str(path))
        return self.parse_text_to_nodes(self.text())

    def text(self) -> str:
        """It, as reStructuredText."""
        raise NotImplementedError


class TopologyKeys(Reference):
    """The keys of a record, each with what may stand there, what it means and its default."""

    module = schema
    required_arguments = 1
    final_argument_whitespace = True

    def text(self) -> str:
        known = {record.name: record for record in records()}
        record = known.get(self.arguments[0])
        if record is None:
            raise self.error(f"the format has no record named {self.arguments[0]!r}")
        text = f"{record.help}\n\n"
        if record.one_of:
            words = ", ".join(f"``{name}``" for name in record.one_of)
            text += f"Exactly one of {words} must be there.\n\n"
        for name, key in record.keys.items():
            text += f"``{name}``" + (" (required)" if key.required else "") + "\n"
            text += f"   {key.help}\n\n   | Value: {value_of(key.spec)}.\n"
            text += f"   | Default: {key.default}.\n\n" if key.default else "\n"
        return text


class CatalogueKeys(Reference):
    """The keys of a part of a catalogue, each with what may stand there and what it means."""

    module = catalogue_file
    required_arguments = 1
    parts: ClassVar = {
        "catalogue": catalogue_file.CATALOGUE,
        "option": catalogue_file.OPTION,
        "deprecated": catalogue_file.DEPRECATED,
    }

    def text(self) -> str:
        if self.arguments[0] not in self.parts:
            raise self.error(f"a catalogue has no part named {self.arguments[0]!r}")
        return "".join(
            f"``{name}``\n   {key.help}\n\n   | Value: {key.kind.value}.\n\n"
            for name, key in self.parts[self.arguments[0]].items()
        )


class ClaimKinds(Reference):
    """The kinds of claims, by the form of their ids."""

    module = claims

    def text(self) -> str:
        return "".join(f"``{id}``\n   {help}\n\n" for id, help in claims.KINDS.items())


class DriverNeeds(Reference):
    """What a driver can be needed for."""

    module = drivers

    def text(self) -> str:
        return "".join(
            f"``{need}``\n   To {words}.\n\n" for need, words in drivers.CAPABILITIES.items()
        )


class DriverSchemes(Reference):
    """The drivers of each library, and what they can do."""

    module = drivers

    def text(self) -> str:
        text = ""
        for library in drivers.LIBRARIES.values():
            text += f".. rubric:: {library.name} {library.release}\n\nFrom {library.source}.\n\n"
            text += ".. list-table::\n   :header-rows: 1\n\n   * - Schemes\n     - Can\n"
            alike: dict[frozenset[str], list[str]] = {}
            for scheme, can in library.schemes.items():
                alike.setdefault(can, []).append(f"``{scheme}://``")
            for can, schemes in alike.items():
                able = ", ".join(f"``{need}``" for need in drivers.CAPABILITIES if need in can)
                text += f"   * - {', '.join(schemes)}\n     - {able or 'none of these'}\n"
            text += "\n"
        return text


class Diagnostics(Reference):
    """Every kind of finding, with its severity, meaning and remedy."""

    module = diagnostic_codes

    def text(self) -> str:
        text = ""
        for name, code in diagnostic_codes.CODES.items():
            text += f".. _diagnostic-{name}:\n\n``{name}`` ({code.severity.value})\n"
            text += f"   {code.meaning}\n\n   {code.remedy}\n\n"
        return text


class Rules(Reference):
    """The rules that hold for every system, with their severity, meaning and remedy."""

    module = rules

    def text(self) -> str:
        text = ""
        for name, rule in rules.GENERAL.items():
            text += f".. _rule-{name}:\n\n``{name}`` ({rule.severity.value})\n"
            remedy = rule.remedy.replace("'", "``")
            text += f"   {rule.meaning}\n\n   {remedy[0].upper()}{remedy[1:]}.\n\n"
        return text


class Command(Reference):
    """How a command is called, its arguments, and examples of it."""

    module = cli
    required_arguments = 1

    def text(self) -> str:
        name: str = self.arguments[0]
        self.env.note_dependency(f"{Path(cli.__file__).parent}/{name}.py")
        known = self._commands()
        if name not in known:
            raise self.error(f"there is no command {name!r}")
        parser = known[name]
        text = f"{parser.description}\n\n.. program:: {parser.prog}\n\n"
        text += _literal(_usage(parser))
        for action in parser._actions:
            if not isinstance(action, argparse._HelpAction):
                text += _argument(action)
        text += _literal(str(parser.epilog).partition("\n")[2])
        return text

    @staticmethod
    def _commands() -> dict[str, argparse.ArgumentParser]:
        found: dict[str, argparse.ArgumentParser] = {}
        for action in cli.parser()._actions:
            if isinstance(action, argparse._SubParsersAction):
                found.update(action.choices)
        return found


def _usage(parser: argparse.ArgumentParser) -> str:
    formatter = argparse.HelpFormatter(parser.prog, width=80)  # whatever the terminal's is
    formatter.add_usage(None, parser._actions, parser._mutually_exclusive_groups, prefix="")
    return formatter.format_help()


def _argument(action: argparse.Action) -> str:
    values = action.metavar or (action.choices and "{" + ",".join(map(str, action.choices)) + "}")
    takes = "" if action.nargs == 0 else f"{values or action.dest.upper()}"
    names = f"{', '.join(action.option_strings)} {takes}".strip()
    about = (action.help or "").replace("|", "\\|")
    return f".. option:: {names}\n\n   {about}\n\n"


def _literal(text: str) -> str:
    lines = "".join(f"   {line}\n" for line in text.splitlines())
    return f".. code-block:: text\n\n{lines}\n"


class Formats(Reference):
    """The formats, by name: what their files end in, and what one file holds."""

    module = formats
    holds: ClassVar = {
        formats.FormatKind.TEXT: "one view, as text",
        formats.FormatKind.DRAWN: "one view",
        formats.FormatKind.PAGED: "one view or several",
    }

    def text(self) -> str:
        rows = ["   * - Name\n     - Files\n     - A file holds\n     - What it is"]
        for name in formats.names():
            module = formats.get(name)
            self.env.note_dependency(f"{Path(str(formats.__file__)).parent}/{name}.py")
            about = (module.__doc__ or "").strip().splitlines()[0]
            rows.append(
                f"   * - ``{name}``\n     - ``{module.SUFFIX}``\n"
                f"     - {self.holds[module.KIND]}\n     - {about}"
            )
        return ".. list-table::\n   :header-rows: 1\n\n" + "\n".join(rows)


class Importers(Reference):
    """The kinds of files that topologies can be made from, and what becomes of them."""

    module = importers

    def text(self) -> str:
        entries = []
        for name in importers.names():
            module = importers.get(name)
            self.env.note_dependency(f"{Path(str(importers.__file__)).parent}/{name}.py")
            about = " ".join((module.__doc__ or "").split())
            entries.append(f"{module.WHAT[0].upper()}{module.WHAT[1:]}\n   {about}\n")
        return "\n".join(sorted(entries, key=str.lower))


class Kinds(Reference):
    """The kinds of facts, each with the sentence that tells it."""

    module = facts

    def text(self) -> str:
        rows = ["   * - Kind\n     - What it says, from *about* and the terms\n     - Read in"]
        for kind in facts.FactKind:
            places = [place for place, kinds in facts.STATED_IN.items() if kind in kinds]
            read = [f"{'an' if place[0] in 'aeiou' else 'a'} {place}" for place in places]
            said = f"``{kind.name.lower()}``\n     - ``{kind.value}``\n     - {', '.join(read)}"
            rows.append(f"   * - {said}".rstrip())
        return ".. list-table::\n   :header-rows: 1\n\n" + "\n".join(rows)


class Palette(Reference):
    """The colours of a theme, light and dark, with their contrast against what is behind."""

    module = themes
    required_arguments = 1
    behind: ClassVar = {
        "node-line": "node-fill",
        "node-text": "node-fill",
        "group-line": "page",
        "group-text": "group-fill",
        "edge-line": "page",
        "edge-text": "page",
        "accent": "page",
    }

    def text(self) -> str:
        try:
            theme = themes.load(self.arguments[0])
        except themes.ThemeError as error:
            raise self.error(str(error)) from None
        rows = ["   * - Colour\n     - Light\n     - Dark\n     - Contrast (light, dark) against"]
        light, dark = theme.light.roles(), theme.dark.roles()
        for role in light:
            contrast = "\\-"
            if behind := self.behind.get(role):
                by_day = themes.contrast(light[role], light[behind])
                by_night = themes.contrast(dark[role], dark[behind])
                contrast = f"{by_day:.1f}, {by_night:.1f} ``{behind}``"
            rows.append(
                f"   * - ``{role}``\n     - ``{light[role]}``\n"
                f"     - ``{dark[role]}``\n     - {contrast}"
            )
        return ".. list-table::\n   :header-rows: 1\n\n" + "\n".join(rows)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Called by Sphinx."""
    app.add_directive("topology-keys", TopologyKeys)
    app.add_directive("catalogue-keys", CatalogueKeys)
    app.add_directive("claim-kinds", ClaimKinds)
    app.add_directive("driver-needs", DriverNeeds)
    app.add_directive("driver-schemes", DriverSchemes)
    app.add_directive("diagnostics", Diagnostics)
    app.add_directive("rules", Rules)
    app.add_directive("command", Command)
    app.add_directive("formats", Formats)
    app.add_directive("importers", Importers)
    app.add_directive("facts", Kinds)
    app.add_directive("palette", Palette)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
