"""The table of patterns: which shapes of a normalised sentence state what.

Each relation has its shapes below it, one a line; deeper lines go on with the one above. In a
shape, ``(a|b)`` is a choice, ``{s}`` the subject and ``{o}`` the object, ``{q}`` a subject that may
stand behind a preposition, ``{not}`` a denial, ``{only}`` and ``{end}`` what leaves other objects
out, ``{alone}`` what leaves other subjects out, ``{fill}`` and ``{some}`` words that do not matter,
``{N}`` a number. A relation is ``(denied)`` where its shapes say that it is not so; ``(whole)``
ones read what stands under a condition, too.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple

from diagtool.checks.prose.vocabulary import ADJECTIVES, COPIES, RELATING

_WORD = r"(?:(?!(?:not|be|without|except|than|only|no|nothing|none)\b)[a-z][\w'~-]*|[NVO]\d+)"
_ADJECTIVES = "|".join(sorted(ADJECTIVES))
_COPIES = "|".join(sorted(COPIES))
_MACROS = {
    "s": r"(?P<s>P\d+)",
    "q": r"(?P<s>[PQ]\d+)",
    "o": r"(?P<o>[PQ]\d+)",
    "not": r"(?P<not> not)?",
    "only": r"(?P<only> only)?",
    "alone": r"(?P<alone> only)?",
    "lone": r"(?P<alone> (?:only|alone))?(?= )",
    "end": r"(?P<end> (?:only|alone|(?:\+and )?(?:to )?nothing(?: else)?))?(?= )"
    r"(?! (?:through|via) Q)",
    "no": r"(?P<no> no)?",
    "fill": rf"(?: {_WORD}){{0,5}}?",
    "some": rf"(?: {_WORD}){{0,2}}?",
    "N": r"(?P<n>N\d+)",
    "adj": rf"(?: (?:{_ADJECTIVES})){{0,2}}",
    "copies": rf"(?:{_COPIES})",
    "fine": r"(?P<fine>(?P<whole>be not affect~d|be unaffected|not (?:be )?affect~d|not notice|"
    r"not care|be not concerned)|be fine|keep(?: on)? [\w-]+~g|continue|go on|carry on|work|run|"
    r"survive)",
    "degraded": r"(?P<degraded>(?:be )?degrade~?d?|(?:continue|run|work) in degrade~d)",
    "broken": r"(?P<broken>stop|fail|hang|break|halt|be (?:down|gone|go~d|unavailable|lose~d|"
    r"unreachable|offline)|go down|not (?:work|run|continue|function|start|be available))",
    "hit": r"(?P<hit>be affect~d|not (?:be |[a-z]+\b))",
    "traffic": r"(?:traffic|connection|request|packet|message|access|flow|query|route|call|"
    r"communication|connectivity|link|rule|arrow|connect~g)",
    "be": r"(?:be|sit|stand|run|live|reside|remain|have|deploy~d|place~d|put~?d?|host~d|locate~d)",
    "O": r"(?P<opt>O\d+)",
    "V": r"(?P<v>[VN]\d+)",
    "truth": r"(?:(?P<on>true|on|enable~d)|(?P<off>false|off|disable~d))",
    "value": r"(?:(?P<v>[VN]\d+)|(?P<on>true|on|enable~d)|(?P<off>false|off|disable~d))",
    "G": r"(?P<g>G\d+|(?<=section )V\d+|V\d+(?= section))",
    "kind": r"(?:(?P<service>service)|(?P<component>component)|anything|part)",
    "using": r"(?:use|need|require|access|talk to|depend on|rely on|share|connect to|read)",
    "Z": r"(?P<z>Z\d+)",
}


RELATING_VERBS = r"""
^ {s} not {verb}{link}( other)? {kind}(?P<end>)
^ {s} {verb}{link} (no|not)( other)? {kind}(?P<end>)
except {o} , {s} not {verb}{link}( other)? {kind}(?P<end>)
{alone} {s}{not}{only} {verb}{link}{only}{no} {o}{end}
(for|allow|permit|enable|let|have|need|require|ask) {q}{some}( to)? {verb}{link} {o}{end}
only [a-z]+( +which)? {s}( to)? {verb}( {links})? be (?P<o>P\d+)(?P<end>)
(service|component|program|process)( +which)?{not}{only} {verb}{link} {o} be (?P<s>P\d+)(?P<alone>)
{s} be only (service|component|one|part)( +which( P\d+)?)? {verb}{link} {o}(?P<alone>)
(make|ensure|check|verify|see|confirm)[^,;]*? {q}{not} {verb}{link} {o}
"""
"""What every verb that relates two parts can do."""

WITHOUT = r"{s}( [a-z~-]+){1,4} without {going}{link} {o}"

LINKED_VERBS = r"""
be{not}{only} {done}{fill} {links}{no} {o}{some} by{only} {q}
be{not}{only} {done}{fill} by {q}{fill} {links} {o}
"""
"""The passive of verbs with a preposition before their object."""

DIRECT_VERBS = r"""
{only} {o}{not}{alone} be{not}{alone} {done}{some} (by|for|in|from){alone} {q}{lone}
{o}( ,)?( +and)?{alone} {done} by{alone} {q}
"""
"""The passive of the others."""

TABLE = r"""
needs
    {alone} {s}{not}{only} (need|require|get|want){no}{some} access-to{only} {o}{end}
