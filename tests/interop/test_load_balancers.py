"""The config of load balancers, in the programs that it is for: they take it, and do as it says."""

from __future__ import annotations

import itertools
import socket
import ssl
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import load_balancers as real
import pytest

from diagtool.config import balancers
from diagtool.model import Topology

pytestmark = pytest.mark.interop

HTTP = [name for name in balancers.names() if name != "nginx_stream"]
PROGRAMS = pytest.mark.parametrize("program", HTTP)
Tool = Callable[..., str]

FAMILY = ("By", "For", "Host", "Port", "Prefix", "Proto", "Protocol", "Scheme", "Server", "Ssl")
EVIL = {"Forwarded": "for=6.6.6.6;host=evil;proto=evil"} | {
    f"X{first}Forwarded{second}{name}": "6.6.6.6, evil"
    for name in FAMILY
    for first in "-_"
    for second in "-_"
}
"""What a client may make up; a server may take the underscores for hyphens."""


@pytest.fixture(scope="module")
def certificate(tool: Tool, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return real.certificate(tool, tmp_path_factory.mktemp("tls"))


def check(tool: Tool, program: str, text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command, _ = real.commands(tool, program, text, folder)
    return subprocess.run(command, capture_output=True, text=True, check=False)


GRID = list(
    itertools.product(
        (1, 2, 7, 200),
        (False, True),
        ("none", "host", "forwarded"),
        ("", "/dns", "/a.b/c~d"),
    )
)


@PROGRAMS
def test_its_own_check_takes_every_config(
    tool: Tool, tmp_path: Path, certificate: Path, program: str
) -> None:
    for number, (replicas, tls, headers, prefix) in enumerate(GRID):
        topology = real.topology(
            tmp_path,
            port=8443,
            listen=9001,
            replicas=replicas,
            tls=tls,
            headers=headers,
            prefix=prefix,
        )
        values = real.addresses(topology) | {"certificate": str(certificate)}
        text = real.config(topology, program, values)
        assert text.count(":9001") == replicas
        checked = check(tool, program, text, tmp_path / str(number))
        said = checked.stdout + checked.stderr
        assert checked.returncode == 0, (replicas, tls, headers, prefix, said)
        assert "warn" not in said.lower(), (replicas, tls, headers, prefix, said)


@PROGRAMS
def test_its_own_check_would_refuse_a_mistake(tool: Tool, tmp_path: Path, program: str) -> None:
    topology = real.topology(tmp_path, port=8080, listen=9001)
    text = real.config(topology, program, real.addresses(topology))
    wrong = text.replace(":9001", ":port", 1)
    assert check(tool, program, wrong, tmp_path / "run").returncode


HOSTILE = r"""
  other:
    name: "x\" } ; # \\"
    server: "` $(id) ${PATH} %[src] </VirtualHost> } ;"
    connections: [from: proxy]
    listen: {port: 9002, prefix: /other, health: /h?a=b&c=d}
    snippets:
      a:
        relies_on: forwarded
        options: {"s ; } \\": {"a\\": "b\\"}}
    notes: [snippet: a]
"""


@PROGRAMS
@pytest.mark.parametrize("id", ["with_underscore-and-dash", "l" + "o" * 61 + "ng", "defaults"])
def test_ids_and_words_of_every_kind_do_no_harm(
    tool: Tool, tmp_path: Path, program: str, id: str
) -> None:
    topology = real.topology(
        tmp_path, port=8080, listen=9001, id=id, health="/h?a=b&c=~d", more=HOSTILE
    )
    text = real.config(topology, program, real.addresses(topology))
    checked = check(tool, program, text, tmp_path / "run")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert text.count(":9001") == 3


class Bed:
    """Servers behind a load balancer."""

    def __init__(self, tool: Tool, program: str, folder: Path, certificate: Path | None) -> None:
        self.tool, self.program, self.folder = tool, program, folder
        self.certificate = certificate
        self.stack = ExitStack()
        self.hosts: list[str] = []
        self.servers: dict[str, subprocess.Popen[bytes]] = {}
        self.listen = 0

    def start(self, *, headers: str | None = None, prefix: str = "", more: str = "") -> Topology:
        self.port = real.free_port()
        hosts = [f"127.0.0.{n}" for n in range(10, 20)]
        self.listen = real.free_port(hosts)
        topology = real.topology(
            self.folder,
            port=self.port,
            listen=self.listen,
            tls=self.certificate is not None,
            headers=headers,
            prefix=prefix,
            more=more.replace("9002", str(self.listen)),
        )
        values = real.addresses(topology)
        self.hosts = list(values.values())
        for host in self.hosts:
            self.serve(host)
        if self.certificate:
            values["certificate"] = str(self.certificate)
        text = real.config(topology, self.program, values)
        _, command = real.commands(self.tool, self.program, text, self.folder / "run")
        self.stack.enter_context(real.running(command, "127.0.0.1", self.port))
        return topology

    def serve(self, host: str) -> None:
        command = real.echo(host, self.listen)
        self.servers[host] = self.stack.enter_context(real.running(command, host, self.listen))

    def upgraded(self, protocol: str) -> bytes:
        """What comes of asking for another protocol: its first answer, else nothing."""
        connection: socket.socket = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        if self.certificate:
            context = ssl.create_default_context(cafile=str(self.certificate))
            connection = context.wrap_socket(connection, server_hostname="127.0.0.1")
        with closing(connection):
            connection.sendall(
                b"GET /chat HTTP/1.1\r\nHost: proxy.example.org\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                b"Upgrade: " + protocol.encode() + b"\r\n\r\n"
            )
            answer = connection.recv(4096)
            if not answer.startswith(b"HTTP/1.1 101"):
                return b""
            connection.sendall(b"hello")
            return connection.recv(4096)

    def ask(self, target: str = "/", **how: object) -> tuple[int, bytes]:
        return real.ask(self.port, target, trusted=self.certificate, **how)  # type: ignore[arg-type]


@pytest.fixture(params=[False, True], ids=["http", "https"])
def bed(
    request: pytest.FixtureRequest, tool: Tool, tmp_path: Path, certificate: Path, program: str
) -> Iterator[Bed]:
    bed = Bed(tool, program, tmp_path, certificate if request.param else None)
    with bed.stack:
        yield bed


@PROGRAMS
@pytest.mark.parametrize("prefix", ["", "/dns", "/a.b/c~d"])
@pytest.mark.parametrize("headers", ["host", "forwarded"])
def test_servers_are_told_what_the_client_asked_for(bed: Bed, headers: str, prefix: str) -> None:
    bed.start(headers=headers, prefix=prefix)
    answer = bed.ask(f"{prefix}/v2/zones?a=%2Fb&c", headers=EVIL)
    said = real.told(answer)
    got = dict(said["headers"])
    assert said["target"] == "/v2/zones?a=%2Fb&c"
    assert got["host"] == f"127.0.0.1:{bed.port}"
    if headers == "forwarded":
        assert got["x-forwarded-for"] == "127.0.0.1"
        assert got["x-forwarded-proto"] == ("https" if bed.certificate else "http")
        assert got["x-forwarded-host"] == f"127.0.0.1:{bed.port}"
        assert got["x-forwarded-port"] == str(bed.port)
        assert got.get("x-forwarded-prefix", "") == prefix
        assert not [pair for pair in said["headers"] if "evil" in pair[1] or "6.6" in pair[1]]
        assert "forwarded" not in got
    if prefix:
        assert real.told(bed.ask(prefix))["target"] == "/"
        nowhere = 503 if bed.program == "haproxy" else 404
        assert bed.ask(f"{prefix}x/v2")[0] == nowhere
        assert bed.ask(f"{prefix.replace('.', 'x')}/" if "." in prefix else "/")[0] == nowhere


ENCODED = {
    ("haproxy", ""): "/a%2Fb",
    ("haproxy", "/dns"): "/a%2Fb",
    ("apache", ""): None,
    ("apache", "/dns"): None,
    ("nginx", ""): "/a%2Fb",
    ("nginx", "/dns"): "/a/b",
}
"""What a server is asked for where a client asks for ``/a%2Fb``; None where it is not at all."""


@PROGRAMS
@pytest.mark.parametrize("prefix", ["", "/dns"])
def test_an_encoded_slash_is_one_of_the_differences(bed: Bed, prefix: str) -> None:
    bed.start(prefix=prefix)
    answer = bed.ask(f"{prefix}/a%2Fb")
    wanted = ENCODED[bed.program, prefix]
    if wanted is None:
        assert answer[0] == 404
    else:
        assert real.told(answer)["target"] == wanted


@PROGRAMS
def test_a_client_cannot_take_back_what_a_server_is_told(bed: Bed) -> None:
    bed.start(headers="forwarded", prefix="/dns")
    # A proxy takes out what this header names, as that is meant for it alone.
    names = "x-forwarded-for, X-Forwarded-Proto, x-forwarded-host, X-Forwarded-Port"
    connection = {"Connection": f"close, {names}, X-Forwarded-Prefix"}
    got = dict(real.told(bed.ask("/dns/", headers=connection))["headers"])
    assert got["x-forwarded-for"] == "127.0.0.1"
    assert got["x-forwarded-proto"] == ("https" if bed.certificate else "http")
    assert got["x-forwarded-host"] == f"127.0.0.1:{bed.port}"
    assert got["x-forwarded-port"] == str(bed.port)
    assert got["x-forwarded-prefix"] == "/dns"


@PROGRAMS
def test_requests_are_spread_over_all_servers(bed: Bed) -> None:
    bed.start()
    counted = Counter(real.told(bed.ask())["server"] for _ in range(60))
    assert set(counted) == set(bed.hosts)
    assert min(counted.values()) >= 15


SECOND = """
  other:
    connections: [from: proxy]
    replicas: 2
    listen: {port: 9002, prefix: /other}
"""


@PROGRAMS
def test_each_service_has_its_own_servers(bed: Bed) -> None:
    bed.start(more=SECOND)
    first, second = set(bed.hosts[2:]), set(bed.hosts[:2])
    assert {real.told(bed.ask("/other/x"))["server"] for _ in range(12)} == second
    assert {real.told(bed.ask("/otherwise"))["server"] for _ in range(12)} == first


@PROGRAMS
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "POST", "PATCH"])
def test_what_must_not_come_twice_is_sent_once(bed: Bed, method: str) -> None:
    bed.start()
    assert bed.ask("/drop", method=method)[0] in (502, 503, 504)
    counted = [real.told(real.ask(bed.listen, host=host))["dropped"] for host in bed.hosts]
    if method in ("POST", "PATCH") or bed.program == "apache":
        assert sum(counted) == 1
    else:
        assert sum(counted) > 1


