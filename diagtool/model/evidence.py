"""What a test run found of a topology's claims, as it was written down."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from diagtool.model.value import value


class Result(Enum):
    """What became of a claim."""

    PROVED = "proved"
    REFUTED = "refuted"
    NOT_TESTED = "not tested"


@value
class Tested:
    """A claim's result: ``how`` it was tested, or why it was not, and what was ``seen`` then."""

    result: Result
    how: str
    seen: str = ""


@value
class Evidence:
    """A test run: of which state of a topology, with which release, and on which day.

    ``digest`` is that of :func:`diagtool.model.facts.digest`, and ``release`` what a catalogue
    calls its product and release. ``claims`` go by the ids of :mod:`diagtool.model.claims`.
    """

    path: str
    digest: str
    release: str
    date: str
    claims: Mapping[str, Tested]
