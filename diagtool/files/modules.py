"""The modules of a package that holds one for each kind of something, such as formats."""

from __future__ import annotations

import pkgutil
from pathlib import Path


def beside(registry: str) -> tuple[str, ...]:
    """The names of the modules beside a registry, in order.

    ``registry`` is the path of its module. Names that start with ``_`` are of what the others
    share.
    """
    found = pkgutil.iter_modules([str(Path(registry).parent)])
    return tuple(module.name for module in found if not module.name.startswith("_"))
