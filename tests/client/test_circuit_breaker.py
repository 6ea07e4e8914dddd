"""The circuit breaker: five failures in a row stop the asking for half a minute."""

import pytest

from consent_service.client.circuit_breaker import FAILURES, PAUSE_SECONDS, CircuitBreaker
from tests.client.stub_service import allowing, cookie_header, sending


@pytest.fixture
def breaker(timer):
    return CircuitBreaker(timer)


def fail(breaker, times):
    for _ in range(times):
        breaker.report(success=False)


def test_the_figures_are_five_failures_and_thirty_seconds():
    assert (FAILURES, PAUSE_SECONDS) == (5, 30)


def test_four_failures_leave_it_closed_and_the_fifth_opens_it(breaker):
    fail(breaker, 4)
    assert breaker.lets_through()
    fail(breaker, 1)
    assert not breaker.lets_through()


def test_a_success_between_failures_starts_the_count_anew(breaker):
    fail(breaker, 4)
    breaker.report(success=True)
    fail(breaker, 4)
    assert breaker.lets_through()


def test_after_the_pause_one_probe_goes_out_and_no_second(breaker, timer):
    fail(breaker, 5)
    timer.now += 29.9
    assert not breaker.lets_through()
    timer.now += 0.1
    assert [breaker.lets_through() for _ in range(3)] == [True, False, False]


def test_a_probe_that_fails_opens_for_another_pause(breaker, timer):
    fail(breaker, 5)
    timer.now += 30
    assert breaker.lets_through()
    fail(breaker, 1)
    timer.now += 29
    assert not breaker.lets_through()
    timer.now += 1
    assert breaker.lets_through()


def test_a_probe_that_succeeds_closes_it(breaker, timer):
    fail(breaker, 5)
    timer.now += 30
    assert breaker.lets_through()
    breaker.report(success=True)
    assert [breaker.lets_through() for _ in range(3)] == [True, True, True]


def test_a_probe_that_never_reports_does_not_keep_it_open_for_ever(breaker, timer):
    fail(breaker, 5)
    timer.now += 30
    assert breaker.lets_through()
    timer.now += 30
    assert breaker.lets_through()


def test_an_open_breaker_spares_the_service_and_leaves_the_cookie(client, service, timer):
    service.answer = sending(500, b"")
    for _ in range(9):
        assert client.check(cookie_header("a"), ["analytics"])["analytics"].source == "cookie"
    assert len(service.requests) == 5
    service.answer = allowing("analytics")
    assert client.check(cookie_header("a"), ["analytics"])["analytics"].source == "cookie"
    timer.now += 30
    assert client.check(cookie_header("a"), ["analytics"])["analytics"].source == "service"
    assert client.check(cookie_header("a"), ["analytics"])["analytics"].source == "service"
    assert len(service.requests) == 7
