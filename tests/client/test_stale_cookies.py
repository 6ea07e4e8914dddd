"""A stale cookie never undoes a withdrawal that this process knows of."""

import pytest

from consent_service.client.client_answer import GRANTED, NOT_GRANTED, UNAVAILABLE
from consent_service.client.cookie_reader import VisitorConsent
from consent_service.client.visitor_memory import Denial, VisitorMemory
from tests.client.stub_service import NOW, OTHER_VISITOR, VISITOR, allowing, cookie_header, sending

DOWN = sending(500, b"")


def ask(client, letters="a", *, purpose="analytics", **changes):
    return client.check(cookie_header(letters, **changes), [purpose])[purpose]


def test_a_cookie_older_than_one_seen_before_proves_nothing(client, service):
    service.answer = DOWN
    assert ask(client, "-", seq=4) == NOT_GRANTED
    assert ask(client, "a", seq=3) == NOT_GRANTED
    assert ask(client, "a", seq=3, visitor=OTHER_VISITOR) == GRANTED


@pytest.mark.threat("T6")
def test_a_cookie_that_the_service_denied_proves_nothing_afterwards(client, service):
    service.answer = allowing()
    assert ask(client, "a", seq=3).reason == "withdrawn"
    service.answer = DOWN
    assert ask(client, "a", seq=3) == NOT_GRANTED
    assert ask(client, "m", purpose="marketing", seq=3) == GRANTED


def test_a_cookie_from_between_the_denied_one_and_the_withdrawal_proves_nothing(client, service):
    service.answer = allowing()
    ask(client, "a", seq=3, issued=NOW - 600)
    service.answer = DOWN
    assert ask(client, "a", seq=4, issued=NOW - 300) == NOT_GRANTED


def test_a_grant_after_the_denial_counts(client, service, wall):
    service.answer = allowing()
    ask(client, "a", seq=3)
    service.answer = DOWN
    wall.now += 60
    assert ask(client, "a", seq=4, issued=NOW + 30) == GRANTED


def test_an_allowing_answer_lifts_the_denial(client, service, timer):
    service.answer = allowing()
    ask(client, "a", seq=3)
    timer.now += 1
    service.answer = allowing("analytics")
    ask(client, "a", seq=3)
    service.answer = DOWN
    assert ask(client, "a", seq=3) == GRANTED


def test_a_cookie_whose_key_the_service_gave_up_proves_nothing_afterwards(client, service):
    service.answer = allowing(visitor=None)
    ask(client, "a", seq=3)
    service.answer = DOWN
    assert ask(client, "a", seq=3) == NOT_GRANTED


def test_a_forged_cookie_does_not_deny_anything_to_its_alleged_visitor(client, service):
    service.answer = allowing(visitor=None)
    forged = cookie_header("a", seq=9)[:-1] + "A"
    assert not client.check(forged, ["analytics"])["analytics"].allowed
    service.answer = DOWN
    assert client.check(forged, ["analytics"])["analytics"] == UNAVAILABLE
    assert ask(client, "a", seq=3) == GRANTED


def test_an_answer_that_was_under_way_during_the_withdrawal_lifts_nothing():
    memory = VisitorMemory()
    memory.learn(VISITOR, {"analytics": False}, Denial(3, learnt=10, at=NOW), asked=9)
    memory.learn(VISITOR, {"analytics": True}, Denial(3, learnt=11, at=NOW + 1), asked=8)
    assert not memory.undisputed(VisitorConsent(VISITOR, 3, NOW - 60, frozenset({"analytics"})))


@pytest.mark.parametrize("most", [1, 5])
def test_only_the_visitors_seen_last_are_remembered(most):
    memory = VisitorMemory(most)
    for number in range(most + 1):
        memory.learn(f"visitor {number}", {"analytics": False}, Denial(3, learnt=10, at=NOW), asked=9)

    def stands(number):
        return bool(memory.undisputed(VisitorConsent(f"visitor {number}", 3, NOW - 60, frozenset({"analytics"}))))

    assert [stands(number) for number in range(most, -1, -1)] == [False] * most + [True]
