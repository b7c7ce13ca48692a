"""Every file of every view of Designate has the same content wherever it is made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import digests
import pytest
from sample_drawings import mdns

import diagtool
from diagtool.pictures import formats
from diagtool.pictures.formats import Look

HERE = Path(__file__).parent


def made_elsewhere(*, fonts: bool = True, seed: str = "0", scratch: Path) -> dict[str, str]:
    """The digests that another process finds, which may see no fonts of the system."""
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)}
    if not fonts:
        config = scratch / "fonts.conf"
        config.write_text('<?xml version="1.0"?>\n<fontconfig></fontconfig>\n')
        environment |= {"FONTCONFIG_FILE": str(config), "HOME": str(scratch)}
    done = subprocess.run(
        [sys.executable, str(HERE / "digests.py")],
        env=environment,
        cwd=scratch,
        capture_output=True,
        check=True,
    )
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.mark.slow
def test_neither_hash_seeds_nor_fonts_nor_processes_matter(tmp_path: Path) -> None:
    topology = diagtool.load(HERE.parent / "topology" / "designate.yaml")
    runs = [made_elsewhere(seed=seed, scratch=tmp_path) for seed in ("0", "1", "2", "3")]
    runs.append(made_elsewhere(seed="0", scratch=tmp_path))
    runs.append(made_elsewhere(fonts=False, scratch=tmp_path))
    assert len(runs[0]) == len(diagtool.views(topology)) * len(formats.names())
    for run in runs[1:]:
        assert run == runs[0]


@pytest.mark.slow
def test_the_process_that_wrote_other_files_before_writes_the_same(tmp_path: Path) -> None:
    names = (*digests.OURS, *digests.UNPACKED)
    assert digests.digests(names[::-1]) == digests.digests(names)
    assert digests.digests(names) == made_elsewhere(scratch=tmp_path)


def test_what_our_code_alone_writes_is_as_committed() -> None:
    expected = json.loads(digests.EXPECTED.read_text())
    ours = digests.digests(digests.OURS)
    assert ours == {name: digest for name, digest in expected.items() if name in ours}


@pytest.mark.locked
def test_under_the_locked_releases_everything_is_as_committed() -> None:
    """On each Python: the same file holds the digests for all of them."""
    expected = json.loads(digests.EXPECTED.read_text())
    assert digests.digests((*digests.OURS, *digests.UNPACKED)) == expected


def test_a_file_that_shows_something_else_has_another_digest() -> None:
    for name, unpacked in digests.UNPACKED.items():
        given = mdns() if name == "png" else [mdns()]
        one, other = (
            formats.get(name).write(given, look) for look in (Look(), Look(transparent=True))
        )
        assert list(unpacked(one)) != list(unpacked(other))
