"""Acting: an act about messages becomes a signed record, a new standing, rows of the feed and jobs, in one go."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import NamedTuple

from consent_service.domain.errors import ActFault
from consent_service.domain.feed.feed_change import FeedChange
from consent_service.domain.ledger.decision import State
from consent_service.domain.ledger.notice import make_fingerprints
from consent_service.domain.site.site import Site
from consent_service.domain.subject.act import MAX_SKEW, Act, ActVerdict, Change, ChangeKind, apply_act
from consent_service.domain.subject.act_denial import make_act_denial
from consent_service.domain.subject.act_time import place_act
from consent_service.domain.subject.standing import Standing
from consent_service.services.feed.announcing_changes import announce
from consent_service.services.ledger.noting_denials import note_denial
from consent_service.services.resources import Resources
from consent_service.services.subject.appending_acts import append_act, digest_act
from consent_service.services.subject.identifying_subjects import list_other_principals, read_standing_of
from consent_service.services.subject.settling_requests import settle_covered_requests
from consent_service.storage.changes import append_changes, find_head
from consent_service.storage.endings import set_ending
from consent_service.storage.engine.claims import claim_feed
from consent_service.storage.records import has_act
from consent_service.storage.standings import find_standing, write_standing
from consent_service.storage.subjects import find_ref


class Acted(NamedTuple):
    """What became of an act: its record's id, or None where nothing was to be recorded, and the standing after it.

    ``seq`` is the number of its last change in the feed, 0 for no change.
    """

    record: str | None
    standing: Standing
    verdicts: Mapping[str, ActVerdict]
    changes: tuple[Change, ...]
    seq: int


def act_together(resources: Resources, site: Site) -> AbstractContextManager[None]:
    """Hold several acts on subjects of a site together: all of them are kept, or none."""
    return resources.database.write(claim_feed(site.id))


def record_act(
    resources: Resources,
    site: Site,
    principal: str,
    act: Act,
    *,
    prints: Mapping[str, str] | None = None,
    others: Sequence[str] | None = None,
) -> Acted:
    """Record an act of or about a subject; one that changes nothing writes nothing, however often it comes.

    ``prints`` are the fingerprints of the purposes in the text the person was shown, where that is not the present
    one. ``others`` are principals of the same person under other forms of their number, which are found where they
    are not given: the act is recorded for each, and a yes has to get past the no of any. Raises ActFault for an act
    dated more than five minutes ahead and StorageUnavailable when nothing was kept.
    """
    if others is None:
        others = list_other_principals(resources, site, principal)
    if not others:
        return _record_one(resources, site, principal, act, prints)
    with resources.database.write(claim_feed(site.id)):
        joined = read_standing_of(resources, site, principal, others)
        placed = place_act(act, joined, resources.clock())
        verdicts = apply_act(joined, placed, record="", fingerprints={}).verdicts
        passes = {
            purpose: state
            for purpose, state in act.states.items()
            if state != State.GRANTED or verdicts[purpose] is ActVerdict.APPLIED
        }
        allowed = replace(act, states=passes)
        acted = [_record_one(resources, site, one, allowed, prints) for one in (principal, *others)]
        standing = read_standing_of(resources, site, principal, others)
    told = next((one for one in acted if one.record), acted[0])
    changes = tuple(change for one in acted for change in one.changes)
    return Acted(told.record, standing, {**verdicts, **told.verdicts}, changes, max(one.seq for one in acted))


def _record_one(resources: Resources, site: Site, principal: str, act: Act, prints: Mapping[str, str] | None) -> Acted:
    database = resources.database
    current = make_fingerprints(site) | dict(prints or {})
    identifier = resources.new_id(resources.clock())
    # A read alone answers what changes nothing, so that repeats never wait for a writer.
    before = find_standing(database, principal)
    placed = place_act(act, before, resources.clock())
    effect = apply_act(before, placed, record=identifier, fingerprints=current)
    if not effect.worth_recording:
        # Another version may keep elsewhere what would be changed.
        database.require_generation()
        settle_covered_requests(resources, principal, placed)
        return Acted(None, effect.standing, effect.verdicts, (), 0)
    with database.write(claim_feed(site.id)):
        now = resources.clock()
        if act.at > now + MAX_SKEW and not act.happens_now:
            raise ActFault("future_time", "the time of the act lies in the future")
        standing = find_standing(database, principal)
        if standing != before:
            placed = place_act(act, standing, now)
            effect = apply_act(standing, placed, record=identifier, fingerprints=current)
        if _is_repeated_yes(resources, principal, act, now):
            return Acted(None, standing, dict.fromkeys(act.states, ActVerdict.UNCHANGED), (), 0)
        known = not effect.changes and (not effect.worth_recording or has_act(database, principal, digest_act(act)))
        seq = 0
        if not known:
            append_act(resources, site, principal, placed, identifier=identifier, now=now, told=act, prints=current)
            if denial := make_act_denial(principal, placed, effect, identifier):
                note_denial(resources, denial)
            seq = commit_changes(resources, site, principal, placed, effect.standing, effect.changes, identifier, now)
        settle_covered_requests(resources, principal, placed)
    return Acted(None if known else identifier, effect.standing, effect.verdicts, effect.changes, seq)


def _is_repeated_yes(resources: Resources, principal: str, act: Act, now: int) -> bool:
    """Say whether a yes dated ahead of the clock was told before; it would be newer each time it is sent."""
    ahead = act.at > now and State.GRANTED in act.states.values()
    return ahead and has_act(resources.database, principal, digest_act(act))


def note_request(resources: Resources, principal: str, act: Act, *, record: str, prints: Mapping[str, str]) -> None:
    """Let a request that was recorded under an id of its own show as pending where nothing was decided yet.

    Runs inside a write. The request's record stays apart from the subject's own, so that it can go without a gap
    when nobody confirms it. For the same reason the feed is not told: nothing became allowed or forbidden by it.
    """
    effect = apply_act(find_standing(resources.database, principal), act, record=record, fingerprints=prints)
    if effect.changes:
        write_standing(resources.database, principal, effect.standing)


def commit_changes(
    resources: Resources,
    site: Site,
    principal: str,
    act: Act,
    standing: Standing,
    changes: Sequence[Change],
    record: str,
    now: int,
) -> int:
    """Write a standing, its changes into the feed and the jobs that announce them; return the last number or 0.

    Runs inside a write. What only waits for a confirmation is not told: it allows and forbids nothing.
    """
    database = resources.database
    if changes:
        write_standing(database, principal, standing)
    told = [change for change in changes if change.after != State.PENDING]
    if not told:
        return 0
    ref = find_ref(database, principal)
    rows = []
    for number, change in enumerate(told, start=find_head(database, site.id) + 1):
        until = 0
        if change.kind is ChangeKind.DECISION:
            until = act.lasts_until.get(change.name, 0) if change.after == State.GRANTED else 0
            if until or change.before == State.GRANTED:
                set_ending(database, principal, change.name, site.id, until)
        before = "none" if change.before == State.PENDING else change.before
        what = (change.kind, change.name, before, change.after, until)
        rows.append(FeedChange(number, now, act.at, principal, ref, *what, act.method, act.source, record))
    append_changes(database, site.id, rows)
    announce(resources, site, rows, now)
    return rows[-1].seq
