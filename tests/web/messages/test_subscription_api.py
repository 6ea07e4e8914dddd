"""The subscription API: what a shop was told at a checkout, with its proof, and never a yes out of nothing."""

import json

import pytest

from consent_service.domain.api_key import Scope
from consent_service.domain.basics.moment import write_time
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.subject.act import Act
from consent_service.keys.record_verification import verify_record
from consent_service.services.ledger.publishing_notices import find_notice
from consent_service.services.ledger.removing_records import read_payload
from consent_service.services.subject.recording_acts import record_act
from consent_service.storage.records import stream_site_records
from consent_service.storage.subjects import find_subject
from tests.cast import SECOND
from tests.web.newsletter import ANNA, OFFERS, Newsletter, everything

PATH = "/v1/subscriptions"
WORDING = {"text": "Yes, send me offers by e-mail.", "language": "en"}
EMAIL = {"email": ANNA, "purposes": [OFFERS], "wording": WORDING, "source": "checkout"}
SMS = {
    "phone": "+44 7400 123456",
    "purposes": ["offers_sms"],
    "wording": WORDING,
    "source": "checkout",
    "evidence": {"order": "A-1001"},
}
SOFT = {
    "email": ANNA,
    "topics": ["similar-email"],
    "channel": "email",
    "wording": WORDING,
    "sale": {"at": "2025-12-31T10:00:00Z", "reference": "A-1001"},
    "own_similar_goods": True,
    "objection_offered": True,
    "objected": False,
}


@pytest.fixture
def newsletter(own_service) -> Newsletter:
    return Newsletter(own_service)


def post(newsletter: Newsletter, body: dict, *, key: str = "", **headers: str):
    key = key or newsletter.service.key(scopes=[Scope.WRITE])
    sent = {"Authorization": f"Bearer {key}", "Host": "localhost:8000", **headers}
    return newsletter.service.client().post_json(PATH, body, headers=sent, expect_errors=True)


def without(body: dict, *names: str) -> dict:
    return {name: value for name, value in body.items() if name not in names}


def records(newsletter: Newsletter) -> list[dict]:
    keys = newsletter.service.resources.keys.public_keys
    stored = stream_site_records(newsletter.service.resources.database, "demo")
    return [json.loads(verify_record(keys, record.signed)) for record in stored]


def test_a_yes_to_mail_waits_for_its_confirmation(newsletter):
    answer = post(newsletter, EMAIL | {"evidence": {"order": "A-1001"}, "ref": "customer-7"})
    assert answer.status_int == 202
    assert answer.json["status"] == "pending"
    assert newsletter.reason() == "never_asked"
    newsletter.work()
    assert newsletter.reason() == "pending"
    newsletter.confirm(newsletter.letters[0]["link"].partition("8000")[2])
    assert newsletter.reason() == "granted"
    confirmed, request = records(newsletter)
    assert request["id"] == answer.json["request_id"] == confirmed["request"]
    assert (request["source"], request["evidence"]) == ("checkout", {"order": "A-1001"})
    assert request["actor"].startswith("key:")
    assert find_subject(newsletter.service.resources.database, newsletter.principal()).ref == "customer-7"


def test_the_text_that_was_shown_is_archived_and_proved_by_its_digest(newsletter):
    post(newsletter, EMAIL)
    notice = find_notice(newsletter.service.resources, "demo", records(newsletter)[0]["notice"])
    assert (notice.surface, json.loads(notice.document)["page"]) == ("shop", WORDING["text"])
    again = post(newsletter, EMAIL | {"wording": {"notice": notice.digest}})
    assert again.status_int == 202
    assert {record["notice"] for record in records(newsletter)} == {notice.digest}


@pytest.mark.threat("T20")
def test_known_and_unknown_addresses_get_the_same_answer(newsletter):
    newsletter.confirm(newsletter.subscribe())
    answers = [post(newsletter, EMAIL | {"email": email}) for email in (ANNA, "new@shopper.example")]
    assert {(one.status_int, one.json["status"], len(one.body)) for one in answers} == {(202, "pending", 102)}


