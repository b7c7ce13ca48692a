"""PlantUML: what its diagram says, box by box and line by line, beside how that is written.

Its settings are not said; what is not understood is said line by line.
"""

from __future__ import annotations

import re

from diagtool.checks.readers import File, plantuml
from diagtool.checks.readers._config import lines
from diagtool.checks.verify.normal_forms._graphs import say_graph
from diagtool.checks.verify.normal_forms._pieces import Form

SUFFIXES = (".puml", ".plantuml")

_LOOK = re.compile(
    r"@(?:start|end)uml|skinparam (?!.*<<)|hide |(?:left to right|top to bottom) direction|!|'"
)
_COLOUR = re.compile(r"(?<!\S)#\w+(?!\S)")
_HIDDEN = re.compile(r"[-.]\[(?!norank\])")
"""What stands in an arrow that is drawn in another way, or not at all."""


def form(file: File) -> Form:
    """The normal form of a diagram. Raises ReadError for one without components."""
    made = Form(by_lines=True)
    say_graph(plantuml.graph(file.text(), file), made)
    in_comment = False
    for number, column, written in lines(file):
        place = file.place(number, column)
        made.look(written, place)
        if in_comment or written.startswith("/'"):
            in_comment = "'/" not in written
        elif not (_LOOK.match(written) or _is_understood(written)):
            made.say("line", written, place)
    return made


def _is_understood(line: str) -> bool:
    """Whether all that a line says is that of a box, a frame or a line between them."""
    if match := plantuml.DECLARED.match(line) or plantuml.BRACKETED.match(line):
        return _COLOUR.sub("", match["rest"]).strip() in ("", "<<several>>")
    return line == "}" or bool(plantuml.EDGE.match(line) and not _HIDDEN.search(line))
