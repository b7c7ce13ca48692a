"""The words that the check knows: data, and nothing that depends on a topology.

A verb is listed by its base form; ``VERB_FORMS`` has every form of each. Relations are listed
with the verbs that state them, and with what must stand between such a verb and its object.
"""

from __future__ import annotations

from typing import NamedTuple

from diagtool.checks.prose.text import word_set

# --- verbs that relate two parts ------------------------------------------------------


class Verb(NamedTuple):
    """Verbs that state a relation. ``links`` stand before the object; without, it follows."""

    relation: str
    verbs: str
    links: str = ""


TO, ON, IN = "to|into|onto", "on|upon", "in|into|to|on|onto|at"
OVER = "over|across|among|amongst|between|to"
FROM = "from|off|out-of"

RELATING = (
    Verb("needs", "need require"),
    Verb("needs", "depend rely", ON),
    Verb("contacts", "use access reach contact call consult configure lock"),
    Verb("contacts", "talk speak connect authenticate log", "to|with|against|into"),
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
    "take exist hold raise increase lower reduce tune adjust change turn switch reject suffer "
    "replace require ask grant give see verify ensure upgrade reboot drain crash manage process "
    "carry render perform evaluate compute schedule merge delete rotate sign issue validate mail"
)

IRREGULAR = {
    "begin": "begins beginning began begun",
    "break": "breaks breaking broke broken",
    "bind": "binds binding bound",
    "bring": "brings bringing brought",
    "build": "builds building built",
    "can": "can",
    "commit": "commits committing committed",
    "cost": "costs costing",
    "deal": "deals dealing dealt",
    "draw": "draws drawing drew drawn",
    "feed": "feeds feeding fed",
    "find": "finds finding found",
    "get": "gets getting got gotten",
    "give": "gives giving gave given",
    "go": "goes going went gone",
    "hang": "hangs hanging hung",
    "have": "has having had",
    "hear": "hears hearing heard",
    "hold": "holds holding held",
    "keep": "keeps keeping kept",
    "lead": "leads leading led",
    "leave": "leaves leaving left",
    "lie": "lies lying lay lain",
    "log": "logs logging logged",
    "lose": "loses losing lost",
    "make": "makes making made",
    "omit": "omits omitting omitted",
    "permit": "permits permitting permitted",
    "put": "puts putting",
    "read": "reads reading",
    "run": "runs running ran",
    "see": "sees seeing saw seen",
    "send": "sends sending sent",
    "set": "sets setting",
    "ship": "ships shipping shipped",
    "sit": "sits sitting sat",
    "speak": "speaks speaking spoke spoken",
    "split": "splits splitting",
    "spread": "spreads spreading",
    "stand": "stands standing stood",
    "stop": "stops stopping stopped",
    "submit": "submits submitting submitted",
    "sync": "syncs syncing synced",
    "take": "takes taking took taken",
    "tell": "tells telling told",
    "transfer": "transfers transferring transferred",
    "unset": "unsets unsetting",
    "wake": "wakes waking woke woken",
    "withstand": "withstands withstanding withstood",
    "write": "writes writing wrote written",
}
SAME_PARTICIPLE = word_set("read put set run spread split unset cost")
"""Verbs whose participle is the base form."""


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
    "likewise too currently normally typically automatically actually additionally only-just "
    "can must may should will shall does do did please various whole entire "
    "of-course well remote external existing any respective corresponding underlying central "
    "local shared regularly constantly periodically immediately solely-by"
)
"""Words without which a sentence says the same."""

PHRASES = {
    "not": "don't doesn't isn't aren't can't cannot won't mustn't shouldn't needn't "
    "haven't hasn't never",
    "be": "is are being been becomes become stays remains",
    "+and": "and plus &",
    "+or": "or",
    "+but": "but",
    "+that": "that-clause",
    "+which": "which who",
    "+because": "because since as-they as-it so",
    "+while": "while whereas although though",
    "+if": "if when whenever unless whether until once after before",
}
"""What single words are in the normal form."""

