"""What a topology file may hold: one declaration, three readers.

The loader reads files by it, ``diagtool schema`` prints it as a JSON Schema for editors,
and the reference of the format is made from its descriptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from diagtool.config.drivers import CAPABILITIES, LIBRARIES
from diagtool.model import Effect, Headers, Mode, Reliance, Severity, Shape, Transport
from diagtool.model.catalogue import OptionType

FORMAT = "1"
"""The version of the file format that this release reads."""

ID_IN_WORDS = "letters, digits, _ and -, after a letter, at most 64 in all"
_DEVICES = "[Aa][Uu][Xx]|[Cc][Oo][Nn]|[Nn][Uu][Ll]|[Pp][Rr][Nn]|[Cc][Oo][Mm][0-9]|[Ll][Pp][Tt][0-9]"
"""What no file can be called on Windows, and so nothing that a file is named after."""
ID = rf"^(?!(?:{_DEVICES})(?![\s\S]))[A-Za-z][A-Za-z0-9_-]{{0,63}}(?![\s\S])"


@dataclass(frozen=True, slots=True)
class Str:
    """A scalar, taken as it is written. ``pattern`` must match all of it."""

    pattern: str
    expected: str
    max_length: int
    refused: str = ""
    """Characters that it may not hold and other texts may, of which a message says why."""
    secret: bool = False
    """Whether no message may show it."""


@dataclass(frozen=True, slots=True)
class Id:
    """The id of something; as a value, of something that is defined elsewhere."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Int:
    """A whole number in decimal digits."""

    minimum: int
    maximum: int


@dataclass(frozen=True, slots=True)
class Bool:
    """``true`` or ``false``."""


class Extended(Enum):
    """What a list in a topology that extends another does to the base's."""

    REPLACED = "takes its place"
    APPENDED = "is added to its end"
    BY_PEER = "is laid over it, connection by connection"


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of equal things, at least one."""

    item: Spec
    extended: Extended = Extended.REPLACED


@dataclass(frozen=True, slots=True)
class MapOf:
    """A mapping from names that match ``key`` to equal things."""

    key: Id | Str
    value: Spec


@dataclass(frozen=True, slots=True)
class OneOrMore:
    """A single thing, or a list of such things where there are several."""

    item: Str | Record


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a record. ``default`` says in words what holds where it is left out."""

    spec: Spec
    help: str
    default: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping with known keys; of those in ``one_of`` exactly one must be there.

    Where ``scalar`` is given, that scalar may stand in its place. ``hints`` say what to
    write for keys that it does not have.
    """

    name: str
    help: str
    keys: Mapping[str, Key]
    one_of: tuple[str, ...] = ()
    scalar: Str | Int | None = None
    hints: Mapping[str, str] = field(default_factory=dict)

    @property
    def optional(self) -> bool:
        """Whether nothing may stand in its place, and takes every default."""
        return not self.one_of and not any(key.required for key in self.keys.values())


Spec = Str | Id | Choice | Int | Bool | ListOf | MapOf | OneOrMore | Record

HIDDEN = (
    r"\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u202a-\u202e\u2060-\u206f\u2800\u3164"
    r"\ufeff\uffa0\ufff9-\ufffb"
    "\U0001d173-\U0001d17a\U000e0000-\U000e007f"
)
"""Characters that no text may hold: they are not seen, and let it be read as another one.

They turn the direction of what follows, part two letters by nothing, spell out words that only
programs read, or look like a blank. Joiners, and marks that only keep a sign beside its letter,
are part of writing in many languages.
"""
BLANKS = r"\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
"""Blanks that are not the usual one: no name may hold them, which would look like another one."""
JOINERS = "\u061c\u180b-\u180d\u180f\u200c-\u200f\ufe00-\ufe0f\U000e0100-\U000e01ef"
"""Part of writing, but not seen: nothing may hold them that a program compares."""
CONTROL = rf"\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff{HIDDEN}"
"""Characters that no text may hold: those, and what cannot be shown in every format."""
EXACT = f"{BLANKS}{JOINERS}"
"""What else may not stand where a program compares: in config, and in what is filled into it."""
_END = r"(?![\s\S])"
"""The end of a text; unlike ``$`` the same to Python and to an editor's JavaScript."""
_LINES = rf"[^{CONTROL}]*{_END}"
_SEEN = rf"[^\s{JOINERS}]"

