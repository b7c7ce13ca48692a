"""The words that the check knows: data, and nothing that depends on a topology.

A verb is listed by its base form; ``VERB_FORMS`` has every form of each. Relations are listed
with the verbs that state them, and with what must stand between such a verb and its object.
"""

from __future__ import annotations

from typing import NamedTuple

from diagtool.checks.prose.text import word_set


def _listed(text: str, separator: str) -> dict[str, str]:
    """What stands behind the first word of each entry, by that word."""
    entries = (entry.split(maxsplit=1) for entry in text.split(separator))
    return {entry[0]: " ".join(entry[1].split()) for entry in entries}


def _multiword(text: str) -> dict[str, str]:
    """The forms of phrases, which stand behind each form."""
    rows = (line.partition(": ") for line in text.replace("\n    ", " ").strip().splitlines())
    return {said.strip(): form.strip("-") for form, _, listed in rows for said in listed.split("|")}


# --- verbs that relate two parts ------------------------------------------------------


class Verb(NamedTuple):
    """Verbs that state a relation. ``links`` stand before the object; without, it follows."""

    relation: str
    verbs: str
    links: str = ""


TO, ON, IN = "to|into|onto|on", "on|upon", "in|into|to|on|onto|at"
OVER = "over|across|among|amongst|between|to"
FROM = "from|off|out-of"

RELATING = (
    Verb("needs", "need require"),
    Verb("needs", "depend rely", ON),
    Verb("contacts", "use access reach contact call consult configure lock"),
    Verb("contacts", "talk speak connect authenticate log", "to|with|against|into"),
    Verb("contacts", "check validate verify", "against|with"),
    Verb("contacts", "send submit deliver publish connect", "through|via"),
    Verb("contacts", "register", "with|in|at|on"),
    Verb("joined", "communicate interact coordinate synchronise synchronize sync share", "with"),
    Verb("joined", "join attach link wire tie", "to|with"),
    Verb("joined", "share serve"),
    Verb("contacts", "hold take acquire", "in|from|with"),
    Verb("exchanges", "exchange", "with"),
    Verb(
        "sends",
        "send write push publish forward pass ship report upload submit stream announce route "
        "proxy dispatch replicate transfer relay post emit direct assign issue move copy export "
        "produce flush propagate notify expose",
        TO,
    ),
    Verb("sends", "store record save persist put keep cache insert commit enqueue queue log", IN),
    Verb("sends", "distribute spread balance load-balance shard fan-out", OVER),
    Verb(
        "sends",
        "notify update feed trigger tell inform alert instruct wake balance load-balance probe",
    ),
    Verb("hands", "hand deliver return offer give bring serve", "to"),
    Verb(
        "reads",
        "read fetch pull load retrieve query get take obtain consume collect import download "
        "learn receive draw copy replicate lease pick",
        FROM,
    ),
    Verb("reads", "look find query", "in"),
    Verb("reads", "read query poll ask scrape consume"),
    Verb("receives", "receive accept hear", FROM),
    Verb("receives", "listen subscribe", "to|on"),
    Verb("fronts", "front shield"),
)

RELATIONS = {
    "needs": "needs",
    "contacts": "talks to",
    "joined": "is connected with",
    "exchanges": "exchanges messages with",
    "sends": "sends to",
    "hands": "hands to",
    "reads": "reads from",
    "receives": "receives from",
    "fronts": "stands in front of",
    "behind": "stands behind",
}
"""Relations between two parts, and what a message calls them."""

OTHER_VERBS = (
    "run deploy start stop install have consist comprise contain include operate set scale fail "
    "lose tolerate survive withstand work function continue affect listen bind belong go make "
    "form stand sit live reside locate host place enable disable omit leave unset stay remain "
    "add remove restart allow open permit handle answer bounce probe check expect define "
    "describe show provide say specify cope operate create elect happen build count default "
    "restrict limit terminate spread find lead wait cost permit form break hang depend lie "
    "constitute degrade "
    "take exist hold raise increase lower reduce tune adjust change turn switch reject suffer "
    "replace require ask grant give see verify ensure upgrade reboot drain crash manage process "
    "carry render perform evaluate compute schedule merge delete rotate sign issue validate mail"
)

