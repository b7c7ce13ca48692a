"""One deployment in namespaces of its own, and the trials that fall to it.

``python -m rehearsal.stage FOLDER QUEUE`` takes the number of one trial after the other from the
pipe ``QUEUE``, and writes what each shows to ``FOLDER/NUMBER.json``.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from diagtool import load
from rehearsal.deployment import Deployment
from rehearsal.plan import plan
from rehearsal.processes import run
from rehearsal.results import Results
from rehearsal.trials import Trials
from rehearsal.variant import TOPOLOGIES


def main(folder: Path, queue: int) -> None:
    """Boot, and try until nothing is left to try."""
    began = time.monotonic()
    run("ip", "link", "set", "lo", "up")
    topology = load(TOPOLOGIES / "designate-23.yaml")
    deployment = Deployment(folder)
    deployment.boot()
    trials = Trials(deployment, topology, Results(topology))
    trials.recover()
    trials.tell(f"booted in {time.monotonic() - began:.0f} s")
    tried = plan(topology)
    while number := os.read(queue, 1):  # each byte has one reader
        trials.results = Results(topology)
        tried[number[0]](trials)
        (folder / f"{number[0]}.json").write_text(json.dumps(trials.results.found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
