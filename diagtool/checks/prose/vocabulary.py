"""The words that the check knows: data, and nothing that depends on a topology."""

from __future__ import annotations

import re

from diagtool.checks.prose.text import word_set
from diagtool.checks.split_lines import split_lines


def _multiword(text: str) -> dict[str, str]:
    """The forms of phrases, which stand behind each form."""
    rows = (line.partition(": ") for line in split_lines(text.replace("\n    ", " ").strip()))
    return {said.strip(): form.strip("-") for form, _, listed in rows for said in listed.split("|")}


# --- verbs ----------------------------------------------------------------------------

TO, ON, IN, FROM = (
    "to|into|onto|on|towards",
    "on|upon",
    "in|into|to|on|onto|at|inside",
    "from|off|out-of",
)

RELATING = (
    ("needs", "need require want", ""),
    ("needs", "depend rely", ON),
    ("contacts", "use access reach contact call consult configure lock", ""),
    ("contacts", "talk speak connect authenticate log bind", "to|with|against|into"),
    ("contacts", "check validate verify", "against|with"),
    ("contacts", "send submit deliver publish connect go pass", "through|via"),
    ("contacts", "register", "with|in|at|on"),
    ("contacts", "hold take acquire obtain", "in|with"),
    ("joined", "communicate interact coordinate synchronise synchronize sync share", "with"),
    ("joined", "join attach link wire tie", "to|with"),
    ("joined", "share serve", ""),
    ("exchanges", "exchange", "with"),
    (
        "sends",
        "send write push publish forward pass ship report upload submit stream announce route "
        "proxy dispatch replicate transfer relay post emit direct assign issue move copy export "
        "produce flush propagate notify expose redirect",
        TO,
    ),
    (
        "sends",
        "store record save persist put keep cache insert commit enqueue queue log archive buffer "
        "update modify track register create delete",
        IN,
    ),
    (
        "sends",
        "distribute spread balance load-balance shard fan-out dispatch",
        "over|across|among|amongst|between|to",
    ),
    ("sends", "update feed trigger tell inform alert instruct wake balance load-balance probe", ""),
    ("sends", "notify", ""),
    ("hands", "hand deliver return offer give bring serve", "to"),
    (
        "reads",
        "read fetch pull load retrieve query get take obtain consume collect import download "
        "learn receive draw copy replicate lease pick",
        FROM,
    ),
    ("reads", "look find query search", "in"),
    ("reads", "read query poll ask scrape consume", ""),
    ("receives", "receive accept hear", FROM),
    ("receives", "listen subscribe", "to|on"),
    ("fronts", "front shield", ""),
)
"""Relations of two parts, the verbs that state them, and what stands between verb and object."""

TOUCHING = word_set(
    "attach persist search index scan mount delete remove create insert deduplicate monitor back "
    "host maintain manage handle process render validate compute match resolve list reconcile"
)
"""Other verbs after which a preposition leads to something that is touched."""

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
    "touches": "is connected with",
}
"""Relations between two parts, and what a message calls them."""

OTHER_VERBS = (
    "run deploy start stop install have consist comprise contain include operate set scale fail "
    "lose tolerate survive withstand work function continue affect listen belong make form stand "
    "sit live reside locate host place enable disable omit leave unset stay remain add remove "
    "restart allow open permit handle answer expect define describe show provide say specify cope "
    "create elect happen build count default restrict limit terminate lead wait cost break hang "
    "lie constitute agree degrade exist raise increase lower reduce tune adjust change turn "
    "switch reject suffer replace grant see ensure upgrade reboot drain crash manage carry "
    "render perform evaluate compute schedule merge delete rotate sign mail total skip maintain "
    "expire become support suffice activate deactivate establish deny point lose carry sustain "
    "isolate own obey understand bypass refer equal begin keep interrupt abort miss accept"
)

