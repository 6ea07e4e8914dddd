"""Contrast of two colours as WCAG 2.2 defines it: relative luminance and their ratio."""

import re

TEXT = 4.5
"""The least ratio of text to what is behind it (WCAG 1.4.3, level AA)."""
CONTROL = 3.0
"""The least ratio of a control or a focus ring to what is behind it (WCAG 1.4.11)."""

_COLOUR = re.compile(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})")


def is_colour(text: str) -> bool:
    """Say whether this is a colour written ``#rrggbb``."""
    return _COLOUR.fullmatch(text) is not None


def compute_luminance(colour: str) -> float:
    """Relative luminance of an sRGB colour ``#rrggbb``, from 0 for black to 1 for white; else ValueError."""
    found = _COLOUR.fullmatch(colour)
    if found is None:
        raise ValueError(f"{colour!r} is not written #rrggbb")
    red, green, blue = (_make_linear(int(channel, 16) / 255) for channel in found.groups())
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def compute_contrast(one: str, other: str) -> float:
    """Ratio of the lighter to the darker colour, from 1 (the same) to 21 (black and white)."""
    darker, lighter = sorted((compute_luminance(one), compute_luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _make_linear(channel: float) -> float:
    curved: float = ((channel + 0.055) / 1.055) ** 2.4
    return channel / 12.92 if channel <= 0.04045 else curved
