"""Sites of random topologies: over every directive, with translations and several topologies."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import random_topologies
import yaml
from sphinx_project import Project, make

from diagtool.loading import loader
from diagtool.model import Topology, diagram
from diagtool.model.diagnostics import has_errors
from diagtool.pictures import formats

PLAIN = ("lamp", "river", "stone", "cloud", "market", "bridge", "größe", "东京")

HOME = """\
Home
====

.. toctree::

   one
   two
   more

.. topo:differences:: one two
"""
GUIDE = """\
Guide
=====

.. topo:topology:: {name}

There are :topo:value:`{service}.replicas` of :topo:service:`{service}`, which need
:topo:value:`{service}.needs`.

.. topo:guide:: {name}
"""
REST = """\
More
====

.. topo:topology:: {name}

.. blockdiag::

   a -> b [label = "asks"];

"""
CONF = """\
    topo_topologies = {{"one": "one.yaml", "two": "two.yaml"}}
    topo_downloads = {downloads}
    topo_verify = True
    locale_dirs = ["locale"]
    # What these tell of is not the page: letters, and what a format cannot hold.
    suppress_warnings = ["topo.glyph", "topo.translation", "topo.download"]
    """


def site(root: Path, seed: int) -> Project:
    """A project with two topologies; every other one has a catalogue for German."""
    chance = random.Random(seed)
    downloads = chance.sample(formats.names(), 3)
    made = make(root, CONF.format(downloads=downloads), {"index": HOME})
    topologies = {name: _topology(made, name, chance) for name in ("one", "two")}
    for name, topology in topologies.items():
        made.write(f"{name}.rst", GUIDE.format(name=name, service=next(iter(topology.services))))
    name, topology = chance.choice(list(topologies.items()))
    shown = "".join(_directives(topology, name, chance))
    made.write("more.rst", REST.format(name=name) + shown)
    if seed % 2:
        head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        said = {"Needs access to:", "Notes"}
        said |= {p.name for t in topologies.values() for p in t.parts if chance.random() < 0.5}
        entries = "".join(
            f'msgid "{_quoted(text)}"\nmsgstr "{chance.choice(PLAIN)} {number}"\n\n'
            for number, text in enumerate(sorted(said))
        )
        for page in ("one", "two", "more", "index"):
            made.write(f"locale/de/LC_MESSAGES/{page}.po", head + entries)
    return made


def _topology(made: Project, name: str, chance: random.Random) -> Topology:
    """Writes one that loads without an error."""
    while True:
        document: dict[str, Any] = random_topologies.document(chance.randrange(2**32))
        path = made.write(
            f"{name}.yaml", yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
        )
        loaded = loader.read(path)
        if loaded.topology and not has_errors(loaded.diagnostics):
            return loaded.topology


def _directives(topology: Topology, name: str, chance: random.Random) -> Iterator[str]:
    """Every directive that the topology has something for, but those of the guide."""
    service = chance.choice(list(topology.services))
    views = [view.name for view in diagram.views(topology)]
    yield f".. topo:diagram:: {chance.choice(views)}\n   :ports:\n\n"
    yield f".. topo:losses:: {service}\n\n"
    yield f".. topo:needs:: {service}\n\n.. topo:notes:: {service}\n\n"
    for every in ("failures", "tolerates", "flows", *(["promises"] if topology.promises else [])):
        yield f".. topo:{every}:: {name}\n\n"
    yield f".. topo:flows:: {name}\n   :service: {service}\n\n"
    if topology.hosts:
        yield f".. topo:hosts:: {name}\n\n.. topo:files:: {name}\n\n"
        host = chance.choice(list(topology.hosts))
        yield f".. topo:firewall:: {name}\n   :host: {host}\n\n"
    for component in topology.components.values():
        if component.balancing:
            yield f".. topo:balancer:: {component.id}\n   :only: nginx\n\n"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