@pytest.mark.parametrize("body", [EMAIL | {"purposes": []}, EMAIL | {"purposes": [], "declined": [OFFERS]}])
def test_an_unticked_box_is_no_answer_and_changes_nothing(newsletter, body):
    newsletter.confirm(newsletter.subscribe())
    key = newsletter.service.key(scopes=[Scope.WRITE])
    before = everything(newsletter.service)
    answer = post(newsletter, body, key=key)
    assert (answer.status_int, answer.json["status"]) == (200, "nothing")
    assert everything(newsletter.service) == before
    assert newsletter.reason() == "granted"


def test_soft_opt_in_with_all_its_conditions_counts_at_once_from_the_sale_on(newsletter):
    answer = post(newsletter, SOFT)
    assert (answer.status_int, answer.json["status"]) == (200, "recorded")
    assert newsletter.reason(purpose="similar_email") == "soft_opt_in"
    (record,) = records(newsletter)
    assert record["acted_at"] == "2025-12-31T10:00:00.000000Z"
    assert record["evidence"] == {
        "objected": "false",
        "objection_offered": "true",
        "own_similar_goods": "true",
        "sale": "A-1001",
        "sale_at": "2025-12-31T10:00:00.000000Z",
    }


@pytest.mark.parametrize(
    "body",
    [
        *(without(SOFT, name) for name in ("sale", "own_similar_goods", "objection_offered", "objected")),
        SOFT | {"own_similar_goods": False},
        SOFT | {"objection_offered": False},
        SOFT | {"objected": True},
    ],
)
def test_soft_opt_in_without_all_its_conditions_is_refused(newsletter, body):
    answer = post(newsletter, body)
    assert (answer.status_int, answer.json["code"]) == (422, "soft_opt_in_incomplete")
    assert records(newsletter) == []


def test_a_sale_does_not_bring_back_who_objected_before(newsletter):
    post(newsletter, SOFT)
    newsletter.service.clock.advance(SECOND)
    now = newsletter.service.clock.now
    gone = Act(method=Method.ONE_CLICK, actor="subject", at=now, states={"similar_email": State.WITHDRAWN})
    record_act(newsletter.service.resources, newsletter.site, newsletter.principal(), gone)
    newsletter.service.clock.advance(SECOND)
    later = SOFT | {"sale": {"at": write_time(newsletter.service.clock.now), "reference": "A-1002"}}
    answer = post(newsletter, later)
    assert answer.json["status"] == "unchanged"
    assert answer.json["verdicts"] == {"similar_email": "withdrawal_newer"}
    assert newsletter.reason(purpose="similar_email") == "withdrawn"


