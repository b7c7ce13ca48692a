"""What a rehearsal found of each claim, and the statement that it writes of it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

from diagtool.model import Topology, claims, facts
from rehearsal import packages

PACKAGES = ("designate", "oslo.messaging", "tooz", "kazoo", "gunicorn")

PROVED, REFUTED, SKIPPED = "proved", "refuted", "not tested"


class Results:
    """Each claim of a topology, with what became of it. A claim that fails once has failed."""

    def __init__(self, topology: Topology) -> None:
        self.topology = topology
        self.claims = claims.claims(topology)
        self.found: dict[str, dict[str, str]] = {}

    def add(self, claim: str, holds: bool, how: str, seen: str) -> None:
        """What a trial showed of a claim."""
        if claim in self.claims and self.found.get(claim, {}).get("result") != REFUTED:
            result = PROVED if holds else REFUTED
            self.found[claim] = {"result": result, "how": how, "seen": seen}

    def skip(self, claim: str, reason: str) -> None:
        """That a claim could not be tested, and why."""
        if claim in self.claims:
            self.found.setdefault(claim, {"result": SKIPPED, "how": reason})

    def merge(self, found: Mapping[str, dict[str, str]]) -> None:
        """What a trial showed of claims, as ``found`` has it."""
        for claim, of in found.items():
            if of["result"] == SKIPPED:
                self.skip(claim, of["how"])
            else:
                self.add(claim, of["result"] == PROVED, of["how"], of["seen"])

    @property
    def refuted(self) -> list[str]:
        """The claims that turned out to be wrong."""
        return [claim for claim in self.claims if self.of(claim)["result"] == REFUTED]

    def count(self) -> Mapping[str, int]:
        """How many claims came to which result."""
        return Counter(self.of(claim)["result"] for claim in self.claims)

    def of(self, claim: str) -> dict[str, str]:
        """What there is to say of a claim."""
        return self.found.get(claim) or {"result": SKIPPED, "how": "there is no test for it yet"}

    def write(self, path: Path) -> None:
        """The statement, one claim a line."""
        release = self.topology.catalogues[-1]
        tested = {claim: self.of(claim) for claim in self.claims}
        named = {PROVED: "passedTests", REFUTED: "failedTests"}
        lists: dict[str, list[str]] = {name: [] for name in named.values()}
        for claim, found in tested.items():
            if found["result"] in named:
                lists[named[found["result"]]].append(claim)
        statement = {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [
                {
                    "name": self.topology.sources[0].rpartition("/")[2],
                    "digest": {"sha256": facts.digest(self.topology)},
                }
            ],
            "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
            "predicate": {
                "result": "FAILED" if lists["failedTests"] else "PASSED",
                "configuration": [
                    *({"name": n, "uri": f"pkg:pypi/{n}@{version(n)}"} for n in PACKAGES),
                    *(
                        {"name": n, "uri": f"pkg:deb/debian/{n}@{quote(packages.version(n))}"}
                        for n in packages.TESTED
                    ),
                ],
                **lists,
                "diagtool": {
                    "release": f"{release.product} {release.release}",
                    "date": datetime.now(UTC).date().isoformat(),
                    "claims": tested,
                },
            },
        }
        text = json.dumps(statement, indent=1, ensure_ascii=False)
        # A claim or package a line can be compared line by line.
        text = re.sub(r'\{\n\s+("(?:result|name)":[^{}]*?)\n\s+\}', _one_line, text)
        path.write_text(text + "\n", "utf-8")


def _one_line(match: re.Match[str]) -> str:
    return "{" + re.sub(r"\n\s+", " ", match[1]) + "}"
