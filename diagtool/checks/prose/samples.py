"""What a sentence says of placeholders and of ports.

How many placeholders there are, what may stand for them, and where services listen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from diagtool.checks.prose.counts import number
from diagtool.checks.prose.lexicon import Lexicon
from diagtool.checks.prose.sentence import NEGATIONS, Sentence
from diagtool.checks.prose.text import word_set
from diagtool.model import NOWHERE, Place, Topology, ports

_BLANKS = word_set("placeholders blanks brackets gaps")
_SAID = re.compile(
    r"\b(?:examples?|samples?|blanks?|placeholders?|filling|suggest\w*|stands? for|in place of)\b",
    re.IGNORECASE,
)
_LITERAL = re.compile(r"(?<![\w.:/-])[\w.@-]*[\w](?![\w./-]*\w)")
_NOT_THAT = re.compile(r", (?:and )?not (?:that|the address|those) [^,;.]*")
_ITS = re.compile(r"\s*(?:it|its value|that value|this value|the value)\b", re.IGNORECASE)
_PORT = re.compile(r"\bport [`'\"]*(\d+)\b", re.IGNORECASE)
_BOUND = re.compile(r"(?:0\.0\.0\.0|\[::\]):(\d+)")
_LISTENS = word_set("listen listens listening")
_GENERIC = word_set("url uri port host address user password name zone of")


class Samples:
    """The placeholders of a topology."""

    def __init__(self, topology: Topology, lexicon: Lexicon) -> None:
        self.topology = topology
        self.reached = _reached(topology, lexicon)
        self.shown = {
            name
            for service in topology.services.values()
            for snippet in service.snippets
            for option in snippet.options
            for name in option.placeholders
        }

    def wrong(self, s: Sentence, text: str, option: str) -> Iterator[tuple[str, str, Place]]:
        """What is wrong in a sentence: a message, a hint, and the place of what is right."""
        yield from self._address(s, _NOT_THAT.sub("", text), option)
        if NEGATIONS & set(s.lows(0, len(s))):
            return
        yield from self._counted(s)
        yield from self._port(s, text)
        if _SAID.search(text):
            yield from self._example(text)

    def _counted(self, s: Sentence) -> Iterator[tuple[str, str, Place]]:
        """'There are five blanks'."""
        known = {len(self.shown), len(self.topology.placeholders)}
        if not _BLANKS & set(s.lows(0, len(s))) or not self.shown:
            return
        for at in range(1, len(s)):
            value = number(s.low(at))
            there = s.low(at - 1) in ("are", "number", "leave", "leaves", "have", "has", "contain")
            whole = s.low(at + 1) in ("different", "distinct", "of", "", *_BLANKS) or s.cut(at + 1)
            if value and there and whole and value not in known and "more" not in s.lows(0, at):
                yield f"there are {len(self.shown)} placeholders, not {value}", "", NOWHERE
                return

    def _port(self, s: Sentence, text: str) -> Iterator[tuple[str, str, Place]]:
        """'X listens on port 1', 'port 1 of X', where it listens on another one."""
        listens = [at for at in range(len(s)) if s.low(at) in _LISTENS]
        said = set(_PORT.findall(text)) | set(_BOUND.findall(text) if listens else ())
        port = next((at for at in range(len(s)) if said & set(re.findall(r"\d+", s.low(at)))), 0)
        of = [part for at in range(port, port + 6) if (part := s.part(at))]
        before = [part for at in range(listens[0]) if (part := s.part(at))] if listens else []
        if not before and s.low(port + 1) in ("of", "on"):
            before, listens = of, [port]
        service = self.topology.services.get(before[-1]) if before else None
        if len(said) != 1 or service is None or any(map(s.part, range(max(listens), port))):
            return
        known = {ports.of(service, each): each.place for each in service.listen}
        known.pop("", None)
        for option in service.config:
            known |= dict.fromkeys(_BOUND.findall(option.value), option.place)
        if known and not said & known.keys():
            right, place = next(iter(known.items()))
            yield (
                f"{service.name} does not listen on port {said.pop()}",
                f"it does on {right}",
                place,
            )

    def _address(self, s: Sentence, text: str, last: str) -> Iterator[tuple[str, str, Place]]:
        """'The value of X is the address of Y', where it is that of another."""
        named = [name for name in self.reached if re.search(rf"(?<!\w){name}(?!\w)", text)]
        if not named and _ITS.match(text):
            named = [last] if last in self.reached else []
        if len(named) != 1 or NEGATIONS & set(re.findall(r"[\w']+", text.casefold())):
            return
        for at in range(len(s)):
            of = s.low(at) in ("address", "url", "location") and s.low(at + 1) == "of"
            to = s.low(at) in ("points", "leads") and s.low(at + 1) in ("to", "at")
            phrase = s.named(at + 1 if of else at + 2) if of or to else None
            if s.low(at) == "names":
                phrase = s.named(at + 1)
            if phrase and not self.reached[named[0]] & set(phrase.parts):
                right = self.topology.part(min(self.reached[named[0]]))
                yield f"{named[0]} is an address of {right.name}", "", right.place
                return

    def _example(self, text: str) -> Iterator[tuple[str, str, Place]]:
        """'For the X, write <the example for Y>', 'in the example, X listens on port 1'."""
        for placeholder in self.topology.placeholders.values():
            port = re.search(r"\bport (\d+)", text)
            named = port and all(word in text.casefold() for word in placeholder.name.split())
            if port and named and port[1] != placeholder.example:
                message = f"{port[1]} is not the example for <{placeholder.name}>"
                yield message, f"it is {placeholder.example}", placeholder.place
                return
        examples = {p.example.casefold(): p for p in self.topology.placeholders.values()}
        for match in _LITERAL.finditer(text):
            shown = examples.get(match[0].casefold())
            if shown is None or not re.search(r"\W|\d", match[0]):
                continue
            rest = (text[: match.start()] + text[match.end() :]).casefold()
            meant = [
                p
                for p in self.topology.placeholders.values()
                if p.type is shown.type and _names(p.name, rest)
            ]
            if meant and shown not in meant:
                yield (
                    f"'{match[0]}' is the example for <{shown.name}>",
                    f"<{meant[0].name}> is {meant[0].example}",
                    meant[0].place,
                )
                return


def _reached(topology: Topology, lexicon: Lexicon) -> dict[str, set[str]]:
    """The components whose addresses the options of snippets hold."""
    reached: dict[str, set[str]] = {}
    for component in topology.components.values():
        for option in component.config:
            reached.setdefault(option.name, set()).add(component.id)
    for service in topology.services.values():
        for option in service.options:
            for name in option.placeholders:
                match = lexicon.pattern.match(name)
                alias = lexicon.alias(match[0]) if match else None
                if alias and alias.part in topology.components:
                    reached.setdefault(option.name, set()).add(alias.part)
    return reached


def _names(name: str, text: str) -> bool:
    """Whether a text has the words of a placeholder's name that tell it from others."""
    own = [word for word in name.casefold().split() if word not in _GENERIC]
    return bool(own) and all(word in text for word in own)
