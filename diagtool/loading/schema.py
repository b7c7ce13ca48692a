"""What a topology file may hold: one declaration, three readers.

The loader reads files by it, ``diagtool schema`` prints it as a JSON Schema for editors,
and the reference of the format is made from its descriptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple

from diagtool.config.drivers import CAPABILITIES, LIBRARIES
from diagtool.model import Effect, Headers, Mode, Reliance, Severity, Shape, Transport
from diagtool.model.catalogue import OptionType

FORMAT = "1"
"""The version of the file format that this release reads."""

ID_IN_WORDS = "letters, digits, _ and -, after a letter, at most 64 in all"
_DEVICES = "[Aa][Uu][Xx]|[Cc][Oo][Nn]|[Nn][Uu][Ll]|[Pp][Rr][Nn]|[Cc][Oo][Mm][0-9]|[Ll][Pp][Tt][0-9]"
"""What no file can be called on Windows, and so nothing that a file is named after."""
ID = rf"^(?!(?:{_DEVICES})(?![\s\S]))[A-Za-z][A-Za-z0-9_-]{{0,63}}(?![\s\S])"


class Str(NamedTuple):
    """A scalar, taken as it is written. ``pattern`` must match all of it."""

    pattern: str
    expected: str
    max_length: int
    refused: str = ""
    """Characters that it may not hold and other texts may, of which a message says why."""
    secret: bool = False
    """Whether no message may show it."""


class Id:
    """The id of something; as a value, of something that is defined elsewhere."""


class Choice(NamedTuple):
    """One of a few words."""

    values: tuple[str, ...]


class Int(NamedTuple):
    """A whole number in decimal digits."""

    minimum: int
    maximum: int


class Bool:
    """``true`` or ``false``."""


class Extended(Enum):
    """What a list in a topology that extends another does to the base's."""

    REPLACED = "takes its place"
    APPENDED = "is added to its end"
    BY_PEER = "is laid over it, connection by connection"


class ListOf(NamedTuple):
    """A list of equal things, at least one."""

    item: Spec
    extended: Extended = Extended.REPLACED


class MapOf(NamedTuple):
    """A mapping from names that match ``key`` to equal things."""

    key: Id | Str
    value: Spec


class OneOrMore(NamedTuple):
    """A single thing, or a list of such things where there are several."""

    item: Str | Record


class Key(NamedTuple):
    """A key of a record. ``default`` says in words what holds where it is left out."""

    spec: Spec
    help: str
    default: str = ""
    required: bool = False


class Record(NamedTuple):
    """A mapping with known keys; of those in ``one_of`` exactly one must be there.

    Where ``scalar`` is given, that scalar may stand in its place. ``hints`` say what to
    write for keys that it does not have.
    """

    name: str
    help: str
    keys: Mapping[str, Key]
    one_of: tuple[str, ...] = ()
    scalar: Str | Int | None = None
    hints: Mapping[str, str] = MappingProxyType({})

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
SECRET = VALUE._replace(secret=True)
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
    "Traffic over a connection.",
    {
        "listener": Key(
            LISTENER_NAME,
            "The name of the listener that is reached.",
            default="the one that has the ``port`` and ``protocol`` given here, or the only one",
        ),
        "port": Key(PORT, "The port that is reached.", default="that of the listener"),
        "transport": Key(
            TRANSPORTS, "The transport protocol.", default="that of the listener, else ``tcp``"
        ),
        "protocol": Key(WORD, "The application protocol.", default="that of the listener"),
        "tls": Key(Bool(), "Whether it is encrypted with TLS.", default="as the listener says"),
        "network": Key(Id(), "The network in which it runs.", default="that of the listener"),
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
    "What happens to the part that states the connection when the other end is lost. If it is "
    "left out, this is not stated; it does not follow from a need.",
    {
        "effect": Key(
            Choice(EFFECTS),
            "Whether it stops, continues degraded, or continues as before.",
            required=True,
        ),
        "text": Key(TEXT, "What a reader should know about it, in a sentence."),
        "source": Key(TEXT, "What shows that this is so, such as a document or a test."),
    },
    scalar=Str(rf"^(?:{'|'.join(EFFECTS)}){_END}", ", ".join(EFFECTS), 20),
)

