"""Writing text as reStructuredText that means just that text.

Whatever is not made here from a text is a string of our own code or a template's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Self

from diagtool.model import wording
from diagtool.model.safe_text import SafeText

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
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
"""What ends a line, or means something to docutils itself."""
_MARKUP_START = re.compile(r"(?::[\w:.+-]+:)?`+")


class Rst(SafeText):
    """reStructuredText, as opposed to a text that must still be written as such."""

    __slots__ = ()

    @classmethod
    def escape(cls, text: str) -> Self:
        """A text on one line, with nothing in it that reStructuredText would act on."""
        return cls(_escape_start(" ".join(text.split())))


escape = Rst.escape
_NOTHING = Rst()


def within(text: str) -> Rst:
    """A text inside a line that has started already; blanks at its ends are kept."""
    return Rst(_escape_within(text))


def _escape_within(text: str) -> str:
    return _ANYWHERE.sub(r"\\\g<0>", _BREAKS.sub(" ", text))


def _escape_start(text: str) -> str:
    """A text that starts a line, where it could be the mark of a block or a list."""
    escaped = _ENUMERATOR.sub(r"\1\\\2", _escape_within(text))
    if set(escaped) == {"\\"}:  # a row of one character would be a transition
        return f"\\ {escaped}"
    harmless = not escaped or escaped[0].isalnum() or escaped[0] == "\\"
    return escaped if harmless else f"\\{escaped}"


def literal(text: str) -> Rst:
    """A text in a fixed-width face; of none, two quotes."""
    text = _flat(text) or '""'
    # A literal between backquotes has no escapes, and ends at the next two; a role has some.
    return Rst(f":literal:`{_escape_role(text)}`" if "`" in text else f"``{text}``")


def link(words: str, url: str) -> Rst:
    """Words that lead to an address."""
    address = url.replace("\\", "%5C").replace("`", "%60")
    address = f"{address[:-1]}\\_" if address.endswith("_") else address
    words = re.sub(r"[\\`<]", r"\\\g<0>", _flat(words) or _flat(url))
    return Rst(f"`{words} <{address}>`__")


def role(name: str, target: str) -> Rst:
    """A role that does not part its title from its target."""
    return Rst(f":{name}:`{_escape_role(_flat(target))}`")


def _escape_role(text: str) -> str:
    """What stands between a role's backquotes, where Sphinx knows ``<`` and ``!`` as well."""
    return re.sub(r"[\\`<]|^!", r"\\\g<0>", text)


def _flat(text: str) -> str:
    return " ".join(_BREAKS.sub(" ", text).split())


def join(parts: Sequence[str]) -> Rst:
    """Parts of one line: those that are Rst already, and texts.

    Markup must not touch a word; where it does, an escaped space keeps them apart.
    """
    line = ""
    after_markup = False
    for part in parts:
        markup = isinstance(part, Rst) and part[:1] in (":", "`")
        shown = part if isinstance(part, Rst) else within(part) if line else _escape_start(part)
        if line and shown and not _may_touch(line, shown, after_markup, markup):
            line += "\\ "
        line += shown
        after_markup = markup
    return Rst(line)


def _may_touch(before: str, after: str, after_markup: bool, before_markup: bool) -> bool:
    # An opening bracket stops markup whose first character closes it, such as (``)``).
    opened = before[-1] == "(" and _MARKUP_START.sub("", after, count=1)[:1].isalnum()
    if before_markup and not (before[-1].isspace() or opened):
        return False
    return not after_markup or after[0].isspace() or after[0] in ".,;!?)\\"


def listed(parts: Sequence[str]) -> Rst:
    """Texts, and what is Rst already, as a list in a sentence."""
    return Rst(wording.join([part if isinstance(part, Rst) else within(part) for part in parts]))


def printed(template: Callable[..., str], **values: object) -> Rst:
    """What a template prints that escapes whatever is not Rst."""
    return Rst(template(**values))


def suffixed(text: Rst, suffix: str) -> Rst:
    """Each line that is not empty with a suffix that reStructuredText never sees."""
    return Rst("\n".join(line + suffix if line else "" for line in text.split("\n")))


def raw(text: str) -> Rst:
    """A text for a directive that takes what it is given as it is: a name, or code."""
    return Rst("\n".join(_BREAKS.sub(" ", line) for line in text.split("\n")))


def directive(name: str, argument: Rst = _NOTHING, *, body: Rst = _NOTHING, **options: Rst) -> Rst:
    """A directive; option names have ``-`` for ``_``."""
    lines = [f".. {name}::{f' {argument}' if argument else ''}"]
    lines += [f"   :{key.replace('_', '-')}: {value}" for key, value in options.items()]
    if body:
        lines += ["", indent(body)]
    return Rst("\n".join(lines) + "\n")


def indent(text: Rst) -> Rst:
    """A block moved three columns to the right, without blank lines at its ends."""
    return Rst("\n".join(f"   {line}" if line else "" for line in text.strip("\n").split("\n")))


def heading(text: str, underline: str) -> Rst:
    """A heading over a line of the underlining character."""
    escaped = escape(text)
    # Wide characters take two columns, and too long a line does no harm.
    return Rst(
        f"{escaped}\n{underline * (2 * len(escaped) if not text.isascii() else len(escaped))}\n"
    )