@PROGRAMS
def test_no_request_is_lost_when_a_server_is_killed_and_it_is_used_again(bed: Bed) -> None:
    bed.start()
    victim = bed.hosts[1]
    stop = threading.Event()
    results: list[tuple[float, float, str, int]] = []

    def load(method: str) -> None:
        while not stop.is_set():
            begun = time.monotonic()
            try:
                status = bed.ask("/slow", method=method)[0]
            except OSError:
                status = 0
            results.append((begun, time.monotonic(), method, status))

    threads = [threading.Thread(target=load, args=(m,)) for m in ("GET", "PUT", "POST") * 3]
    for thread in threads:
        thread.start()
    time.sleep(1)
    killed = time.monotonic()
    bed.servers[victim].kill()
    bed.servers[victim].wait()
    gone = time.monotonic()
    time.sleep(3)
    stop.set()
    for thread in threads:
        thread.join()

    assert len([r for r in results if r[0] > gone]) > 100
    failed = [result for result in results if result[3] != 200]
    # What the server had when it was killed may be lost, if it must not come twice; Apache
    # sends nothing twice that it has sent.
    for begun, ended, method, status in failed:
        assert begun <= gone and ended >= killed, (method, status)
        assert method == "POST" or bed.program == "apache", (method, status)
    assert len(failed) <= len(threads)

    assert victim not in {real.told(bed.ask())["server"] for _ in range(12)}
    bed.serve(victim)
    real.wait(lambda: real.told(bed.ask())["server"] == victim, 40)


