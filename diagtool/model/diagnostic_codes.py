"""The one table of what can be found: each code with its severity, meaning and remedy.

The documentation is made from it, and a code that is not in it cannot be used.
"""

from __future__ import annotations

from collections.abc import Mapping

from diagtool.model import Severity
from diagtool.model.value import value


@value
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
        "The file is not encoded in UTF-8; the place is that of the first invalid byte.",
        "Save it as UTF-8.",
    ),
    "bad-yaml": Code(
        _E,
        "The text is not YAML, or contains more than one document.",
        "Correct it where the caret points. Put a text in quotes if it contains a colon and a "
        "space, or a space and ``#``.",
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
        "A value has the wrong type: a text where a list, mapping, number or boolean is "
        "expected, or the other way round.",
        "See the reference of the format for what is expected here.",
    ),
    "bad-value": Code(
        _E,
        "The value has the right type but is not allowed: a number out of range, a word that is "
        "not one of the choices, a line break in a name, an empty text, an invisible character.",
        "Use a value that the message allows.",
    ),
    "bad-id": Code(
        _E,
        "An id contains characters other than letters, digits, ``_`` and ``-``, does not start "
        "with a letter, or is longer than 64 characters. Ids become file names and anchors.",
        "Rename it; what readers see is set by ``name`` and ``label``.",
    ),
    "bad-connection": Code(
        _E,
        "A part has a one-way connection with itself, a connection is stated twice, or a "
        "component states its connection with a service.",
        "State each connection once, one between a service and a component at the service. For "
        "traffic between the copies of a part, use ``with``.",
    ),
    "bad-flow": Code(
        _E,
        "A flow is opened by a part that is not an end of its connection.",
        "Name one of the two ends, or leave ``opened_by`` out.",
    ),
    "unclear-flow": Code(
        _W,
        "A flow reaches a part with several listeners, and names neither a listener nor the port "
        "of one. Its port is shown as unknown.",
        "Add ``listener`` or ``port``.",
    ),
    "bad-listener": Code(
        _E,
        "One of several listeners has no name or the name of another one, or the option that a "
        "listener names is not set or contains no port.",
        "Give each listener a name, and name an option whose value ends in one port.",
    ),
    "port-differs": Code(
        _E,
        "A listener, an option or a flow states a port, transport, protocol or TLS that "
        "contradicts another one of them.",
        "State it in one place only, or correct one of them.",
    ),
    "bad-placement": Code(
        _E,
        "A part names more single hosts than it has copies, its zones are not those of its "
        "hosts, hosts made with ``count`` have the same address, or it runs on a zone without "
        "hosts.",
        "Follow the hint.",
    ),
    "bad-address": Code(
        _E,
        "The address of a host looks like an IP address but is not valid, is used by another "
        "host in the same network, or is outside the range of its network; or the range of a "
        "network is not valid.",
        "Correct the address or the range.",
    ),
    "too-few-servers": Code(
        _E,
        "``at_least`` requires more servers than the service has.",
        "Correct ``at_least`` or ``replicas``.",
    ),
    "bad-promise": Code(
        _E,
        "A promise contains ``zone:*``, ``host:*`` or ``network:*`` more than once.",
        "Name the others by their ids, or write several promises.",
    ),
    "bad-view": Code(
        _E,
        "A view shows nothing, names a component as a service, or has a box with only one part, "
        "a part that it does not show, or a part that is in another box.",
        "Correct what the view selects, or its boxes.",
    ),
    "broken-promise": Code(
        _E,
        "According to a promise, a part still works after a loss, but it stops, or what it does "
        "is not stated. The message gives the chain of reasons.",
        "State what the losses do (``on_loss``, ``at_least``), change the system, or remove the "
        "promise.",
    ),
    "unknown-id": Code(
        _E,
        "Something refers to an id that the topology does not define.",
        "Use the id that the hint names, or define it.",
    ),
    "duplicate-id": Code(
        _E,
        "Two things would have the same id in a diagram, page or file name. Ids that differ only "
        "in case, or in ``-`` and ``_``, count as the same.",
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
        "topology's folder and the shared folders, is nested too deeply, or has errors; or "
        "``remove`` names something that is required.",
        "Check the path, which is relative to the file that names it, and the base.",
    ),
    "no-difference": Code(
        _E,
        "A ``difference`` is about something that is the same in the base, or the topology "
        "extends no other.",
        "Remove it, or correct what it is about.",
    ),
    "bad-catalogue": Code(
        _E,
        "A catalogue of config options does not exist, is outside the folder of the topology, is "
        "not valid JSON, does not follow the format, or does not fit the others: it is for "
        "another product, or for the same release as another one.",
        "Check the path, which is relative to the file that names it. Make the catalogue again, "
        "or see :doc:`/reference/options`.",
    ),
    "bad-evidence": Code(
        _E,
        "A file with the results of a test run does not exist, is outside the folder of the "
        "topology, is not an in-toto statement with a test result, or contradicts itself.",
        "Check the path, which is relative to the file that names it. Run the test again, or see "
        ":doc:`/reference/evidence`.",
    ),
    "ambiguous-option": Code(
        _E,
        "A reference names an option that the service sets in more than one section.",
        "Write its name as a literal instead.",
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
        "Use a number within the bounds.",
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
        "An option that takes a single value is set several times; only the last value would be "
        "used.",
        "Keep one of them. If the option takes a list, write it on one line, separated by commas.",
    ),
    "unchecked-option": Code(
        _H,
        "The value contains a placeholder without type and example, so that neither the value "
        "nor its driver can be checked.",
        "Give the placeholder a ``type``, or an ``example``.",
    ),
    "bad-example": Code(
        _E,
        "The example of a placeholder does not have the placeholder's type.",
        "Correct the example or the type.",
    ),
    "unknown-driver": Code(
        _W,
        "The library has no driver for the URL scheme that the value begins with.",
        "Use one that the hint names. Drivers from other packages are not known to diagtool.",
    ),
    "unfit-driver": Code(
        _E,
        "The driver that the value names lacks a capability that is needed.",
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
        "``listen``, two services have the same prefix, its address contains more than a host, "
        "or a snippet relies on its address but it has none.",
        "Follow the hint.",
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
        "The options in force make links from headers that the load balancer does not set, or "
        "from the ``Host`` header alone although the scheme or path differs there.",
        "Correct ``headers`` of the load balancer, or have the service use another snippet.",
    ),
    "rule-broken": Code(
        _W,
        "A part breaks a rule, which the message names: one that applies to every system, or one "
        "of the topology's own. The severity is that of the rule.",
        "Follow the hint, or silence the rule at the part, with a reason, under ``silenced``.",
    ),
    "unused-silence": Code(
        _W,
        "A rule is silenced where it is not broken.",
        "Remove the entry from ``silenced``.",
    ),
    "duplicate-name": Code(
        _W,
        "Two components or services have the same name, so that sentences cannot distinguish them.",
        "Give one of them another ``name``; its ``label`` need not change.",
    ),
    "unused-placeholder": Code(
        _W,
        "A placeholder is defined, but no option's value uses it.",
        "Remove it.",
    ),
    "unused-snippet": Code(
        _W,
        "A snippet is defined, but the notes of its service do not show it.",
        "Add ``- snippet: ID`` to the notes at the point where it belongs.",
    ),
    "unconnected": Code(
        _W,
        "A component or service has no connection, so no diagram shows what it is for.",
        "Add a connection, or remove it.",
    ),
    "unfilled-placeholder": Code(
        _W,
        "The file of values for ``diagtool render`` has no value for a placeholder, which "
        "therefore remains in the written files.",
        "Add the value, or insert it in the files by hand.",
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
        "A picture that carries only a digest was made from an older topology, or a page states "
        "what the topology no longer says.",
        "Export the picture again, or build the site again.",
    ),
    "altered": Code(
        _E,
        "A picture that carries only a digest was changed after it was made.",
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
        "A file differs from what would be written today, but no contradiction was found: it was "
        "saved by another program, drawn by somebody else, or edited.",
        "Make the file again, or check the differences.",
    ),
    "cannot-verify": Code(
        _E,
        "It is not possible to determine whether the file agrees with the topology: it is a PNG "
        "or PDF without a digest, or its format cannot be read.",
        "Export it again, or verify the same picture in another format.",
    ),
    "not-verified": Code(
        _W,
        "Nothing connects the file with the topology, so it was not compared with anything.",
        "Name the file after its view or service, or leave it out.",
    ),
    "running-replicas": Code(
        _E,
        "The number of running servers or members is not that of the topology.",
        "Start or stop some, or correct ``replicas`` or ``members``.",
    ),
    "running-host": Code(
        _E,
        "A copy of a part runs on a host that the topology does not state, or does not run on "
        "one that it states.",
        "Move it, or correct ``runs_on``.",
    ),
    "running-connection": Code(
        _E,
        "A part opened a connection to another one, and the topology has no connection between "
        "them.",
        "Add the connection to the topology, or find out who opened it and why.",
    ),
    "running-unseen": Code(
        _H,
        "The topology has a host, a connection or config that was not seen in this snapshot. A "
        "connection may be short-lived or rarely used.",
        "Collect it: from the host, with more samples while the system is in use, or with "
        "``--file``. Or remove it from the topology.",
    ),
    "running-direction": Code(
        _E,
        "A connection was not opened by the end that the topology states. If only the need "
        "contradicts every connection that was seen, this is a warning.",
        "Correct the direction, ``opened_by`` or ``needed`` of the connection.",
    ),
    "running-port": Code(
        _E,
        "A part is reached at another port than the topology states.",
        "Correct ``listen``, or the option that sets the port.",
    ),
    "running-option": Code(
        _E,
        "A config file sets an option to another value than the topology, or does not set it.",
        "Correct the file or the topology. If the values may differ, ignore the option in "
        "``match.yaml``.",
    ),
    "running-balancer": Code(
        _E,
        "A load balancer distributes requests to another number of servers than the topology "
        "states.",
        "Add the server to its config, or correct ``replicas``.",
    ),
    "running-version": Code(
        _W,
        "The running release is not one of those with which the topology's options are compared.",
        "Add a catalogue of that release, or correct the image.",
    ),
    "running-unknown": Code(
        _W,
        "A part opened a connection to something that is not in the topology.",
        "Add it to the topology, or name or ignore it in ``match.yaml``.",
    ),
    "unreadable-artefact": Code(
        _E,
        "An artefact cannot be read: it is missing, broken, not what its suffix says, too large, "
        "too deeply nested, or defines XML entities.",
        "Check the file, and make it again.",
    ),
    "not-imported": Code(
        _W,
        "A file from which a topology was made says something that the topology does not.",
        "Add it to the topology, which has a comment about it, or remove the comment.",
    ),
    "assumed": Code(
        _H,
        "A file from which a topology was made does not say something that the topology requires.",
        "Check the assumption, correct the topology if it is wrong, and remove the comment.",
    ),
    "prose-unknown": Code(
        _E,
        "A hand-written page names a service that the topology does not have: its "
        "name follows the pattern of those that it does have, or is one of them misspelt.",
        "Correct the name, or add the part to the topology.",
    ),
    "prose-count": Code(
        _E,
        "A hand-written page states a number of servers or services that is not that of the "
        "topology.",
        "Correct it, or use the role ``topo:value`` for the number.",
    ),
    "prose-connection": Code(
        _E,
        "A hand-written page says that a part needs or talks to another one, or that it does "
        "not, and the topology says otherwise.",
        "Correct the sentence, or the connection in the topology.",
    ),
    "prose-option": Code(
        _E,
        "A hand-written page gives an option a value, section or spelling that is not that of "
        "the snippets.",
        "Correct it, or show the snippet with ``topo:snippet``.",
    ),
    "prose-note": Code(
        _E,
        "A hand-written page contradicts the intro or a note of the topology, or what the "
        "topology says about who is active, what is critical, or what others run.",
        "Correct the sentence, or the topology.",
    ),
    "prose-name": Code(
        _H,
        "A name is typed by hand where a role would keep it correct.",
        "Write the role that the hint gives.",
    ),
    "prose-silence": Code(
        _W,
        "A comment that silences a rule gives no reason, names no rule, or silences nothing.",
        "Correct or remove the comment.",
    ),
}
"""Every kind of finding by its code, in the order in which they can come up."""