IRREGULAR = _listed(
    """
begin begins beginning began begun, break breaks breaking broke broken, bind binds binding bound,
bring brings bringing brought, build builds building built, commit commits committing committed,
cost costs costing, deal deals dealing dealt, draw draws drawing drew drawn, feed feeds feeding
fed, find finds finding found, get gets getting got gotten, give gives giving gave given, go goes
going went gone, hang hangs hanging hung, have has having had, hear hears hearing heard, hold
holds holding held, keep keeps keeping kept, lead leads leading led, leave leaves leaving left,
lie lies lying lay lain, log logs logging logged, lose loses losing lost, make makes making made,
omit omits omitting omitted, permit permits permitting permitted, put puts putting, read reads
reading, run runs running ran, see sees seeing saw seen, send sends sending sent, set sets
setting, ship ships shipping shipped, sit sits sitting sat, speak speaks speaking spoke spoken,
split splits splitting, spread spreads spreading, stand stands standing stood, stop stops stopping
stopped, submit submits submitting submitted, sync syncs syncing synced, take takes taking took
taken, tell tells telling told, transfer transfers transferring transferred, unset unsets
unsetting, wake wakes waking woke woken, withstand withstands withstanding withstood, write writes
writing wrote written
""",
    ",",
)
"""The forms of irregular verbs, by the base form."""


def _forms(verb: str) -> list[str]:
    """A verb in the third person, the gerund and the past."""
    if verb in IRREGULAR:
        return IRREGULAR[verb].split()
    if verb.endswith("e"):
        return [f"{verb}s", f"{verb[:-1]}ing", f"{verb}d"]
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return [f"{verb[:-1]}ies", f"{verb}ing", f"{verb[:-1]}ied"]
    es = verb.endswith(("s", "sh", "ch", "x", "o"))
    return [f"{verb}{'es' if es else 's'}", f"{verb}ing", f"{verb}ed"]


def _verb_forms() -> dict[str, tuple[str, str]]:
    forms: dict[str, tuple[str, str]] = {}
    for verb in {*OTHER_VERBS.split(), *(v for row in RELATING for v in row.verbs.split())}:
        third, gerund, *past = _forms(verb)
        forms |= {third: (verb, "s"), gerund: (verb, "g"), verb: (verb, "")}
        forms |= dict.fromkeys(past, (verb, "d"))
    return forms


VERB_FORMS = _verb_forms()
"""The base form of each form of a verb, with what kind it is: '', s, g(erund), d (past)."""

# --- small words ----------------------------------------------------------------------

DROPPED = word_set(
    "the a an its their our your this that these those own also always then now still "
    "just even usually often each first next itself themselves simply merely "
    "therefore thus hence however already ever again longer straight further furthermore "
    "likewise too currently normally typically automatically actually additionally "
    "can must may should will shall does do did please various whole entire "
    "well remote external existing any respective corresponding underlying central "
    "local shared regularly constantly periodically immediately"
)
"""Words without which a sentence says the same."""

PHRASES = {
    "not": "don't doesn't isn't aren't can't cannot won't mustn't shouldn't needn't "
    "haven't hasn't never",
    "be": "is are being been becomes become stays",
    "+and": "and plus &",
    "+or": "or",
    "+but": "but",
    "+which": "which who",
    "+because": "because since so",
    "+while": "while whereas although though",
    "+if": "if when whenever unless whether until once after before",
}
"""What single words are in the normal form."""

