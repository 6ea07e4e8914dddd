"""Rules about single fields that several parts of a site file share."""

import re
from collections.abc import Collection, Iterator, Sequence

from consent_service.domain.basics.duration import Duration, may_end_before, parse_duration
from consent_service.domain.basics.safe_link import is_safe_link
from consent_service.domain.site_check.site_fault import Fault, quote_value

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


def refuse_blank(place: str, text: str) -> Iterator[Fault]:
    """Refuse an empty text."""
    if not text.strip():
        yield Fault(place, "is empty")


def require_known(place: str, value: str, known: Collection[str], relies_on: tuple[str, ...] = ()) -> Iterator[Fault]:
    """Refuse a value that is not on the list."""
    if value not in known:
        listed = ", ".join(name for name in known if name) or "nothing: none is declared"
        yield Fault(place, f"{quote_value(value)} is unknown; known are {listed}", relies_on)


def require_within(place: str, value: int, least: int, most: int, unit: str) -> Iterator[Fault]:
    """Refuse a number outside its bounds."""
    if not least <= value <= most:
        yield Fault(place, f"expected {least} to {most} {unit}, got {value}")


def require_length(place: str, text: str, longest: Duration) -> Iterator[Fault]:
    """Refuse what is not a duration of a day or more, or longer than the longest."""
    duration = parse_duration(text)
    if duration is None or duration.days < 1:
        yield Fault(place, f"{quote_value(text)} is not a duration of days, weeks, months or years, such as 6 months")
    elif duration.days > longest.days + 1 or may_end_before(longest, duration):
        yield Fault(place, f"{quote_value(text)} is longer than {longest}")


def require_unique(place: str, values: Sequence[str]) -> Iterator[Fault]:
    """Refuse what is listed twice."""
    for index, value in enumerate(values):
        if value in values[:index]:
            yield Fault(f"{place}[{index}]", f"{quote_value(value)} is listed twice")


def require_good_keys(name: str, keys: Sequence[str]) -> Iterator[Fault]:
    """Refuse odd and repeated keys of a list of tables."""
    for index, key in enumerate(keys):
        place = f"{name}[{index}].key"
        if not KEY.fullmatch(key):
            yield Fault(place, f"{quote_value(key)} is not a key: up to 40 of a-z, 0-9 and _, a letter first")
        elif key in keys[:index]:
            yield Fault(place, f"{quote_value(key)} is already the key of {name}[{keys.index(key)}]")


def require_good_link(place: str, text: str) -> Iterator[Fault]:
    """Refuse a link that is neither http(s) nor a path; the fairness lint judges blank ones."""
    if text.strip() and not text.startswith("#") and not is_safe_link(text):
        yield Fault(place, f"{quote_value(text)} is neither an http(s) address nor a path that starts with one slash")
