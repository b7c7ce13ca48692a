"""Sample config, as INI files have it."""

from __future__ import annotations

from diagtool.model import Service, Snippet, Topology


def ini(snippet: Snippet) -> str:
    """A snippet's sections and options, with a line break at the end."""
    sections = []
    for section, options in snippet.sections:
        lines = [f"[{section}]", *(f"{o.name} = {o.value}".rstrip() for o in options)]
        sections.append("\n".join(lines) + "\n")
    return "\n".join(sections)


def sample(topology: Topology, service: Service) -> str:
    """A file with all of a service's snippets; alternatives are commented out."""
    parts = [f"# Sample configuration of {service.name}.\n"]
    names = dict.fromkeys(name for option in service.options for name in option.placeholders)
    if names:
        parts[0] += "# Put in place of\n"
    for name in names:
        placeholder = topology.placeholders[name]
        about = f": {placeholder.description}" if placeholder.description else ""
        example = f" Example: {placeholder.example}" if placeholder.example else ""
        parts[0] += f"#   <{name}>{' '.join((about + example).split())}\n"
    for snippet in service.snippets:
        if snippet.alternative_to is None:
            parts.append(ini(snippet))
        else:
            lines = ["Or, in place of the above:", "", *ini(snippet).splitlines()]
            parts.append("".join(f"# {line}".rstrip() + "\n" for line in lines))
    return "\n".join(parts)