NAME = Str(rf"^(?=.*{_SEEN})[^\n{CONTROL}{BLANKS}]*{_END}", "a text on one line", 200, BLANKS)
LABEL = Str(rf"^(?=[\s\S]*{_SEEN}){_LINES}", "a text without tabs and control characters", 200)
TEXT = Str(LABEL.pattern, LABEL.expected, 10_000)
SECTION = Str(
    rf"^(?![\s=#;])[^\[\]\n{CONTROL}{EXACT}]+(?<!\s){_END}",
    "the name of a config section",
    200,
    EXACT,
)
OPTION = Str(
    rf"^[^\[\]\s=:#;{CONTROL}{EXACT}]+{_END}", "the name of an option, without spaces", 200, EXACT
)
VALUE = Str(
    rf"^(?!\s)[^\n{CONTROL}{EXACT}]*(?<!\s){_END}",
    "a value on one line, without spaces around it",
    2_000,
    EXACT,
)
SECRET = replace(VALUE, secret=True)
PLACEHOLDER = Str(
    rf"^(?!\s)[^<>\n{CONTROL}{EXACT}]+(?<!\s){_END}", "a name without < and >", 100, EXACT
)

PATH = Str(
    rf"^(?![\s/~]|[A-Za-z]:)[^\\\n{CONTROL}]+(?<!\s){_END}",
    "a path from the folder of this file, with / in it",
    500,
)
ENTRY = Str(rf"^(?!/)[^\n{CONTROL}]*(?<!/){_END}", "ids on the way to an entry, with /", 500)

# What these two hold stands in the config of web servers, each of which has signs of its own.
PREFIX = Str(
    rf"^(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+{_END}",
    "a path such as /dns: letters, digits and . _ ~ - after each /",
    200,
)
REQUEST = Str(
    rf"^/[A-Za-z0-9._~/?=&-]*{_END}",
    "a path such as /health: letters, digits and . _ ~ - / ? = & after a /",
    200,
)

# These two stand in tables, and in the names of Kubernetes' ports.
WORD = Str(
    rf"^[A-Za-z0-9](?:[A-Za-z0-9+._/-]*[A-Za-z0-9+])?{_END}",
    "a word of letters, digits and + . _ / -",
    50,
)
LISTENER_NAME = Str(
    rf"^[A-Za-z](?:[A-Za-z0-9_-]*[A-Za-z0-9])?{_END}", "a name of letters, digits, _ and -", 50
)
ADDRESS = Str(
    rf"^(?=\S)(?:[A-Za-z0-9.:_\[\]-]|<[^<>\n{CONTROL}]+>|\{{n\}})+{_END}",
    "a host name, an IP address, or placeholders for one",
    255,
)
RANGE = Str(rf"^[0-9A-Fa-f.:]+/[0-9]{{1,3}}{_END}", "a range of addresses such as 192.0.2.0/24", 50)
IMAGE = Str(
    rf"^(?:[A-Za-z0-9._:/@-]|<[^<>\n{CONTROL}]+>)+{_END}",
    "the name of a container image, or a placeholder",
    255,
)

SHAPES = Choice(tuple(shape.value for shape in Shape))
HEADERS = Choice(tuple(headers.value for headers in Headers))
RELIANCE = Choice(tuple(reliance.value for reliance in Reliance))
PORT = Int(1, 65_535)
WIDTH = Int(16, 2000)
REPLICAS = Int(1, 1000)
LOSS = Str(rf"^[A-Za-z][A-Za-z0-9_/:-]*(:\*)?{_END}", "a part, zone, host, network or path", 200)
HOSTS = Int(1, 1000)
TRANSPORTS = Choice(tuple(transport.value for transport in Transport))
MODES = Choice(tuple(mode.value for mode in Mode))
FOLD = Int(2, 1001)
FOLD_HELP = "From this number of servers on, one box represents all of them."

