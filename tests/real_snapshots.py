"""Makes the snapshots in ``tests/data/snapshots`` anew that real programs make.

``python tests/real_snapshots.py`` needs root on Debian, with haproxy, nginx, apache2-bin,
postgresql, rabbitmq-server, iproute2, systemd and dbus; for containers docker.io and
busybox-static; and for what is of no host ``ansible-inventory``, ``docker-compose`` (2 or later),
``kubectl`` and ``prometheus``. A kind whose program is missing stays as it is. With names of kinds
(``hosts`` stands for all that need a network), only these are made.

Hosts are namespaces with a network between them. On them run PostgreSQL, RabbitMQ, a load balancer
and two services, which are scripts that open the connections that they are said to open; then
``diagtool collect`` looks at each host. Where it looks at units or containers, each host is a copy
of this machine, with a systemd or Docker of its own.
"""

from __future__ import annotations

import http.client
import os
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

DATA = Path(__file__).parent / "data" / "snapshots"
LIBRARY = DATA / "library.yaml"
HOSTS = {"data": "192.0.2.31", "app1": "192.0.2.21", "app2": "192.0.2.22", "lb": "192.0.2.10"}
"""In the order in which they start."""

CLIENT = "192.0.2.99"

SERVICE = '''\
#!/usr/bin/python3
"""A service of a library: copies of it serve, and all have a store and a queue open."""
import http.server, os, socket, struct, time

STORE, QUEUE = ("192.0.2.31", 5432), ("192.0.2.31", 5672)


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "3")
        self.end_headers()
        self.wfile.write(b"ok\\n")


def connect():
    store = socket.create_connection(STORE)
    text = b"user\\0library\\0database\\0library\\0\\0"
    store.sendall(struct.pack("!II", len(text) + 8, 196608) + text)
    store.recv(4096)
    queue = socket.create_connection(QUEUE)
    queue.sendall(b"AMQP\\0\\0\\x09\\x01")
    return store, queue, queue.recv(4096)


if WORKERS:
    server = http.server.ThreadingHTTPServer(("0.0.0.0", 8080), Answer)
    for _ in range(WORKERS):
        if not os.fork():
            opened = connect()
            server.serve_forever()
else:
    opened = connect()
time.sleep(1000)
'''

CONFIG = """\
# How many do the work.
[server]
#workers = 1
workers = 4
page_size = 50

[database]
url = postgresql://library:pa55-of-the-store@192.0.2.31/library

[queue]
# url = amqp://guest:guest@localhost/
url = amqp://library:pa55-of-the-queue@192.0.2.31:5672/
"""

HAPROXY = """\
global
    log /dev/log local0

defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s

frontend library
    bind :80
    default_backend catalogue

backend catalogue
    balance roundrobin
    default-server pool-purge-delay 10m
    option httpchk GET /health
    server app1 192.0.2.21:8080 check
    server app2 192.0.2.22:8080 check

listen stats
    bind 127.0.0.1:8404
    stats enable
"""

NGINX = """\
user www-data;
events { worker_connections 768; }
http {
    include /etc/nginx/sites-enabled/*;
}
"""
NGINX_SITE = """\
# The catalogue of the library.
upstream catalogue {
    least_conn;
    server 192.0.2.21:8080 max_fails=2;
    server 192.0.2.22:8080 max_fails=2;
    keepalive 16;
}

server {
    listen 80;
    server_name library.example.org;
    location / {
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_pass http://catalogue;
    }
}
"""

APACHE = """\
ServerName library.example.org
Listen 80
User www-data
Group www-data
PidFile /run/apache2.pid
ErrorLog /run/apache2.log
LoadModule mpm_event_module modules/mod_mpm_event.so
LoadModule authz_core_module modules/mod_authz_core.so
LoadModule proxy_module modules/mod_proxy.so
LoadModule proxy_http_module modules/mod_proxy_http.so
LoadModule proxy_balancer_module modules/mod_proxy_balancer.so
LoadModule lbmethod_byrequests_module modules/mod_lbmethod_byrequests.so
LoadModule slotmem_shm_module modules/mod_slotmem_shm.so
IncludeOptional /etc/apache2/sites-enabled/*.conf
"""
APACHE_SITE = """\
<Proxy "balancer://catalogue">
    BalancerMember "http://192.0.2.21:8080" retry=10
    BalancerMember "http://192.0.2.22:8080" retry=10
    ProxySet lbmethod=byrequests
</Proxy>

<VirtualHost *:80>
    ServerName library.example.org
    ProxyPass "/" "balancer://catalogue/"
</VirtualHost>
"""

