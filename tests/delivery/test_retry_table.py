"""A delivery that failed is tried again by a table, as the receiver asks, and not for ever."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.delivery.outcome import DeliveryOutcome
from consent_service.delivery.retry_table import (
    HOUR,
    JITTER,
    MAIL_DELAYS,
    MINUTE,
    SECOND,
    WEBHOOK_DELAYS,
    plan_next_attempt,
    plan_next_mail_attempt,
    wait_asked,
)
from consent_service.domain.basics.moment import DAY
from tests.cast import NOON

BROKEN = DeliveryOutcome(None, "", "the connection broke")


def least(size):
    return bytes(size)


def most(size):
    return b"\xff" * size


def answer(status, retry_after=""):
    return DeliveryOutcome(status, retry_after, "")


def test_a_webhook_is_tried_ten_times_in_about_three_days():
    waits = [plan_next_attempt(attempts, BROKEN, NOON, least) - NOON for attempts in range(10)]
    assert [wait // SECOND for wait in waits] == [0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
    assert plan_next_attempt(10, BROKEN, NOON, least) is None
    assert plan_next_attempt(99, BROKEN, NOON, least) is None


def test_mail_is_tried_for_less_than_48_hours():
    waits = [plan_next_mail_attempt(attempts, NOON, least, permanent=False) - NOON for attempts in range(9)]
    assert [wait // MINUTE for wait in waits] == [0, 1, 5, 15, 60, 240, 480, 720, 1080]
    assert plan_next_mail_attempt(9, NOON, least, permanent=False) is None
    assert sum(MAIL_DELAYS) * (1 + JITTER) < 48 * HOUR


def test_mail_that_will_never_be_taken_is_given_up_at_once():
    assert plan_next_mail_attempt(1, NOON, least, permanent=True) is None


@pytest.mark.parametrize("attempts", range(1, 10))
def test_a_wait_grows_by_chance_by_a_tenth_at_most(attempts):
    shortest, longest = (plan_next_attempt(attempts, BROKEN, NOON, chance) - NOON for chance in (least, most))
    assert shortest == WEBHOOK_DELAYS[attempts]
    assert shortest < longest <= shortest * (1 + JITTER)


@pytest.mark.parametrize("status", [301, 302, 400, 401, 404, 500, 503])
def test_a_redirect_is_a_failure_like_any_other(status):
    assert plan_next_attempt(1, answer(status), NOON, least) == plan_next_attempt(1, BROKEN, NOON, least)


def test_410_means_gone_and_429_502_504_mean_slower():
    outcomes = {status: answer(status) for status in (None, *range(200, 600))}
    assert [status for status, outcome in outcomes.items() if outcome.gone] == [410]
    assert [status for status, outcome in outcomes.items() if outcome.throttled] == [429, 502, 504]


def test_a_receiver_that_is_gone_is_not_tried_again():
    assert plan_next_attempt(1, answer(410, "5"), NOON, least) is None


@pytest.mark.parametrize("status", [429, 502, 504])
def test_a_receiver_that_asks_for_less_gets_five_minutes_at_least(status):
    assert plan_next_attempt(1, answer(status), NOON, least) == NOON + 5 * MINUTE
    assert plan_next_attempt(3, answer(status), NOON, least) == NOON + 30 * MINUTE


def test_a_receiver_may_ask_for_a_longer_wait_and_not_for_a_shorter_one():
    assert plan_next_attempt(1, answer(503, "600"), NOON, least) == NOON + 10 * MINUTE
    assert plan_next_attempt(4, answer(503, "600"), NOON, least) == NOON + 2 * HOUR
    assert plan_next_attempt(1, answer(429, "600"), NOON, least) == NOON + 10 * MINUTE


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("0", 0),
        ("120", 120 * SECOND),
        ("86400", DAY),
        ("86401", DAY),
        ("9" * 5000, DAY),
        ("Thu, 01 Jan 2026 12:02:00 GMT", 120 * SECOND),
        ("Thu, 01 Jan 2026 11:00:00 GMT", 0),
        ("Fri, 01 Jan 2027 12:00:00 GMT", DAY),
        ("", 0),
        ("-5", 0),
        ("1.5", 0),
        ("soon", 0),
        ("\u0662", 0),
        ("²", 0),
        ("Thu, 01 Jan 2026 12:02:00 -0000", 0),
        ("Thu, 99 Jan 2026 12:02:00 GMT", 0),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_retry_after_is_seconds_or_a_date_and_never_more_than_a_day(header, wait):
    assert wait_asked(header, NOON) == wait


@given(st.text())
def test_whatever_retry_after_says_the_wait_is_between_nothing_and_a_day(header):
    assert 0 <= wait_asked(header, NOON) <= DAY
