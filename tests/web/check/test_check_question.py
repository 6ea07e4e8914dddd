"""The check question: the remembered part of a query says the same as reading it anew."""

from itertools import product

import pytest

from consent_service.web.check.check_question import read_question
from consent_service.web.frame.problems import Problem

SOMEBODY, NEIGHBOUR = "S" * 21 + "A", "N" * 21 + "Q"
RESTS = [
    "",
    "&purpose=analytics",
    "&purpose=analytics&purpose=marketing",
    "&purpose=analytic%73&signal=gpc",
    "&signal=none",
    "&purpose=",
    "&",
    "&visitor=x",
    "&cookie=x",
    "&signal=on",
    "&gadget=1",
    "&purpose=" + "x" * 4096,
    "&token=secret",
]


def outcome(query):
    try:
        return read_question(query)
    except Problem as problem:
        return problem.code


@pytest.mark.parametrize("rest", RESTS, ids=lambda rest: rest[:30])
def test_what_is_remembered_says_the_same_as_what_is_read_anew(rest):
    for visitor, _ in product((SOMEBODY, NEIGHBOUR, SOMEBODY), range(2)):
        assert outcome(f"visitor={visitor}{rest}") == outcome(f"%76isitor={visitor}{rest}")


def test_everybody_is_asked_about_under_their_own_name():
    for visitor in (SOMEBODY, NEIGHBOUR, SOMEBODY):
        assert read_question(f"visitor={visitor}&purpose=analytics")[0] == visitor


def test_a_problem_is_found_again_each_time():
    for _ in range(3):
        assert outcome(f"visitor={SOMEBODY}&gadget=1") == "parameter_unknown"
        assert outcome(f"visitor={SOMEBODY}&cookie=x") == (SOMEBODY, read_question(f"visitor={SOMEBODY}&cookie=x")[1])


def test_a_faulty_visitor_is_told_later_to_whoever_holds_a_key():
    faults = [read_question(query)[1].fault for query in ("", "visitor=A", f"visitor={SOMEBODY}&cookie=x")]
    assert [fault().code for fault in faults] == ["visitor_missing", "visitor_malformed", "visitor_missing"]
    assert read_question(f"visitor={SOMEBODY}")[1].fault is None
