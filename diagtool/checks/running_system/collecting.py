"""A script that shows what a host runs, and the snapshot that becomes of what it shows.

The script reads, and writes to nothing but its output, in which each line of a file comes after
a blank and the name of a file after ``==``: so no file can pass for another one. What is secret
is left out before anything is kept.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from diagtool.checks import secret_detection
from diagtool.checks.split_lines import split_lines
from diagtool.model import Topology

MOST = 256 * 1024 * 1024
"""How many bytes a host may show."""

USUAL = ("/etc/haproxy", "/etc/nginx", "/etc/apache2", "/etc/httpd")
"""Where load balancers have their config."""

_SCRIPT = """\
# What diagtool collects of a host. It reads, and writes to nothing but its output.
LC_ALL=C; export LC_ALL
show() { printf '== %s\\n' "$1"; shift; "$@" 2>/dev/null | sed 's/^/ /'; }
has() { command -v "$1" >/dev/null 2>&1; }

printf '== host\\n %s\\n' "$(uname -n)"
printf '== user\\n %s\\n' "$(id -u)"

# Connections, and the processes that have them; those of others are seen by root alone.
if has ss; then
    samples() {
        i=0
        while [ $i -lt @SAMPLES@ ]; do
            [ $i -eq 0 ] || sleep 0.2
            ss -Htunap; i=$((i + 1))
        done | sed 's/  */ /g' | sort -u
    }
    show ss.txt samples
else
    tables() {
        for table in tcp tcp6 udp udp6; do sed "s/^/$table/" "/proc/net/$table"; done
        ls -l /proc/[0-9]*/fd
    }
    show proc-net.txt tables
fi
show ps.txt ps -ewwo pid=,ppid=,args=

# Units of systemd and containers that run.
if has systemctl; then
    show units.txt systemctl list-units --state=running --plain --no-legend
fi
for engine in docker podman; do
    $engine ps >/dev/null 2>&1 || continue
    show containers.txt $engine ps --format '{{.Names}}\t{{.Image}}'
    break
done

# Versions of packages.
versions() {
    for package in @PACKAGES@; do
        if has dpkg-query; then dpkg-query -W -f '${Package} ${Version}\\n' "$package"; fi
        if has rpm; then rpm -q --qf '%{NAME} %{VERSION}\\n' "$package"; fi
    done
}
show versions.txt versions

# Config files that are in force.
for path in @PATHS@; do
    if [ -f "$path" ]; then printf '%s\\n' "$path"; continue; fi
    find -L "$path" -type f \\( -name '*.conf' -o -name '*.cfg' -o -path '*/sites-enabled/*' \\) \\
        ! -path '*-available/*' -size -2048k 2>/dev/null
done | sort -u | while IFS= read -r file; do
    show "files$file" cat "$file"
done
"""

_NAME = re.compile(r"(?:files/)?[^\x00-\x1f\x7f]{1,500}")
_HOST = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}")


class CollectError(Exception):
    """A host of which nothing can be collected; the message says why."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be collected: config at ``paths``, and how often ``ss`` is asked."""

    paths: tuple[str, ...]
    samples: int = 1
    packages: tuple[str, ...] = ()


def wanted(topology: Topology, paths: Sequence[str], samples: int) -> Wanted:
    """What there is to collect of a topology's services, at the usual paths and at others."""
    wholes = dict.fromkeys(re.split("[-_]", id.lower())[0] for id in topology.services)
    usual = [*(f"/etc/{name}" for name in wholes), *USUAL]
    packages = dict.fromkeys(
        name
        for catalogue in topology.catalogues
        for whole in (re.sub(r"\W+", "-", catalogue.product.lower()),)
        for name in (f"{whole}-common", f"openstack-{whole}-common", f"python3-{whole}", whole)
    )
    return Wanted((*usual, *paths), samples, tuple(packages))


def script(wanted: Wanted) -> str:
    """The script for a shell of a host."""
    text = _SCRIPT.replace("@SAMPLES@", str(wanted.samples))
    text = text.replace("@PACKAGES@", shlex.join(wanted.packages))
    return text.replace("@PATHS@", shlex.join(wanted.paths))