@PROGRAMS
def test_how_large_a_request_may_be_is_up_to_the_servers(bed: Bed) -> None:
    bed.start()
    said = real.told(bed.ask("/image", method="POST", body=bytes(3_000_000)))
    assert said["body"] == 3_000_000


@PROGRAMS
def test_a_connection_becomes_a_websocket_and_nothing_else(bed: Bed) -> None:
    bed.start(prefix="/chat")
    assert bed.upgraded("websocket") == bed.upgraded("WebSocket") == b"hello"
    assert bed.upgraded("h2c") == b""


@PROGRAMS
def test_it_listens_by_ipv6_as_well(bed: Bed) -> None:
    if not socket.has_ipv6 or not Path("/proc/net/if_inet6").exists():
        pytest.skip("this machine has no IPv6")
    bed.start()
    assert real.is_open("127.0.0.1", bed.port)
    assert real.is_open("::1", bed.port)


@PROGRAMS
def test_a_name_that_cannot_be_looked_up(tool: Tool, tmp_path: Path, program: str) -> None:
    """The page says who starts all the same."""
    host, listen, port = "127.0.0.10", real.free_port(["127.0.0.10"]), real.free_port()
    topology = real.topology(tmp_path, port=port, listen=listen, replicas=2)
    first, second = real.addresses(topology)
    text = real.config(topology, program, {first: host, second: "no-such-host.invalid"})
    _, command = real.commands(tool, program, text, tmp_path / "run")
    with real.running(real.echo(host, listen), host, listen), ExitStack() as stack:
        if program == "nginx":
            with pytest.raises(AssertionError, match="host not found in upstream"):
                stack.enter_context(real.running(command, "127.0.0.1", port))
        else:
            stack.enter_context(real.running(command, "127.0.0.1", port))
            # Apache needs to have asked the other one for its health before it passes it over.
            real.wait(lambda: [real.ask(port)[0] for _ in range(4)] == [200] * 4)