MULTIWORD = _multiword(
    """
not: no longer | not necessarily | do not | does not | not have to | not need to | needs not |
    need not
-: not only | not just | have to | has to | need to | needs to | be able to | is able to | are
    able to | be allowed to | is allowed to | are allowed to | is required to | are required to |
    is expected to | are supposed to | is meant to | in turn | in addition | as well | on its own
    | on their own | at any time | at all times | kind of | kinds of
be not: is not | are not
able-to: able to
to: in order to
via: by means of | with the help of | by way of
in-front-of: in front of
out-of: out of
per: in each | in every
except: apart from | aside from | other than | except for | besides | with the exception of
only: nothing but | nobody but | nothing else than | exclusively | solely | and not more |
    and no more | and nobody else | and nothing else | and no one else
+provided: as long as | so long as | provided that | provided | on condition that
+if: in case | in the event of | as soon as | even if | even when
+because: so that
+and: as well as | along with | together with | and/or | but also
access-to: access to | connectivity to | connectivity with | network path to | route to | a
    connection to | a session to | a session with | a connection with | connection to |
    connections to | connection with
by-default: by default
check: check whether | check if | verify whether | test whether | find out whether
only dependency of it: its only dependency | its only requirement | its sole dependency
only client of it: its only client | its only user | its only consumer | its sole client |
    its only clients | its only users
together: at a time | at the same time
all: all of
example: for instance
one-of: one of
none-of: none of | neither of
query: look up | looks up
depend on: depend upon
fan-out: fan out | fans out
standby: hot standby | warm standby | cold standby | hot spare
"""
)
"""Several words that are one in the normal form, ``-`` for none."""

_COUNTED = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
)
NUMBERS = {word: number for number, word in enumerate(_COUNTED.split())}
NUMBERS |= dict.fromkeys(["single", "sole", "lone"], 1) | dict.fromkeys(
    ["twice", "both", "pair"], 2
)
NUMBERS |= {"dozen": 12, "thirty": 30, "forty": 40, "fifty": 50}

COMPARED = {
    phrase: than
    for than, phrases in {
        ">=": "no fewer than|not less than|no less than|at least|a minimum of",
        "<=": "no more than|not more than|at most|up to|a maximum of",
        ">": "more than",
        "<": "fewer than|less than",
    }.items()
    for phrase in phrases.split("|")
}
"""How a number is said to compare; longer phrases before those in them."""

HEADS = word_set(
    "server service process instance node replica copy daemon host machine cluster container "
    "pod unit component program backend broker member"
)
"""What a part may be called besides its name: 'the X servers', 'the X cluster'."""

COPIES = word_set("server copy instance replica process node member machine host pod container")
"""What is counted of a part."""

PREPOSITIONS = word_set(
    "of on in for with to at from by via through over about under per into onto without within "
    "between among across behind in-front-of against like unlike inside near despite upon "
    "except during access-to out-of than as"
)

FUNCTION = (
    PREPOSITIONS
    | DROPPED
    | word_set(
        "and or nor but as so without while when where which who because since if unless before "
        "after during was were than either instead rather until whenever like what how out yet it "
        "ourselves yourself yourselves themselves "
        "they twice once behind open available free alive up down else back off away together "
        "is are be been has have had not no never only alone all every both neither at not able "
        "unavailable unreachable reachable offline online required optional necessary mandatory "
        "unaffected there here today stateless active redundant cannot "
        "can't don't doesn't"
    )
)
"""What may follow a name that stands for itself: 'the database and', not 'the database schema'."""

ADJECTIVES = word_set(
    "identical equal different separate running active independent redundant dedicated distinct "
    "physical virtual individual small large busy healthy such shared stateless clustered"
)
"""What may stand between a number and what it counts."""

PARTIAL = word_set(
    "fail fails failed failure failures lost lose loses losing loss down stop stops stopped "
    "stopping remain remains remaining left other others another survive survives more additional "
    "carry "
    "extra further add adds added adding together simultaneously restart restarting upgrade "
    "upgrading take takes drain draining reboot rolling once instead spare standby tolerate "
    "tolerates"
)
"""A number in a sentence with one of these may be that of a part of the servers."""

HYPOTHETICAL = word_set(
    "would could might suppose supposing imagine assume assuming perhaps was were had previously "
    "formerly originally earlier historically deprecated planned hypothetical pretend wrong "
    "wrongly mistakenly example instance: e.g e.g. claims claim believe believed fictional"
)
"""A sentence with one of these does not state how things are."""

