"""A browser that looks at pages, through tests/interop/look_at_pages.mjs."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

INTEROP = Path(__file__).parent / "interop"
Tool = Callable[..., str]


def look(tool: Tool, scratch: Path, visits: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the browser found at each visit; see look_at_pages.mjs for what a visit can be."""
    node = tool("node")
    if not (INTEROP / "node_modules" / "axe-core").is_dir():
        pytest.skip("not installed: the tools in tests/interop/package.json (tox -e interop)")
    order = scratch / "order.json"
    chromium = tool("chromium", "chromium-browser", "google-chrome")
    profile = str(scratch / "profile")
    order.write_text(json.dumps({"chromium": chromium, "profile": profile, "visits": visits}))
    done = subprocess.run(
        [node, str(INTEROP / "look_at_pages.mjs"), str(order)],
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found
