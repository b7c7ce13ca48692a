"""D2: what its diagram says, box by box and line by line, beside how that is written.

Ids are not said; colours are only seen. What is not understood is said line by line.
"""

from __future__ import annotations

from diagtool.checks.readers import File, d2
from diagtool.checks.readers._config import lines
from diagtool.checks.verify.normal_forms._graphs import say_graph
from diagtool.checks.verify.normal_forms._pieces import Form

SUFFIXES = d2.SUFFIXES


def form(file: File) -> Form:
    """The normal form of a diagram."""
    made = Form(by_lines=True)
    graph = d2.graph(file)
    say_graph(graph, made)
    for text, place in graph.unread:
        made.say("line", text, place)
    for number, column, written in lines(file):
        made.look(written, file.place(number, column))
    return made
