"""POST /v1/check: one person, named in the body."""

import logging

import pytest

from consent_service.domain.api_key import Scope
from consent_service.domain.feed.feed_cursor import FeedPlace, write_cursor
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.subject.act import Act
from consent_service.services.subject.identifying_subjects import identify_email
from consent_service.services.subject.recording_acts import record_act
from consent_service.storage.engine.epoch import find_epoch
from tests.web.service import Service

WHO = "ada@shop.example"


@pytest.fixture
def service(tmp_path):
    return Service(tmp_path)


@pytest.fixture
def key(service):
    return service.key()


def grant(service, address=WHO, purpose="offers_email", state=State.GRANTED):
    who = identify_email(service.resources, service.demo, address)
    act = Act(method=Method.API, actor="key:1", at=service.clock.now, states={purpose: state}, revives=True)
    record_act(service.resources, service.demo, who.principal, act)
    return who


def ask(service, key, **body):
    headers = {"Authorization": f"Bearer {key}"}
    return service.client().post_json("/v1/check", body, headers=headers, status="*")


def test_a_yes_is_allowed_with_its_record_and_the_cursor_to_go_on_from(service, key):
    who = grant(service)
    answer = ask(service, key, email=" Ada@Shop.example", purposes=["offers_email", "care_email"]).json
    assert (answer["subject"], answer["visitor"]) == (who.key, None)
    offers = answer["decisions"]["offers_email"]
    assert (offers["allowed"], offers["reason"], offers["since"]) == (True, "granted", "2026-01-01T12:00:00Z")
    assert service.ask(f"/v1/records/{offers['record']}", service.key()).status_int == 200
    assert answer["decisions"]["care_email"]["reason"] == "never_asked"
    assert answer["as_of"] == write_cursor("demo", FeedPlace(find_epoch(service.resources.database), 1))


def test_a_yes_on_one_channel_or_for_one_topic_says_nothing_of_another(service, key):
    purposes = [purpose.key for purpose in service.demo.message_purposes]
    grant(service)
    told = ask(service, key, email=WHO, purposes=purposes).json["decisions"]
    assert [name for name, answer in told.items() if answer["allowed"]] == ["offers_email"]


def test_a_person_may_be_named_by_the_key_of_an_earlier_answer(service, key):
    subject = grant(service).key
    assert ask(service, key, subject=subject, purposes=["offers_email"]).json["decisions"]["offers_email"]["allowed"]


def test_an_unknown_person_is_200_and_was_never_asked(service, key):
    answer = ask(service, key, phone="+442079460123", channel="sms")
    assert answer.status_int == 200
    assert {one["reason"] for one in answer.json["decisions"].values()} == {"never_asked"}


def test_an_unknown_purpose_is_no(service, key):
    decisions = ask(service, key, email=WHO, purposes=["gadgets"]).json["decisions"]
    assert (decisions["gadgets"]["allowed"], decisions["gadgets"]["reason"]) == (False, "unknown_purpose")


def test_a_visitor_is_answered_as_by_get(service, key):
    browser = service.browser()
    browser.press("save", "analytics")
    posted = ask(service, key, visitor=browser.visitor).json["decisions"]
    assert posted == service.ask(f"/v1/check?visitor={browser.visitor}", key).json["decisions"]


def test_the_signal_of_a_visitor_counts(service, key):
    browser = service.browser()
    browser.press("accept")
    asked = {"visitor": browser.visitor, "purposes": ["marketing"]}
    assert ask(service, key, **asked).json["decisions"]["marketing"]["allowed"]
    assert ask(service, key, **asked, signal=True).json["decisions"]["marketing"]["reason"] == "signal"


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"channel": "sms"}, {"offers_sms"}),
        ({"channel": "email", "class": "transactional"}, {"orders"}),
        ({"class": "transactional"}, {"orders"}),
        ({"topic": "care-email", "channel": "email"}, {"care_email"}),
    ],
)
def test_channel_topic_and_class_choose_the_purposes(service, key, chosen, expected):
    assert set(ask(service, key, email=WHO, **chosen).json["decisions"]) == expected


def test_leaving_the_purposes_out_asks_for_every_message_the_key_may_see(service, key):
    messages = {purpose.key for purpose in service.demo.purposes if purpose.kind == "messages"}
    assert set(ask(service, key, email=WHO).json["decisions"]) == messages
    limited = service.key(purposes=["care_email", "analytics"])
    assert set(ask(service, limited, email=WHO).json["decisions"]) == {"care_email"}


def test_a_key_sees_its_own_purposes_alone(service):
    limited = service.key(purposes=["care_email"])
    for purpose in ("offers_email", "gadgets"):
        answer = ask(service, limited, email=WHO, purposes=["care_email", purpose])
        assert (answer.status_int, answer.json["code"]) == (403, "purpose_not_visible")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "person_missing"),
        ({"email": WHO, "phone": "+442079460123"}, 422, "person_missing"),
        ({"email": WHO, "visitor": "A" * 22}, 422, "person_missing"),
        ({"email": "nobody"}, 422, "address_invalid"),
        ({"email": ""}, 422, "address_invalid"),
        ({"subject": "0" * 64}, 422, "address_invalid"),
        ({"visitor": "x"}, 422, "visitor_malformed"),
        ({"email": 7}, 422, "body_invalid"),
        ({"email": WHO, "purpose": "offers_email"}, 422, "body_invalid"),
        ({"email": WHO, "signal": True}, 422, "body_invalid"),
        ({"email": WHO, "channel": "pigeon"}, 422, "body_invalid"),
        ({"email": WHO, "channel": "push"}, 422, "purpose_unclear"),
        ({"email": WHO, "purposes": ["offers_email"], "channel": "email"}, 422, "purpose_unclear"),
        ({"email": WHO, "purposes": ["p"] * 51}, 400, "purposes_too_many"),
    ],
)
def test_a_question_that_is_none_is_refused(service, key, body, status, code):
    answer = ask(service, key, **body)
    assert (answer.status_int, answer.json["code"]) == (status, code)


def test_the_scope_check_is_needed(service):
    assert ask(service, service.key(scopes=[Scope.WRITE]), email=WHO).json["code"] == "scope_missing"
    assert ask(service, "", email=WHO).json["code"] == "key_missing"


def test_asking_stores_nothing_and_logs_no_address(service, key, caplog):
    before = service.stored()
    with caplog.at_level(logging.DEBUG):
        ask(service, key, email=WHO)
    assert service.stored() == before
    assert WHO not in caplog.text
