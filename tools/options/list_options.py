"""Every option of some namespaces as JSON, as oslo.config's own generator lists them.

Runs in the environment of the release that is asked, and needs nothing else there. The
generator leaves out what a value has to look like beside its type; that is added from the
same lists of options that the generator reads.

    python list_options.py NAMESPACE... > options.json
"""

import socket

# Before anybody asks for it: options take the machine's name as a default.
socket.gethostname = socket.getfqdn = lambda *_: "<host>"

import contextlib  # noqa: E402
import io  # noqa: E402
import json  # noqa: E402
import sys  # noqa: E402
from importlib.metadata import entry_points  # noqa: E402
from typing import Any  # noqa: E402

from oslo_config import generator, types  # noqa: E402


def listed(namespaces: list[str]) -> dict[str, Any]:
    """What the generator writes: groups by name, with the options of each."""
    arguments = ["--format", "json"]
    for namespace in namespaces:
        arguments += ["--namespace", namespace]
    with contextlib.redirect_stdout(io.StringIO()) as written:
        generator.main(arguments)
    options: dict[str, Any] = json.loads(written.getvalue())["options"]
    return options


def shapes(namespaces: list[str]) -> dict[tuple[str, str], dict[str, Any]]:
    """By group and option, what the generator does not say of a value."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    points = {point.name: point for point in entry_points(group="oslo.config.opts")}
    for namespace in namespaces:
        if namespace not in points:
            sys.exit(f"there is no namespace {namespace!r}")
        for group, options in points[namespace].load()():
            name = getattr(group, "name", group) or "DEFAULT"
            for option in options:
                found[name, option.dest] = shape(option.type)
    return found


def shape(kind: Any) -> dict[str, Any]:
    item = getattr(kind, "item_type", None) if isinstance(kind, types.List) else None
    return {
        "items": getattr(item, "type_name", None),
        "ignore_case": bool(getattr(kind, "ignore_case", False)),
    }


def main() -> None:
    namespaces = sys.argv[1:]
    more = shapes(namespaces)
    groups = listed(namespaces)
    for group, content in groups.items():
        for option in content["opts"]:
            option.update(more[group, option["dest"]])
    json.dump(groups, sys.stdout)


if __name__ == "__main__":
    main()