contacts
    {alone} {s}{not}{only} have{no}{some} access-to{only} {o}{end}
    {alone} {s}{not}{only} (open|make|establish|keep|hold|maintain){no}
        {some} access-to{only} {o}
    (give|grant|allow|provide) {q}{some} access-to {o}
    {q}{some} access-to {o}
    {o} be{not} (reachable|accessible|available|visible|open) (from|by|for|to) {q}
needs
    {o}{alone} be{not}{alone} (require~d|necessary|mandatory) (for|
        by){alone} {q}
contacts
    {no} {traffic}{some} from{alone} {q}({some} (to|into|towards) {o})
    {traffic}{some} from{alone} {q}{some} to [^,;]*? +and to {o}
    {no} {traffic} (to|into) {o}{some} from{alone} {q}
    (open|expose) {o}{some} (for|to){some}( from)? {q}
    (allow|permit|open){fill} from {q} to {o}
joined
    (?P<pair>P\d+){not} (exchange|communicate|talk)( (message|data|with|to|other|directly))* $
    {no} {traffic}{some} between (?P<pair>[PQ]\d+)
    {s} be{not}{some} (connect~d|link~d|attach~d|join~d|wire~d|tie~d) (to|with) {o}
    (?P<pair>P\d+)(?P<no> have no){some} {traffic}
    {s}{not} (coordinate|communicate|synchronise|synchronize|sync|exchange|elect|lock|
        share){fill} (through|via|over|using) {o}
needs
    {o} be{not}{some} dependency (of|for) {q}
    only dependency of {q} be {o}(?P<end>)
    {s} be only client of {o}(?P<alone>)
    (client|user|consumer|reader|caller) (of it )?be {s} (?P<alone>only)(?P<topic>)
needs (denied)
    {s} be{not} independent of {o}
    (run|start|operate|deploy|use){some} {q} without( access-to)? {o}
    {o} be (optional|unnecessary|superfluous) (for|to) {q}
through
    (reach|access|contact|call) {q}{some} (through|via|over|behind) {o}
joined
    between (?P<pair>[PQ]\d+)( there)?( be)?{no} {traffic}
needs
    {s}{some} need be (?P<o>P\d+)(?P<end>)
    {s}(?P<no> have no| not have| not)( need| use)? (for|of) {o}
needs (denied)
    {s}( (run|work|function|start|operate|cope|manage|do|live|keep [\w-]+~g|get( by| along)?
        ))?{some} without {o}(?P<cannot>)
needs
    {s} not( [a-z~]+){1,3} without {o}
    without {o} ,? ?{s} (not [a-z~]+|stop|fail|be useless|break)
