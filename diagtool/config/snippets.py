"""Sample config, as INI files have it: what a page shows, and whole files."""

from __future__ import annotations

import re
from collections.abc import Iterable

from diagtool.model import Component, Option, Service, Snippet, Topology, wording
from diagtool.model.catalogue import OptionType


def ini(snippet: Snippet) -> str:
    """A snippet's sections and options, with a line break at the end."""
    sections = []
    for section, options in snippet.sections:
        lines = [f"[{section}]", *map(_line, options)]
        sections.append("\n".join(lines) + "\n")
    return "\n".join(sections)


def sample(topology: Topology, service: Service) -> str:
    """The whole config of a service: what it needs to run, and what reaches what.

    Snippets that others stand in for are commented out. Empty where it sets nothing.
    """
    settings = topology.settings(service.id)
    if not settings:
        return ""
    others = [snippet for snippet in service.snippets if snippet not in service.chosen]
    options = [option for _, option in settings]
    options += [option for snippet in others for option in snippet.options]
    parts = [_header(topology, service, options)]
    for section in dict.fromkeys(option.section for _, option in settings):
        parts.append(f"[{section}]\n")
        last = None
        for component, option in settings:
            if option.section == section:
                if option.name != last:  # one that is set several times is told of once
                    parts[-1] += _why(topology, component, option)
                parts[-1] += f"{_line(option)}\n"
                last = option.name
    for snippet in others:
        taken = next(s for s in service.chosen if service.first_of(s) is service.first_of(snippet))
        names = wording.join(list(dict.fromkeys(option.name for option in taken.options)))
        lines = [f"Or, in place of {names}:", "", *ini(snippet).splitlines()]
        parts.append("".join(f"# {line}".rstrip() + "\n" for line in lines))
    return "\n".join(parts)


def _line(option: Option) -> str:
    return f"{option.name} = {option.value}".rstrip()


def _header(topology: Topology, service: Service, options: Iterable[Option]) -> str:
    """What the file is, and what to put in place of what."""
    header = f"# Sample configuration of {service.name}.\n"
    names = dict.fromkeys(name for option in options for name in option.placeholders)
    if names:
        header += "# Replace these placeholders:\n"
    for name in names:
        placeholder = topology.placeholders[name]
        type = placeholder.type
        typed = f"Type: {type.value}." if type and type is not OptionType.STRING else ""
        example = f"Example: {placeholder.example}" if placeholder.example else ""
        about = " ".join(f"{placeholder.description} {typed} {example}".split())
        header += f"#   <{name}>{f': {about}' if about else ''}\n"
    return header


def _why(topology: Topology, component: Component | None, option: Option) -> str:
    """A comment on what an option reaches, and what it is, on one line; empty for neither.

    It starts with the name, lest it be read as an option that is commented out.
    """
    known = (
        topology.catalogues[-1].option(option.section, option.name) if topology.catalogues else None
    )
    reached = f", to reach {component.name}" if component else ""
    about = f": {_first_sentence(known.help)}" if known and known.help else ""
    return f"# {option.name}{' '.join((reached + about).split())}\n" if reached or about else ""


def _first_sentence(text: str) -> str:
    match = re.match(r".*?[.!?](?=\s+[A-Z]|$)", " ".join(text.split()))
    return match[0] if match else text
