"""Events: what a webhook can be told, and which change is which event."""

from collections.abc import Mapping
from enum import StrEnum

from consent_service.domain.ledger.decision import State
from consent_service.domain.site.purpose import Purpose
from consent_service.domain.subject.act import ChangeKind


class Event(StrEnum):
    """Something a webhook can ask to be told."""

    GRANTED = "consent.granted"
    WITHDRAWN = "consent.withdrawn"
    EXPIRED = "consent.expired"
    SUPPRESSION_ADDED = "suppression.added"
    SUPPRESSION_REMOVED = "suppression.removed"
    ERASED = "subject.erased"
    IMPORT_FINISHED = "import.finished"
    DECLARED_MINOR = "subject.declared_minor"
    CONFIRM_REQUESTED = "subscription.confirm_requested"


BY_STATE: Mapping[str, Event] = {
    State.GRANTED: Event.GRANTED,
    State.REFUSED: Event.WITHDRAWN,
    State.WITHDRAWN: Event.WITHDRAWN,
    State.EXPIRED: Event.EXPIRED,
}


def find_event(kind: str, after: str) -> Event | None:
    """Name the event of a change by its kind and what it led to; None for what no webhook is told."""
    match kind:
        case ChangeKind.DECISION:
            return BY_STATE.get(after)
        case ChangeKind.BLOCK:
            return Event.SUPPRESSION_ADDED if after else Event.SUPPRESSION_REMOVED
        case ChangeKind.STOP:
            return Event.WITHDRAWN if after else None
        case ChangeKind.ERASURE:
            return Event.ERASED
    return None


def write_event_data(
    seq: int, subject: str, ref: str | None, purpose: Purpose | None, kind: str, name: str, after: str
) -> dict[str, object]:
    """Write the data of an event: a number for the order, whose it is, and the state it led to; no address."""
    state = {ChangeKind.BLOCK: f"blocked_{name}" if after else "not_blocked", ChangeKind.STOP: "withdrawn"}
    return {
        "seq": seq,
        "subject": subject,
        "ref": ref,
        "channel": purpose.channel if purpose else None,
        "topic": purpose.topic_name if purpose else None,
        "state": state.get(ChangeKind(kind), after),
    }