FLOW = Record(
    "flow",
    "Something that runs over a connection.",
    {
        "listener": Key(
            LISTENER_NAME,
            "The name of the listener that is reached.",
            default="the one that has the ``port`` and ``protocol`` given here, or the only one",
        ),
        "port": Key(PORT, "The port that is reached.", default="that of the listener"),
        "transport": Key(
            TRANSPORTS, "What carries it.", default="that of the listener, else ``tcp``"
        ),
        "protocol": Key(WORD, "What is spoken.", default="that of the listener"),
        "tls": Key(Bool(), "Whether it is encrypted with TLS.", default="as the listener says"),
        "network": Key(Id(), "The network that it runs in.", default="that of the listener"),
        "purpose": Key(NAME, "What it is for, in a few words."),
        "opened_by": Key(
            Id(),
            "The end that opens it: this part or the other one.",
            default="the end that the arrow leaves; but a service opens what it needs ``from`` a "
            "component",
        ),
    },
)

EFFECTS = tuple(effect.value for effect in Effect)
UNSTATED = "not stated"
FEWER = (Effect.DEGRADES.value, Effect.STOPS.value, UNSTATED)

ON_LOSS = Record(
    "loss of the other end",
    "What happens to the part that states the connection when the other end is lost. Without "
    "it, that is not stated; it does not follow from a need.",
    {
        "effect": Key(
            Choice(EFFECTS),
            "Whether it stops, goes on with less than it can do, or goes on as before.",
            required=True,
        ),
        "text": Key(TEXT, "What a reader should know of it, in a sentence."),
        "source": Key(TEXT, "Where it can be seen that it is so."),
    },
    scalar=Str(rf"^(?:{'|'.join(EFFECTS)}){_END}", ", ".join(EFFECTS), 20),
)

CONNECTION = Record(
    "connection",
    "A line between the part that states it and another one.",
    {
        "to": Key(Id(), "The part that the arrow leads to."),
        "from": Key(Id(), "The part that the arrow comes from."),
        "with": Key(Id(), "The part at the other end of an arrow that points both ways."),
        "needed": Key(
            Bool(),
            "Whether it cannot do without the other end.",
            default="true, unless the other end is a component with ``front: true``",
        ),
        "label": Key(LABEL, "A short text on the line."),
        "flows": Key(
            ListOf(FLOW),
            "What runs over it.",
            default="one flow, to the port at which the reached part listens",
        ),
        "on_loss": Key(ON_LOSS, ON_LOSS.help, default="not stated"),
    },
    one_of=("to", "from", "with"),
)

DIFFERENCE = Record(
    "difference",
    "Why the system does otherwise than the topology that this one extends says.",
    {
        "about": Key(
            OPTION,
            "What of this service differs: the id of a connection's other end, the name of an "
            "option, or another key of a service.",
            required=True,
        ),
        "text": Key(
            TEXT, "What a reader should know of it, beside the fact itself.", required=True
        ),
        "source": Key(TEXT, "Where it can be seen that it is so.", required=True),
    },
)

WARNING = Record(
    "warning",
    "A text that warns.",
    {"rule": Key(Id(), "The id of a rule of this topology: its text warns.", required=True)},
    scalar=TEXT,
)

BLOCK = Record(
    "block",
    "A part of a note: a text alone is a paragraph.",
    {
        "snippet": Key(Id(), "The id of a snippet of the same service, shown here."),
        "warning": Key(WARNING, WARNING.help),
        "rule": Key(Id(), "The id of a rule of this topology: its text is a paragraph."),
        "difference": Key(DIFFERENCE, DIFFERENCE.help),
    },
    one_of=("snippet", "warning", "rule", "difference"),
    scalar=TEXT,
)

INTRO_BLOCK = Record(
    "block of an intro",
    "A part of the intro: a text alone is a paragraph.",
    {"warning": BLOCK.keys["warning"], "rule": BLOCK.keys["rule"]},
    one_of=("warning", "rule"),
    scalar=TEXT,
    hints={"snippet": "show it in the notes of its service"},
)

OPTIONS = MapOf(SECTION, MapOf(OPTION, OneOrMore(VALUE)))

SNIPPET = Record(
    "snippet",
    "Config options that are set together.",
    {
        "options": Key(
            OPTIONS,
            "The options by section. Values are kept exactly as they are written; "
            "``<words>`` in one is a placeholder.",
            required=True,
        ),
        "alternative_to": Key(Id(), "The id of the snippet that this one can replace as a whole."),
        "relies_on": Key(
            RELIANCE,
            "What the links in answers are made from, once these options are set: the "
            "``address`` that they name, the ``host`` of the request as the client sent it, or "
            "the headers with which a load balancer says what it has ``forwarded``.",
        ),
    },
)

