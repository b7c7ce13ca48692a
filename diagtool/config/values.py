"""What a text must be to be the value of a config option, as oslo.config reads it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from diagtool.config.hosts import is_domain, is_hostname, is_ip
from diagtool.config.placeholders import fill
from diagtool.model import PLACEHOLDER, Placeholder
from diagtool.model.catalogue import Catalogue, CatalogueOption, OptionType

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s/?#]+[^\s<>\"{}|\\^`]*")
_HOST_PORT = re.compile(r"(?:[^:\[\]]*|\[[^\[\]]+\])(?::([0-9]*))?")
_RANGE = re.compile(r"-?[0-9]+(-[0-9]+)?")
_SUBSTITUTED = re.compile(r"(?<![\\$])\$(?!\$)")
NO_PLACEHOLDER = re.compile(r"<>|<[^\W\d_][^<>]*(?=<|$)")
"""What looks like a placeholder, and names nothing or is not closed."""

_TRUTHS = {
    **dict.fromkeys(("true", "1", "on", "yes"), True),
    **dict.fromkeys(("false", "0", "off", "no"), False),
}


def truth(text: str) -> bool | None:
    """The truth value that a text stands for; None where it stands for none."""
    return _TRUTHS.get(text.lower())


def unquoted(text: str) -> str:
    """A value without the quotes around it."""
    is_quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if is_quoted else text


def is_same(catalogues: Iterable[Catalogue], name: str, one: str, other: str) -> bool:
    """Whether two values of an option are the same one, written in two ways.

    Quotes around a value say nothing. Truth values are told from texts by catalogues.
    """
    one, other = unquoted(one), unquoted(other)
    if one == other:
        return True
    known = [c.groups[group][name] for c in catalogues for group in c.groups_with(name)]
    is_boolean = bool(known) and all(option.type is OptionType.BOOLEAN for option in known)
    return is_boolean and truth(one) is not None and truth(one) is truth(other)


def _is_integer(text: str) -> bool:
    return re.fullmatch(r"\s*[+-]?[0-9]+\s*", text) is not None


def _is_float(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


WORDS: Mapping[OptionType, str] = {
    OptionType.STRING: "a text",
    OptionType.INTEGER: "a whole number",
    OptionType.FLOAT: "a number",
    OptionType.BOOLEAN: "true or false",
    OptionType.LIST: "a list",
    OptionType.DICT: "keys and values such as a:1,b:2",
    OptionType.MULTI: "a text, which can be given several times",
    OptionType.RANGE: "a range such as 1-9",
    OptionType.PORT: "a port",
    OptionType.IP: "an IP address",
    OptionType.HOSTNAME: "a host name",
    OptionType.HOST: "a host name or IP address",
    OptionType.DOMAIN: "a domain name or IP address",
    OptionType.URI: "a URI",
    OptionType.OTHER: "a value of a type of its own",
}
"""What a value of a type is."""

_FITS: Mapping[OptionType, Callable[[str], bool]] = {
    OptionType.INTEGER: _is_integer,
    OptionType.FLOAT: _is_float,
    OptionType.BOOLEAN: lambda text: truth(text) is not None,
    OptionType.PORT: lambda text: _is_integer(text) and 0 <= int(text) <= 65535,
    OptionType.IP: is_ip,
    OptionType.HOSTNAME: is_hostname,
    OptionType.HOST: lambda text: is_ip(text) or is_hostname(text),
    OptionType.DOMAIN: is_domain,
    OptionType.URI: lambda text: _URI.fullmatch(text) is not None,
    OptionType.RANGE: lambda text: _RANGE.fullmatch(text) is not None,
    OptionType.DICT: lambda text: all(":" in item for item in text.split(",") if item),
}
"""Whether a text is a value of a type; of others every text is."""

SAMPLES: Mapping[OptionType, str] = {
    OptionType.INTEGER: "1",
    OptionType.FLOAT: "1.0",
    OptionType.BOOLEAN: "true",
    OptionType.PORT: "1024",
    OptionType.IP: "192.0.2.1",
    OptionType.HOSTNAME: "host.example.org",
    OptionType.HOST: "host.example.org",
    OptionType.DOMAIN: "example.org",
    OptionType.URI: "http://host.example.org/",
    OptionType.RANGE: "1-9",
    OptionType.DICT: "key:value",
}
"""A text of each type that not every text is of."""

_MAY_BE_EMPTY = (OptionType.INTEGER, OptionType.FLOAT, OptionType.PORT, OptionType.DICT)


def unlike(type: OptionType, text: str) -> str:
    """What a text of a type would be, in words; empty where this text is one."""
    if type not in _FITS or (not text and type in _MAY_BE_EMPTY):
        return ""
    return "" if _FITS[type](text) else WORDS[type]


def unfit(option: CatalogueOption, text: str) -> tuple[str, str]:
    """Code and message where a text is no value of an option, else two empty texts.

    What a value takes from elsewhere (``$my_ip``) is not known, and nothing is wrong with it.
    The message shows no value that is secret.
    """
    if _SUBSTITUTED.search(text):
        return "", ""
    items = [text]
    type = option.type
    if type is OptionType.LIST:
        items = [item.strip() for item in text.split(",")] if text else []
        type = option.items
    for item in items:
        shown = "the value" if option.secret else f"'{item}'"
        if words := unlike(type, item):
            return "option-type", f"{shown} is not {words}"
        if option.choices and not _is_chosen(option, item):
            return "option-choice", f"{shown} is not one of {', '.join(option.choices)}"
    if text and option.type in (OptionType.INTEGER, OptionType.FLOAT, OptionType.PORT):
        number = float(text)
        shown = "the value" if option.secret else text
        if option.minimum is not None and number < option.minimum:
            return "option-bounds", f"{shown} is less than {option.minimum}"
        if option.maximum is not None and number > option.maximum:
            return "option-bounds", f"{shown} is more than {option.maximum}"
    return "", ""


def unreachable(url: str) -> str:
    """What is wrong with a host of a URL, in words, where none can be reached so; else empty."""
    hosts = re.match(r"[A-Za-z][A-Za-z0-9+._-]*://([^/?#\s]*)", url)
    if hosts is None or _SUBSTITUTED.search(url):
        return ""
    for each in hosts[1].split(","):
        match = _HOST_PORT.fullmatch(each.rpartition("@")[2])
        if match is None:
            return "expected a port after the colon; write an IPv6 address in brackets"
        if match[1] and int(match[1]) > 65535:
            return "a port is a number up to 65535"
    return ""


def _is_chosen(option: CatalogueOption, text: str) -> bool:
    if option.ignore_case:
        return text.casefold() in (choice.casefold() for choice in option.choices)
    return text in option.choices


def filled(value: str, placeholders: Mapping[str, Placeholder]) -> str | None:
    """A value with an example in place of each placeholder, None where there is none.

    Without an example, a text of the placeholder's type stands for it.
    """
    examples: dict[str, str] = {}
    for name in PLACEHOLDER.findall(value):
        placeholder = placeholders.get(name)
        if placeholder is None or not (placeholder.example or placeholder.type):
            return None
        sample = SAMPLES.get(placeholder.type or OptionType.STRING, "example")
        examples[name] = placeholder.example or sample
    return fill(value, examples)
