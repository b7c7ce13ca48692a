"""The command line: arguments in, exit code out; one module a command."""

from diagtool.cli.main import main, parser, program

__all__ = ["main", "parser", "program"]
