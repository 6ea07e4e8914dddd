"""A clock that may be wrong: nothing is dropped by it, and what it put off is done when it is right again."""

import pytest

from consent_service.domain.basics.moment import DAY, HOUR, MINUTE
from consent_service.services.operator.guarding_clock import ClockDoubted, ClockWatch, mark_clock, require_near_mark
from consent_service.services.queueing_jobs import claim_due_job, make_job, queue_jobs
from consent_service.storage.engine.clock_mark import find_clock_mark
from tests.cast import choose

YEARS = 3_650 * DAY


class Timer:
    """Time as it really goes on, whatever the clock says."""

    def __init__(self, clock):
        self.now, self._clock = 5 * DAY, clock

    def __call__(self):
        return self.now

    def pass_by(self, microseconds):
        self.now += microseconds
        self._clock.advance(microseconds)


@pytest.fixture
def timer(clock):
    return Timer(clock)


@pytest.fixture
def watch(resources, timer):
    watch = ClockWatch(resources, timer)
    watch.require_trust()
    return watch


def test_a_clock_that_goes_on_as_time_does_is_trusted_for_ever(watch, timer):
    for _ in range(3 * 24 * 60):
        timer.pass_by(MINUTE)
        watch.require_trust()


def test_a_machine_that_slept_is_trusted(watch, timer):
    """The timer counts sleep as well."""
    timer.pass_by(30 * DAY)
    watch.require_trust()


@pytest.mark.parametrize("jump", [YEARS, -YEARS, 2 * HOUR, -2 * HOUR, MINUTE])
def test_a_clock_that_jumped_is_doubted(watch, timer, clock, jump):
    timer.pass_by(MINUTE)
    clock.advance(jump)
    for _ in range(9):
        with pytest.raises(ClockDoubted, match="has jumped"):
            watch.require_trust()
        timer.pass_by(MINUTE)


def test_a_clock_that_was_set_right_is_trusted_after_ten_minutes(resources, watch, timer, clock):
    clock.advance(YEARS)
    with pytest.raises(ClockDoubted):
        watch.require_trust()
    timer.pass_by(HOUR)
    clock.advance(-YEARS)
    with pytest.raises(ClockDoubted):
        watch.require_trust()
    timer.pass_by(11 * MINUTE)
    watch.require_trust()
    assert find_clock_mark(resources.database) == clock.now


def test_a_clock_that_stays_years_ahead_is_doubted_also_by_the_next_process(resources, site, watch, timer, clock):
    """And choices that it dates do not speak for it."""
    clock.advance(YEARS)
    choose(resources, site, "accept")
    for one in (lambda: watch, lambda: ClockWatch(resources, timer)):
        guard = one()
        for _ in range(60):
            timer.pass_by(20 * MINUTE)
            with pytest.raises(ClockDoubted):
                guard.require_trust()
    with pytest.raises(ClockDoubted, match="the store was last seen at 2026-01-01T12:00:00"):
        require_near_mark(resources)


def test_a_store_that_was_not_seen_for_days_is_tidied_after_a_day_or_when_told(resources, watch, timer):
    timer.pass_by(3 * DAY)
    after = ClockWatch(resources, timer)
    for _ in range(24):
        with pytest.raises(ClockDoubted, match="consent-service prune --clock-is-right"):
            after.require_trust()
        timer.pass_by(HOUR)
    after.require_trust()
    timer.pass_by(3 * DAY)
    again = ClockWatch(resources, timer)
    with pytest.raises(ClockDoubted):
        again.require_trust()
    mark_clock(resources)
    again.require_trust()


def look_at_a_jump(watch, clock):
    for jump in (YEARS, -YEARS):
        clock.advance(jump)
        with pytest.raises(ClockDoubted):
            watch.require_trust()


def test_jobs_that_a_clock_ahead_put_off_are_done_when_it_is_right(resources, site, watch, timer, clock):
    job = make_job(resources, site, "mail", "demo/s/x", {})
    with resources.database.write():
        queue_jobs(resources, job)
    clock.advance(YEARS)
    assert claim_due_job(resources, site.id, 2 * MINUTE)
    clock.advance(-YEARS)
    assert claim_due_job(resources, site.id, 2 * MINUTE) is None
    look_at_a_jump(watch, clock)
    timer.pass_by(11 * MINUTE)
    watch.require_trust()
    assert claim_due_job(resources, site.id, 2 * MINUTE).id == job.id


def test_a_store_that_was_never_seen_takes_the_clock_as_it_is(resources, clock):
    assert find_clock_mark(resources.database) == 0
    require_near_mark(resources)
    mark_clock(resources)
    assert find_clock_mark(resources.database) == clock.now
