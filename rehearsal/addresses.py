"""Where everything is: loopback addresses, and what placeholders of the sample files become."""

from __future__ import annotations

BALANCER = "127.0.0.10"
SERVERS = ("127.0.0.11", "127.0.0.12", "127.0.0.13")
DATABASE, QUEUE, LOCKS = "127.0.0.21", "127.0.0.22", "127.0.0.23"
NAMESERVERS = ("127.0.0.31", "127.0.0.32")

SERVICES = ("api", "central", "worker", "producer", "mdns", "sink")

VALUES = {
    "load balancer URI": BALANCER,
    "zookeeper url": LOCKS,
    "zookeeper port": "2181",
    "queue user": "designate",
    "queue password": "a-secret-of-the-queue",
    "queue host": QUEUE,
    "database user": "designate",
    "database password": "a-secret-of-the-database",
    "database host": DATABASE,
    "hostmaster address": "hostmaster@example.org",
    "zone of instances": "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
    **{f"api server {n}": address for n, address in enumerate(SERVERS, 1)},
}
