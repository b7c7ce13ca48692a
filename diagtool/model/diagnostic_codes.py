"""The one table of what can be found: each code with its severity, meaning and remedy.

The documentation is made from it, and a code that is not in it cannot be used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from diagtool.model import Severity


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of finding: how bad it is, what it means and what to do about it."""

    severity: Severity
    meaning: str
    remedy: str


_E, _W, _H = Severity.ERROR, Severity.WARNING, Severity.HINT

CODES: Mapping[str, Code] = {
    "unreadable-file": Code(
        _E,
        "The file or folder does not exist, is not a regular file, or cannot be read.",
        "Check the path and its permissions. A folder needs a ``topology.yaml``.",
    ),
    "too-large": Code(
        _E,
        "The file is larger than 4 MiB, or contains more than 200,000 values.",
        "Split the topology into a folder of files, or look for what makes it so large.",
    ),
    "not-utf8": Code(
        _E,
        "The file is not encoded in UTF-8; the place is that of the first bad byte.",
        "Save it as UTF-8.",
    ),
    "bad-yaml": Code(
        _E,
        "The text is not YAML, or contains more than one document.",
        "Correct it where the caret points. Quote a text that contains a colon and a space, or a "
        "space and ``#``.",
    ),
    "too-deep": Code(
        _E,
        "Lists and mappings are nested more than 32 levels deep.",
        "No topology needs that: look for a stray bracket.",
    ),
    "alias-bomb": Code(
        _E,
        "An alias contains itself, or aliases would expand to more than 200,000 values.",
        "Write the values out.",
    ),
    "yaml-tag": Code(
        _E,
        "A value carries a YAML tag such as ``!!python/name`` or ``!include``.",
        "Remove the tag: values are taken as they are written.",
    ),
    "duplicate-key": Code(
        _E,
        "A key is defined twice in one mapping, or in two files of one folder.",
        "Keep one of them.",
    ),
    "unknown-key": Code(
        _E,
        "The format has no such key at this point.",
        "Use the key that the hint names, or see the reference of the format.",
    ),
    "missing-key": Code(
        _E,
        "A required key is missing.",
        "Add it.",
    ),
    "wrong-type": Code(
        _E,
        "A text was found where a list or mapping is expected, or the other way round.",
        "See the reference of the format for what belongs here.",
    ),
    "bad-value": Code(
        _E,
        "The value has the right type but is not allowed: a number out of range, a word "
        "that is not among the choices, a line break in a name, an empty text, "
        "an invisible character.",
        "Use a value that the message allows.",
    ),
    "bad-id": Code(
        _E,
        "An id contains other characters than letters, digits, ``_`` and ``-``, does not start "
        "with a letter, or is longer than 64 characters. Ids become file names and anchors.",
        "Rename it; what readers see is set by ``name`` and ``label``.",
    ),
    "bad-connection": Code(
        _E,
        "A part is connected with itself one way, a connection is stated twice, or a component "
        "states its connection with a service.",
        "Write each connection once; one between a service and a component at the service, and "
        "what runs between the copies of a part as ``with``.",
    ),
    "bad-flow": Code(
        _E,
        "A flow is opened by a part that is not an end of its connection.",
        "Name one of the two ends, or leave ``opened_by`` out.",
    ),
    "unclear-flow": Code(
        _W,
        "A flow reaches a part with several listeners, and says neither which nor a port that "
        "one of them has. Its port is shown as unknown.",
        "Add ``listener`` or ``port``.",
    ),
    "bad-listener": Code(
        _E,
        "Of several listeners one has no name or that of another one, or the option that it names "
        "is not set or contains no port.",
        "Give each listener a name, and name an option whose value ends in one port.",
    ),
    "port-differs": Code(
        _E,
        "A listener, an option or a flow states a port, transport, protocol or TLS, and another "
        "one of them states it otherwise.",
        "State it in one place, and correct that one.",
    ),
    "bad-placement": Code(
        _E,
        "More hosts are named than a part has copies, its zones are not those of its hosts, hosts "
        "alike have one address, or a zone without hosts is named as one to run on.",
        "Do what the hint says.",
    ),
    "bad-address": Code(
        _E,
        "The address of a host is no IP address although it looks like one, is that of another "
        "host in the same network, or is outside the range of its network; or a range is none.",
        "Correct the address or the range.",
    ),
    "too-few-servers": Code(
        _E,
        "More servers are to carry the load (``at_least``) than a service has.",
        "Correct ``at_least`` or ``replicas``.",
    ),
    "bad-promise": Code(
        _E,
        "A promise speaks of any zone, host or network (``zone:*``) more than once.",
        "Name the others by their ids, or make several promises.",
    ),
    "bad-view": Code(
        _E,
        "A view shows nothing, names a component as a service, or has a box of one part, of a part "
        "that it does not show, or of one that is in another box.",
        "Correct what the view selects, or its boxes.",
    ),
    "broken-promise": Code(
        _E,
        "A part of which a promise says that it goes on stops when all of that is lost, or what it "
        "does is not stated. The message tells the chain that leads there.",
        "State what the losses do (``on_loss``, ``at_least``), change the system, or take the "
        "promise back.",
    ),
    "unknown-id": Code(
        _E,
        "Something refers to an id that the topology does not define.",
        "Use the id that the hint names, or define it.",
    ),
    "duplicate-id": Code(
        _E,
        "Two things would have the same id in a diagram, a page or a file name. Ids that "
        "differ only in case or in ``-`` and ``_`` count as the same.",
        "Rename one; for servers, set ``server``.",
    ),
    "empty-topology": Code(
        _E,
        "The topology has no service, or the file is empty.",
        "Add at least one service under ``services``.",
    ),
    "unsupported-format": Code(
        _E,
        "The file's ``format`` is not one that this release reads.",
        "Write ``format: 1``, or install a release that knows the format.",
    ),
    "bad-text": Code(
        _E,
        "A backquote, bracket or brace in a text is not closed, or a reference is not of "
        "the form ``{id}`` or ``{id.attribute}``.",
        "Close it, or put a backslash before the character to use it literally.",
    ),
    "bad-link": Code(
        _E,
        "A link is not an ``http``, ``https`` or ``mailto`` address.",
        "Write the whole address.",
    ),
    "bad-base": Code(
        _E,
        "The topology that this one extends does not exist, is this one itself, is outside the "
        "folder of the first of them, has errors, is one too many, or needs what is to be removed.",
        "Check the path, which is relative to the file that names it, and the base.",
    ),
    "no-difference": Code(
        _E,
        "A ``difference`` is about something that is the same as in the topology that this one "
        "extends, or this one extends none.",
        "Remove it, or correct what it is about.",
    ),
    "bad-catalogue": Code(
        _E,
        "A catalogue of config options does not exist, is outside the folder of the topology, is "
        "not valid JSON or not in the format, or does not fit the others: it is of another "
        "product, or of the same release.",
        "Check the path, which is relative to the file that names it. Make the catalogue again, or "
        "see :doc:`/reference/options`.",
    ),
    "bad-evidence": Code(
        _E,
        "A file with what a test run found does not exist, is outside the folder of the topology, "
        "is no in-toto statement with a test result, or contradicts itself.",
        "Check the path, which is relative to the file that names it. Run the test again, or see "
        ":doc:`/reference/evidence`.",
    ),
    "ambiguous-option": Code(
        _E,
        "A reference names an option that the service sets in more than one section.",
        "Name it in the text as a literal instead.",
    ),
    "unknown-placeholder": Code(
        _E,
        "An option's value, or a file of values, names a ``<placeholder>`` that the topology does "
        "not define.",
        "Define it under ``placeholders``, or correct the name.",
    ),
    "bad-placeholder": Code(
        _W,
        "An option's value contains ``<>``, or a ``<`` before a letter without a ``>`` after it.",
        "Close the placeholder and name it.",
    ),
    "unknown-section": Code(
        _E,
        "The newest release in the catalogues has no such section.",
        "Use the section that the hint names.",
    ),
    "unknown-option": Code(
        _E,
        "The newest release in the catalogues has no such option in this section.",
        "Use the option or section that the hint names.",
    ),
    "removed-option": Code(
        _E,
        "An older release has the option, but the newest one in the catalogues does not.",
        "Remove it, or set its replacement.",
    ),
    "renamed-option": Code(
        _W,
        "The option has been renamed. The old name still works.",
        "Use the name that the message gives.",
    ),
    "deprecated-option": Code(
        _W,
        "The option is deprecated: it still works and is going to be removed.",
        "Stop using it. The hint gives the reason that its authors state.",
    ),
    "option-type": Code(
        _E,
        "The value is not of the option's type, or is a URL with an invalid host or port. "
        "A placeholder counts as its example, or as its value in a file of values.",
        "Correct the value, or the example.",
    ),
    "option-bounds": Code(
        _E,
        "The number is below the option's minimum or above its maximum.",
        "Use a number in between.",
    ),
    "option-choice": Code(
        _E,
        "The value is not one of those that the option allows.",
        "Use one that the message names.",
    ),
    "required-option": Code(
        _W,
        "A service sets options of a section, but not one that is required there and has no "
        "default.",
        "Set it in the service's ``config``, or in a snippet.",
    ),
    "repeated-option": Code(
        _E,
        "An option that takes a single value is set several times; only the last one would count.",
        "Keep one of them. If the option takes a list, write it on one line, with commas.",
    ),
    "unchecked-option": Code(
        _H,
        "The value contains a placeholder without type and example, so neither it nor the driver "
        "that it names can be checked.",
        "Give the placeholder a ``type``, or an ``example``.",
    ),
    "bad-example": Code(
        _E,
        "A placeholder's example is not of its type.",
        "Correct one of them.",
    ),
    "unknown-driver": Code(
        _W,
        "The library has no driver for the URL scheme that the value begins with.",
        "Use one that the hint names. Drivers from other packages are not known.",
    ),
    "unfit-driver": Code(
        _E,
        "The driver that the value names cannot do what is needed.",
        "Use one that the hint names.",
    ),
    "unused-driver": Code(
        _W,
        "An option is listed under ``drivers``, but nothing sets it.",
        "Correct its section or name, or remove it.",
    ),
    "bad-balancing": Code(
        _E,
        "A component has ``balancing`` but not ``front: true``, no service behind it has "
        "``listen``, two services have the same prefix, its address is more than a host, or it has "
        "no address although a snippet relies on it.",
        "Add what the hint names.",
    ),
    "address-differs": Code(
        _E,
        "A snippet relies on the address that its options name, but clients reach the load "
        "balancer at another one: scheme, host, port or prefix differ.",
        "Use the address that the message gives, or correct ``balancing`` or ``listen``.",
    ),
    "option-differs": Code(
        _E,
        "A snippet contradicts the ``config`` of a component that its service needs: both say how "
        "to reach it, with different values.",
        "Use the same value in both places.",
    ),
    "headers-differ": Code(
        _E,
        "The options in force make links from headers that the load balancer does not set, or from "
        "the ``Host`` header alone although the scheme or path differ there.",
        "Correct ``headers`` of the load balancer, or have the service use another snippet.",
    ),
    "rule-broken": Code(
        _W,
        "A part breaks a rule, which the message names: one of those that hold for every system, "
        "or one of the topology's own. Its severity is that of the rule.",
        "Do what the hint says, or silence the rule at the part, with a reason, under "
        "``silenced``.",
    ),
    "unused-silence": Code(
        _W,
        "A rule is silenced where it is not broken.",
        "Remove the entry from ``silenced``.",
    ),
    "duplicate-name": Code(
        _W,
        "Two components or services have the same name, so that no sentence can tell them apart.",
        "Give one of them another ``name``; its ``label`` can stay.",
    ),
    "unused-placeholder": Code(
        _W,
        "A placeholder is defined but no option's value uses it.",
        "Remove it.",
    ),
    "unused-snippet": Code(
        _W,
        "A snippet is defined but the notes of its service never show it.",
        "Add ``- snippet: ID`` to the notes at the point where it belongs.",
    ),
    "unconnected": Code(
        _W,
        "A component or service has no connection, so no diagram shows what it is for.",
        "Add a connection, or remove it.",
    ),
    "unfilled-placeholder": Code(
        _W,
        "A file of values for ``diagtool render`` has none for a placeholder, which therefore "
        "stays in the files that are written.",
        "Add the value, or put it into the files by hand.",
    ),
    "fact-missing": Code(
        _E,
        "An artefact leaves out a fact of the topology that it should state: a picture lacks "
        "a box or an arrow, a page a need, a sample file an option.",
        "Make the artefact again, or correct the topology.",
    ),
    "fact-extra": Code(
        _E,
        "An artefact states a fact that is not in the topology.",
        "Make the artefact again, or correct the topology.",
    ),
    "fact-differs": Code(
        _E,
        "An artefact contradicts the topology: an arrow points the other way, or a label, a value "
        "or a picture differs.",
        "Make the artefact again, or correct the topology.",
    ),
    "outdated": Code(
        _E,
        "A picture that only carries a digest was made from an older topology, or a page says what "
        "the topology no longer says.",
        "Export the picture again, or build the site again.",
    ),
    "altered": Code(
        _E,
        "A picture that only carries a digest was changed after it was made.",
        "Export it again.",
    ),
    "left-over": Code(
        _E,
        "A file was made from a part that the topology no longer has, such as the picture "
        "of a service that was removed.",
        "Remove the file, or bring back what it shows.",
    ),
    "not-proved": Code(
        _W,
        "A file differs from what would be written today, and no contradiction was found: it was "
        "saved by another program, drawn by somebody else, or edited.",
        "Make the file again, or look at what differs.",
    ),
    "cannot-verify": Code(
        _E,
        "Whether the file agrees with the topology cannot be determined: it is a PNG or PDF "
        "without a digest, or its format cannot be read.",
        "Export it again, or verify the same picture in another format.",
    ),
    "not-verified": Code(
        _W,
        "Nothing connects the file with the topology, so it was not compared with anything.",
        "Name the file after its view or service, or leave it out.",
    ),
    "running-replicas": Code(
        _E,
        "Another number of servers or members runs than the topology states.",
        "Start what is missing, or correct ``replicas`` or ``members``.",
    ),
    "running-host": Code(
        _E,
        "A copy of a part runs on another host than the topology states, or not on one that it "
        "states.",
        "Move it, or correct ``runs_on``.",
    ),
    "running-connection": Code(
        _E,
        "A part opened a connection to another one, and the topology has none between them.",
        "Add the connection to the topology, or find out who opened it and why.",
    ),
    "running-unseen": Code(
        _H,
        "The topology has a connection that was not seen in this snapshot. It may be short, or "
        "rarely used.",
        "Take more samples while the system works, or remove the connection.",
    ),
    "running-direction": Code(
        _E,
        "A connection was opened by the other end than the topology states. It is a warning where "
        "only the need goes another way than every connection that was seen.",
        "Correct the direction, ``opened_by`` or ``needed`` of the connection.",
    ),
    "running-port": Code(
        _E,
        "A part is reached at another port than the topology states.",
        "Correct ``listen``, or what the port is set by.",
    ),
    "running-option": Code(
        _E,
        "A config file sets an option to another value than the topology, or does not set it.",
        "Correct the file or the topology. What may differ can be ignored in ``match.yaml``.",
    ),
    "running-balancer": Code(
        _E,
        "A load balancer spreads requests over another number of servers than the topology states.",
        "Add the server to its config, or correct ``replicas``.",
    ),
    "running-version": Code(
        _W,
        "Another release runs than those whose options the topology is held against.",
        "Add a catalogue of that release, or correct the image.",
    ),
    "running-unknown": Code(
        _W,
        "A part opened a connection to something that is no part of the topology.",
        "Add it to the topology, or name it or ignore it in ``match.yaml``.",
    ),
    "unreadable-artefact": Code(
        _E,
        "An artefact cannot be read: it is missing, broken, not what its suffix says, too "
        "large or nested too deep, or defines XML entities.",
        "Check the file, and make it again.",
    ),
    "not-imported": Code(
        _W,
        "A file that a topology was made from says something that the topology does not.",
        "Add it to the topology, where a comment tells of it, or remove the comment.",
    ),
    "assumed": Code(
        _H,
        "A file that a topology was made from does not say something that the topology must.",
        "See whether it is so, correct the topology if not, and remove the comment.",
    ),
    "prose-unknown": Code(
        _E,
        "A hand-written page names a service or component that the topology does not have: its "
        "name follows the pattern of those that it does have, or is one of them misspelt.",
        "Correct the name, or add the part to the topology.",
    ),
    "prose-count": Code(
        _E,
        "A hand-written page states another number of servers, or of services, than the topology.",
        "Correct it, or let the role ``topo:value`` say the number.",
    ),
    "prose-connection": Code(
        _E,
        "A hand-written page says that a part needs or talks to another one, or that it does not, "
        "and the topology says otherwise.",
        "Correct the sentence, or the connection in the topology.",
    ),
    "prose-option": Code(
        _E,
        "A hand-written page gives an option another value, section or spelling than the snippets.",
        "Correct it, or show the snippet with ``topo:snippet``.",
    ),
    "prose-note": Code(
        _E,
        "A hand-written page contradicts the intro or a note of the topology, or what it says of "
        "who is active, what is critical, or what others run.",
        "Correct the sentence, or the topology.",
    ),
    "prose-name": Code(
        _H,
        "A name is typed by hand where a role would keep it right.",
        "Write the role that the hint gives.",
    ),
    "prose-silence": Code(
        _W,
        "A comment that silences a rule gives no reason, names no rule, or silences nothing.",
        "Give a reason, or remove the comment.",
    ),
}
"""Every kind of finding by its code, in the order in which they can come up."""
