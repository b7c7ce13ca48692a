"""In which facts a file differs from what would be written, for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from diagtool.checks import readers
from diagtool.checks.readers import File, ReadError
from diagtool.checks.verify import proof
from diagtool.checks.verify.differences import differences
from diagtool.checks.verify.normal_forms import form_of
from diagtool.model import Place
from diagtool.model.facts import Fact, Facts

MOST = 20
"""How many differences of a file are told one by one."""


def contrast(path: Path, present: bytes, due: bytes) -> list[str]:
    """A line for each fact that only the one or the other states, else on what else differs.

    ``present`` is what the file at a path holds, ``due`` what would be written.
    """
    one, other = (File(path.as_posix(), content, path.parent) for content in (present, due))
    try:
        lines = [*_facts(one, other)] or _texts(one, other)
    except ReadError as error:
        return [f"it cannot be read: {error}"]
    left = [f"and {len(lines) - MOST} more"] if len(lines) > MOST else []
    return lines[:MOST] + left


def _facts(one: File, other: File) -> Iterator[str]:
    """The facts in which two files differ, nothing where nobody can read any."""
    if not readers.format_of(one.path):
        return
    said, stated = _stated(one), _stated(other)
    for about in dict.fromkeys((*said, *stated)):
        for difference in differences(about, said.get(about, {}), stated.get(about, {})):
            for sign, side in (("−", difference.said), ("+", difference.true)):
                if side:
                    yield f"{sign} {replace(side[0], about=about)}"


def _stated(file: File) -> Mapping[str, Facts]:
    """What a file states, by what it is about."""
    stated: dict[str, dict[Fact, Place]] = {}
    for claim in readers.read(file).claims:
        about = claim.about[0] if claim.about else file.stem
        stated.setdefault(about, {}).update(claim.facts)
    return stated


def _texts(one: File, other: File) -> list[str]:
    """What differs in files that state the same facts."""
    given, made = form_of(one), form_of(other)
    if given is None or made is None:
        return ["it states the same facts"]
    comparison = proof.compare(given, made)
    if told := [*_texts_of(comparison)] if comparison else []:
        return told
    is_seen = comparison is not None and comparison.is_seen
    return ["it says the same and looks different" if is_seen else "only what nobody sees differs"]


def _texts_of(comparison: proof.Comparison) -> Iterator[str]:
    for new, old in comparison.changed:
        said, due = proof.window(new.text, old.text)
        yield f"− the {new.role} '{said}'"
        yield f"+ the {old.role} '{due}'"
    for sign, pieces in (
        ("−", [*comparison.added, *comparison.beside]),
        ("+", comparison.missing),
    ):
        for piece in pieces:
            yield f"{sign} the {piece.role} '{proof.window(piece.text, '')[0]}'"