needs (denied)
    {s}( (?!(not|stop|fail|hang|break|be|degrade|go|have|only|start|lose)\b)[a-z~-]+| ,){2,5}
        without {o}
    {s}{not} (leave|ignore|bypass) {o}( alone)?
outage (whole)
    {q}{some}{not} ({degraded}|{fine}|{broken}|{hit})(?= )
    {q} (?P<still>[a-z][a-z-]+)(?= )
    (?P<fine>(?P<whole>(not|no) (affect|effect on|impact on|influence on))) {q}
    (?P<degraded>degrade) {q}
    (?P<broken>stop|break|kill|bring down|take down) {q}
    {only} (?P<hit>affect) {q}
left (whole)
    {q}{not}( be)? (leave~d|remain)(?= )
    {N} {q}( be)? (leave~d|remain)(?= )
fronts
    {s} be{not} (entry point|entry-point|front door|gateway|front end) (for|of|to|into) {o}{end}
    {s}{not}( {be})?{not}{some} in-front-of {o}
    (put|place|deploy|need|require|use|have|add){no}? {s} in-front-of {o}
behind
    {s} be only (service|one|component|part)( +which)?( be)? behind {o}(?P<alone>)
    {alone} {q}( {be})?{not}{only}( {be})?{some} behind{no} {o}
    behind {o}( there)? (be|stand|sit|run|place){some}( N\d+)? {s}
    {q} be{not} (reachable|accessible|available|reach~d|access~d|contact~d|
        expose~d|serve~d){some} (through|via|over) {o}
unfronted
    (client|browser|user|device|agent|customer|visitor) (talk|connect|speak|go){some} to {q}
    (client|browser|user|device|agent|customer|visitor) (reach|access|contact|call) {q}
    {q}{not}( be)?{not} (reach~d|expose~d|contact~d|access~d|publish~d)( by| to)?
        ( client| user| the-internet)?
    {q}( be)?{not}( [a-z]+~d)?{fill}( ,)? without {o}
    {q}( be)?{not}( [a-z]+~d)?{fill} without (?P<bypassed>go~g|pass~g)( (through|over|by))? {o}
    (directly|straight|direct)?{some} (to|with) {q}{fill} (?P<bypassed>bypass|circumvent|avoid) {o}
    {o} be (optional|unnecessary|superfluous|not require~d|not need~d|not necessary)( (for|
        with|in-front-of))?{some}( {N})? {q}
count
    {N}(?P<more> more| other| additional| further)?{adj}
        (?P<member> node| member| server| broker)? {q}
    {N} (of|out-of) ((?P<all>N\d+)|(?P<theirs>them)){adj}( {q})?
    {s}(?P<of>) of {N} (?P<counted>{copies})
    {s}( be)?( (form|make|run|deploy~d|come))?( (as|in))? (group|set|pool)(?P<of>) of {N}
    {s}( be)?( (run|have|consist|comprise|operate|deploy~d|exist|come|stand|start~d|
        install~d|distribute~d|scale~d|replicate~d|make~d|keep|form|be))?( (on|as|of|in|with|
        to|by|across|at|over|up))?{some} {N}{adj} (?P<counted>{copies})(?! of)(?=[ ])
    number of {q}( {copies})?{some}( (be|raise~d|increase~d|reduce~d|lower~d|grow|change~d))+
        ( to)? {N}
    {q}( be)? (deploy~d|run|start~d|present|exist|install~d|replicate~d) {N}( time)?(?= )
    {s} {N}(?P<counted>) $
    with {N}{adj} (?P<counted>{copies}) , {s}
    {q} , of +which there be {N}(?P<counted>)
services
    {N}{adj} (service|micro-service|microservice|(?P<every>P\d+))(?= )(?! (on|in|at|per|
        beside|need|use|+which))
components
    {N}{adj} (component|backing service|shared component)(?= )
