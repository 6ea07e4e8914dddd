"""Housekeeping: ends are told when they come, and nothing is kept for longer than it is needed."""

from consent_service.domain.basics.moment import DAY
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.subject.act import Act
from consent_service.domain.subject.standing import Block
from consent_service.services.operator.housekeeping import Pruned, do_housekeeping, prune
from consent_service.services.queueing_jobs import make_job, queue_jobs
from consent_service.services.subject.recording_acts import record_act
from consent_service.storage.attempts import add_attempt, count_attempts
from consent_service.storage.changes import list_changes_after
from consent_service.storage.outbox import finish_job
from consent_service.storage.records import list_latest_records
from consent_service.storage.standings import find_standing
from tests.cast import SECOND, make_site

NEWS = "newsletter"
WHO = "demo/s/1.AAAAAAAAAAAAAAAAAAAAAA"


def grant(resources, site, **told):
    done = Act(method=Method.API, actor="key", at=resources.clock(), states={NEWS: State.GRANTED}, revives=True, **told)
    return record_act(resources, site, WHO, done)


def last_change(resources):
    return list_changes_after(resources.database, "demo", 0, 100)[-1]


def test_a_yes_that_is_over_expires_once_at_the_moment_it_ended(resources, site, clock):
    end = clock.now + SECOND
    grant(resources, site, lasts_until={NEWS: end})
    assert do_housekeeping(resources, [site]).expired == 0
    clock.advance(90 * SECOND)
    assert [do_housekeeping(resources, [site]).expired for _ in range(2)] == [1, 0]
    change = last_change(resources)
    assert (change.before, change.after, change.method, change.act_at) == ("granted", "expired", "expiry", end)
    assert len(list_latest_records(resources.database, WHO, 10)) == 2


def test_an_end_that_a_withdrawal_or_a_longer_yes_has_overtaken_is_not_told(resources, site, clock):
    grant(resources, site, lasts_until={NEWS: clock.now + SECOND})
    clock.advance(SECOND // 2)
    grant(resources, site, lasts_until={NEWS: clock.now + DAY})
    clock.advance(60 * SECOND)
    assert do_housekeeping(resources, [site]).expired == 0
    assert find_standing(resources.database, WHO).decisions[NEWS].state == State.GRANTED
    done = Act(method=Method.ONE_CLICK, actor="subject", at=clock.now, states={NEWS: State.WITHDRAWN})
    record_act(resources, site, WHO, done)
    clock.advance(2 * DAY)
    assert do_housekeeping(resources, [site]).expired == 0
    assert last_change(resources).after == State.WITHDRAWN


def test_the_ends_of_one_site_do_not_wait_for_those_of_a_site_that_is_gone(resources, site, clock):
    for end in range(3):
        principal = f"other/s/1.{end}AAAAAAAAAAAAAAAAAAAAA"
        done = Act(
            method=Method.API,
            actor="key",
            at=clock.now,
            states={NEWS: State.GRANTED},
            lasts_until={NEWS: clock.now + end + 1},
        )
        record_act(resources, make_site("other"), principal, done)
    grant(resources, site, lasts_until={NEWS: clock.now + SECOND})
    clock.advance(60 * SECOND)
    assert do_housekeeping(resources, [site]).expired == 1


def test_each_thing_goes_at_its_own_age_and_the_newest_change_never(resources, site, clock):
    grant(resources, site)
    record_act(resources, site, WHO, Act(method=Method.API, actor="key", at=clock.now, block=Block.MANUAL))
    job = make_job(resources, site, "mail", WHO, {})
    with resources.database.write():
        queue_jobs(resources, job)
        finish_job(resources.database, job.id, clock.now, "done", keep_body=True)
        add_attempt(resources.database, "bucket", clock.now, "1")
    assert prune(resources, [site]) == Pruned(0, 0, 0, 0)
    clock.advance(2 * DAY + 1)
    assert prune(resources, [site]) == Pruned(0, 0, 1, 0)
    assert count_attempts(resources.database, "bucket", 0) == 0
    clock.advance(28 * DAY)
    assert prune(resources, [site]) == Pruned(0, 1, 0, 0)
    clock.advance(370 * DAY)
    assert prune(resources, [site]) == Pruned(1, 0, 0, 0)
    assert prune(resources, [site]) == Pruned(0, 0, 0, 0)
    assert last_change(resources).seq == 2


def test_a_clock_that_went_back_leaves_no_gap_in_what_is_kept(resources, site, clock):
    for days in (0, 500, -400, 400):
        clock.advance(days * DAY)
        record_act(resources, site, WHO, Act(method=Method.API, actor="key", at=clock.now, block=Block.MANUAL))
        record_act(resources, site, WHO, Act(method=Method.API, actor="key", at=clock.now, lift=Block.MANUAL))
    prune(resources, [site])
    numbers = [change.seq for change in list_changes_after(resources.database, "demo", 0, 100)]
    assert numbers == list(range(numbers[0], 9))
    assert numbers[0] == 3
