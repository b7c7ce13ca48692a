"""The kinds of files that a topology can be made from, one module each."""

from diagtool.scaffolding.importing.importers._registry import Importer, get, importer_of, names

__all__ = ["Importer", "get", "importer_of", "names"]
