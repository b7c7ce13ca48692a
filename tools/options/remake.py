"""Makes the catalogues of config options of a product's releases, or checks them.

    python tools/options/remake.py FOLDER [--check]

FOLDER holds ``catalogues.toml``:

    product = "Designate"                      # what readers call it
    package = "designate"                      # what pip calls it
    constraints = "../../constraints/options"  # from FOLDER
    namespaces = ["designate.conf", ...]       # those of oslo.config whose options it reads

For each ``NAME.txt`` among the constraints, which pins the package and all that it needs, the
catalogue is ``FOLDER/NAME.json``. It is made in a clean environment from the real packages, and
is the same on every machine. ``--check`` writes nothing: it says which catalogues differ from
what would be made, and whether a newer release is out than the newest of them, and exits with 1
where there is anything to say.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path
from typing import Any

FORMAT = 1

Content = dict[str, Any]
Listing = dict[str, Content]
"""What the generator says: groups by name, each with its options."""

TYPES = {
    "string value": "string",
    "integer value": "integer",
    "floating point value": "float",
    "boolean value": "boolean",
    "list value": "list",
    "dict value": "dict",
    "multi valued": "multi",
    "range value": "range",
    "port": "port",
    "port value": "port",
    "IP address value": "ip",
    "hostname value": "hostname",
    "host address value": "host",
    "host domain value": "domain",
    "uri value": "uri",
}
"""What oslo.config calls a type, and what a catalogue calls it; any other is ``other``."""


def main() -> None:
    parser = argparse.ArgumentParser(description="make catalogues of config options")
    parser.add_argument("folder", type=Path, help="the folder that holds catalogues.toml")
    parser.add_argument("--check", action="store_true", help="write nothing, say what is old")
    arguments = parser.parse_args()
    folder = arguments.folder
    config = settings(folder / "catalogues.toml")
    files = sorted((folder / config["constraints"]).glob("*.txt"))
    if not files:
        sys.exit(f"{folder / config['constraints']}: holds no constraints")
    findings = []
    releases = []
    for constraints in files:
        release = pinned(constraints, config["package"])
        releases.append(release)
        path = folder / f"{constraints.stem}.json"
        text = written(config["product"], release, options(constraints, config["namespaces"]))
        if path.exists() and path.read_text("utf-8") == text:
            print(f"{path}: unchanged", flush=True)
        elif arguments.check:
            findings.append(f"{path}: not what {constraints.name} gives; make it again")
        else:
            path.write_text(text, encoding="utf-8", newline="\n")
            print(f"{path}: written", flush=True)
    if arguments.check:
        known = max(releases, key=ordered)
        newest = newest_release(config["package"])
        if ordered(newest) > ordered(known):
            findings.append(
                f"{config['product']} {newest} is out, and the newest catalogue is of {known}"
            )
    sys.exit("\n".join(findings) or 0)


def settings(path: Path) -> Content:
    """What the file says, which holds all that it must."""
    try:
        config = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        sys.exit(f"{path}: {error}")
    if missing := {"product", "package", "constraints", "namespaces"} - config.keys():
        sys.exit(f"{path}: says nothing of {', '.join(sorted(missing))}")
    return config


def pinned(constraints: Path, package: str) -> str:
    """The release of the package that a file of constraints names."""
    text = constraints.read_text("utf-8")
    pin = re.search(rf"(?m)^{re.escape(package)}===?([^\s;]+)", text)
    if pin is None:
        sys.exit(f"{constraints}: does not pin {package}")
    return pin[1]


def ordered(release: str) -> list[int]:
    """A release as what it is compared by."""
    return [int(number) for number in re.findall(r"\d+", release)]


def newest_release(package: str) -> str:
    """The newest release that pip finds, whether or not it runs on this Python."""
    lookup = ["install", "--dry-run", "--no-deps", "--ignore-installed"]
    report = pip([*lookup, "--ignore-requires-python", "--quiet", "--report", "-", package])
    version: str = json.loads(report)["install"][0]["metadata"]["version"]
    return version


def pip(arguments: list[str]) -> str:
    """What pip writes to its output. Ends the program where pip fails."""
    # Constraints of whoever runs this are not those of the releases.
    environment = {k: v for k, v in os.environ.items() if k != "PIP_CONSTRAINT"}
    command = [sys.executable, "-m", "pip", *arguments]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{done.stdout}pip {' '.join(arguments)}: failed")
    return done.stdout


def options(constraints: Path, namespaces: list[str]) -> Listing:
    """Groups of options as the generator lists them, with no trace of this machine."""
    with tempfile.TemporaryDirectory(prefix="diagtool-options-") as name:
        work = Path(name).resolve()
        venv.create(work / "venv", with_pip=False)
        python = work / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
        target = ["--python", str(python)]
        pip([*target, "install", "--quiet", "--no-deps", "--requirement", str(constraints)])
        pip([*target, "check"])
        done = subprocess.run(
            [python, "-W", "ignore", Path(__file__).with_name("list_options.py"), *namespaces],
            cwd=work,
            env={"HOME": str(work), "PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        if done.returncode:
            sys.exit(f"{constraints}: its options cannot be listed")
        # Nothing else on the machine has this name.
        listed: Listing = json.loads(done.stdout.replace(json.dumps(str(work))[1:-1], "<path>"))
        return listed


def written(product: str, release: str, listed: Listing) -> str:
    """The text of a catalogue."""
    groups: Listing = {}
    for group, content in sorted(listed.items()):
        for option in sorted(content["opts"], key=lambda option: option["dest"]):
            name, entry = option["dest"], described(group, option)
            if groups.setdefault(group, {}).setdefault(name, entry) != entry:
                sys.exit(f"[{group}] {name}: two namespaces say different things")
    catalogue = {
        "format": FORMAT,
        "product": product,
        "release": release,
        "groups": groups,
    }
    return json.dumps(catalogue, indent=1, ensure_ascii=False) + "\n"


def described(group: str, option: Content) -> Content:
    """An option as a catalogue has it: the type, and whatever else there is to say."""
    kind = TYPES.get(option["type"], "other")
    items = TYPES.get(option["items"] or "", "other")
    default = as_text(option["default"], kind)
    sample = as_text(option["sample_default"], kind)
    if sample is None and default is not None and re.search("<(host|path)>", default):
        sample = default
    entry = {
        "type": kind,
        "items": items if option["items"] and items != "string" else None,
        "default": default if sample is None else None,
        "sample_default": sample,
        "choices": [str(value) for value, _ in option["choices"] if value is not None],
        "ignore_case": option["choices"] and option["ignore_case"],
        "min": option["min"],
        "max": option["max"],
        "required": option["required"],
        "secret": option["secret"],
        "deprecated": deprecation(option) if option["deprecated_for_removal"] else None,
        "renamed_from": former(group, option),
        "help": one_line(option["help"]),
    }
    return {key: value for key, value in entry.items() if says_something(key, value)}


def says_something(key: str, value: Any) -> bool:
    """Whether a value is worth a line; 0 is, and so is an empty default."""
    if value == "":
        return key in ("default", "sample_default")
    return not (value is None or value is False or value == [])


def deprecation(option: Content) -> Content:
    since, reason = option["deprecated_since"], option["deprecated_reason"]
    entry = {"since": since and str(since), "reason": one_line(reason)}
    return {key: value for key, value in entry.items() if value}


def former(group: str, option: Content) -> list[str]:
    """Where else the option may still stand, as ``group/name``."""
    places = {(old["group"], old["name"].replace("-", "_")) for old in option["deprecated_opts"]}
    return sorted("/".join(place) for place in places - {(group, option["dest"])})


def as_text(value: Any, kind: str) -> str | None:
    """A default as it would stand in a file; None where there is none."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return ",".join(f"{key}:{value[key]}" for key in sorted(value))
    if isinstance(value, list) and kind == "multi":
        return "\n".join(map(str, value)) or None
    if isinstance(value, list):
        return ",".join(map(str, value))
    return None if value is None else str(value)


def one_line(text: str | None) -> str:
    return " ".join((text or "").split())


if __name__ == "__main__":
    main()
