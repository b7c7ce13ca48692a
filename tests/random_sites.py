"""Sites of random topologies: over every directive, with translations and several topologies."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import yaml
from sphinx_project import Project, make

from diagtool.loading import loader

PLAIN = ("lamp", "river", "stone", "cloud", "market", "bridge", "größe", "东京")
WORDS = (*PLAIN, "*star*", "a|b", "x_", "`tick", "<less>", "100%", "it's")
SHAPES = ("box", "database", "cloud", "roundedbox", "ellipse", "actor", "mail", "note")


class _Maker:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def maybe(self, part: float = 0.5) -> bool:
        return self.random.random() < part

    def words(self, most: int = 3) -> str:
        return " ".join(self.random.choices(WORDS, k=self.random.randint(1, most)))

    def text(self, parts: list[str]) -> str:
        said = [self.words(), "runs with", f"{{{self.random.choice(parts)}}}"]
        if self.maybe():
            said += ["and needs `" + self.words(1).replace("`", "") + "`"]
        if self.maybe(0.3):
            said += ["see [the manual](https://example.org/a_(b))"]
        return " ".join(said) + "."

    def topology(self) -> dict[str, Any]:
        """One that the loader may still refuse."""
        components = [f"c{n}" for n in range(self.random.randint(1, 5))]
        services = [f"s{n}" for n in range(self.random.randint(1, 5))]
        hosts = [f"h{n}" for n in range(self.random.randint(1, 4))]
        parts = components + services
        result: dict[str, Any] = {"format": 1, "name": self.words()}
        if self.maybe(0.3):
            result["intro"] = [self.text(parts)]
        if hosts:
            result["zones"] = {"a": {"label": self.words()}, "b": {}}
            result["networks"] = {"n": {"range": "192.0.2.0/24"}}
            result["hosts"] = {
                host: {"zone": self.random.choice("ab"), "address": f"192.0.2.{n + 1}"}
                for n, host in enumerate(hosts)
            }
        result["components"] = {id: self.component(parts, hosts) for id in components}
        result["components"]["front"] = {
            "front": True,
            "description": self.text(parts),
            "balancing": {"address": "<front>", "tls": self.maybe()},
        }
        result["services"] = {id: self.service(id, components, services, hosts) for id in services}
        result["placeholders"] = {
            "front": {"example": "lb.example.org", "description": self.words()},
            "secret": {"description": self.words()} if self.maybe() else {"example": "x"},
        }
        return result

    def component(self, parts: list[str], hosts: list[str]) -> dict[str, Any]:
        component: dict[str, Any] = {}
        if self.maybe():
            component["name"] = self.words()
        if self.maybe():
            component["label"] = self.words()
        if self.maybe(0.7):
            component["description"] = self.text(parts)
        if self.maybe():
            component["shape"] = self.random.choice(SHAPES)
        if self.maybe(0.3):
            component["cluster"] = {"members": 3, "quorum": True}
        elif hosts and self.maybe():
            component["runs_on"] = self.random.sample(hosts, 1)
        if self.maybe(0.3):
            component["listen"] = {"port": self.random.randint(1, 65535)}
        return component

    def service(
        self, id: str, components: list[str], services: list[str], hosts: list[str]
    ) -> dict[str, Any]:
        parts = components + services
        service: dict[str, Any] = {"replicas": self.random.randint(1, 7)}
        if self.maybe():
            service["name"] = self.words()
        if self.maybe():
            service["server"] = self.words(2)
        if self.maybe():
            service["description"] = self.text(parts)
        peers = self.random.sample(components, self.random.randint(1, len(components)))
        service["connections"] = [
            {
                self.random.choice(["to", "from", "with"]): peer,
                **({"label": self.words(2)} if self.maybe(0.4) else {}),
            }
            for peer in peers
        ]
        notes: list[Any] = [f"Run {{{id}.replicas}} of {{{id}}}; they need {{{id}.needs}}."]
        if self.maybe():
            service["connections"].append({"from": "front"})
            service["listen"] = {"port": self.random.randint(1, 65535)}
            notes.append(f"It is at {{{id}.port}}.")
        if hosts and self.maybe(0.3):
            service["runs_on"] = self.random.sample(hosts, 1)
            service["replicas"] = 1
        if self.maybe(0.7):
            service["snippets"] = {
                "one": {"options": {id: {"url": "http://<front>/", "on": "true"}}},
                "two": {
                    "alternative_to": "one",
                    "options": {id: {"list": ["x", "<secret>"], "words": "a = b # c"}},
                },
            }
            notes += [{"snippet": "one"}, self.text(parts), {"snippet": "two"}]
        if self.maybe():
            notes.append({"warning": self.text(parts)})
        self.random.shuffle(notes)
        service["notes"] = notes
        return service


PAGE = """\
Guide of {name}
===============

.. topo:topology:: {name}

There are :topo:value:`s0.replicas` of :topo:service:`s0`, which need :topo:value:`s0.needs`.

.. topo:guide:: {name}
"""
REST = """\
More of {name}
==============

.. topo:topology:: {name}

.. topo:diagram:: overview
.. topo:needs:: s0
.. topo:notes:: s0
.. topo:hosts:: {name}
.. topo:flows:: {name}
.. topo:balancer:: front
   :only: nginx

.. blockdiag::

   a -> b [label = "asks"];
"""
BOTH = """\
Home
====

.. toctree::

   one
   two
   more

.. topo:differences:: one two
"""
CONF = """\
    topo_topologies = {"one": "one.yaml", "two": "two.yaml"}
    topo_downloads = ["svg", "pptx", "blockdiag", "drawio", "dot"]
    topo_verify = True
    locale_dirs = ["locale"]
    suppress_warnings = ["topo.glyph", "topo.translation"]
    """


def site(root: Path, seed: int) -> Project:
    """A project with two topologies; every other one has a catalogue for German."""
    maker = _Maker(seed)
    made = make(root, CONF, {"index": BOTH})
    for name in ("one", "two"):
        while True:
            path = made.write(f"{name}.yaml", yaml.safe_dump(maker.topology(), allow_unicode=True))
            loaded = loader.read(path)
            if loaded.topology and "s0" in loaded.topology.services:
                break
        made.write(f"{name}.rst", PAGE.format(name=name))
    made.write("more.rst", REST.format(name=maker.random.choice(["one", "two"])))
    if seed % 2:
        head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        common = ("lamp", "river", "Needs access to:", "Notes")
        words = {word: maker.random.choice(PLAIN) for word in common}
        entries = "".join(f'msgid "{old}"\nmsgstr "{new}"\n\n' for old, new in words.items())
        for page in ("one", "two", "more", "index"):
            made.write(f"locale/de/LC_MESSAGES/{page}.po", head + entries)
    return made
