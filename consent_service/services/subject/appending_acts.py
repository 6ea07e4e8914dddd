"""The ledger of messages: an act becomes a signed record, linked to the one before it."""

import hashlib
from collections.abc import Mapping
from types import MappingProxyType

from consent_service.domain.basics.moment import write_time
from consent_service.domain.ledger.consent_record import MESSAGE_SCHEMA, MessageRecord
from consent_service.domain.ledger.decision import State
from consent_service.domain.site.region import REGION
from consent_service.domain.site.site import Site
from consent_service.domain.subject.act import Act
from consent_service.domain.subject.act_folding import name_fingerprint, name_until
from consent_service.services.ledger.appending_records import Place, append_signed_record, find_place
from consent_service.services.ledger.signing_records import encode_canonical_json
from consent_service.services.resources import Resources
from consent_service.storage.records import find_last_record


def append_act(
    resources: Resources,
    site: Site,
    principal: str,
    act: Act,
    *,
    identifier: str,
    now: int,
    told: Act | None = None,
    prints: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Sign an act and append it to the records of a principal; runs inside a write.

    ``told`` is the act as it was told, by which it is known again, where it counts from another time than it said.
    """
    last = find_last_record(resources.database, principal)
    place = find_place(last, max(now, act.at))
    record = _write_record(site, principal, act, identifier, place, prints)
    append_signed_record(resources, record, at=place.at, act=digest_act(told or act), key=resources.keys.current)


def digest_act(act: Act) -> bytes:
    """Digest what was done, when and where, so that the same act is not recorded twice."""
    states = {key: str(state) for key, state in act.states.items()}
    content = [act.method, states, act.at, _write_overrides(act), act.source]
    return hashlib.sha256(encode_canonical_json(content)).digest()[:16]


def _write_record(
    site: Site, principal: str, act: Act, identifier: str, place: Place, prints: Mapping[str, str]
) -> MessageRecord:
    ends = [until for until in act.lasts_until.values() if until]
    return MessageRecord(
        schema=MESSAGE_SCHEMA,
        id=identifier,
        site=site.id,
        principal=principal,
        seq=place.seq,
        at=write_time(place.at),
        acted_at=write_time(act.at),
        actor=act.actor,
        method=act.method,
        decisions={key: str(state) for key, state in act.states.items()},
        notice=act.notice,
        language=act.language,
        policy=site.policy.version,
        region=REGION,
        signals=[],
        valid_until=write_time(min(ends)) if ends else "",
        previous=place.previous,
        source=act.source,
        evidence=dict(act.evidence),
        overrides=_write_overrides(act) | _write_terms(act, prints),
        request=act.request,
    )


def _write_terms(act: Act, prints: Mapping[str, str]) -> dict[str, str]:
    """Write what nothing else in the record tells of its yeses: when each ends, and on which text it was given."""
    granted = [purpose for purpose, state in act.states.items() if state is State.GRANTED]
    told: dict[str, str] = {}
    if len(granted) > 1:
        ends = {purpose: act.lasts_until.get(purpose, 0) for purpose in granted}
        told |= {name_until(purpose): write_time(until) for purpose, until in ends.items() if until}
    if not act.notice:
        told |= {name_fingerprint(purpose): prints[purpose] for purpose in granted if purpose in prints}
    return told


def _write_overrides(act: Act) -> dict[str, str]:
    told = {}
    if act.block:
        told["block"] = str(act.block)
    if act.erases:
        told["erases"] = "all"
    if act.lift:
        told["lift"] = str(act.lift)
    if act.stop_all:
        told["stop_all"] = write_time(act.at)
    if act.pause_until is not None:
        told["pause_until"] = write_time(act.pause_until) if act.pause_until else ""
    return told
