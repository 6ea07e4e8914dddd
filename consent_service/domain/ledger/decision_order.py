"""The order of decisions: how an answer is found from what is stored; the first rule that matches wins."""

from enum import StrEnum
from typing import NamedTuple

from consent_service.domain.ledger.decision import Decision, Method, State
from consent_service.domain.site.purpose import Purpose


class Reason(StrEnum):
    """Why an answer is yes or no."""

    UNKNOWN_PURPOSE = "unknown_purpose"
    NOT_CONSENT_BASED = "not_consent_based"
    STORE_BEHIND = "store_behind"
    NEVER_ASKED = "never_asked"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    SIGNAL = "signal"
    EXPIRED = "expired"
    OUTDATED = "outdated"
    GRANTED = "granted"
    BLOCKED_COMPLAINT = "blocked_complaint"
    BLOCKED_BOUNCE = "blocked_bounce"
    BLOCKED_MANUAL = "blocked_manual"
    BLOCKED_MINOR = "blocked_minor"
    BLOCKED_ERASED = "blocked_erased"
    PENDING = "pending"
    PAUSED = "paused"
    SOFT_OPT_IN = "soft_opt_in"


class Answer(NamedTuple):
    """Whether processing for a purpose is allowed, why, and which record proves it."""

    allowed: bool
    reason: str
    record: str | None = None
    since: int | None = None
    valid_until: int | None = None


UNKNOWN = Answer(allowed=False, reason=Reason.UNKNOWN_PURPOSE)
NOT_CONSENT_BASED = Answer(allowed=True, reason=Reason.NOT_CONSENT_BASED)
STORE_BEHIND = Answer(allowed=False, reason=Reason.STORE_BEHIND)
NEVER_ASKED = Answer(allowed=False, reason=Reason.NEVER_ASKED)


REASONS_OF_STATES: dict[str, Reason] = {
    State.WITHDRAWN: Reason.WITHDRAWN,
    State.PENDING: Reason.PENDING,
    State.EXPIRED: Reason.EXPIRED,
}
"""Why a state other than granted is no; one that is not named here counts as refused."""


def decide(purpose: Purpose | None, decision: Decision | None, *, fingerprint: str, now: int, signal: bool) -> Answer:
    """Answer for one purpose; the first rule that matches wins and anything unexpected is a deny.

    ``fingerprint`` is the purpose's present one, ``signal`` says that the browser sends its opt-out now.
    """
    if purpose is None:
        return UNKNOWN
    if not purpose.decided_by_person:
        return NOT_CONSENT_BASED
    if decision is None:
        return NEVER_ASKED
    allowed = False
    if decision.method == Method.SIGNAL:
        reason = Reason.SIGNAL
    elif decision.state != State.GRANTED:
        reason = REASONS_OF_STATES.get(decision.state, Reason.REFUSED)
    elif signal and purpose.signal and not decision.signalled:
        reason = Reason.SIGNAL
    elif now >= decision.valid_until > 0:
        reason = Reason.EXPIRED
    elif decision.fingerprint != fingerprint:
        reason = Reason.OUTDATED
    else:
        allowed, reason = True, Reason.GRANTED
    return Answer(allowed, reason, decision.record, decision.at, decision.valid_until or None)


def decide_behind(purpose: Purpose | None) -> Answer:
    """Answer for one purpose where the visitor's own cookie is newer than what is stored: that may have been a no."""
    if purpose is None:
        return UNKNOWN
    return STORE_BEHIND if purpose.decided_by_person else NOT_CONSENT_BASED


def needs_asking(purpose: Purpose, decision: Decision | None, *, fingerprint: str, now: int, signal: bool) -> bool:
    """Say whether the banner asks for a purpose: never asked, expired, or granted to a text since changed.

    A refusal stands until it expires, whatever changes in between. A purpose that the browser's signal covers
    is not asked while the signal is on, and a sensitive one never in the banner.
    """
    if not purpose.asked or purpose.needs_own_yes(signal=signal):
        return False
    if decision is None or now >= decision.valid_until:
        return True
    return decision.state == State.GRANTED and decision.fingerprint != fingerprint
