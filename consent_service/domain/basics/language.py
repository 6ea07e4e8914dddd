"""The language of a page: what a visitor asked for, among what a site offers."""

import re
from functools import lru_cache

MAX_HEADER = 500
MAX_TAG = 35
"""The length every implementation must take, RFC 5646 section 4.4.1; ours takes no more."""
CHINESE = "zh"
"""Our Chinese texts are in Simplified characters."""
TRADITIONAL = frozenset({"hant", "tw", "hk", "mo", "yue", "nan", "hak"})
"""Script, places and languages of Traditional characters, unless the tag names Simplified ones."""

_RANGE = re.compile(
    r"[ \t]*(?P<tag>[a-z]{1,8}(?:[-_][a-z0-9]{1,8})*|\*)"
    r"(?:[ \t]*;[ \t]*q=(?P<weight>0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?[ \t]*",
    re.ASCII | re.IGNORECASE,
)
_LOCALE_ENDING = re.compile(r"[.@].*", re.DOTALL)


def choose_language(requested: str | None, accept_language: str | None, offered: tuple[str, ...]) -> str:
    """Choose from ``offered``: the language requested, else the best of Accept-Language, else the first.

    Weights count as in RFC 9110 section 12.5.4; ``zh-Hans-CN`` finds ``zh`` and ``pt`` finds ``pt-BR``. Names of
    locales are read as tags: ``de_DE.UTF-8`` is ``de-DE``. Who reads Traditional Chinese gets the next language they
    accept, not Simplified. Parts of the header that are malformed, and a header over 500 characters, are ignored.
    """
    if requested and len(requested) <= MAX_TAG:
        wanted = _read_locale(requested)
        if found := _match(wanted, offered):
            return found
        if _is_traditional(wanted):
            offered = _leave_out_simplified(offered)
    if not accept_language or len(accept_language) > MAX_HEADER:
        return offered[0]
    return _negotiate(accept_language, offered)


def find_language(name: str, offered: tuple[str, ...]) -> str | None:
    """Find the offered language that a tag or the name of a locale means, such as ``de`` for ``de_DE``, if any does."""
    return _match(_read_locale(name), offered) if len(name) <= MAX_TAG and name != "*" else None


@lru_cache(maxsize=512)
def _negotiate(header: str, offered: tuple[str, ...]) -> str:
    matches = (_RANGE.fullmatch(part) for part in header.split(","))
    weighted = [(_read_locale(match["tag"]), float(match["weight"] or 1)) for match in matches if match]
    named = {tag: weight for wanted, weight in weighted for tag in offered if _is_covered(wanted, tag)}
    general = offered
    for wanted, weight in sorted(weighted, key=lambda pair: -pair[1]):
        # Browsers add a general zh by themselves behind zh-TW.
        among = general if wanted in ("*", CHINESE) else offered
        others = tuple(tag for tag in among if (tag not in named if wanted == "*" else named.get(tag, 1)))
        if weight and (found := _match(wanted, others)):
            return found
        if weight and _is_traditional(wanted):
            general = _leave_out_simplified(offered)
    return general[0]


def _leave_out_simplified(offered: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out the texts in Simplified characters, unless there are no others."""
    return tuple(tag for tag in offered if tag.lower() != CHINESE) or offered


def _read_locale(name: str) -> str:
    """Read the name of a POSIX or Java locale as a language tag; a tag stays what it is, in small letters."""
    return _LOCALE_ENDING.sub("", name).replace("_", "-").lower()


def _match(wanted: str, offered: tuple[str, ...]) -> str | None:
    if wanted == "*":
        return next(iter(offered), None)
    traditional = _is_traditional(wanted)
    while wanted and not (traditional and wanted == CHINESE):
        if found := next((tag for tag in offered if _is_covered(wanted, tag)), None):
            return found
        wanted = wanted.rpartition("-")[0]
    return None


def _is_traditional(tag: str) -> bool:
    language, *details = tag.split("-")
    return language == CHINESE and "hans" not in details and not TRADITIONAL.isdisjoint(details)


def _is_covered(wanted: str, tag: str) -> bool:
    tag = tag.lower()
    return tag == wanted or tag.startswith(f"{wanted}-")
