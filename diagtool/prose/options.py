"""What prose and code blocks say of config options, against the snippets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from diagtool.diagnostics import did_you_mean
from diagtool.model import PLACEHOLDER, Option, Topology
from diagtool.prose.sentence import NEGATIONS, Sentence
from diagtool.prose.text import Passage, distance, word_set

_QUOTES = "`'\"“”‘’"
_VALUE = rf"[{_QUOTES}]*(?P<value>[^\s{_QUOTES},;()]+(?:<[^<>\n]+>[^\s{_QUOTES},;()]*)*)"
_STATES = (
    r"(?:\s*=\s*"
    r"|\s*:\s+"
    rf"|[{_QUOTES}]*(?:\s+(?:is|are|must|should|has|have|needs?|stays?|be|been|set|left|to|as|at|on|"
    r"always|remains?|kept|equals?|takes|the|value|of|a|both|all))*"
    r"\s+(?:to|be|as|is|at|on|equals?|value|takes|set|stays?|left|remains?|kept)\s+)"
)
_ON = {"on": True, "true": True, "yes": True, "enabled": True, "1": True}
_OFF = {"off": False, "false": False, "no": False, "disabled": False, "0": False}
_TRUTH = {**_ON, **_OFF}
_SECTION = re.compile(r"\[([A-Za-z][\w:.-]*)\]")
_NAME = re.compile(r"(?<![\w./:-])([a-z][a-z0-9]*(?:_[a-z0-9]+)+)(?![\w/(]|\.\w)")
_CONFIG = re.compile(r"\s*([\w.-]+)\s*[=:]\s*(.*?)\s*")
_SWITCH = re.compile(
    r"(?i:\b(?P<off>disable|turn off|switch off|unset|leave out|remove|omit)|"
    r"(?P<on>enable|turn on|switch on))\s+(?:the\s+)?(?:option\s+)?[`'\"]*$"
)
_IT = re.compile(
    r"\b(?:it|its|option|setting|value|switch|flag|parameter|key|ours)\b", re.IGNORECASE
)
_OTHER = re.compile(
    r"\b(?:similar|same name|another|instead|rather than|such as|for example|unlike|either)\b", re.I
)
_URL = re.compile(r"(?P<url>[a-z][a-z0-9+]*://(?:<[^<>\n]+>|[^\s`'\"<>])+)")
_SET = re.compile(
    r"\b(?:is|to|be|as|at|stays?|remains?|left|defaults? to)\s+(?P<value>true|false|on|off)\b|"
    r"\b(?:switch|turn|leave|keep|left|kept)\w*\s+(?:it\s+)?(?P<turned>on|off)\b|"
    r"\b(?P<state>enabled|disabled)\b(?! by)",
    re.IGNORECASE,
)
_BOTH = re.compile(
    r"\bboth\b.*\b(?:must|needed|required|necessary|have to|need to|are to)\b|"
    r"\b(?:configure|set|use|needs?|requires?|apply|combine|want)\s+(?:the\s+)?(?:both|two)\b|"
    r"\bneither\b.*\b(?:complete|enough|suffices?|sufficient|works?)\b|"
    r"\b(?:must|has to|have to|needs? to)\b.*\b(?:together|as well|besides|in addition|too)\b|"
    r"\bnot enough\b|\bgo(?:es)? together\b",
    re.IGNORECASE | re.DOTALL,
)
_WAYS = re.compile(r"\b(?:ways?|methods?|both|two|alternatives?|variants?)\b", re.IGNORECASE)
_NEAR = 300
"""How far from an option its section may be named, in characters."""

_HAS = word_set("needs sets reads uses has requires takes needing with")
_FOR = word_set("for of on in by belongs")
_SWITCHED = re.compile(r"[`'\"]*\s+(on|off)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that a passage says of an option and the snippets do not."""

    words: str
    start: int
    message: str
    hint: str
    option: Option


