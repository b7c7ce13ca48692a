"""Config that is wrong, each in its own way, and the finding that says so at its line.

Each row changes the guide's own topology in one place, which must be there just once.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from diagtool.loading.loader import read

TOPOLOGY = Path(__file__).parents[1] / "topology"


@dataclass(frozen=True)
class Row:
    """A change, the code of the one finding that it gives, and what stands in its line.

    Where nothing is said of the line, it is the first one of what is put in.
    """

    code: str
    old: str
    new: str
    at: str = ""
    also: tuple[str, str] | None = None
    """A second change, right by itself, that makes the first one wrong."""

    def __str__(self) -> str:
        return f"{self.code}: {self.new.strip().splitlines()[-1].strip()}"

    def apply(self, folder: Path) -> Path:
        path = folder / "designate.yaml"
        text = path.read_text("utf-8")
        for old, new in filter(None, ((self.old, self.new), self.also)):
            assert text.count(old) == 1, f"not just once: {old}"
            text = text.replace(old, new)
        path.write_text(text, "utf-8")
        return path


HEADER = "            enable_host_header: True\n"
URI = "            api_base_uri: http://<load balancer URI>/\n"
CENTRAL = "        managed_resource_email: <hostmaster address>\n"
QUEUE = "transport_url: rabbit://"
STORE = "connection: mysql+pymysql://"
LOCKS = """\
    config:
      coordination:
        backend_url: kazoo://"""
PRODUCER = """\
          coordination:
            backend_url: kazoo://"""

NOTIFICATIONS = """\
  oslo_messaging_notifications:
    transport_url:
      library: oslo.messaging
"""

OPTIONS = (
    # Misspelt, in the wrong section, or gone.
    Row("unknown-option", HEADER, "            enable_host_headers: True\n"),
    Row("unknown-option", HEADER, f"{HEADER}            ssl_enabled: false\n", "ssl_enabled"),
    Row("unknown-option", HEADER, f"{HEADER}            backend_url: kazoo://a\n", "kazoo://a"),
    Row("unknown-option", CENTRAL, f"{CENTRAL}        Workers: 2\n", "Workers"),
    Row("unknown-section", "      service:central:\n", "      service:centrale:\n"),
    Row("unknown-section", "      service:worker:\n", "      worker:\n"),
    Row("unknown-section", "      handler:nova_fixed:\n", "      handler:nova:\n"),
    # Of the wrong type.
    Row("option-type", HEADER, "            enable_host_header: maybe\n"),
    Row("option-type", HEADER, "            enable_host_header: 2\n"),
    Row("option-type", "        workers: 2\n", "        workers: two\n"),
    Row("option-type", "        workers: 2\n", "        workers: 2.5\n"),
    Row("option-type", "        workers: 2\n", "        workers: <zookeeper url>\n"),
    Row(
        "repeated-option",
        "        workers: 2\n",
        "        workers:\n          - 2\n          - 3\n",
        "- 3",
    ),
    # Removed, renamed or deprecated.
    Row(
        "removed-option",
        CENTRAL,
        f"{CENTRAL}      oslo_policy:\n        enforce_scope: true\n",
        "enforce_scope",
    ),
    Row(
        "removed-option",
        CENTRAL,
        f"{CENTRAL}      DEFAULT:\n        watch_log_file: true\n",
        "watch_log_file",
    ),
    Row("renamed-option", CENTRAL, f"{CENTRAL}        max_record_name_len: 255\n", "max_record"),
    Row(
        "renamed-option", CENTRAL, f"{CENTRAL}      DEFAULT:\n        logdir: /var/log\n", "logdir"
    ),
    Row(
        "deprecated-option",
        CENTRAL,
        f"{CENTRAL}      ssl:\n        ca_file: /etc/ca.pem\n",
        "ca_file",
    ),
    # Out of bounds, or none of the choices.
    Row(
        "option-bounds",
        CENTRAL,
        f"{CENTRAL}      storage:sqlalchemy:\n        connection_debug: 101\n",
        "101",
    ),
    Row(
        "option-bounds",
        CENTRAL,
        f"{CENTRAL}      oslo_messaging_rabbit:\n        rpc_conn_pool_size: 0\n",
        "_size",
    ),
    Row(
        "option-choice",
        CENTRAL,
        f"{CENTRAL}      DEFAULT:\n        log_rotation_type: daily\n",
        "daily",
    ),
    Row(
        "option-choice",
        CENTRAL,
        f"{CENTRAL}      oslo_messaging_rabbit:\n        kombu_failover_strategy: Shuffle\n",
        "Shuffle",
    ),
    # Drivers.
    Row("unknown-driver", QUEUE, "transport_url: rabit://"),
    Row("unfit-driver", QUEUE, "transport_url: kafka://"),
    Row("unfit-driver", QUEUE, "transport_url: fake://"),
    Row("unknown-driver", STORE, "connection: mysql+pymsql://"),
    Row("unfit-driver", STORE, "connection: mysql+aiomysql://"),
    Row("unknown-driver", STORE, "connection: "),
    Row("unfit-driver", LOCKS, LOCKS.replace("kazoo", "mysql"), "mysql://"),
    Row("unfit-driver", LOCKS, LOCKS.replace("kazoo", "file"), "file://"),
    Row("unfit-driver", PRODUCER, PRODUCER.replace("kazoo", "postgresql"), "postgresql://"),
    Row("unknown-driver", PRODUCER, PRODUCER.replace("kazoo", "etcd3"), "etcd3://"),
    Row("unused-driver", "drivers:\n", f"drivers:\n{NOTIFICATIONS}", "transport_url"),
    # A host of a URL that cannot be reached.
    Row("option-type", QUEUE, f"{QUEUE}one:99999,"),
    Row("option-type", STORE, f"{STORE}::1,"),
    # What reaches a component, said in two ways.
    Row("option-differs", PRODUCER, PRODUCER.replace("kazoo", "etcd3+http"), "etcd3+http://"),
    Row("option-differs", LOCKS, LOCKS.replace("kazoo", "zookeeper"), "            backend_url"),
    # Placeholders.
    Row("bad-placeholder", CENTRAL, f"{CENTRAL}        managed_resource_tenant_id: <id\n", "<id"),
    Row("unused-placeholder", "placeholders:\n", "placeholders:\n  port:\n", "port"),
    Row("bad-example", "    example: 2181\n", "    example: 218100\n"),
    Row("bad-example", "    example: zookeeper.example.org\n", "    example: zookeeper example\n"),
)


