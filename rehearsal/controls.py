"""What must fail, lest the rest prove nothing; and what only several servers together show."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from diagtool.model import claims
from rehearsal.addresses import BALANCER
from rehearsal.client import Client, Seen
from rehearsal.deployment import Deployment
from rehearsal.processes import wait_until
from rehearsal.shards import ALL, covered, shards
from rehearsal.trials import Trials

TRIES = 10
ELSEWHERE = "elsewhere.example"

UNTESTED = {
    "opens:designate-mdns:amqp_servers": "its sample file names no message queue",
    "option:designate-central:service:central:managed_resource_email": "no trial makes a zone that"
    " belongs to Designate itself",
    "option:designate-api:service:api:auth_strategy": "there is no Keystone where it runs",
    "option:designate-mdns:service:mdns:listen": "three of them share one machine's port",
}
"""What cannot be seen here, and why."""


def run(trials: Trials) -> None:
    """Everything that is no loss. Raises RuntimeError where a control does not fail."""
    results = trials.results
    booted = "three servers of each service were booted from the sample files"
    for claim in results.claims:
        if claim in UNTESTED:
            results.skip(claim, UNTESTED[claim])
        elif claim.startswith(("option:", "listens:")):
            results.add(claim, True, booted, "a client was served")
    link = links(ELSEWHERE)
    for name in ("api_base_uri", "enable_host_header"):
        claim = f"option:designate-api:service:api:{name}"
        how = f"the API was asked for its zones with the Host header {ELSEWHERE}"
        results.add(claim, link.startswith(f"http://{BALANCER}/"), how, f"it links to {link}")
    for service in results.topology.services.values():
        for _, option in results.topology.settings(service.id):
            if option.name == "workers":
                claim = f"option:{service.id}:{option.section}:workers"
                count = len(trials.programs.ids(f"{service.id}-1")) - 1
                how = "the children of its first process were counted"
                results.add(claim, str(count) == option.value, how, f"there are {count}")
    if _wrong_queue(trials).served:
        raise RuntimeError("a control did not fail: a wrong transport_url, and a client is served")
    _lock_manager(trials)


def _wrong_queue(trials: Trials) -> Seen:
    """What a client sees where no worker can log in to the queue."""
    wrong = {"queue password": "another"}
    with changed(trials.deployment, "designate-worker", values=wrong):
        return trials.check("control: workers with a wrong transport_url")


def _lock_manager(trials: Trials) -> None:
    """What goes wrong without ``backend_url``, and does not with it."""
    deployment, results = trials.deployment, trials.results
    both = ("designate-central", "designate-producer")
    with changed(deployment, both[0], "backend_url"), changed(deployment, both[1], "backend_url"):
        _whole(trials, *both)
        without, alone = races_lost("without"), shards(deployment)
    _whole(trials, *both)
    lost, shared = races_lost("with"), shards(deployment)
    print(f"races lost: {without} of {TRIES} without a lock manager, {lost} with", flush=True)
    print(f"shards: {alone} without a lock manager, {shared} with", flush=True)
    if not without or alone != [ALL] * 3:
        raise RuntimeError("a control did not fail: no backend_url, and nothing goes wrong")
    claim = claims.need("designate-central", "dlm_servers")
    how = f"two projects created a zone and one within it at once, {TRIES} times"
    seen = f"both succeeded {lost} times; without backend_url more often"
    results.add(claim, lost == 0, how, seen)
    claim = claims.need("designate-producer", "dlm_servers")
    how = "three producers logged their shards"
    seen = f"{shared}; without backend_url, each of them {ALL}"
    results.add(claim, covered(shared), how, seen)


def _whole(trials: Trials, *services: str) -> None:
    """Wait until every server of services is at work again."""
    for name in (f"{service}-{n}" for service in services for n in (1, 2, 3)):
        wait_until(f"{name} is back", partial(trials.deployment.at_work, name))
    trials.recover()


def races_lost(name: str) -> int:
    """In how many tries two projects both get a zone, one of which lies in the other."""
    lost = 0
    for n in range(TRIES):
        statuses: list[int] = []

        def create(zone: str, project: str, statuses: list[int] = statuses) -> None:
            statuses.append(Client().zone(zone, project)[0])

        outer = f"{name}-{n}.example."
        pair = [
            threading.Thread(target=create, args=(zone, f"{name}-{n}-{zone}"))
            for zone in (outer, f"s.{outer}")
        ]
        for each in pair:
            each.start()
        for each in pair:
            each.join()
        lost += statuses == [202, 202]
    return lost


def links(host: str) -> str:
    """The address in the links of what the API answers to a request for a host."""
    _, answer = Client().request("GET", "/v2/zones", host=host)
    return str(answer["links"]["self"]) if answer else ""


@contextmanager
def changed(
    deployment: Deployment, service: str, *options: str, values: Mapping[str, str] | None = None
) -> Iterator[None]:
    """A service runs with options of its sample files left out, or with other values."""
    name = service.removeprefix("designate-")
    servers = [f"{service}-{n}" for n in (1, 2, 3)]
    deployment.programs.kill(*servers)
    deployment.write(values or {})
    deployment.leave_out(name, *options)
    deployment.start(name)
    try:
        yield
    finally:
        deployment.programs.kill(*servers)
        deployment.write()
        deployment.start(name)
