"""Replaying denials: what was taken away since a backup is said again, by the operator, as of when it was said."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import NamedTuple

from consent_service.domain.basics.moment import write_time
from consent_service.domain.identifier import is_visitor
from consent_service.domain.ledger.actor import Actor
from consent_service.domain.ledger.consent_record import RESUMED_SCHEMA, SCHEMA, ConsentRecord, ResumedRecord
from consent_service.domain.ledger.decision import Decision, Method, State
from consent_service.domain.ledger.denial import DenialKind, NotedDenial
from consent_service.domain.ledger.notice import Notice
from consent_service.domain.ledger.rewording import make_register_notices
from consent_service.domain.messages.subscription_request import RequestEnd
from consent_service.domain.site.region import REGION
from consent_service.domain.site.site import Site
from consent_service.domain.subject.act import NO, Act
from consent_service.domain.subject.act_time import find_newest_time
from consent_service.domain.subject.standing import Block
from consent_service.services.backup.describing_backups import BackupFault
from consent_service.services.ledger.appending_records import Place, append_signed_record, find_place
from consent_service.services.resources import Resources
from consent_service.services.rights.erasing import erase_subject, erase_visitor
from consent_service.services.subject.recording_acts import record_act
from consent_service.services.subject.settling_requests import end_request
from consent_service.services.visitor.appending_choices import digest_recorded_choice
from consent_service.storage.engine.claims import claim_feed, claim_principal
from consent_service.storage.ledger.record_parts import RecordHead
from consent_service.storage.notices import archive_notice
from consent_service.storage.records import find_last_record, find_record
from consent_service.storage.requests import find_request_by_hash
from consent_service.storage.standings import find_standing, read_current_decisions, replace_decisions

ACTOR = f"{Actor.OPERATOR}:restore"
SOURCE = "restore"


class Replayed(NamedTuple):
    """How many denials were read, and how many of them took something away that the backup still allowed or held."""

    read: int
    applied: int


def replay_denials(resources: Resources, sites: Mapping[str, Site], denials: Iterable[NotedDenial]) -> Replayed:
    """Say every denial again whose record is not known; harmless to repeat.

    Raises BackupFault for one of a site that has no file.
    """
    read = applied = 0
    registers = {site.id: next(make_register_notices(site)) for site in sites.values()}
    for denial in denials:
        site = sites.get(denial.principal.partition("/")[0])
        if site is None:
            named = denial.principal.partition("/")[0]
            raise BackupFault(f"the journal of denials tells of the site {named!r}, of which there is no site file")
        read += 1
        applied += _replay(resources, site, registers[site.id], denial)
    return Replayed(read, applied)


def _replay(resources: Resources, site: Site, register: Notice, denial: NotedDenial) -> bool:
    if denial.record and find_record(resources.database, denial.record):
        return False
    if denial.kind is DenialKind.REQUEST:
        return _replay_request(resources, site, denial)
    if denial.kind is DenialKind.ERASURE:
        return _replay_erasure(resources, site, denial)
    if is_visitor(denial.principal):
        return _replay_choice(resources, site, register, denial)
    return _replay_act(resources, site, denial)


def _replay_request(resources: Resources, site: Site, denial: NotedDenial) -> bool:
    with resources.database.write(claim_feed(site.id)):
        request = find_request_by_hash(resources.database, denial.request)
        return bool(request and end_request(resources, request, RequestEnd.NOT_ME, resources.clock()))


def _replay_erasure(resources: Resources, site: Site, denial: NotedDenial) -> bool:
    if is_visitor(denial.principal):
        return erase_visitor(resources, site, denial.principal.rpartition("/")[2], ACTOR) > 0
    known = find_standing(resources.database, denial.principal)
    if find_newest_time(known) > denial.at:
        # They came back since, and what is known was said after it.
        return False
    erase_subject(resources, site, denial.principal, ACTOR, block=Block(denial.block), others=())
    return find_standing(resources.database, denial.principal) != known


def _replay_act(resources: Resources, site: Site, denial: NotedDenial) -> bool:
    standing = find_standing(resources.database, denial.principal)
    # A yes that came later is in the backup itself, and the no before it is over.
    states = {
        purpose: State(state)
        for purpose, state in denial.states.items()
        if (known := standing.decisions.get(purpose)) is None or known.at <= denial.at
    }
    act = Act(
        method=Method.OPERATOR,
        actor=ACTOR,
        at=denial.at,
        states=states,
        block=Block(denial.block) if denial.block else None,
        stop_all=denial.stop_all,
        pause_until=denial.pause_until if denial.pause_until > resources.clock() else None,
        source=SOURCE,
        evidence={"record": denial.record} if denial.record else {},
    )
    return bool(record_act(resources, site, denial.principal, act, others=()).changes)


def _replay_choice(resources: Resources, site: Site, register: Notice, denial: NotedDenial) -> bool:
    """Record a visitor's no again under its own number, where it is not known.

    Where records between it and the last one known were lost, what was said before them holds no longer. Of a purpose
    that the site file no longer has, what was said is forgotten.
    """
    database, principal = resources.database, denial.principal
    with database.write(claim_principal(principal)):
        before = read_current_decisions(database, principal)
        denied = {key: state for key, state in denial.states.items() if not _is_known(before.get(key), denial)}
        left = {key: decision for key, decision in before.items() if key not in denied}
        states = {key: state for key, state in denied.items() if key in register.purposes}
        if states:
            head, gap = _append_denied(resources, site, register, denial, states)
            left = {} if gap else left
            for key, state in states.items():
                said = (key, state, Method.OPERATOR, denial.at, denial.valid_until, head.id)
                left[key] = Decision(*said, register.fingerprints[key], False)
        if left != before:
            replace_decisions(database, principal, left.values())
    return left != before


def _append_denied(
    resources: Resources, site: Site, register: Notice, denial: NotedDenial, states: Mapping[str, str]
) -> tuple[RecordHead, bool]:
    """Append the record, and say whether there is a gap in front of it; runs inside a write."""
    archive_notice(resources.database, register, resources.clock())
    place = find_place(find_last_record(resources.database, denial.principal), denial.at)
    gap = denial.seq > place.seq
    if gap:
        place = place._replace(seq=denial.seq)
    record = _write_record(site, register, denial, states, resources.new_id(place.at), place)
    if gap:
        lost = {"seq": str(denial.seq - 1), "issued": write_time(place.at)}
        record = ResumedRecord(**asdict(record) | {"schema": RESUMED_SCHEMA}, store_behind=lost)
    act = digest_recorded_choice(record)
    return append_signed_record(resources, record, at=place.at, act=act, key=resources.keys.current), gap


def _is_known(decision: Decision | None, denial: NotedDenial) -> bool:
    return decision is not None and (decision.at > denial.at or (decision.state in NO and decision.at == denial.at))


def _write_record(
    site: Site, register: Notice, denial: NotedDenial, states: Mapping[str, str], identifier: str, place: Place
) -> ConsentRecord:
    return ConsentRecord(
        schema=SCHEMA,
        id=identifier,
        site=site.id,
        principal=denial.principal,
        seq=place.seq,
        at=write_time(place.at),
        actor=ACTOR,
        method=Method.OPERATOR,
        decisions=dict(states),
        notice=register.digest,
        language=register.language,
        policy=site.policy.version,
        region=REGION,
        signals=[],
        valid_until=write_time(denial.valid_until),
        previous=place.previous,
    )
