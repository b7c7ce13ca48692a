"""What judges are given, and what they find."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import NamedTuple

from diagtool.checks.prose.names import Names
from diagtool.checks.prose.options import OptionNames
from diagtool.checks.prose.words import Token
from diagtool.model import NOWHERE, Place, Topology


class Finding(NamedTuple):
    """What is wrong in a passage. ``span`` are the words that it is about."""

    code: str
    span: tuple[int, int]
    message: str
    hint: str = ""
    about: Place = NOWHERE


@dataclass(frozen=True)
class Facts:
    """A topology, and what its parts and options may be called."""

    topology: Topology
    names: Names
    options: OptionNames


_COMPARED = {
    "=": operator.eq,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def fits(actual: int, number: Token) -> bool:
    """Whether an actual number is what is said."""
    return bool(_COMPARED[number.than](actual, number.number))


def shown(number: Token) -> str:
    """A number as it is said: "at most 3"."""
    words = {"<": "fewer than ", ">": "more than ", "<=": "at most ", ">=": "at least "}
    return f"{words.get(number.than, '')}{number.number}"


def plural(number: int, noun: str) -> str:
    """A number of things: "1 server", "2 servers"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
