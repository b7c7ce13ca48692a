"""What a reader must know of a file, as a comment in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def comment(sentences: Iterable[str]) -> str:
    """Lines after a ``#``, of which those that belong under another one are indented.

    No backslash, since some programs go on with the line after one.
    """
    import textwrap  # late: only who writes config needs it

    lines = []
    for sentence in sentences:
        text = " ".join(sentence.replace("\\", "/").split())
        indent = sentence[: len(sentence) - len(sentence.lstrip())]
        lines += textwrap.wrap(
            text,
            78,
            initial_indent=f"# {indent}",
            subsequent_indent=f"# {indent * 2}",
            break_on_hyphens=False,
        )
    return "".join(f"{line.rstrip()}\n" for line in lines)


def replaceable(placeholders: Iterable[str]) -> Iterator[str]:
    """Sentences that list the placeholders of a file, if it has any."""
    lines = dict.fromkeys(placeholders)
    if lines:
        yield "Replace these placeholders:"
        yield from (f"  {line}" for line in lines)