_PASTS = (
    "became become began begin begun begin broke break broken break bound bind brought bring built "
    "build drew draw drawn draw fed feed found find got get gotten get gave give given give went "
    "go gone go hung hang had have heard hear held hold kept keep led lead left leave lay lie lost "
    "lose made make ran run saw see seen see sent send sat sit spoke speak spoken speak stood "
    "stand took take taken take told tell understood understand woke wake woken wake withstood "
    "withstand wrote write written write"
)
"""The irregular past forms of verbs, each with its verb behind it."""
_DOUBLED = word_set(
    "begin commit get log omit permit put run set ship sit skip stop submit transfer unset refer"
)
"""Verbs whose last letter is doubled before an ending."""


def _verb_forms() -> dict[str, tuple[str, str]]:
    forms: dict[str, tuple[str, str]] = {}
    for verb in {*OTHER_VERBS.split(), *TOUCHING, *(v for row in RELATING for v in row[1].split())}:
        stem = verb[:-1] if verb.endswith("e") else verb + verb[-1] * (verb in _DOUBLED)
        soft = verb[:-1] + "i" if re.search("[^aeiou]y$", verb) else verb
        es = "es" if re.search("(s|sh|ch|x|o|i)$", soft) else "s"
        forms |= {f"{stem}ing": (verb, "g"), soft + es: (verb, "s")}
        forms[f"{soft}ed" if soft != verb else f"{stem}ed"] = (verb, "d")
    pasts = _PASTS.split()
    forms |= {past: (verb, "d") for past, verb in zip(pasts[::2], pasts[1::2], strict=True)}
    forms |= {verb: (verb, "") for verb, _ in forms.values()} | {"has": ("have", "s")}
    return forms


VERB_FORMS = _verb_forms()
"""The base form of each form of a verb, with what kind it is: '', s, g(erund), d (past)."""

LEMMAS = frozenset(lemma for lemma, _ in VERB_FORMS.values())

# --- small words ----------------------------------------------------------------------

DROPPED = word_set(
    "the a an its an their our your this that these those own also always then now still "
    "just even usually often each first next itself themselves simply merely do does did "
    "therefore thus hence however already ever again longer straight further furthermore "
    "likewise too currently normally typically automatically actually additionally "
    "can must may should will shall please various whole entire well remote external existing any "
    "respective corresponding underlying central local shared regularly constantly periodically "
    "immediately directly every all both same fully full successfully"
)
"""Words without which a sentence says the same."""

PHRASES = {
    word: form
    for form, words in {
        "not": "don't doesn't isn't aren't can't cannot won't mustn't shouldn't needn't haven't "
        "hasn't never nor neither",
        "no": "none nothing nobody",
        "only": "solely exclusively alone sole",
        "be": "is are being been becomes become stays",
        "+and": "and plus & +",
        "+or": "or",
        "+but": "but",
        "+which": "which who",
        "+because": "because since so",
        "+while": "while whereas although though",
        "+if": "if when whenever unless whether until once after before should-first",
    }.items()
    for word in words.split()
}
"""What single words are in the normal form."""

MULTIWORD = _multiword(
    """
not: no longer | not necessarily | do not | does not | not have to | not need to | needs not |
    need not | not be able to | is unable to | are unable to | is not able to | are not able to |
    is not allowed to | are not allowed to | is not required to | are not required to |
    does not have to | do not have to | does not need to | do not need to | not able to
-: not only | not just | have to | has to | need to | needs to | be able to | is able to | are
    able to | be allowed to | is allowed to | are allowed to | is required to | are required to |
    is expected to | are supposed to | is meant to | in turn | in addition | as well | on its own
    | on their own | at any time | at all times | is responsible for |
    are responsible for | is configured to | are configured to | at the moment | at all |
    is designed to | are designed to | each of | all of | any of | both of | either of | of course
be not: is not | are not
to: in order to
via: by means of | with the help of | by way of
in-front-of: in front of
out-of: out of
per: in each | in every | on each | on every
except: apart from | aside from | other than | except for | besides | with the exception of |
    all but | everything but
only: nothing but | nobody but | nothing else than | and not more | and no more | and nobody else |
    and nothing else | and no one else | nothing else
+provided: as long as | so long as | provided that | provided | on condition that
+if: in case of | in case | in the event of | as soon as | even if | even when | in the case of
+because: so that | such that
+and: as well as | along with | together with | and/or | but also | in addition to
access-to: access to | connectivity to | connectivity with | network path to | route to |
    connection to | connections to | connection with | session to | session with | reach to |
    dependency on | dependencies on
depend on: depend upon | is dependent on | are dependent on | be dependent on | is reliant on
by-default: by default
use~d by: is shared by | are shared by
check: check whether | check if | verify whether | test whether | find out whether
several-times: more than once | several times | multiple times
together: at a time | at the same time
example: for instance
query: look up | looks up
fan-out: fan out | fans out
standby: hot standby | warm standby | cold standby | hot spare
singleton: single instance only | one instance only
"""
)
"""Several words that are one in the normal form, ``-`` for none."""