CONNECTION = Record(
    "connection",
    "A line between the part that states it and another one.",
    {
        "to": Key(Id(), "The part to which the arrow leads."),
        "from": Key(Id(), "The part from which the arrow comes."),
        "with": Key(Id(), "The part at the other end of an arrow that points both ways."),
        "needed": Key(
            Bool(),
            "Whether it cannot do without the other end.",
            default="true, unless the other end is a component with ``front: true``",
        ),
        "label": Key(LABEL, "A short text on the line."),
        "direct": Key(
            Bool(),
            "Whether one end opens connections to the other. If ``false``, they reach each other "
            "through other parts, such as a message queue, and no flows run between them.",
            default="true",
        ),
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
    "Why the system differs from the topology that this one extends.",
    {
        "about": Key(
            OPTION,
            "What of this service differs: the id of a connection's other end, the name of an "
            "option, or another key of a service.",
            required=True,
        ),
        "text": Key(
            TEXT, "What a reader should know about it, beside the fact itself.", required=True
        ),
        "source": Key(
            TEXT, "What shows that this is so, such as a document or a test.", required=True
        ),
    },
)

WARNING = Record(
    "warning",
    "A text that warns.",
    {
        "rule": Key(
            Id(), "The id of a rule of this topology, whose text is the warning.", required=True
        )
    },
    scalar=TEXT,
)

BLOCK = Record(
    "block",
    "A part of a note; a text alone is a paragraph.",
    {
        "snippet": Key(Id(), "The id of a snippet of the same service, shown here."),
        "warning": Key(WARNING, WARNING.help),
        "rule": Key(Id(), "The id of a rule of this topology, whose text is a paragraph."),
        "difference": Key(DIFFERENCE, DIFFERENCE.help),
    },
    one_of=("snippet", "warning", "rule", "difference"),
    scalar=TEXT,
)

INTRO_BLOCK = Record(
    "block of an intro",
    "A part of the intro; a text alone is a paragraph.",
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
            "What the links in responses are made from if these options are set: the ``address`` "
            "that they name, the ``host`` of the request as the client sent it, or the "
            "``X-Forwarded`` headers of a load balancer (``forwarded``).",
        ),
    },
)

LISTEN = Record(
    "listener",
    "Where each server or member is reached.",
    {
        "name": Key(LISTENER_NAME, "Its name, required if there are several. Flows refer to it."),
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
        "transport": Key(TRANSPORTS, "The transport protocol.", default="``tcp``"),
        "protocol": Key(
            WORD,
            "The application protocol. Load balancers understand ``http``.",
            default="the name if that is ``http`` or ``https``; ``http`` for the only listener of "
            "a service that has no name; else not stated",
        ),
        "tls": Key(Bool(), "Whether it uses TLS.", default="not stated"),
        "network": Key(Id(), "The network in which it is reached."),
        "health": Key(
            REQUEST,
            "The path that a load balancer requests to check the health of a server. Any "
            "response except an error means that it is healthy.",
            default="``/``",
        ),
        "prefix": Key(
            PREFIX,
            "The path under which clients reach it at the load balancer, which removes it.",
        ),
        "front_port": Key(
            PORT,
            "A port of its own at the load balancer. It is required for traffic that is passed "
            "on unchanged, because it is not HTTP or its TLS ends at the servers.",
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
            "Its host, as in the values of options: a name, an IPv4 address, an IPv6 address in "
            "brackets, or a placeholder. It is required if a snippet ``relies_on`` it.",
        ),
        "port": Key(
            PORT, "The port at which it accepts requests.", default="443 with ``tls``, else 80"
        ),
        "tls": Key(Bool(), "Whether clients use HTTPS, which ends there.", default="``false``"),
        "headers": Key(
            HEADERS,
            "What it tells the servers about the request of the client: nothing (``none``), the "
            "``Host`` header (``host``), or that and ``X-Forwarded`` headers for the client, the "
            "scheme, host, port and prefix (``forwarded``).",
            default="``forwarded`` if a snippet relies on it that is in force, or may be because "
            "``uses`` does not say which is; else ``host``",
        ),
    },
)

SILENCED = MapOf(Id(), TEXT)

CLUSTER = Record(
    "cluster",
    "The members of a component, however it is drawn.",
    {
        "members": Key(REPLICAS, "How many members it has."),
        "quorum": Key(
            Bool(), "Whether more than half of them must be available.", default="``false``"
        ),
        "mode": Key(
            MODES,
            "What they do: all the same, one works while the others stand by, or one accepts "
            "writes while the others are read. That one is the first.",
        ),
        "address": Key(ADDRESS, "The floating address, which moves to the active one."),
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
    "How many of its servers a service needs to carry its load. If left out, this is not stated.",
    {
        "servers": Key(REPLICAS, "How many of them it needs.", required=True),
        "fewer": Key(
            Choice(FEWER),
            "What it does with fewer: it continues degraded, stops, or this is not stated.",
            default="``degrades``",
        ),
        "source": Key(TEXT, "What shows that this is so, such as a document or a test."),
    },
    scalar=REPLICAS,
)

WHEN_STOPPED = Record(
    "consequence of a stop",
    "What users see when a part has stopped, whatever stopped it.",
    {
        "text": Key(TEXT, "What a reader should know about it, in a sentence.", required=True),
        "source": Key(TEXT, "What shows that this is so, such as a document or a test."),
    },
)

CRITICAL = Key(
    Bool(),
    "Whether anything that stops it is a single point of failure of the system.",
    default="``false``",
)

RUNS_ON = ListOf(Id())
RUNS_ON_HELP = (
    "The hosts on which it runs. The id of a host with ``count`` stands for each of them, that of "
    "a zone for each host in it. If these are more than are needed, hosts are taken from the zones "
    "in turn."
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
            Bool(),
            "Whether it is drawn as a stack of boxes.",
            default="``true``, unless it is ``outside``",
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
        "runs_on": Key(RUNS_ON, RUNS_ON_HELP + " Each host has one member."),
        "address": Key(ADDRESS, "Where it is reached, if not at one of its hosts."),
        "outside": Key(
            Bool(),
            "Whether others run it. It is then drawn as a single box.",
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
            "The options that a service that needs it sets to reach it, by section. Sample files "
            "contain them, pages do not.",
        ),
        "silenced": Key(SILENCED, "Rules that it may break, by id, each with the reason."),
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
            AT_LEAST, "How many of its servers are needed to carry the load.", default="not stated"
        ),
        "critical": CRITICAL,
        "when_stopped": Key(WHEN_STOPPED, WHEN_STOPPED.help),
        "runs_on": Key(RUNS_ON, RUNS_ON_HELP + " If they are fewer, they are used again."),
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
            "The parts that it talks to, in the order in which needs are listed.",
        ),
        "listen": Key(LISTENERS, LISTEN.help),
        "snippets": Key(MapOf(Id(), SNIPPET), "Sample config by id."),
        "uses": Key(
            Id(),
            "The id of the snippet that is in force, if there are alternatives.",
            default="the one that is not an alternative",
        ),
        "config": Key(
            OPTIONS,
            "The options that it must set in addition to its snippets, by section. Its sample file "
            "contains them, pages do not.",
        ),
        "notes": Key(ListOf(BLOCK, Extended.APPENDED), "What a reader must know, in order."),
        "silenced": Key(SILENCED, "Rules that it may break, by id, each with the reason."),
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
            "The type of its value.",
            default="whatever fits the option",
        ),
        "example": Key(VALUE, "A possible value."),
    },
)

