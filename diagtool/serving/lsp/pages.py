"""What is wrong with the names in the roles and directives of a page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from diagtool.guide.names import Name, Unknown
from diagtool.guide.topologies import Topologies
from diagtool.model import Place, Topology
from diagtool.model.diagnostics import Diagnostic

_ROLE = re.compile(
    r"(?::topo:([a-z]+):|\{topo:([a-z]+)\})`(?:[^`<\n]*<)?!?(?P<target>[^`<>\n]+)>?`"
)
_DIRECTIVE = re.compile(
    r"\s*(?:\.\.\s+topo:([a-z]+)::|(?:`{3,}|:{3,})\{topo:([a-z]+)\})[ \t]+(?P<target>\S+)"
)
_FENCE = re.compile(r"\s*(?P<fence>`{3,}|~{3,})(?!\{topo:)")
_LITERAL = re.compile(
    r"\s*\.\.\s+(?:code-block|sourcecode|code|parsed-literal)::|(?!\s*\.\.\s).*::$"
)


class Mention(NamedTuple):
    """A name on a page: in which role or directive, what is written, and where."""

    role: str
    written: str
    place: Place


def findings(path: str, text: str, by_id: Mapping[str, Topology]) -> Iterator[Diagnostic]:
    """The names of a page that mean nothing in any of the topologies, as a build would say it.

    ``by_id`` are these by what the page calls them.
    """
    topologies = Topologies(by_id)
    for role, written, place in mentions(path, text):
        look = _LOOK.get(role)
        prefix = topologies.name(written, "").topology if "/" in written else ""
        if look is None or not by_id or (prefix and prefix not in by_id):
            continue
        reasons = []
        for id in [prefix] if prefix else by_id:
            try:
                look(topologies, topologies.name(written, id))
                break
            except Unknown as error:
                reasons.append(str(error))
        else:
            yield Diagnostic("unknown-id", place, reasons[0])


_LOOK: Mapping[str, Callable[[Topologies, Name], object]] = {
    "service": Topologies.service,
    "component": Topologies.component,
    "value": Topologies.value,
    "needs": Topologies.service,
    "notes": Topologies.service,
    "snippet": Topologies.service,
    "balancer": Topologies.balancer,
    "diagram": Topologies.diagram,
    "losses": Topologies.diagram,
}
"""What finds the thing that a role, or the argument of a directive, names."""


def mentions(path: str, text: str) -> Iterator[Mention]:
    """The names on a page, but for those in blocks of code."""
    lines = text.splitlines()
    for number, line in _outside_of_code(lines, is_markdown=path.endswith(".md")):
        for pattern in (_ROLE, _DIRECTIVE):
            for match in pattern.finditer(line) if pattern is _ROLE else [pattern.match(line)]:
                if match:
                    place = Place(path, number, match.start("target") + 1)
                    yield Mention(match[1] or match[2], match["target"].strip(), place)


def _outside_of_code(lines: Sequence[str], *, is_markdown: bool) -> Iterator[tuple[int, str]]:
    """The lines of a page with their numbers, but for those that it shows as they are."""
    fence, literal = "", -1
    for number, line in enumerate(lines, 1):
        indent = len(line) - len(line.lstrip())
        if is_markdown:
            if fence:
                fence = "" if line.strip() == fence else fence
                continue
            if match := _FENCE.match(line):
                fence = match["fence"]
                continue
        elif literal >= 0 and line.strip():
            if indent > literal:
                continue
            literal = -1
        if not is_markdown and _LITERAL.match(line):
            literal = indent
        yield number, line
