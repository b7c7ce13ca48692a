"""``diagtool collect --host`` with OpenSSH: a server on this machine, and a user's own config."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from diagtool.cli import main

pytestmark = pytest.mark.interop

Tool = Callable[..., str]
LIBRARY = Path(__file__).parents[1] / "data" / "snapshots" / "library.yaml"
CONFIG = "[server]\nworkers = 4\n\n[queue]\nurl = amqp://library:pa55-ssh@192.0.2.31:5672/\n"

SERVER = """\
ListenAddress 127.0.0.1:{port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/user.pub
PidFile none
StrictModes no
PasswordAuthentication no
"""
CLIENT = """\
Host app1 gone
    HostName 127.0.0.1
    IdentityFile {folder}/user
    IdentitiesOnly yes
    UserKnownHostsFile {folder}/known_hosts
    BatchMode yes
Host app1
    Port {port}
Host gone
    Port 1
"""


@pytest.fixture
def by_ssh(tool: Tool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """``ssh app1`` leads to this machine, and ``ssh gone`` nowhere."""
    sshd, ssh = tool("sshd", "/usr/sbin/sshd"), tool("ssh")
    if os.geteuid() == 0:  # what a start by systemd would do
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for name in ("host", "user"):
        keygen = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / name)]
        subprocess.run(keygen, check=True)
    key = (tmp_path / "host.pub").read_text()
    (tmp_path / "known_hosts").write_text(f"[127.0.0.1]:{port} {key}")
    for name, text in (("sshd_config", SERVER), ("ssh_config", CLIENT)):
        (tmp_path / name).write_text(text.format(port=port, folder=tmp_path))
    own = tmp_path / "bin" / "ssh"
    own.parent.mkdir()
    own.write_text(f'#!/bin/sh\nexec {ssh} -F {tmp_path}/ssh_config "$@"\n')
    own.chmod(0o755)
    monkeypatch.setenv("PATH", str(own.parent), prepend=os.pathsep)
    server = subprocess.Popen([sshd, "-D", "-e", "-f", str(tmp_path / "sshd_config")])
    try:
        for _ in range(100):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait()


@pytest.mark.usefixtures("by_ssh")
def test_what_ssh_brings_is_what_is_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "etc" / "catalogue.conf"
    config.parent.mkdir()
    config.write_text(CONFIG)
    command = ["collect", "-t", str(LIBRARY), "--file", str(config.parent), "--run", "-o"]
    assert main([*command, str(tmp_path / "far"), "--host", "app1"]) == 0
    assert main([*command, str(tmp_path / "near")]) == 0
    name = os.uname().nodename
    far, near = (tmp_path / each / name / f"files{config}" for each in ("far", "near"))
    assert far.read_text() == near.read_text() == CONFIG.replace("pa55-ssh", "(secret)")
    sockets = (tmp_path / "far" / name / "ss.txt").read_text()
    assert "sshd" in sockets if os.geteuid() == 0 else sockets
    assert "sshd" in (tmp_path / "far" / name / "ps.txt").read_text()
    capsys.readouterr()
    assert main([*command, str(tmp_path / "both"), "--host", "gone", "--host", "app1"]) == 1
    assert "gone: ssh: connect to host 127.0.0.1 port 1" in capsys.readouterr().err
    assert (tmp_path / "both" / name / f"files{config}").is_file()


@pytest.mark.usefixtures("by_ssh")
def test_two_hosts_of_one_name_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    command = ["collect", "-t", str(LIBRARY), "--run", "-o", str(out)]
    assert main([*command, "--host", "app1", "--host", "app1"]) == 1
    assert "app1: it is called" in capsys.readouterr().err