def test_a_yes_by_another_channel_counts_at_once_with_the_shops_own_proof(newsletter):
    answer = post(newsletter, SMS)
    assert (answer.status_int, answer.json["verdicts"]) == (200, {"offers_sms": "applied"})
    (record,) = records(newsletter)
    assert (record["evidence"], record["source"]) == ({"order": "A-1001"}, "checkout")
    assert find_subject(newsletter.service.resources.database, record["principal"]).sealed


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (without(SMS, "evidence"), "evidence_missing"),
        (without(SMS, "source"), "evidence_missing"),
        (SMS | {"at": "2026-01-01T12:30:00Z"}, "future_time"),
        (without(SMS, "phone") | {"email": ANNA}, "address_needed"),
        (without(EMAIL, "email") | {"subject": "1.AAAAAAAAAAAAAAAAAAAAAA"}, "address_needed"),
        (EMAIL | {"purposes": [OFFERS, "similar_email"]}, "purposes_mixed"),
        (EMAIL | {"purposes": ["analytics"]}, "purpose_unknown"),
        (EMAIL | {"purposes": ["orders"]}, "purpose_unknown"),
        (without(EMAIL, "purposes"), "purposes_missing"),
        (EMAIL | {"topics": ["offers-email"], "channel": "email"}, "purposes_missing"),
        (without(EMAIL, "purposes") | {"topics": ["offers-email"]}, "purposes_missing"),
        (EMAIL | {"declined": [OFFERS]}, "purposes_contradictory"),
        (without(EMAIL, "wording"), "wording_missing"),
        (EMAIL | {"wording": {}}, "wording_missing"),
        (EMAIL | {"wording": {"text": "Ja", "language": "nl"}}, "wording_missing"),
        (EMAIL | {"wording": {"text": "好", "language": "zh_TW"}}, "wording_missing"),
        (EMAIL | {"wording": {"notice": "0" * 64}}, "notice_unknown"),
        (without(EMAIL, "email"), "person_missing"),
        (EMAIL | {"phone": "+44 7400 123456"}, "person_missing"),
        (EMAIL | {"email": "anna"}, "address_invalid"),
        (EMAIL | {"evidence": {"note": "she said yes on the phone"}}, "body_invalid"),
        (EMAIL | {"purpose": "x"}, "body_invalid"),
    ],
)
def test_what_is_not_as_documented_is_refused_and_stores_nothing(newsletter, body, code):
    answer = post(newsletter, body)
    assert (answer.status_int, answer.json["code"]) == (422, code)
    assert records(newsletter) == []


def test_the_language_of_a_wording_may_be_the_locale_of_the_shop(newsletter):
    assert post(newsletter, EMAIL | {"wording": {"text": "Ja, gern.", "language": "de_DE"}}).status_int == 202
    newsletter.work()
    assert newsletter.letters[0]["link"].endswith("?lang=de")


def test_the_notice_has_to_ask_for_the_purpose(newsletter):
    digest = newsletter.browser.digest()
    answer = post(newsletter, EMAIL | {"wording": {"notice": digest}})
    assert answer.json["code"] == "notice_unknown"


def test_a_key_needs_the_scope_and_sees_only_its_purposes(newsletter):
    service = newsletter.service
    assert post(newsletter, EMAIL, key=service.key(scopes=[Scope.CHECK])).status_int == 403
    limited = service.key(scopes=[Scope.WRITE], purposes=["care_email"])
    assert post(newsletter, EMAIL, key=limited).json["code"] == "purpose_not_visible"
    assert post(newsletter, EMAIL | {"minor": True}, key=limited).json["code"] == "key_limited"


def test_the_shops_word_that_somebody_is_a_minor_erases_and_blocks(newsletter):
    newsletter.confirm(newsletter.subscribe())
    answer = post(newsletter, {"email": ANNA, "minor": True})
    assert (answer.status_int, answer.json["status"]) == (200, "blocked")
    assert newsletter.reason() == "blocked_minor"
    stored = stream_site_records(newsletter.service.resources.database, "demo")
    assert {read_payload(record.signed)["method"] for record in stored} == {"erasure"}
    assert find_subject(newsletter.service.resources.database, newsletter.principal()) is None
    assert post(newsletter, SOFT).json["verdicts"] == {"similar_email": "blocked"}
    assert post(newsletter, EMAIL).status_int == 202
    newsletter.work()
    assert [letter["template"] for letter in newsletter.letters] == ["confirm"]


def test_links_lead_to_the_shop_and_without_knowing_where_that_is_there_are_none(newsletter):
    answer = post(newsletter, EMAIL, Host="127.0.0.9:8000")
    assert (answer.status_int, answer.json["code"]) == (409, "origin_unknown")


def test_a_repeat_with_the_same_idempotency_key_asks_once(newsletter):
    key = newsletter.service.key(scopes=[Scope.WRITE])
    answers = [post(newsletter, EMAIL, key=key, **{"Idempotency-Key": "order-1"}) for _ in range(2)]
    assert answers[0].json == answers[1].json
    assert len(records(newsletter)) == 1
