"""The table of patterns: which shapes of a clause state what.

Each kind of claim has its shapes below it, one a line; deeper lines go on with the one above. In a
shape, ``(a|b)`` is a choice, ``{s}`` the subject and ``{o}`` the object, ``{sq}`` and ``{oq}`` ones
that stand behind a preposition, ``..`` some words that do not matter (``~~`` without a
mention), ``{n}`` a number. A kind is
``(denied)`` where its shapes say that it is not so. What denies or restricts a clause is no part of
a shape, see :mod:`clauses`. Only shapes with ``+if`` match a condition.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from diagtool.checks.prose.clauses import Clause, Sentence
from diagtool.checks.prose.vocabulary import ADJECTIVES, COPIES, RELATING, TOUCHING
from diagtool.checks.prose.words import Token
from diagtool.checks.split_lines import split_lines

_MACROS = {
    "s": r"(?P<s>P\d+)",
    "sq": r"(?P<s>[PQ]\d+)",
    "o": r"(?P<o>[PQ]\d+)",
    "oq": r"(?P<o>Q\d+)",
    "n": r"(?P<n>N\d+)",
    "z": r"(?P<z>[ZY]\d+)",
    "v": r"(?P<v>[VN]\d+)",
    "opt": r"(?P<opt>O\d+)",
    "g": r"(?P<g>G\d+|(?<=section )V\d+|V\d+(?= section))",
    "value": r"(?:(?P<v>[VN]\d+)|(?P<on>true|on|enable~d)|(?P<off>false|off|disable~d))",
    "adj": rf"(?: (?:{'|'.join(sorted(ADJECTIVES))})){{0,2}}",
    "copies": rf"(?:{'|'.join(sorted(COPIES))})",
    "flow": r"(?:traffic|connection|request|packet|message|access|access-to|flow|query|route|call|"
    r"communication|connectivity|link|rule|arrow|connect~g|data|port V\d+|V\d+)",
    "be": r"(?:be|sit|stand|run|live|reside|remain|have|deploy~d|place~d|put~?d?|host~d|locate~d|"
    r"install~d|schedule~d)",
    "fine": r"(?P<fine>(?P<whole>be unaffected)|be fine|"
    r"keep [\w-]+~g|keep on [\w-]+~g|continue|go on|carry on|work|run|survive|remain available|"
    r"be (?:still )?available|be usable|tolerate)",
    "degraded": r"(?P<degraded>(?:be )?degrade~?d?|(?:continue|run|work) in degrade~d)",
    "broken": r"(?P<broken>stop|fail|hang|break|halt|be (?:down|gone|go~d|unavailable|lose~d|"
    r"unreachable|offline|interrupt~d)|go down)",
    "touch": rf"(?:{'|'.join(sorted({v for row in RELATING for v in row[1].split()} | TOUCHING))})",
    "who": r"(?:client|browser|user|device|agent|customer|visitor)",
    "zones": r"(?:zone|site|data-?cent(?:er|re)|data cent(?:er|re)|region|hall|room)",
}

VERBS = r"""
{s}( be [a-z-]+~d)? {verb}{link} {o}(?! (through|via) Q)
(for|allow|permit|enable|let) {sq}.. {verb}{link} {o}
{s}.. (by|for) {going}{link} {o}
"""
"""What every verb that relates two parts can do."""

LINKED = r"""
be {done}.. {links} {o}.. by {sq}
be {done}.. by {sq}.. {links} {o}
{o}.. (be|where) {links} which {s} {verb}
"""
"""The passive of verbs with a preposition before their object."""

DIRECT = r"""
{o} be {done}( [a-z~-]+){0,2} (by|for|in|from) {sq}
{o} {done} by {sq}
"""
"""The passive of the others."""

TABLE = r"""
contacts
    {s} (need|require|want|get|have|open|make|establish|keep|hold|maintain|lose).. access-to {o}
    (give|grant|allow|provide|deny) {s}.. access-to {o}
    {sq}.. access-to {oq}
    {o} be( [a-z]+)? (reachable|accessible|available|visible|open|reach~d).. (from|by|for|to) {sq}
    {flow}.. from {sq}.. (to|into|towards|on) {oq}
    (open|expose) {o}.. (for|to|from).. {sq}
    (open|permit|allow).. from {sq}.. to {o}
needs
    {o} be (require~d|need~d|necessary|mandatory|essential|prerequisite|dependency).. (for|by|of|
        on) {sq}
    {s}( have)? need( for| of)? {o}
needs (denied)
    {o} be (optional|unnecessary|superfluous|dispensable) (for|to) {sq}
    {s}.. without {oq}
    {s} (leave|ignore|bypass) {o}
