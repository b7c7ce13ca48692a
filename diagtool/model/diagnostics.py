"""Findings about a topology or about what was made from it.

A :class:`Diagnostic` says what is wrong and where. Its code is one of
:data:`diagtool.model.diagnostic_codes.CODES`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from diagtool.model import Place, Severity
from diagtool.model.diagnostic_codes import CODES
from diagtool.model.value import value


@value
class Diagnostic:
    """One finding. ``source`` is the line of the file that it is about, where there is one.

    ``rated`` is how bad it is where that is not the same for every finding with its code.
    ``contradicts`` is the other place, where a finding says that two places disagree.
    """

    code: str
    place: Place
    message: str
    hint: str = ""
    source: str = ""
    rated: Severity | None = None
    contradicts: Place | None = None

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise ValueError(f"undocumented diagnostic code: {self.code}")

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return self.rated or CODES[self.code].severity

    def __str__(self) -> str:
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.place}: {self.code} {self.message}{hint}"


class TopologyError(Exception):
    """A topology that cannot be used. ``diagnostics`` holds every finding, in order."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("\n".join(str(diagnostic) for diagnostic in diagnostics))
        self.diagnostics = tuple(diagnostics)


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any finding is an error."""
    return any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)
