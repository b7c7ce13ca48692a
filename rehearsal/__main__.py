"""Boot Designate, look at it, lose one thing after the other, and write down what came of it."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from diagtool import load
from rehearsal import controls, processes
from rehearsal.deployment import Deployment
from rehearsal.results import Results
from rehearsal.snapshot import compare
from rehearsal.trials import Trials
from rehearsal.variant import TOPOLOGIES


def main() -> int:
    processes.require()
    processes.isolate()
    parser = argparse.ArgumentParser(prog="rehearsal", description=__doc__)
    parser.add_argument("-o", "--output", type=Path, default=TOPOLOGIES / "evidence.json")
    parser.add_argument("--keep", type=Path, help="a folder for logs, config and the snapshot")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as folder:
        return rehearse(arguments.keep or Path(folder), arguments.output)


def rehearse(folder: Path, output: Path) -> int:
    """Exit code 1 where a claim was refuted, or the comparison found what it should not."""
    began = time.monotonic()
    topology = load(TOPOLOGIES / "designate-23.yaml")
    results = Results(topology)
    deployment = Deployment(folder)
    deployment.boot()
    trials = Trials(deployment, topology, results)
    trials.recover()
    print(f"booted in {time.monotonic() - began:.0f} s", flush=True)
    controls.run(trials)
    compare(deployment, results)
    trials.run()
    results.write(output)
    counts = ", ".join(f"{count} {result}" for result, count in results.count().items())
    print(f"{len(results.claims)} claims: {counts} ({time.monotonic() - began:.0f} s)")
    for claim in results.refuted:
        print(f"refuted: {claim}: {results.of(claim)['seen']}", file=sys.stderr)
    return 1 if results.refuted else 0


sys.exit(main())