def command(host: str) -> tuple[str, ...]:
    """How the script is run: by this machine's shell, or by ssh on a host."""
    return ("ssh", "--", host, "sh -s") if host else ("sh", "-s")


def run(host: str, text: str) -> str:
    """What the script shows of a host. Raises CollectError."""
    shown = host or "this host"
    try:
        done = subprocess.run(command(host), input=text.encode(), capture_output=True, check=False)
    except OSError as error:
        raise CollectError(f"{shown}: cannot run {command(host)[0]}: {error.strerror}") from None
    if len(done.stdout) > MOST:
        raise CollectError(f"{shown}: it shows more than {MOST // 2**20} MiB")
    if done.returncode != 0 or not done.stdout.startswith(b"== host\n"):
        told = split_lines(done.stderr.decode("utf-8", "replace").strip())
        why = told[-1] if told else f"exit code {done.returncode}"
        raise CollectError(f"{shown}: {why}")
    return done.stdout.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Collected:
    """What a host showed, without what is secret: texts by their names in the host's folder.

    It showed less unless it was asked ``as_root``.
    """

    host: str
    files: dict[str, str]
    as_root: bool = True


def collected(output: str, topology: Topology, name: str = "") -> Collected:
    """What becomes of the output of the script. ``name`` is that of the host, else its own."""
    secret = {o.name for c in topology.catalogues for o in c.options if o.secret}
    secret |= {
        option.name
        for option in topology.options
        if any(secret_detection.NAME.search(placeholder) for placeholder in option.placeholders)
    }
    files: dict[str, str] = {}
    for file, text in _files(output):
        files.setdefault(file, "")
        files[file] += text
    host = name or files.pop("host", "").strip()
    if not _HOST.fullmatch(host):
        raise CollectError(f"{host!r} cannot be the name of a host's folder: name it with --name")
    files.pop("host", None)
    as_root = files.pop("user", "0").strip() == "0"
    kept = {
        file: secret_detection.lines(text, secret) for file, text in files.items() if text.strip()
    }
    if "ss.txt" in kept and "ps.txt" in kept:
        kept["ps.txt"] = "".join(_concerned(kept["ps.txt"], kept["ss.txt"]))
    return Collected(host, kept, as_root)


def _files(output: str) -> Iterator[tuple[str, str]]:
    """The names of files in the output with their texts, but for names that lead elsewhere."""
    name, lines = "", list[str]()
    for line in [*output.split("\n"), "== "]:
        if line.startswith("== "):
            if name and _is_inside(name):
                yield name, "".join(lines)
            name, lines = line[3:], []
        elif line.startswith(" "):
            lines.append(f"{line[1:]}\n")


def _is_inside(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return bool(_NAME.fullmatch(name)) and not name.startswith("/") and ".." not in parts


def _concerned(processes: str, sockets: str) -> Iterator[str]:
    """The processes with connections, and those that started them."""
    lines = {}
    for line in split_lines(processes):
        match line.split(maxsplit=2):
            case [pid, parent, _]:
                lines[pid] = parent, f"{line}\n"
    kept = set(re.findall(r"pid=(\d+)", sockets))
    for pid in tuple(kept):
        while (pid := lines.get(pid, ("", ""))[0]) and pid not in kept:
            kept.add(pid)
    return (line for pid, (_, line) in lines.items() if pid in kept)


def about(date: str) -> str:
    """The file that says on which day a snapshot was collected, as ``2026-11-29``."""
    return json.dumps({"collected": date}) + "\n"


def describe(wanted: Wanted, hosts: Sequence[str]) -> str:
    """The script with what is done with it, in comments that a shell passes over."""
    runs = [shlex.join(command(host)) for host in hosts or ("",)]
    lines = [
        "# diagtool collect --run -o SNAPSHOT would run this script by",
        *(f"#   {run}" for run in runs),
        "# and keep what it shows in a folder for each host, without what is secret.",
    ]
    return "\n".join(lines) + "\n\n" + script(wanted)
