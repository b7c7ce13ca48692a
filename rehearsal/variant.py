"""A topology with what is special to the place of the rehearsal."""

from __future__ import annotations

import shutil
from pathlib import Path

HERE = Path(__file__).parent
TOPOLOGIES = HERE.parent / "topology"


def write(folder: Path, base: str) -> Path:
    """Write a variant of a topology, beside copies of those that it comes from."""
    topologies = folder / "topology"
    shutil.copytree(TOPOLOGIES, topologies, dirs_exist_ok=True)
    made = topologies / f"rehearsal-of-{base}"
    place = (HERE / "place.yaml").read_text()
    made.write_text(place.replace("\nname:", f"\nextends: {base}\nname:", 1))
    return made
