"""What the source of a graph comes down to: its statements, token by token."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from html import unescape

from diagtool.checks.readers import File
from diagtool.checks.readers._graph import Token, Tokens
from diagtool.checks.verify.normal_forms._pieces import Form
from diagtool.model import Place

_TEXTS = frozenset(
    [
        "label",
        "xlabel",
        "headlabel",
        "taillabel",
        "description",
        "numbered",
        "tooltip",
        "href",
        "url",
    ]
)
"""Attributes that say a text. What else stands in quotes are ids, colours and fonts."""

_NAMES = ('"\\N"', '"\\G"', '"\\E"')
"""What dot writes for the name of what it stands at, where nothing else is said."""

_NAMED = frozenset(["class", "digraph", "graph", "group", "plugin", "strict", "subgraph"])
"""Words that a name may follow."""

_SIGNS = frozenset(["=", "[", "->", "--"])
"""What a statement has that is no list of names, which blanks may divide on a line."""

_ARROWS = frozenset(["->", "<-", "<->", "--"])

_BREAK = re.compile(r"\\[nlr]")
_CONTINUED = re.compile(r"\\\r?\n")

_SHAPE = re.compile(r"(?:shape|peripheries|stacked)$")


def form_of_statements(file: File, tokens: re.Pattern[str], line: int = 1) -> Form:
    """Each statement is a piece; texts in quotes in it are said beside, and so are shapes.

    ``line`` is where the source starts.
    A semicolon at its end may be left out.
    """
    made = Form(by_lines=True)
    statement: list[str] = []
    start = file.place()
    depth = 0
    on_lines: set[str] = set()
    before: Token | None = None

    def close() -> None:
        _shapes(statement, start, made)
        made.look(" ".join(statement), start)
        statement.clear()

    read = Tokens(file.text(), tokens, line)
    for comment in read.comments:
        made.comment(comment.text, file.place(comment.line, comment.column))
    for token in _joined(read.tokens):
        place = file.place(token.line, token.column)
        divided = _SIGNS & set(statement) or (before and token.line > before.line)
        if before and statement and divided and not depth and _is_new(before, token):
            statement.append(";")
            close()
        before = token
        if not statement and token.text == ";":
            continue
        if token.kind == "op" and token.text in "[]":
            depth += 1 if token.text == "[" else -1
        start = start if statement else place
        statement.append(token.text)
        if statement[-3:-2] and statement[-2] == "=" and statement[-3].lower() in _TEXTS:
            text = _BREAK.sub(" ", _CONTINUED.sub("", unescape(_bare(token))))
            # Lines with the same label may be stated in one statement, or one by one.
            if token.text not in _NAMES and not (text in on_lines and _ARROWS & set(statement)):
                made.say("text", text, place)
                on_lines.update([text] if _ARROWS & set(statement) else [])
        if token.kind == "op" and token.text in "{};":
            close()
    made.look(" ".join(statement), start)
    return made


def _joined(tokens: Iterable[Token]) -> list[Token]:
    """Tokens, with one string in place of those that a sign joins."""
    found: list[Token] = []
    for token in tokens:
        if token.kind == "string" and found and found[-1].text == "+":
            *found, first, _ = found
            token = replace(first, text=first.text[:-1] + token.text[1:])
        found.append(token)
    return found


def _bare(token: Token) -> str:
    """A text without its quotes; Graphviz also takes what stands in pointed brackets."""
    is_html = token.text[:1] == "<" and not set("<>&") & set(token.text[1:-1])
    return token.text[1:-1] if token.kind == "string" or is_html else token.text


def _is_new(before: Token, token: Token) -> bool:
    """Whether a statement starts, though nothing ended the one before."""
    if token.kind == "op":
        return token.text == "}" or (token.text == "{" and before.text == "]")
    if before.kind == "op":
        return before.text == "]"
    return before.text.lower() not in _NAMED


def _shapes(statement: Sequence[str], place: Place, made: Form) -> None:
    """Says what a box looks like, which tells what it is, and whether it is several."""
    if statement[1:2] != ["["]:
        return
    found = dict(_attributes(statement[2:]))
    named = _BREAK.sub(" ", unescape(found.get("label", statement[0]).strip('"')))
    for name, value in found.items():
        told = f"{name} = {value}" if value else name
        # A box is what a node is without one.
        if _SHAPE.match(name) and told != "shape = box":
            made.say("shape", f"{named}: {told}", place)


def _attributes(tokens: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What stands in brackets, by name; signs between may be left out, and so may quotes."""
    at = 0
    while at < len(tokens):
        if tokens[at + 1 : at + 2] == ["="]:
            yield tokens[at].lower(), "".join(tokens[at + 2 : at + 3]).strip('"')
            at += 3
        else:
            if tokens[at] not in (",", ";", "[", "]"):
                yield tokens[at].lower(), ""
            at += 1