joined
    {flow}.. between (?P<pair>[PQ]\d+)
    between (?P<pair>[PQ]\d+).. {flow}
    (?P<pair>P\d+) have.. {flow}
    {s} be.. (connect~d|link~d|attach~d|join~d|wire~d|tie~d|point~d) (to|with) {o}
    {s} (coordinate|communicate|synchronise|synchronize|sync|exchange|elect|lock|share|
        agree).. (through|via|over|using|in|by) {oq}
receives
    {s} (listen|wait).. from {oq}
touches
    {s}( be [a-z-]+~d)? {touch}.. (from|to|into|in|inside|with|at|against|on|through|via|by) {oq}(?!
         (through|via) Q)
coordinates
    {s} (coordinate|synchronise|synchronize|agree|elect|lock).. (through|via|over|using|in|by) {oq}
fronts
    {s}.. in-front-of {oq}
    (put|place|deploy|need|require|use|have|add).. {s}.. in-front-of {oq}
behind
    {sq}.. behind {oq}
    behind {oq}.. (be|stand|sit|run|place|deploy).. {s}
    {sq} be (reachable|accessible|available|reach~d|access~d|contact~d|expose~d|
        serve~d).. (through|via|over) {oq}
through
    (reach|access|contact|call|connect to) {sq}.. (through|via|over|behind) {oq}
unfronted
    {who} [a-z]+.. (to|with) {sq}
    {sq}( be)? (reach~d|expose~d|contact~d|access~d|publish~d)( by| to)?( client| user)?
    {sq}.. without {oq}
    {o} (?P<unneeded>(be )?(require~d|need~d|necessary)) (for|with|by|in-front-of|if).. {sq}
    {s} (?P<unneeded>need|require) {o}
    {sq}.. {o}( be)? (leave~d out|omit~d|skip~d)
outage
    {sq}( be [a-z]+~d)?.. ({degraded}|{fine}|{broken})(?= )
    (?P<fine>be [a-z]+~d).. by {sq}
    {sq}.. (?P<hit>be affect~d|notice|be concerned)(?= )
    {sq} (?P<able>(?!be |have |need |use |notice |care |depend |lose )[a-z][a-z-]+)
    (have )?(?P<hit>effect|impact|influence|consequence) (on|for) {sq}
    (?P<hit>affect) {sq}
    (?P<broken>bring|take|shut) {sq} down
count
    {n}(?P<more> more| other| additional| further)?{adj}(?P<member> node| member| server| broker|
        -node)? {sq}
    {s} (of|be group of|form group of|have set of) {n} (?P<counted>{copies})
    {s}( be)?( (run|have|use|consist|comprise|operate|deploy~d|exist|come|stand|start~d|make|
        install~d|distribute~d|scale~d|replicate~d|make~d|keep|form|be|contain|include))?( (on|as|
        of|in|with|to|by|across|at|over|up))?( group| set| cluster| pool| total)?( of)? {n}{adj} (
        ?P<counted>{copies}|voter|cluster|-node cluster)(?! of)
    number of {sq}( {copies})?.. {n}
services
    {n}{adj} (service|micro-service|microservice|(?P<every>P\d+))(?= )(?! (on|in|at|per|
        beside|need|use|\+which))
components
    {n}{adj}( external| infrastructure)? (component|backing service|shared component)(?= )
single
    {s} be( only)?( [a-z-]+)? singleton
several
    {sq}( be)? (scale~d|scale|run|run~d|start~d|replicate~d|deploy~d)( to)?.. (
        ?P<many>number|out|horizontally|independently|redundantly|several-times)
    (?P<many>number of|many|several|multiple|second|additional) {sq}
    {sq} be (scale~d|replicate~d|cluster~d|scalable)(?= )
quorum
    (quorum|majority)(?P<majority>)( of| be)? {n}
    {n}(?P<majority>)( (of|[PQ]\d+|{copies}))*.. (form|make|constitute|keep|have|retain|reach|for|
        to)( up)? (quorum|majority)
    {s} (need|require) {n}(?P<majority>)( of N\d+)?{adj} ({copies}|vote)
    {s} (keep [a-z]+~g|work|run|function|continue|remain available).. with {n}( {copies}| {sq})
    {n}(?P<majority>)( of)?( Q\d+)?( {copies}| P\d+)?( need| have)? be (up|available|alive|
        reachable|healthy|online|run~g)
    \+(if|provided) {n}( (of|out-of))?( (?P<s>[PQ]\d+)| {copies}|(?P<all>N\d+))*.. (be|
        remain|work|run)