totals
    (altogether|overall)( ,)?{fill} {N}{adj} ([a-z]+ )?(process|server|instance)
    {N}{adj} (process|server|instance){fill} (altogether|overall|in all|in total)
    {N}{adj} ([a-z]+ )?(process|server|instance|node|machine) (of|for|in|across) (N\d+ service|P\d+)
    in (all|total) ,? ?{N}{adj} ([a-z]+ )?(process|server|instance|node)
    total of {N}{adj} ([a-z]+ )?(process|server|instance|node)
single
    {s} be(?P<not> not)?( only)? singleton
    {q}{not}( be)?{not} (run|start~d|deploy~d|exist|active)( exactly| only)? (once|
        N\d+ time)
several
    {q}( be)?{not}{not} (scale~d|run|start~d|replicate~d|deploy~d)( (out|horizontally|
        independently|several time|more than once|to))*{some} (?P<many>number|out|horizontally|
        independently|often|+if)
    (?P<many>number of|many) {q}
    {q}{not}( be)?{not} (scale~d|replicate~d|cluster~d)(?= )
count
    (cluster|P\d+) of {N} (node|member|server|broker|machine)
quorum
    (quorum|majority)(?P<majority>)( of| be)? {N}( (of|out-of) N\d+)?
    {N}(?P<majority>)( (of|P\d+|{copies}))* (form|make|constitute)( up)? (quorum|majority)
    {q} (need|require) {N}(?P<majority>){adj} (member|node|broker)
    {q}(?P<majority>){fill} quorum{fill} {N}
quorum (whole)
    (+provided|+if|with|+while) {N}( (of|out-of))?( ({q}|member|node|broker|them|
        (?P<all>N\d+))){some}( {q})?
tolerance
    {q}{some}{not} (tolerate|survive|withstand|cope with) {N} (fail~d|lose~d|dead|broken|missing)
    ({q})?{some}{not} (tolerate|survive|withstand|cope)( with)?{some}{only} {N} (loss|failure|
        outage){only}
    ({q})?{some}{not} (tolerate|survive|withstand){some} (loss|failure|outage) of {N}
    {s}{not} (tolerate|survive|withstand|cope)( with)?{some} (loss|failure|outage) of {N}
        ( {copies}| {q})?{only}
    {s}{not} (lose|tolerate|survive) {N}
    (lose|tolerate|survive) {N} {q}
    {N} of N\d+{some} {q}( be)?{not} (fail|lose~d|stop~d|down)
    (?<! of) {N} {q}( be)?{not} (fail|lose~d|stop~d|restart~d|down)
tolerance (whole)
    {s}{some} (?P<given>keep [\w-]+~g|continue|work|go on|survive|available){fill} [+]if {N}
        ( P\d+| {copies})?( be)? (fail|lose~d|down|go~d|missing|unavailable)
enough
    {N}( of them)?( {q})?{not}( be)? (enough|sufficient|suffice|(carry|handle)( [a-z]+)? (load|
        traffic|work))(?= )
    with {N} {q}[^;:]*? (carry~d|handle~d|sustain~d)
    {N}( of them)?( {q})?( be)? (run~g|up|available|run|need~d|require~d)( to| for)? (carry|handle)
    (carry~d|handle~d) by( {q})? {N}( {q})?
    (need|require|take) {N}( {q})?{some} (carry|handle|sustain)
    {N}( {q})?( be)?{some} (up|run|run~g|available|alive) ,? ?(there be )?(nobody|nothing|no need)
zone
    {Z} (hold|have|host|contain|get|take) (?P<each>N\d+)( of)? {q}
    {q}{not}( be)?{not}( {be})?( be)?{some}( in| at| on)?{only} (in |at |on )?{Z}
        (?P<end> (only|alone))?
    (?P<each>N\d+)( of)?( {q})?( ({copies}|other|them))?( {be}){0,2}( active)? (in|
        at|per|on) {Z}(?! (, )?([+]and )?Z)
    {q} {be} (?P<each>N\d+) (in|at|per|on) {Z}(?! (, )?([+]and )?Z)
