"""Options in config files that run, held against those of a topology."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from diagtool.checks import secret_detection
from diagtool.checks.running_system.matching import Matcher, key
from diagtool.checks.running_system.observations import Process, Setting
from diagtool.checks.running_system.patching import Replace
from diagtool.checks.secret_detection import SECRET
from diagtool.config.placeholders import fill
from diagtool.config.values import truth
from diagtool.model import PLACEHOLDER, Option, Place, Service
from diagtool.model.catalogue import CatalogueOption, OptionType
from diagtool.model.diagnostics import Diagnostic

Key = tuple[str, str]
"""A section and the name of an option."""


@dataclass(slots=True)
class Config:
    """What several files of a host set together, the last one in force."""

    host: str
    place: Place
    settings: dict[Key, list[Setting]] = field(default_factory=dict)

    def add(self, settings: list[Setting]) -> None:
        """Lays what a file sets over what is there."""
        own: dict[Key, list[Setting]] = {}
        for each in settings:
            own.setdefault((each.section, each.name), []).append(each)
        self.settings.update(own)


def compare(matcher: Matcher) -> Iterator[tuple[Diagnostic, Replace | None]]:
    """A finding for each option that is another one than the topology states, or not set.

    With each comes the edit by which the topology would state what is set, where there is one.
    """
    files: dict[tuple[str, str], list[Setting]] = {}
    for setting in matcher.seen.settings:
        files.setdefault((setting.host, setting.path), []).append(setting)
    for service in matcher.topology.services.values():
        configs = list(_configs(matcher, service, files))
        for config in configs:
            yield from _differences(matcher, service, config)
        if any(matcher.topology.settings(service.id)):
            read = {config.host for config in configs}
            yield from ((finding, None) for finding in _unread(matcher, service, files, read))


# --- which files ----------------------------------------------------------------------------


def _configs(
    matcher: Matcher, service: Service, files: Mapping[tuple[str, str], list[Setting]]
) -> Iterator[Config]:
    """The config of each copy of a service; the same files make one config."""
    told: set[tuple[str, tuple[str, ...]]] = set()
    for host in dict.fromkeys(host for host, _ in files):
        here = [path for at, path in files if at == host]
        for paths in _paths(matcher, service, host, here):
            if paths and (host, paths) not in told:
                told.add((host, paths))
                first = files[host, paths[-1]][0].place
                config = Config(host, Place(first.path, 1, 1))
                for path in paths:
                    config.add(files[host, path])
                yield config


def _paths(
    matcher: Matcher, service: Service, host: str, here: list[str]
) -> Iterator[tuple[str, ...]]:
    """The paths of each config of a service on a host, in the order in which they are read."""
    if patterns := matcher.of(service.id).config:
        found = [path for path in here if any(fnmatchcase(path, each) for each in patterns)]
        folders: dict[str, list[str]] = {}
        for path in found:
            folders.setdefault(str(PurePosixPath(path).parent), []).append(path)
        yield from (tuple(sorted(paths)) for paths in folders.values())
        return
    named = [
        tuple(_named(process, here))
        for process in matcher.seen.processes
        if process.host == host and matcher.process(host, process.pid) == service.id
        if _arguments(process)
    ]
    if named:
        yield from named
        return
    taken = set(_named_by_any(matcher, host, here))
    yield from _usual(service.id, [path for path in here if path not in taken])


def _named(process: Process, here: list[str]) -> Iterator[str]:
    """The files that a command line names, itself or by their folder."""
    for argument in _arguments(process):
        yield from sorted(p for p in here if argument in (p, str(PurePosixPath(p).parent)))


def _arguments(process: Process) -> list[str]:
    """The files and folders that a command line names ``--config-file`` and ``--config-dir``."""
    words = " ".join(process.words)
    return [path.rstrip("/") for path in re.findall(r"--config-(?:file|dir)[= ]([^\s\]]+)", words)]


def _named_by_any(matcher: Matcher, host: str, here: list[str]) -> Iterator[str]:
    for process in matcher.seen.processes:
        if process.host == host:
            yield from _named(process, here)


def _usual(id: str, here: list[str]) -> Iterator[tuple[str, ...]]:
    """Files called after a service or what it belongs to, in the order of oslo.config.

    Each folder makes a config. Where some hold a file that is called after the service itself,
    the others are of others.
    """
    plain = key(id)
    whole = plain.partition("-")[0]
    folders: dict[str, list[tuple[int, str]]] = {}
    for path in here:
        pure = PurePosixPath(path)
        stem, above = key(pure.stem), pure.parent
        inside = above.name in (f"{whole}.conf.d", f"{plain}.conf.d", "conf.d")
        if inside and (above.name != "conf.d" or key(above.parent.name) in (whole, plain)):
            folders.setdefault(str(above.parent), []).append((2, path))
        elif stem in (whole, plain):
            folders.setdefault(str(above), []).append((int(stem == plain), path))
    found = [tuple(path for _, path in sorted(paths)) for paths in folders.values()]
    own = [paths for paths in found if any(key(PurePosixPath(p).stem) == plain for p in paths)]
    yield from own or found


def _unread(
    matcher: Matcher, service: Service, files: Collection[tuple[str, str]], read: Collection[str]
) -> Iterator[Diagnostic]:
    """For each host, that the snapshot lacks config with which a service runs there.

    ``files`` are those in the snapshot; some config of the service was ``read`` from these hosts.
    """
    hosts: dict[str, list[Process]] = {}
    for process in matcher.seen.processes:
        if matcher.process(process.host, process.pid) == service.id:
            hosts.setdefault(process.host, []).append(process)
    for host, processes in hosts.items():
        here = [path for at, path in files if at == host]
        missing = {
            path: process.place
            for process in processes
            for path in _arguments(process)
            if not any(path in (each, str(PurePosixPath(each).parent)) for each in here)
        }
        if missing or host not in read:
            which = f" ({', '.join(missing)})" if missing else ""
            message = f"config of {service.name}{which} is not in this snapshot: not compared"
            place = next(iter(missing.values()), processes[0].place)
            yield Diagnostic("running-unseen", place, message, "collect it with --file")


# --- what differs ------------------------------------------------------------------------------


def _differences(
    matcher: Matcher, service: Service, config: Config
) -> Iterator[tuple[Diagnostic, Replace | None]]:
    stated: dict[Key, list[Option]] = {}
    for _, option in matcher.topology.settings(service.id):
        stated.setdefault((option.section, option.name), []).append(option)
    passed_over = {
        (option.section, option.name)
        for snippet in service.chosen
        for other in service.snippets
        if other is not snippet and service.first_of(other) is service.first_of(snippet)
        if all(_agrees(matcher, [option], config) for option in other.options)
        for option in snippet.options
    }
    for at, options in stated.items():
        if at in passed_over or matcher.is_ignored(f"[{at[0]}] {at[1]}", at[1]):
            continue
        if not _agrees(matcher, options, config):
            edit = _edit(matcher, options, config.settings.get(at, []))
            yield _finding(matcher, service, options, config), edit


def _agrees(matcher: Matcher, options: list[Option], config: Config) -> bool:
    """Whether a config sets an option as stated; what is not set has its default."""
    at = (options[0].section, options[0].name)
    known = _known(matcher, at)
    wanted = [option.value for option in options]
    settings = config.settings.get(at)
    if settings is None:
        default = known.default if known else None
        return (
            default is not None and len(wanted) == 1 and _same(matcher, wanted[0], default, known)
        )
    is_multi = known.type is OptionType.MULTI if known else len(wanted) > 1
    values = [setting.value for setting in settings]
    if not is_multi:
        return len(wanted) == 1 and _same(matcher, wanted[0], values[-1], known)
    return len(wanted) == len(values) and all(
        any(_same(matcher, one, other, known) for other in values) for one in wanted
    )


def _known(matcher: Matcher, at: Key) -> CatalogueOption | None:
    catalogues = matcher.topology.catalogues
    return catalogues[-1].option(*at) if catalogues else None


def _same(matcher: Matcher, stated: str, seen: str, known: CatalogueOption | None) -> bool:
    """Whether a value is the one that is stated, with something in place of each placeholder."""
    if known and known.type is OptionType.BOOLEAN:
        return truth(stated) is truth(seen)
    if seen == SECRET:
        return True
    *texts, last = PLACEHOLDER.split(stated)
    pattern = ""
    for text, name in zip(texts[::2], texts[1::2], strict=True):
        value = matcher.values.get(name)
        pattern += re.escape(_plain(text))
        pattern += ".+" if value is None else f"(?:{re.escape(value)}|{re.escape(SECRET)})"
    whole = pattern + re.escape(_plain(last))
    if re.fullmatch(whole, _plain(seen)):
        return True
    return secret_detection.url(_plain(fill(stated, matcher.values))) == _plain(seen)


def _plain(value: str) -> str:
    """A value without the blanks that mean nothing."""
    return re.sub(r"\s*,\s*", ",", value.strip())


def _finding(
    matcher: Matcher, service: Service, options: list[Option], config: Config
) -> Diagnostic:
    option = options[0]
    name = f"[{option.section}] {option.name}"
    wanted = ", ".join(f"'{_shown(matcher, option, each.value)}'" for each in options)
    settings = config.settings.get((option.section, option.name))
    if settings is None:
        message = f"{name} is not set for {service.name}, but {option.place} states {wanted}"
        return Diagnostic("running-option", config.place, message, contradicts=option.place)
    seen = ", ".join(f"'{_shown(matcher, option, each.value)}'" for each in settings)
    message = f"{name} is {seen} for {service.name}, but {option.place} states {wanted}"
    place = settings[-1].place
    return Diagnostic("running-option", place, message, contradicts=option.place)


def _edit(matcher: Matcher, options: list[Option], settings: list[Setting]) -> Replace | None:
    """The edit of a value that stands in one place, and is neither secret nor a reader's own."""
    if len(options) != 1 or len(settings) != 1:
        return None
    option, value = options[0], settings[0].value
    is_own = option.placeholders or PLACEHOLDER.search(value)
    if is_own or SECRET in value or _shown(matcher, option, value) != value or not value:
        return None
    return Replace(option.place, value)


def _shown(matcher: Matcher, option: Option, value: str) -> str:
    """A value without what is secret in it.

    A value that stands in place of a placeholder is its owner's own; of a URL the password is.
    """
    known = _known(matcher, (option.section, option.name))
    is_own = (known and known.secret) or option.placeholders
    if is_own and "://" not in value and not PLACEHOLDER.search(value):
        return SECRET
    return secret_detection.value(option.name, value)
