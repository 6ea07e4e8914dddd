"""Folding records of choices: for each purpose the newest record that speaks of it is in force."""

from collections.abc import Mapping

from consent_service.domain.basics.moment import read_time
from consent_service.domain.ledger.consent_record import ConsentRecord, ResumedRecord
from consent_service.domain.ledger.decision import Decision

UNTOLD = ""
"""In the place of the fingerprint of a purpose that is not on the notice: the browser's signal spoke of it."""


def fold_choice(
    current: Mapping[str, Decision], record: ConsentRecord, notice_prints: Mapping[str, str], *, notice_signal: bool
) -> dict[str, Decision]:
    """Return what is in force after a record, whose notice has these fingerprints and is or is not for the signal."""
    at, until = read_time(record.at), read_time(record.valid_until)
    signalled = bool(record.signals) and notice_signal
    decided = {
        purpose: Decision(
            purpose, state, record.method, at, until, record.id, notice_prints.get(purpose, UNTOLD), signalled
        )
        for purpose, state in record.decisions.items()
    }
    # What was lost may have been a no to any of it.
    return decided if isinstance(record, ResumedRecord) else {**current, **decided}
