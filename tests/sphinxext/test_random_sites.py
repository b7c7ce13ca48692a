"""What a build makes of random topologies is clean, and proved.

``SITES`` is the number of sites to try; a release tries 100 (``tox -e proofs``).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from random_sites import site

from diagtool.checks.verify import verify
from diagtool.loading.loader import load

SITES = int(os.environ.get("SITES", "3"))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, SITES + 1))
def test_a_random_site_is_proved(tmp_path: Path, seed: int) -> None:
    made = site(tmp_path, seed)
    build = made.build("html", "-D", f"language={'de' if seed % 2 else 'en'}")
    told = [line for line in build.warnings.splitlines() if ".yaml:" not in line]
    assert told == []
    result = verify([load(tmp_path / "one.yaml"), load(tmp_path / "two.yaml")], [build.out])
    assert [str(finding) for finding in result.diagnostics] == []
    pages = {path for path in build.out.rglob("*.html") if "topo:" in path.read_text("utf-8")}
    assert result.proved >= len(pages)
