"""Config for load balancers: what stands in it, whatever the topology and the values say.

That the programs take it, and do as it says, is tested in tests/interop.
"""

from __future__ import annotations

import re
from pathlib import Path

import load_balancers as real
import pytest

from diagtool import load
from diagtool.checks import readers
from diagtool.checks.verify import normal_forms
from diagtool.config import addresses, balancers
from diagtool.loading.loader import read
from diagtool.model import Topology

HTTP = [name for name in balancers.names() if name != "nginx_stream"]
PROGRAMS = pytest.mark.parametrize("program", HTTP)
HERE = Path(__file__).parent
BALANCED = HERE / "data" / "topologies" / "good" / "balanced.yaml"


def config(topology: Topology, program: str, values: dict[str, str] | None = None) -> str:
    (balancer,) = balancers.balancers(topology, values or {})
    return balancers.config(topology, balancer, program)


@pytest.mark.parametrize("program", balancers.names())
def test_its_config_can_be_read_and_compared(program: str) -> None:
    suffix = balancers.get(program).SUFFIX
    assert {readers.suffixes().get(suffix), normal_forms.suffixes().get(suffix)} == {"balancer"}


def settings(text: str) -> str:
    """What of a config is no comment."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return "\n".join(lines)


@PROGRAMS
@pytest.mark.parametrize("replicas", [1, 3, 12])
def test_there_is_a_server_for_each_replica(tmp_path: Path, program: str, replicas: int) -> None:
    topology = real.topology(tmp_path, port=80, listen=9001, replicas=replicas)
    found = re.findall(r"<server (\d+)>:9001", settings(config(topology, program)))
    assert found == [str(number) for number in range(1, replicas + 1)]


@PROGRAMS
def test_it_says_what_to_put_in_place_of_what(program: str) -> None:
    topology = load(BALANCED)
    text = config(topology, program)
    assert "#   <web server 1> to <web server 3>:" in text
    assert "#   <admin server 1>: the addresses of the admin Servers" in text
    assert "#   <certificate>: A file" in text
    assert "Clients reach admin at https://<proxy>:8443/admin/ through it." in text
    used = set(re.findall(r"<(\w[^>]*)>", settings(text))) - {"/Proxy"}
    placeholders = {name for name in used if not name.startswith(("Proxy", "Virtual", "Location"))}
    assert placeholders == set(balancers.placeholders(topology))


def test_the_topology_may_say_what_a_placeholder_is() -> None:
    found = balancers.placeholders(load(BALANCED))
    assert found["web server 1"].example == "10.0.0.1"
    assert found["web server 2"].description == "The address of web Server 2."
    assert found["web server 2"].example == "192.0.2.2"


@PROGRAMS
def test_what_is_filled_is_not_asked_for(program: str) -> None:
    topology = load(BALANCED)
    values = dict.fromkeys(balancers.placeholders(topology), "10.0.0.9")
    values |= {"proxy": "shop.example.org", "certificate": "/etc/ssl/shop.pem"}
    text = config(topology, program, values)
    assert "Replace these placeholders" not in text
    assert text.count("10.0.0.9:8080") == 3
    assert "/etc/ssl/shop.pem" in text
    assert "https://shop.example.org:8443/admin/" in text


@PROGRAMS
@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("web-1.example.org", "web-1.example.org:8080"),
        ("192.0.2.1", "192.0.2.1:8080"),
        ("2001:DB8::1", "[2001:db8::1]:8080"),
        ("[2001:db8::1]", "[2001:db8::1]:8080"),
    ],
)
def test_a_host_is_a_name_or_an_address(program: str, value: str, shown: str) -> None:
    assert shown in config(load(BALANCED), program, {"web server 1": value})


@PROGRAMS
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("web server 1", "10.0.0.1; }"),
        ("web server 1", "10.0.0.1\nserver evil"),
        ("web server 1", '10.0.0.1" retry=1'),
        ("web server 1", "10.0.0.1:80"),
        ("web server 1", "fe80::1%eth0"),
        ("web server 1", "[fe80::1%eth0]"),
        ("web server 1", "::1%x]:1 disabled #"),
        ("web server 1", "[::1"),
        ("web server 1", "[10.0.0.1]"),
        ("web server 1", "10.0.0.999"),
        ("web server 1", "a..b"),
        ("web server 1", "x" * 64),
        ("web server 1", "unix:/run/x"),
        ("web server 1", "localhost\u00a0"),
        ("web server 1", "-check"),
        ("web server 1", ""),
        ("certificate", "/etc/a b.pem"),
        ("certificate", "/etc/a;b.pem"),
        ("certificate", "relative.pem"),
    ],
)
def test_a_value_that_would_be_read_otherwise_is_refused(
    program: str, name: str, value: str
) -> None:
    with pytest.raises(addresses.UnfitError, match=f"<{name}>"):
        config(load(BALANCED), program, {name: value})


@PROGRAMS
def test_a_comment_hides_and_adds_no_line(tmp_path: Path, program: str) -> None:
    more = r"""
  other:
    name: "ends in \\"
    server: "x\\ \" ' ; } { $(y) </VirtualHost> # z \\"
    connections: [from: proxy]
    listen: {port: 9002, prefix: /other}
    snippets: {a: {relies_on: forwarded, options: {'s\': {'o\': 'v\'}}}}
    notes: [snippet: a]
"""
    topology = real.topology(tmp_path, port=80, listen=9001, more=more)
    comments = [line for line in config(topology, program).splitlines() if line.startswith("#")]
    assert any("ends in /" in line for line in comments)
    assert "\\" not in "".join(comments)
    assert "VirtualHost> #" not in settings(config(topology, program))


# --- both sides -----------------------------------------------------------------------

SIDES = """
    uses: {uses}
    snippets:
      address:
        relies_on: address
        options: {{web: {{base_url: "{url}"}}}}
      headers:
        alternative_to: address
        relies_on: forwarded
        options: {{web: {{trust_proxy: true}}}}
    notes: [snippet: address, snippet: headers]
"""


@PROGRAMS
def test_the_headers_follow_the_options_in_force(tmp_path: Path, program: str) -> None:
    def text(more: str) -> str:
        return settings(config(real.topology(tmp_path, port=80, listen=9001, more=more), program))

    url = "http://proxy.example.org/"
    address, headers = (text(SIDES.format(uses=u, url=url)) for u in ("address", "headers"))
    undecided = text(SIDES.format(uses="", url=url).replace("    uses: \n", ""))
    assert "X-Forwarded" not in address
    assert "X-Forwarded-Proto" in headers
    assert undecided == headers  # which serves either
    assert text("") == address


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"headers": "none"}, "headers-differ"),
        ({"headers": "host"}, "headers-differ"),
        ({"tls": True}, "address-differs"),
        ({"prefix": "/shop"}, "address-differs"),
        ({"port": 8080}, "address-differs"),
    ],
)
def test_one_side_cannot_change_alone(tmp_path: Path, how: dict[str, object], code: str) -> None:
    more = SIDES.format(uses="headers", url="http://proxy.example.org/")
    with pytest.raises(Exception, match=code):
        real.topology(tmp_path, **({"port": 80, "listen": 9001, "more": more} | how))  # type: ignore[arg-type]


def test_an_address_names_placeholders_that_are_defined(tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(
        "format: 1\nname: Shop\ncomponents:\n  proxy:\n    front: true\n"
        "    balancing: {address: <no such thing>}\n"
        "services:\n  web:\n    connections: [from: proxy]\n    listen: {port: 1}\n"
    )
    assert [(d.code, d.place.line) for d in read(file).diagnostics] == [("unknown-placeholder", 6)]
