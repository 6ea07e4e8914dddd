"""The suppressions API: what is reported stops messages at once, and comes back only for a reason."""

import pytest

from consent_service.domain.api_key import Scope
from consent_service.domain.basics.moment import write_time
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.subject.act import Act
from consent_service.services.subject.recording_acts import record_act
from tests.cast import SECOND
from tests.web.people import EMAIL, People

PATH = "/v1/suppressions"


@pytest.fixture
def people(own_service):
    return People(own_service)


def report(people, *reasons, email=EMAIL, **more):
    rows = [{"email": email, "reason": reason} | more for reason in reasons]
    return people.call(PATH, {"suppressions": rows})


def lift(people, reason, **more):
    return people.call(PATH, {"email": EMAIL, "reason": reason} | more, method="DELETE")


@pytest.mark.parametrize("reason", ["complaint", "bounce", "manual", "minor"])
def test_a_block_stops_what_was_agreed_to_from_the_next_check_on(people, reason):
    people.agree()
    answer = report(people, reason).json
    assert (answer["applied"], answer["results"][0]["result"]) == (1, "applied")
    assert people.reason() == f"blocked_{reason}"


@pytest.mark.parametrize(
    ("reason", "orders"),
    [
        ("complaint", "not_consent_based"),
        ("minor", "not_consent_based"),
        ("bounce", "blocked_bounce"),
        ("manual", "blocked_manual"),
    ],
)
def test_messages_that_an_order_needs_stop_at_a_hard_block_alone(people, reason, orders):
    report(people, reason)
    assert people.reason("orders") == orders


def test_no_marketing_refusal_and_no_erasure_stops_messages_that_an_order_needs(people):
    person = people.agree()
    people.call("/v1/withdrawals", {"email": EMAIL, "all": True})
    assert (people.reason(), people.reason("orders")) == ("withdrawn", "not_consent_based")
    people.call(f"/v1/subjects/{person.key}", method="DELETE")
    assert (people.reason(), people.reason("orders")) == ("blocked_erased", "not_consent_based")


def test_of_several_blocks_the_first_in_order_is_named_and_a_hard_one_counts_for_orders(people):
    report(people, "manual", "bounce", "complaint")
    assert (people.reason(), people.reason("orders")) == ("blocked_complaint", "blocked_bounce")


def test_a_block_that_stands_is_reported_again_without_a_trace(people):
    first, again = report(people, "bounce").json, report(people, "bounce").json
    assert first["results"][0]["record"]
    assert (again["applied"], again["results"][0]["result"], again["results"][0]["record"]) == (0, "unchanged", None)
    assert len(people.state()["history"]) == 1


def test_a_bad_row_is_told_with_its_number_and_does_not_stop_the_others(people):
    ahead = write_time(people.service.clock.now + 301 * SECOND)
    rows = [
        {"email": "nobody", "reason": "bounce"},
        {"email": EMAIL, "reason": "bounce", "at": ahead},
        {"reason": "bounce"},
        {"email": "bob@example.org", "reason": "bounce", "source": "mta"},
    ]
    results = people.call(PATH, {"suppressions": rows}).json["results"]
    assert [(one["row"], one["result"], one["code"]) for one in results] == [
        (1, "invalid", "address_invalid"),
        (2, "invalid", "future_time"),
        (3, "invalid", "person_missing"),
        (4, "applied", None),
    ]
    assert (people.reason(), people.reason(email="bob@example.org")) == ("never_asked", "blocked_bounce")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"suppressions": []},
        {"suppressions": [{"email": EMAIL, "reason": "erased"}]},
        {"suppressions": [{"email": EMAIL, "reason": "bounce", "why": "x"}]},
        {"suppressions": [{"email": EMAIL, "reason": "bounce"}] * 1001},
    ],
)
def test_a_body_of_another_shape_is_a_problem_as_a_whole(people, body):
    answer = people.call(PATH, body)
    assert (answer.status_int, answer.json["code"]) == (422, "body_invalid")


def test_what_is_known_of_a_minor_goes_and_the_block_stays(people):
    people.agree()
    report(people, "minor")
    state = people.state()
    assert (list(state["blocks"]), state["address"], state["ref"]) == (["minor"], None, None)
    assert [one["record"]["method"] for one in state["history"]] == ["erasure"]
    assert report(people, "minor").json["applied"] == 0
    assert people.state() == state


