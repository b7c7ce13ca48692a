"""What a rehearsal needs from Debian, and how it is installed where it is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

TESTED = ("mariadb-server-core", "rabbitmq-server", "libzookeeper-java", "bind9", "haproxy")
"""The packages of the programs that take part."""

NEEDED = (
    *TESTED,
    "default-jre-headless",
    "iproute2",
    "mariadb-client-core",  # mariadb-install-db asks it for its defaults
    "nftables",
    "procps",
)

INSTALL = ("apt-get", "install", "--yes", "--no-install-recommends")
POLICY = Path("/usr/sbin/policy-rc.d")
"""What Debian's packages ask before they start a server."""


def require() -> None:
    """Install what is missing. Ends here where that cannot be done."""
    os.environ["PATH"] += os.pathsep + "/usr/sbin"  # su leaves it as it was for the user
    if not shutil.which("dpkg-query"):
        sys.exit("rehearsal: only Debian has the packages that are needed")
    missing = [name for name in NEEDED if not version(name)]
    if os.geteuid():
        also = f", and for: {' '.join((*INSTALL, *missing))}" if missing else ""
        sys.exit(f"rehearsal: it needs root, to start namespaces{also}")
    if missing:
        _install(missing)


def version(package: str) -> str:
    """The version of a package of Debian that is installed; empty if it isn't."""
    command = ["dpkg-query", "-W", "-f=${db:Status-Status} ${Version}", package]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    status, _, version = done.stdout.partition(" ")
    return version if status == "installed" else ""


def _install(missing: Sequence[str]) -> None:
    began = time.monotonic()
    command = [*INSTALL, "-qq", "-o", "DPkg::Lock::Timeout=300", *missing]
    print(f"rehearsal: {' '.join((*INSTALL, *missing))}", flush=True)
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with _nothing_starts():
        for each in (["apt-get", "update", "-qq"], command):
            if subprocess.run(each, env=env, stdout=subprocess.DEVNULL, check=False).returncode:
                sys.exit(f"rehearsal: {' '.join(each)} failed")
    print(f"rehearsal: installed in {time.monotonic() - began:.0f} s", flush=True)


@contextmanager
def _nothing_starts() -> Iterator[None]:
    """No package starts a server on the machine, unless somebody else decides on that."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()
