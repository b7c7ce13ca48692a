"""Files that a topology does not make any more: of a service that is gone, say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from pathlib import Path

from diagtool.checks import readers
from diagtool.checks.readers import File, ReadError
from diagtool.checks.verify.model import Model, key
from diagtool.checks.verify.remaking import sources, suffixes
from diagtool.model import Topology
from diagtool.pictures import formats
from diagtool.pictures.formats import FormatKind

DIFFERENCES = "differences"
"""What a picture is called that is of two topologies, and that none of them makes alone."""

_SETTINGS, _FIREWALLS = (".conf", ".cfg"), (".nft", ".network-policies.yaml")
CONFIG = (*_SETTINGS, *_FIREWALLS)
"""What the names of config files end in that say what they were made from."""

_SAMPLE = re.compile(r"# Sample configuration of (.+)\.\n")
_BALANCER = re.compile(r"# (.+?): sample configuration for ")
_FIREWALL = re.compile(r"# (.+?): (?:what may be opened|allowed connections in Kubernetes)\b")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_NUMBERED = re.compile(r"#(\d+);|<U\+([0-9A-F]{4,6})>")


def left_over(model: Model, file: File) -> str:
    """What is wrong with a file that the topology does not make any more, empty for others."""
    name = file.path.lower()
    for source in sources(file):
        ours = source.topology == model.topology.id and source.view != DIFFERENCES
        if ours and model.drawn(source.view) is None:
            return f"it shows the picture of {source.view}, which the topology does not have"
    if name.endswith(_SETTINGS):
        return _of_config(model, file.content.decode("utf-8", "replace"))
    if name.endswith(_FIREWALLS):
        return _of_firewall(model, file)
    if model.view(file.stem):
        return ""
    gone = model.gone(_shown(file))
    return f"it shows servers called {gone}, which the topology does not have" if gone else ""


def _of_config(model: Model, text: str) -> str:
    if match := _SAMPLE.match(text):
        service = model.service(match[1])
        if service is None:
            return f"it is the config of {match[1]}, which the topology does not have"
        if not model.topology.settings(service.id):
            return f"it is the config of {match[1]}, which sets nothing in the topology"
    if called := list(_named(_BALANCER, text)):
        topology = model.topology
        # In these comments, a slash stands for a backslash.
        known = {key(c.name.replace("\\", "/")): c for c in topology.components.values()}
        component = next((known[key(name)] for name in called if key(name) in known), None)
        if component is None:
            return f"it is the config of {called[-1]}, which the topology does not have"
        if component.balancing is None or not topology.balanced_by(component.id):
            return f"it is the config of {component.name}, which balances nothing in the topology"
    return ""


def _named(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    """What the first comment of a file may name, which goes on over lines.

    Somebody's own comment may stand in front of it.
    """
    start = text[:1000]
    for line in re.finditer("^(?=# )", start, re.MULTILINE):
        if match := pattern.match(re.sub(r"\n# ", " ", start[line.start() :])):
            yield match[1]


def _of_firewall(model: Model, file: File) -> str:
    """What is wrong with a firewall that is called after what has none in the topology."""
    called = map(key, _named(_FIREWALL, file.content.decode("utf-8", "replace")))
    if key(model.topology.name.replace("\\", "/")) not in called:
        return ""
    name = Path(file.path).name
    if name in model.files or any(name.endswith(f"-{own}") for own in model.files):
        return ""
    return f"it is the firewall of {name.partition('.')[0]}, which has none in the topology"


def _shown(file: File) -> set[str]:
    """The labels in a picture, as far as they can be read."""
    path = file.path.lower()
    format = next((name for end, name in suffixes().items() if path.endswith(end)), None)
    if format and formats.get(format).KIND is FormatKind.TEXT:
        return _labels(file.content.decode("utf-8", "replace"))
    if format not in readers.names():
        return set()
    try:
        claims = readers.read(file).claims
    except ReadError:
        return set()
    return {fact.terms[0] for claim in claims for fact in claim.facts}


def _labels(text: str) -> set[str]:
    """What stands in quotes, however a language writes its signs."""
    labels = set()
    for quoted in _QUOTED.findall(text):
        plain = _NUMBERED.sub(lambda m: chr(int(m[1]) if m[1] else int(m[2], 16)), quoted)
        plain = re.sub(r"<br ?/?>|\\n", " ", plain).replace('\\"', '"').replace("\\\\", "\\")
        labels.add(unescape(plain))
    return labels


def left_over_in(
    topology: Topology, folder: Path, made: Iterable[str], suffixes: Iterable[str]
) -> dict[Path, str]:
    """The files of a folder that were made from a topology and would not be made today.

    ``made`` are the names of those that would, ``suffixes`` what the others end in.
    """
    model, known = Model(topology), set(made)
    found: dict[Path, str] = {}
    if not folder.is_dir():
        return found
    for path in sorted(folder.iterdir()):
        if path.name not in known and path.name.lower().endswith(tuple(suffixes)):
            try:
                message = left_over(model, readers.load(path))
            except ReadError:
                continue
            if message:
                found[path] = message
    return found
