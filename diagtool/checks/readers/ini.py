"""Sample config: what it sets, and what it offers in place of that, commented out."""

from __future__ import annotations

import re
from dataclasses import replace

from diagtool.checks.readers import Claim, File, ReadError, Reading
from diagtool.checks.split_lines import split_lines
from diagtool.model import Place
from diagtool.model.facts import STATED_IN, Fact, FactKind

SUFFIXES = (".conf", ".ini", ".cfg")

LONGEST = 10_000
"""How many characters a value over many lines may have."""

_SECTION = re.compile(r"\[([^\]]+)\]\s*$")
_OPTION = re.compile(r"([^\[\]\s=:#;]+)\s*=\s*(.*)$")
_COLON = re.compile(r"([^\[\]\s=:#;]+)\s*:\s+(.*)$")


def read(file: File) -> Reading:
    """The options in a file, which is about the service that it is called after.

    One without any comment offers no alternatives: a program may have taken them away.
    """
    claim = options(file.text(), file, (file.stem,))
    if not any(line.lstrip().startswith(("#", ";")) for line in file.lines()):
        claim = replace(claim, kinds=claim.kinds - {FactKind.ALTERNATIVE})
    return Reading(claims=(claim,))


def options(text: str, file: File, about: tuple[str, ...], line: int = 1, column: int = 1) -> Claim:
    """What a piece of config says; ``line`` and ``column`` are those of its start.

    A key may come again with another value; in a section, a colon may stand in place of the
    ``=``. A section that is commented out holds alternatives; outside of it, a comment with a colon
    after its first word is prose.
    """
    facts: dict[Fact, Place] = {}
    section, commented_section = "DEFAULT", ""
    is_config = False  # beside prose, and other languages
    last: Fact | None = None
    for number, raw in enumerate(split_lines(text), line):
        if not (shown := raw.strip()):
            last = None
            continue
        column_here = column + len(raw) - len(raw.lstrip())
        commented = shown.startswith(("#", ";"))
        shown = shown.lstrip("#;").strip() if commented else shown
        if match := _SECTION.match(shown):
            if commented:
                commented_section = match[1]
            else:
                section, commented_section = match[1], ""
                is_config = True
        elif raw[:1].isspace() and shown and last and not commented:
            # The value goes on: a line that starts with a blank belongs to the one before.
            if len(last.terms[2]) > LONGEST:
                raise ReadError(f"a value is longer than {LONGEST:,} characters", number)
            terms = (*last.terms[:2], f"{last.terms[2]} {shown}")
            where = facts.pop(last)
            last = Fact(FactKind.OPTION, "", terms)
            facts[last] = where
            continue
        elif match := _OPTION.match(shown) or (
            _COLON.match(shown) if is_config and (commented_section or not commented) else None
        ):
            of = commented_section or section if commented else section
            fact = Fact(FactKind.OPTION, "", (of, match[1], match[2].strip()))
            place = file.place(number, column_here)
            facts.setdefault(fact, place)
            if commented:
                facts.setdefault(Fact(FactKind.ALTERNATIVE, "", (of, match[1])), place)
            last = None if commented else fact
            continue
        last = None
    kinds = STATED_IN["sample config file"]
    return Claim(kinds, facts, file.place(line, column), about)
