"""The record that a site keeps of what directives and roles put on its pages.

It lies at the root of the site as JSON, and goes by the names of pages there. With it, a page
can be held against what was generated, and that against what the topology says today. Same
pages, same bytes: there are no times in it and no paths from outside of the site.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from diagtool.guide.names import Name, Use

NAME = "topo-record.json"
"""What the record is called, at the root of a site."""

SEARCH_INDEX = "searchindex.js"
"""What Sphinx's search page looks things up in."""

INVENTORY = "objects.inv"
"""Where other projects find what they can link to in a site."""

SOURCES = "_sources/"
"""Where Sphinx keeps the copies of documents' sources that readers can open."""

FORMAT = 2

MARK = re.compile(r"<!--\s*(/?)topo:([^\s<>]*)\s*-->")
"""What stands around whatever a directive or role generated: what it is of, quoted."""


def start(what: str) -> str:
    """The mark before what was generated."""
    return f"<!--topo:{quote(what, safe=':/').replace('--', '-%2D')}-->"


END = "<!--/topo:-->"
"""The mark behind it."""


def unquoted(mark: str) -> str:
    """What a mark says that was generated."""
    return unquote(mark)


class Block(NamedTuple):
    """A text of a page, such as a paragraph, a cell, a line of code or an alternative text.

    ``attributes`` are what belongs to it beside: where links lead, and what tells of itself
    when pointed at. ``digest`` stands for all the markup from the end of the block before.
    """

    tag: str
    text: str
    attributes: tuple[str, ...]
    digest: str


class Generated(NamedTuple):
    """What one directive or role put on a page: ``around`` stands for the elements around it."""

    what: str
    around: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """What there is to know of a page: ``digest`` is of all of its bytes.

    ``rest`` stands for all that the page shows, however it is written; it is empty for one on
    which nothing was generated. ``uses`` are what it says of which topology, with a digest of
    it; ``files`` those that it brings along; ``active`` stands for scripts, styles and what
    else can change what is seen.
    """

    digest: str
    rest: str = ""
    uses: Mapping[Use, str] = field(default_factory=dict)
    generated: tuple[Generated, ...] = ()
    active: frozenset[str] = frozenset()
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A topology of a site, as it was when the site was built: its id, and a digest of it."""

    id: str
    digest: str


@dataclass(frozen=True, slots=True)
class Record:
    """A site: who built it, and from what.

    ``topologies`` go by the names that pages call them, the default first. ``language`` is
    empty where nothing was translated, and ``templates`` tells whether the project has its own.
    ``files`` are digests of files that pages bring along.
    """

    release: str
    topologies: Mapping[str, Source] = field(default_factory=dict)
    language: str = ""
    templates: bool = False
    pages: Mapping[str, Page] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


class RecordError(Exception):
    """A record that cannot be used; the message says why."""


def digest(content: bytes | str) -> str:
    """Stands for content; 16 digits are enough to tell a mistake, and there are many."""
    data = content.encode() if isinstance(content, str) else content
    return sha256(data).hexdigest()[:16]


def written(record: Record) -> bytes:
    """A record as it is kept."""
    data = {
        "format": FORMAT,
        "release": record.release,
        "language": record.language,
        "templates": record.templates,
        "topologies": {name: asdict(source) for name, source in record.topologies.items()},
        "pages": {name: _page(record.pages[name]) for name in sorted(record.pages)},
        "files": dict(sorted(record.files.items())),
    }
    # A line for each page and file is as small as can be compared line by line.
    body = _json(data)
    return f'{{"digest": "{digest(body)}",\n{body[1:]}\n'.encode()


def read(folder: Path) -> Record | None:
    """The record of the site in a folder, None where it has none. Raises RecordError."""
    try:
        text = (folder / NAME).read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise RecordError(f"it cannot be read: {error}") from None
    first, _, rest = text.partition("\n")
    if first != f'{{"digest": "{digest("{" + rest.rstrip())}",':
        raise RecordError("it is not as the build wrote it")
    try:
        data = json.loads(text)
        if data["format"] != FORMAT:
            raise RecordError("another release of diagtool wrote it")
        return Record(
            str(data["release"]),
            {name: Source(**source) for name, source in data["topologies"].items()},
            str(data["language"]),
            bool(data["templates"]),
            {name: _read_page(page) for name, page in data["pages"].items()},
            {name: str(digest) for name, digest in data["files"].items()},
        )
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise RecordError(f"it is not a record: {error}") from None


def _json(data: Mapping[str, Any]) -> str:
    def line(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    def lines(values: Mapping[str, Any]) -> str:
        return "{" + ",".join(f"\n{line(k)}: {line(v)}" for k, v in values.items()) + "\n}"

    nested = ("pages", "files")
    entries = (f'"{k}": {lines(v) if k in nested else line(v)}' for k, v in data.items())
    return "{" + ",\n".join(entries) + "}"


def _page(page: Page) -> dict[str, Any]:
    return {
        "digest": page.digest,
        "rest": page.rest,
        "uses": [
            [use.what, *use.name, use.page, digest] for use, digest in sorted(page.uses.items())
        ],
        "generated": page.generated,
        "active": sorted(page.active),
        "files": list(page.files),
    }


def _read_page(data: Mapping[str, Any]) -> Page:
    return Page(
        str(data["digest"]),
        str(data["rest"]),
        {Use(w, Name(t, target), page): digest for w, t, target, page, digest in data["uses"]},
        tuple(
            Generated(
                str(what),
                str(around),
                tuple(Block(str(t), str(x), tuple(map(str, a)), str(d)) for t, x, a, d in blocks),
            )
            for what, around, blocks in data["generated"]
        ),
        frozenset(data["active"]),
        tuple(map(str, data["files"])),
    )
