"""A topology's sample files with values in place of placeholders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from diagtool import balancers
from diagtool.model import PLACEHOLDER, Option, Placeholder, Topology

Values = Mapping[str, str]
"""Values by the names of the placeholders that they stand in for."""


def filled(topology: Topology, values: Values) -> Topology:
    """The topology with values in the options of its parts, as far as there are any."""
    return replace(
        topology,
        components={
            id: replace(component, config=_options(component.config, values))
            for id, component in topology.components.items()
        },
        services={
            id: replace(
                service,
                config=_options(service.config, values),
                snippets=tuple(
                    replace(snippet, options=_options(snippet.options, values))
                    for snippet in service.snippets
                ),
            )
            for id, service in topology.services.items()
        },
    )


def _options(options: Iterable[Option], values: Values) -> tuple[Option, ...]:
    return tuple(
        replace(option, value=PLACEHOLDER.sub(lambda m: values.get(m[1], m[0]), option.value))
        for option in options
    )


def placeholders(topology: Topology) -> dict[str, Placeholder]:
    """What stands in sample files to be filled in, by name, in the topology's order."""
    found = balancers.placeholders(topology)
    return {**topology.placeholders, **found}
