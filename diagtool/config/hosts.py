"""What names a host: an IP address, or a name that the DNS or a hosts file could have."""

from __future__ import annotations

import re
from ipaddress import IPv6Address, ip_address

EXPECTED = "a host name or an IP address without a zone"
"""What a text should have been that is no :func:`is_domain`."""

_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")
_DOMAIN_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")


def is_ip(text: str) -> bool:
    """Whether it is an address that means the same on every machine: one without a zone id."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def is_hostname(text: str, label: re.Pattern[str] = _LABEL) -> bool:
    """Whether it is a name of letters, digits and hyphens between its dots."""
    labels = text.removesuffix(".").split(".")
    # An address with too large a number must not pass for a name.
    return (
        len(text) <= 253
        and all(label.fullmatch(part) for part in labels)
        and not all(part.isdigit() for part in labels)
    )


def is_domain(text: str) -> bool:
    """Whether it is an address, or a name that may hold underscores as well."""
    return is_ip(text) or is_hostname(text, _DOMAIN_LABEL)


def in_url(text: str) -> str:
    """A host as a URL has it: an IPv6 address in brackets, all else as it is."""
    return f"[{IPv6Address(text)}]" if ":" in text and is_ip(text) else text
