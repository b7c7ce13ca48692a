"""Pages with every directive and role, in reStructuredText and in Markdown."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from sphinx_project import Project, make

CONF = """\
    topo_topologies = {"shop": "shop.yaml", "next": "next.yaml"}
    topo_downloads = ["svg", "blockdiag"]
    topo_verify = True
    html_copy_source = html_show_sourcelink = False
    """
SHOP = """\
format: 1
name: Shop
catalogues: [options.json]
components:
  proxy:
    front: true
    description: Ends *TLS*, and `never` opens_ it again.
    balancing: {address: <shop>}
  queue: {name: "*job* queue", description: Hands jobs on.}
zones: {north: }
hosts:
  h: {count: 9, address: 192.0.2.1, zone: north}
promises:
  - text: Without one server of {web}, there is {web} still.
    lost: ["web:one"]
    still: [web]
services:
  web:
    at_least: {servers: 2, fewer: stops, source: "*A* drill."}
    runs_on: [h]
    description: Answers # all of [them](there).
    connections: [{from: proxy}, {to: queue}]
    listen: {port: 8080}
    snippets:
      address:
        relies_on: address
        options: {web: {base_url: http://<shop>/}}
    notes:
      - Run {web.replicas} of {web}.
      - snippet: address
      - warning: Mind the {queue}.
placeholders:
  shop: {example: shop.example.org}
"""
NEXT = """\
format: 1
extends: shop.yaml
name: Shop 2
services:
  web: {replicas: 5}
"""
OPTIONS = """\
{"format": 1, "product": "shop", "release": "1.0", "groups":
 {"web": {"base_url": {"type": "uri", "help": "Where `clients` find *it*."}}}}
"""
HELD = """\
{"format": 1, "topology": "shop", "digest": "", "collected": "2026-11-29", "hosts": 1, "files": 2,
 "facts": 3, "errors": 0, "warnings": 0, "hints": 0}
"""

DIRECTIVES = [
    ("topo:topology", "shop", {}),
    ("topo:guide", "", {}),
    ("topo:service", "next/web", {}),
    ("topo:component", "next/queue", {}),
    ("topo:components", "shop", {}),
    ("topo:diagram", "overview", {"caption": "The whole", "alt": "Boxes", "name": "whole"}),
    ("topo:diagram", "web", {}),
    ("topo:needs", "web", {}),
    ("topo:notes", "web", {}),
    ("topo:snippet", "web", {}),
    ("topo:snippet", "web", {"only": "address"}),
    ("topo:balancer", "proxy", {"only": "nginx"}),
    ("topo:differences", "shop next", {}),
    ("topo:hosts", "", {}),
    ("topo:flows", "shop", {"service": "web"}),
    ("topo:deployment", "next", {}),
    ("topo:files", "shop", {"only": "inventory.yaml"}),
    ("topo:firewall", "shop", {"zone": "north"}),
    ("topo:failures", "shop", {"service": "web"}),
    ("topo:tolerates", "next", {}),
    ("topo:promises", "shop", {}),
    ("topo:losses", "overview", {}),
    ("topo:running", "running.json shop", {}),
    ("topo:option", "[web] base_url", {}),
    ("topo:options", "next", {}),
    ("blockdiag", "", {"caption": "By hand", "alt": "Two"}),
]
ROLES = [
    ("topo:service", "web"),
    ("topo:component", "the queue <queue>"),
    ("topo:value", "web.replicas"),
    ("topo:value", "web.options.base_url"),
    ("any", "queue"),
]


def rst() -> str:
    """The page in reStructuredText."""
    page = "Shop\n====\n\n"
    page += " ".join(f":{name}:`{target}`" for name, target in ROLES) + "\n\n"
    for name, argument, options in DIRECTIVES:
        page += f".. {name}:: {argument}\n"
        page += "".join(f"   :{key}: {value}\n" for key, value in options.items())
        page += "\n   a -> b [label = asks];\n\n" if name == "blockdiag" else "\n"
    return page


def markdown() -> list[str]:
    """The blocks of the page in MyST's Markdown."""
    blocks = ["# Shop\n", " ".join(f"{{{name}}}`{target}`" for name, target in ROLES) + "\n"]
    for name, argument, options in DIRECTIVES:
        block = f"```{{{name}}} {argument}\n"
        block += "".join(f":{key}: {value}\n" for key, value in options.items())
        block += "\na -> b [label = asks];\n" if name == "blockdiag" else ""
        blocks.append(f"{block}```\n")
    return blocks


def project(root: Path, extension: str, name: str, page: str) -> Project:
    """A project with one page, which an extension reads."""
    made = make(root, f'extensions += ["{extension}"]\n{dedent(CONF)}')
    made.write(name, page)
    made.write("shop.yaml", SHOP)
    made.write("next.yaml", NEXT)
    made.write("options.json", OPTIONS)
    made.write("running.json", HELD)
    return made


QUIET = ("-D", "suppress_warnings=topo.duplicate")
"""A part that several directives describe is warned of."""
