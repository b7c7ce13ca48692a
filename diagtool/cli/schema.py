"""``diagtool schema``: the format of topologies, for editors."""

from __future__ import annotations

import argparse

from diagtool.cli import common

HELP = "print the JSON Schema of topologies, for editors"
EXAMPLES = (
    (
        "diagtool schema > topology/topology.schema.json",
        "then begin a topology with\n# yaml-language-server: $schema=topology.schema.json",
    ),
    (
        "diagtool schema --part > topology/part.schema.json",
        "for the further files of a topology that is a folder",
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--part",
        action="store_true",
        help="the schema of the further files in the folder of a topology",
    )


def run(arguments: argparse.Namespace) -> int:
    from diagtool.loading import json_schema, schema

    record = schema.PART_FILE if arguments.part else schema.TOPOLOGY
    common.put(json_schema.write(record))
    return 0
