"""A test that was skipped is seen: named on a desk, failed in CI."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LACKING_A_TOOL = """
def test_needs_a_tool(tool):
    tool("no-such-program")
"""
LACKING_A_MODULE = """
import pytest
pytest.importorskip("no_such_module")
"""
EXPECTED_TO_FAIL = """
import pytest
@pytest.mark.xfail
def test_fails():
    assert False
"""


def run(tmp_path: Path, test: str, ci: str) -> subprocess.CompletedProcess[str]:
    shutil.copy(Path(__file__).with_name("conftest.py"), tmp_path)
    (tmp_path / "test_it.py").write_text(test)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-ra", "-p", "no:cacheprovider", "test_it.py"],
        cwd=tmp_path,
        env={**os.environ, "CI": ci},
        capture_output=True,
        text=True,
    )


def test_a_missing_tool_is_named_in_the_summary(tmp_path: Path) -> None:
    result = run(tmp_path, LACKING_A_TOOL, ci="")
    assert result.returncode == 0
    assert "SKIPPED" in result.stdout
    assert "not installed: no-such-program" in result.stdout


@pytest.mark.slow
@pytest.mark.parametrize("test", [LACKING_A_TOOL, LACKING_A_MODULE])
def test_ci_fails_what_it_cannot_run(tmp_path: Path, test: str) -> None:
    result = run(tmp_path, test, ci="true")
    assert result.returncode != 0
    assert "a skipped test is a failure where CI is set" in result.stdout


def test_ci_lets_an_expected_failure_be(tmp_path: Path) -> None:
    result = run(tmp_path, EXPECTED_TO_FAIL, ci="true")
    assert result.returncode == 0
    assert "1 xfailed" in result.stdout