_COUNTED = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
)
NUMBERS = {word: number for number, word in enumerate(_COUNTED.split())} | {
    **dict.fromkeys(["single", "sole", "lone"], 1),
    **dict.fromkeys(["both", "pair"], 2),
    **{"dozen": 12, "thirty": 30, "forty": 40, "fifty": 50},
}

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
    "pod unit component program backend broker member ensemble"
)
"""What a part may be called besides its name: 'the X servers', 'the X cluster'."""

COPIES = word_set(
    "server copy instance replica process node member machine host pod container broker"
)
"""What is counted of a part."""

PREPOSITIONS = word_set(
    "of on in for with to at from by via through over about under per into onto without within "
    "between among across behind in-front-of against like unlike inside near despite upon "
    "except during access-to out-of than as towards using"
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
        "unaffected there here today stateless active redundant cannot singleton singletons "
        "can't don't doesn't none nothing"
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
    "carry extra further add adds added adding together simultaneously restart restarting upgrade "
    "upgrading take takes drain draining reboot rolling once instead spare standby tolerate "
    "tolerates alive available"
)
"""A number in a sentence with one of these may be that of a part of the servers."""

HYPOTHETICAL = word_set(
    "would could might suppose supposing imagine assume assuming perhaps was were had previously "
    "formerly originally earlier historically deprecated planned hypothetical pretend wrong "
    "wrongly mistakenly stated unknown "
    "example instance: e.g e.g. claims claim believe believed fictional"
)
"""A sentence with one of these does not state how things are."""

HEALTH = word_set("health check checks checked probe probes probed polls polled healthcheck")
UP = word_set("up online available alive reachable healthy left running work works working")
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
    "raise raised increase increased lower lowered reduce reduced tune tuned adjust adjusted "
    "minimum maximum instead before default defaults change changed"
)
"""A sentence with one of these may speak of another value than that in the topology."""

# --- tables ---------------------------------------------------------------------------

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
        "how many|servers?|replicas?|instances?|cop(?:y|ies)|nodes?|counts?|number|process(?:es)?|"
        "quantity|size|machines?",
        "{row} has {} servers",
    ),
    (
        "zones?|sites?|locations?|datacent(?:er|re)s?|regions?|placement|hosts?|where|"
        "runs (?:on|in)",
        "{row} runs in {} only",
    ),
    ("what (?:it )?runs|runs", "{} run on {row}"),
    ("(?:used|needed|required) by|clients?|users?|consumers?", "{row} is used by {}"),
    (
        "needs?|dependenc(?:y|ies)|requirements?|prerequisites?|must reach|depends on|requires?",
        "{row} needs {}",
    ),
    ("backends?|upstreams?|talks to|connects to", "{row} talks to {}"),
    ("sections?|groups?", "{row} is in the section {}"),
    ("values?|settings?", "{row} is set to {}"),
    ("owners?|services?", "{row} is an option of {}"),
    ("mode", "{row} is {}"),
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
    "lock manager|lock service|lock server|distributed lock manager|coordination backend",
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
