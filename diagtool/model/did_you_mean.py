"""Which known word may be meant by one that is not known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType


def did_you_mean(
    word: str, known: Iterable[str], called: Mapping[str, str] = MappingProxyType({})
) -> str:
    """A hint with the known word most like ``word``, or nothing where none is near.

    ``called`` are other words for known ones, such as the names of parts for their ids.
    """
    import difflib

    def near(words: Mapping[str, str]) -> str | None:
        close = difflib.get_close_matches(folded, sorted(words), n=1, cutoff=0.6)
        return words[close[0]] if close else None

    folded = word.casefold()
    ids = {candidate.casefold(): candidate for candidate in sorted(known, reverse=True)}
    names = {name.casefold(): id for name, id in sorted(called.items(), reverse=True)}
    # One that only is a part of a name must leave no doubt.
    words = _words(folded)
    within = {id for name, id in names.items() if words and words <= _words(name)}
    meant = names.get(folded) or near(ids) or (within.pop() if len(within) == 1 else near(names))
    return f"did you mean '{meant}'?" if meant else ""


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text))
