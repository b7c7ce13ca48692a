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


def test_last_trial_has_the_word_unless_one_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT)
    from rehearsal.results import Results

    topology = load(ROOT / "topology" / "designate-23.yaml")
    proved, refuted, skipped, *_ = claims.claims(topology)
    results = Results(topology)
    results.skip(proved, "nobody can tell")
    for claim, holds in ((proved, True), (refuted, False), (refuted, True)):
        one = Results(topology)
        one.add(claim, holds, "how", str(holds))
        results.merge(one.found)
    for reason in ("first", "second"):
        one = Results(topology)
        one.skip(skipped, reason)
        results.merge(one.found)
    assert results.of(proved) == {"result": "proved", "how": "how", "seen": "True"}
    assert results.refuted == [refuted]
    assert results.of(refuted)["seen"] == "False"
    assert results.of(skipped) == {"result": "not tested", "how": "first"}
