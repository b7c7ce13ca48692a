"""What must fail, lest the rest prove nothing, and options that matter."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial

from diagtool.config.placeholders import fill
from diagtool.model import claims
from rehearsal.addresses import BALANCER, QUEUE, SERVERS, VALUES
from rehearsal.client import INSTANCES, PATIENCE, Client, is_authority
from rehearsal.deployment import ALL as ALL_SERVERS
from rehearsal.deployment import PORTS, Deployment, listening
from rehearsal.processes import wait_until
from rehearsal.shards import ALL, covered, shards
from rehearsal.trials import Trials

TRIES = 10
MOST_TRIES = 3
"""How often so many are made, until a race is lost that should be."""

ELSEWHERE = "elsewhere.example"
LISTING = {
    "name": "listing",
    "description": "a pool of no name servers, of which there is a list",
    "nameservers": [],
    "targets": [],
    "catalog_zone": {"catalog_zone_fqdn": "list.example.", "catalog_zone_refresh": 60},
}


def options(trials: Trials) -> None:
    """What shows without a change."""
    results = trials.results
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


def catalogue(trials: Trials) -> None:
    """The owner of a zone that Designate makes itself, which lists the others of a pool."""
    trials.deployment.pool(LISTING)
    _, found = Client().request("GET", "/v2/zones?type=CATALOG")
    emails = [zone["email"] for zone in found["zones"]]
    claim = "option:designate-central:service:central:managed_resource_email"
    holds = emails == [VALUES["hostmaster address"]]
    how = "a pool was made with a catalog zone, and the API was asked for that"
    trials.results.add(claim, holds, how, f"it is of {', '.join(emails)}")


def authentication(trials: Trials) -> None:
    """An API server that asks Keystone turns away who has no token, wherever that is."""
    stated = _stated(trials, "designate-api", "auth_strategy")
    asked = partial(Client(f"{SERVERS[0]}:{PORTS['api']}").request, "GET", "/v2/zones")
    with changed(trials.deployment, "designate-api", {"auth_strategy": stated}, servers=(1,)):
        wait_until("the API answers", lambda: asked()[0] != 0)
        status, _ = asked()
    claim = "option:designate-api:service:api:auth_strategy"
    how = "an API server was asked for zones without a token; without the option, it gives them"
    trials.results.add(claim, status == 401, how, f"status {status}")


def everywhere(trials: Trials) -> None:
    """An mdns server that listens at all addresses."""
    mdns = "designate-mdns"
    stated = _stated(trials, mdns, "listen")
    others = [f"{mdns}-{n}" for n in (2, 3)]
    trials.programs.kill(*others)
    with changed(trials.deployment, mdns, {"listen": stated}, servers=(1,)):
        listening("mdns", SERVERS[0], PORTS["mdns"])
        knows = [is_authority(server, INSTANCES, PORTS["mdns"]) for server in SERVERS]
    trials.programs.again(*others)
    trials.deployment.wait_for(mdns)
    how = "one server was started with it, and asked for a zone at three addresses"
    claim = f"option:{mdns}:service:mdns:listen"
    trials.results.add(claim, all(knows), how, f"{sum(knows)} of {len(SERVERS)} answered")
    knows = [is_authority(server, INSTANCES, PORTS["mdns"]) for server in SERVERS]
    claim, how = f"listens:{mdns}:{PORTS['mdns']}", "each server was asked for a zone there"
    trials.results.add(claim, all(knows), how, f"{sum(knows)} of {len(SERVERS)} answered")


def heartbeats(trials: Trials) -> None:
    """An mdns server that is told of the message queue, which its sample file is not."""
    mdns, program = "designate-mdns", "designate-mdns-1"
    url = fill(_stated(trials, "designate-worker", "transport_url"), VALUES)
    on_queue = trials.deployment.is_on_queue
    before = on_queue(program)
    with changed(trials.deployment, mdns, {"transport_url": url}, servers=(1,)):
        opened = False
        with suppress(TimeoutError):
            wait_until("mdns is on the queue", lambda: on_queue(program), 2 * PATIENCE)
            opened = True
    how = "one server was given the transport_url of the others, and its connections looked at (ss)"
    seen = f"opened with it: {opened}, without: {before}"
    trials.results.add(claims.opens(mdns, "amqp_servers"), opened and not before, how, seen)


def wrong_queue(trials: Trials) -> None:
    """No worker can log in to the queue."""
    worker = "designate-worker"
    others = [f"{worker}-{n}" for n in (2, 3)]
    wrong = f"rabbit://{VALUES['queue user']}:another@{QUEUE}:5672/"
    log = trials.programs.log(f"{worker}-1")
    trials.programs.kill(*others)
    with changed(trials.deployment, worker, {"transport_url": wrong}, servers=(1,)):
        wait_until("a worker is refused", lambda: b"ACCESS_REFUSED" in log.read_bytes())
        seen = trials.check("control: a worker with a wrong transport_url")
    trials.programs.again(*others)
    trials.recover(worker)
    if seen.served:
        raise RuntimeError("a control did not fail: a wrong transport_url, and a client is served")


def notifications(trials: Trials) -> None:
    """Sink without a handler, and without a zone."""
    sink = "designate-sink"
    others = [f"{sink}-{n}" for n in (2, 3)]
    trials.programs.kill(*others)
    for section, option in (
        ("service:sink", "enabled_notification_handlers"),
        ("handler:nova_fixed", "zone_id"),
    ):
        with changed(trials.deployment, sink, {option: None}, servers=(1,)):
            trials.deployment.wait_for(sink, servers=(1,))
            seen = trials.check(f"{sink} without {option}")
        how = "it was left out, and a notification of an instance sent; with it, there is a record"
        stops = seen.served and not seen.works[sink]
        trials.results.add(f"option:{sink}:{section}:{option}", stops, how, str(seen))
    trials.programs.again(*others)
    trials.recover(sink)


def lock_manager(trials: Trials) -> None:
    """What goes wrong without ``backend_url``, and does not with it."""
    deployment, results = trials.deployment, trials.results
    central, producer = "designate-central", "designate-producer"
    trials.take_over()
    lost, shared = races_lost("with"), shards(deployment)
    with (
        changed(deployment, central, {"backend_url": None}),
        changed(deployment, producer, {"backend_url": None}),
    ):
        deployment.wait_for("central")
        trials.recover()
        tried = (races_lost(f"without-{n}") for n in range(MOST_TRIES))
        without, alone = next((lost for lost in tried if lost), 0), shards(deployment)
    trials.recover()
    trials.tell(f"races lost: {without} of {TRIES} without a lock manager, {lost} with")
    trials.tell(f"shards: {alone} without a lock manager, {shared} with")
    if not without or alone != [ALL] * 3:
        raise RuntimeError("a control did not fail: no backend_url, and nothing goes wrong")
    how = f"two projects created a zone and one within it at once, {TRIES} times"
    seen = f"both succeeded {lost} times; without backend_url more often"
    for claim in (claims.need(central, "dlm_servers"), _backend_url(central)):
        results.add(claim, lost == 0, how, seen)
    how = "three producers logged their shards"
    seen = f"{shared}; without backend_url, each of them {ALL}"
    for claim in (claims.need(producer, "dlm_servers"), _backend_url(producer)):
        results.add(claim, covered(shared), how, seen)


def _backend_url(service: str) -> str:
    return f"option:{service}:coordination:backend_url"


def _stated(trials: Trials, service: str, option: str) -> str:
    """The value of an option in the topology, whatever it is where the rehearsal runs."""
    settings = trials.topology.settings(service)
    return next(found.value for _, found in settings if found.name == option)


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
    deployment: Deployment,
    service: str,
    options: Mapping[str, str | None],
    servers: Sequence[int] = ALL_SERVERS,
) -> Iterator[None]:
    """Servers of a service run with other values of options, or without those that are None.

    They are at work with the usual ones again afterwards.
    """
    name = service.removeprefix("designate-")
    programs = [f"{service}-{n}" for n in servers]
    deployment.programs.kill(*programs)
    with deployment.edited(name, options):
        deployment.start(name, servers)
        try:
            yield
        finally:
            deployment.programs.kill(*programs)
    deployment.start(name, servers)
    deployment.wait_for(name, servers)
