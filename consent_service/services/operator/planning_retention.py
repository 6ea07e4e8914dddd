"""Planning: which of somebody's records may go, so that all that is in force still follows from those that stay.

Only the oldest go, one after the other, so that what stays is a chain without a gap.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from consent_service.domain.basics.moment import DAY, read_time
from consent_service.domain.feed.feed_change import CHANGES_KEPT
from consent_service.domain.ledger.consent_record import ConsentRecord, MessageRecord, read_record
from consent_service.domain.ledger.decision import Decision, State
from consent_service.domain.ledger.retention import find_kept_until
from consent_service.domain.site.site import Site
from consent_service.domain.subject.act import Change
from consent_service.domain.subject.act_folding import fold_record
from consent_service.domain.subject.standing import NO_STANDING, Standing
from consent_service.domain.visitor.choice_folding import fold_choice
from consent_service.keys.record_verification import verify_record
from consent_service.storage.records import StoredRecord

NO = frozenset({State.REFUSED, State.WITHDRAWN})
"""A visitor may have withdrawn without ever having said yes."""
Folded = TypeVar("Folded")


class RetentionPlan(NamedTuple):
    """How many of the oldest records go, the class that kept each for longest, and whether the standing goes too."""

    classes: tuple[str, ...] = ()
    whole: bool = False

    @property
    def removed(self) -> int:
        """The number of records that go."""
        return len(self.classes)


NOTHING_GOES = RetentionPlan()


def read_verified(public_keys: Mapping[str, bytes], stored: Iterable[StoredRecord]) -> list[ConsentRecord] | None:
    """Read records; None where one of them does not verify, because then nothing is known for sure."""
    try:
        return [read_record(json.loads(verify_record(public_keys, record.signed))) for record in stored]
    except ValueError:
        return None


def plan_visitor(site: Site, records: Sequence[ConsentRecord], now: int) -> RetentionPlan:
    """Plan for a visitor: who only ever said no is forgotten when that is over, a yes when its class is over as well.

    What is in force goes with all records, once it is over: it allows no more than if nobody had been asked.
    """
    folded = _fold_visitor(records)
    over = all(decision.valid_until <= now for decision in folded[-1].values()) if folded else False
    if over and all(NO.issuperset(record.decisions.values()) for record in records):
        return RetentionPlan(tuple(_name_class(site, record, now) for record in records), whole=True)
    classes = _list_due(site, records, [_list_resting(one) for one in folded], now, spare=not over)
    return RetentionPlan(classes, whole=over and len(classes) == len(records))


def plan_subject(site: Site, records: Sequence[MessageRecord], stored: Standing, now: int) -> RetentionPlan:
    """Plan for a person: what is in force stays with the records it follows from, and with those the feed tells of."""
    try:
        standings, changes = _fold_subject(records)
    except ValueError:
        return NOTHING_GOES
    if not standings or _digest(standings[-1]) != _digest(stored):
        return NOTHING_GOES
    resting = [_list_resting(standing.decisions) for standing in standings]
    classes = _list_due(site, records, resting, now, spare=True)
    while classes:
        kept = records[len(classes) :]
        fewer, told = _fold_subject(kept)
        young = [place for place, record in enumerate(kept) if read_time(record.at) >= now - CHANGES_KEPT - 2 * DAY]
        same = all(told[place] == changes[len(classes) + place] for place in young)
        if kept and same and _digest(fewer[-1]) == _digest(stored):
            return RetentionPlan(classes)
        classes = classes[:-1]
    return NOTHING_GOES


def _fold_visitor(records: Iterable[ConsentRecord]) -> list[Mapping[str, Decision]]:
    current: Mapping[str, Decision] = {}
    folded: list[Mapping[str, Decision]] = []
    for record in records:
        current = fold_choice(current, record, {}, notice_signal=False)
        folded.append(current)
    return folded


def _fold_subject(records: Iterable[MessageRecord]) -> tuple[list[Standing], list[tuple[Change, ...]]]:
    standing, standings, changes = NO_STANDING, [], []
    for record in records:
        effect = fold_record(standing, record, {}).effect
        standing = effect.standing
        standings.append(standing)
        changes.append(effect.changes)
    return standings, changes


def _list_resting(decisions: Mapping[str, Decision]) -> frozenset[str]:
    """List the records that what is in force rests on."""
    return frozenset(decision.record for decision in decisions.values())


def _list_due(
    site: Site, records: Sequence[ConsentRecord], resting: Sequence[frozenset[str]], now: int, *, spare: bool
) -> tuple[str, ...]:
    """List the classes of the oldest records whose time is over, up to the first that has to stay.

    A record is over at the end of its validity, or when the last of what it decided was decided anew, whichever comes
    later. ``spare`` says that those stay on which something in force rests.
    """
    classes = []
    for place, record in enumerate(records):
        if spare and record.id in resting[-1]:
            break
        last = max((number for number, one in enumerate(resting) if record.id in one), default=place)
        replaced = records[min(last + 1, len(records) - 1)]
        over_at = max(read_time(replaced.at), read_time(record.valid_until) if record.valid_until else 0)
        until = find_kept_until(site, record.decisions, over_at)
        if until is None or until.at > now:
            break
        classes.append(until.retention.key)
    return tuple(classes)


def _name_class(site: Site, record: ConsentRecord, now: int) -> str:
    until = find_kept_until(site, record.decisions, now)
    return until.retention.key if until else ""


def _digest(standing: Standing) -> object:
    """Take of a standing what records alone tell; requests that wait are told apart."""
    made = (one for one in standing.decisions.values() if one.state != State.PENDING)
    decided = {one.purpose: (one.state, one.record, one.at) for one in made}
    return decided, dict(standing.blocks), standing.stopped_at, standing.paused_until