host-zone
    (?P<host>Z\d+)( {be})?{not}( {be})? (in )?{Z}
spread
    {q}( {be})?{some} (on|over|across|in|at) {N}{some} (?P<what>host|machine|zone|site)(?= )
    {q}( {be})?{some} (on|over|across|in|at) {N} {Z}
zones
    {N}( availability)? (zone|site|data-?cent(er|re)|data cent(er|re)|hall)
hosts
    (of|span|use|on|over|across) {N}{adj} (host|machine) $
    (of|span|use) [^.]*?[+]and {N}{adj} (host|machine) $
    there be {N} {Z} $
    there be {N}{adj} (host|machine) $
together
    {q}{not}( {be}){some} (on|with|beside|alongside) {o}
    {q}{not} share{some} (machine|host|node|server) with {o}
    {q}{not}( {be})?{some} (machine|host|node|server) (as|with|of) {o}
each-zone
    {N}( {q})?{some} per (zone|site|host|hall|region|machine|data-?cent(er|re))
    ({q})?( be)?( {be})?{some} (spread|spread~d|distribute~d|split|split~d|divide~d)
        {some} (over|across|between|among|in){some}( N\d+)? (zone|site|hall|region)
    {N}{fill}( {be})?{some} per (zone|site|data-?cent(er|re)|region|hall)
    {q}{some} per (zone|site|data cent(er|re)|datacent(er|re)|region|
        hall)
port
    {q}( ,)?( be)?{fill} (port|on) (port )?{V}(?! (of|on) [PQ])
    port {V}( be)?{some} (of|on|from|for) ({q})
port
    ({q} )?(listen|answer|talk|speak|serve|accept|bind|reach~d){fill} (on|at) {V} $
    (connect|listen|reach~d|accept|happen|answer|arrive|come|go){fill} (on|to|at) port {V}
        (?! (of|on) [PQ])
health
    (?P<v>V\d+)
address
    (?P<v>V\d+)
outside
    {s}{not} (be{not} part of|belong to)(?= )
    {s}{not}( be)?{some} (operate~d|run|run~d|manage~d|maintain~d|host~d) by
    (we|you|ourselves){not} (run|operate|manage|maintain|host) {q}
replicas
    {N}{adj}( read)?(?P<counted> replica)(?! of)
critical
    {alone} {q} be{not} critical
users
    {N} service {using} {o}
    {o} be (use~d|need~d|require~d|access~d) by {N} service
value
    {O}( (option|setting))?( (in|of|for|under)( section)? ([GPQV]\d+))?( section)?
        ( ,)?( +which)?(( be)?{not}( (set|set~d|switch~d|turn~d|leave~d|keep|remain|by-default|
        value|configure~d|equal|be|begin|start|to|at|of|as|be|with|on)))+ {value}
    {O}( be)?{not} {truth}
    {O}{fill} (start|begin) with {V}
    {O} = ((?P<v>[VN]\d+|O\d+)|(?P<on>true|on|yes)|(?P<off>false|off|no))
    (?P<v>V\d+|N\d+)( {copies})? (for|in|as)( value)?( (for|of))? {O}
    (?P<on>enable|activate) {O}
    (?P<off>disable|deactivate) {O}
    (?P<off>not) (keep|use|have|enable|support) {O}
    (switch|turn|leave|keep) {O} ((?P<on>on|enable~d)|(?P<off>off|disable~d))
    number of {O}{fill} be {V}
section
    {O}((?! G| O| not | [+]and)[^,;:])*? (in|into|to|under|below|from|
        section)( section)? {G}( section)?(?= )
    (in|under|below)( section)? {G}( section)? ,? ?((?! G| not| V| N)[^;:])*? {O}
    section (for|of) {O} be {G}
    {G}( section)?{not} (hold|have|contain|include) {O}
target
    {O}{not}( be)?( [a-z]+)? (point|lead|refer|address|url|location|connection string|
        endpoint)( (to|at|of))+ {o}
