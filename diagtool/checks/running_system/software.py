"""Programs that are known by their protocol: their usual ports, and what they are called."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Protocol:
    """A protocol. ``schemes`` are those of URLs, ``programs`` patterns for who serves it."""

    name: str
    port: int
    schemes: tuple[str, ...]
    programs: tuple[str, ...]


def _row(name: str, port: int, schemes: str, programs: str) -> Protocol:
    return Protocol(name, port, tuple(schemes.split()), tuple(programs.split()))


PROTOCOLS: Mapping[str, Protocol] = {
    protocol.name: protocol
    for protocol in (
        _row("amqp", 5672, "amqp rabbit kombu rabbitmq", "beam.smp beam rabbitmq rabbitmq-server"),
        _row("cassandra", 9042, "cassandra", "cassandra *CassandraDaemon*"),
        _row("dns", 53, "dns", "named bind9 pdns_server pdns nsd knotd unbound coredns"),
        _row("etcd", 2379, "etcd etcd3 etcd3gw", "etcd"),
        _row("kafka", 9092, "kafka", "kafka *kafka.Kafka*"),
        _row("memcached", 11211, "memcached", "memcached"),
        _row("mongodb", 27017, "mongodb mongo", "mongod mongo mongodb"),
        _row("mysql", 3306, "mysql mariadb", "mysqld mariadbd mariadb mysql galera mysqld_safe"),
        _row("postgresql", 5432, "postgresql postgres", "postgres postgresql"),
        _row("redis", 6379, "redis rediss valkey", "redis-server redis valkey-server valkey"),
        _row(
            "zookeeper", 2181, "zookeeper kazoo", "zookeeper *QuorumPeerMain* *ZooKeeperServerMain*"
        ),
    )
}

FRONTS = ("haproxy", "nginx", "apache2", "httpd", "envoy", "traefik", "caddy")
"""Programs that stand in front of others."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9.-]*)(?:\+[A-Za-z0-9.+_-]*)?://")


def of_url(url: str) -> Protocol | None:
    """The protocol of a URL, by its scheme."""
    match = _SCHEME.match(url)
    found = (p for p in PROTOCOLS.values() if match and match[1].lower() in p.schemes)
    return next(found, None)
