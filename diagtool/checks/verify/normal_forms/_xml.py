"""What XML comes down to: elements with their attributes, in which ids have no names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from diagtool.checks.readers import File
from diagtool.checks.readers._markup import Element
from diagtool.checks.verify.normal_forms._pieces import Form

_DECLARED = re.compile(rb"(?:\xef\xbb\xbf)?<\?xml\s(.*?)\?>", re.DOTALL)
_VERSION = re.compile(r"""version\s*=\s*["']1\.0["']""")
_REFERENCE = re.compile(r"^#(.+)$|url\(\s*['\"]?#([^'\")]+)['\"]?\s*\)")


def local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition("\t")[2]


def declaration(content: bytes, file: File, made: Form) -> None:
    """Adds what stands in front of the root element and is not what everybody writes there."""
    if match := _DECLARED.match(content):
        told = match[1].decode("latin-1")
        if _VERSION.search(told) is None:
            made.describe(f"a declaration {told.strip()}", file.place(), beside=True)
    if b"<!DOCTYPE" in content:
        made.describe("a document type", file.place(), beside=True)


class Ids:
    """Gives ids numbers in the order in which they come up: what they are called is not seen."""

    def __init__(self, root: Element, *attributes: str) -> None:
        self.numbers: dict[str, str] = {}
        for element in root.every():
            for name in attributes:
                if value := element.get(name):
                    self.numbers.setdefault(value, f"#{len(self.numbers) + 1}")

    def one(self, id: str) -> str:
        """What stands for an id; for what is none, itself."""
        return self.numbers.get(id, id)

    def all(self, text: str) -> str:
        """The same for ids with blanks between them."""
        return " ".join(map(self.one, text.split()))

    def referred(self, text: str) -> str:
        """A text in which ``#id`` is the whole, or ``url(#id)`` stands."""
        return _REFERENCE.sub(
            lambda m: f"[{self.one(m[1])}]" if m[1] else f"url({self.one(m[2])})", text
        )


def tag(
    element: Element,
    attributes: Mapping[str, str] | None = None,
    value: Callable[[str, str], str] = lambda name, text: text,
) -> str:
    """A start tag, its attributes by name."""
    shown = element.attributes if attributes is None else attributes
    told = "".join(
        f' {name}="{value(name, text)}"' if name else f" {text}"  # of an instruction
        for name, text in sorted(shown.items())
    )
    return f"<{element.tag}{told}>".replace("\t", ":")