BALANCERS = {
    "hosts": (
        "haproxy -W -f /etc/haproxy/haproxy.cfg",
        {"/etc/haproxy/haproxy.cfg": HAPROXY},
    ),
    "nginx": (
        "nginx -g 'daemon off;'",
        {"/etc/nginx/nginx.conf": NGINX, "/etc/nginx/sites-enabled/library": NGINX_SITE},
    ),
    "apache": (
        "apache2 -D FOREGROUND -d /usr/lib/apache2 -f /etc/apache2/apache2.conf",
        {
            "/etc/apache2/apache2.conf": APACHE,
            "/etc/apache2/sites-enabled/library.conf": APACHE_SITE,
        },
    ),
}

INVENTORY = """\
[gateway]
lb ansible_host=192.0.2.10

[catalogue]
app1 ansible_host=192.0.2.21 ansible_become_password=pa55-inventory
app2 ansible_host=192.0.2.22

[lender]
app1
app2

[store]
data ansible_host=192.0.2.31

[queue]
data

[apps:children]
catalogue
lender
"""

COMPOSE = """\
services:
  gateway:
    image: haproxy:3.2
    depends_on: [catalogue]
    ports: ["80:80"]
  catalogue:
    image: registry.example.org/library/catalogue:2.1
    command: --config-file /etc/catalogue.conf
    configs: [{source: catalogue, target: /etc/catalogue.conf}]
    depends_on:
      store: {condition: service_healthy}
      queue: {condition: service_started}
    deploy: {replicas: 2}
    ports: ["8080"]
    environment:
      STORE_URL: postgresql://library:pa55-compose@store/library
      STORE_PASSWORD: pa55-compose
  lender:
    image: registry.example.org/library/lender:2.1
    depends_on: [store, queue]
    deploy: {replicas: 2}
  store: {image: "postgres:17"}
  queue: {image: "rabbitmq:4"}
configs:
  catalogue:
    content: |
      [server]
      workers = 4
      page_size = 50

      [database]
      url = postgresql://library:pa55-compose@store/library

      [queue]
      url = amqp://library:pa55-compose@queue:5672/
"""


UNITS = {
    "lb": ("haproxy",),
    "app1": ("catalogue", "lender"),
    "app2": ("catalogue", "lender"),
    "data": ("postgresql@*", "rabbitmq-server"),
}
UNIT = """\
[Unit]
Description={name} of the library
[Service]
ExecStart=/bin/sleep 1000
"""
LOOK = """\
[Unit]
After={units}
Wants={units}
[Service]
Type=oneshot
ExecStart={command}
ExecStopPost=/bin/systemctl exit 0
"""

CONTAINERS = {
    "lb": {"gateway": "haproxy:3.2"},
    "app1": {name: f"registry.example.org/library/{name}:2.1" for name in ("catalogue", "lender")},
    "app2": {name: f"registry.example.org/library/{name}:2.1" for name in ("catalogue", "lender")},
    "data": {"store": "postgres:17", "queue": "rabbitmq:4"},
}

COPY = """\
set -e
mount --make-rprivate /
mount -t tmpfs tmpfs /mnt
mkdir /mnt/up /mnt/work /mnt/root
mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/up,workdir=/mnt/work /mnt/root
cd /mnt/root
mkdir -p "/mnt/root$1"
for each in /dev /sys "$1"; do mount --rbind "$each" "/mnt/root$each"; done
mount -t proc proc proc
mount -t tmpfs tmpfs run
pivot_root . mnt
umount -l /mnt
shift
exec "$@"
"""
"""Runs a command in a copy of this machine, of which only a folder is the same."""