class Options:
    """The options of a topology's snippets."""

    def __init__(self, topology: Topology) -> None:
        self.topology = topology
        self.by_name: dict[str, list[tuple[str, Option]]] = {}
        for service in topology.services.values():
            for option in service.options:
                self.by_name.setdefault(option.name, []).append((service.id, option))

    def read(self, passage: Passage, text: str) -> Iterator[Wrong]:
        """What is wrong in a passage of prose; ``text`` is what of it counts."""
        for name, known in self.by_name.items():
            for match in re.finditer(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text):
                if "_" not in name and not passage.among(*match.span(), literal=True):
                    continue
                yield from self._value(text, match, known)
                yield from self._section(text, match, known)
        yield from self._misspelt(text)

    def referred(self, passage: Passage, start: int, end: int, last: str) -> Iterator[Wrong]:
        """What is wrong in a sentence about one option, if not said beside its name.

        ``last`` is the option that was spoken of before, which 'it' may mean.
        """
        text = passage.text[start:end]
        names = self.named(text)
        if len(names) > 1 or _OTHER.search(text) or NEGATIONS & set(text.casefold().split()):
            return
        if not names and not (last and _IT.search(text)):
            return
        name = names[0] if names else last
        options = _options(self.by_name[name])
        sections = {option.section for option in options}
        if not names:
            for section in _SECTION.findall(text):
                if section not in sections:
                    yield _elsewhere(name, section, options, start, section)
        truths = {_TRUTH.get(option.value.casefold()) for option in options}
        said = [match["url"].rstrip(".,;:)") for match in _URL.finditer(text)]
        if None not in truths:
            said += [match[match.lastgroup or 0] for match in _SET.finditer(text)]
        for value in said:
            if not any(agrees(option, value) for option in options):
                yield _other_value(options[0], value, start, value)

    def named(self, text: str) -> list[str]:
        """The options that a text names."""
        return [
            name
            for name in self.by_name
            if re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text) and "_" in name
        ]

    def others(self, text: str) -> bool:
        """Whether a text names an option that is none of the snippets'."""
        sections = {o.section for known in self.by_name.values() for _, o in known}
        return any(
            match[1] not in self.by_name and match[1] not in sections
            for match in _NAME.finditer(text)
        )

    def together(self, s: Sentence, text: str, topic: tuple[str, ...]) -> Iterator[Wrong]:
        """Alternatives of which a sentence says that both are needed."""
        if not _BOTH.search(text):
            return
        names = self.named(text)
        unnamed = not any(map(s.part, range(len(s))))
        for service in self.topology.services.values():
            for snippet in service.snippets:
                if not snippet.alternative_to:
                    continue
                other = next(s for s in service.snippets if s.id == snippet.alternative_to)
                ours = [o for o in snippet.options if o.name in names]
                theirs = [o for o in other.options if o.name in names]
                ways = (ours or theirs or service.id in topic) and unnamed and _WAYS.search(text)
                if (ours and theirs) or ways:
                    message = f"{snippet.id} is an alternative to {other.id}: one is enough"
                    yield Wrong(text.strip(), 0, message, "", snippet.options[0])

    def owners(self, s: Sentence) -> Iterator[Wrong]:
        """Options that a sentence says a service has, and another one has."""
        services = self.topology.services
        named = [at for at in range(len(s)) if s.part(at) in services]
        if NEGATIONS & set(s.lows(0, len(s))) or len(named) != 1:
            return
        at = named[0]
        service = services[str(s.part(at))]
        for here, token in enumerate(s.tokens):
            known = self.by_name.get(token.text, [])
            if not known or "_" not in token.text or service.id in {owner for owner, _ in known}:
                continue
            first, last = sorted((at, here))
            if last - first > 6 or any(map(s.cut, range(first + 1, last + 1))):
                continue
            between = s.lows(first + 1, last)
            if _HAS & set(between) if at < here else _FOR & set(between):
                owner = services[known[0][0]].name
                message = f"{token.text} is an option of {owner}, not of {service.name}"
                yield Wrong(token.text, token.start, message, "", known[0][1])

    def config(self, text: str) -> Iterator[Wrong]:
        """What is wrong in a block of config."""
        section, offset = "", 0
        for line in text.splitlines(keepends=True):
            shown = line.strip()
            if match := re.fullmatch(r"\[([^\[\]]+)\]", shown):
                section = match[1]
            elif (match := _CONFIG.fullmatch(line.rstrip("\n"))) and match[1] in self.by_name:
                known = self.by_name[match[1]]
                here = [option for _, option in known if option.section == section]
                start = offset + line.index(match[1])
                if section and not here:
                    yield _elsewhere(match[1], section, [o for _, o in known], start, shown)
                elif match[2] and not any(agrees(o, match[2]) for o in here or _options(known)):
                    yield _other_value(known[0][1], match[2], start, shown)
            offset += len(line)

    def _value(
        self, text: str, match: re.Match[str], known: list[tuple[str, Option]]
    ) -> Iterator[Wrong]:
        after = re.compile(f"[{_QUOTES}]*{_STATES}{_VALUE}").match(text, match.end())
        before = _SWITCH.search(text, max(0, match.start() - 40), match.start())
        options = _options(known)
        truth = [_TRUTH.get(o.value.casefold()) for o in options]
        if after:
            value = (
                after["value"].rstrip(".:")
                if not after["value"].endswith("://")
                else after["value"]
            )
            if not _is_value(value, options):
                return
            if not any(agrees(option, value) for option in options):
                words = text[match.start() : after.end()]
                yield _other_value(options[0], value, match.start(), words)
        elif switched := _SWITCHED.match(text, match.end()):
            said = switched[1].casefold() == "on"
            turned = re.search(
                r"(?i)\b(turn|switch|leave|keep)s?\s+(the\s+)?[`'\"]*$",
                text[max(0, match.start() - 40) : match.start()],
            )
            if turned and None not in truth and said not in truth:
                words = text[match.start() : switched.end()]
                yield _other_value(options[0], words, match.start(), words)
        elif before:
            said = before.lastgroup == "on"
            removed = before["off"] and before["off"].casefold() in (
                "unset",
                "leave out",
                "remove",
                "omit",
            )
            if removed or (None not in truth and said not in truth):
                words = text[before.start() : match.end()].strip(f"{_QUOTES} ")
                yield _other_value(options[0], words, before.start(), words)

    def _section(
        self, text: str, match: re.Match[str], known: list[tuple[str, Option]]
    ) -> Iterator[Wrong]:
        """The section that the words name with an option, where it is one of the sentence's."""
        start, stop = max(0, match.start() - _NEAR), match.end() + _NEAR
        first = max(text.rfind(mark, start, match.start()) for mark in (". ", ":\n")) + 1
        last = text.find(". ", match.end(), stop)
        sentence = text[first or start : last if last >= 0 else stop]
        named = set(_SECTION.findall(sentence))
        named |= set(re.findall(rf"([\w:.-]+)/{re.escape(match[0])}", sentence))
        named |= set(
            re.findall(r"(?i:\b(?:section|group))\s+[`'\"\[]+([\w:.-]+)[\]`'\"]+", sentence)
        )
        if len(named) == 1 and (section := next(iter(named))) not in {
            option.section for _, option in known
        }:
            yield _elsewhere(match[0], section, _options(known), match.start(), match[0])

    def _misspelt(self, text: str) -> Iterator[Wrong]:
        """An option that is called nearly like one of ours."""
        for match in _NAME.finditer(text):
            if match[1] in self.by_name:
                continue
            for name, known in self.by_name.items():
                if _near(match[1], name):
                    yield Wrong(
                        match[1],
                        match.start(),
                        f"there is no option '{match[1]}' in the snippets",
                        did_you_mean(match[1], [name]),
                        known[0][1],
                    )
                    break


