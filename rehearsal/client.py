"""What a client of Designate sees, and by that which of its services work."""

from __future__ import annotations

import itertools
import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import dns.exception
import dns.message
import dns.query
import dns.rcode
import kombu

from rehearsal.addresses import BALANCER, NAMESERVERS, QUEUE, SERVERS, VALUES

PATIENCE = 12.0
"""For how many seconds a client waits for what takes one or two."""

TURNED_AWAY = 503
"""What a load balancer says for servers that are dead."""

PAUSE = 0.5
"""For how many seconds it waits before it asks again."""

INSTANCES = "instances.example."
"""The zone that gets the records of new instances."""

BEHIND = ("designate-central", "designate-worker", "designate-producer", "designate-sink")
"""The services that together publish the record of a new instance, without the API."""

ADDED = ("NOERROR", "SERVFAIL")
"""What a name server says of a zone that it was given, whether it has its content or not."""

_numbers = itertools.count(1)


class Instance(NamedTuple):
    """A new instance by its name, and until when a client waits for its record."""

    name: str
    until: float


@dataclass(frozen=True)
class Seen:
    """``zone`` and ``record`` are a status in Designate (ACTIVE, PENDING, ERROR) or in HTTP, 0
    where there was no answer, or empty where it did not come that far; ``answers`` counts the name
    servers that know the record. ``instance`` is whether they know that of a new instance, which
    is tried where clients are turned away. ``works`` has the services of which it shows something.
    """

    zone: str
    record: str = ""
    answers: int = 0
    instance: bool = False
    works: Mapping[str, bool] = field(default_factory=dict)

    @property
    def served(self) -> bool:
        """Whether all went well, but for what sink does."""
        return self.zone == self.record == "ACTIVE" and self.answers == len(NAMESERVERS)

    def __str__(self) -> str:
        parts = [f"zone: {self.zone}"]
        # Where all name servers know the record, Designate may take a while to notice.
        if self.record and self.answers < len(NAMESERVERS):
            parts.append(f"record: {self.record}")
        parts.append(f"{self.answers} of {len(NAMESERVERS)} name servers answered")
        if self.instance:
            parts.append("but they did for a new instance")
        elif self.works.get("designate-sink") is False:
            parts.append("no record of an instance")
        return ", ".join(parts)


