"""nginx, the open-source one, which notices that a server is gone by the requests that fail."""

from __future__ import annotations

from collections.abc import Iterator

from diagtool.config.balancers import ANSWER, CONNECT, FORWARDED, REST, Balancer, Pool

TITLE = "nginx"
SUFFIX = ".nginx.conf"
LANGUAGE = "nginx"
SINCE = "1.18"
ADVICE = (
    "Include it in the http block, as files in conf.d usually are. nginx does not start unless "
    "the name of every server can be resolved."
)


def takes(pool: Pool) -> bool:
    """Whether it is HTTP."""
    return not pool.passed_on


def write(balancer: Balancer) -> str:
    """An upstream for each service, and a server."""
    lines = [*_upgrades(balancer), ""] if balancer.by_port else []
    for port, pools in balancer.by_port.items():
        for pool in pools:
            lines += [*_upstream(pool), ""]
        server = _server(balancer, port, pools)
        lines += ["server {", *(f"    {line}".rstrip() for line in server), "}", ""]
    del lines[-1]
    return "".join(f"{line}\n" for line in lines)


def _upgrades(balancer: Balancer) -> Iterator[str]:
    yield "# A connection can only be upgraded to a WebSocket."
    yield f"map $http_upgrade {_connection(balancer)} {{"
    yield "    default close;"
    yield "    ~*^websocket$ upgrade;"
    yield "}"
    yield f"map {_connection(balancer)} {_protocol(balancer)} {{"
    yield "    upgrade websocket;"
    yield "}"


def _connection(balancer: Balancer) -> str:
    """The variable for the Connection header. Hyphens may not stand in one's name."""
    return f"$connection_of_{balancer.component.id.replace('-', '_')}"


def _protocol(balancer: Balancer) -> str:
    """The variable for the Upgrade header, which is left out where it is empty."""
    return f"$upgrade_of_{balancer.component.id.replace('-', '_')}"


def _upstream(pool: Pool) -> Iterator[str]:
    yield f"upstream {pool.id} {{"
    yield f"    zone {pool.id} 1m;"
    for server in pool.servers:
        backup = " backup" if server.backup else ""
        yield f"    server {server.address} max_fails=1 fail_timeout={REST}s{backup};"
    yield "}"


def _server(balancer: Balancer, port: int, pools: tuple[Pool, ...]) -> Iterator[str]:
    tls = " ssl" if balancer.balancing.tls else ""
    yield "# IPv4 and IPv6; remove the second line on a machine without IPv6."
    yield f"listen {port}{tls};"
    yield f"listen [::]:{port}{tls} ipv6only=on;"
    if tls:
        yield "ssl_protocols TLSv1.2 TLSv1.3;"
        yield f"ssl_certificate {balancer.certificate};"
        yield f"ssl_certificate_key {balancer.certificate};"
    yield "# The servers limit the size of requests."
    yield "client_max_body_size 0;"
    yield f"proxy_connect_timeout {CONNECT}s;"
    yield f"proxy_read_timeout {ANSWER}s;"
    yield f"proxy_send_timeout {ANSWER}s;"
    yield "# A request that fails on one server goes to another one. Once it was sent, this is"
    yield "# limited to methods that can safely be repeated."
    yield "proxy_next_upstream error timeout;"
    yield "proxy_next_upstream_tries 3;"
    for pool in pools:
        yield ""
        yield from _location(balancer, pool)
    if all(pool.prefix for pool in pools):
        yield ""
        yield "location / {"
        yield "    return 404;"
        yield "}"


def _location(balancer: Balancer, pool: Pool) -> Iterator[str]:
    yield f"location ~ ^{pool.pattern}(?:/|$) {{" if pool.prefix else "location / {"
    if pool.prefix:
        yield f"    rewrite ^{pool.pattern}/?(.*)$ /$1 break;"
    headers = {"Upgrade": _protocol(balancer), "Connection": _connection(balancer)}
    headers |= {"Host": "$http_host"} if balancer.keeps_host else {}
    if balancer.forwards:
        headers |= {
            **dict.fromkeys(("Forwarded", *FORWARDED), '""'),
            "X-Forwarded-For": "$remote_addr",
            "X-Forwarded-Proto": balancer.scheme,
            "X-Forwarded-Host": "$http_host",
            "X-Forwarded-Port": str(pool.port),
            "X-Forwarded-Prefix": pool.prefix or '""',
        }
    for name, value in headers.items():
        yield f"    proxy_set_header {name} {value};"
    yield "    proxy_http_version 1.1;"
    yield f"    proxy_pass http://{pool.id};"
    yield "}"
