"""Boot Designate, look at it, lose one thing after the other, and write down what came of it.

Several deployments run side by side, each in namespaces of its own, as most of the time goes into
waiting. What is tried is dealt out to whichever is free.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from diagtool import load
from rehearsal import packages, processes
from rehearsal.plan import plan
from rehearsal.results import Results
from rehearsal.variant import TOPOLOGIES

DEPLOYMENTS = 3


def main() -> int:
    parser = argparse.ArgumentParser(prog="rehearsal", description=__doc__)
    parser.add_argument("-o", "--output", type=Path, default=TOPOLOGIES / "evidence.json")
    parser.add_argument(
        "--keep", type=Path, help="a folder in which logs, config and the snapshot stay"
    )
    arguments = parser.parse_args()
    packages.require()
    folder = (arguments.keep or Path(tempfile.mkdtemp(prefix="rehearsal-"))).resolve()
    failed = rehearse(folder, arguments.output)
    if failed:
        print(f"rehearsal: logs, config and the snapshot are in {folder}", file=sys.stderr)
    elif not arguments.keep:
        shutil.rmtree(folder)
    return failed


def rehearse(folder: Path, output: Path) -> int:
    """Exit code 1 where a claim was refuted, or a trial could not be carried out."""
    began = time.monotonic()
    topology = load(TOPOLOGIES / "designate-23.yaml")
    trials = range(len(plan(topology)))
    if not _run(folder, bytes(trials)):
        return 1
    results = Results(topology)
    for number in trials:
        [found] = folder.glob(f"*/{number}.json")
        results.merge(json.loads(found.read_text()))
    results.write(output)
    counts = ", ".join(f"{count} {result}" for result, count in results.count().items())
    print(f"{len(results.claims)} claims: {counts} ({time.monotonic() - began:.0f} s)")
    for claim in results.refuted:
        print(f"refuted: {claim}: {results.of(claim)['seen']}", file=sys.stderr)
    return 1 if results.refuted else 0


def _run(folder: Path, trials: bytes) -> bool:
    """Have deployments do all trials. False as soon as one of them ends otherwise."""
    queue, end = os.pipe()
    os.write(end, trials)
    os.close(end)
    command = [*processes.ISOLATED, sys.executable, "-m", "rehearsal.stage"]
    stages = []
    for n in range(1, DEPLOYMENTS + 1):
        at = folder / str(n)
        shutil.rmtree(at, ignore_errors=True)
        at.mkdir(parents=True)
        # Programs tell their temporary files apart by ids, which are the same in each.
        env = os.environ | {"TMPDIR": str(at)}
        stages.append(subprocess.Popen([*command, str(at), str(queue)], env=env, pass_fds=[queue]))
    try:
        while waiting := [stage for stage in stages if stage.poll() is None]:
            if any(stage.returncode for stage in stages):
                return False
            try:
                waiting[0].wait(1)
            except subprocess.TimeoutExpired:
                continue
        return not any(stage.returncode for stage in stages)
    finally:
        for stage in stages:
            stage.kill()
            stage.wait()


if __name__ == "__main__":
    sys.exit(main())
