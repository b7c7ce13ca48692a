"""What tests see in pictures."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageFilter

SAME = 60
"""Two programs' drawings of one picture differ by less than this; a missing line by twice it."""


def difference(one: Image.Image, other: Image.Image) -> int:
    """How far two pictures differ where they differ most, up to 255.

    They are blurred first, for programs smooth the edges of lines and letters each its own way.
    """
    assert one.size == other.size
    soft = [p.convert("RGB").filter(ImageFilter.GaussianBlur(2)) for p in (one, other)]
    return max(most for _, most in ImageChops.difference(*soft).getextrema())