class Client:
    """A client that reaches the API at an address, as a rule that of the load balancer."""

    def __init__(self, address: str = BALANCER) -> None:
        self._address = address

    def request(
        self, method: str, path: str, body: object = None, project: str = "operator", host: str = ""
    ) -> tuple[int, Any]:
        """The HTTP status and the JSON of the answer; 0 where there is none in time."""
        headers = {"X-Auth-Project-ID": project, "X-Roles": "admin"}
        headers |= {"Host": host or self._address, "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        url = f"http://{self._address}{path}"
        asked = urllib.request.Request(url, data, headers, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, None
        except OSError:
            return 0, None

    def zone(self, name: str, project: str) -> tuple[int, Any]:
        """Create a zone."""
        body = {"name": name, "email": "hostmaster@example.org"}
        return self.request("POST", "/v2/zones", body, project)

    def answers(self) -> bool:
        """Whether the API answers, with what central says."""
        return self.request("GET", "/v2/zones")[0] == 200

    def settles(self) -> bool:
        """Whether a zone that is made now becomes active."""
        number = next(_numbers)
        project = f"project-{number}"
        _, made = self.zone(f"zone-{number}.example.", project)
        path = f"/v2/zones/{made['id']}" if made else ""
        return made is not None and self._settled(path, project)["status"] == "ACTIVE"

    def check(self, instances: str) -> Seen:
        """Create a zone and a record in it, wait for both, and ask the name servers.

        ``instances`` is the id of the zone of instances.
        """
        number = next(_numbers)
        project, name = f"project-{number}", f"zone-{number}.example."
        works = {"designate-mdns": any(_code(s, INSTANCES, 5354) == "NOERROR" for s in SERVERS)}
        status, made = self.zone(name, project)
        works["designate-api"] = status not in (0, TURNED_AWAY)
        if works["designate-api"]:
            works["designate-central"] = made is not None
        if status == TURNED_AWAY:
            published = is_published(announce())
            works |= dict.fromkeys(BEHIND, published)
            return Seen(str(status), instance=published, works=works)
        if made is None:
            return Seen(str(status), works=works)
        path = f"/v2/zones/{made['id']}"
        found = self._settled(path, project)
        became, serial = found["status"], found["serial"]
        works["designate-worker"] = all(_code(s, name) in ADDED for s in NAMESERVERS)
        record = {"name": f"www.{name}", "type": "A", "records": ["192.0.2.1"]}
        status, made = self.request("POST", f"{path}/recordsets", record, project)
        if made is None:
            return Seen(became, str(status), works=works)
        instance = announce()
        settled = made["status"]
        if became == "ACTIVE":
            settled = self._settled(f"{path}/recordsets/{made['id']}", project)["status"]
        works["designate-producer"] = _comes(
            lambda: self._serial(path, project) > serial, instance.until
        )
        works["designate-sink"] = self.takes(instances, instance)
        answers = sum(_knows(server, f"www.{name}") for server in NAMESERVERS)
        return Seen(became, settled, answers, works=works)

    def _settled(self, path: str, project: str) -> Any:
        """What the API says of something once it is pending no more, or patience is at an end."""
        end = time.monotonic() + PATIENCE
        while True:
            status, found = self.request("GET", path, None, project)
            if found is None:
                return {"status": str(status), "serial": 0}
            if found["status"] != "PENDING" or time.monotonic() > end:
                return found
            time.sleep(PAUSE)

    def _serial(self, path: str, project: str) -> int:
        found = self.request("GET", path, None, project)[1]
        return found["serial"] if found else 0

    def takes(self, instances: str, instance: Instance) -> bool:
        """Whether a record of an instance comes to the zone of instances."""
        return _comes(lambda: self.has(instances, instance), instance.until)

    def has(self, instances: str, instance: Instance) -> bool:
        """Whether there is a record of an instance in the zone of instances."""
        path = f"/v2/zones/{instances}/recordsets?name={instance.name}.{INSTANCES}"
        return bool((self.request("GET", path)[1] or {}).get("recordsets"))


def is_published(instance: Instance) -> bool:
    """Whether the name servers come to know a new instance."""
    name = f"{instance.name}.{INSTANCES}"
    return _comes(lambda: all(_knows(server, name) for server in NAMESERVERS), instance.until)


def announce() -> Instance:
    """Say that an instance was made, as Nova would."""
    name = f"instance-{uuid.uuid4().hex[:8]}"
    address = {"address": "192.0.2.2", "version": 4, "label": "private"}
    message = {
        "event_type": "compute.instance.create.end",
        "message_id": str(uuid.uuid4()),
        "payload": {
            "hostname": name,
            "instance_id": str(uuid.uuid4()),
            "fixed_ips": [address],
        },
        "priority": "INFO",
        "publisher_id": "compute.rehearsal",
        "timestamp": "2026-01-01 00:00:00",
    }
    envelope = {"oslo.version": "2.0", "oslo.message": json.dumps(message)}
    user, password = VALUES["queue user"], VALUES["queue password"]
    with kombu.Connection(f"amqp://{user}:{password}@{QUEUE}:5672//") as queue:
        queue.Producer().publish(envelope, exchange="nova", routing_key="notifications.info")
    return Instance(name, time.monotonic() + PATIENCE)


def _comes(holds: Callable[[], bool], end: float) -> bool:
    """Whether something comes true until a time."""
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(PAUSE)
    return True


def _ask(server: str, name: str, kind: str, port: int = 53) -> dns.message.Message | None:
    try:
        return dns.query.udp(dns.message.make_query(name, kind), server, timeout=1, port=port)
    except (OSError, dns.exception.DNSException):
        return None


def is_authority(server: str, name: str, port: int) -> bool:
    """Whether a server knows a zone, asked as other name servers do that want a copy."""
    query = dns.message.make_query(name, "SOA")
    try:
        answer = dns.query.tcp(query, server, timeout=PATIENCE, port=port)
    except (OSError, dns.exception.DNSException):
        return False
    return answer.rcode() == dns.rcode.NOERROR and bool(answer.answer)


def _code(server: str, name: str, port: int = 53) -> str:
    """The code with which a server answers for a zone; empty where it doesn't answer."""
    answer = _ask(server, name, "SOA", port)
    return dns.rcode.to_text(answer.rcode()) if answer else ""


def _knows(server: str, name: str) -> bool:
    answer = _ask(server, name, "A")
    return answer is not None and "192.0.2." in str(answer.answer)
