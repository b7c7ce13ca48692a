"""Releases that run, held against those of the catalogues and images of a topology."""

from __future__ import annotations

import re
from collections.abc import Iterator

from diagtool.checks.running_system.matching import Matcher
from diagtool.model import PLACEHOLDER, Service
from diagtool.model.diagnostics import Diagnostic

_EPOCH = re.compile(r"^\d+:")
_NUMBERS = re.compile(r"\d+(?:\.\d+)*")


def compare(matcher: Matcher) -> Iterator[Diagnostic]:
    """A finding for each package and image of another release than those that are stated."""
    yield from _packages(matcher)
    yield from _images(matcher)


def _packages(matcher: Matcher) -> Iterator[Diagnostic]:
    catalogues = matcher.topology.catalogues
    for seen in matcher.seen.versions:
        own = [c for c in catalogues if re.sub(r"\W+", "-", c.product.lower()) in _names(seen.name)]
        if own and _release(seen.version) not in {_release(c.release) for c in own}:
            known = ", ".join(catalogue.release for catalogue in own)
            message = f"{own[0].product} {seen.version} runs, but the options of {known} are known"
            yield Diagnostic("running-version", seen.place, message)


def _names(package: str) -> tuple[str, ...]:
    """What a package may be of."""
    bare = re.sub(r"^(?:openstack|python3?)-|-common$", "", package.lower())
    return (package.lower(), bare, re.sub(r"-common$", "", bare))


def _release(version: str) -> tuple[int, ...]:
    """The first two numbers of a version."""
    match = _NUMBERS.search(_EPOCH.sub("", version))
    return tuple(int(number[:9]) for number in match[0].split(".")[:2]) if match else ()


def _images(matcher: Matcher) -> Iterator[Diagnostic]:
    for copies in matcher.seen.copies:
        id = matcher.part(copies.name, copies.host) if copies.image else None
        part = matcher.topology.part(id) if id else None
        stated = part.kubernetes.image if isinstance(part, Service) and part.kubernetes else ""
        if part is None or not stated or PLACEHOLDER.search(stated):
            continue
        # The registry may be a mirror.
        if stated.rpartition("/")[2] != copies.image.rpartition("/")[2]:
            message = f"{part.name} runs the image {copies.image}, but {part.place} states {stated}"
            yield Diagnostic("running-version", copies.place, message, contradicts=part.place)