def test_a_minor_reported_for_tomorrow_is_refused_and_loses_nothing(people):
    people.agree()
    report(people, "minor", at=write_time(people.service.clock.now + 301 * SECOND))
    assert people.reason() == "granted"


@pytest.mark.one_file
def test_a_purge_that_was_cut_short_is_done_by_the_repeat(people):
    person = people.agree()
    body = {"suppressions": [{"email": EMAIL, "reason": "minor"}]}
    database = people.service.resources.database
    with database.write():
        database.change("CREATE TRIGGER fails BEFORE DELETE ON subject BEGIN SELECT raise(ABORT, 'no'); END")
    assert people.call(PATH, body, Idempotency_Key="m1").status_int == 503
    assert people.reason() == "blocked_minor"
    with database.write():
        database.change("DROP TRIGGER fails")
    assert people.call(PATH, body, Idempotency_Key="m1").json["results"][0]["subject"] == person.key
    assert people.state()["address"] is None


def test_a_fresh_confirmation_lifts_a_withdrawal_but_never_a_complaint(people):
    person = people.agree()
    for at, spoil in ((1, {"stop_all": True}), (3, {})):
        people.service.clock.now += at * SECOND
        if spoil:
            people.call("/v1/withdrawals", {"email": EMAIL, "all": True})
        else:
            report(people, "complaint")
        people.service.clock.now += SECOND
        confirm(people, person)
        assert people.reason() == ("granted" if spoil else "blocked_complaint")


def confirm(people, person):
    act = Act(
        method=Method.SUBSCRIBE_CONFIRM,
        actor="subject",
        at=people.service.clock.now,
        states={"offers_email": State.GRANTED},
        revives=True,
    )
    record_act(people.service.resources, people.service.demo, person.principal, act)


@pytest.mark.parametrize("reason", ["complaint", "minor"])
def test_lifting_what_the_person_caused_needs_evidence(people, reason):
    report(people, reason)
    answer = lift(people, reason)
    assert (answer.status_int, answer.json["code"]) == (422, "evidence_missing")
    answer = lift(people, reason, evidence={"ticket": "T-9"})
    assert (answer.json["lifted"], answer.json["blocks"]) == (True, {})
    assert people.reason() == "never_asked"


def test_a_lifted_block_is_an_operators_record_and_decisions_of_before_count_again(people):
    people.agree()
    report(people, "bounce", "manual")
    answer = lift(people, "bounce", source="helpdesk").json
    assert (answer["lifted"], list(answer["blocks"])) == (True, ["manual"])
    record = people.state()["history"][0]["record"]
    assert (record["id"], record["method"], record["overrides"]) == (answer["record"], "operator", {"lift": "bounce"})
    lift(people, "manual")
    assert people.reason() == "granted"


def test_lifting_what_does_not_stand_changes_nothing(people):
    before = people.service.stored()
    assert lift(people, "bounce").json["lifted"] is False
    assert people.service.stored() == before


def test_only_an_administrators_key_lifts(people):
    key = people.service.key(scopes=[scope for scope in Scope if scope is not Scope.ADMIN])
    answer = people.call(PATH, {"email": EMAIL, "reason": "bounce"}, method="DELETE", key=key)
    assert (answer.status_int, answer.json["code"]) == (403, "scope_missing")


@pytest.mark.parametrize("reason", ["complaint", "bounce", "manual", "minor"])
def test_a_key_that_sees_some_purposes_alone_blocks_nobody_from_everything(people, reason):
    people.agree()
    limited = people.service.key(scopes=[Scope.WRITE], purposes=["offers_email"])
    refused = people.call(PATH, {"suppressions": [{"email": EMAIL, "reason": reason}]}, key=limited)
    assert (refused.status_int, refused.json["code"]) == (403, "key_limited")
    assert people.reason() == "granted"
    assert people.call("/v1/withdrawals", {"email": EMAIL, "purposes": ["offers_email"]}, key=limited).status_int == 200
    assert people.reason() == "withdrawn"


def test_a_key_that_sees_some_purposes_alone_lifts_nothing(people):
    limited = people.service.key(scopes=[Scope.ADMIN], purposes=["offers_email"])
    report(people, "bounce")
    answer = people.call(PATH, {"email": EMAIL, "reason": "bounce"}, method="DELETE", key=limited)
    assert (answer.status_int, answer.json["code"]) == (403, "key_limited")
    assert people.reason() == "blocked_bounce"
