"""What prose and code blocks say of config options, against those that the topology states."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from diagtool.checks.prose.assertions import stated
from diagtool.checks.prose.lexicon import Lexicon
from diagtool.checks.prose.sentence import NEGATIONS, Sentence
from diagtool.checks.prose.text import Passage, distance, sentences, word_set
from diagtool.model import PLACEHOLDER, Option, Snippet, Topology
from diagtool.model.diagnostics import did_you_mean

_QUOTES = "`'\"“”‘’"
_VALUE = rf"[{_QUOTES}]*(?P<value>[^\s{_QUOTES},;()]+(?:<[^<>\n]+>[^\s{_QUOTES},;()]*)*)"
_WHERE = (
    rf"(?:[{_QUOTES}]*\s+(?:option|setting))?"
    rf"(?:[{_QUOTES}]*\s+(?:in|of|under|for)"
    r"(?:\s+(?:the|our|section|group|sample|configuration))*"
    rf"(?:\s+[{_QUOTES}]*[\w:.\[\]-]+)?(?:[{_QUOTES}]*\s+(?:section|group))?(?=[{_QUOTES}]*\s))?"
)
"""'``X`` in the section [Y]' or '[Y] section', '``X`` of our sample', 'the ``X`` option of Y'."""
_STATES = (
    r"(?:\s*=\s*"
    r"|\s*:\s+"
    rf"|[{_QUOTES}]*(?:\s+(?:is|are|must|should|has|have|needs?|stays?|be|been|set|left|to|as|at|on|"
    r"always|remains?|kept|equals?|takes|the|value|of|a|both|all))*"
    r"\s+(?:to|be|as|is|at|on|equals?|value|takes|set|stays?|left|remains?|kept|"
    r"(?:starts?|begins?) with)\s+)"
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
_TUNED = re.compile(
    r"\b(?:defaults?(?: value)? (?:of|for)|raise|increase|lower|reduce|tune|adjust)\s+"
    r"(?:(?:the|option)\s+)*[`'\"]*$",
    re.IGNORECASE,
)
"""What speaks of other values than that in the topology."""
_CASE = re.compile(r"\b(?:if|unless|when|whenever)\b", re.IGNORECASE)
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
    r"\bvalue(?:\s+(?:of|is))?\s+(?P<worth>true|false)\b|"
    r"\b(?P<state>enabled|disabled)\b(?! by)",
    re.IGNORECASE,
)
_BOTH = re.compile(
    r"\bboth\b.*\b(?:must|needed|required|necessary|have to|need to|are to)\b|"
    r"\b(?:configure|set|use|needs?|requires?|apply|combine|want)\s+(?:the\s+)?(?:both|two)\b|"
    r"\bneither\b.*\b(?:complete|enough|suffices?|sufficient|works?)\b|"
    r"\b(?:must|has to|have to|needs? to)\b.*\b(?:together|as well|besides|in addition|too)\b|"
    r"\bnot enough\b|\b(?:go(?:es)?|belongs?|works?) (?:only )?(?:together|hand in hand)\b|"
    r"\bset (?:them )?both\b|\bin combination\b|\bcombin\w+\b|"
    r"\bside by side\b|\bat the same time\b",
    re.IGNORECASE | re.DOTALL,
)
_WAYS = re.compile(
    r"\b(?:ways?|methods?|both|two|alternatives?|variants?|recipes?|options?|solutions?|snippets?)\b",
    re.IGNORECASE,
)
_ALTERNATIVES = re.compile(
    r"\balternatives?\b|\beither\b.*\bor\b|\binstead of\b|\bin place of\b|\breplaces?\b|"
    r"\bnot both\b|\brule each other out\b|\bexclude each other\b",
    re.IGNORECASE | re.DOTALL,
)
_HAS = word_set(
    "owns own owned obey need set read use have require take obeys honours honors gets "
    "learns needs sets reads uses has requires takes needing with"
)
_GIVES = word_set(
    "hand hands handed give gives gave given pass passed feed fed add adds added write writes "
    "wrote lend lent send sent copy copied extend extended"
)
_GIVEN = re.compile(
    r"\b(?:given|gets?|has|have|takes?|uses?|needs?|wants?|applies|belongs? to|(?:is|are) for|"
    r"set on|goes to|for the)\b",
    re.IGNORECASE,
)
_CONTAINS = re.compile(
    r"\b(?:snippet|recipe) (?:also )?"
    r"(?:comprises?|contains?|includes?|has|holds|consists? of|sets)\b|"
    r"\bpart of the \S+ (?:snippet|recipe)\b",
    re.IGNORECASE,
)
_ONE_SNIPPET = re.compile(
    r"\b(?:one|the same|a single|a common|a shared) snippet\b|\bshares? a snippet\b|"
    r"\b(?:travels?|comes?|goes|belongs?|pairs?|is paired|are paired) (?:together )?with\b|"
    r"\b(?:companions?|inseparable|twins)\b",
    re.IGNORECASE,
)
"""Words that say of two options that they are set together."""
_FOR = word_set("from owned for of on in by belongs")
_VALUES = word_set("value values default sample example setting")
_OWNERS = word_set("owner service services program belongs of")
"""What the head of a column says of the options in its rows."""
_SWITCHED = re.compile(r"[`'\"]*\s+(on|off)\b", re.IGNORECASE)


def _mentioned(snippet: Snippet, names: list[str], text: str) -> bool:
    """Whether a text names an option of a snippet, or has the words of its id."""
    words = re.split(r"[-_ ]", snippet.id)
    spoken = re.search(
        r"[- ]".join([*map(re.escape, words[:-1]), re.escape(words[-1].rstrip("s"))]), text
    )
    return bool(len(words) > 1 and spoken) or any(o.name in names for o in snippet.options)


def _says(snippet: Snippet, text: str) -> bool:
    """Whether a text names a snippet: 'the X snippet', 'the X-Y one'."""
    name = re.escape(snippet.id.removesuffix("s")).replace(r"\-", "[- ]")
    named = "" if "-" in snippet.id else r" (?:snippet|recipe)"
    return bool(re.search(rf"(?<![\w\[]){name}s?{named}(?!\w)", text))


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that a passage says of an option and the snippets do not."""

    words: str
    start: int
    message: str
    hint: str
    option: Option