LISTEN = Record(
    "listener",
    "Where each server or member is reached.",
    {
        "name": Key(
            LISTENER_NAME, "What it is called where there are several; flows name it by that."
        ),
        "port": Key(
            PORT,
            "The port.",
            default="that in the ``option``, else in the only option with one, else unknown",
        ),
        "option": Key(
            OPTION,
            "The option that contains the port: of this service, or in the ``config`` of this "
            "component.",
        ),
        "section": Key(SECTION, "The section of that option.", default="any"),
        "transport": Key(TRANSPORTS, "What carries it.", default="``tcp``"),
        "protocol": Key(
            WORD,
            "What is spoken there. Load balancers can read ``http``.",
            default="the name if that is ``http`` or ``https``; ``http`` for the only listener of "
            "a service that has no name; else not stated",
        ),
        "tls": Key(Bool(), "Whether TLS is spoken there.", default="not stated"),
        "network": Key(Id(), "The network in which it is reached."),
        "health": Key(
            REQUEST,
            "What a load balancer asks for to see whether a server is well. Any answer but an "
            "error is good.",
            default="``/``",
        ),
        "prefix": Key(
            PREFIX,
            "The path under which clients find it at the load balancer, which takes it off.",
        ),
        "front_port": Key(
            PORT,
            "The port that it has to itself at the load balancer. What is not HTTP, or has TLS "
            "that ends at the servers, is passed on as it is, and needs one.",
            default="that of ``balancing``, shared with all others",
        ),
    },
)
LISTENERS = OneOrMore(LISTEN)

BALANCING = Record(
    "balancing",
    "How clients reach a component that stands in front, and what it tells the servers.",
    {
        "address": Key(
            VALUE,
            "Its host, as the values of options name it: a name, an IPv4 address, or an IPv6 "
            "address in brackets; a placeholder will do. It is needed where a snippet "
            "``relies_on`` it.",
        ),
        "port": Key(
            PORT, "The port at which it takes requests.", default="443 with ``tls``, else 80"
        ),
        "tls": Key(
            Bool(), "Whether clients speak HTTPS to it, which ends there.", default="``false``"
        ),
        "headers": Key(
            HEADERS,
            "What it lets the servers know of a request as the client sent it: ``none`` of its "
            "address, the ``Host`` header (``host``), or that and ``X-Forwarded`` headers for "
            "the client, the scheme, host, port and prefix (``forwarded``).",
            default="``forwarded`` if any snippet relies on it that the services use, or may use "
            "as long as ``uses`` does not say which; else ``host``",
        ),
    },
)

SILENCED = MapOf(Id(), TEXT)

CLUSTER = Record(
    "cluster",
    "How a component is several, whether it is drawn so or not.",
    {
        "members": Key(REPLICAS, "How many members it has."),
        "quorum": Key(Bool(), "Whether more than half of them must be there.", default="``false``"),
        "mode": Key(
            MODES,
            "What they do: all the same, one while the others stand by, or one that writes while "
            "the others are read. The first is the one.",
        ),
        "address": Key(ADDRESS, "The address that moves to the one that is active."),
    },
)

SERVICE_CLUSTER = Record(
    "service cluster",
    "How the servers of a service replace each other.",
    {name: key for name, key in CLUSTER.keys.items() if name != "members"},
    hints={"members": "set 'replicas' of the service"},
)

AT_LEAST = Record(
    "servers that carry the load",
    "How many of its servers a service needs to carry its load. Without it, that is not stated.",
    {
        "servers": Key(REPLICAS, "How many of them it takes.", required=True),
        "fewer": Key(
            Choice(FEWER),
            "What it does with fewer: it goes on with less than it can do, stops, or nobody knows.",
            default="``degrades``",
        ),
        "source": Key(TEXT, "Where it can be seen that it is so."),
    },
    scalar=REPLICAS,
)

WHEN_STOPPED = Record(
    "consequence of a stop",
    "What is seen from outside when a part has stopped, whatever stopped it.",
    {
        "text": Key(TEXT, "What a reader should know of it, in a sentence.", required=True),
        "source": Key(TEXT, "Where it can be seen that it is so."),
    },
)

CRITICAL = Key(
    Bool(),
    "Whether what stops it is a single point of failure of the system.",
    default="``false``",
)

