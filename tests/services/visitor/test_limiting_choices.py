"""Limits on choices: what no people do is refused, and nobody's neighbours can keep them at a yes."""

import pytest

from consent_service.domain.errors import TooManyRequests
from consent_service.services.visitor.limiting_choices import (
    MAX_CHOICES_PER_LINE,
    MAX_CHOICES_PER_VISITOR,
    MAX_NEW_VISITORS_PER_SITE,
    MAX_REFUSALS_PER_LINE,
    WINDOW,
)
from consent_service.services.visitor.limiting_choices import ChoiceLimiter as Limiter
from tests.cast import make_site

LINE, SUBNET = "8.8.8.8", "2001:4860:1:2::8"


@pytest.fixture
def limiter(resources) -> Limiter:
    return Limiter(resources)


def admit(limiter, site, *, times=1, visitor=None, address=None, grants=True) -> int:
    """Ask so many times and tell how often it was admitted."""
    admitted = 0
    for _ in range(times):
        try:
            limiter.admit(site, visitor, address, grants=grants)
            admitted += 1
        except TooManyRequests:
            pass
    return admitted


@pytest.mark.threat("T30")
@pytest.mark.parametrize(("address", "near", "far"), [(LINE, LINE, "8.8.8.9"), (SUBNET, "2001:4860:1:2:ffff::1", LINE)])
def test_one_line_makes_so_many_visitors_in_ten_minutes_and_no_more(limiter, site, clock, address, near, far):
    assert admit(limiter, site, times=MAX_CHOICES_PER_LINE + 5, address=address) == MAX_CHOICES_PER_LINE
    assert admit(limiter, site, address=near) == 0
    assert admit(limiter, make_site("other"), address=near) == 0
    assert admit(limiter, site, address=far) == 1
    clock.advance(WINDOW)
    assert admit(limiter, site, address=address) == 1


@pytest.mark.threat("T30")
@pytest.mark.parametrize("processes", [2, 4, 7])
def test_several_processes_take_no_more_together_than_one(resources, site, processes):
    workers = [Limiter(resources, processes) for _ in range(processes)]
    times = MAX_CHOICES_PER_LINE + 5
    taken = sum(admit(worker, site, times=times, address=LINE) for worker in workers)
    assert MAX_CHOICES_PER_LINE - processes < taken <= MAX_CHOICES_PER_LINE
    taken = sum(admit(worker, site, times=times, visitor="anna") for worker in workers)
    assert MAX_CHOICES_PER_VISITOR - processes < taken <= MAX_CHOICES_PER_VISITOR


def test_a_visitor_behind_a_line_that_is_used_up_may_still_say_no(limiter, site):
    admit(limiter, site, times=MAX_CHOICES_PER_LINE, address=LINE)
    assert admit(limiter, site, visitor="anna", address=LINE) == 0
    assert admit(limiter, site, visitor="anna", address=LINE, grants=False) == 1
    assert admit(limiter, site, address=LINE, grants=False) == 0


def test_visitors_of_one_line_cannot_write_for_ever_either(limiter, site):
    refusals = sum(
        admit(limiter, site, visitor=f"v{n}", address=LINE, grants=False) for n in range(MAX_REFUSALS_PER_LINE + 5)
    )
    assert refusals == MAX_REFUSALS_PER_LINE


def test_one_visitor_chooses_so_often_wherever_they_are(limiter, site):
    assert admit(limiter, site, times=MAX_CHOICES_PER_VISITOR + 5, visitor="anna") == MAX_CHOICES_PER_VISITOR
    assert admit(limiter, site, visitor="bert") == 1


def test_new_visitors_of_a_site_are_counted_where_nobody_knows_the_line(limiter, site):
    assert admit(limiter, site, times=MAX_NEW_VISITORS_PER_SITE + 5, address="127.0.0.1") == MAX_NEW_VISITORS_PER_SITE
    assert admit(limiter, make_site("other")) == 1
    assert admit(limiter, site, visitor="anna") == 1
