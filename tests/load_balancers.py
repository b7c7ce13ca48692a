"""Real load balancers with the config that is made for them, on loopback addresses."""

from __future__ import annotations

import http.client
import json
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from diagtool import load
from diagtool.config import balancers
from diagtool.model import Topology

Tool = Callable[..., str]
HERE = Path(__file__).parent

APACHE_MODULES = (
    "authz_core",
    "headers",
    "lbmethod_byrequests",
    "mpm_event",
    "proxy",
    "proxy_balancer",
    "proxy_hcheck",
    "proxy_http",
    "slotmem_shm",
    "socache_shmcb",
    "ssl",
    "unixd",
    "watchdog",
)
APACHE_FOLDERS = ("/usr/lib/apache2/modules", "/usr/lib64/httpd/modules", "/usr/lib/httpd/modules")
"""Where Debian, Fedora and Arch keep them."""


# --- what to run ----------------------------------------------------------------------


def topology(
    folder: Path,
    *,
    port: int,
    listen: int,
    replicas: int = 3,
    tls: bool = False,
    headers: str | None = None,
    prefix: str = "",
    id: str = "web",
    health: str = "/health",
    more: str = "",
) -> Topology:
    """A service behind a load balancer."""
    said = f", headers: {headers}" if headers else ""
    under = f", prefix: {prefix}" if prefix else ""
    file = folder / "topology.yaml"
    file.write_text(
        f"""\
format: 1
name: Test bed
components:
  proxy:
    front: true
    balancing: {{address: proxy.example.org, port: {port}, tls: {str(tls).lower()}{said}}}
services:
  {id}:
    server: Server
    replicas: {replicas}
    connections: [from: proxy]
    listen: {{port: {listen}, health: {health}{under}}}
{more}"""
    )
    return load(file)


def addresses(topology: Topology) -> dict[str, str]:
    """A loopback address for each server, all of which can thus listen at one port."""
    names = [name for name in balancers.placeholders(topology) if name != balancers.CERTIFICATE]
    return {name: f"127.0.{n // 200}.{n % 200 + 10}" for n, name in enumerate(names)}


def config(topology: Topology, program: str, values: Mapping[str, str]) -> str:
    """What is made for a program, filled."""
    (balancer,) = balancers.balancers(topology, values)
    return balancers.config(topology, balancer, program)


def certificate(tool: Tool, folder: Path) -> Path:
    """A file with a certificate for the loopback address, and its key."""
    file = folder / "certificate.pem"
    command = [tool("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    command += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(command, capture_output=True, check=True)
    file.write_text((folder / "cert.pem").read_text() + (folder / "key.pem").read_text())
    return file


def free_port(hosts: Sequence[str] = ("127.0.0.1",)) -> int:
    """A port that nobody listens at on any of the hosts."""
    for _ in range(100):
        with ExitStack() as stack:
            first = stack.enter_context(closing(socket.socket()))
            first.bind(("", 0))
            port: int = first.getsockname()[1]
        with ExitStack() as stack, suppress(OSError):
            for host in hosts:
                stack.enter_context(closing(socket.socket())).bind((host, port))
            return port
    raise OSError("no port is free on all addresses")


# --- programs -------------------------------------------------------------------------


def commands(tool: Tool, program: str, text: str, folder: Path) -> tuple[list[str], list[str]]:
    """The commands that check a config and that run it in the foreground.

    What a machine's main config says beside it, it says here: only where files go.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / f"made{balancers.get(program).SUFFIX}"
    made.write_text(text)
    main = folder / "main.conf"
    root = os.geteuid() == 0
    if program == "haproxy":
        command = [tool("haproxy", "/usr/sbin/haproxy"), "-f", str(made)]
        return [*command, "-c"], [*command, "-db"]
    if program == "nginx":
        temporary = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        main.write_text(
            ("user root;\n" if root else "")
            + f"daemon off;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\n"
            "worker_processes 2;\nevents {}\nhttp {\naccess_log off;\n"
            + "".join(f"{name}_temp_path {folder}/{name};\n" for name in temporary)
            + f"include {made};\n}}\n"
        )
        command = [tool("nginx", "/usr/sbin/nginx"), "-p", str(folder), "-c", str(main)]
        return [*command, "-t"], command
    apache = tool("apache2", "httpd", "/usr/sbin/apache2")
    compiled = subprocess.run([apache, "-l"], capture_output=True, text=True, check=True).stdout
    modules = next(path for path in map(Path, APACHE_FOLDERS) if path.is_dir())
    main.write_text(
        f'ServerRoot "{folder}"\nServerName localhost\nDefaultRuntimeDir "{folder}"\n'
        f'PidFile "{folder}/httpd.pid"\nErrorLog "{folder}/error.log"\n'
        f'Mutex "file:{folder}"\n'
        + "".join(
            f"LoadModule {name}_module {modules}/mod_{name}.so\n"
            for name in APACHE_MODULES
            if f"mod_{name}.c" not in compiled and f" {name}.c" not in compiled
        )
        + ("User daemon\nGroup daemon\n" if root else "")
        + f'Include "{made}"\n'
    )
    command = [apache, "-f", str(main)]
    return [*command, "-t"], [*command, "-D", "FOREGROUND"]


@contextmanager
def running(
    command: Sequence[str], host: str, port: int, env: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A program that listens at a port, and is gone with its children afterwards."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env)
    try:
        wait(lambda: process.poll() is not None or is_open(host, port))
        if process.poll() is not None:
            assert process.stdout is not None
            raise AssertionError(process.stdout.read().decode())
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert process.stdout is not None
        process.stdout.close()


def echo(host: str, port: int) -> list[str]:
    """The command for a server that tells what it was sent."""
    return [sys.executable, str(HERE / "echo_server.py"), host, str(port)]


def is_open(host: str, port: int) -> bool:
    """Whether anybody listens there."""
    with suppress(OSError), closing(socket.create_connection((host, port), timeout=1)):
        return True
    return False


def wait(reached: Callable[[], bool], seconds: float = 30) -> None:
    """Until something holds."""
    end = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > end:
            raise AssertionError(f"not reached within {seconds} seconds")
        time.sleep(0.05)


def ask(
    port: int,
    target: str = "/",
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    trusted: Path | None = None,
    host: str = "127.0.0.1",
    body: bytes = b"{}",
) -> tuple[int, bytes]:
    """The status and content of an answer; over TLS where a certificate is ``trusted``."""
    if trusted:
        context = ssl.create_default_context(cafile=str(trusted))
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, port, timeout=20, context=context
        )
    else:
        connection = http.client.HTTPConnection(host, port, timeout=20)
    with closing(connection):
        sent = body if method in ("POST", "PUT", "PATCH") else None
        connection.request(method, target, sent, dict(headers or {}))
        answer = connection.getresponse()
        return answer.status, answer.read()


def told(answer: tuple[int, bytes]) -> dict[str, Any]:
    """What an echo server was sent."""
    status, content = answer
    assert status == 200, (status, content)
    said: dict[str, Any] = json.loads(content)
    return said
