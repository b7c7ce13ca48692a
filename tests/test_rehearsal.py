"""The part of the rehearsal that needs no boot; ``tox -e rehearse`` is the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagtool import load
from diagtool.model import claims

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("base", ["designate.yaml", "designate-23.yaml"])
def test_what_is_special_to_its_place_is_options_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, base: str
) -> None:
    monkeypatch.syspath_prepend(ROOT)
    from rehearsal import variant

    topology = load(variant.write(tmp_path, base))
    assert topology.base is not None
    changed = claims.claims(topology).keys() ^ claims.claims(topology.base).keys()
    assert changed
    assert all(claim.startswith("option:") for claim in changed)
