"""``diagtool collect``: a snapshot of what runs, for ``diagtool verify --running``."""

from __future__ import annotations

import argparse
import datetime
import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from diagtool.cli import common

if TYPE_CHECKING:
    from diagtool.checks.running_system.collecting import Collected

BY = "collect"
"""By what files were written, as the record beside them has it."""

HELP = "take a snapshot of what runs on hosts, or print the script for it"
EXAMPLES = (
    ("diagtool collect", "print the script, to read it first"),
    ("sudo diagtool collect --run -o snapshot", "of this host"),
    ("diagtool collect --run -o snapshot --host root@ctl1 --host root@ctl2", "by ssh"),
    ("diagtool verify --running snapshot", "compare it with the topology"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    common.add_topology(parser)
    parser.add_argument(
        "--host",
        action="append",
        default=[],
        metavar="[USER@]HOST",
        help="a host on which the script is run, with your own ssh configuration; can be given "
        "several times (default: this host)",
    )
    parser.add_argument(
        "--file",
        action="append",
        default=[],
        metavar="PATH",
        help="a config file, or a folder with such files, besides the folders in /etc with the "
        "name of a service or load balancer; can be given several times",
    )
    parser.add_argument(
        "--samples",
        type=_count,
        default=1,
        metavar="N",
        help="how often to list connections, 0.2 seconds apart (default: once)",
    )
    parser.add_argument(
        "--name", default="", help="the name of this host's folder (default: the host's name)"
    )
    parser.add_argument("--run", dest="now", action="store_true", help="run the script")
    parser.add_argument(
        "-o", "--output", type=common.path, metavar="FOLDER", help="the folder of the snapshot"
    )


def run(arguments: argparse.Namespace) -> int:
    from diagtool.checks.running_system import collecting

    topology = common.load_topology(arguments)
    hosts: list[str] = arguments.host
    if arguments.name and hosts:
        raise common.UsageError("--name is for this host, not for those of --host")
    if any(host.startswith("-") or not host.strip() for host in hosts):
        raise common.UsageError("a host begins with a letter or digit")
    if any(not path.startswith("/") for path in arguments.file):
        raise common.UsageError("--file takes a path that begins with /")
    wanted = collecting.wanted(topology, arguments.file, arguments.samples)
    if not arguments.now:
        common.tell(collecting.describe(wanted, hosts))
        return 0
    if arguments.output is None:
        raise common.UsageError("--run needs -o FOLDER")
    failed = []
    called: dict[str, str] = {}
    for host in hosts or [""]:
        try:
            output = collecting.run(host, collecting.script(wanted))
            one = collecting.collected(output, topology, arguments.name)
        except collecting.CollectError as error:
            failed.append(str(error))
            continue
        if other := called.get(one.host):
            failed.append(f"{host}: left out, as it has the same name as {other}: {one.host}")
            continue
        called[one.host] = host
        _write(arguments.output, one)
        less = "" if one.as_root else "; only root sees which process has a connection open"
        common.say(f"{(arguments.output / one.host).as_posix()}: {len(one.files)} files{less}")
    if failed:
        raise common.CommandError(*failed)
    return 0


def _write(folder: Path, one: Collected) -> None:
    """Writes what one host showed, and the day on which it did.

    What an earlier run wrote of the host, and this one does not, would speak of what is gone.
    """
    from diagtool.checks.running_system.collecting import about
    from diagtool.checks.running_system.snapshot import ABOUT
    from diagtool.files import writing
    from diagtool.files.written_files import Record

    own, record = folder / one.host, Record(folder / one.host)
    written = {}
    for name, text in one.files.items():
        content = text.encode()
        writing.write(own, name, content)
        written[name] = BY, hashlib.sha256(content).hexdigest()
    for path, is_ours in record.gone(written, (BY,)).items():
        if is_ours:
            path.unlink()
        else:
            common.say(f"{path.as_posix()}: left over from an earlier run, and changed since: kept")
    record.write(written, (BY,))
    writing.write(folder, ABOUT, about(_today()).encode())


def _today() -> str:
    """The day, or that of a build that is to be repeated."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdigit():
        return datetime.datetime.fromtimestamp(int(epoch), datetime.UTC).date().isoformat()
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def _count(text: str) -> int:
    """A number of samples."""
    if not text.isdigit() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"not a number from 1 to 1000: {text!r}")
    return int(text)