def agrees(option: Option, value: str) -> bool:
    """Whether a value is that of an option, with anything in place of its placeholders."""
    value = value.strip(_QUOTES)
    if option.value.casefold() in _TRUTH and value.casefold() in _TRUTH:
        return _TRUTH[option.value.casefold()] is _TRUTH[value.casefold()]
    pattern = "".join(
        r".+?" if number % 2 else re.escape(part)
        for number, part in enumerate(PLACEHOLDER.split(option.value))
    )
    return re.fullmatch(f"{pattern}/?", value) is not None or option.value == value


def _is_value(value: str, options: list[Option]) -> bool:
    """Whether a word is meant as a value: it looks like one, or like one of the options'."""
    if re.search(r"://|^[\d.]+$|\d|[<$]|_|[:/]\w", value) or value.isupper():
        return True
    switches = any(option.value.casefold() in _TRUTH for option in options)
    return switches and value.casefold() in _TRUTH


def _near(word: str, name: str) -> bool:
    """Whether a word is a slip of a name: one part of it differs, and that by little."""
    if "_" not in name:
        return False
    if word.replace("_", "") == name.replace("_", ""):
        return True
    parts, known = word.split("_"), name.split("_")
    if sorted(parts) == sorted(known):
        return True
    if len(parts) != len(known):
        short, long = sorted((parts, known), key=len)
        return len(long) == len(short) + 1 >= 4 and any(
            long[:at] + long[at + 1 :] == short for at in range(len(long))
        )
    differing = [(a, b) for a, b in zip(parts, known, strict=True) if a != b]
    return len(differing) == 1 and distance(*differing[0]) <= 2


def _options(known: list[tuple[str, Option]]) -> list[Option]:
    return [option for _, option in known]


def _other_value(option: Option, value: str, start: int, words: str) -> Wrong:
    return Wrong(
        words,
        start,
        f"'{value}' is not the value of {option.name}",
        f"the snippet has [{option.section}] {option.name} = {option.value}",
        option,
    )


def _elsewhere(name: str, section: str, options: list[Option], start: int, words: str) -> Wrong:
    return Wrong(
        words,
        start,
        f"{name} is no option of [{section}]",
        f"the snippet has it in [{options[0].section}]",
        options[0],
    )
