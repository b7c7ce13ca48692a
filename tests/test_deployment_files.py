"""Files made from a deployment: what they open and name, and what they say that they do not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

import diagtool
from diagtool.config import addresses, balancers, deployment, placeholders
from diagtool.loading.loader import read_values
from diagtool.model import Topology
from diagtool.model.flows import Selection

GOOD = Path(__file__).parent / "data" / "topologies" / "good" / "deployment.yaml"
VALUES = {
    "address of dns_servers": "192.0.2.53",
    "address of cleaner": "2001:db8::5",
    "certificate": "/etc/ssl/a.pem",
}


def topology(*edits: tuple[str, str], folder: Path | None = None) -> Topology:
    text = GOOD.read_text("utf-8")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    if folder is None:
        return diagtool.load(GOOD)
    path = folder / "deployment.yaml"
    path.write_text(text, "utf-8")
    return diagtool.load(path)


def named(topology: Topology, values: dict[str, str] | None = None) -> dict[str, str]:
    return {file.name: file.text for file in deployment.files(topology, values or {})}


def rules(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if " accept" in line and "saddr" in line]


def test_firewall_opens_what_the_other_end_opens() -> None:
    text = named(topology(), VALUES)["controller1.nft"]
    assert "define dns_servers = 192.0.2.53" in text
    assert "ip saddr { $dns_servers } tcp dport 5354 accept" in rules(text)
    others = [name for name, text in named(topology(), VALUES).items() if "5354" in text]
    assert {name for name in others if name.endswith(".nft")} == {
        *("controller1.nft", "controller2.nft"),
        *("a.nft", "b.nft"),  # the name servers are in neither zone
    }


def test_firewall_of_a_zone_is_about_what_comes_from_elsewhere() -> None:
    found = rules(named(topology(), VALUES)["a.nft"])
    mesh = [rule for rule in found if "27199" in rule]
    assert mesh == ["ip saddr { $controller2 } ip daddr { $controller1 } tcp dport 27199 accept"]


def test_firewall_of_a_network_has_the_addresses_there() -> None:
    text = named(topology())["storage.nft"]
    assert "define node1_storage = node1.storage.example" in text
    assert {re.findall(r"dport (\d+)", rule)[0] for rule in rules(text)} == {"5432"}


def test_addresses_of_both_versions_get_a_rule_each(tmp_path: Path) -> None:
    edit = ("address: 192.0.2.22", 'address: "2001:db8::22"')
    text = named(topology(edit, folder=tmp_path), VALUES)["node1.nft"]
    found = [rule for rule in rules(text) if "controller" in rule and "50051" in rule]
    assert found == [
        "ip saddr { $controller1 } tcp dport 50051 accept",
        "ip6 saddr { $controller2 } tcp dport 50051 accept",
    ]


def test_unknown_port_is_said_and_not_opened(tmp_path: Path) -> None:
    edits = (
        (
            '    config:\n      DEFAULT: {url: "redis://<store password>@store.example:6379/0"}\n',
            "",
        ),
        ("placeholders:\n  store password:\n", ""),
    )
    text = named(topology(*edits, folder=tmp_path))["node2.nft"]
    head = text.partition("\n\n")[0]
    assert "It is not complete:" in head
    assert "controller opens connections to store, but the port is unknown" in " ".join(
        head.split()
    )
    assert "# Not opened: the port is unknown." in text
    assert "It is not complete" not in named(topology())["node2.nft"]


def test_listener_that_nobody_reaches_is_said() -> None:
    text = named(topology())["gateway1.nft"]
    words = " ".join(text.replace("#", " ").split())
    assert (
        "It is not complete: edge listens at port 8444, but nothing in the topology reaches it."
        in words
    )


def test_value_that_would_be_more_than_an_address_is_refused(tmp_path: Path) -> None:
    with pytest.raises(addresses.UnfitError):
        deployment.files(topology(), {"address of dns_servers": "192.0.2.1 } accept"})
    path = tmp_path / "values.yaml"
    path.write_text('address of dns_servers: "192.0.2.1 } accept"\n', "utf-8")
    found = read_values(path, topology())
    assert "is not a host name or an IP address" in found.diagnostics[0].message


def test_addresses_that_nobody_states_are_placeholders() -> None:
    found = placeholders.placeholders(topology())
    assert {"address of dns_servers", "address of cleaner"} <= found.keys()
    assert "address of gateway1" not in found
    assert "edge server 1" not in found


def test_inventory_has_the_hosts_and_who_is_what() -> None:
    inventory = yaml.safe_load(named(topology())["inventory.yaml"])["all"]
    assert inventory["hosts"]["gateway1"] == {
        "ansible_host": "192.0.2.11",
        "zone": "a",
        "facts": {"Memory": "16 GB", "CPUs": "4"},
    }
    groups = {name: list(group["hosts"]) for name, group in inventory["children"].items()}
    assert groups["edge_standby"] == ["gateway2"]
    assert groups["store_primary"] == ["node1"]
    assert groups["database"] == ["node1", "node2", "node3"]
    assert groups["zone_b"] == ["gateway2", "controller2", "node2", "node4"]


def test_ansible_runs_no_text_of_a_topology(tmp_path: Path) -> None:
    edit = ("Memory: 16 GB", "Memory: \"{{ lookup('pipe', 'id') }}\"")
    text = named(topology(edit, folder=tmp_path))["inventory.yaml"]
    assert "Memory: !unsafe '{{ lookup(''pipe'', ''id'') }}'" in text


def test_ssh_knows_the_hosts() -> None:
    assert "Host node3\n    HostName 192.0.2.33\n" in named(topology())["ssh_config"]


def test_kubernetes_has_what_a_service_needs_to_stay_up() -> None:
    documents = list(yaml.safe_load_all(named(topology())["kubernetes.yaml"]))
    assert [d["kind"] for d in documents] == ["Service", "StatefulSet", "PodDisruptionBudget"]
    stateful, budget = documents[1]["spec"], documents[2]["spec"]
    assert stateful["replicas"] == 2
    (constraint,) = stateful["template"]["spec"]["topologySpreadConstraints"]
    assert constraint["topologyKey"] == "topology.kubernetes.io/zone"
    assert budget["maxUnavailable"] == 1


def test_policies_allow_the_flows_and_say_what_they_leave_out(tmp_path: Path) -> None:
    (policy,) = yaml.safe_load_all(named(topology())["network-policies.yaml"])
    allowed = [
        ({next(iter(source.values())).get("cidr") for source in rule["from"]}, port["port"])
        for rule in policy["spec"]["ingress"]
        for port in rule["ports"]
    ]
    assert ({"192.0.2.21/32", "192.0.2.22/32"}, 50051) in allowed
    edits = (
        ("address: 192.0.2.21", "address: controller1.example"),
        ("port: 50051, ", ""),
        ("protocol: grpc", "protocol: grpc"),
    )
    text = named(topology(*edits, folder=tmp_path))["network-policies.yaml"]
    words = " ".join(text.replace("#", " ").split())
    assert "It is not complete" in words
    assert "controller opens hub: controller1.example is not an IP address." in words
    assert "controller opens hub: the port is unknown." in words


@pytest.mark.parametrize("program", ["haproxy", "nginx_stream"])
def test_load_balancer_passes_on_what_it_cannot_read(program: str, tmp_path: Path) -> None:
    edit = ("runs_on: [controller1, controller2]", "%s\n    cluster: {mode: active-passive}")
    edit = (edit[0], edit[1] % edit[0])
    (edge,) = balancers.balancers(topology(edit, folder=tmp_path))
    assert balancers.fitting(edge) == ("haproxy", "nginx_stream")
    text = balancers.config(topology(), edge, program)
    assert "192.0.2.31:443" in text
    (standby,) = (line for line in text.splitlines() if "192.0.2.22:8443" in line)
    (active,) = (line for line in text.splitlines() if "192.0.2.21:8443" in line)
    assert "backup" in standby
    assert "backup" not in active
    assert ("mode http" in text, "<certificate>" in text) == (False, False)
    for port in ("8443", "8444"):
        assert re.search(rf"(?:bind :|listen ){port}\b", text)


def test_service_over_http_may_have_a_port_to_itself(tmp_path: Path) -> None:
    edits = (
        ("listen: [{name: https, port: 443, tls: true, front_port: 8444}]", "listen: {port: 8080}"),
        ("{listener: https, purpose: content}", "{port: 8080, purpose: content}"),
    )
    edited = topology(*edits, folder=tmp_path)
    (edge,) = balancers.balancers(edited)
    assert balancers.fitting(edge) == ("haproxy", "apache", "nginx", "nginx_stream")
    haproxy = balancers.config(edited, edge, "haproxy")
    assert "bind :443 ssl crt <certificate>" in haproxy
    assert re.search(r"mode tcp\n    #.*\n    bind :8443\n    bind :::8443 v6only\n", haproxy)
    words = " ".join(balancers.config(edited, edge, "nginx").replace("#", " ").split())
    assert "controller at port 8443 is not in this file." in words


def test_firewall_of_one_is_the_file_of_that_name() -> None:
    for kind, id in (("host", "node1"), ("zone", "a"), ("network", "storage")):
        (rules, *_) = deployment.firewall(topology(), Selection(**{kind: id}))
        assert named(topology())[f"{id}.nft"] == rules.text
