"""The verbs with which a sentence says who needs whom and who talks to whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Says(Enum):
    """What a verb says of its subject and its object."""

    NEEDS = "needs"
    CONTACTS = "talks to"
    JOINS = "is connected with"
    EXCHANGES = "exchanges messages with"
    SENDS = "sends to"
    HANDS = "hands to"
    READS = "reads from"
    RECEIVES = "receives from"
    FRONTS = "stands in front of"
    BEHIND = "stands behind"


@dataclass(frozen=True, slots=True)
class Verb:
    """``links`` are what must stand before its object, none where the object follows.

    ``negative`` ones say that it is not so: 'does without'.
    """

    says: Says
    links: tuple[str, ...] = ()
    negative: bool = False


TO = ("to", "into", "onto")
IN = ("in", "into", "to", "on", "onto")
OVER = ("over", "across", "among", "between", "amongst", "to")
FROM = ("from", "off", "out")

_TABLE: tuple[tuple[str, Verb], ...] = (
    ("need require demand presuppose", Verb(Says.NEEDS)),
    ("depend rely lean count hinge", Verb(Says.NEEDS, ("on", "upon"))),
    ("bypass circumvent avoid shun ignore skip", Verb(Says.CONTACTS, negative=True)),
    ("lack", Verb(Says.NEEDS, negative=True)),
    ("front shield", Verb(Says.FRONTS)),
    (
        "use access reach contact call address configure lock touch consult involve",
        Verb(Says.CONTACTS),
    ),
    ("talk speak connect go authenticate register turn", Verb(Says.CONTACTS, TO)),
    ("talk register", Verb(Says.CONTACTS, ("with",))),
    ("connect communicate interact", Verb(Says.JOINS, ("with",))),
    ("connected linked attached wired tied joined hooked", Verb(Says.JOINS, ("to", "with"))),
    (
        "deal chat converse cooperate collaborate synchronise synchronize sync coordinate "
        "negotiate meet",
        Verb(Says.JOINS, ("with",)),
    ),
    ("exchange", Verb(Says.EXCHANGES, ("with",))),
    ("share", Verb(Says.JOINS, ("with",))),
    (
        "send write push publish forward pass submit post transfer propagate replicate stream "
        "report emit route proxy dispatch relay feed issue direct",
        Verb(Says.SENDS, TO),
    ),
    ("hand deliver return offer give bring carry convey", Verb(Says.HANDS, TO)),
    ("serve", Verb(Says.JOINS)),
    (
        "store save persist put record enqueue queue keep place log insert commit drop deposit "
        "cache",
        Verb(Says.SENDS, IN),
    ),
    ("distribute spread balance share", Verb(Says.SENDS, OVER)),
    (
        "notify feed update write balance tell inform instruct trigger wake alert signal supply "
        "command steer",
        Verb(Says.SENDS),
    ),
    (
        "read fetch pull load retrieve query poll get take obtain draw learn collect download "
        "lease gather fish pick import",
        Verb(Says.READS, FROM),
    ),
    ("read query poll ask", Verb(Says.READS)),
    ("look", Verb(Says.READS, ("in", "into"))),
    ("cut", Verb(Says.JOINS, ("from",), negative=True)),
    ("share", Verb(Says.JOINS)),
    ("receive accept consume hear", Verb(Says.RECEIVES, FROM)),
    ("listen subscribe", Verb(Says.RECEIVES, ("to", "on"))),
    ("consume", Verb(Says.RECEIVES)),
)

_IRREGULAR = {
    "cut": "cuts cutting",
    "hold": "holds holding held",
    "make": "makes making made",
    "begin": "begins beginning began begun",
    "meet": "meets meeting met",
    "sync": "syncs syncing synced",
    "chat": "chats chatting chatted",
    "find": "finds finding found",
    "bring": "brings bringing brought",
    "leave": "leaves leaving left",
    "split": "splits splitting",
    "deal": "deals dealing dealt",
    "lean": "leans leaning leaned leant",
    "catch": "catches catching caught",
    "see": "sees seeing saw seen",
    "know": "knows knowing knew known",
    "come": "comes coming came",
    "lie": "lies lying lay lain",
    "sit": "sits sitting sat",
    "plug": "plugs plugging plugged",
    "steal": "steals stealing stole stolen",
    "drive": "drives driving drove driven",
    "hang": "hangs hanging hung",
    "swap": "swaps swapping swapped",
    "tell": "tells telling told",
    "wake": "wakes waking woke woken",
    "get": "gets getting got gotten",
    "take": "takes taking took taken",
    "send": "sends sending sent",
    "write": "writes writing wrote written",
    "put": "puts putting",
    "give": "gives giving gave given",
    "hear": "hears hearing heard",
    "read": "reads reading",
    "speak": "speaks speaking spoke spoken",
    "draw": "draws drawing drew drawn",
    "keep": "keeps keeping kept",
    "run": "runs running ran",
    "do": "does doing done did",
    "go": "goes going went gone",
    "spread": "spreads spreading",
    "feed": "feeds feeding fed",
    "forget": "forgets",
    "submit": "submits submitting submitted",
    "transfer": "transfers transferring transferred",
    "log": "logs logging logged",
}


def forms(verb: str) -> Iterable[str]:
    """A verb and what it becomes in a sentence."""
    yield verb
    if verb in _IRREGULAR:
        yield from _IRREGULAR[verb].split()
        return
    if verb.endswith("e"):
        yield from (f"{verb}s", f"{verb[:-1]}ing", f"{verb}d")
    elif verb.endswith("y") and verb[-2] not in "aeiou":
        yield from (f"{verb[:-1]}ies", f"{verb}ing", f"{verb[:-1]}ied")
    else:
        es = verb.endswith(("s", "sh", "ch", "x", "o"))
        yield from (f"{verb}{'es' if es else 's'}", f"{verb}ing", f"{verb}ed")


def _forms() -> dict[str, tuple[Verb, ...]]:
    table: dict[str, list[Verb]] = {}
    for names, verb in _TABLE:
        for name in names.split():
            for form in forms(name):
                known = table.setdefault(form, [])
                if verb not in known:
                    known.append(verb)
    return {form: tuple(verbs) for form, verbs in table.items()}


VERBS = _forms()
"""What each form of a verb can say; those with links first come in their order."""

_OTHERS = (
    "deal chat converse cooperate collaborate synchronise synchronize sync coordinate "
    "negotiate agree join know see meet watch observe discover find bind lease hold own "
    "change alter delete remove purge clean copy mirror dump export load scan search trust "
    "end land come flow arrive travel move look live lie sit reside belong begin start "
    "originate expect want await ring ping bother disturb drive control manage guard protect "
    "hide open close visit dial phone turn ship fill empty drain supply serve answer reply "
    "respond apply refer attach hang plug hook tie bring carry leave lead point aim reach "
    "make settle decide arrange examine inspect check consult verify validate compare work "
    "bypass wait ask count rely share borrow steal grab select modify edit populate sweep "
    "prune page mail post commit flush"
)
"""Verbs that say nothing of a direction."""

RELATES = VERBS.keys() | {form for verb in _OTHERS.split() for form in forms(verb)}
"""Every verb with which a sentence may have one part do something with another."""
