"""Writing text as reStructuredText that means just that text."""

from __future__ import annotations

import re
from collections.abc import Sequence

_ANYWHERE = re.compile(
    r"""
      [\\*`|]                        # escapes, emphasis, roles, substitutions
    | (?<![^\W_])_ | _(?![^\W_])     # references: an underscore at a word's edge
    | :(?=\S) | (?<=[:\s]):          # roles, fields, addresses, literal blocks
    | \[(?=[^\]]*\]_)                # footnotes and citations
    | (?<=\S)@(?=\S)                 # mail addresses
    """,
    re.VERBOSE,
)
_ENUMERATOR = re.compile(r"^(\(?\w{1,20})([.)])(?=\s|$)")


class Rst(str):
    """reStructuredText, as opposed to a text that must still be written as such."""

    __slots__ = ()


def escape(text: str) -> Rst:
    """A text on one line, with nothing in it that reStructuredText would act on."""
    return escape_start(" ".join(text.split()))


def within(text: str) -> Rst:
    """A text inside a line that has started already; blanks at its ends are kept."""
    return Rst(_ANYWHERE.sub(r"\\\g<0>", text))


def escape_start(text: str) -> Rst:
    """A text that starts a line, where it could be the mark of a block or a list."""
    escaped = _ENUMERATOR.sub(r"\1\\\2", within(text))
    if set(escaped) == {"\\"}:  # a row of one character would be a transition
        return Rst(f"\\ {escaped}")
    harmless = not escaped or escaped[0].isalnum() or escaped[0] == "\\"
    return Rst(escaped if harmless else f"\\{escaped}")


def literal(text: str) -> Rst:
    """A text in a fixed-width face."""
    return Rst(f"``{' '.join(text.split())}``")


def link(words: str, url: str) -> Rst:
    """Words that lead to an address."""
    address = url.replace("\\", "%5C").replace("`", "%60")
    address = f"{address[:-1]}\\_" if address.endswith("_") else address
    words = re.sub(r"[\\`<]", r"\\\g<0>", " ".join(words.split()))
    return Rst(f"`{words} <{address}>`__")


def role(name: str, target: str) -> Rst:
    """A role with a target that holds no backquote."""
    return Rst(f":{name}:`{target}`")


def join(parts: Sequence[str]) -> Rst:
    """Parts of one line: those that are Rst already, and texts.

    Markup must not touch a word; where it does, an escaped space keeps them apart.
    """
    line = ""
    after_markup = False
    for part in parts:
        markup = isinstance(part, Rst) and part[:1] in (":", "`")
        shown = part if isinstance(part, Rst) else within(part) if line else escape_start(part)
        if line and shown and not _may_touch(line, shown, after_markup, markup):
            line += "\\ "
        line += shown
        after_markup = markup
    return Rst(line)


def _may_touch(before: str, after: str, after_markup: bool, before_markup: bool) -> bool:
    # An opening bracket stops markup whose first character closes it, such as (``)``.
    opened = before[-1] == "(" and after.lstrip(":`")[:1].isalnum()
    if before_markup and not (before[-1].isspace() or opened):
        return False
    return not after_markup or after[0].isspace() or after[0] in ".,;!?)\\"


def directive(name: str, argument: str = "", *, body: str = "", **options: str) -> Rst:
    """A directive; option names have ``-`` for ``_``."""
    lines = [f".. {name}::{f' {argument}' if argument else ''}"]
    lines += [f"   :{key.replace('_', '-')}: {value}" for key, value in options.items()]
    if body:
        lines += ["", indent(body)]
    return Rst("\n".join(lines) + "\n")


def indent(text: str) -> Rst:
    """A block moved three columns to the right."""
    return Rst("\n".join(f"   {line}" if line else "" for line in text.rstrip("\n").split("\n")))


def heading(text: str, underline: str) -> Rst:
    """A heading over a line of the underlining character."""
    escaped = escape(text)
    # Wide characters take two columns, and too long a line does no harm.
    return Rst(
        f"{escaped}\n{underline * (2 * len(escaped) if not text.isascii() else len(escaped))}\n"
    )
