"""What a picture carries along, so that a stray file can be traced back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from diagtool.pictures.drawing import Drawing


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a picture comes from and what it shows.

    ``topology`` is the topology's id and ``view`` the picture's name. ``digest`` is that of
    what the picture says: it stays the same when only places, sizes or colours change.
    """

    topology: str
    view: str
    digest: str

    def __str__(self) -> str:
        return f"diagtool {self.topology}/{self.view} {self.digest}"


def seal(parts: Iterable[bytes]) -> str:
    """A digest of all that is seen of a file, given in parts."""
    digest = sha256()
    for part in parts:
        digest.update(f"{len(part)}\n".encode())
        digest.update(part)
    return f"sha256:{digest.hexdigest()}"


def origin(drawing: Drawing) -> Origin:
    """The origin that a picture of this drawing carries."""
    content = {
        "nodes": [[n.id, n.label, n.shape, n.stacked] for n in drawing.nodes],
        "groups": [[g.id, g.label, list(g.members)] for g in drawing.groups],
        "edges": [[e.tail, e.arrow.value, e.head, e.label] for e in drawing.edges],
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return Origin(drawing.topology, drawing.name, f"sha256:{sha256(text.encode()).hexdigest()}")