RUNS_ON = ListOf(Id())
RUNS_ON_HELP = (
    "The hosts that it runs on. The id of a host with ``count`` stands for each of them, that of a "
    "zone for each host in it. If there are more hosts than are needed, the zones take turns."
)

KUBERNETES = Record(
    "kubernetes",
    "How a service runs in Kubernetes.",
    {
        "kind": Key(
            Choice(("Deployment", "StatefulSet")),
            "The kind of object; a StatefulSet gives each server an identity of its own.",
            default="``Deployment``",
        ),
        "image": Key(IMAGE, "The container image.", default="a placeholder"),
    },
)

COMPONENT = Record(
    "component",
    "Something that the services depend on.",
    {
        "name": Key(NAME, "What sentences call it.", default="its id"),
        "label": Key(LABEL, "What its box says.", default="its name"),
        "shape": Key(SHAPES, "The shape of its box.", default="``box``"),
        "width": Key(WIDTH, "The width of its box in pixels.", default="128, or as its text needs"),
        "stacked": Key(
            Bool(), "Whether it is drawn as several.", default="``true``, unless it is ``outside``"
        ),
        "front": Key(
            Bool(),
            "Whether it stands in front of the services, as a load balancer does, "
            "which then do not need it.",
            default="``false``",
        ),
        "balancing": Key(BALANCING, BALANCING.help),
        "cluster": Key(CLUSTER, CLUSTER.help),
        "listen": Key(LISTENERS, LISTEN.help),
        "runs_on": Key(RUNS_ON, RUNS_ON_HELP + " Each has one member."),
        "address": Key(ADDRESS, "Where it is reached, if that is not on one of the hosts."),
        "outside": Key(
            Bool(),
            "Whether others run it. Then it is drawn as one, however it is made.",
            default="``false``",
        ),
        "critical": CRITICAL,
        "when_stopped": Key(WHEN_STOPPED, WHEN_STOPPED.help),
        "zone": Key(Id(), "The zone that it is in.", default="that of all its hosts"),
        "description": Key(TEXT, "What it is, in a sentence."),
        "connections": Key(
            ListOf(CONNECTION, Extended.BY_PEER), "Its connections with other components."
        ),
        "config": Key(
            OPTIONS,
            "What a service that needs it sets to reach it, by section. Sample files contain it, "
            "pages do not show it.",
        ),
        "silenced": Key(SILENCED, "Why it may break a rule, by the id of the rule."),
    },
)

SERVICE = Record(
    "service",
    "A program that runs as several equal servers.",
    {
        "name": Key(NAME, "What sentences call it.", default="its id"),
        "server": Key(
            NAME,
            "What one of its servers is called. The labels and ids in its diagram follow "
            "from it: ``API Server`` gives a group ``API Servers`` of ``API Server 1`` and so on.",
            default="its name and ``Server``",
        ),
        "servers": Key(
            NAME, "What its servers are called together.", default="``server`` with an s"
        ),
        "replicas": Key(
            REPLICAS,
            "How many servers there are.",
            default="one on each host of ``runs_on``, one for a ``job``, else that of ``defaults``",
        ),
        "at_least": Key(
            AT_LEAST, "How many of its servers it takes to carry the load.", default="not stated"
        ),
        "critical": CRITICAL,
        "when_stopped": Key(WHEN_STOPPED, WHEN_STOPPED.help),
        "runs_on": Key(RUNS_ON, RUNS_ON_HELP + " Then the hosts do."),
        "cluster": Key(SERVICE_CLUSTER, SERVICE_CLUSTER.help),
        "job": Key(NAME, "When it runs, if not all the time: ``once``, ``every night``."),
        "kubernetes": Key(KUBERNETES, KUBERNETES.help),
        "shape": Key(SHAPES, "The shape of a server's box.", default="``box``"),
        "width": Key(
            WIDTH, "The width of a server's box in pixels.", default="that of ``defaults``"
        ),
        "fold_from": Key(FOLD, FOLD_HELP, default="that of ``defaults``"),
        "zones": Key(
            ListOf(Id()),
            "The zones over which the servers are spread in turn.",
            default="those of its hosts",
        ),
        "description": Key(TEXT, "What it does, in a sentence."),
        "connections": Key(
            ListOf(CONNECTION, Extended.BY_PEER),
            "Whom it talks to, in the order in which needs are listed.",
        ),
        "listen": Key(LISTENERS, LISTEN.help),
        "snippets": Key(MapOf(Id(), SNIPPET), "Sample config by id."),
        "uses": Key(
            Id(),
            "The id of the snippet that is in force, of those that are alternatives.",
            default="the one that is not an alternative",
        ),
        "config": Key(
            OPTIONS,
            "What it must set beside its snippets, by section. Its sample file contains it, "
            "pages do not show it.",
        ),
        "notes": Key(ListOf(BLOCK, Extended.APPENDED), "What a reader must know, in order."),
        "silenced": Key(SILENCED, "Why it may break a rule, by the id of the rule."),
    },
    hints={"label": "set 'server': what its boxes say follows from it"},
)

