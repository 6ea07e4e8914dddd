"""The language of a page: what a visitor asked for, among what a site offers."""

import re
from functools import lru_cache

MAX_HEADER = 500
MAX_TAG = 35
"""The length every implementation must take, RFC 5646 section 4.4.1; ours takes no more."""

_RANGE = re.compile(
    r"[ \t]*(?P<tag>[a-z]{1,8}(?:-[a-z0-9]{1,8})*|\*)"
    r"(?:[ \t]*;[ \t]*q=(?P<weight>0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?[ \t]*",
    re.ASCII | re.IGNORECASE,
)


def choose_language(requested: str | None, accept_language: str | None, offered: tuple[str, ...]) -> str:
    """Choose from ``offered``: the language requested, else the best of Accept-Language, else the first.

    Weights count as in RFC 9110 section 12.5.4; ``zh-Hans-CN`` finds ``zh`` and ``pt`` finds ``pt-BR``. Parts
    of the header that are malformed, and a header over 500 characters, are ignored.
    """
    if requested and len(requested) <= MAX_TAG and (found := _match(requested.lower(), offered)):
        return found
    if not accept_language or len(accept_language) > MAX_HEADER:
        return offered[0]
    return _negotiate(accept_language, offered)


@lru_cache(maxsize=512)
def _negotiate(header: str, offered: tuple[str, ...]) -> str:
    matches = (_RANGE.fullmatch(part) for part in header.split(","))
    weighted = [(match["tag"].lower(), float(match["weight"] or 1)) for match in matches if match]
    named = {tag: weight for wanted, weight in weighted for tag in offered if _is_covered(wanted, tag)}
    for wanted, weight in sorted(weighted, key=lambda pair: -pair[1]):
        others = tuple(tag for tag in offered if (tag not in named if wanted == "*" else named.get(tag, 1)))
        if weight and (found := _match(wanted, others)):
            return found
    return offered[0]


def _match(wanted: str, offered: tuple[str, ...]) -> str | None:
    if wanted == "*":
        return next(iter(offered), None)
    while wanted:
        if found := next((tag for tag in offered if _is_covered(wanted, tag)), None):
            return found
        wanted = wanted.rpartition("-")[0]
    return None


def _is_covered(wanted: str, tag: str) -> bool:
    tag = tag.lower()
    return tag == wanted or tag.startswith(f"{wanted}-")
