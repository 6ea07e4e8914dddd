"""The ledger of visitors: a choice becomes a signed record, linked to the one before it, and decisions."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from consent_service.domain.basics.moment import SECOND, write_time
from consent_service.domain.ledger.actor import Actor
from consent_service.domain.ledger.consent_record import RESUMED_SCHEMA, SCHEMA, ConsentRecord, ResumedRecord
from consent_service.domain.ledger.decision import Decision, Method
from consent_service.domain.ledger.notice import Notice, make_fingerprints
from consent_service.domain.site.region import REGION
from consent_service.domain.site.site import Site
from consent_service.domain.visitor.choice import ChoiceOutcome, Submission
from consent_service.domain.visitor.validity import find_choice_end
from consent_service.domain.visitor.visitor_cookie import VisitorCookie
from consent_service.services.ledger.appending_records import Place, append_signed_record, find_place
from consent_service.services.ledger.signing_records import encode_canonical_json
from consent_service.services.resources import Resources
from consent_service.storage.ledger.record_parts import RecordHead


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceMade:
    """A checked form on its way into the ledger, with the verified cookie of the visitor, if there was one."""

    submission: Submission
    notice: Notice
    cookie: VisitorCookie | None
    signal: bool


def append_choice(
    resources: Resources,
    site: Site,
    principal: str,
    choice: ChoiceMade,
    outcome: ChoiceOutcome,
    last: RecordHead | None,
    *,
    act: bytes,
    key: tuple[str, bytes],
    now: int,
    lost: VisitorCookie | None = None,
) -> RecordHead:
    """Sign what came of a choice and append it behind the last record of a principal; runs inside a write.

    ``lost`` is the visitor's own cookie where the store lost what it was issued for: numbers go on from there.
    """
    place = find_place(last, now)
    if lost:
        place = place._replace(seq=max(place.seq, lost.seq + 1))
    record = _write_record(site, principal, choice, outcome, resources.new_id(place.at), place, now)
    if lost:
        record = _resume(record, lost)
    return append_signed_record(resources, record, at=place.at, act=act, key=key)


def digest_choice(choice: ChoiceMade, outcome: ChoiceOutcome) -> bytes:
    """Digest what was done, on which notice and under which signal, so that the same act sent again is known."""
    return _digest_act(outcome.method, outcome.states, choice.notice.digest, signal=choice.signal)


def digest_recorded_choice(record: ConsentRecord) -> bytes:
    """Digest what a record says was done, in the same way; a refusal by signal has the digest of its choice."""
    return _digest_act(record.method, record.decisions, record.notice, signal=bool(record.signals))


def _digest_act(method: str, states: Mapping[str, str], notice: str, *, signal: bool) -> bytes:
    content = [method, states, notice, signal]
    return hashlib.sha256(encode_canonical_json(content)).digest()[:16]


def make_decisions(
    site: Site, choice: ChoiceMade, outcome: ChoiceOutcome, recorded: RecordHead, now: int
) -> dict[str, Decision]:
    """Make the decisions that a record of a choice stands for, each on the text the person was shown.

    They are valid from now on, also where the record is dated by a clock that was ahead before.
    """
    prints = make_fingerprints(site) | choice.notice.fingerprints
    until = find_choice_end(choice.notice, site, now)
    signalled = choice.signal and choice.notice.signal
    return {
        key: Decision(key, state, outcome.method, recorded.at, until, recorded.id, prints[key], signalled)
        for key, state in outcome.states.items()
    }


def _write_record(
    site: Site, principal: str, choice: ChoiceMade, outcome: ChoiceOutcome, identifier: str, place: Place, now: int
) -> ConsentRecord:
    return ConsentRecord(
        schema=SCHEMA,
        id=identifier,
        site=site.id,
        principal=principal,
        seq=place.seq,
        at=write_time(place.at),
        actor=Actor.BROWSER if outcome.method is Method.SIGNAL else Actor.VISITOR,
        method=outcome.method,
        decisions=dict(outcome.states),
        notice=choice.notice.digest,
        language=choice.notice.language,
        policy=choice.notice.policy,
        region=REGION,
        signals=["gpc"] if choice.signal else [],
        valid_until=write_time(find_choice_end(choice.notice, site, now)),
        previous=place.previous,
    )


def _resume(record: ConsentRecord, lost: VisitorCookie) -> ResumedRecord:
    told = {"seq": str(lost.seq), "issued": write_time(lost.issued * SECOND)}
    return ResumedRecord(**asdict(record) | {"schema": RESUMED_SCHEMA}, store_behind=told)
