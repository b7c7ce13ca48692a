"""What text comes down to whose lines stand for themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from diagtool.checks.readers import File
from diagtool.checks.readers._config import Part, lines
from diagtool.checks.verify.normal_forms._pieces import LOOK, Form, without_blanks


@dataclass(frozen=True, slots=True)
class Blocks:
    """How lines form blocks: what opens one, at a line's start, and what closes one.

    Where nothing closes them, each that opens closes the one before.
    """

    opens: re.Pattern[str]
    closes: re.Pattern[str] | None = None


def form_of_lines(
    file: File,
    role: Callable[[str], str],
    blocks: Blocks,
    comment: str | None = None,
    *,
    headed: bool = False,
    plain: Callable[[str], str] = str,
    parts: Callable[[File], Iterable[Part]] = lines,
) -> Form:
    """Each line as one piece; how far it is indented does not count, other blanks are seen.

    ``role`` tells what a line is called by what it says. What begins with ``comment`` is one,
    which no program reads; where lines are ``headed``, it is of those that follow it. ``plain``
    makes what says the same alike; how it was written is seen, but not said. Where lines do not
    stand for themselves, ``parts`` gives what does.
    """
    made = Form(by_lines=True)
    open: list[str] = []
    head: tuple[str, ...] = ()
    before = 0
    for number, column, written in parts(file):
        told = without_blanks(written)
        is_comment = comment is not None and told.startswith(comment)
        shown = told if is_comment else plain(told)
        place = file.place(number, column)
        if number == before and not is_comment:
            made.describe("more than one statement on a line", place)
        before = number
        if open and blocks.closes and blocks.closes.match(shown):
            open.pop()
        opens = blocks.opens.match(shown)
        if opens and not blocks.closes:
            open.clear()
        under = (*open, *head)
        if is_comment:
            head = (shown,) if headed and open else ()
            under = tuple(open)
            made.say("comment", shown, place, under=under)
        elif (name := role(shown)) == LOOK:
            made.look(shown, place, under=under)
        else:
            made.say(name, shown, place, under=under, written=told)
        if shown != written:
            made.look(written, place, under=under)
        if opens:
            open.append(shown)
    return made
