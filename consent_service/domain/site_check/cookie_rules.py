"""The rules of cookies: what browsers would keep, and what refusing may expire."""

import re
from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from consent_service.domain.basics.duration import parse_duration
from consent_service.domain.basics.web_origin import is_domain, parse_origin
from consent_service.domain.site.purpose import Cookie, Party, Purpose
from consent_service.domain.site.site import Site
from consent_service.domain.site_check.field_rules import refuse_blank
from consent_service.domain.site_check.site_fault import Fault, quote_value
from consent_service.domain.visitor.cookie_removal import CONSENT_COOKIES

_NAME = re.compile(r"[A-Za-z0-9!#$%&'+.^_`|~-]{1,128}|[A-Za-z0-9!#$%&'+.^_`|~-]{2,127}\*")
_PATH = re.compile(r"/[!-:<-~]{0,200}")
_SHARED_SECOND_LEVEL = {"ac", "co", "com", "edu", "gob", "gov", "gouv", "ne", "net", "or", "org"}


class _Placed(NamedTuple):
    owner: str
    place: str
    cookie: Cookie
    purpose: Purpose

    @property
    def basis(self) -> str:
        return f"{self.owner}.basis"


def find_cookie_faults(site: Site) -> Iterator[Fault]:
    """Find what is wrong with the cookies of every purpose of a site."""
    placed = [
        _Placed(f"purpose[{index}]", f"purpose[{index}].cookie[{number}]", cookie, purpose)
        for index, purpose in enumerate(site.purposes)
        for number, cookie in enumerate(purpose.cookies)
    ]
    hosts = _list_hosts(site)
    for one in placed:
        yield from _find_cookie_faults(one.place, one.cookie)
        yield from _find_provider_faults(one, site)
        yield from _find_domain_faults(one.place, one.cookie, hosts)
        if one.purpose.asked and any(one.cookie.matches(name) for name in CONSENT_COOKIES):
            message = "matches the cookie that keeps the choice; refusing would delete it"
            yield Fault(f"{one.place}.name", message, (one.basis,))
    for one, other in combinations(placed, 2):
        yield from _find_overlap(one, other)


def _find_cookie_faults(place: str, cookie: Cookie) -> Iterator[Fault]:
    if not _NAME.fullmatch(cookie.name):
        yield Fault(
            f"{place}.name",
            f"{quote_value(cookie.name)} is not a cookie name, nor a start of at least 2 letters and *",
        )
    if parse_duration(cookie.duration) is None:
        yield Fault(
            f"{place}.duration", f"{quote_value(cookie.duration)} is not a duration such as 13 months or session"
        )
    yield from refuse_blank(f"{place}.provider", cookie.provider)
    if not _PATH.fullmatch(cookie.path):
        yield Fault(f"{place}.path", f"{quote_value(cookie.path)} is not a cookie path; it starts with a slash")
    if cookie.name.startswith("__Host-") and (cookie.domain or cookie.path != "/"):
        yield Fault(
            f"{place}.name",
            "a __Host- cookie has no domain and the path /",
            (f"{place}.domain", f"{place}.path"),
        )


def _find_provider_faults(one: _Placed, site: Site) -> Iterator[Fault]:
    if one.cookie.party is Party.FIRST:
        return
    registered = site.recipient_by_key
    names = [registered[key].name for key in one.purpose.recipients if key in registered]
    if one.cookie.provider not in names:
        listed = ", ".join(names) or "none"
        relies_on = ("recipient", f"{one.owner}.recipients", f"{one.place}.party")
        message = f"{quote_value(one.cookie.provider)} is not the name of a recipient of this purpose ({listed})"
        yield Fault(f"{one.place}.provider", message, relies_on)


def _find_domain_faults(place: str, cookie: Cookie, hosts: list[str]) -> Iterator[Fault]:
    domain = cookie.domain
    relies_on = (f"{place}.party", "origins")
    if not domain:
        return
    if not is_domain(domain) or _is_shared(domain):
        yield Fault(
            f"{place}.domain",
            f"{quote_value(domain)} is not a domain a cookie can have; write shop.example, with no dot first",
        )
        return
    own = any(host == domain or host.endswith(f".{domain}") for host in hosts)
    if cookie.party is Party.FIRST and not own:
        yield Fault(
            f"{place}.domain",
            f"no origin of this site is within {quote_value(domain)}, so it is not a first-party cookie",
            relies_on,
        )
    if cookie.party is Party.THIRD and own:
        yield Fault(
            f"{place}.domain",
            f"{quote_value(domain)} is this site's own, so it is a first-party cookie",
            relies_on,
        )


def _is_shared(domain: str) -> bool:
    # Browsers refuse cookies for public suffixes; those with two labels nearly all look like co.uk.
    second, _, top = domain.rpartition(".")
    return len(top) == 2 and second in _SHARED_SECOND_LEVEL


def _list_hosts(site: Site) -> list[str]:
    hosts = []
    for text in site.origins:
        try:
            hosts.append(parse_origin(text).host)
        except ValueError:
            continue
    return hosts


def _find_overlap(one: _Placed, other: _Placed) -> Iterator[Fault]:
    if one.cookie.party is not other.cookie.party or one.cookie.domain != other.cookie.domain:
        return
    same = one.cookie.name == other.cookie.name and one.cookie.path == other.cookie.path
    if same:
        yield Fault(
            f"{other.place}.name",
            f"{quote_value(other.cookie.name)} is already listed at {one.place}",
            (one.place,),
        )
    elif one.purpose.asked is not other.purpose.asked and _meet(one.cookie, other.cookie):
        message = f"covers the same cookies as {one.place}; refusing one would delete those of the other"
        yield Fault(f"{other.place}.name", message, (one.place, one.basis, other.basis))


def _meet(one: Cookie, other: Cookie) -> bool:
    return one.matches(other.name.rstrip("*")) or other.matches(one.name.rstrip("*"))
