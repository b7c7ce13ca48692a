"""What text comes down to whose lines stand for themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from diagtool.checks.readers import File
from diagtool.checks.verify.normal._pieces import LOOK, Form


def lines(file: File) -> Iterator[tuple[int, str]]:
    """The lines that are not empty, with their numbers, however they end."""
    for number, line in enumerate(file.text().splitlines(), 1):
        if line.strip():
            yield number, line.rstrip()


def form_of_lines(file: File, role: Callable[[str], str]) -> Form:
    """Each line as one piece; how far it is indented does not count.

    ``role`` tells what a line is called by what it says.
    """
    made = Form(by_lines=True)
    for number, line in lines(file):
        shown = " ".join(line.split())
        place = file.place(number, len(line) - len(line.lstrip()) + 1)
        if (name := role(shown)) == LOOK:
            made.look(shown, place)
        else:
            made.say(name, shown, place)
    return made
