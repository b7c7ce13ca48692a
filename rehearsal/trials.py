"""Losses, and what each shows of the claims."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack

from diagtool.model import Text, Topology, claims, facts, wording
from diagtool.model.failures import Loss, LossKind, State, singly
from rehearsal import losses
from rehearsal.addresses import SERVERS
from rehearsal.client import Client, Instance, Seen, announce, is_published
from rehearsal.deployment import PORTS, Deployment
from rehearsal.processes import wait_until
from rehearsal.results import Results
from rehearsal.shards import covered, shards

REFUSED_OR_SILENT = "Clients get the status 500, or 504 where it does not answer at all."

SAYINGS: Mapping[str, Callable[[Seen], bool]] = {
    "Clients get the status 503 from the load balancer.": lambda seen: seen.zone == "503",
    "Clients get the status 504.": lambda seen: seen.zone == "504",
    REFUSED_OR_SILENT: lambda seen: seen.zone == "500",
    "The DNS servers cannot transfer new zones, which end in an error.": lambda seen: (
        seen.zone == "ERROR"
    ),
    "Clients get no answer.": lambda seen: seen.zone == "0",
    "New zones end in an error.": lambda seen: seen.zone == "ERROR",
    "New zones stay pending.": lambda seen: seen.zone == "PENDING",
    "New zones become active, but record sets that are added to them later stay pending.": (
        lambda seen: (seen.zone, seen.record) == ("ACTIVE", "PENDING")
    ),
    "No records follow from notifications of other services.": lambda seen: (
        seen.served and not seen.works["designate-sink"]
    ),
    "Zones became active all the same.": lambda seen: seen.zone == "ACTIVE",
}
"""What the page says that a loss does, as a client sees it."""


SILENTLY: Mapping[str, Callable[[Seen], bool]] = {
    REFUSED_OR_SILENT: lambda seen: seen.zone == "504",
}
"""What it does, with what it says, where packets vanish rather than be refused."""

SINK = "designate-sink"

TAKEN_OVER = 60
"""For how many seconds producers may be taking over the shards of others."""


class Trials:
    """Tries things on a deployment, and keeps what they show in ``results``."""

    def __init__(self, deployment: Deployment, topology: Topology, results: Results) -> None:
        self.deployment = deployment
        self.programs = deployment.programs
        self.topology = topology
        self.results = results
        self.states = {failure.losses[0]: failure for failure in singly(topology)}

    def tell(self, text: str) -> None:
        """Say something on the terminal, and on which deployment it happened."""
        print(f"[{self.deployment.folder.name}] {text}", flush=True)

    def check(self, what: str, client: Client | None = None) -> Seen:
        """What a client sees, told on the terminal as well."""
        began = time.monotonic()
        seen = (client or Client()).check(self.deployment.instances)
        self.tell(f"{what}: {seen} ({time.monotonic() - began:.1f} s)")
        return seen

    def recover(self, service: str = "") -> None:
        """Wait until a client is served again, after something was done to a service.

        What a client waits for longest is tried where it is in doubt.
        """
        if service in ("", "designate-producer"):
            wait_until("a client is served again", lambda: self.check("afterwards").served)
            return
        if service == SINK:
            wait_until(f"{SINK} works again", lambda: self._serves(self.check("afterwards"), SINK))
            return
        for server in SERVERS:
            api = Client(f"{server}:{PORTS['api']}")
            wait_until(f"the API at {server} answers again", api.answers)
        wait_until("zones become active again", Client().settles)

    # --- the losses -------------------------------------------------------------------

    def copies(self, service: str) -> None:
        """One server, two, and all three of a service."""
        servers = [f"{service}-{n}" for n in (1, 2, 3)]
        for kind, dead in (
            (LossKind.ONE, servers[:1]),
            (LossKind.ALL_BUT_ONE, servers[:2]),
            (LossKind.ALL, servers),
        ):
            self.programs.kill(*dead)
            loss = Loss(kind, service)
            how = f"{len(dead)} of 3 servers of {service} were killed (SIGKILL)"
            if service == "designate-producer" and kind is not LossKind.ALL:
                self.take_over(range(len(dead) + 1, 4))
                how += f", and within {TAKEN_OVER} s the others had all shards"
            seen = self.check(f"{len(dead)} of 3 {service} killed")
            self._compare(loss, how, seen)
            if kind is LossKind.ALL and self._serves(seen, service):
                raise RuntimeError(f"a control did not fail: all of {service} dead, and it works")
        self.programs.again(*servers)
        self.deployment.wait_for(service)
        self.recover(service)

    def take_over(self, servers: Sequence[int] = (1, 2, 3)) -> None:
        """Wait until some producers have all shards among them."""

        def taken_over() -> bool:
            return covered(shards(self.deployment, servers))

        wait_until("producers take over", taken_over, TAKEN_OVER)

    def without_central(self) -> None:
        """What goes on while all of designate-central is dead, and the API can tell of nothing."""
        central = "designate-central"
        servers = [f"{central}-{n}" for n in (1, 2, 3)]
        loss = Loss(LossKind.ALL, central)
        self.take_over()
        self.programs.kill(*servers)
        instance = announce()
        held = shards(self.deployment)
        how = f"all servers of {central} were killed (SIGKILL), and producers logged their shards"
        self.results.add(claims.loss(loss, "designate-producer"), covered(held), how, str(held))
        reason = "it goes on with the pools that it has read, and reads no others"
        self.results.skip(claims.loss(loss, "designate-worker"), reason)
        self._unpublished(loss, f"all servers of {central} were killed (SIGKILL)", instance)
        self.programs.again(*servers)
        self.deployment.wait_for(central)
        self.recover(SINK)
        followed = Client().has(self.deployment.instances, instance)
        how = "an instance was announced while all were dead, and another one afterwards"
        seen = f"{_told(followed)} that was announced meanwhile, a record of the other one"
        self.results.add(claims.need(SINK, central), not followed, how, seen)

    def goes_on(self) -> None:
        """Each component out of the reach of all services that go on without it, at once."""
        cuts = {
            component: [
                id
                for id in self.topology.services
                if self.states[Loss(LossKind.ALL, component)].state(id) is State.WORKS
            ]
            for component in losses.REACHED_AT
        }
        with ExitStack() as stack:
            for component, services in cuts.items():
                stack.enter_context(losses.cut(self.programs, component, *services))
            seen = self.check("components out of the reach of what goes on without them")
        for component, services in cuts.items():
            name = self.topology.part(component).name
            how = f"a firewall kept all services that go on without it from {name}"
            self._compare(Loss(LossKind.ALL, component), how, seen, *services)

    def stops(self, component: str, service: str) -> None:
        """A component out of the reach of a service that does not go on without it."""
        loss = Loss(LossKind.ALL, component)
        how = f"a firewall kept all servers of {service} from {self.topology.part(component).name}"
        behind = [connection.owner for connection in self.states[loss].chain(SINK)[1:]]
        with losses.cut(self.programs, component, service):
            instance = announce() if service in behind else None
            seen = self.check(f"{component} out of the reach of {service}")
            if instance:
                self._unpublished(loss, how, instance)
        self.recover(service)
        self._compare(loss, how, seen, service)
        if says := SILENTLY.get(self._saying(loss, service)):
            with losses.cut(self.programs, component, service, silent=True):
                unheard = self.check(f"{component} silent towards {service}")
            self.recover(service)
            claim, both = claims.loss(loss, service), f"{seen}; where packets vanish, {unheard}"
            self.results.add(claim, says(unheard), how, both)
        stopped = not self._serves(seen, service)
        # Only what the service opens itself is kept back.
        self.results.add(claims.need(service, component), stopped, how, str(seen))
        self.results.add(claims.opens(service, component), stopped, how, str(seen))
        self._listens(component, stopped, how, seen)
        for reached, option in self.topology.settings(service):
            if reached and reached.id == component:
                claim = f"option:{service}:{option.section}:{option.name}"
                self.results.add(claim, stopped, f"{how}, at the address in it", str(seen))

    def without_locks(self) -> None:
        """What is left of designate-central without the lock manager: its records need no lock."""
        central, locks = "designate-central", "dlm_servers"
        loss = Loss(LossKind.ALL, locks)
        how = f"a firewall kept all servers of {central} from {self.topology.part(locks).name}"
        with losses.cut(self.programs, locks, central):
            instance = announce()
            seen = self.check(f"{locks} out of the reach of {central}")
            taken = Client().takes(self.deployment.instances, instance)
        self.recover(central)
        told = f"{seen}; {_told(taken)} that was announced meanwhile"
        self.tell(told)
        self.results.add(claims.loss(loss, central), taken and seen.zone == "504", how, told)
        self.results.add(claims.loss(loss, SINK), taken, how, told)
        self._listens(locks, seen.zone == "504", how, seen)

    def balancer(self) -> None:
        """The load balancer killed, and a client that goes round it."""
        self.programs.kill("loadbalancer")
        seen = self.check("the load balancer killed", Client(f"{SERVERS[0]}:9001"))
        self.programs.again("loadbalancer")
        loss = Loss(LossKind.ALL, "loadbalancer")
        how = "it was killed, and a client went to an API server itself"
        self._compare(loss, how, seen)
        self.results.add("listens:designate-api:9001", seen.served, how, str(seen))
        wait_until("the load balancer is back", Client().answers)

    # --- what they show ---------------------------------------------------------------

    def _unpublished(self, loss: Loss, how: str, instance: Instance) -> None:
        """Hold what becomes of an instance against what the page says of sink."""
        published = is_published(instance)
        self.tell(f"without {loss.id}: {_told(published)}")
        how += ", and an instance was announced"
        self.results.add(claims.loss(loss, SINK), not published, how, _told(published))

    def _listens(self, component: str, stopped: bool, how: str, seen: Seen) -> None:
        """What a component kept out of reach shows of its port."""
        for claim in self.results.claims:
            if claim.startswith(f"listens:{component}:"):
                self.results.add(claim, stopped, f"{how} at this port", str(seen))

    def _serves(self, seen: Seen, service: str) -> bool:
        """Whether a service did its part, as far as this tells."""
        if service == SINK:
            return seen.works.get(service, False)
        return seen.served

    def _compare(self, loss: Loss, how: str, seen: Seen, *services: str) -> None:
        """Hold what was seen against the row of the page, or against some of its cells."""
        failure = self.states[loss]
        for service in services or self.topology.services:
            claim, state = claims.loss(loss, service), failure.state(service)
            works = seen.works.get(service)
            if state is State.NOT_STATED:
                continue
            if works is None:
                reason = "a client cannot tell: what would ask it for work is stopped itself"
                self.results.skip(claim, reason)
            elif state is State.STOPPED:
                saying = self._saying(loss, service)
                if saying in SAYINGS:
                    self.results.add(claim, SAYINGS[saying](seen), how, str(seen))
                else:
                    self.results.skip(claim, "there is no trial of what the page says then")
            else:
                self.results.add(claim, works, how, str(seen))

    def _saying(self, loss: Loss, service: str) -> str:
        """What the topology says that a client sees."""
        part = self.topology.services[service]
        if loss.id == service:
            return self._plain(part.when_stopped.text) if part.when_stopped else ""
        for connection in part.connections:
            if connection.peer == loss.id and connection.on_loss:
                return self._plain(connection.on_loss.text)
        return ""

    def _plain(self, text: Text) -> str:
        return facts.flat(wording.plain(self.topology, text))


def _told(published: bool) -> str:
    return "a record of an instance" if published else "no record of an instance"
