"""``diagtool serve``: a topology in the browser, drawn again at each save."""

from __future__ import annotations

import argparse
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from diagtool.cli import common

if TYPE_CHECKING:
    from diagtool.serving.server import Serving

HELP = "show a topology in the browser, and update it whenever you save"
EXAMPLES = (
    ("diagtool serve", "the project's topology, at http://127.0.0.1:8642/"),
    ("diagtool serve -t shop.yaml --port 0", "another one, at a free port"),
    ("diagtool serve --docs docs", "with the pages of a Sphinx project"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    common.add_topology(parser)
    parser.add_argument(
        "--port",
        type=_port,
        default=8642,
        metavar="NUMBER",
        help="the port on this machine; 0 for a free one (default: 8642)",
    )
    parser.add_argument(
        "--docs",
        type=common.path,
        metavar="DIR",
        help="also build the pages in this folder whenever they change; conf.py is in it or above",
    )


def _port(text: str) -> int:
    value = int(text)
    if not 0 <= value <= 65535:
        raise argparse.ArgumentTypeError(f"not a port: {text!r}")
    return value


def run(arguments: argparse.Namespace) -> int:
    from importlib.util import find_spec

    from diagtool.loading import discovery
    from diagtool.serving.docs import Docs
    from diagtool.serving.server import ADDRESS, serve

    docs = arguments.docs
    if docs:
        if find_spec("sphinx") is None:
            raise common.CommandError("building pages needs Sphinx: pip install 'diagtool[sphinx]'")
        if not docs.is_dir() or not Docs(docs, docs).configuration:
            raise common.UsageError(f"there is no conf.py in {docs.as_posix()} or above it")

    def find() -> Path:
        named = arguments.topology
        return discovery.named(named) if named else discovery.find(Path())

    def started(serving: Serving) -> None:
        # When a supervisor stops it, it tidies up as after Ctrl+C.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        common.put(f"http://{ADDRESS}:{serving.port}/\n")
        common.say("press Ctrl+C to stop")

    try:
        serve(find, arguments.port, docs, started)
    except discovery.DiscoveryError as error:
        raise common.UsageError(*error.args) from None
    except OSError as error:
        reason = f"cannot listen at port {arguments.port}: {error.strerror}"
        raise common.CommandError(f"{reason} (--port 0 takes one that is free)") from None
    except KeyboardInterrupt:
        common.say("")
    return 0
