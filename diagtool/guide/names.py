"""Names of what topologies hold, and what is wrong with one that means nothing.

They are kept with the pages, and so a build that reads no page needs no more than this.
"""

from __future__ import annotations

from typing import NamedTuple


class Unknown(Exception):
    """A name that means nothing; the message says so, with a hint where there is one."""


class OtherKind(Unknown):
    """The name of a service where a component is meant, or the other way round."""

    def __init__(self, name: str, kind: str) -> None:
        super().__init__(f"'{name}' is a {kind}")
        self.kind = kind


class Unusable(Exception):
    """A topology with errors, which have been logged: there is nothing to say of it."""


class Name(NamedTuple):
    """The name of a topology, and what is named in it: an id, or an id with an attribute."""

    topology: str
    target: str

    def written(self, page: str) -> str:
        """Its shortest form on a page that speaks of a topology."""
        return self.target if self.topology == page else "/".join(self)


class Use(NamedTuple):
    """Something that a page says of a topology; ``page`` is the topology that it speaks of."""

    what: str
    name: Name
    page: str