class Options:
    """The options of a topology: of snippets, of services and of the components that they need.

    ``by_name`` has the services that set each, with the option as it is set there.
    """

    def __init__(self, topology: Topology) -> None:
        self.topology = topology
        self.by_name: dict[str, list[tuple[str, Option]]] = {}
        for service in topology.services.values():
            for option in (*service.options, *service.config):
                self.by_name.setdefault(option.name, []).append((service.id, option))
        for component in topology.components.values():
            for option in component.config:
                for service in topology.needed_by(component.id):
                    self.by_name.setdefault(option.name, []).append((service.id, option))

    def read(self, passage: Passage, text: str) -> Iterator[Wrong]:
        """What is wrong in a passage of prose; ``text`` is what of it counts."""
        for name, known in self.by_name.items():
            for match in re.finditer(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text):
                if "_" not in name and not _typed(passage, *match.span()):
                    continue
                yield from self._value(passage, text, match, known)
                yield from self._section(text, match, known)
        yield from self._misspelt(text)
        yield from self._not_there(text)
        sections = {
            option.section: option for known in self.by_name.values() for _, option in known
        }
        for section in _SECTION.findall(text):
            for name, option in sections.items():
                if section not in sections and len(name) > 6 and distance(section, name) == 1:
                    message = f"there is no section [{section}] in the topology"
                    hint = did_you_mean(section, [name])
                    yield Wrong(f"[{section}]", text.index(f"[{section}]"), message, hint, option)

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
        if not names and self._plain(passage, start, end):
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

    def _plain(self, passage: Passage, start: int, end: int) -> bool:
        """Whether a range names an option that is called by a common word: ``listen``."""
        return any(
            _typed(passage, *match.span())
            for name in self.by_name
            if "_" not in name
            for match in re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w-])").finditer(
                passage.text, start, end
            )
        )

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
        names = self.named(text)
        if len(names) == 2 and {"together", "both"} & set(s.lows(0, len(s))):
            yield from self._apart(s, text, names)
        if len(names) == 2 and _ONE_SNIPPET.search(text) and not NEGATIONS & set(s.lows(0, len(s))):
            yield from self._one_snippet(text, names)
        if _ALTERNATIVES.search(text) and len(names) == 2:
            yield from self._no_alternatives(s, text, names)
        denied = NEGATIONS - {"neither", "nor"} | {"won't", "either"}
        if not _BOTH.search(text) or denied & set(s.lows(0, len(s))):
            return
        unnamed = not any(map(s.part, range(len(s))))
        for service in self.topology.services.values():
            for snippet in service.snippets:
                if not snippet.alternative_to:
                    continue
                other = next(s for s in service.snippets if s.id == snippet.alternative_to)
                ours, theirs = (_mentioned(it, names, text) for it in (snippet, other))
                ways = (ours or theirs or service.id in topic) and unnamed and _WAYS.search(text)
                if (ours and theirs) or ways:
                    message = f"{snippet.id} is an alternative to {other.id}: one is enough"
                    yield Wrong(text.strip(), 0, message, "", snippet.options[0])

    def told(self, passage: Passage, lexicon: Lexicon) -> Iterator[Wrong]:
        """What the sentences of a cell say of the option in its row: 'Sits in [section].'"""
        names = self.named(passage.row)
        if len(names) != 1 or passage.row == passage.text or self.named(passage.text):
            return
        for start, end in sentences(passage.text):
            words = passage.text[start:end].strip()
            text = f"{names[0]} {words}"
            s = Sentence(text, 0, len(text), lexicon)
            if NEGATIONS & set(s.lows(0, len(s))) or not stated(text)[1]:
                continue
            match = re.match(re.escape(names[0]), text)
            in_section = self._section(text, match, self.by_name[names[0]]) if match else ()
            for wrong in (*in_section, *self.owners(s, text)):
                yield replace(wrong, words=words, start=start)

    def snippets(self, s: Sentence, text: str, raw: str) -> Iterator[Wrong]:
        """Snippets that a sentence gives to another service, or has replace what they do not.

        ``raw`` is the sentence with what it rules out: 'instead of the X snippet'.
        """
        if NEGATIONS & set(s.lows(0, len(s))):
            return
        services = {id for at in range(len(s)) if (id := s.part(at)) in self.topology.services}
        held = [(x, y) for x in self.topology.services.values() for y in x.snippets]
        here = [(owner, snippet) for owner, snippet in held if _says(snippet, text)]
        names = self.named(text)
        if len(here) == 1 and len(names) == 1 and _CONTAINS.search(text):
            (owner, snippet), name = here[0], names[0]
            if name not in {option.name for option in snippet.options}:
                message = f"{name} is no option of the snippet {snippet.id}"
                yield Wrong(text.strip(), 0, message, "", snippet.options[0])
                return
        for owner, snippet in here:
            if services and owner.id not in services and _GIVEN.search(text):
                message = f"{snippet.id} is a snippet of {owner.name}"
                yield Wrong(text.strip(), 0, message, "", snippet.options[0])
                return
        there = re.search(r"\b(?:instead|in place) of (?P<other>[^,;:]*)", raw)
        if not there or len(here) != 1:
            return
        for owner, snippet in held:
            (keeps, one), other = here[0], snippet
            group = one.alternative_to or one.id, other.alternative_to or other.id
            if _says(other, there["other"]) and (keeps is not owner or group[0] != group[1]):
                message = f"{one.id} and {other.id} are no alternatives"
                yield Wrong(text.strip(), 0, message, "", one.options[0])
                return

    def _one_snippet(self, text: str, names: list[str]) -> Iterator[Wrong]:
        """Options of which a sentence says that they are those of one snippet."""
        if any(
            set(names) <= {option.name for option in snippet.options}
            for service in self.topology.services.values()
            for snippet in service.snippets
        ):
            return
        message = f"{names[0]} and {names[1]} are not in one snippet"
        yield Wrong(text.strip(), 0, message, "", self.by_name[names[0]][0][1])

    def _apart(self, s: Sentence, text: str, names: list[str]) -> Iterator[Wrong]:
        """Options of one snippet of which a sentence says that they exclude each other."""
        if not {"not", "never", "cannot"} & set(s.lows(0, len(s))):
            return
        for service in self.topology.services.values():
            for snippet in service.snippets:
                ours = [option for option in snippet.options if option.name in names]
                if len(ours) == 2:
                    message = f"{names[0]} and {names[1]} are set together"
                    yield Wrong(text.strip(), 0, message, "", ours[0])

    def _no_alternatives(self, s: Sentence, text: str, names: list[str]) -> Iterator[Wrong]:
        """Options of one snippet of which a sentence says that one is enough."""
        if (NEGATIONS | {"without"}) & set(s.lows(0, len(s))):
            return
        holders = [
            {
                (service.id, snippet.id, snippet.alternative_to)
                for service in self.topology.services.values()
                for snippet in service.snippets
                if any(option.name == name for option in snippet.options)
            }
            for name in names
        ]
        if not any(
            one[0] == other[0]
            and (
                one[1] == other[2]
                or one[2] == other[1]
                or (one[2] is not None and one[2] == other[2])
            )
            for one in holders[0]
            for other in holders[1]
        ):
            message = f"{names[0]} and {names[1]} are no alternatives"
            yield Wrong(text.strip(), 0, message, "", self.by_name[names[0]][0][1])

    def _section_owner(self, s: Sentence, text: str, id: str) -> Iterator[Wrong]:
        """'[section] belongs to X', where all of its options are those of others."""
        if not {"belongs", "belong", "section", "configures"} & set(s.lows(0, len(s))):
            return
        for section in _SECTION.findall(text):
            known = [
                pair
                for pairs in self.by_name.values()
                for pair in pairs
                if pair[1].section == section
            ]
            if known and not self.named(text) and id not in {owner for owner, _ in known}:
                owner = self.topology.services[known[0][0]].name
                message = f"[{section}] has options of {owner}"
                yield Wrong(f"[{section}]", 0, message, "", known[0][1])

    def owners(self, s: Sentence, text: str) -> Iterator[Wrong]:
        """Options that a sentence says a service has, and another one has."""
        services = self.topology.services
        named = [at for at in range(len(s)) if s.part(at) in services]
        if NEGATIONS & set(s.lows(0, len(s))) or not named:
            return
        if len(named) == 1:
            yield from self._section_owner(s, text, str(s.part(named[0])))
        for at in named if len(named) < 3 else ():
            yield from self._owner(s, text, at, len(named))

    def _owner(self, s: Sentence, text: str, at: int, of: int) -> Iterator[Wrong]:
        """Options that a sentence says the service at a place has."""
        services = self.topology.services
        service = services[str(s.part(at))]
        for here, token in enumerate(s.tokens):
            known = self.by_name.get(token.text, [])
            if not known or "_" not in token.text or service.id in {owner for owner, _ in known}:
                continue
            first, last = sorted((at, here))
            together = of == 2 and at < here and {"both", "two"} & set(s.lows(0, len(s)))
            if any(map(s.cut, range(first + 1, last + 1))):
                continue
            if last - first > (16 if together else 6) or (of > 1 and not together):
                continue
            between = s.lows(first + 1, last)
            handed = here < at and _GIVES & set(s.lows(here - 4, here)) and "to" in between
            learns = at < here and {"option", "setting", "options", "switch"} & set(between)
            if learns or handed or (_HAS & set(between) if at < here else _FOR & set(between)):
                owner = services[known[0][0]].name
                message = f"{token.text} is an option of {owner}, not of {service.name}"
                words = text[s.tokens[first].start - s.start : s.tokens[last].end - s.start]
                yield Wrong(words, token.start, message, "", known[0][1])

    def cell(self, passage: Passage, lexicon: Lexicon) -> Iterator[Wrong]:
        """What is wrong in a cell of a table that has an option in each row."""
        names = self.named(passage.row)
        if len(names) != 1 or passage.row == passage.text:
            return
        known = self.by_name[names[0]]
        head, text = passage.column.casefold(), passage.text.strip()
        if _VALUES & set(head.split()) and len(text.split()) < 6:
            value = text if _is_value(text, _options(known)) else ""
            if value and not any(agrees(option, value) for option in _options(known)):
                yield _other_value(known[0][1], value, 0, text)
        elif head.split()[:1] in (["section"], ["group"]):
            section = text.strip("[]")
            if section not in {option.section for _, option in known}:
                yield _elsewhere(names[0], section, _options(known), 0, text)
        elif _OWNERS & set(head.split()):
            s = Sentence(text, 0, len(text), lexicon)
            services = {id for at in range(len(s)) if (id := s.part(at)) in self.topology.services}
            if len(services) == 1 and not services & {owner for owner, _ in known}:
                name = self.topology.services[str(min(services, key=str))].name
                owner = self.topology.services[known[0][0]].name
                message = f"{names[0]} is an option of {owner}, not of {name}"
                yield Wrong(text, 0, message, "", known[0][1])

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
                    if not self._catalogued(section, match[1]):
                        yield _elsewhere(match[1], section, _options(known), start, shown)
                elif match[2] and not any(agrees(o, match[2]) for o in here or _options(known)):
                    yield _other_value((here or _options(known))[0], match[2], start, shown)
            offset += len(line)

    def _value(
        self, passage: Passage, text: str, match: re.Match[str], known: list[tuple[str, Option]]
    ) -> Iterator[Wrong]:
        after = re.compile(f"{_WHERE}[{_QUOTES}]*{_STATES}{_VALUE}").match(text, match.end())
        before = _SWITCH.search(text, max(0, match.start() - 40), match.start())
        options = _options(self._meant(_around(text, match), known))
        if not options or _TUNED.search(text, max(0, match.start() - 60), match.start()):
            return
        recipe = any(option in self.topology.services[id].options for id, option in known)
        if not recipe and _CASE.search(_around(passage.text, match)):
            return  # 'If there are ten X, set workers to 10.'
        truth = [_TRUTH.get(o.value.casefold()) for o in options]
        if after:
            value = (
                after["value"].rstrip(".:")
                if not after["value"].endswith("://")
                else after["value"]
            )
            literal = passage.among(*after.span("value"), literal=True)
            if not (literal and not value.startswith("[")) and not _is_value(value, options):
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
        sentence = _around(text, match)
        named = set(_SECTION.findall(sentence))
        named |= set(re.findall(rf"([\w:.-]+)/{re.escape(match[0])}", sentence))
        named |= set(
            re.findall(r"(?i:\b(?:section|group))\s+[`'\"\[]+([\w:.-]+)[\]`'\"]+", sentence)
        )
        known_sections = "|".join(
            re.escape(o.section) for pairs in self.by_name.values() for _, o in pairs
        )
        named |= set(re.findall(rf"\b(?:section|group)\s+({known_sections})(?![\w:])", sentence))
        named |= set(re.findall(rf"(?<![\w:])({known_sections})\s+(?:section|group)\b", sentence))
        if len(named) == 1 and (section := next(iter(named))) not in {
            option.section for _, option in known
        }:
            if self._at_home(sentence, section, match[0]) or self._catalogued(section, match[0]):
                return
            words = match[0]
            if written := re.compile(rf"[^.]*?\[?{re.escape(section)}\]?").match(text, match.end()):
                words = text[match.start() : written.end()]
            yield _elsewhere(match[0], section, _options(known), match.start(), words)

    def _catalogued(self, section: str, name: str) -> bool:
        """Whether a section has an option of this name that the topology does not state."""
        return any(it.option(section, name) for it in self.topology.catalogues)

    def _at_home(self, sentence: str, section: str, name: str) -> bool:
        """Whether a sentence speaks of a section for the sake of another option."""
        at = sentence.find(section)
        return any(
            abs(sentence.rfind(other) - at) < abs(sentence.rfind(name) - at)
            for other in self.named(sentence)
            if other != name and section in {o.section for _, o in self.by_name[other]}
        )

    def _meant(self, sentence: str, known: list[tuple[str, Option]]) -> list[tuple[str, Option]]:
        """The options of one name that a sentence means: of its sections, or its services."""
        sections = set(_SECTION.findall(sentence))
        here = [pair for pair in known if pair[1].section in sections]
        services = self.topology.services
        of = [pair for pair in known if services[pair[0]].name in sentence]
        if not here and any(self._catalogued(section, known[0][1].name) for section in sections):
            return []  # another one of that name
        return here or of or known

    def _not_there(self, text: str) -> Iterator[Wrong]:
        """'[section] name' of a section of ours, with a name like that of an option in it."""
        for match in re.finditer(r"\[([\w:.-]+)\]\s*[`'\"]*\s?[`'\"]*(\w+_\w+)", text):
            for known in self.by_name.values():
                option = known[0][1]
                parts, said = option.name.split("_"), match[2].split("_")
                same = sum(map(str.__eq__, parts, said)) if len(parts) == len(said) else 0
                ours = option.section != match[1] or match[2] in self.by_name
                # What is nearer is taken for a slip anyhow.
                if not ours and same * 2 >= len(said) and not _near(match[2], option.name):
                    message = f"there is no option '{match[2]}' in the topology"
                    hint = did_you_mean(match[2], [option.name])
                    yield Wrong(match[2], match.start(2), message, hint, option)

    def _misspelt(self, text: str) -> Iterator[Wrong]:
        """An option that is called nearly like one of ours."""
        for match in _NAME.finditer(text):
            catalogues = self.topology.catalogues
            if match[1] in self.by_name or any(it.groups_with(match[1]) for it in catalogues):
                continue
            for name, known in self.by_name.items():
                if _near(match[1], name):
                    yield Wrong(
                        match[1],
                        match.start(),
                        f"there is no option '{match[1]}' in the topology",
                        did_you_mean(match[1], [name]),
                        known[0][1],
                    )
                    break