DRIVER = Record(
    "driver choice",
    "An option whose value is a URL with the name of a library's driver as its scheme.",
    {
        "library": Key(Choice(tuple(LIBRARIES)), "The library that gets the URL.", required=True),
        "needs": Key(ListOf(Choice(tuple(CAPABILITIES))), "What the driver must be able to do."),
    },
)

CONDITION = Record(
    "condition",
    "When a rule applies.",
    {
        "service": Key(Id(), "The service that it is about.", required=True),
        "replicas": Key(
            REPLICAS, "The smallest number of its servers to which the rule applies.", default="1"
        ),
    },
)

NEED = Record(
    "need",
    "What a rule asks for.",
    {
        "option": Key(
            OneOrMore(OPTION),
            "The option that the service's whole config must set; of several, one suffices.",
        ),
        "section": Key(SECTION, "The section of that option.", default="any"),
        "component": Key(Id(), "The component with which it must be connected."),
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
            "What a reader should know. Notes show it, and so does the finding if it is broken.",
            required=True,
        ),
    },
)

PROMISE = Record(
    "promise after a loss",
    "What still works when something is lost. This is computed; a broken promise is an error.",
    {
        "text": Key(TEXT, "The promise in a sentence.", required=True),
        "lost": Key(
            ListOf(LOSS),
            "What is lost, all at once: a part by its id, ``PART:one``, ``PART:all-but-one`` or "
            "``PART:quorum`` of its copies, ``zone:ID``, ``host:ID``, ``network:ID``, or the path "
            "between two parts that are connected, ``path:PART/PART``. In one of them ``*`` can "
            "stand for any zone, host or network, as in ``zone:*``: the promise must then hold "
            "for the loss of each.",
            required=True,
        ),
        "still": Key(ListOf(Id()), "The parts that still work, even if degraded.", required=True),
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
    "A network to which hosts are connected.",
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
            "Where it is reached. With ``count``, ``{n}`` stands for the number of the host; an IP "
            "address without it is that of the first host, and the others have the next ones.",
            default="a placeholder",
        ),
        "networks": Key(ListOf(Id()), "The networks to which it is connected."),
        "addresses": Key(
            MapOf(Id(), ADDRESS),
            "Its address in a network, if that is not ``address``.",
        ),
        "facts": Key(MapOf(NAME, NAME), "Further facts for the table of hosts, by name."),
        "count": Key(HOSTS, "How many there are. Their ids are this one followed by a number."),
        "zones": Key(ListOf(Id()), "The zones over which they are spread in turn."),
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
            PATH, "Its file or folder, relative to the folder of this file.", required=True
        ),
        "remove": Key(
            ListOf(ENTRY),
            "What is removed from it first: ``services/web``, ``services/web/connections/queue``.",
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
        "rules": Key(
            MapOf(Id(), RULE), "The rules of this system by id, in addition to the general ones."
        ),
        "promises": Key(
            ListOf(PROMISE, Extended.APPENDED), "What still works when something is lost."
        ),
        "views": Key(MapOf(Id(), VIEW), "Pictures in addition to those of the services, by id."),
        "silenced": Key(
            SILENCED, "Rules that may be broken anywhere, by id, each with the reason."
        ),
        "catalogues": Key(
            ListOf(PATH),
            "Files with the options of one release each, with which those of this topology are "
            "compared: the newest must have them, the others show since when.",
        ),
        "evidence": Key(
            PATH,
            "A file with the results of a test run. As long as the topology and the release do not "
            "change, pages mark what was proved.",
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