MULTIWORD = {
    "no longer": "not",
    "not only": "",
    "not just": "",
    "not necessarily": "not",
    "do not": "not",
    "does not": "not",
    "is not": "be not",
    "are not": "be not",
    "not have to": "not",
    "not need to": "not",
    "have to": "",
    "has to": "",
    "need to": "",
    "needs to": "",
    "needs not": "not",
    "need not": "not",
    "able to": "able-to",
    "be able to": "",
    "is able to": "",
    "are able to": "",
    "be allowed to": "",
    "is allowed to": "",
    "are allowed to": "",
    "is required to": "",
    "are required to": "",
    "is expected to": "",
    "are supposed to": "",
    "is meant to": "",
    "in order to": "to",
    "in turn": "",
    "in addition": "",
    "as well": "",
    "on its own": "",
    "on their own": "",
    "by means of": "via",
    "with the help of": "via",
    "by way of": "via",
    "in front of": "in-front-of",
    "out of": "out-of",
    "apart from": "except",
    "aside from": "except",
    "other than": "except",
    "except for": "except",
    "besides": "except",
    "with the exception of": "except",
    "nothing but": "only",
    "nothing else than": "only",
    "exclusively": "only",
    "solely": "only",
    "as long as": "+provided",
    "so long as": "+provided",
    "provided that": "+provided",
    "provided": "+provided",
    "on condition that": "+provided",
    "in case": "+if",
    "in the event of": "+if",
    "as soon as": "+if",
    "even if": "+if",
    "even when": "+if",
    "so that": "+because",
    "as well as": "+and",
    "along with": "+and",
    "together with": "+and",
    "and/or": "+and",
    "but also": "+and",
    "more than": ">",
    "no more than": "<=",
    "not more than": "<=",
    "no fewer than": ">=",
    "not less than": ">=",
    "no less than": ">=",
    "fewer than": "<",
    "less than": "<",
    "at least": ">=",
    "a minimum of": ">=",
    "at most": "<=",
    "up to": "<=",
    "a maximum of": "<=",
    "a pair of": "#2",
    "pair of": "#2",
    "a couple of": "#2",
    "a single": "#1!",
    "only one": "#1!",
    "exactly one": "#1!",
    "just one": "#1!",
    "one single": "#1!",
    "half a dozen": "#6",
    "a dozen": "#12",
    "access to": "access-to",
    "connectivity to": "access-to",
    "connectivity with": "access-to",
    "network path to": "access-to",
    "route to": "access-to",
    "a connection to": "access-to",
    "a session to": "access-to",
    "a session with": "access-to",
    "a connection with": "access-to",
    "connection to": "access-to",
    "connections to": "access-to",
    "connection with": "access-to",
    "by default": "by-default",
    "check whether": "check",
    "check if": "check",
    "verify whether": "check",
    "test whether": "check",
    "find out whether": "check",
    "at a time": "together",
    "at the same time": "together",
    "at any time": "",
    "at all times": "",
    "all of": "all",
    "for instance": "example",
    "one of": "one-of",
    "none of": "none-of",
    "neither of": "none-of",
    "kind of": "",
    "kinds of": "",
    "look up": "query",
    "looks up": "query",
    "depend upon": "depend on",
    "fan out": "fan-out",
    "fans out": "fan-out",
    "hot standby": "standby",
    "warm standby": "standby",
    "cold standby": "standby",
    "hot spare": "standby",
}

NUMBERS = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
} | {"twice": 2, "single": 1, "sole": 1, "lone": 1, "both": 2, "pair": 2, "dozen": 12, "thirty": 30}

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
STANDBY = word_set("standby standbys passive active-passive active-standby hot-standby")
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

COLUMNS = {
    "server": "has {} servers",
    "replica": "has {} servers",
    "instance": "has {} servers",
    "copy": "has {} servers",
    "node": "has {} servers",
    "member": "has {} members",
    "machine": "has {} servers",
    "host": "has {} servers",
    "count": "has {} servers",
    "number": "has {} servers",
    "process": "has {} servers",
    "quantity": "has {} servers",
    "size": "has {} servers",
    "port": "listens on port {}",
    "zone": "runs in {}",
    "site": "runs in {}",
    "location": "runs in {}",
    "datacenter": "runs in {}",
    "region": "runs in {}",
    "need": "needs {}",
    "dependency": "needs {}",
    "requirement": "needs {}",
    "prerequisite": "needs {}",
    "backend": "talks to {}",
    "upstream": "talks to {}",
    "client": "is used by {}",
    "user": "is used by {}",
    "consumer": "is used by {}",
    "section": "is in the section {}",
    "group": "is in the section {}",
    "value": "is set to {}",
    "setting": "is set to {}",
    "owner": "is an option of {}",
    "service": "is an option of {}",
    "health": "has the health check {}",
}
"""What the cells of a column say of their rows, by the last word of its head."""

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
    "database": "postgresql postgres mysql mariadb oracle cockroachdb mongodb cassandra sqlite",
    "message queue": "rabbitmq kafka activemq nats pulsar",
    "load balancer": "haproxy nginx traefik envoy",
    "lock manager": "zookeeper etcd consul",
    "cache": "memcached infinispan hazelcast redis valkey varnish",
    "object store": "minio s3 ceph swift",
}
"""Well-known products of a kind."""

OPPOSITES = {
    "optional": "required",
    "unnecessary": "required",
    "superfluous": "required",
    "stateful": "stateless",
    "unsafe": "safe",
    "dangerous": "safe",
    "kept": "lost",
    "preserved": "lost",
    "unaffected": "affected",
    "unavailable": "available",
    "disabled": "enabled",
    "off": "on",
    "inactive": "active",
    "passive": "active",
    "idle": "active",
    "out": "in",
    "asynchronously": "synchronously",
    "false": "true",
    "last": "first",
    "stop": "start",
}
"""Words with which a sentence says the opposite of the same sentence with the other word."""
