"""The rules of a theme: colours one can read, and nothing but CSS lengths and font names besides."""

import re
from collections.abc import Iterator

from consent_service.domain.site.site import Theme
from consent_service.domain.site_check.contrast import CONTROL, TEXT, compute_contrast, is_colour
from consent_service.domain.site_check.site_fault import Fault, quote_value

COLOURS = ("bg", "fg", "muted", "soft", "line", "control", "action", "on_action", "focus")
PAIRS = (
    ("fg", "bg", TEXT),
    ("muted", "bg", TEXT),
    ("fg", "soft", TEXT),
    ("muted", "soft", TEXT),
    ("on_action", "action", TEXT),
    ("control", "bg", CONTROL),
    ("focus", "bg", CONTROL),
    ("focus", "soft", CONTROL),
    ("action", "bg", CONTROL),
)
"""Which colour stands on which, and the least contrast it needs there."""

_LENGTH = re.compile(r"0|(?:0|[1-9][0-9]{0,3})?(?:\.[0-9]{1,4})?(?:px|rem|em|ch)")
_FONT_NAME = r"(?:\"[\w][\w -]{0,60}\"|-?[A-Za-z][A-Za-z0-9-]{0,60})"
_FONT_LIST = re.compile(rf"{_FONT_NAME}(?:, ?{_FONT_NAME}){{0,15}}")


def find_theme_faults(theme: Theme) -> Iterator[Fault]:
    """Find what is wrong with a theme, for light and dark screens alike."""
    for suffix in ("", "_dark"):
        colours = {name: str(getattr(theme, name + suffix)) for name in COLOURS}
        yield from _find_colour_faults(colours, suffix)
    for name in ("radius", "width"):
        text = str(getattr(theme, name))
        if not (_LENGTH.fullmatch(text) and text[0].isdigit()):
            yield Fault(f"theme.{name}", f"{quote_value(text)} is not a simple length, such as 12px or 0.75em")
    if not _FONT_LIST.fullmatch(theme.font):
        yield Fault(
            "theme.font",
            f'{quote_value(theme.font)} is no list of font names, such as Georgia, "Noto Serif", serif',
        )


def _find_colour_faults(colours: dict[str, str], suffix: str) -> Iterator[Fault]:
    for name, colour in colours.items():
        if not is_colour(colour):
            yield Fault(f"theme.{name}{suffix}", f"{quote_value(colour)} is not a colour; write #rrggbb")
    for above, below, least in PAIRS:
        if is_colour(colours[above]) and is_colour(colours[below]):
            ratio = compute_contrast(colours[above], colours[below])
            if ratio < least:
                yield Fault(
                    f"theme.{above}{suffix}",
                    f"has a contrast of {ratio:.2f} to 1 on {below}{suffix}; it needs at least {least}",
                    (f"theme.{below}{suffix}",),
                )
