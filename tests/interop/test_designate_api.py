"""Designate's API, for real, behind each load balancer: whose address do its links carry?

Runs where Designate is installed (tox -e designate), and only there. Its document of versions
needs neither a message queue nor a database.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import load_balancers as real
import pytest

from diagtool import load
from diagtool.config import snippets
from diagtool.loading import loader

pytestmark = pytest.mark.designate

Tool = Callable[..., str]
TOPOLOGIES = Path(__file__).parents[2] / "topology"
HOSTS = tuple(f"127.0.1.{n}" for n in (1, 2, 3))

CHOICES = {
    "nothing set": ("designate", ""),
    "the pair as printed": ("designate", "base-uri"),
    "the pair with False": ("designate-23", "base-uri"),
    "proxy headers parsed": ("designate-23", "proxy-headers"),
}
"""What of the options is set, and in which topology it stands."""


def chosen(
    folder: Path, choice: str, port: int, tls: bool, headers: str, prefix: str, listen: int
) -> Path:
    """A topology in which the service and the load balancer are set like that."""
    base, snippet = CHOICES[choice]
    printed = load(TOPOLOGIES / f"{base}.yaml").services["designate-api"].snippet("base-uri")
    (host_header,) = (o.value for o in printed.options if o.name == "enable_host_header")
    shutil.copytree(TOPOLOGIES, folder, dirs_exist_ok=True)
    url = f"{'https' if tls else 'http'}://127.0.0.1:{port}{prefix}/"
    file = folder / "chosen.yaml"
    file.write_text(
        f"""\
format: 1
name: Chosen
extends: designate.yaml
components:
  loadbalancer:
    balancing: {{address: 127.0.0.1, port: {port}, tls: {str(tls).lower()}, headers: {headers}}}
services:
  designate-api:
    uses: {snippet or "base-uri"}
    listen: {{port: {listen}{f", prefix: {prefix}" if prefix else ""}}}
    snippets:
      base-uri:
        options:
          service:api: {{api_base_uri: "{url}", enable_host_header: {host_header}}}
"""
    )
    return file


@contextmanager
def api(folder: Path, options: str) -> Iterator[int]:
    """Three servers of Designate's API; gives the port at which they listen."""
    folder.mkdir()
    shutil.copy(Path(sys.prefix) / "etc/designate/api-paste.ini", folder)
    # A section may stand twice.
    (folder / "designate.conf").write_text(
        f"[DEFAULT]\ntransport_url = fake:/\nstate_path = {folder}\n"
        f"[oslo_concurrency]\nlock_path = {folder}\n"
        f"[service:api]\nauth_strategy = noauth\n{options}"
    )
    port = real.free_port(HOSTS)
    with ExitStack() as stack:
        for host in HOSTS:
            command = [sys.executable, "-m", "gunicorn", "--bind", f"{host}:{port}"]
            command += ["--threads", "4", "--log-level", "error", "designate.wsgi.api:application"]
            env = os.environ | {"OS_DESIGNATE_CONFIG_DIR": str(folder)}
            stack.enter_context(real.running(command, host, port, env))
        # They listen before they have read their program.
        for host in HOSTS:
            assert real.ask(port, host=host)[0] == 200
        yield port


def right(choice: str, program: str, tls: bool, headers: str, prefix: str) -> bool:
    """Whether the links carry the client's address: the table, as it was measured."""
    kept = headers != "none" or program == "haproxy"
    if choice == "the pair with False":
        return True
    if choice == "proxy headers parsed" and headers == "forwarded":
        return True
    if choice == "proxy headers parsed" and program == "apache":
        kept = True  # it sets X-Forwarded-Host by default
    # A server may know the scheme from X-Forwarded-Proto by itself; the prefix it never does.
    return kept and not prefix and (not tls or headers == "forwarded")


@pytest.fixture(scope="module")
def certificate(tool: Tool, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return real.certificate(tool, tmp_path_factory.mktemp("tls"))


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
@pytest.mark.parametrize("prefix", ["", "/dns"])
def test_links_carry_the_address_of_the_client(
    tool: Tool, tmp_path: Path, certificate: Path, choice: str, tls: bool, prefix: str
) -> None:
    port = real.free_port()
    url = f"{'https' if tls else 'http'}://127.0.0.1:{port}{prefix}/"
    trusted = certificate if tls else None
    _, snippet = CHOICES[choice]
    service = load(chosen(tmp_path, choice, port, tls, "forwarded", prefix, 9001)).services[
        "designate-api"
    ]
    options = snippets.ini(service.snippet(snippet)) if snippet else ""
    with api(tmp_path / "api", options) as listen:
        for program, headers in itertools.product(
            ("haproxy", "apache", "nginx"), ("none", "host", "forwarded")
        ):
            case = (program, headers)
            # What the check refuses is tried, too, with a load balancer that knows no options.
            topology = loader.read(
                chosen(tmp_path, choice, port, tls, headers, prefix, listen)
            ).topology
            accepted = topology is not None
            topology = topology or real.topology(
                tmp_path,
                port=port,
                listen=listen,
                health="/",
                tls=tls,
                headers=headers,
                prefix=prefix,
            )
            values = dict(zip(real.addresses(topology), HOSTS, strict=True))
            text = real.config(topology, program, values | {"certificate": str(certificate)})
            _, command = real.commands(tool, program, text, tmp_path / "-".join(case))
            with real.running(command, "127.0.0.1", port):
                seen = set()
                for _ in range(6):
                    status, content = real.ask(port, f"{prefix}/", trusted=trusted)
                    assert status == 200, (case, content)
                    for version in json.loads(content)["versions"]:
                        seen |= {k["href"] for k in version["links"] if k["rel"] == "self"}
            expected = right(choice, program, tls, headers, prefix)
            assert (seen == {f"{url}v2"}) == expected, (case, seen)
            if choice in ("the pair with False", "proxy headers parsed"):
                assert expected or not accepted, (case, "the check takes what does not work")
            if choice == "the pair with False" or headers == "forwarded":
                assert accepted, (case, "the check refuses what works")