PLACEHOLDER_RECORD = Record(
    "placeholder",
    "What a reader puts in place of ``<name>`` in an option's value.",
    {
        "description": Key(TEXT, "What it is."),
        "type": Key(
            Choice(tuple(type.value for type in OptionType)),
            "What it is a value of.",
            default="whatever fits the option",
        ),
        "example": Key(VALUE, "A possible value."),
    },
)

DRIVER = Record(
    "driver choice",
    "An option whose value is a URL by which a library chooses one of its drivers.",
    {
        "library": Key(
            Choice(tuple(LIBRARIES)), "The library that is given the URL.", required=True
        ),
        "needs": Key(ListOf(Choice(tuple(CAPABILITIES))), "What the driver must be able to do."),
    },
)

CONDITION = Record(
    "condition",
    "When a rule applies.",
    {
        "service": Key(Id(), "The service that it is about.", required=True),
        "replicas": Key(REPLICAS, "From how many servers of it on.", default="1"),
    },
)

NEED = Record(
    "need",
    "What a rule asks for.",
    {
        "option": Key(
            OneOrMore(OPTION),
            "The option that the service's whole config must set; of several, one.",
        ),
        "section": Key(SECTION, "The section of that option.", default="any"),
        "component": Key(Id(), "The component that it must be connected with."),
        "front": Key(
            Bool(), "Whether a component must stand in front of it; with ``false``, none may."
        ),
    },
    one_of=("option", "component", "front"),
)

RULE = Record(
    "rule",
    "A condition under which something is needed.",
    {
        "severity": Key(
            Choice(tuple(severity.value for severity in Severity)),
            "How bad it is to break it.",
            default="``warning``",
        ),
        "when": Key(CONDITION, CONDITION.help, required=True),
        "needs": Key(NEED, NEED.help, required=True),
        "text": Key(
            TEXT,
            "What a reader should know. Notes show it, and so does whoever finds it broken.",
            required=True,
        ),
    },
)

PROMISE = Record(
    "promise after a loss",
    "What goes on when something is lost. Whether that is so is computed, and an error if not.",
    {
        "text": Key(TEXT, "The promise in a sentence.", required=True),
        "lost": Key(
            ListOf(LOSS),
            "What is lost, all at once: a part by its id, ``PART:one``, ``PART:all-but-one`` or "
            "``PART:quorum`` of its copies, ``zone:ID``, ``host:ID``, ``network:ID``, or the path "
            "between two parts that are connected, ``path:PART/PART``. In one of them ``*`` can "
            "stand for any zone, host or network, as in ``zone:*``: the promise is then held "
            "against the loss of each.",
            required=True,
        ),
        "still": Key(
            ListOf(Id()), "The parts that go on, if with less than they can do.", required=True
        ),
    },
)

VIEW_BOX = Record(
    "joint box",
    "Parts that a view shows as one box.",
    {
        "label": Key(NAME, "What the box says, before the number of its parts.", required=True),
        "parts": Key(ListOf(Id()), "The parts in it, which the view shows.", required=True),
    },
)

VIEW = Record(
    "view",
    "A picture of some parts and of all connections between them. ``services``, ``around`` and "
    "``zone`` each add parts; without any of them, all parts are shown.",
    {
        "title": Key(NAME, "What the picture is called.", required=True),
        "services": Key(
            ListOf(Id()), "Adds these services, and the components that they are connected with."
        ),
        "around": Key(Id(), "Adds this part, and all parts that it is connected with."),
        "zone": Key(Id(), "Adds the parts in this zone."),
        "boxes": Key(ListOf(VIEW_BOX), "Parts that are shown as one box."),
    },
)

ZONE = Record(
    "zone",
    "A site, rack or availability zone.",
    {"label": Key(LABEL, "What its frame says.", default="its id")},
)

