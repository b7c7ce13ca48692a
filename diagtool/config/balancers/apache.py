"""Apache httpd, with mod_proxy_balancer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from diagtool.config.balancers import (
    ANSWER,
    CHECK_EVERY,
    CHECKS,
    CONNECT,
    FORWARDED,
    REST,
    Balancer,
    Pool,
)

TITLE = "Apache httpd"
SUFFIX = ".apache.conf"
LANGUAGE = "apache"
SINCE = "2.4.47"
ADVICE = (
    "Put it among the sites. It needs the modules headers, lbmethod_byrequests, proxy, "
    "proxy_balancer, proxy_hcheck, proxy_http, slotmem_shm, watchdog and, for TLS, ssl. "
    "Apache must already listen at 80 and 443; any other port is opened here."
)

_LISTENED = (80, 443)
"""The ports on which every distribution's Apache listens; to say so again is an error."""


def takes(pool: Pool) -> bool:
    """Whether it is HTTP."""
    return not pool.passed_on


def write(balancer: Balancer) -> str:
    """A virtual host, and a balancer for each service."""
    lines: list[str] = []
    for port, pools in balancer.by_port.items():
        lines += [] if port in _LISTENED else [f"Listen {port}", ""]
        for pool in pools:
            lines += [*_members(pool), ""]
        lines += [
            f"<VirtualHost *:{port}>",
            *(f"    {line}" for line in _host(balancer, port, pools)),
            "</VirtualHost>",
            "",
        ]
    del lines[-1]
    return "".join(f"{line}\n" for line in lines)


def _members(pool: Pool) -> Iterator[str]:
    check = f"hcmethod=GET hcuri={pool.health} hcinterval={CHECK_EVERY}"
    yield f"ProxyHCTemplate {pool.id} {check} hcpasses={CHECKS} hcfails={CHECKS}"
    yield f'<Proxy "balancer://{pool.id}">'
    yield "    # A request that a server did not accept goes to another one; one that was sent does"
    yield "    # not. Connections are not reused, since their server may be gone."
    waits = f"connectiontimeout={CONNECT} timeout={ANSWER} retry={REST} disablereuse=On"
    waits += " upgrade=websocket"
    for server in pool.servers:
        spare = " status=+H" if server.backup else ""
        yield f'    BalancerMember "http://{server.address}" hctemplate={pool.id} {waits}{spare}'
    yield "    ProxySet lbmethod=byrequests"
    yield "</Proxy>"


def _host(balancer: Balancer, port: int, pools: tuple[Pool, ...]) -> Iterator[str]:
    if balancer.balancing.tls:
        yield "SSLEngine On"
        yield "SSLProtocol -all +TLSv1.2 +TLSv1.3"
        yield f"SSLCertificateFile {balancer.certificate}"
    yield "ProxyRequests Off"
    yield "# The servers limit the size of requests."
    yield "LimitRequestBody 0"
    yield f"ProxyPreserveHost {'On' if balancer.keeps_host else 'Off'}"
    if balancer.forwards:
        yield "# Clients must not set these headers, nor remove them with a Connection header. Some"
        yield "# servers read _ as -. mod_proxy itself sets X-Forwarded-For, -Host and -Server."
        for name in ("Forwarded", *FORWARDED):
            for spelt in _spellings(name):
                yield f"RequestHeader unset {spelt}"
        yield 'RequestHeader edit* Connection "(?i)x-forwarded-[a-z]+" close'
        yield f"RequestHeader set X-Forwarded-Proto {balancer.scheme}"
        yield f"RequestHeader set X-Forwarded-Port {port}"
    for pool in pools:
        if pool.prefix and balancer.forwards:
            yield f'<LocationMatch "^{pool.pattern}(/|$)">'
            yield f"    RequestHeader set X-Forwarded-Prefix {pool.prefix}"
            yield "</LocationMatch>"
        slash = "" if pool.prefix else "/"
        yield f'ProxyPass "{pool.prefix or slash}" "balancer://{pool.id}{slash}"'


def _spellings(name: str) -> Iterator[str]:
    """A header's name with a hyphen or an underscore wherever there is a hyphen."""
    first, *rest = name.split("-")
    for signs in product("-_", repeat=len(rest)):
        yield first + "".join(map("".join, zip(signs, rest, strict=True)))
