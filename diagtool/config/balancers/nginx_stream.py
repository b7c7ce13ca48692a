"""nginx's streams: what is passed on as it is."""

from __future__ import annotations

from diagtool.config.balancers import ANSWER, CONNECT, REST, Balancer, Pool

TITLE = "nginx (stream)"
SUFFIX = ".nginx-stream.conf"
LANGUAGE = "nginx"
SINCE = "1.18"
ADVICE = "Include it in the stream block, which is beside the http block."


def takes(pool: Pool) -> bool:
    """Whether it is passed on as it is."""
    return pool.passed_on


def write(balancer: Balancer) -> str:
    """An upstream and a server for each service."""
    lines: list[str] = []
    for pool in balancer.passed_on:
        lines += [f"upstream {pool.id} {{", f"    zone {pool.id} 1m;", "    least_conn;"]
        for server in pool.servers:
            backup = " backup" if server.backup else ""
            lines.append(f"    server {server.address} max_fails=1 fail_timeout={REST}s{backup};")
        lines += [
            "}",
            "",
            "server {",
            "    # IPv4 and IPv6; remove the second line on a machine without IPv6.",
            f"    listen {pool.port};",
            f"    listen [::]:{pool.port} ipv6only=on;",
            f"    proxy_connect_timeout {CONNECT}s;",
            f"    proxy_timeout {ANSWER}s;",
            f"    proxy_pass {pool.id};",
            "}",
            "",
        ]
    del lines[-1]
    return "".join(f"{line}\n" for line in lines)
