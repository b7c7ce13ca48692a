"""Rules that a topology breaks, and what is said to silence them."""

from __future__ import annotations

from diagtool.loading.findings import Findings
from diagtool.model import Silence, Topology, rules


def check_rules(findings: Findings, topology: Topology) -> None:
    """Reports what the rules of a topology refer to and nobody defines, or defines twice."""
    for rule in topology.rules.values():
        if rule.id in rules.GENERAL:
            message = f"'{rule.id}' is already the id of a rule for every system"
            hint = "rename yours, and wherever it is mentioned"
            findings.report("duplicate-id", rule.place, message, hint)
        if rule.service and rule.service not in topology.services:
            what = f"service '{rule.service}'"
            findings.unknown_part(
                rule.service_place, what, rule.service, topology.services.values()
            )
        if rule.component is not None and rule.component not in topology.components:
            what = f"component '{rule.component}'"
            findings.unknown_part(
                rule.need_place, what, rule.component, topology.components.values()
            )
    known = [*rules.GENERAL, *topology.rules]
    for silence in silences(topology):
        if silence.rule not in known:
            findings.unknown(silence.place, f"rule '{silence.rule}'", silence.rule, known)


def report_broken(findings: Findings, topology: Topology) -> None:
    """Reports each rule that a part breaks, unless it is silenced there or for all."""
    used: set[int] = set()
    wrong = {finding.place for finding in findings.found}
    # Nobody can do what a rule with a mistake asks for.
    mistaken = {rule.id for rule in topology.rules.values() if rule.need_place in wrong}
    for found in rules.broken(topology):
        by = [s for s in (*found.part.silenced, *topology.silenced) if s.rule == found.rule]
        used |= {id(silence) for silence in by}
        if not by and found.rule not in mistaken:
            findings.report(
                "rule-broken",
                found.part.place,
                f"{found.message} (rule '{found.rule}')",
                found.remedy,
                severity=found.severity,
            )
    for silence in silences(topology):
        if id(silence) not in used:
            message = f"the rule '{silence.rule}' is not broken here"
            findings.report("unused-silence", silence.place, message)


def silences(topology: Topology) -> list[Silence]:
    """What is silenced anywhere in a topology."""
    return [*topology.silenced, *(s for part in topology.parts for s in part.silenced)]