NETWORK = Record(
    "network",
    "A network that hosts are on.",
    {
        "label": Key(LABEL, "What its frame says.", default="its id"),
        "range": Key(RANGE, "Its addresses, in CIDR notation."),
    },
)

HOST = Record(
    "host",
    "A machine, or several alike.",
    {
        "label": Key(LABEL, "What its frame says.", default="its id"),
        "zone": Key(Id(), "The zone that it is in."),
        "address": Key(
            ADDRESS,
            "Where it is reached. Of several alike, ``{n}`` stands for the number, and an IP "
            "address without it for the first of them: the others follow.",
            default="a placeholder",
        ),
        "networks": Key(ListOf(Id()), "The networks that it is on."),
        "addresses": Key(
            MapOf(Id(), ADDRESS),
            "Where it is reached in networks, if elsewhere than at ``address``.",
        ),
        "facts": Key(MapOf(NAME, NAME), "What a table shows of it, by what it is called."),
        "count": Key(HOSTS, "How many there are. Their ids are this one with a number after it."),
        "zones": Key(ListOf(Id()), "The zones that they are in, in turn."),
    },
)

DEFAULTS = Record(
    "defaults",
    "Defaults for all services.",
    {
        "replicas": Key(REPLICAS, "How many servers there are.", default="3"),
        "fold_from": Key(
            FOLD,
            FOLD_HELP,
            default="20, or as few as would have more than 24 lines",
        ),
        "width": Key(
            WIDTH, "The width of a server's box in pixels.", default="128, or as its text needs"
        ),
    },
)

EXTENSION = Record(
    "extension",
    "The topology that this one starts from, called its base.",
    {
        "base": Key(
            PATH, "Where it is: a file or folder, from the folder of this file.", required=True
        ),
        "remove": Key(
            ListOf(ENTRY),
            "What of it to leave out before anything is changed: "
            "``services/web``, ``services/web/connections/queue``.",
        ),
    },
    scalar=PATH,
)

TOPOLOGY = Record(
    "topology",
    "The whole file.",
    {
        "format": Key(Choice((FORMAT,)), "The version of this format.", required=True),
        "name": Key(NAME, "What the system is called.", required=True),
        "extends": Key(EXTENSION, EXTENSION.help),
        "intro": Key(ListOf(INTRO_BLOCK, Extended.APPENDED), "What a reader must know first."),
        "defaults": Key(DEFAULTS, DEFAULTS.help),
        "zones": Key(MapOf(Id(), ZONE), "The zones by id."),
        "networks": Key(MapOf(Id(), NETWORK), "The networks by id."),
        "hosts": Key(MapOf(Id(), HOST), "The hosts by id."),
        "components": Key(MapOf(Id(), COMPONENT), "The components by id, in drawing order."),
        "services": Key(
            MapOf(Id(), SERVICE),
            "The services by id, in the order of the guide. There must be one, here or in "
            "a further file of the folder.",
        ),
        "placeholders": Key(MapOf(PLACEHOLDER, PLACEHOLDER_RECORD), "The placeholders by name."),
        "rules": Key(MapOf(Id(), RULE), "The rules of this system by id, beside the general ones."),
        "promises": Key(ListOf(PROMISE, Extended.APPENDED), "What goes on when something is lost."),
        "views": Key(MapOf(Id(), VIEW), "Pictures beside those of each service, by id."),
        "silenced": Key(SILENCED, "Why a rule may be broken by any part, by the rule's id."),
        "catalogues": Key(
            ListOf(PATH),
            "Files with the options of one release each, against which those of this topology are "
            "held: the newest has to know them, the others tell since when.",
        ),
        "evidence": Key(
            PATH,
            "A file with what a test run found of the claims of this topology. As long as topology "
            "and release are as they were then, pages mark what was proved.",
        ),
        "drivers": Key(
            MapOf(SECTION, MapOf(OPTION, DRIVER)), "Options whose values name drivers, by section."
        ),
    },
)

PART_KEYS = ("zones", "networks", "hosts", "components", "services", "placeholders")
"""The keys that further files of a folder may hold beside ``topology.yaml``."""

PART_FILE = Record(
    "part file",
    "A further file of a topology that is a folder.",
    {name: TOPOLOGY.keys[name] for name in PART_KEYS},
)