tolerance
    {s}.. (tolerate|survive|withstand|cope with|lose).. {n}
    {n}( of N\d+)?( of)? {sq}( be)? (fail|lose~d|stop~d|down|restart~d|go down|crash)
    (loss|failure|outage) of {n}.. tolerate~d
enough
    {n}( of)?( them)?( {sq})?( be)? (enough|sufficient|suffice|need~d|require~d|
        (carry|handle|sustain)( [a-z]+)? (load|traffic|work))
zone
    {z} (hold|have|host|contain|get|run) {n}( of)? {sq}
    {sq}( {be})*( [a-z-]+){0,2}( in| at| on)? {z}
    {n}( of)?( {sq})?( {copies}| other| them)?( {be})*( active)? (in|at|per|on) {z}
host-zone
    (?P<host>Z\d+)( {be})?( in)? {z}
spread
    {sq}( {be})?.. (on|over|across|in|at) {n}.. (?P<what>host|machine|{zones})
zones
    {n}( availability)? {zones}
hosts
    there be {n}{adj} (host|machine) $
    there be {n} {z}
each-zone
    {n}( {sq})?( [a-z~-]+){0,3} per ({zones}|machine|host)
    {sq}.. per ({zones}|machine|host)
    per {zones}.. {s}
    {zones} (?P<holds>have|hold|host|contain|run)( {n})? {s}
port
    {sq}~~ (port|on|at) (port )?{v}(?! ([a-z]+ )?(of|on|for|from|to|towards) [PQ])
    port {v}( be)?( [a-z~-]+)? (of|on|for|towards|to) {sq}
    (listen|answer|talk|speak|serve|accept|bind|reach~d|connect|arrive|come|go).. (on|at|to) (
        (tcp |udp )?port )?{v}
    use port {v}
health
    (?P<v>V\d+)
address
    (?P<v>V\d+)
outside
    {s} be part of(?= )
    {s}( be)?.. (operate~d|run|run~d|manage~d|maintain~d|host~d|provide~d)( by| outside)
    (we|you|ourselves) (run|operate|manage|maintain|host) {s}
critical
    {sq} be critical
value
    {opt}( [a-z~-]+| [GPQ]\d+){0,4} (be|set|set~d|keep|leave~d|remain|equal|begin|start|
        default|configure~d)( (to|at|as|of|with|set~d|by-default|value|now))* {value}
    (set|put|keep|leave|configure|switch|turn|raise) {opt}( (in|for|of)( section)? \S+( section)?)?
         (to|at|as) {value}
    {opt} (of|at|with) {value}
    {opt}( be)? {value}
    {opt} = ((?P<v>[VN]\d+|O\d+)|(?P<on>true|on|yes)|(?P<off>false|off|no))
    ((?P<on>enable|activate)|(?P<off>disable|deactivate)) {opt}
    (switch|turn|leave|keep) {opt} ((?P<on>on|enable~d)|(?P<off>off|disable~d))
    {opt} be( turn~d| switch~d)? ((?P<on>enable~d|on|true)|(?P<off>disable~d|off|false))
section
    {opt}((?! G| O)[^;:])*? (in|into|to|under|below|from|section)( section)? {g}( section)?(?!
         (set|write|put|add) O)
    (in|under|below)( section)? {g}( section)?((?! G| V| N)[^;:])*? {opt}
    section (for|of) {opt} be {g}
    {g}( section)? (hold|have|contain|include) {opt}
target
    {opt}( be)?( [a-z]+)? (point|lead|refer|address|url|location|connection string|
        endpoint|name|hold)( (to|at|of|address|url))* {o}
owner
    {opt} be( [a-z]+)?( (option|setting|parameter|part))? (of|for) {sq}
    {opt} be (read|read~d|use~d|set~d|understand~d|need~d|require~d) (by|on|in|for) {sq}
    {opt} (belong|go) (to|into) {sq}
    (set|configure|add|put|use) {opt} (on|in|for|to) {sq}
    {opt} (in|to) (configuration|config|file|setting) of {sq}
    {s} be configure~d with {opt}
    {s} (set|read|have|use|obey|own|need|require) (option |setting )?{opt}
unset
    (run|start|operate|deploy|work|do).. without {opt}
    leave {opt}( (unset|out|empty))?(?= )
    {opt}.. (be )?(unset~d|omit~d|optional|leave~d (out|unset~d|unset|empty)|unnecessary|
        superfluous)
    {opt}.. (be )?(?P<unneeded>set~d|require~d|need~d|necessary|mandatory)
