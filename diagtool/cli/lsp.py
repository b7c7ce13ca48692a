"""``diagtool lsp``: a language server for editors."""

from __future__ import annotations

import argparse

from diagtool.cli import common

HELP = "help an editor with topologies: findings as you type, completion, renaming"
EXAMPLES = (("diagtool lsp", "for editors, which start it and use its standard streams"),)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none: the editor says everything."""


def run(arguments: argparse.Namespace) -> int:
    try:
        from diagtool.serving.lsp.server import server
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith(("pygls", "lsprotocol")):
            raise
        message = "the language server needs pygls: pip install 'diagtool[lsp]'"
        raise common.CommandError(message) from None
    server().start_io()
    return 0
