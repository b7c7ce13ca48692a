"""What is secret in files of other programs, and those files without it.

A name tells that its value is a secret, and a URL where its password stands. What is only
perhaps a secret is one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

SECRET = "(secret)"
"""What stands in messages for what is not shown."""

NAME = re.compile(
    r"passw|passphrase|secret|token|api_?-?key|private_?-?key|credential|authorization|\bauth\b",
    re.IGNORECASE,
)
"""What the names of secrets have in them."""

LONGEST = 20_000
"""How long a line may be of which anything is shown."""

_HARMLESS = ("", "true", "false", "none", "null", SECRET)
_URL = re.compile(r"(?<=://)\S{0,1000}@[^\s\"'<>]*")
_ENDS = re.compile(r"(?:[^\s:@/,]*(?::[^\s@/,]*)?@)?[^\s@/,]+(?:,(?=.)|$)")
_PASSWORD = re.compile(r"(?:(?<=,)|^)([^\s:@/,]*):[^\s@/,]*@")
_SETS = re.compile(
    rf"(?P<name>(?:{NAME.pattern})[\w.-]{{0,100}}[\"']?(?:[ \t]*[=:][ \t]*|[ \t]+))(?P<value>.*)",
    re.IGNORECASE,
)
_OPTION = re.compile(r"(\s*[#;]?\s*([^\s=:#;\[]+)\s*[=:]\s*)(.*)$")
_KEY = re.compile(r"-----(BEGIN|END) [A-Z ]*PRIVATE KEY-----")
_SECTION = re.compile(r"\[[^\[\]]+\]\s*$")


def url(text: str) -> str:
    """A text without the passwords in its URLs."""
    return _URL.sub(lambda match: _authority(match[0]), text)


def _authority(text: str) -> str:
    """What follows ``://``; several hosts may stand there, each after who asks it."""
    hosts, slash, rest = text.partition("/")
    if "@" in hosts and "@" not in rest and not _ENDS.sub("", hosts):
        return _PASSWORD.sub(rf"\1:{SECRET}@", hosts) + slash + rest
    name, _, host = text.rpartition("@")
    return f"{name.partition(':')[0]}:{SECRET}@{host}" if ":" in name else text


def value(name: str, text: str) -> str:
    """The value of an option without what is secret in it."""
    if NAME.search(name):
        return text if text.strip().lower() in _HARMLESS else SECRET
    return url(text)


def line(text: str) -> str:
    """A line of config, or of a command, without what is secret in it."""
    if len(text) > LONGEST:
        return SECRET
    return _SETS.sub(_hidden, url(text), count=1)


def _hidden(match: re.Match[str]) -> str:
    harmless = match["value"].strip("\"' \t,;").lower() in _HARMLESS
    return match[0] if harmless else match["name"] + SECRET


def lines(text: str, names: Collection[str] = ()) -> str:
    """A whole file without what is secret in it; it keeps its lines.

    The values of ``names`` are secret, too; of one that is a URL, its hosts are kept.
    """
    return "\n".join(_lines(text, names))


def _lines(text: str, names: Collection[str]) -> Iterator[str]:
    all_lines = text.split("\n")
    in_sections = any(_SECTION.match(each) for each in all_lines)
    key = goes_on = False
    for each in all_lines:
        match = _KEY.search(each)
        if match or key:
            key = match[1] == "BEGIN" if match else key
            yield SECRET
            continue
        if goes_on and each[:1].isspace() and each.strip():
            yield f" {SECRET}"
            continue
        shown = line(each)
        if (match := _OPTION.match(shown)) and match[2] in names and "://" not in match[3]:
            shown = match[1] + (match[3] if match[3].lower() in _HARMLESS else SECRET)
        goes_on = in_sections and (shown != each or shown.endswith(SECRET))
        yield shown
