"""Designate on one machine: three servers of each service, and what they need.

Its services are configured from the sample files that diagtool writes, and from nothing else.
"""

from __future__ import annotations

import json
import re
import shutil
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from rehearsal import variant
from rehearsal.addresses import BALANCER, DATABASE, LOCKS, NAMESERVERS, QUEUE, SERVERS, VALUES
from rehearsal.client import INSTANCES, Client
from rehearsal.processes import Programs, ran, run, wait_until

BIN = Path(sys.prefix) / "bin"
DIAGTOOL = str(BIN / "diagtool")

ALL = (1, 2, 3)
"""The servers of each service."""

PORTS = {"api": 9001, "mdns": 5354}
"""Where services listen; the others take their work from the message queue."""

SOONER = """
[producer_task:increment_serial]
interval = 2
"""
"""An option that Designate lists nowhere, and so no topology can state."""

NS_RECORDS = [{"hostname": "ns1.example.org.", "priority": 1}]


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
        run(*self._manage, "database", "sync")
        listening("queue", QUEUE, 5672)
        listening("lock manager", LOCKS, 2181)
        for name in ("central", "mdns", "api", "producer"):
            self.start(name)
        self._balancer()
        self.wait_for("central", (1,))
        self.pool(self._default_pool())
        self.start("worker")  # it reads the pool once
        self.wait_for("mdns")
        self.wait_for("api")
        listening("load balancer", BALANCER, 80)
        self._instances()

    def _instances(self) -> None:
        """Make the zone of instances, whose id sink's sample file asks for; then start sink."""

        def made() -> bool:
            client = Client()
            client.zone(INSTANCES, "operator")
            # It may have been made by an earlier try, of which the answer came too late.
            _, found = client.request("GET", f"/v2/zones?name={INSTANCES}")
            zones = found["zones"] if found else []
            self.instances = zones[0]["id"] if zones else ""
            return bool(zones)

        wait_until("a zone can be made", made)
        self.write()
        self.start("sink")

    def write(self) -> None:
        """Write the sample files as a user would, once for each server of a service."""
        values = VALUES | {"folder": str(self.folder / "state")}
        values |= {"zone of instances": self.instances}
        for n, address in enumerate(SERVERS, 1):
            self.values.write_text(json.dumps(values | {"own address": address}))
            to = self.config / str(n)
            run(
                *(DIAGTOOL, "render", "-t", str(self.topology), "-o", str(to)),
                *("--values", str(self.values)),
            )
            for other in ("apache.conf", "nginx.conf"):
                (to / f"loadbalancer.{other}").unlink()
            with Path(self._file("producer", n)).open("a") as producer:
                producer.write(SOONER)
        self.values.write_text(json.dumps(values))

    @contextmanager
    def edited(self, name: str, options: Mapping[str, str | None]) -> Iterator[None]:
        """Options in the sample files of a service have other values, or are gone where None.

        What a file does not have is added, as one without a section.
        """
        files = [Path(self._file(name, n)) for n in (1, 2, 3)]
        written = [file.read_text() for file in files]
        for file, text in zip(files, written, strict=True):
            for option, value in options.items():
                line = "" if value is None else f"{option} = {value}\n"
                text, count = re.subn(rf"^{option} = .*\n", line, text, flags=re.MULTILINE)
                if value and not count:
                    default = "[DEFAULT]\n"
                    count = text.count(default)
                    text = text.replace(default, default + line)
                if count != 1:
                    raise RuntimeError(f"{file} has {option} {count} times")
            file.write_text(text)
        try:
            yield
        finally:
            for file, text in zip(files, written, strict=True):
                file.write_text(text)

    def _file(self, name: str, n: int) -> str:
        return str(self.config / str(n) / f"designate-{name}.conf")

    def start(self, name: str, servers: Sequence[int] = ALL) -> None:
        """Start servers of a service, with the sample files as they are now."""
        for n in servers:
            self._service(name, n)

    def wait_for(self, name: str, servers: Sequence[int] = ALL) -> None:
        """Wait until servers of a service are at work."""
        name = name.removeprefix("designate-")
        for n in servers:
            if port := PORTS.get(name):
                listening(name, SERVERS[n - 1], port)
            else:
                server = f"designate-{name}-{n}"
                wait_until(f"{server} is at work", partial(self.is_on_queue, server))

    def is_on_queue(self, program: str) -> bool:
        """Whether a program has opened a connection to the message queue."""
        seen = run("ss", "-Htnp", "state", "established", "dst", QUEUE)
        owners = {int(process) for process in re.findall(r"pid=(\d+)", seen)}
        return bool(owners & set(self.programs.ids(program)))

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
        # It outlives each loss, and so need not wait for the disk.
        command += ["--innodb-flush-log-at-trx-commit=0", "--innodb-flush-method=nosync"]
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
        command = ["java", "-Xmx256m", "-XX:-UsePerfData", "-Dzookeeper.forceSync=no"]
        command += ["-cp", "/usr/share/java/zookeeper.jar"]
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
            f" transfer-source {address}; query-source address {address};"
            f" allow-new-zones yes; allow-notify {{ any; }}; notify no; dnssec-validation no; }};\n"
            f'controls {{ inet {address} allow {{ any; }} keys {{ "rehearsal"; }}; }};\n'
        )
        # Debian's profile for AppArmor lets the program where it is read no folder of ours.
        program = shutil.copy(shutil.which("named") or "", home / "named")
        command = [str(program), "-g", "-n", "1", "-c", str(home / "named.conf")]
        self.programs.start(f"dns_servers-{n}", command)

    @property
    def _manage(self) -> Sequence[str]:
        return [str(BIN / "designate-manage"), "--config-file", self._file("central", 1)]

    def pool(self, pool: Mapping[str, Any]) -> None:
        """Make a pool of name servers, or change it."""
        file = self.folder / "pools.yaml"
        file.write_text(json.dumps([{"attributes": {}, "ns_records": NS_RECORDS, **pool}]))
        update = [*self._manage, "pool", "update", "--file", str(file)]
        wait_until("a central takes the pool", lambda: ran(*update))

    def _default_pool(self) -> Mapping[str, Any]:
        masters = [{"host": address, "port": 5354} for address in SERVERS]
        return {
            "name": "default",
            "description": "the rehearsal",
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
