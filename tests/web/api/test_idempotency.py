"""Idempotency keys: whatever is sent again under one is answered the same and done once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.cast import SECOND
from tests.web.people import EMAIL, People

PATH = "/v1/withdrawals"
ALL = {"email": EMAIL, "all": True}
DAY = 86_400 * SECOND


@pytest.fixture
def people(own_service):
    return People(own_service)


def kept(people):
    return people.service.resources.database.rows("SELECT key, request, body FROM kept_answer")


def test_a_repeat_gets_the_same_bytes_and_nothing_happens_twice(people):
    people.agree()
    first = people.call(PATH, ALL, Idempotency_Key="a1")
    people.service.clock.advance(60 * SECOND)
    people.agree()
    again = people.call(PATH, ALL, Idempotency_Key="a1")
    assert (again.status_int, again.body, again.content_type) == (200, first.body, first.content_type)
    assert ("Idempotency-Replayed" in first.headers, again.headers["Idempotency-Replayed"]) == (False, "true")
    assert people.reason() == "granted"


def test_a_key_that_comes_with_another_request_is_a_problem_and_nothing_is_done(people):
    people.agree()
    people.call(PATH, {"email": EMAIL, "purposes": ["care_email"]}, Idempotency_Key="a1")
    answer = people.call(PATH, ALL, Idempotency_Key="a1")
    assert (answer.status_int, answer.json["code"]) == (422, "idempotency_mismatch")
    suppressions = {"suppressions": [{"email": EMAIL, "reason": "bounce"}]}
    assert people.call("/v1/suppressions", suppressions, Idempotency_Key="a1").status_int == 422
    assert people.reason() == "granted"


def test_the_same_key_of_another_program_or_a_day_later_is_a_new_one(people):
    people.agree()
    people.call(PATH, ALL, Idempotency_Key="a1")
    other = People(people.service)
    assert "Idempotency-Replayed" not in other.call(PATH, ALL, Idempotency_Key="a1").headers
    people.service.clock.advance(DAY)
    assert "Idempotency-Replayed" in people.call(PATH, ALL, Idempotency_Key="a1").headers
    people.service.clock.advance(SECOND)
    assert "Idempotency-Replayed" not in people.call(PATH, ALL, Idempotency_Key="a1").headers


def test_what_was_refused_is_not_kept_so_the_request_may_be_mended(people):
    assert people.call(PATH, {"email": "nobody", "all": True}, Idempotency_Key="a1").status_int == 422
    assert people.call(PATH, ALL, Idempotency_Key="a1").status_int == 200


@pytest.mark.one_file
def test_a_failure_keeps_neither_act_nor_answer(people):
    database = people.service.resources.database
    with database.write():
        database.change("CREATE TRIGGER fails BEFORE INSERT ON kept_answer BEGIN SELECT raise(ABORT, 'no'); END")
    people.agree()
    assert people.call(PATH, ALL, Idempotency_Key="a1").status_int == 503
    assert people.reason() == "granted"
    with database.write():
        database.change("DROP TRIGGER fails")
    answer = people.call(PATH, ALL, Idempotency_Key="a1")
    assert (answer.status_int, "Idempotency-Replayed" in answer.headers) == (200, False)


def test_a_hundred_posts_at_once_under_one_key_are_one_act(people):
    people.agree()

    def post(_):
        answer = people.call(PATH, ALL, Idempotency_Key="a1")
        return answer.status_int, answer.body

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(post, range(100)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 200
    assert len(kept(people)) == 1
    assert len(people.state()["history"]) == 2


@pytest.mark.parametrize("key", ["", "x" * 256, "caf\u00e9", "tab\there"])
def test_what_is_no_key_is_a_problem(people, key):
    answer = people.call(PATH, ALL, Idempotency_Key=key)
    assert (answer.status_int, answer.json["code"]) == (400, "idempotency_malformed")


def test_what_is_kept_tells_neither_key_nor_address_nor_answer(people):
    subject = people.agree().key
    people.call(PATH, ALL, Idempotency_Key=f"newsletter-{EMAIL}")
    [row] = kept(people)
    assert EMAIL not in repr(row)
    assert subject not in repr(row)


def test_a_stop_by_text_that_is_handed_in_twice_does_not_undo_a_later_start(people):
    stop, start = ({"phone": "+442079460123", "text": word} for word in ("STOP", "START"))
    first = people.call("/v1/inbound/sms", start, Idempotency_Key="s1")
    people.service.clock.advance(SECOND)
    people.call("/v1/inbound/sms", stop, Idempotency_Key="s2")
    again = people.call("/v1/inbound/sms", start, Idempotency_Key="s1")
    assert (again.status_int, again.body) == (202, first.body)
    assert "Idempotency-Replayed" in again.headers


def test_a_webhook_is_made_once_and_its_secret_shown_again_to_the_repeat(people):
    body = {"url": "https://tool.example/hook", "events": ["consent.granted"]}
    first, again = (people.call("/v1/webhooks", body, Idempotency_Key="w1") for _ in range(2))
    assert (first.status_int, again.status_int, again.body) == (201, 201, first.body)
    assert first.json["secret"] not in repr(kept(people))
    assert len(people.call("/v1/webhooks", method="GET").json["items"]) == 1
