"""The client's answer for one purpose, and how the service's answer becomes one."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from consent_service.domain.ledger.decision_order import Reason


class Source(StrEnum):
    """Where an answer comes from: the service, the visitor's own signed cookie, or nowhere."""

    SERVICE = "service"
    COOKIE = "cookie"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ClientAnswer:
    """Whether a purpose is allowed and why.

    ``reason`` is one of the service's; from a cookie ``granted`` or ``not_granted``; else ``unavailable``.
    """

    allowed: bool
    reason: str
    source: Source


GRANTED = ClientAnswer(True, "granted", Source.COOKIE)
NOT_GRANTED = ClientAnswer(False, "not_granted", Source.COOKIE)
UNAVAILABLE = ClientAnswer(False, "unavailable", Source.NONE)

REASONS_TO_ALLOW = frozenset({Reason.GRANTED, Reason.NOT_CONSENT_BASED})


@dataclass(frozen=True, slots=True)
class ServiceAnswer:
    """What the service said: whose cookie it was, if it believed it, and the answers by purpose."""

    visitor: str | None
    answers: dict[str, ClientAnswer]


def read_service_answer(body: bytes, visitor: str | None, purposes: Sequence[str]) -> ServiceAnswer:
    """Read the body of a check; raises ValueError unless it answers this very question without contradiction.

    ``visitor`` is the one asked about, None where there was no readable cookie.
    """
    document = json.loads(body)
    if not isinstance(document, dict) or not isinstance(document.get("decisions"), dict):
        raise ValueError("not an answer of the check API")
    confirmed, decisions = document.get("visitor", ""), document["decisions"]
    if confirmed is not None and confirmed != visitor:
        raise ValueError("the answer is about somebody else")
    if set(decisions) != set(purposes):
        raise ValueError("the answer is about other purposes")
    return ServiceAnswer(confirmed, {key: _answer(decisions[key], confirmed) for key in purposes})


def _answer(decision: object, visitor: str | None) -> ClientAnswer:
    if not isinstance(decision, dict):
        raise ValueError("a decision is not an object")
    allowed, reason = decision.get("allowed"), decision.get("reason")
    if not isinstance(allowed, bool) or not isinstance(reason, str):
        raise ValueError("a decision lacks 'allowed' or 'reason'")
    contradictory = allowed != (reason in REASONS_TO_ALLOW) or (reason == Reason.GRANTED and visitor is None)
    if contradictory:
        raise ValueError("a decision contradicts its reason")
    return ClientAnswer(allowed, reason, Source.SERVICE)
