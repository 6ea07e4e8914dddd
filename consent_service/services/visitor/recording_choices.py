"""Recording a visitor's choice: record, decisions and notice in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass

from consent_service.domain.basics.moment import SECOND
from consent_service.domain.identifier import name_visitor, write_visitor_id
from consent_service.domain.ledger.decision import Decision, Method, State
from consent_service.domain.ledger.decision_order import decide
from consent_service.domain.ledger.denial import DenialKind, NotedDenial
from consent_service.domain.ledger.notice import make_fingerprints
from consent_service.domain.site.site import Site
from consent_service.domain.visitor.choice import ChoiceOutcome, interpret_submission
from consent_service.domain.visitor.validity import find_cookie_end
from consent_service.domain.visitor.visitor_cookie import VisitorCookie
from consent_service.keys.signing import sign
from consent_service.services.ledger.noting_denials import note_denial, pick_denied
from consent_service.services.resources import Resources
from consent_service.services.visitor.appending_choices import ChoiceMade, append_choice, digest_choice, make_decisions
from consent_service.storage.engine.claims import claim_principal
from consent_service.storage.ledger.record_parts import RecordHead
from consent_service.storage.notices import archive_notice
from consent_service.storage.records import find_last_record
from consent_service.storage.standings import read_current_decisions, replace_decisions

REPEAT_WINDOW = 10 * SECOND
"""The same act sent again within 10 seconds, by a double click or a retry, is one act."""


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
    purposes it covers that were not on the form are recorded as refused by signal, once. Where the cookie is newer than
    what is stored, nothing that is stored counts any longer, and the record says so. Raises ChoiceFault for a
    form that contradicts its notice and StorageUnavailable when nothing could be kept.
    """
    shown = [site.purpose_by_key[key] for key in choice.notice.purposes if key in site.purpose_by_key]
    dropped = set(choice.notice.purposes) - set(site.purpose_by_key)
    database = resources.database
    key = resources.keys.current
    known = [claim_principal(name_visitor(site.id, choice.cookie.visitor))] if choice.cookie else []
    with database.write(*known):
        now = resources.clock()
        visitor, last = _find_visitor(resources, site, choice.cookie)
        lost = choice.cookie if last and choice.cookie and choice.cookie.is_newer(last.seq, last.at) else None
        principal = name_visitor(site.id, visitor)
        current = read_current_decisions(database, principal) if last and not lost else {}
        outcome = interpret_submission(choice.submission, shown, current, signal=choice.signal, dropped=dropped)
        act = digest_choice(choice, outcome)
        if last is None or lost or last.act != act or now - last.at >= REPEAT_WINDOW:
            archive_notice(database, choice.notice, now)
            last = append_choice(
                resources, site, principal, choice, outcome, last, act=act, key=key, now=now, lost=lost
            )
            current |= make_decisions(site, choice, outcome, last, now)
            if choice.signal and (covered := _list_covered(site, current)):
                by_signal = ChoiceOutcome(Method.SIGNAL, dict.fromkeys(covered, State.REFUSED))
                last = append_choice(resources, site, principal, choice, by_signal, last, act=act, key=key, now=now)
                current |= make_decisions(site, choice, by_signal, last, now)
                outcome = ChoiceOutcome(outcome.method, {**outcome.states, **by_signal.states})
            replace_decisions(database, principal, current.values())
            _note_denied(resources, last, outcome, current)
    return _write_recorded(key, site, visitor, last, current, now, signal=choice.signal)


def _note_denied(
    resources: Resources, last: RecordHead, outcome: ChoiceOutcome, current: Mapping[str, Decision]
) -> None:
    if states := pick_denied(outcome.states):
        until = max(current[purpose].valid_until for purpose in states)
        denial = NotedDenial(
            kind=DenialKind.NO,
            principal=last.principal,
            at=last.at,
            seq=last.seq,
            states=states,
            valid_until=until,
            record=last.id,
        )
        note_denial(resources, denial)


def _find_visitor(resources: Resources, site: Site, cookie: VisitorCookie | None) -> tuple[str, RecordHead | None]:
    """Take over the cookie's visitor where a record of it exists; an erased or foreign id gets a new one."""
    if cookie:
        last = find_last_record(resources.database, name_visitor(site.id, cookie.visitor))
        if last:
            return cookie.visitor, last
    return write_visitor_id(resources.randomness(16)), None


def _list_covered(site: Site, current: Mapping[str, Decision]) -> list[str]:
    """List what the signal newly refuses: covered, and not chosen on a form that spoke of the signal."""

    def may_refuse(key: str) -> bool:
        decision = current.get(key)
        return decision is None or (decision.state == State.GRANTED and not decision.signalled)

    return [p.key for p in site.cookie_purposes if p.signal and may_refuse(p.key)]


def _write_recorded(
    key: tuple[str, bytes],
    site: Site,
    visitor: str,
    last: RecordHead,
    current: Mapping[str, Decision],
    now: int,
    *,
    signal: bool,
) -> Recorded:
    # A record dated by a clock that was ahead makes no cookie from the future, which nobody would believe.
    issued = min(last.at, now)
    prints = make_fingerprints(site)
    allowed = frozenset(
        p.key
        for p in site.cookie_purposes
        if decide(p, current.get(p.key), fingerprint=prints[p.key], now=issued, signal=signal).allowed
    )
    letters = "".join(sorted(site.purpose_by_key[key].letter for key in allowed))
    kid, seed = key
    cookie = VisitorCookie(letters, visitor, last.seq, issued // SECOND, kid)
    signed = sign(seed, cookie.text().encode()).decode()
    max_age = (find_cookie_end(site, current, allowed, issued) - issued) // SECOND
    return Recorded(cookie=cookie, signed=signed, max_age=max_age, record=last.id, allowed=allowed)