def agrees(option: Option, value: str) -> bool:
    """Whether a value is that of an option, with anything in place of its placeholders."""
    value = value.strip(_QUOTES)
    if value.endswith("://") and option.value.startswith(value):
        return True  # 'starts with http://'
    if option.value.casefold() in _TRUTH and value.casefold() in _TRUTH:
        return _TRUTH[option.value.casefold()] is _TRUTH[value.casefold()]
    wanted = option.value
    if "://" in value and not re.search(r":\d+/?$", value):
        wanted = re.sub(r":\d+/?$", "", wanted)  # a URL may leave the port to the driver
    pattern = "".join(
        r".+?" if number % 2 else re.escape(part)
        for number, part in enumerate(PLACEHOLDER.split(wanted))
    )
    return re.fullmatch(f"{pattern}/?", value) is not None or option.value == value


def _is_value(value: str, options: list[Option]) -> bool:
    """Whether a word is meant as a value: it looks like one, or like one of the options'."""
    if value.startswith("["):
        return False
    if re.search(r"://|^[\d.]+$|\d|[<$]|_|[:/]\w", value) or value.isupper():
        return True
    switches = any(option.value.casefold() in _TRUTH for option in options)
    return switches and value.casefold() in _TRUTH


_OPPOSITES = {"enable", "disable", "use", "allow", "activate"}


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
    return len(differing) == 1 and (
        distance(*differing[0]) <= 1 + (len(differing[0][1]) > 4)
        or differing[0][0][:4] == differing[0][1][:4]
        or set(differing[0]) <= _OPPOSITES
    )


def _typed(passage: Passage, start: int, end: int) -> bool:
    """Whether something literal begins with the word in a range: ``listen``."""
    inside = passage.among(start - 1, start, literal=True)
    return not inside and passage.among(start, end, literal=True)


def _around(text: str, match: re.Match[str]) -> str:
    """The sentence in which a match stands."""
    found = (text[a:b] for a, b in sentences(text) if a <= match.start() < b)
    return next(found, "")


def _options(known: list[tuple[str, Option]]) -> list[Option]:
    return [option for _, option in known]


def _other_value(option: Option, value: str, start: int, words: str) -> Wrong:
    return Wrong(
        words,
        start,
        f"'{value}' is not the value of {option.name}",
        f"the topology has [{option.section}] {option.name} = {option.value}",
        option,
    )


def _elsewhere(name: str, section: str, options: list[Option], start: int, words: str) -> Wrong:
    return Wrong(
        words,
        start,
        f"{name} is no option of [{section}]",
        f"the topology has it in [{options[0].section}]",
        options[0],
    )
