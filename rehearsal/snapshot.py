"""A snapshot of what runs, and what diagtool finds when it holds topologies against it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

from rehearsal import variant
from rehearsal.addresses import NAMESERVERS
from rehearsal.client import Client
from rehearsal.deployment import DIAGTOOL, Deployment
from rehearsal.processes import run
from rehearsal.trials import Trials

MATCH = {
    "parts": {
        "designate-api": {"named": ["gunicorn*"], "at": [":9001"]},
        "designate-worker": {"named": ["designate-worker*", "rndc"]},
        "dns_servers": {"named": ["named"], "at": [*NAMESERVERS]},
        "loadbalancer": {"named": ["haproxy"], "at": [":80"]},
        **{
            service: {"config": [f"*/{service}.conf"]}
            for service in ("designate-central", "designate-mdns")
        },
    },
}
SAMPLES = 40
MISTAKES = (
    "running-option .*enable_host_header .*designate-api",
    "running-connection .*designate-worker .*Database",
    "running-connection .*designate-central .*DLM",
    "running-direction .*designate-mdns .*DNS Servers",
    "running-unseen .*designate-mdns .*AMQP",
)
"""What is known to be wrong in the guide as printed: a pattern for each finding."""


def take(deployment: Deployment) -> Path:
    """A snapshot of the deployment while a client is served."""
    folder = deployment.folder / "snapshot"
    client = threading.Thread(target=Client().check, args=(deployment.instances,))
    client.start()
    run(
        *(DIAGTOOL, "collect", "-t", str(deployment.topology), "--file", str(deployment.config)),
        *("--samples", str(SAMPLES), "--name", "one-machine", "--run", "-o", str(folder)),
    )
    client.join()
    shutil.rmtree(folder / "one-machine/files/etc", ignore_errors=True)  # the machine's own
    (folder / "match.yaml").write_text(json.dumps(MATCH))
    return folder


def compare(trials: Trials) -> None:
    """Hold the snapshot against both topologies. Raises where one is found to be as it isn't."""
    deployment, results = trials.deployment, trials.results
    snapshot = take(deployment)
    found = findings(deployment, snapshot, "designate.yaml")
    for finding in found:
        trials.tell(f"as printed: {finding['code']} {finding['message']}")
    missed = [
        mistake
        for mistake in MISTAKES
        if not any(re.search(mistake, f"{f['code']} {f['message']}") for f in found)
    ]
    if missed:
        raise RuntimeError(f"a mistake of the printed guide was not found: {', '.join(missed)}")
    found = findings(deployment, snapshot, "designate-23.yaml")
    for finding in found:
        trials.tell(f"23.0: {finding['code']} {finding['message']}")
    if wrong := [f["message"] for f in found if f["severity"] in ("error", "warning")]:
        raise RuntimeError(f"the topology of 23.0 contradicts what runs: {'; '.join(wrong)}")
    how = "connections were looked at while a client was served (ss), and compared by diagtool"
    for claim in results.claims:
        kind, *ids = claim.split(":", 2)
        if kind == "opens":
            names = [results.topology.part(id).name for id in ids]
            if any(all(name in f["message"] for name in names) for f in found):
                results.skip(claim, "no such connection was seen in the snapshot")
            else:
                results.add(claim, True, how, "opened by the stated end")


def findings(deployment: Deployment, snapshot: Path, base: str) -> list[dict[str, Any]]:
    """What contradicts a topology, and what it has that was not seen."""
    topology = variant.write(deployment.folder, base)
    command = [DIAGTOOL, "verify", "--running", str(snapshot), "-t", str(topology)]
    command += ["--values", str(deployment.values), "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [f for f in json.loads(done.stdout) if f["code"].startswith("running-")]
