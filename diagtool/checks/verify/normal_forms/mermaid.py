"""Mermaid: what its flowchart says, box by box and line by line, beside how that is written.

Ids are not said, and neither is which lines a statement joins; colours are only seen.
"""

from __future__ import annotations

import re

from diagtool.checks.readers import File, mermaid
from diagtool.checks.readers._config import lines
from diagtool.checks.verify.normal_forms._graphs import say_graph
from diagtool.checks.verify.normal_forms._pieces import Form
from diagtool.model.facts import flat

SUFFIXES = mermaid.SUFFIXES

_CLASS = re.compile(r"class\s+(?P<ids>\S+(?:\s*,\s*\S+)*)\s+(?P<name>[\w-]+)\s*;?$")
_TAGGED = re.compile(r"(?P<ids>[\w-]+)(?:[\[({>]+\"[^\"]*\"[\])}]+)?:::(?P<name>[\w-]+)")
"""The same, said where a box is."""
_CLICK = re.compile(r"click\b")


def form(file: File) -> Form:
    """The normal form of a flowchart. Raises ReadError for any other diagram."""
    graph = mermaid.graph(file.text(), file)
    made = Form(by_lines=True)
    say_graph(graph, made)
    for number, column, written in lines(file):
        place = file.place(number, column)
        made.look(written, place)
        classed = _CLASS.match(written)
        for match in [classed] if classed else _TAGGED.finditer(written):
            for id in re.split(r"\s*,\s*", match["ids"]):
                label = flat(graph.nodes[id].label) if id in graph.nodes else id
                made.say("shape", f"{label}: {match['name']}", place)
        if _CLICK.match(written):
            made.say("line", written, place)
    return made
