"""Files of a deployment: line by line, with what a line is indented by, since YAML reads that."""

from __future__ import annotations

from diagtool.checks.readers import File
from diagtool.checks.verify.normal._lines import lines
from diagtool.checks.verify.normal._pieces import Form

SUFFIXES = (
    "flows.csv",
    "flows.json",
    "hosts.csv",
    "hosts.json",
    "inventory.yaml",
    "kubernetes.yaml",
    "network-policies.yaml",
    "ssh_config",
    ".nft",
)


def form(file: File) -> Form:
    """The normal form of a file. Blanks within a line count once."""
    made = Form(by_lines=True)
    for number, line in lines(file):
        depth = len(line) - len(line.lstrip())
        text = f"{' ' * depth}{' '.join(line.split())}"
        made.say("line", text, file.place(number, depth + 1))
    return made
