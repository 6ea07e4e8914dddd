"""Recording a visitor's choice: record, decisions and notice in one transaction."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from consent_service.domain.basics.canonical_json import write_canonical_json
from consent_service.domain.basics.moment import SECOND, write_time
from consent_service.domain.identifier import name_visitor, write_visitor_id
from consent_service.domain.ledger.actor import Actor
from consent_service.domain.ledger.consent_record import SCHEMA, ConsentRecord
from consent_service.domain.ledger.decision import Decision, Method, State, decide
from consent_service.domain.ledger.notice import Notice, make_fingerprints
from consent_service.domain.site.region import REGION
from consent_service.domain.site.site import Site
from consent_service.domain.visitor.choice import ChoiceOutcome, Submission, interpret_submission
from consent_service.domain.visitor.validity import find_choice_end, find_cookie_end
from consent_service.domain.visitor.visitor_cookie import VisitorCookie
from consent_service.keys.signing import sign
from consent_service.services.ledger.signing_records import sign_consent_record
from consent_service.services.resources import Resources
from consent_service.storage.notices import archive_notice
from consent_service.storage.records import StoredRecord, append_record, list_latest_records
from consent_service.storage.visitor_states import read_current_decisions, replace_decisions

REPEAT_WINDOW = 10 * SECOND
"""The same act sent again within 10 seconds, by a double click or a retry, is one act."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceMade:
    """A checked form on its way into the ledger; ``visitor`` is the id of a verified cookie, if there was one."""

    submission: Submission
    notice: Notice
    visitor: str | None
    signal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What is known after a choice: the cookie, its signed text, and for how many seconds a browser is to keep it.

    ``allowed`` are the purposes now allowed. The cookie never outlives a yes that it carries.
    """

    cookie: VisitorCookie
    signed: str
    max_age: int
    record: str
    allowed: frozenset[str]


def record_choice(resources: Resources, site: Site, choice: ChoiceMade) -> Recorded:
    """Record a choice and return the visitor's new cookie content.

    A visitor id is minted unless the cookie's visitor is known here. Under the browser's opt-out signal the
    purposes it covers that were not on the form are recorded as refused by signal, once. Raises ChoiceFault for a
    form that contradicts its notice and StorageUnavailable when nothing could be kept.
    """
    shown = [site.purpose_by_key[key] for key in choice.notice.purposes if key in site.purpose_by_key]
    dropped = set(choice.notice.purposes) - set(site.purpose_by_key)
    database = resources.database
    key = resources.keys.current
    with database.write():
        now = resources.clock()
        visitor, last = _visitor(resources, site, choice.visitor)
        principal = name_visitor(site.id, visitor)
        current = read_current_decisions(database, principal) if last else {}
        outcome = interpret_submission(choice.submission, shown, current, signal=choice.signal, dropped=dropped)
        act = _act(outcome.method, tuple(outcome.states.items()), choice.notice.digest, choice.signal)
        if last is None or last.act != act or now - last.at >= REPEAT_WINDOW:
            archive_notice(database, choice.notice, now)
            ledger = _Ledger(resources, site, choice, principal, act, now, key)
            last = ledger.append(outcome, last, current)
            if choice.signal and (covered := _covered(site, current)):
                by_signal = ChoiceOutcome(Method.SIGNAL, dict.fromkeys(covered, State.REFUSED))
                last = ledger.append(by_signal, last, current)
    return _recorded(key, site, visitor, last, current, signal=choice.signal)


def _visitor(resources: Resources, site: Site, known: str | None) -> tuple[str, StoredRecord | None]:
    """Take over the cookie's visitor where a record of it exists; an erased or foreign id gets a new one."""
    if known:
        latest = list_latest_records(resources.database, name_visitor(site.id, known), 1)
        if latest:
            return known, latest[0]
    return write_visitor_id(resources.randomness(16)), None


@lru_cache(maxsize=1024)
def _act(method: Method, states: tuple[tuple[str, State], ...], notice: str, signal: bool) -> str:
    """Digest what was done, by which the same act sent again is known."""
    return hashlib.sha256(write_canonical_json([method, dict(states), notice, signal])).hexdigest()[:32]


def _covered(site: Site, current: Mapping[str, Decision]) -> list[str]:
    """List what the signal newly refuses: covered, and not chosen on a form that spoke of the signal."""

    def open_to_signal(key: str) -> bool:
        decision = current.get(key)
        return decision is None or (decision.state == State.GRANTED and not decision.signalled)

    return [p.key for p in site.cookie_purposes if p.signal and open_to_signal(p.key)]


@dataclass(frozen=True, slots=True)
class _Ledger:
    """Appends the statements of one submission, each linked to the one before."""

    resources: Resources
    site: Site
    choice: ChoiceMade
    principal: str
    act: str
    now: int
    key: tuple[str, bytes]

    def append(self, outcome: ChoiceOutcome, last: StoredRecord | None, current: dict[str, Decision]) -> StoredRecord:
        """Append one statement and bring ``current`` up to date; a clock that went back never reorders records."""
        at = max(self.now, last.at) if last else self.now
        record = self._record(outcome, last, at)
        signed = sign_consent_record(record, self.key)
        stored = StoredRecord(self.principal, record.seq, record.id, at, self.act, signed)
        prints = make_fingerprints(self.site) | self.choice.notice.fingerprints
        valid_until = find_choice_end(self.choice.notice, self.site, at)
        signalled = self.choice.signal and self.choice.notice.signal
        decided = {
            key: Decision(key, state, outcome.method, at, valid_until, record.id, prints[key], signalled)
            for key, state in outcome.states.items()
        }
        append_record(self.resources.database, self.site.id, stored)
        current |= decided
        replace_decisions(self.resources.database, self.principal, current.values())
        return stored

    def _record(self, outcome: ChoiceOutcome, last: StoredRecord | None, at: int) -> ConsentRecord:
        return ConsentRecord(
            schema=SCHEMA,
            id=self.resources.new_id(at),
            site=self.site.id,
            principal=self.principal,
            seq=last.seq + 1 if last else 1,
            at=write_time(at),
            actor=Actor.BROWSER if outcome.method is Method.SIGNAL else Actor.VISITOR,
            method=outcome.method,
            decisions=dict(outcome.states),
            notice=self.choice.notice.digest,
            language=self.choice.notice.language,
            policy=self.choice.notice.policy,
            region=REGION,
            signals=["gpc"] if self.choice.signal else [],
            valid_until=write_time(find_choice_end(self.choice.notice, self.site, at)),
            previous=last.id if last else None,
        )


def _recorded(
    key: tuple[str, bytes],
    site: Site,
    visitor: str,
    last: StoredRecord,
    current: Mapping[str, Decision],
    *,
    signal: bool,
) -> Recorded:
    prints = make_fingerprints(site)
    allowed = frozenset(
        p.key
        for p in site.cookie_purposes
        if decide(p, current.get(p.key), fingerprint=prints[p.key], now=last.at, signal=signal).allowed
    )
    letters = "".join(sorted(site.purpose_by_key[key].letter for key in allowed))
    kid, seed = key
    cookie = VisitorCookie(letters, visitor, last.seq, last.at // SECOND, kid)
    signed = sign(seed, cookie.text().encode()).decode()
    max_age = (find_cookie_end(site, current, allowed, last.at) - last.at) // SECOND
    return Recorded(cookie=cookie, signed=signed, max_age=max_age, record=last.id, allowed=allowed)
