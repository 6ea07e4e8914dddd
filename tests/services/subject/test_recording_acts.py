"""Acting on messages: record, standing and feed in one go, and nothing at all where nothing changes."""

import json

import pytest

from consent_service.domain.errors import ActFault, StorageUnavailable
from consent_service.domain.feed.webhook_event import Event
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.ledger.decision_order import Reason
from consent_service.domain.ledger.notice import make_fingerprints
from consent_service.domain.subject.act import Act, ActVerdict
from consent_service.domain.subject.message_decision import decide_message
from consent_service.domain.subject.standing import Block
from consent_service.keys.record_verification import verify_record
from consent_service.services.feed.keeping_webhooks import make_webhook
from consent_service.services.subject.recording_acts import record_act
from consent_service.storage.changes import find_head, list_changes_after
from consent_service.storage.records import list_latest_records
from consent_service.storage.standings import find_standing
from tests.cast import SECOND

NEWS = "newsletter"
WHO = "demo/s/1.AAAAAAAAAAAAAAAAAAAAAA"


def yes(at: int, **changes: object) -> Act:
    return make(at, State.GRANTED, Method.SUBSCRIBE_CONFIRM, revives=True, **changes)


def no(at: int, method: Method = Method.ONE_CLICK) -> Act:
    return make(at, State.WITHDRAWN, method)


def make(at: int, state: State, method: Method, **changes: object) -> Act:
    return Act(**({"method": method, "actor": "subject", "at": at, "states": {NEWS: state}} | changes))  # type: ignore[arg-type]


def reason(resources, site) -> str:
    purpose = site.purpose_by_key[NEWS]
    now = resources.clock()
    standing = find_standing(resources.database, WHO)
    return decide_message(purpose, standing, fingerprint=make_fingerprints(site)[NEWS], now=now).reason


def test_a_yes_is_recorded_signed_told_in_the_feed_and_allowed(resources, site, clock):
    acted = record_act(resources, site, WHO, yes(clock.now, evidence={"form": "footer"}, notice="0" * 64))
    stored = list_latest_records(resources.database, WHO, 1)[0]
    payload = json.loads(verify_record(resources.keys.public_keys, stored.signed))
    assert stored.head.id == acted.record == payload["id"]
    assert (payload["schema"], payload["evidence"]) == ("consent-record/2", {"form": "footer"})
    change = list_changes_after(resources.database, "demo", 0, 10)[0]
    assert (change.seq, change.before, change.after, change.record) == (1, "none", "granted", acted.record)
    assert reason(resources, site) == Reason.GRANTED


def test_a_thousand_repeats_of_one_click_are_one_record_and_one_change(resources, site, clock):
    record_act(resources, site, WHO, yes(clock.now))
    for _ in range(1000):
        clock.advance(SECOND)
        record_act(resources, site, WHO, no(clock.now))
    assert find_head(resources.database, "demo") == 2
    assert len(list_latest_records(resources.database, WHO, 10)) == 2


def test_a_late_older_act_is_recorded_once_and_changes_nothing(resources, site, clock):
    record_act(resources, site, WHO, yes(clock.now))
    late = no(clock.now - SECOND, Method.IMPORT)
    first, again = (record_act(resources, site, WHO, late) for _ in range(2))
    assert first.record
    assert again.record is None
    assert first.verdicts == {NEWS: ActVerdict.OLDER}
    assert (reason(resources, site), find_head(resources.database, "demo")) == (Reason.GRANTED, 1)


def test_an_act_from_the_future_is_refused_beyond_five_minutes(resources, site, clock):
    with pytest.raises(ActFault, match="future"):
        record_act(resources, site, WHO, yes(clock.now + 301 * SECOND))
    assert record_act(resources, site, WHO, yes(clock.now + 299 * SECOND)).record


def test_a_block_shows_before_everything_and_goes_when_it_is_lifted(resources, site, clock):
    record_act(resources, site, WHO, yes(clock.now))
    put = Act(method=Method.API, actor="key", at=clock.now, block=Block.COMPLAINT)
    record_act(resources, site, WHO, put)
    assert reason(resources, site) == Reason.BLOCKED_COMPLAINT
    record_act(resources, site, WHO, Act(method=Method.OPERATOR, actor="key", at=clock.now, lift=Block.COMPLAINT))
    assert reason(resources, site) == Reason.GRANTED


def test_a_pause_denies_until_its_end(resources, site, clock):
    record_act(resources, site, WHO, yes(clock.now))
    until = clock.now + 60 * SECOND
    pause = Act(method=Method.PREFERENCE_CENTRE, actor="subject", at=clock.now, pause_until=until)
    record_act(resources, site, WHO, pause)
    assert reason(resources, site) == Reason.PAUSED
    clock.advance(60 * SECOND)
    assert reason(resources, site) == Reason.GRANTED


def test_a_yes_that_ends_is_expired_at_that_moment(resources, site, clock):
    record_act(resources, site, WHO, yes(clock.now, lasts_until={NEWS: clock.now + SECOND}))
    clock.advance(SECOND)
    assert reason(resources, site) == Reason.EXPIRED


@pytest.mark.one_file
@pytest.mark.parametrize("table", ["record", "standing", "change", "job"])
def test_a_failure_of_any_statement_keeps_nothing_of_the_act(resources, site, clock, table):
    make_webhook(resources, site, "https://hooks.example/in", list(Event), loopback_allowed=False)
    trigger = f"CREATE TRIGGER break_{table} BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'full'); END"
    with resources.database.write():
        resources.database.change(trigger)
    with pytest.raises(StorageUnavailable):
        record_act(resources, site, WHO, yes(clock.now))
    assert not list_latest_records(resources.database, WHO, 1)
    assert find_head(resources.database, "demo") == 0
    assert resources.database.rows("SELECT count(*) FROM job") == [(0,)]
    assert reason(resources, site) == Reason.NEVER_ASKED


def test_what_waits_for_a_confirmation_shows_and_is_not_told_in_the_feed(resources, site, clock):
    record_act(resources, site, WHO, make(clock.now, State.PENDING, Method.IMPORT))
    assert reason(resources, site) == Reason.PENDING
    assert find_head(resources.database, "demo") == 0
    record_act(resources, site, WHO, yes(clock.now))
    (change,) = list_changes_after(resources.database, "demo", 0, 10)
    assert (change.before, change.after) == ("none", "granted")
