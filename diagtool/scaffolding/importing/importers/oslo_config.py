"""Config in sections becomes the config of the service after which the file is named. A URL whose
scheme is that of a known database, queue, cache or lock manager is a connection with it.
"""

from __future__ import annotations

from diagtool.checks.readers import File, ReadError
from diagtool.model import Place
from diagtool.scaffolding.importing import software
from diagtool.scaffolding.importing.draft import ASSUMED, Draft, Kind, Part
from diagtool.scaffolding.importing.options import is_config, merged, options

WHAT = "config in sections, as of oslo.config"


def fits(file: File) -> bool:
    return file.path.lower().endswith((".conf", ".ini", ".cfg")) and is_config(file.text())


def take(file: File, draft: Draft) -> None:
    part = draft.part(file.stem, file.place(), file.stem, Kind.SERVICE)
    found = merged(options(file.text(), file, draft, part))
    if not found:
        raise ReadError("no option in it is set")
    part.replicas = part.replicas or 1
    part.config = merged((*part.config, *found))
    for option in found:
        for value in option.values:
            if known := software.of_url(value):
                _join(draft, part, known, option.name, file.place())


def _join(draft: Draft, part: Part, known: software.Software, name: str, place: Place) -> None:
    peer = draft.part(known.name, place, kind=Kind.COMPONENT)
    peer.shape = peer.shape or known.shape
    if peer is not part and draft.between(part, peer) is None:
        line = draft.join(part, peer, place)
        draft.remark(place, f"'{name}' leads to a {known.name}", line, ASSUMED)
