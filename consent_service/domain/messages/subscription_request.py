"""A subscription request: what waits until the owner of an address confirms it."""

from enum import StrEnum
from typing import NamedTuple


class RequestEnd(StrEnum):
    """How a request was settled: the owner said yes or that it was not them, or nobody answered in time."""

    CONFIRMED = "confirmed"
    NOT_ME = "not_me"
    EXPIRED = "expired"


class SubscriptionRequest(NamedTuple):
    """One request: ``id`` is also the end of its record's principal, ``sealed`` the address opened under ``id``.

    ``hash`` is that of the token which confirms it, ``method`` that of the act which a confirmation makes. Of one that
    is settled only ``settled_as`` is kept. Times in microseconds.
    """

    hash: str
    id: str
    principal: str
    site: str
    kind: str
    sealed: bytes
    purposes: tuple[str, ...]
    notice: str
    language: str
    method: str
    source: str
    ref: str | None
    created_at: int
    expires_at: int
    settled_at: int | None = None
    settled_as: str | None = None