BALANCING = "      address: <load balancer URI>\n"
LISTEN = "    listen:\n      port: 9001\n"

BALANCERS = (
    # What the options name is not where clients reach the load balancer.
    Row("address-differs", BALANCING, f"{BALANCING}      tls: true\n", "api_base_uri"),
    Row("address-differs", BALANCING, f"{BALANCING}      port: 8080\n", "api_base_uri"),
    Row("address-differs", LISTEN, f"{LISTEN}      prefix: /dns\n", "api_base_uri"),
    Row("address-differs", URI, URI.replace("http:", "https:")),
    Row("address-differs", URI, URI.replace("URI>/", "URI>:9001/")),
    Row("address-differs", URI, URI.replace("<load balancer URI>", "dns.example.org"), "base-uri:"),
    # The options rely on headers that it does not set.
    Row("headers-differ", BALANCING, f"{BALANCING}      headers: none\n", "headers: none"),
    Row("headers-differ", BALANCING, f"{BALANCING}      headers: host\n", "headers: host"),
    Row(
        "headers-differ",
        BALANCING,
        f"{BALANCING}      headers: host\n",
        "headers: host",
        also=(LISTEN, f"{LISTEN}    uses: proxy-headers\n"),
    ),
    # It cannot be told what to do.
    Row("bad-balancing", LISTEN, "    # Where?\n", "  designate-api:"),
    Row("unknown-placeholder", BALANCING, "      address: <load balancer>\n", "balancing:"),
    Row("bad-balancing", BALANCING, "      address: http://<load balancer URI>\n"),
    Row("bad-balancing", BALANCING, "      address: <load balancer URI>:80\n"),
    Row("bad-balancing", BALANCING, "      port: 80\n", "balancing:"),
    Row("bad-value", BALANCING, f"{BALANCING}      headers: all\n", "headers: all"),
    Row("bad-value", BALANCING, f"{BALANCING}      port: 0\n", "port: 0"),
    Row("bad-value", LISTEN, f"{LISTEN}      prefix: /dns/\n", "prefix: /dns/"),
    Row("bad-value", LISTEN, f"{LISTEN}      health: /a b\n", "health: /a b"),
)


RULES = (
    Row("rule-broken", "shape: cloud\n", "shape: cloud\n    stacked: false\n", "dns_servers:"),
    Row(
        "rule-broken",
        "  dlm_servers:\n",
        "  dlm_servers:\n    cluster:\n      members: 4\n      quorum: true\n",
    ),
    Row("rule-broken", "{front: true}", "{front: false}", "designate-api:"),
    Row("unknown-option", "option: backend_url", "option: backend_uri", "needs:"),
    Row("unknown-section", "section: coordination}", "section: cordination}", "needs:"),
    Row(
        "unused-silence",
        "placeholders:\n",
        "silenced:\n  single-point: They are several.\nplaceholders:\n",
        "single-point",
    ),
    Row("unknown-id", "          rule: shared-work\n", "          rule: shared-works\n"),
    Row("unknown-id", "needs: {front: true}", "needs: {component: load-balancer}", "load-balancer"),
    Row("unknown-id", LISTEN, f"    uses: proxy-header\n{LISTEN}"),
)


ROWS = OPTIONS + BALANCERS + RULES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TOPOLOGY, tmp_path / "topology"))


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_wrong_config_is_found_at_its_line(row: Row, folder: Path) -> None:
    path = row.apply(folder)
    line = row.at or row.new.splitlines()[0]
    (finding,) = read(path).diagnostics
    assert finding.code == row.code
    assert line in finding.source


RIGHT = (
    ("enable_host_header: True", "enable_host_header: off"),
    ("rabbit://", "kombu://"),
    ("mysql+pymysql://", "postgresql://"),
    ("mysql+pymysql://", "mariadb+mysqldb://"),
    ("kazoo://", "etcd3+https://"),
    ("kazoo://", "redis://"),
    ("workers: 2", "workers: $queue_workers"),
    ("workers: 2", "workers: <zookeeper port>"),
    ("service:worker:", "Service:Worker:"),
    ("<hostmaster address>", "the <hostmaster address> of $host"),
)


@pytest.mark.parametrize(("old", "new"), RIGHT)
def test_right_config_is_let_through(old: str, new: str, folder: Path) -> None:
    path = folder / "designate.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    assert read(path).diagnostics == ()


def test_the_guides_are_right() -> None:
    for path in TOPOLOGY.glob("*.yaml"):
        assert read(path).diagnostics == ()


def test_there_are_many_ways_to_be_wrong() -> None:
    assert len({row.code for row in ROWS}) >= 20
    assert len(ROWS) >= 60
