"""What a build makes of random topologies is clean, and proved."""

from __future__ import annotations

from pathlib import Path

import pytest
from random_sites import site

from diagtool.checks.verify import verify
from diagtool.loading.loader import load


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_random_site_is_proved(tmp_path: Path, seed: int) -> None:
    made = site(tmp_path, seed)
    build = made.build("html", "-D", f"language={'de' if seed % 2 else 'en'}")
    told = [line for line in build.warnings.splitlines() if ".yaml:" not in line]
    assert told == []
    result = verify([load(tmp_path / "one.yaml"), load(tmp_path / "two.yaml")], [build.out])
    assert [str(finding) for finding in result.diagnostics] == []
    pages = {path for path in build.out.rglob("*.html") if "topo:" in path.read_text("utf-8")}
    assert result.proved >= len(pages)
