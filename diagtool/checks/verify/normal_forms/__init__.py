"""The normal forms of formats, one module each: what in a file may differ and nobody notices.

A module holds ``SUFFIXES``, what the names of its files end in, and ``form``, which takes a
:class:`~diagtool.checks.readers.File` and gives a :class:`Form`, or raises ReadError. It
knows nothing of the writers.
"""

from diagtool.checks.verify.normal_forms._forms import form_of, suffixes
from diagtool.checks.verify.normal_forms._pieces import LOOK, PAGE, Form, Piece

__all__ = ["LOOK", "PAGE", "Form", "Piece", "form_of", "suffixes"]
