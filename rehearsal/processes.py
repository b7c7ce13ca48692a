"""Programs that run for as long as the rehearsal does, and none for longer.

Each deployment runs in kernel namespaces of its own: there is no network but loopback, and when the
first process ends, however it ends, the kernel kills the others. Each program has a group of its
own, by which its children are found, whatever session they start and whatever they call
themselves, and by which the firewall knows its connections.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

FIRST_GROUP = 40001

# unshare heeds no signal but SIGKILL, which it gets when its parent ends, however that ends.
ISOLATED = (
    *("setpriv", "--pdeathsig", "KILL"),
    *("unshare", "--net", "--pid", "--mount", "--fork", "--kill-child", "--mount-proc"),
)
"""Before a command: runs it in namespaces of its own, as root."""


def run(*command: str) -> str:
    """What a command prints; where it fails, its errors are in what is raised."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def ran(*command: str) -> bool:
    """Whether a command succeeds."""
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def wait_until(what: str, holds: Callable[[], bool], seconds: float = 300) -> None:
    """Wait for something that has to come true."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.25)


@dataclass(frozen=True)
class Program:
    """How a program is started, and its group."""

    command: Sequence[str]
    env: Mapping[str, str]
    group: int


class Programs:
    """Programs by name. Each keeps its output in a file of its name."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._known: dict[str, Program] = {}

    def start(
        self, name: str, command: Sequence[str], env: Mapping[str, str] | None = None
    ) -> None:
        """Start a program, or one that had the same name with another command."""
        known = self._known.get(name)
        group = known.group if known else FIRST_GROUP + len(self._known)
        self._known[name] = Program(command, env or {}, group)
        self.again(name)

    def again(self, *names: str) -> None:
        """Start programs that were killed."""
        for name in names:
            program = self._known[name]
            with self.log(name).open("ab") as log:
                subprocess.Popen(
                    program.command,
                    cwd=self._logs,  # where they crash, some leave a dump
                    env=os.environ | program.env,
                    group=program.group,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )

    def kill(self, *names: str) -> None:
        """Kill programs with all their children, as a power cut would, and wait for their end."""
        while found := self.ids(*names):
            for process in found:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            time.sleep(0.02)

    def log(self, name: str) -> Path:
        """The file with the output of a program."""
        return self._logs / f"{name}.log"

    def group(self, name: str) -> int:
        """The group of a program."""
        return self._known[name].group

    def ids(self, *names: str) -> list[int]:
        """The ids of the processes of programs that have not ended."""
        wanted = {str(self.group(name)) for name in names}
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):  # it has ended
                status = (folder / "status").read_text()
                said = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
                if said["Gid"].split()[0] in wanted and not said["State"].strip().startswith("Z"):
                    found.append(int(folder.name))
        return found
