"""Files of a deployment in the programs that they are for: nftables, Ansible, ssh, Kubernetes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

import diagtool
from diagtool.config import balancers, deployment
from diagtool.model import Topology

pytestmark = pytest.mark.interop

Tool = Callable[..., str]
GOOD = Path(__file__).parents[1] / "data" / "topologies" / "good" / "deployment.yaml"
VALUES = {"address of dns_servers": "192.0.2.53", "address of cleaner": "2001:db8::5"}
EVIL = "{{ lookup('pipe', 'touch evil') }}"


@pytest.fixture
def topology(tmp_path: Path) -> Topology:
    """With addresses that need no name server, and a text that wants to be run."""
    path = tmp_path / "deployment.yaml"
    text = GOOD.read_text("utf-8").replace("node{n}.storage.example", "198.51.100.{n}")
    path.write_text(text.replace("Memory: 16 GB", f'Memory: "{EVIL}"', 1), "utf-8")
    return diagtool.load(path)


def named(topology: Topology) -> dict[str, str]:
    return {file.name: file.text for file in deployment.files(topology, VALUES)}


def test_nft_takes_every_firewall(tool: Tool, topology: Topology, tmp_path: Path) -> None:
    nft = tool("nft", "/usr/sbin/nft")
    if os.geteuid():
        pytest.skip("nft --check needs root")
    files = {name: text for name, text in named(topology).items() if name.endswith(".nft")}
    assert len(files) == len(topology.hosts) + len(topology.zones) + len(topology.networks)
    for name, text in files.items():
        path = tmp_path / name
        path.write_text(text, "utf-8")
        done = subprocess.run([nft, "--check", "-f", str(path)], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, ""), name
        path.write_text(text.replace("dport", "dprot", 1), "utf-8")
        if "dport" in text:
            assert subprocess.run([nft, "--check", "-f", str(path)], capture_output=True).returncode


def test_ansible_reads_the_inventory(topology: Topology, tmp_path: Path) -> None:
    pytest.importorskip("ansible", reason="not installed: ansible-core (tox -e interop)")
    path = tmp_path / "inventory.yaml"
    path.write_text(named(topology)["inventory.yaml"], "utf-8")
    command = [str(Path(sys.executable).with_name("ansible-inventory")), "-i", str(path)]
    done = subprocess.run([*command, "--list"], capture_output=True, text=True, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    content = json.loads(done.stdout)
    assert content["edge_standby"]["hosts"] == ["gateway2"]
    assert content["_meta"]["hostvars"]["node2"]["ansible_host"] == "192.0.2.32"
    ansible = [str(Path(sys.executable).with_name("ansible")), "-i", str(path), "gateway1"]
    asked = [*ansible, "-c", "local", "-m", "debug", "-a", "var=facts"]
    done = subprocess.run(asked, capture_output=True, text=True, cwd=tmp_path)
    assert "lookup" in done.stdout
    assert not (tmp_path / "evil").exists()


def test_ssh_resolves_the_hosts(tool: Tool, topology: Topology, tmp_path: Path) -> None:
    path = tmp_path / "ssh_config"
    path.write_text(named(topology)["ssh_config"], "utf-8")
    for host in topology.hosts.values():
        command = [tool("ssh"), "-G", "-F", str(path), host.id]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert f"hostname {host.address}\n" in done.stdout


def test_objects_are_what_kubernetes_publishes(topology: Topology) -> None:
    kubernetes = pytest.importorskip(
        "kubernetes_validate", reason="not installed: kubernetes-validate (tox -e interop)"
    )
    version, kinds = kubernetes.latest_version(), set()
    for name, text in named(topology).items():
        if name.endswith(("kubernetes.yaml", "network-policies.yaml")):
            for document in yaml.safe_load_all(text):
                kinds.add(document["kind"])
                kubernetes.validate(document, version, strict=True)
                with pytest.raises(kubernetes.ValidationError):
                    wrong = {**document, "spec": {**document["spec"], "podSelectr": {}}}
                    kubernetes.validate(wrong, version, strict=True)
    assert kinds == {"NetworkPolicy", "PodDisruptionBudget", "Service", "StatefulSet"}


def test_balancers_take_what_is_passed_on(tool: Tool, topology: Topology, tmp_path: Path) -> None:
    (edge,) = balancers.balancers(topology)
    haproxy = tmp_path / "edge.cfg"
    haproxy.write_text(balancers.config(topology, edge, "haproxy"), "utf-8")
    subprocess.run([tool("haproxy"), "-c", "-f", str(haproxy)], check=True, capture_output=True)
    stream = balancers.config(topology, edge, "nginx_stream")
    nginx = tmp_path / "nginx.conf"
    modules = "/usr/lib/nginx/modules/ngx_stream_module.so"
    load = f"load_module {modules};\n" if Path(modules).exists() else ""
    nginx.write_text(f"{load}pid {tmp_path}/pid;\nevents {{}}\nstream {{\n{stream}}}\n", "utf-8")
    done = subprocess.run([tool("nginx"), "-t", "-c", str(nginx)], capture_output=True, text=True)
    if 'unknown directive "stream"' in done.stderr:
        pytest.skip("not installed: nginx's stream module (Debian: libnginx-mod-stream)")
    assert done.returncode == 0, done.stderr
