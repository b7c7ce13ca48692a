"""How many servers a load balancer's config has, whoever wrote it."""

from __future__ import annotations

from pathlib import Path

import artefacts
import pytest

from diagtool.checks import readers
from diagtool.checks.readers import File
from diagtool.checks.verify import verify

WRITTEN_BY_HAND = {
    "shop.haproxy.cfg": """\
global
    server-state-file /var/lib/state
defaults
    mode http
frontend all
    default_backend web
backend web
    # server old 192.0.2.9:80
    server one 192.0.2.1:80 check
    server two 192.0.2.2:80 check backup
listen admin
    bind :81
    server only 192.0.2.3:81
""",
    "shop.nginx.conf": """\
upstream web {
    server 192.0.2.1:80 weight=2;
    server [2001:db8::2]:80;
    # server 192.0.2.9:80;
}
upstream admin { # all in one
    server unix:/run/admin.sock;
}
server {
    listen 80;
    server_name shop.example.org;
    location / { proxy_pass http://web; }
}
""",
    "shop.apache.conf": """\
<VirtualHost *:80>
    <proxy balancer://web>
        BalancerMember http://192.0.2.1:80
        balancermember http://192.0.2.2:80 status=+H
        # BalancerMember http://192.0.2.9:80
    </proxy>
    <Proxy "balancer://admin">
        BalancerMember "http://192.0.2.3:81"
    </Proxy>
    ProxyPass / balancer://web/
</VirtualHost>
""",
}


@pytest.mark.parametrize("name", WRITTEN_BY_HAND)
def test_servers_are_counted(name: str) -> None:
    (claim,) = readers.read(File(f"etc/{name}", WRITTEN_BY_HAND[name].encode())).claims
    assert claim.about == ("shop",)
    assert {fact.terms for fact in claim.facts} == {("web", "2"), ("admin", "1")}


FILES = [name for name in artefacts.rendered("designate") if name.startswith("loadbalancer.")]


@pytest.fixture(params=FILES)
def config(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / str(request.param)
    path.write_bytes(artefacts.rendered("designate")[path.name])
    return path


def test_placeholders_may_be_filled(config: Path) -> None:
    text = config.read_text("utf-8")
    for number in "123":
        text = text.replace(f"<api server {number}>", f"192.0.2.{number}")
    assert "<api" not in text.partition("\n\n")[2]
    config.write_text(text, "utf-8")
    (finding,) = verify(artefacts.topology("designate"), [config]).diagnostics
    assert finding.code == "not-proved"
    assert "<api server 1> of" in finding.message


def test_a_server_too_few_is_found_whatever_the_file_is_called(config: Path) -> None:
    lines = config.read_text("utf-8").splitlines(keepends=True)
    (last,) = [n for n, line in enumerate(lines) if "<api server 3>:9001" in line]
    del lines[last]
    other = config.with_name(f"other.{config.name.partition('.')[2]}")
    for path in (config, other):
        path.write_text("".join(lines), "utf-8")
        (finding,) = verify(artefacts.topology("designate"), [path]).diagnostics
        assert finding.code == "fact-differs"
        assert "designate-api over 2 servers" in finding.message
        assert "over 3 servers" in finding.message
        assert "designate-api" in lines[finding.place.line - 1]


def test_config_of_something_else_is_none_of_our_business(tmp_path: Path) -> None:
    for name, text in WRITTEN_BY_HAND.items():
        path = tmp_path / name
        path.write_text(text, "utf-8")
        (finding,) = verify(artefacts.topology("designate"), [path]).diagnostics
        assert finding.code == "not-verified"
    assert verify(artefacts.topology("designate"), [tmp_path]).diagnostics == ()
