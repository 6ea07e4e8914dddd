"""The subjects API: what is kept about a person, for those who may see it, and how all of it goes."""

import json

import pytest

from consent_service.domain.api_key import Scope
from consent_service.keys.record_verification import verify_record
from tests.web.newsletter import Newsletter, fill_in, leave_out_address
from tests.web.people import EMAIL, People

NOBODY = f"1.{'A' * 22}"


@pytest.fixture
def people(own_service):
    return People(own_service)


def test_a_subject_is_told_with_decisions_and_signed_records_newest_first(people):
    person = people.agree()
    people.service.clock.advance(1)
    people.call("/v1/withdrawals", {"email": EMAIL, "purposes": ["offers_email"]})
    state = people.state()
    assert (state["subject"], state["ref"], state["unverified"]) == (person.key, "c1", 0)
    assert state["decisions"]["offers_email"]["reason"] == "withdrawn"
    assert state["decisions"]["orders"]["reason"] == "not_consent_based"
    assert not {"analytics", "necessary"} & set(state["decisions"])
    assert [one["record"]["seq"] for one in state["history"]] == [2, 1]
    for one in state["history"]:
        payload = verify_record(people.service.resources.keys.public_keys, one["signed"])
        assert json.loads(payload) == one["record"]


def test_request_and_confirmation_are_separate_records_of_one_history(people):
    newsletter = Newsletter(people.service)
    newsletter.confirm(newsletter.subscribe(EMAIL))
    confirmed, asked = (one["record"] for one in people.state()["history"])
    assert (confirmed["method"], asked["method"]) == ("subscribe_confirm", "subscribe_request")
    assert confirmed["request"] == asked["id"]
    assert asked["principal"] == f"{confirmed['principal']}/{asked['id']}"


@pytest.mark.threat("T10")
def test_somebody_unknown_looks_like_somebody_who_never_decided(people):
    state = people.call(f"/v1/subjects/{NOBODY}", method="GET").json
    assert (state["history"], state["blocks"], state["ref"], state["address"]) == ([], {}, None, None)
    assert state["decisions"]["offers_email"]["reason"] == "never_asked"


def test_the_address_is_for_an_administrators_key_alone(people):
    person = people.agree()
    check = people.service.key(scopes=[Scope.CHECK])
    for key, address in ((people.key, EMAIL), (check, None)):
        answer = people.call(f"/v1/subjects/{person.key}", method="GET", key=key)
        assert answer.json["address"] == address
        assert (EMAIL in answer.text) == (address is not None)


def test_a_key_for_one_topic_sees_that_topic_alone(people):
    person = people.agree("offers_email", "care_email")
    people.call("/v1/withdrawals", {"email": EMAIL, "purposes": ["offers_email"]})
    key = people.service.key(scopes=[Scope.CHECK, Scope.ADMIN], purposes=["offers_email"])
    state = people.call(f"/v1/subjects/{person.key}", method="GET", key=key).json
    assert list(state["decisions"]) == ["offers_email"]
    assert [one["record"]["method"] for one in state["history"]] == ["api"]
    answer = people.call(f"/v1/subjects/{person.key}", method="DELETE", key=key)
    assert (answer.status_int, answer.json["code"]) == (403, "key_limited")


def test_a_record_that_was_changed_is_counted_and_hides_none_of_the_others(people):
    people.agree()
    people.call("/v1/withdrawals", {"email": EMAIL, "all": True})
    with people.service.resources.database.write():
        people.service.resources.database.change("UPDATE record SET signed = 'x.y.z' WHERE seq = 1")
    state = people.state()
    assert ([one["record"]["seq"] for one in state["history"]], state["unverified"]) == ([2], 1)


@pytest.mark.parametrize("spelling", [EMAIL, " ADA@Example.org ", "Ada@EXAMPLE.ORG"])
def test_an_address_leads_to_its_key_whether_or_not_it_is_known(people, spelling):
    unknown = people.call("/v1/subjects/find", {"email": spelling})
    person = people.agree()
    known = people.call("/v1/subjects/find", {"email": spelling})
    assert known.json == {"subject": person.key}
    assert (known.body, known.headers) == (unknown.body, unknown.headers)


@pytest.mark.parametrize(
    ("body", "code"),
    [({}, "person_missing"), ({"subject": NOBODY}, "body_invalid"), ({"email": "nobody"}, "address_invalid")],
)
def test_finding_takes_one_address_and_nothing_else(people, body, code):
    answer = people.call("/v1/subjects/find", body)
    assert (answer.status_int, answer.json["code"]) == (422, code)


@pytest.mark.parametrize("subject", ["x", EMAIL, "1.short", f"9.{'A' * 22}", f"1.{'A' * 21}B", "5f4dcc3b5aa765d61d83"])
def test_what_is_no_subject_key_is_a_problem_and_no_plain_hash_is_taken(people, subject):
    for method in ("GET", "DELETE"):
        answer = people.call(f"/v1/subjects/{subject}", method=method)
        assert (answer.status_int, answer.json["code"]) == (400, "subject_malformed")


def test_erasure_takes_everything_and_leaves_the_block_with_its_date(people):
    newsletter = Newsletter(people.service)
    newsletter.confirm(newsletter.subscribe(EMAIL))
    fill_in(newsletter.browser, EMAIL, "care_email")
    person = people.person()
    erased = people.call(f"/v1/subjects/{person.key}", method="DELETE")
    assert erased.json == {"erased": 3}
    assert people.call(f"/v1/subjects/{person.key}", method="DELETE").json == {"erased": 0}
    state = people.state()
    assert (list(state["blocks"]), state["address"]) == (["erased"], None)
    [told] = state["history"]
    assert (told["record"]["method"], told["record"]["overrides"]) == ("erasure", {"block": "erased", "erases": "all"})
    assert people.reason() == "blocked_erased"


def test_a_later_sign_up_of_an_erased_address_is_answered_alike_and_goes_nowhere(people):
    newsletter = Newsletter(people.service)
    person = people.agree()
    people.call(f"/v1/subjects/{person.key}", method="DELETE")
    shown = [leave_out_address(fill_in(newsletter.browser, who).text, who) for who in (EMAIL, "new@example.org")]
    assert shown[0] == shown[1]
    newsletter.work()
    assert [letter["to"] for letter in newsletter.letters] == ["new@example.org"]
    assert people.reason() == "blocked_erased"
