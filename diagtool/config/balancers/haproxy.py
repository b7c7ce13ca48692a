"""HAProxy."""

from __future__ import annotations

from collections.abc import Iterator

from diagtool.config.balancers import ANSWER, CHECK_EVERY, CHECKS, CONNECT, Balancer, Pool

TITLE = "HAProxy"
SUFFIX = ".haproxy.cfg"
LANGUAGE = "text"
SINCE = "2.4"
ADVICE = "The file is complete. Start HAProxy with it and a file of global settings, each after -f."


def takes(pool: Pool) -> bool:
    """It takes everything."""
    return True


def write(balancer: Balancer) -> str:
    """A frontend for each port, and a backend for each service."""
    lines: list[str] = []
    for port, pools in balancer.by_port.items():
        lines += [*_frontend(balancer, port, pools), ""]
    for pool in balancer.passed_on:
        lines += [*_passing(balancer, pool), ""]
    for pool in balancer.pools:
        lines += [*(_plain_backend(pool) if pool.passed_on else _backend(balancer, pool)), ""]
    del lines[-1]
    return "".join(f"{line}\n" for line in lines)


def _frontend(balancer: Balancer, port: int, pools: tuple[Pool, ...]) -> Iterator[str]:
    tls = f" ssl crt {balancer.certificate}" if balancer.balancing.tls else ""
    own = "" if port == balancer.balancing.port else f"-{port}"
    yield f"frontend {balancer.component.id}{own}"
    yield "    mode http"
    yield "    # IPv4 and IPv6; remove the second line on a machine without IPv6."
    yield f"    bind :{port}{tls}"
    yield f"    bind :::{port} v6only{tls}"
    yield f"    timeout client {ANSWER}s"
    yield f"    timeout http-request {ANSWER}s"
    yield "    # A connection can only be upgraded to a WebSocket."
    yield "    http-request del-header Upgrade unless { req.hdr(Upgrade) -i websocket }"
    if balancer.forwards:
        yield "    # Clients must not set these headers. Some servers read _ as -."
        yield "    http-request del-header ^(x[-_])?forwarded -m reg"
        yield "    http-request set-header X-Forwarded-For %[src]"
        yield f"    http-request set-header X-Forwarded-Proto {balancer.scheme}"
        yield "    http-request set-header X-Forwarded-Host %[req.hdr(Host)]"
        yield f"    http-request set-header X-Forwarded-Port {port}"
    for pool in pools:
        if pool.prefix:
            under = f"{{ path {pool.prefix} }} or {{ path_beg {pool.prefix}/ }}"
            yield f"    use_backend {pool.id} if {under}"
        else:
            yield f"    default_backend {pool.id}"


def _backend(balancer: Balancer, pool: Pool) -> Iterator[str]:
    yield f"backend {pool.id}"
    yield "    mode http"
    yield "    balance roundrobin"
    yield f"    timeout connect {CONNECT}s"
    yield f"    timeout server {ANSWER}s"
    yield f"    timeout queue {CONNECT}s"
    if pool.prefix:
        if balancer.forwards:
            yield f"    http-request set-header X-Forwarded-Prefix {pool.prefix}"
        yield rf"    http-request replace-path ^{pool.pattern}/?(.*) /\1"
    yield "    # A request that fails on one server goes to another one. Once it was sent, this is"
    yield "    # limited to methods that can safely be repeated and to bodies already received."
    yield "    option http-buffer-request"
    yield "    retries 3"
    yield "    option redispatch 1"
    yield "    retry-on conn-failure empty-response"
    yield "    http-request disable-l7-retry if ! { method GET HEAD OPTIONS PUT DELETE }"
    yield "    option httpchk"
    yield f"    http-check send meth GET uri {pool.health} ver HTTP/1.1 hdr Host {balancer.asked}"
    yield "    http-check expect status 200-399"
    yield from _servers(pool)


def _servers(pool: Pool) -> Iterator[str]:
    yield "    # A server whose name cannot be resolved yet is not used until the next reload."
    checks = f"check inter {CHECK_EVERY}s fall {CHECKS} rise {CHECKS}"
    yield f"    default-server init-addr last,libc,none {checks}"
    for server in pool.servers:
        yield f"    server {server.id} {server.address}{' backup' if server.backup else ''}"


def _passing(balancer: Balancer, pool: Pool) -> Iterator[str]:
    """A port whose connections go on as they are."""
    yield f"frontend {balancer.component.id}-{pool.port}"
    yield "    mode tcp"
    yield "    # IPv4 and IPv6; remove the second line on a machine without IPv6."
    yield f"    bind :{pool.port}"
    yield f"    bind :::{pool.port} v6only"
    yield f"    timeout client {ANSWER}s"
    yield f"    default_backend {pool.id}"


def _plain_backend(pool: Pool) -> Iterator[str]:
    yield f"backend {pool.id}"
    yield "    mode tcp"
    yield "    balance leastconn"
    yield f"    timeout connect {CONNECT}s"
    yield f"    timeout server {ANSWER}s"
    yield f"    timeout queue {CONNECT}s"
    yield "    option redispatch 1"
    yield "    option tcp-check"
    yield from _servers(pool)
