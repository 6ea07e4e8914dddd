"""What the front says by itself is never an allow, and fits whoever asks."""

import json

import pytest

from consent_service.front.server_answers import BROKEN, BUSY, CUT_OFF, NOT_FOUND, TOO_SLOW, choose_answer

ANSWERS = [BROKEN, BUSY, CUT_OFF, NOT_FOUND, TOO_SLOW]


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_program_gets_a_problem(answer):
    given = choose_answer(answer, "/v1/check")
    assert (given.status, json.loads(given.body)["code"]) == (answer.status, answer.code)
    assert dict(given.headers)[b"content-type"] == b"application/problem+json"


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_person_gets_a_line(answer):
    given = choose_answer(answer, "/consent/choice")
    assert (given.status, given.body.decode()) == (answer.status, f"{answer.line}\n")
    assert dict(given.headers)[b"cache-control"] == b"no-store"


@pytest.mark.parametrize("path", ["/consent/banner", "/consent/subscribe/fragment"])
@pytest.mark.parametrize("answer", ANSWERS)
def test_a_shops_page_gets_nothing_that_could_break_it(answer, path):
    given = choose_answer(answer, path)
    assert (given.status, given.body) == (204, b"")
