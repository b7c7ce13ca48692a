"""Whatever is written from whatever topology, verify proves at once.

``PROOFS`` is the number of topologies to try; a release tries 2,000 (``tox -e proofs``).
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import random_topologies
import yaml
from hypothesis import HealthCheck, assume, given, settings

from diagtool import exporting, guide
from diagtool.checks.verify import verify
from diagtool.loading import json_schema
from diagtool.loading.loader import read
from diagtool.model import diagram
from diagtool.model.diagnostics import has_errors
from diagtool.pictures import formats
from diagtool.pictures.formats import FormatError, Look

PROOFS = int(os.environ.get("PROOFS", "12"))


def prove(document: random_topologies.Document, folder: Path) -> bool:
    """Writes and verifies everything; says whether the topology can be used."""
    path = folder / "topology.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), "utf-8")
    loaded = read(path)
    if has_errors(loaded.diagnostics) or loaded.topology is None:
        return False
    out = folder / "out"
    look = Look(warn=lambda _: None)
    for view in diagram.views(loaded.topology):
        # These two cannot say or hold everything.
        others = [name for name in formats.names() if name not in ("blockdiag", "png")]
        exporting.export(loaded.topology, others, out, views=[view], look=look)
        for name in ("blockdiag", "png"):
            with suppress(FormatError):
                exporting.export(loaded.topology, [name], out, views=[view], look=look)
    for dialect in guide.DIALECTS.values():
        for name, text in guide.render(loaded.topology, dialect=dialect()).items():
            (out / name).write_text(text, "utf-8")
    result = verify(loaded.topology, [out])
    assert result.diagnostics == ()
    assert result.proved == result.files == len(list(out.iterdir()))
    return True


@pytest.mark.slow
@given(random_topologies.documents())
@settings(
    max_examples=PROOFS, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
def test_what_was_just_written_is_proved(document: random_topologies.Document) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assume(prove(document, Path(folder)))


ELSEWHERE = {
    *("base", "extends", "remove", "difference", "catalogues", "library", "drivers", "type"),
    *("evidence", "relies_on", "fewer", "about", "section", "option", "listener", "image"),
}
"""Keys that need files of their own or options that fit, which the other tests use."""


def test_the_random_topologies_use_the_keys_of_the_format() -> None:
    used = {key for seed in range(200) for key in keys(random_topologies.document(seed))}
    named: set[str] = set()
    for found in properties(json.loads(json_schema.write())):
        named |= found.keys()
    assert named - used == ELSEWHERE, (
        "have tests/random_topologies.py generate the key, or say in ELSEWHERE why not"
    )


def keys(value: object) -> Iterator[str]:
    """Every key in a document."""
    if isinstance(value, dict):
        yield from value
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            yield from keys(inner)


def properties(value: object) -> Iterator[dict[str, object]]:
    """The properties of each object in a schema."""
    if isinstance(value, dict):
        if isinstance(found := value.get("properties"), dict):
            yield found
        for inner in value.values():
            yield from properties(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from properties(inner)
