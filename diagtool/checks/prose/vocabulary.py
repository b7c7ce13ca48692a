"""The words that the linter knows, from ``vocabulary.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("vocabulary.toml")
_DATA: dict[str, Any] = tomllib.loads(_FILE.read_text("utf-8"))


def _inverted(table: dict[str, str], split: str | None = None) -> dict[str, str]:
    """What each of the words of a table stands for."""
    return {" ".join(w.split()): key for key, words in table.items() for w in words.split(split)}


def _words(name: str) -> frozenset[str]:
    return frozenset(_DATA[name].split())


RELATING: list[list[str]] = _DATA["relating"]
COLUMNS: list[list[str]] = _DATA["columns"]
KINDS: list[str] = _DATA["kinds"]
RELATIONS: dict[str, str] = _DATA["relations"]
PRODUCTS = _inverted(_DATA["products"])
"""The kind of each well-known product."""
PROTOCOLS = _inverted(_DATA["protocols"])
"""The kind of what speaks a protocol."""
MULTIWORD = {said: form.strip("-") for said, form in _inverted(_DATA["multiword"], "|").items()}
COMPARED = _inverted(_DATA["compared"], "|")
NUMBERS: dict[str, int] = _DATA["numbers"] | {
    word: number for number, word in enumerate(_DATA["counted"].split())
}
HEADS, COPIES = map(_words, ("heads", "copies"))
PREPOSITIONS, DROPPED, ADJECTIVES = map(_words, ("prepositions", "dropped", "adjectives"))
FUNCTION = PREPOSITIONS | DROPPED | _words("function")
EXISTING, SYSTEM, LOSING = map(_words, ("existing", "system", "losing"))
DIRECTLY, LINKING, DEFINITE = map(_words, ("directly", "linking", "definite"))
PARTIAL, HYPOTHETICAL, UP = map(_words, ("partial", "hypothetical", "up"))
OTHERWISE, CHOSEN = map(_words, ("otherwise", "chosen"))
SYMPTOMS, TUNED, STANDING = map(_words, ("symptoms", "tuned", "standing"))
ENOUGH, OUTAGES = map(_words, ("enough", "outages"))
TRUTH = _inverted(_DATA["truth"])
UNITS: dict[str, float] = _DATA["units"]
YES, NO, FROM_COLUMNS, TO_COLUMNS = map(_words, ("yes", "no", "from_columns", "to_columns"))

ORDINALS = {word: number for number, word in enumerate(_DATA["ordinals"].split())} | {"last": -1}
"""Which of the copies a word means, counted from 0."""


def _verb_forms() -> dict[str, str]:
    """Each form of a verb as its base form, with what it is: ~s, ~g(erund), ~d (past)."""
    forms: dict[str, str] = {}
    related = " ".join(verbs for _, verbs, _ in RELATING).split()
    for verb in (*_DATA["other_verbs"].split(), *related):
        stem = verb[:-1] if verb.endswith("e") else verb + verb[-1] * (verb in _words("doubled"))
        soft = verb[:-1] + "i" if re.search("[^aeiou]y$", verb) else verb
        es = "es" if re.search("(s|sh|ch|x|o|i)$", soft) else "s"
        forms |= {f"{stem}ing": f"{verb}~g", soft + es: f"{verb}~s"}
        forms[f"{soft}ed" if soft != verb else f"{stem}ed"] = f"{verb}~d"
    forms |= {past: f"{verb}~d" for past, verb in _inverted(_DATA["pasts"]).items()}
    for noun in COPIES:  # 'hosts' and 'copies' are machines
        forms.pop(re.sub("y?$", "ies" if noun[-1] == "y" else "s", noun, count=1), "")
    return forms | {form[:-2]: form[:-2] for form in forms.values()} | {"has": "have~s"}


VERB_FORMS = _verb_forms()
LEMMAS = frozenset(form for form in VERB_FORMS.values() if "~" not in form)
NORMAL = VERB_FORMS | _inverted(_DATA["phrases"]) | {word: word for word in PREPOSITIONS}
NORMAL |= dict.fromkeys(DROPPED, "")
"""What a word is in the normal form: nothing where it does not matter."""


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of some words, the longest first."""
    return f"(?:{'|'.join(sorted(words, key=lambda word: (-len(word), word))) or '(?!)'})"


_LISTS = ("past", "tools", "tool_names")
_MACROS = {
    **_DATA["macros"],
    **{name: any_of(_words(name)) for name in _LISTS},
    "verb": any_of(LEMMAS),
    "act": any_of(VERB_FORMS.keys() - HEADS - COPIES),
}


def _compiled(shapes: list[str], flags: int = re.I) -> re.Pattern[str]:
    shape = "|".join(shapes)
    for name, meant in _MACROS.items():
        shape = shape.replace(f"{{{name}}}", meant)
    return re.compile(shape, flags)


TEXT = {name: _compiled(shapes) for name, shapes in _DATA["text"].items()}
"""What a sentence looks like as it is written."""
_REWRITTEN = {
    when: [(_compiled([shape], 0), form) for shape, form in shapes]
    for when, shapes in _DATA["rewritten"].items()
}


def rewritten(when: str, text: str) -> str:
    """A sentence with what is said in roundabout ways put plainly."""
    for shape, form in _REWRITTEN[when]:
        text = shape.sub(form, text)
    return text
