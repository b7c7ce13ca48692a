"""What of a text says how things are: neither quoted, ruled out, supposed nor past."""

from __future__ import annotations

import re

_OTHERS = re.compile(
    r",? ?\b(?:rather than|instead of|in place of|as opposed to)\b[^,;:.!?]*|"
    r"\bnot (?!only|just)(?:(?:the|an?|by|on|in|to|from|with) ){0,2}[\w-]+(?: [\w-]+)?,? but\b",
    re.IGNORECASE,
)
_NOT_BUT = re.compile(
    r"\bnot\s(?P<verb>[a-z]+)\s"
    r"(?P<not>(?P<by>in|by|from|to|on|with)\s[^,;:.!?]{1,40}?,? but)\s(?=(?P=by)\b)",
    re.IGNORECASE,
)
"""'not kept in X but in Y', in which 'kept in Y' stands."""
_QUOTED = re.compile(r"“[^”]*”|\"[^\"\n]{0,200}\"")

HYPOTHETICAL = re.compile(
    r"\b(would|could|might|suppose|supposing|imagine|(?<!we )assume|assuming|perhaps|"
    r"for example|for instance|e\.g\.?|was|were|had|used to|previously|formerly|"
    r"originally|(?:which|who|that) once|"
    r"earlier|in the past|historically|deprecated|planned|"
    r"hypothetical\w*|as though|as if|wrong\w*|mistake\w*|pretend\w*|(?<!rightly )says? that|"
    r"claim\w*|believe\w*|(?:tells?|told) (?:you|us|me))\b"
    r"|\?[\"'”’)]*\s*$",
    re.IGNORECASE,
)
"""A sentence with one of these does not state how things are."""

_EXAMPLE = re.compile(r"for example|for instance|e\.g\.?", re.IGNORECASE)
_PAST = re.compile(r"was|were|had|originally|used to", re.IGNORECASE)
"""Those that may say how things were, while the reason for it is how things are."""
_REASON = re.compile(
    r"(?<!such),?\s(?:because|since|as(?! (?:if|though|well|soon|long|for)\b)|"
    r"for(?= (?:the|all|no|its)\b))\s",
    re.IGNORECASE,
)
_AS_IT_IS = re.compile(
    r"\bwhere (?:it|they|both) (?:belongs?|go(?:es)?|(?:is|are) read|should be)\b|"
    r"\b(?:its|the) (?:right|proper|rightful) place\b|\bas (?:it|they) should be\b|"
    r"\b(?:as|what) the (?:guide|docs|manual|snippet) (?:says?|wants?|asks?|shows?|has it)\b",
    re.IGNORECASE,
)
"""What says of something that was done that this is how it is to be."""
SYMPTOM = re.compile(
    r"\b(?:means?|indicates?|suggests?|hints?|shows?|signs?|symptoms?|tells?)\b[^.;]*\bthat\b"
    r".*\b(?:cannot|can't|unable|fails? to|can no longer)\b|"
    r"^\s*(?:when|whenever|until|once)\s[^,]*\b(?:cannot|can't|unable|fails? to|can no longer)\b|"
    r"\S\s+(?:while|when|whenever|until|once|because)\s"
    r".*\b(?:cannot|can't|unable|fails? to|(?:none|neither|no one|nobody)\b.*\bcan)\b",
    re.IGNORECASE | re.DOTALL,
)
"""What tells of a fault in which something cannot do what it does."""
_CONDITION = re.compile(r"\b(?:if|unless|whether|as long as)\b", re.IGNORECASE)


def stated(text: str) -> tuple[int, int, bool]:
    """What of a sentence says how things are: start and end, and whether under a condition."""
    start, end, conditional = _unconditional(text)
    supposed = {match[0] for match in HYPOTHETICAL.finditer(text, start, end)}
    if not supposed:
        return start, end, conditional
    if any(map(_EXAMPLE.fullmatch, supposed)):
        return 0, 0, True
    past = all(map(_PAST.fullmatch, supposed)) and not _PAST.match(text.lstrip())
    if (
        past
        and _AS_IT_IS.search(text)
        and not re.search(r"\b(?:not|n't) (?:where|what|as)\b", text)
    ):
        return start, end, conditional
    if reason := _REASON.search(text, start, end):
        if not HYPOTHETICAL.search(text, start, reason.start()):
            return start, reason.start(), conditional
        if past and not HYPOTHETICAL.search(text, reason.end(), end):
            return reason.end(), end, conditional
    return 0, 0, True


def _unconditional(text: str) -> tuple[int, int, bool]:
    """What of a sentence stands under no condition, and whether it has one."""
    start, end = 0, len(text)
    condition = _CONDITION.search(text)
    first = condition and not text[: condition.start()].strip()
    if first and condition and text[condition.end() :].split()[1:2] == ["otherwise,"]:
        condition = None  # 'Unless told otherwise' comes what is the rule
    if condition and text[: condition.start()].strip(" \n").casefold() in (
        "",
        "and",
        "but",
        "even",
    ):
        comma = text.find(",", condition.end())
        start = comma + 1 if comma >= 0 else end
    elif condition:
        end = condition.start()
    return start, end, condition is not None


def unquoted(text: str) -> str:
    """A text without what it quotes, with everything else in its place."""
    return _QUOTED.sub(_blank, text).replace("’", "'")


def affirmed(text: str) -> str:
    """A text without what it rules out, with everything else in its place."""
    return _OTHERS.sub(_blank, _NOT_BUT.sub(_affirmed, text))


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _affirmed(match: re.Match[str]) -> str:
    """What stands of 'not kept in X but': 'kept', in its place."""
    return f"    {match['verb']} {' ' * len(match['not'])} "