def main(kinds: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        out = Path(folder) / "out"
        objects = (DATA / "kubernetes" / "objects.json").read_text()
        makers: dict[str, Callable[[], None]] = {
            "hosts": partial(_network, folder),
            "units": partial(_copies, folder, "units", "systemd-notify"),
            "containers": partial(_copies, folder, "containers", "dockerd"),
            "prometheus": partial(_queried, out),
        }
        for kind, name, text, command in (
            ("ansible", "inventory.json", INVENTORY, "ansible-inventory -i {} --list"),
            ("compose", "compose.yaml", COMPOSE, "docker-compose -p library -f {} config"),
            (
                "kubectl",
                "objects.yaml",
                objects,
                "kubectl annotate --local -f {} kept=here -o yaml",
            ),
        ):
            makers[kind] = partial(_printed, out, kind, name, text, *command.split())
        for kind in kinds or makers:
            makers[kind]()
        for made in out.iterdir():
            shutil.rmtree(DATA / made.name, ignore_errors=True)
            shutil.copytree(made, DATA / made.name)
            print(f"{made.name}: made anew")


def _network(folder: str) -> None:
    inside = ("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
    subprocess.run([*inside, sys.executable, __file__, "network", folder], check=True)


def _copies(folder: str, kind: str, program: str) -> None:
    """Of each host only the list of a kind, from a copy of this machine."""
    for name in HOSTS if shutil.which(program) else ():
        command = ["unshare", "--mount", "--pid", "--net", "--uts", "--cgroup", "--fork"]
        command += ["--kill-child", "sh", "-c", COPY, "sh", folder, sys.executable, __file__]
        subprocess.run([*command, kind, folder, name], check=True)
        for path in Path(folder, "out", kind, name).iterdir():
            if path.name != f"{kind}.txt":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    Path(folder, "out", kind, "snapshot.json").unlink(missing_ok=True)


def _queried(out: Path) -> None:
    """What Prometheus answers that has read the metrics of a collector."""
    if not shutil.which("prometheus"):
        return
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(DATA / "servicegraph" / "metrics.txt", folder)
        serve = [sys.executable, "-m", "http.server", "9464", "--bind", "127.0.0.1", "-d", folder]
        config = Path(folder, "prometheus.yml")
        config.write_text(
            "scrape_configs:\n"
            "- {job_name: collector, scrape_interval: 1s, metrics_path: /metrics.txt,"
            " static_configs: [{targets: ['127.0.0.1:9464']}]}\n"
        )
        command = ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder}/data"]
        programs = [subprocess.Popen(each) for each in (serve, command)]
        url = "http://127.0.0.1:9090/api/v1/query?query=traces_service_graph_request_total"

        def query() -> bytes:
            with urllib.request.urlopen(url) as answer:
                text: bytes = answer.read()
            if b"catalogue" not in text:
                raise OSError("nothing was scraped yet")
            return text

        try:
            _until(query, url)
            (out / "prometheus").mkdir(parents=True)
            (out / "prometheus" / "query.json").write_bytes(query())
        finally:
            for program in programs:
                program.kill()
                program.wait()


def _printed(out: Path, kind: str, name: str, text: str, program: str, *arguments: str) -> None:
    """What a program prints of a file, whose name takes the place of braces."""
    if path := shutil.which(program):
        source = out.parent / f"{kind}.ini"
        source.write_text(text)
        command = [path, *(str(source) if each == "{}" else each for each in arguments)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        (out / kind).mkdir(parents=True)
        (out / kind / name).write_text(done.stdout)


# --- in namespaces --------------------------------------------------------------------------


def network(folder: Path) -> None:
    """Hosts on a bridge, all of which a client of the load balancer reaches."""
    _run("mount -t tmpfs tmpfs /run")
    _run(f"ip link add br0 type bridge; ip address add {CLIENT}/24 dev br0; ip link set br0 up")
    for name, address in HOSTS.items():
        _run(
            f"ip netns add {name}; ip link add {name} type veth peer name eth0 netns {name};"
            f"ip link set {name} master br0 up; ip -n {name} link set lo up;"
            f"ip -n {name} address add {address}/24 dev eth0; ip -n {name} link set eth0 up"
        )
        command = f"ip netns exec {name} unshare --pid --uts --mount --fork --kill-child"
        command = [*command.split(), "--mount-proc", sys.executable, __file__, "host", folder, name]
        subprocess.Popen(command)
        _wait(folder / f"{name}.ready")
    for kind in BALANCERS:
        (folder / f"{kind}.begin").touch()
        _wait(folder / f"lb.{kind}.up")
        clients = [http.client.HTTPConnection(HOSTS["lb"]) for _ in range(4)]
        for client in clients:
            client.request("GET", "/")
            assert client.getresponse().read() == b"ok\n", kind
        (folder / f"{kind}.served").touch()
        for name in HOSTS:
            _wait(folder / f"{name}.{kind}.done")


def host(folder: Path, name: str) -> None:
    """One of the hosts, with folders of its own."""
    socket.sethostname(name)
    for upper in ("/etc", "/opt", "/srv"):
        own = Path(f"/run/{name}{upper}")
        (own / "up").mkdir(parents=True)
        (own / "work").mkdir()
        _run(
            f"mount -t overlay overlay -o lowerdir={upper},upperdir={own}/up,workdir={own}/work"
            f" {upper}"
        )
    for balancer in ("haproxy", "nginx", "apache2"):
        shutil.rmtree(f"/etc/{balancer}", ignore_errors=True)
    _START.get(name, _apps)()
    (folder / f"{name}.ready").touch()
    for kind, (command, files) in BALANCERS.items():
        _wait(folder / f"{kind}.begin")
        if name == "lb":
            for path, text in files.items():
                _write(path, text)
            balancer = subprocess.Popen(["sh", "-c", f"exec {command}"])
            _reach("127.0.0.1", 80)
            time.sleep(1)
            (folder / f"{name}.{kind}.up").touch()
        _wait(folder / f"{kind}.served")
        subprocess.run(_collect(folder / "out" / kind), check=True)
        _without_us(folder / "out" / kind / name)
        (folder / f"{name}.{kind}.done").touch()
        if name == "lb":
            balancer.terminate()
            balancer.wait()
            for path in files:
                Path(path).unlink()
    time.sleep(1000)


def units(folder: Path, name: str) -> None:
    """One of the hosts, where systemd is the first process."""
    socket.sethostname(name)
    _write("/etc/tmpfiles.d/tmp.conf", "")  # what is in /tmp stays, and we may be in it
    _write("/etc/hostname", f"{name}\n")
    _write("/etc/hosts", f"127.0.0.1 localhost {name}\n")
    _write("/etc/haproxy/haproxy.cfg", HAPROXY)
    clusters = [path.parts[-2:] for path in sorted(Path("/etc/postgresql").glob("*/*"))]
    running = [unit.replace("*", "-".join(clusters[-1])) for unit in UNITS[name]]
    for unit in running:
        if name.startswith("app"):
            _write(f"/etc/systemd/system/{unit}.service", UNIT.format(name=unit.capitalize()))
    look = shlex.join(_collect(folder / "out" / "units"))
    listed = " ".join(f"{unit}.service" for unit in running)
    _write("/etc/systemd/system/look.service", LOOK.format(units=listed, command=look))
    if not Path("/sys/fs/cgroup/cgroup.controllers").exists():
        _run("mount -t tmpfs tmpfs /sys/fs/cgroup; mkdir /sys/fs/cgroup/systemd")
        _run("mount -t cgroup -o none,name=systemd cgroup /sys/fs/cgroup/systemd")
    command = ["systemd", "--system", "--unit=look.service"]
    os.execve("/lib/systemd/systemd", command, os.environ | {"container": "copy"})


def containers(folder: Path, name: str) -> None:
    """One of the hosts, with a Docker of its own, and images with nothing in them but a shell."""
    socket.sethostname(name)
    image = Path("/run/image")
    (image / "bin").mkdir(parents=True)
    shutil.copy("/bin/busybox", image / "bin" / "busybox")
    _run(f"tar -C {image} -cf {image}.tar .")
    options = "--data-root=/run/data --storage-driver=vfs --iptables=false --bridge=none"
    with Path("/run/docker.log").open("wb") as log:
        daemon = subprocess.Popen(["dockerd", *options.split()], stdout=log, stderr=log)
    _wait(Path("/run/docker.sock"))
    for service, tag in CONTAINERS[name].items():
        _run(f"docker import {image}.tar {tag}")
        run = f"docker run -d --name library-{service}-1 --network=none {tag}"
        _run(f"{run} /bin/busybox sleep 1000")
    subprocess.run(_collect(folder / "out" / "containers"), check=True)
    daemon.terminate()
    daemon.wait()


def _collect(out: Path) -> list[str]:
    return [
        sys.executable,
        "-m",
        "diagtool",
        "collect",
        "-t",
        str(LIBRARY),
        "--run",
        "-o",
        str(out),
    ]


def _nothing() -> None:
    """What has only a load balancer."""


def _data() -> None:
    store, queue = Path("/srv/store"), Path("/srv/queue")
    store.mkdir()
    queue.mkdir()
    (queue / "rabbitmq.conf").write_text("handshake_timeout = 600000\n")
    shutil.chown(store, "postgres", "postgres")
    bin = max(Path("/usr/lib/postgresql").glob("*/bin"))
    as_postgres = "setpriv --reuid postgres --regid postgres --clear-groups"
    _run(f"{as_postgres} {bin}/initdb -U library -A trust -D {store} >/dev/null")
    with (store / "pg_hba.conf").open("a") as rules:
        rules.write("host all all 192.0.2.0/24 trust\n")
    options = f"-D {store} -c listen_addresses=* -c unix_socket_directories={store}"
    subprocess.Popen(f"{as_postgres} {bin}/postgres {options}".split())
    _reach("127.0.0.1", 5432)
    _run(f"{bin}/createdb -h {store} -U library library")
    env = {"HOME": queue, "RABBITMQ_NODENAME": "rabbit@localhost"}
    env |= {"RABBITMQ_MNESIA_BASE": queue, "RABBITMQ_LOG_BASE": queue}
    env |= {"RABBITMQ_CONFIG_FILE": queue / "rabbitmq.conf"}
    rabbit = "/usr/lib/rabbitmq/bin/rabbitmq-server"
    subprocess.Popen([rabbit], env=os.environ | {key: str(value) for key, value in env.items()})
    _reach("127.0.0.1", 5672)


def _apps() -> None:
    for service, workers in (("catalogue", 2), ("lender", 0)):
        program = f"/opt/library/bin/{service}"
        _write(program, SERVICE.replace("WORKERS", str(workers)))
        Path(program).chmod(0o755)
        config = f"/etc/{service}/{service}.conf"
        text = CONFIG
        if not workers:
            text = "[lending]\ndays = 28\n" + text[text.index("\n[database]") :]
        _write(config, text)
        subprocess.Popen([program, "--config-file", config])
    _reach("127.0.0.1", 8080)
    time.sleep(1)


def _without_us(folder: Path) -> None:
    """Leaves out what no snapshot of a real host would have: this script, and our own record."""
    (folder / ".diagtool-files.json").unlink()
    processes = folder / "ps.txt"
    lines = processes.read_text().splitlines(keepends=True)
    processes.write_text("".join(line for line in lines if __file__ not in line))


_START = {"lb": _nothing, "data": _data}


def _write(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text)


def _run(command: str) -> None:
    subprocess.run(["sh", "-ec", command], check=True)


def _reach(address: str, port: int) -> None:
    _until(lambda: socket.create_connection((address, port), 1).close(), f"{address}:{port}")


def _wait(path: Path) -> None:
    _until(path.stat, str(path))


def _until(attempt: Callable[[], object], what: str) -> None:
    end = time.monotonic() + 90
    while True:
        try:
            attempt()
            return
        except OSError:
            if time.monotonic() > end:
                raise TimeoutError(what) from None
            time.sleep(0.2)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["network", folder]:
            network(Path(folder))
        case ["host", folder, name]:
            host(Path(folder), name)
        case ["units", folder, name]:
            units(Path(folder), name)
        case ["containers", folder, name]:
            containers(Path(folder), name)
        case kinds:
            main(kinds)