HEALTH = word_set("health check checks checked probe probes probed polls polled healthcheck")
UP = word_set("up available alive reachable healthy left running work works working")
SYMPTOMS = word_set(
    "means mean indicates indicate suggests suggest symptom error errors alert alarm alarms log "
    "logs message"
)
"""A sentence with one of these may tell of a fault in which something cannot do its work."""
WHOLE = word_set(
    "deployment deployments installation system setup platform architecture topology layout "
    "cluster installer it picture diagram figure overview all total altogether"
)
"""What a number of services or components is said to be of, beside the system's own name."""
TUNED = word_set(
    "default defaults raise raised increase increased lower lowered reduce reduced tune tuned "
    "adjust adjusted minimum maximum instead before"
)
"""A sentence with one of these may speak of another value than that in the topology."""

YES = word_set("yes y x ✓ ✔ ✅ required needed true ● •")
NO = word_set("no n none - – — ✗ ✘ ❌ × false never")
"""What a cell says of its row and its column."""

YES_NO = (
    ("behind ", "is behind", "is not behind"),
    ("(?:uses? |needs? |requires? |must reach |reads? |connects? to )", "uses", "does not use"),
    ("(?:runs? |is |stands )?(?:in|on) ", "runs in", "does not run in"),
    ("critical$", "is critical", "is not critical"),
    ("(?:singleton|single)$", "is a singleton", "is not a singleton"),
    ("active[-/ ]active$", "is active-active", "is active-passive"),
    ("(?:active[-/ ]passive|standby)$", "is active-passive", "is active-active"),
)
"""What a head of a column of yes and no begins with, and what yes and no then say."""

COLUMNS = (
    ("tolerates?|may fail|can fail|may be lost|spares?", "{row} tolerates the loss of {}"),
    ("quorum|majority", "{row} has a quorum of {}"),
    ("minimum|at least|min\\.?", "{} {row} are enough"),
    ("members?", "{row} has {} members"),
    ("ports?|listens( on)?", "{row} listens on port {}"),
    ("health( checks?)?|probes?", "{row} has the health check {}"),
    (
        "how many|servers?|replicas?|"
        "instances?|cop(?:y|ies)|nodes?|counts?|number|process(?:es)?|quantity|"
        "size|machines?",
        "{row} has {} servers",
    ),
    (
        "zones?|sites?|locations?|datacent(?:er|re)s?|regions?|placement|hosts?|runs on",
        "{row} runs in {} only",
    ),
    ("what (?:it )?runs|runs", "{} run on {row}"),
    ("used by|clients?|users?|consumers?", "{row} is used by {}"),
    (
        "needs?|dependenc(?:y|ies)|requirements?|prerequisites?|must reach|depends on",
        "{row} needs {}",
    ),
    ("backends?|upstreams?|talks to", "{row} talks to {}"),
    ("sections?|groups?", "{row} is in the section {}"),
    ("values?|settings?", "{row} is set to {}"),
    ("owners?|services?", "{row} is an option of {}"),
    ("mode", "{row} is {}"),
    ("schedule|when", "{row} runs {}"),
    ("address(?:es)?|vip|virtual ip", "{row} has the address {}"),
)
"""What a cell says of its row, by the head of its column."""

FROM_COLUMNS = word_set("from source client sender caller origin")
TO_COLUMNS = word_set("to destination target receiver callee upstream")

# --- what the field calls the same ----------------------------------------------------

KINDS = (
    "database|db|datastore|data store|database server|database cluster",
    "message queue|message broker|message bus|queue|broker|messaging",
    "load balancer|balancer|lb|reverse proxy|proxy",
    "lock manager|lock service|lock server|distributed lock manager",
    "name server|nameserver|dns server",
    "cache|caching layer",
    "object store|object storage|blob store|bucket store",
)
"""Kinds of components, each with its names."""

PRODUCTS = {
    "database": "postgresql postgres mysql mariadb galera percona "
    "oracle cockroachdb mongodb cassandra sqlite",
    "message queue": "rabbitmq kafka activemq nats pulsar",
    "load balancer": "haproxy nginx traefik envoy",
    "lock manager": "zookeeper etcd consul",
    "cache": "memcached infinispan hazelcast redis valkey varnish",
    "object store": "minio s3 ceph swift",
}
"""Well-known products of a kind."""
