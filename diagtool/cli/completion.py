"""``diagtool completion``: a shell learns the commands and their options."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from diagtool.cli import common

HELP = "print a script that lets a shell complete commands and options"
EXAMPLES = (
    ('eval "$(diagtool completion bash)"', "in ~/.bashrc"),
    ('eval "$(diagtool completion zsh)"', "in ~/.zshrc, after compinit"),
    ("diagtool completion fish | source", "in config.fish"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=("bash", "zsh", "fish"))


def run(arguments: argparse.Namespace) -> int:
    import shtab

    if arguments.shell not in shtab.SUPPORTED_SHELLS:
        message = f"shtab {shtab.__version__} does not support {arguments.shell}"
        raise common.CommandError(f"{message}: pip install -U shtab")
    parser = arguments.parser()
    for action in _actions(parser):
        if action.type is common.path:
            setattr(action, "complete", shtab.FILE)  # noqa: B010
    common.put(shtab.complete(parser, arguments.shell))
    return 0


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield from _actions(inner)
