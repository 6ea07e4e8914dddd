"""The withdrawals API: a no that came by another way counts at once, and is never louder than it was meant."""

import pytest

from consent_service.domain.api_key import Scope
from consent_service.domain.basics.moment import write_time
from tests.cast import SECOND
from tests.web.people import EMAIL, People

PATH = "/v1/withdrawals"


@pytest.fixture
def people(own_service):
    return People(own_service)


def test_a_withdrawal_shows_in_the_very_next_check_and_carries_its_record(people):
    people.agree("offers_email", "care_email")
    answer = people.call(PATH, {"email": EMAIL, "purposes": ["offers_email"]}).json
    assert (people.reason("offers_email"), people.reason("care_email")) == ("withdrawn", "granted")
    assert answer["subject"] == people.person().key
    assert answer["decisions"]["offers_email"]["reason"] == "withdrawn"
    record = people.state()["history"][0]["record"]
    assert (record["id"], record["method"], record["decisions"]) == (
        answer["record"],
        "api",
        {"offers_email": "withdrawn"},
    )


def test_a_withdrawal_that_says_nothing_new_is_no_second_record(people):
    people.agree()
    first = people.call(PATH, {"email": EMAIL, "purposes": ["offers_email"]}).json
    again = people.call(PATH, {"email": EMAIL, "purposes": ["offers_email"]}).json
    assert first["record"]
    assert (again["record"], again["seq"]) == (None, 0)
    assert len(people.state()["history"]) == 2


def test_a_channel_ends_all_of_its_topics_and_no_other_channel(people):
    people.agree("offers_email", "care_email")
    answer = people.call(PATH, {"email": EMAIL, "channel": "email"}).json
    assert {one["reason"] for one in answer["decisions"].values()} == {"withdrawn"}
    assert {"offers_email", "care_email"} <= set(answer["decisions"])
    assert people.state()["stopped_at"] is None


def test_all_stops_everything_also_what_was_never_agreed_to(people):
    people.agree()
    people.call(PATH, {"email": EMAIL, "all": True})
    state = people.state()
    assert state["stopped_at"] == write_time(people.service.clock.now).replace(".000000", "")
    assert people.reason("care_email") == "withdrawn"
    assert people.reason("orders") == "not_consent_based"


def test_a_withdrawal_by_phone_is_an_operators_with_channel_and_note_code(people):
    people.agree()
    body = {"email": EMAIL, "all": True, "received_by": "phone", "source": "hotline"}
    refused = people.call(PATH, body)
    assert (refused.status_int, refused.json["code"]) == (422, "evidence_missing")
    people.call(PATH, body | {"evidence": {"note": "T-4711"}})
    record = people.state()["history"][0]["record"]
    assert record["method"] == "operator"
    assert record["actor"].startswith("operator:key:")
    assert (record["evidence"], record["source"]) == ({"note": "T-4711", "received_by": "phone"}, "hotline")


def test_an_older_withdrawal_that_arrives_late_is_stored_and_changes_nothing(people):
    early = write_time(people.service.clock.now - 60 * SECOND)
    people.agree()
    answer = people.call(PATH, {"email": EMAIL, "purposes": ["offers_email"], "at": early}).json
    assert answer["record"]
    assert answer["decisions"]["offers_email"]["reason"] == "granted"
    assert len(people.state()["history"]) == 2


def test_a_withdrawal_of_the_same_moment_is_the_stricter_and_wins(people):
    people.agree()
    at = write_time(people.service.clock.now)
    people.service.clock.advance(SECOND)
    people.call(PATH, {"email": EMAIL, "purposes": ["offers_email"], "at": at})
    assert people.reason() == "withdrawn"


@pytest.mark.parametrize(("ahead", "status"), [(300, 200), (301, 422)])
def test_an_act_more_than_five_minutes_ahead_is_refused(people, ahead, status):
    at = write_time(people.service.clock.now + ahead * SECOND)
    answer = people.call(PATH, {"email": EMAIL, "all": True, "at": at})
    assert answer.status_int == status
    assert status == 200 or answer.json["code"] == "future_time"


def test_nothing_is_collected_again_about_somebody_erased(people):
    person = people.agree()
    people.call(f"/v1/subjects/{person.key}", method="DELETE")
    before = people.service.stored()
    assert people.call(PATH, {"email": EMAIL, "all": True}).json["record"] is None
    assert people.service.stored() == before


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"all": True}, 422, "person_missing"),
        ({"email": EMAIL, "phone": "+442079460123", "all": True}, 422, "person_missing"),
        ({"email": "nobody", "all": True}, 422, "address_invalid"),
        ({"email": EMAIL}, 422, "withdrawal_unclear"),
        ({"email": EMAIL, "all": True, "channel": "email"}, 422, "withdrawal_unclear"),
        ({"email": EMAIL, "purposes": []}, 422, "body_invalid"),
        ({"email": EMAIL, "purposes": ["orders"]}, 422, "purpose_unknown"),
        ({"email": EMAIL, "purposes": ["analytics"]}, 422, "purpose_unknown"),
        ({"email": EMAIL, "channel": "post"}, 422, "purpose_unknown"),
        ({"email": EMAIL, "channel": "pigeon"}, 422, "body_invalid"),
        ({"email": EMAIL, "all": True, "at": "2026-01-01T12:00:00"}, 422, "body_invalid"),
        ({"email": EMAIL, "all": True, "at": "0001-01-01T00:00:00+14:00"}, 422, "body_invalid"),
        ({"email": EMAIL, "all": True, "at": "9999-12-31T23:59:59-23:59"}, 422, "body_invalid"),
        ({"email": EMAIL, "all": True, "source": "said so, firmly"}, 422, "body_invalid"),
        ({"email": EMAIL, "all": True, "evidence": {"who": "eve@example.org"}}, 422, "body_invalid"),
        ({"email": EMAIL, "all": True, "recieved_by": "phone"}, 422, "body_invalid"),
        (["all"], 422, "body_invalid"),
    ],
)
def test_a_body_that_is_not_clear_is_a_problem_and_nothing_is_kept(people, body, status, code):
    before = people.service.stored()
    answer = people.call(PATH, body)
    assert (answer.status_int, answer.json["code"]) == (status, code)
    assert people.service.stored() == before


def test_a_key_for_one_topic_ends_that_topic_alone(people):
    people.agree("offers_email", "care_email")
    key = people.service.key(scopes=[Scope.WRITE], purposes=["offers_email"])
    for body, code in (
        ({"all": True}, "key_limited"),
        ({"channel": "email"}, "purpose_not_visible"),
        ({"purposes": ["care_email"]}, "purpose_not_visible"),
        ({"purposes": ["no_such"]}, "purpose_not_visible"),
    ):
        answer = people.call(PATH, {"email": EMAIL} | body, key=key)
        assert (answer.status_int, answer.json["code"]) == (403, code)
    people.call(PATH, {"email": EMAIL, "purposes": ["offers_email"]}, key=key)
    assert (people.reason("offers_email"), people.reason("care_email")) == ("withdrawn", "granted")
