"""The command line: arguments in, exit code out.

=====  ===============================================================================
0      done; what was found is at most a warning (with ``--strict``: nothing was found)
1      the topology has mistakes, or a file cannot be read, made or written; ``diff``:
       something differs
2      the arguments make no sense; ``diff``: what is compared cannot be read
130    interrupted from the keyboard
141    the reader of standard output went away
=====  ===============================================================================
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NoReturn

import diagtool
from diagtool.cli import common
from diagtool.files.writing import OutputError

EXAMPLES = (
    ("diagtool init shop", "start a project in the folder shop"),
    ("diagtool check", "find every mistake in the topology"),
    ("diagtool export -f svg -o out", "a picture of each service, and an overview"),
    ("diagtool export -o system.pdf", "all of them in one file"),
    ("diagtool render -o docs/ha", "the guide as plain reStructuredText"),
)
DISCOVERY = """
Without -t PATH, the topology is the one that pyproject.toml names
([tool.diagtool] topology), else the only one in topology/.
"""


def program() -> NoReturn:
    """Runs a command as a process of its own.

    In a short run, a fifth of the time went to looking for garbage among all that had just been
    imported, and to taking it apart in the end. The system does that at once.
    """
    gc.set_threshold(100_000)
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command and gives its exit code. Wrong usage raises SystemExit with code 2."""
    _open_closed()
    words = sys.argv[1:] if argv is None else argv
    named = tuple(name for name in common.NAMES if name in words[:1])
    arguments = parser(named or common.NAMES).parse_args(words)
    return _exit_code(arguments.run, arguments)


def parser(names: Sequence[str] = common.NAMES) -> argparse.ArgumentParser:
    """The arguments of all commands, or of some: importing the others takes its time."""
    top = argparse.ArgumentParser(
        prog="diagtool",
        description="Make diagrams, pages and sample config from one topology file.",
        epilog=_epilog(EXAMPLES) + DISCOVERY,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"diagtool {diagtool.__version__}")
    subparsers = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in names:
        command = import_module(f"diagtool.cli.{name}")
        subparser = subparsers.add_parser(
            name,
            help=command.HELP,
            description=f"{command.HELP[0].upper()}{command.HELP[1:]}.",
            epilog=_epilog(command.EXAMPLES),
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        subparser.set_defaults(run=command.run, parser=parser, failed=1)
        command.add_arguments(subparser)
    return top


def _epilog(examples: Sequence[tuple[str, str]]) -> str:
    """Command lines with what they do, each in a line where there is room."""
    lines = ["examples:"]
    for command, meaning in examples:
        if len(command) <= 44:
            lines.append(f"  {command:<44}  {meaning}")
        else:
            lines += [f"  {command}", *(f"      {line}" for line in meaning.splitlines())]
    return "\n".join(lines) + "\n"


def _exit_code(run: Callable[[argparse.Namespace], int], arguments: argparse.Namespace) -> int:
    """What a command gives, or what its exception stands for."""
    failed: int = arguments.failed
    try:
        return run(arguments)
    except common.UsageError as error:
        _complain(*map(str, error.args))
        return 2
    except diagtool.TopologyError as error:
        from diagtool.cli import terminal
        from diagtool.model.diagnostic_report import as_text

        sys.stderr.write(as_text(error.diagnostics, color=terminal.has_color(sys.stderr)))
        return failed
    except (common.CommandError, OutputError) as error:
        _complain(*map(str, error.args))
        return failed
    except BrokenPipeError:
        _give_up_output()
        return 141
    except OSError as error:
        _give_up_output()
        _complain(f"cannot write: {error.strerror}")
        return failed
    except KeyboardInterrupt:
        return 130


def _open_closed() -> None:
    """Puts something in place of standard streams that are closed, lest a file take it."""
    if sys.stdout is None:
        _open_as(1, os.O_RDONLY)  # so that whoever needs it finds out
        sys.stdout = os.fdopen(1, "w", closefd=False)
    if sys.stderr is None:
        _open_as(2, os.O_WRONLY)
        sys.stderr = os.fdopen(2, "w", closefd=False)


def _open_as(descriptor: int, flags: int) -> None:
    opened = os.open(os.devnull, flags)
    if opened != descriptor:
        os.dup2(opened, descriptor)
        os.close(opened)


def _give_up_output() -> None:
    """Lets what is left of standard output go nowhere, lest it fail again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(*lines: str) -> None:
    common.say(f"diagtool: {lines[0]}")
    for line in lines[1:]:
        common.say(line)
