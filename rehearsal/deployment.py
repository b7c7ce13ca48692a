"""Designate on one machine: three servers of each service, and what they need.

Its services are configured from the sample files that diagtool writes, and from nothing else.
"""

from __future__ import annotations

import json
import re
import shutil
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from rehearsal import variant
from rehearsal.addresses import BALANCER, DATABASE, LOCKS, NAMESERVERS, QUEUE, SERVERS, VALUES
from rehearsal.client import INSTANCES, Client
from rehearsal.processes import Programs, ran, run, wait_until

BIN = Path(sys.prefix) / "bin"
DIAGTOOL = str(BIN / "diagtool")


class Deployment:
    """What runs, in a folder. ``base`` is the topology whose sample files configure it."""

    def __init__(self, folder: Path, base: str = "designate-23.yaml") -> None:
        self.folder = folder
        self.topology = variant.write(folder, base)
        self.values = folder / "values.yaml"
        self.config = folder / "etc"
        logs = folder / "logs"
        for made in (logs, self.config, folder / "state"):
            made.mkdir(parents=True, exist_ok=True)
        self.programs = Programs(logs)
        self.instances = VALUES["zone of instances"]
        """The id of the zone of instances, once there is one."""
        self.write()

    def boot(self) -> None:
        """Start everything, and wait until all of it listens."""
        for address in (BALANCER, *SERVERS, DATABASE, QUEUE, LOCKS, *NAMESERVERS):
            run("ip", "address", "add", f"{address}/32", "dev", "lo")
        self._database()
        self._queue()
        self._locks()
        for n in (1, 2):
            self._nameserver(n)
        listening("database", DATABASE, 3306)
        listening("queue", QUEUE, 5672)
        listening("lock manager", LOCKS, 2181)
        pools = self._pools()
        manage = [str(BIN / "designate-manage"), "--config-file", self._file("central", 1)]
        run(*manage, "database", "sync")
        self.start("central", "mdns", "api", "producer")
        self._balancer()
        wait_until(
            "a central takes the pool", lambda: ran(*manage, "pool", "update", "--file", pools)
        )
        self.start("worker")  # it reads the pool once
        for address in SERVERS:
            listening("mdns", address, 5354)
            listening("api", address, 9001)
        listening("load balancer", BALANCER, 80)
        self._instances()

    def _instances(self) -> None:
        """Make the zone of instances, whose id sink's sample file asks for; then start sink."""

        def made() -> bool:
            _, zone = Client().zone(INSTANCES, "operator")
            self.instances = zone["id"] if zone else ""
            return zone is not None

        wait_until("a zone can be made", made)
        self.write()
        self.start("sink")

    def write(self, changed: Mapping[str, str] = MappingProxyType({})) -> None:
        """Write the sample files as a user would, once for each server of a service.

        ``changed`` are values of placeholders that are others than usual.
        """
        values = VALUES | {"folder": str(self.folder / "state")}
        values |= {"zone of instances": self.instances, **changed}
        for n, address in enumerate(SERVERS, 1):
            self.values.write_text(json.dumps(values | {"own address": address}))
            to = self.config / str(n)
            run(
                *(DIAGTOOL, "render", "-t", str(self.topology), "-o", str(to)),
                *("--values", str(self.values)),
            )
            for other in ("apache.conf", "nginx.conf"):
                (to / f"loadbalancer.{other}").unlink()
        self.values.write_text(json.dumps(values))

    def at_work(self, name: str) -> bool:
        """Whether a program is connected to the message queue."""
        seen = run("ss", "-Htnp", "state", "established", "dst", QUEUE)
        owners = {int(process) for process in re.findall(r"pid=(\d+)", seen)}
        return bool(owners & set(self.programs.ids(name)))

    def leave_out(self, name: str, *options: str) -> None:
        """Take options out of the sample files of a service."""
        for n in (1, 2, 3):
            file = Path(self._file(name, n))
            kept = (
                line
                for line in file.read_text().splitlines()
                if not line.startswith(tuple(f"{option} " for option in options))
            )
            file.write_text("\n".join(kept) + "\n")

    def _file(self, name: str, n: int) -> str:
        return str(self.config / str(n) / f"designate-{name}.conf")

    def start(self, *names: str) -> None:
        """Start all servers of services, with the sample files as they are now."""
        for name in names:
            for n in (1, 2, 3):
                self._service(name, n)

    def _service(self, name: str, n: int) -> None:
        service = f"designate-{name}"
        env = {}
        if name == "api":
            # Its own command serves nothing in 23.0.0; it reads this name, in a folder.
            folder = self.config / f"{service}-{n}"
            folder.mkdir(exist_ok=True)
            shutil.copy(self._file(name, n), folder / "designate.conf")
            shutil.copy(Path(sys.prefix) / "etc/designate/api-paste.ini", folder)
            env = {"OS_DESIGNATE_CONFIG_DIR": str(folder)}
            command = [str(BIN / "gunicorn"), "--bind", f"{SERVERS[n - 1]}:9001", "--threads", "8"]
            command += ["--log-level", "warning", "designate.wsgi.api:application"]
        else:
            command = [str(BIN / service), "--config-file", self._file(name, n)]
        self.programs.start(f"{service}-{n}", command, env)

    def _database(self) -> None:
        data = self.folder / "mariadb"
        run(
            *("mariadb-install-db", "--no-defaults", "--user=root", f"--datadir={data}"),
            *("--auth-root-authentication-method=normal", "--skip-test-db"),
        )
        first = self.folder / "first.sql"
        first.write_text(
            f"CREATE DATABASE IF NOT EXISTS designate CHARACTER SET utf8;\n"
            f"GRANT ALL ON designate.* TO designate@'%'"
            f" IDENTIFIED BY '{VALUES['database password']}';\n"
        )
        command = ["mariadbd", "--no-defaults", "--user=root", f"--datadir={data}"]
        command += [f"--socket={self.folder}/mariadb.sock", f"--bind-address={DATABASE}"]
        command += [f"--init-file={first}", "--skip-name-resolve", "--max-connections=500"]
        self.programs.start("db_servers", command)

    def _queue(self) -> None:
        home = self.folder / "rabbitmq"
        home.mkdir(exist_ok=True)
        config = home / "rabbitmq.conf"
        config.write_text(
            f"listeners.tcp.1 = {QUEUE}:5672\n"
            f"default_user = {VALUES['queue user']}\ndefault_pass = {VALUES['queue password']}\n"
            "loopback_users = none\n"
        )
        (home / "plugins").write_text("[].")
        env = {
            "HOME": str(home),
            "RABBITMQ_NODENAME": "rabbit@localhost",
            "RABBITMQ_MNESIA_BASE": str(home),
            "RABBITMQ_LOG_BASE": str(home),
            "RABBITMQ_CONFIG_FILE": str(config),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "plugins"),
        }
        self.programs.start("amqp_servers", ["/usr/lib/rabbitmq/bin/rabbitmq-server"], env)

    def _locks(self) -> None:
        config = self.folder / "zoo.cfg"
        config.write_text(
            f"dataDir={self.folder}/zookeeper\nclientPort=2181\nclientPortAddress={LOCKS}\n"
            "tickTime=2000\nmaxClientCnxns=0\nadmin.enableServer=false\n"
        )
        command = ["java", "-Xmx256m", "-cp", "/usr/share/java/zookeeper.jar"]
        command += ["org.apache.zookeeper.server.quorum.QuorumPeerMain", str(config)]
        self.programs.start("dlm_servers", command)

    def _nameserver(self, n: int) -> None:
        address = NAMESERVERS[n - 1]
        home = self.folder / f"bind{n}"
        home.mkdir(exist_ok=True)
        key = 'key "rehearsal" { algorithm hmac-sha256; secret "cmVoZWFyc2FsLXJlaGVhcnNhbA=="; };\n'
        (self.folder / "rndc.conf").write_text(key + 'options { default-key "rehearsal"; };\n')
        (home / "named.conf").write_text(
            f'{key}options {{ directory "{home}"; pid-file "{home}/named.pid";'
            f' session-keyfile "{home}/session.key";'
            f" listen-on {{ {address}; }}; listen-on-v6 {{ none; }}; recursion no;"
            f" allow-new-zones yes; allow-notify {{ any; }}; notify no; dnssec-validation no; }};\n"
            f'controls {{ inet {address} allow {{ any; }} keys {{ "rehearsal"; }}; }};\n'
        )
        command = ["named", "-g", "-n", "1", "-c", str(home / "named.conf")]
        self.programs.start(f"dns_servers-{n}", command)

    def _pools(self) -> str:
        file = self.folder / "pools.yaml"
        masters = [{"host": address, "port": 5354} for address in SERVERS]
        pool = {
            "name": "default",
            "description": "the rehearsal",
            "attributes": {},
            "ns_records": [{"hostname": "ns1.example.org.", "priority": 1}],
            "nameservers": [{"host": address, "port": 53} for address in NAMESERVERS],
            "targets": [
                {
                    "type": "bind9",
                    "masters": masters,
                    "options": {
                        "host": address,
                        "port": 53,
                        "rndc_host": address,
                        "rndc_port": 953,
                        "rndc_config_file": str(self.folder / "rndc.conf"),
                    },
                }
                for address in NAMESERVERS
            ],
        }
        file.write_text(json.dumps([pool]))
        return str(file)

    def _balancer(self) -> None:
        settings = self.folder / "haproxy-global.cfg"
        settings.write_text("global\n    maxconn 500\n")
        sample = self.config / "1" / "loadbalancer.haproxy.cfg"
        command = ["haproxy", "-db", "-f", str(settings), "-f", str(sample)]
        self.programs.start("loadbalancer", command)


def listening(what: str, address: str, port: int) -> None:
    """Wait until something listens."""

    def holds() -> bool:
        with socket.socket() as tried:
            tried.settimeout(1)
            return tried.connect_ex((address, port)) == 0

    wait_until(f"the {what} listens at {address}:{port}", holds)