"""


class Pattern(NamedTuple):
    """A shape as a regular expression, with what it states."""

    kind: str
    denies: bool
    conditional: bool
    regex: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Claim:
    """What a clause states, as far as a pattern knows.

    ``only`` says that there is no other object, ``alone`` that there is no other subject; those
    that "apart from" leaves out are ``excepted``. ``tokens`` are the words that it was read from by
    the names of groups.
    """

    kind: str
    tokens: dict[str, Token]
    span: tuple[int, int]
    denied: bool = False
    conditional: bool = False
    only: bool = False
    alone: bool = False
    matched: str = ""

    @property
    def subjects(self) -> tuple[str, ...]:
        """The parts that it is about."""
        return self.tokens["s"].parts if "s" in self.tokens else ()

    @property
    def objects(self) -> tuple[str, ...]:
        """The parts to which it relates those."""
        return self.tokens["o"].parts if "o" in self.tokens else ()

    def token(self, group: str) -> Token | None:
        """The word that a group of the pattern took."""
        return self.tokens.get(group)

    def has(self, group: str) -> bool:
        """Whether the pattern found a word of its that counts."""
        return group in self.tokens


def claims(sentence: Sentence) -> Iterator[Claim]:
    """What a sentence states, in the order of its clauses and of the patterns."""
    for clause in () if sentence.hypothetical else sentence.clauses:
        for pattern in PATTERNS:
            if pattern.conditional == clause.conditional or clause.form[1:].startswith("+prov"):
                for match in pattern.regex.finditer(clause.form):
                    yield _claim(sentence, clause, pattern, match)


def _claim(sentence: Sentence, clause: Clause, pattern: Pattern, match: re.Match[str]) -> Claim:
    groups = {
        n.partition("__")[0]: said for n, said in match.groupdict().items() if said is not None
    }
    tokens = {
        name: sentence.token(said)
        if re.fullmatch(r"[A-Z]\d+", said)
        else Token(said.strip(), said.strip(), 0, 0)
        for name, said in groups.items()
    }
    spans = [(t.start, t.end) for t in tokens.values() if t.end and not t.implied]
    spans = spans or [(sentence.start, sentence.start + len(sentence.text.rstrip()))]
    return Claim(
        pattern.kind,
        tokens,
        (min(start for start, _ in spans), max(end for _, end in spans)),
        denied=clause.denied != pattern.denies,
        conditional=sentence.conditional,
        only=groups.get("o", " ")[1:] in clause.only,
        alone=groups.get("s", " ")[1:] in clause.only,
        matched=match[0],
    )


def _relating() -> Iterator[Pattern]:
    """The patterns of clauses with a verb that relates two parts."""
    for relation, verbs, links in RELATING:
        each = verbs.split()
        macros = {
            "verb": f"({'|'.join(each)})",
            "done": f"({'|'.join(f'{verb}~d' for verb in each)})",
            "going": f"({'|'.join(f'{verb}~g' for verb in each)})",
            "link": f".. ({links})" if links else "",
            "links": f"({links})",
        }
        shapes = VERBS + (LINKED if links else DIRECT)
        for shape in filter(None, split_lines(shapes)):
            yield _pattern(relation, _expanded(shape, macros))


def _table() -> Iterator[Pattern]:
    """The patterns of the table."""
    kind, shape = "", ""
    for line in split_lines(f"{TABLE.strip()}\n\n"):
        if line.startswith("        "):
            shape += line[8:]
            continue
        if shape:
            yield _pattern(kind, shape)
        shape = line.strip() if line.startswith(" ") else ""
        kind = kind if shape else line


def _expanded(shape: str, macros: dict[str, str]) -> str:
    for name, meant in macros.items():
        shape = shape.replace(f"{{{name}}}", meant)
    return shape


def _pattern(kind: str, shape: str) -> Pattern:
    name, *flags = re.findall(r"[\w-]+", kind)
    conditional = "+(if" in shape
    shape = shape.replace("~~", r"(?: (?![PQO]\d|without |\+(?!and|or))\S+){0,6}?")
    shape = shape.replace("..", r"(?: (?!P\d|without |\+(?!and|or))\S+){0,7}?")
    shape = _expanded(shape, _MACROS)
    shape = re.sub(r"(?<!\\)\((?!\?)", "(?:", f" {shape}")
    # A group may come twice in a shape: each has a name of its own.
    count = itertools.count()
    shape = re.sub(r"\(\?P<(\w+)>", lambda m: f"(?P<{m[1]}__{next(count)}>", shape)
    return Pattern(name, "denied" in flags, conditional, re.compile(rf"{shape}(?= )"))


PATTERNS = (*_relating(), *_table())