owner
    {O} be{not}( [a-z]+)?( (option|setting|parameter|part))? (of|for) {q}
    {O} be{not} (read|read~d|use~d|set~d|understand|need~d|require~d) (by|on|in|for) {q}
    {O}{not} (belong|go) (to|into) {q}
    (set|configure|add|put|use) {O} (on|in|for|to) {q}
    {O} (in|to) (configuration|config|file|setting) of {q}
    {q} be{not} configure~d with {O}
    {s}{not} (set|read|have|use|obey|own) (option |setting )?{O}
optional
    {s} be{not} (optional|unnecessary|superfluous)(?= )
unset
    (run|start|operate|deploy|work|do)( {q})? without {O}
    (omit|unset|skip) {O}
    leave {O}( (unset|out|empty))?(?= )
    {O} (be )?(not set~d|unset~d|omit~d|optional|not require~d|not need~d|leave~d (out|
        unset~d|unset|empty)|unnecessary|superfluous)
"""


class Pattern(NamedTuple):
    """A shape as a regular expression, with what it states.

    ``needs`` are the kinds of words that a sentence must have for it to match.
    """

    relation: str
    denies: bool
    whole: bool
    regex: re.Pattern[str]
    needs: frozenset[str]


def _relating() -> Iterator[Pattern]:
    """The patterns of sentences with a verb that relates two parts."""
    for relation, verbs, links in RELATING:
        each = verbs.split()
        macros = {
            "verb": f"({'|'.join(each)})",
            "done": f"({'|'.join(f'{verb}~d' for verb in each)})",
            "going": f"({'|'.join(f'{verb}~g' for verb in each)})",
            "link": f"{{fill}} ({links})" if links else "",
            "links": f"({links or 'to'})",
        }
        shapes = RELATING_VERBS + (LINKED_VERBS if links else DIRECT_VERBS)
        for shape in filter(None, shapes.splitlines()):
            yield _pattern(relation, _expanded(shape, macros))
        yield _pattern(f"{relation} (denied)", _expanded(WITHOUT, macros))


def _table() -> Iterator[Pattern]:
    """The patterns of the table."""
    relation, shape = "", ""
    for line in f"{TABLE.strip()}\n\n".splitlines():
        if line.startswith("        "):
            shape += line.strip()
            continue
        if shape:
            yield _pattern(relation, shape)
        shape = line.strip() if line.startswith(" ") else ""
        relation = relation if shape else line


def _expanded(shape: str, macros: dict[str, str]) -> str:
    for name, meant in macros.items():
        shape = shape.replace(f"{{{name}}}", meant)
    return shape


def _pattern(relation: str, shape: str) -> Pattern:
    name, *flags = re.findall(r"[\w-]+", relation)
    if not shape.startswith(("^", "{alone}", "{only}", "{no}", "(?<")):
        shape = f" {shape}"
    optional = len(re.findall(r"\{[sqo]\}\)?\?", shape))
    shape = _expanded(shape, _MACROS)
    shape = re.sub(r"(?<!\\)\((?!\?)", "(?:", shape)
    shape = re.sub(r"(?<=[ (|:])\+(?=[a-z])", r"\+", shape)  # conjunctions, not repetition
    # A group may come twice in a shape: each has a name of its own.
    count = itertools.count()
    shape = re.sub(r"\(\?P<(\w+)>", lambda m: f"(?P<{m[1]}__{next(count)}>", shape)
    regex = re.compile(shape)
    groups = {name.partition("__")[0] for name in regex.groupindex}
    mentions = len(groups & {"s", "o"}) - optional
    needs = {form for group, form in _NEEDS.items() if group in groups}
    return Pattern(
        name,
        "denied" in flags,
        "whole" in flags,
        regex,
        frozenset(needs | ({str(mentions)} if mentions > 0 else set())),
    )


_NEEDS = {"opt": "O", "z": "Z", "n": "N"}
"""The groups that only one kind of word can fill, in every shape that has them."""

PATTERNS = (*_relating(), *_table())
