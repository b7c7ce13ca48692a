"""Text that is already in the syntax of an output language.

Each language that is put together from strings has a subclass with its own way of escaping.
A function that wants one does not take a plain string, which the type checker sees, and what
is put into one is escaped unless it is one itself. Outside the module of its language, one is
made only from strings that stand in the code; a test holds that.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self


class SafeText(str):
    """Source in a language, as opposed to a text that is still to be escaped."""

    __slots__ = ()

    @classmethod
    def escape(cls, text: str) -> Self:
        """A text as the language writes it."""
        raise NotImplementedError

    @classmethod
    def of(cls, text: str) -> Self:
        """A text as the language writes it; what is source already stays as it is."""
        return text if isinstance(text, cls) else cls.escape(text)

    def format(self, *args: object, **kwargs: object) -> Self:
        """This with values in its braces, escaped unless they are source."""
        return type(self)(_Formatter(type(self)).vformat(self, args, kwargs))

    def join(self, parts: Iterable[str], /) -> Self:
        """Parts with this between them, escaped unless they are source."""
        return type(self)(super().join(map(self.of, parts)))

    def __add__(self, other: str, /) -> Self:
        return type(self)(super().__add__(self.of(other)))


class _Formatter(string.Formatter):
    """Formats as ``str.format`` does, and escapes."""

    def __init__(self, language: type[SafeText]) -> None:
        self.language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, self.language):
            return str(value)
        return str(self.language.escape(format(value, format_spec)))

    def check_unused_args(
        self,
        used_args: Any,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
    ) -> None:
        """Every value has its place."""
        if used_args != {*range(len(args)), *kwargs}:
            raise TypeError("a value is put nowhere")
