"""What the source of a graph comes down to: its statements, token by token, without comments."""

from __future__ import annotations

import re

from diagtool.checks.readers import File
from diagtool.checks.readers._graph import Tokens
from diagtool.checks.verify.normal._pieces import Form


def form_of_statements(file: File, tokens: re.Pattern[str]) -> Form:
    """Each statement is a piece, and each text in quotes in it is said beside."""
    made = Form(by_lines=True)
    statement: list[str] = []
    start = file.place()
    for token in Tokens(file.text(), tokens).tokens:
        place = file.place(token.line, token.column)
        start = start if statement else place
        statement.append(token.text)
        if token.kind == "string":
            made.say("text", token.text[1:-1].replace("\\n", " "), place)
        if token.kind == "op" and token.text in "{};":
            made.look(" ".join(statement), start)
            statement = []
    made.look(" ".join(statement), start)
    return made
