"""Claims: what a write transaction keeps every other one off until it ends, named before it reads anything."""

from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple


class ClaimKind(IntEnum):
    """The kinds of claims, in the one order in which they are taken."""

    KEY = 1
    """An idempotency key."""
    PRINCIPAL = 2
    """One visitor: standing, records, and what of them is not sealed yet."""
    FEED = 3
    """The feed of a site, and with it every subject of the site, because the feed numbers all that they do."""
    OUTBOX = 4
    """The webhooks of a site, its jobs as a whole, and its counts of strangers; one job needs no claim."""
    LEDGER = 5
    """The tree of a site and its checkpoints."""
    SITE = 6
    """What a site has few of: its keys of the API and its imports."""


class Claim(NamedTuple):
    """One thing that is claimed; sorted, claims are in the order in which they are taken."""

    kind: ClaimKind
    name: str


def claim_key(site: str, key: str) -> Claim:
    """Claim an idempotency key, by its digest."""
    return Claim(ClaimKind.KEY, f"{site}/{key}")


def claim_principal(principal: str) -> Claim:
    """Claim a visitor; who writes about a subject claims the feed."""
    return Claim(ClaimKind.PRINCIPAL, principal)


def claim_feed(site: str) -> Claim:
    """Claim the feed of a site and all its subjects."""
    return Claim(ClaimKind.FEED, site)


def claim_outbox(site: str) -> Claim:
    """Claim the webhooks and jobs of a site."""
    return Claim(ClaimKind.OUTBOX, site)


def claim_ledger(site: str) -> Claim:
    """Claim the tree of a site."""
    return Claim(ClaimKind.LEDGER, site)


def claim_site(site: str) -> Claim:
    """Claim the API keys and imports of a site."""
    return Claim(ClaimKind.SITE, site)


def require_held(held: Iterable[Claim], claims: Iterable[Claim]) -> None:
    """Raise RuntimeError where a write inside another claims what that one does not hold.

    It would be claimed after something was read, and out of order: two of them could wait for each other.
    """
    if missing := set(claims).difference(held):
        named = ", ".join(f"{claim.kind.name.lower()} {claim.name}" for claim in sorted(missing))
        raise RuntimeError(f"the outer write has to claim this as well: {named}")
