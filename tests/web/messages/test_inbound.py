"""The intake of mail and of text messages: a token or a keyword counts, and nothing else that anybody writes."""

from urllib.parse import quote

import pytest

from consent_service.domain.api_key import Scope
from consent_service.domain.ledger.decision import Method
from consent_service.domain.site.purpose import Channel
from consent_service.services.rights.erasing import erase_subject
from tests.cast import SECOND
from tests.web.newsletter import everything
from tests.web.raw import raw_request
from tests.web.reader import Reader

NEWS, CARE, SMS = "offers_email", "care_email", "offers_sms"
PHONE = "+447400123456"


@pytest.fixture
def anna(own_service):
    return Reader(own_service, "anna@home.example").say_yes(NEWS, CARE)


@pytest.fixture
def phone(own_service):
    return Reader(own_service, PHONE).say_yes(SMS)


def mail(to, *lines, number=1):
    head = [f"Message-ID: <{number}@home.example>", "From: x@y.example", f"To: {to}", "Subject: stop", *lines]
    return "\r\n".join([*head, "", "Please."]).encode()


def send(service, message, *, recipient="", kind="message/rfc822", key=None, status=202):
    headers = {"Authorization": f"Bearer {key or service.key(scopes=[Scope.WRITE])}", "Content-Type": kind}
    query = f"?recipient={quote(recipient)}" if recipient else ""
    return service.client().post(f"/v1/inbound/mail{query}", message, headers=headers, status=status).json


def reply(service, text, *, number=PHONE, status=202, **more):
    service.clock.advance(SECOND)
    headers = {"Authorization": f"Bearer {service.key(scopes=[Scope.WRITE])}"}
    body = {"phone": number, "text": text, **more}
    return service.client().post_json("/v1/inbound/sms", body, headers=headers, status=status).json


def test_the_token_in_the_recipient_ends_what_it_names(own_service, anna):
    told = send(own_service, mail(anna.unsubscribe_address(NEWS)))
    assert told == {"matched": True, "action": "unsubscribed"}
    assert anna.reasons(NEWS, CARE) == ["withdrawn", "granted"]
    rows = own_service.resources.database.rows("SELECT method, source FROM change ORDER BY seq DESC LIMIT 1")
    assert rows == [(Method.MAILTO, "mailto")]


@pytest.mark.parametrize("word", ["STOP", "START"])
def test_a_key_that_does_not_see_what_a_keyword_is_about_changes_nothing(own_service, phone, word):
    if word == "START":
        reply(own_service, "STOP")
    before = phone.reasons(SMS)
    headers = {"Authorization": f"Bearer {own_service.key(scopes=[Scope.WRITE], purposes=[NEWS])}"}
    body = {"phone": PHONE, "text": word}
    answer = own_service.client().post_json("/v1/inbound/sms", body, headers=headers, status=403)
    assert answer.json["code"] == "purpose_not_visible"
    assert phone.reasons(SMS) == before


def test_a_keyword_on_a_channel_without_messages_stops_everything_so_a_limited_key_may_not_send_it(own_service, phone):
    headers = {"Authorization": f"Bearer {own_service.key(scopes=[Scope.WRITE], purposes=[NEWS])}"}
    body = {"phone": PHONE, "text": "STOP", "channel": "whatsapp"}
    answer = own_service.client().post_json("/v1/inbound/sms", body, headers=headers, status=403)
    assert answer.json["code"] == "key_limited"
    assert phone.reasons(SMS) == ["granted"]


def test_the_recipient_of_the_envelope_counts_whatever_case_it_came_in(own_service, anna):
    told = send(own_service, mail("list@shop.example"), recipient=anna.unsubscribe_address(NEWS).upper())
    assert told["action"] == "unsubscribed"


@pytest.mark.parametrize(
    "form", ['"{0}"@{1}', "<mailto:{0}@{1}>", "Shop {0}@{1}", "'{0}@{1}'", "{0} @ {1}", "=?utf-8?q?{0}=40{1}?="]
)
def test_a_mail_that_reached_us_ends_what_it_names_however_its_program_wrote_to_whom(own_service, anna, form):
    to = form.format(*anna.unsubscribe_address(NEWS).split("@"))
    assert send(own_service, mail(to))["action"] == "unsubscribed"
    assert anna.reasons(NEWS) == ["withdrawn"]


def test_neither_sender_nor_subject_ends_anything(own_service, anna):
    address = anna.unsubscribe_address(NEWS)
    key = own_service.key(scopes=[Scope.WRITE])
    before = everything(own_service)
    told = send(own_service, mail("list@shop.example", f"Reply-To: {address}", f"Subject: {address}"), key=key)
    assert told == {"matched": False, "action": "none"}
    assert anna.reasons(NEWS) == ["granted"]
    assert everything(own_service) == before


@pytest.mark.parametrize("line", ["Auto-Submitted: auto-replied", "Return-Path: <>", "Precedence: auto_reply"])
def test_answers_of_machines_are_ignored(own_service, anna, line):
    told = send(own_service, mail(anna.unsubscribe_address(NEWS), line))
    assert told == {"matched": False, "action": "ignored"}
    assert anna.reasons(NEWS) == ["granted"]


def test_the_same_message_again_ends_nothing_a_second_time(own_service, anna):
    message = mail(anna.unsubscribe_address(NEWS))
    send(own_service, message)
    own_service.clock.advance(SECOND)
    anna.say_yes(NEWS)
    assert send(own_service, message) == {"matched": True, "action": "unchanged"}
    assert anna.reasons(NEWS) == ["granted"]
    send(own_service, mail(anna.unsubscribe_address(NEWS), number=2))
    assert anna.reasons(NEWS) == ["withdrawn"]


def test_a_hundred_messages_of_one_wish_are_one_record(own_service, anna):
    records = anna.records()
    for number in range(100):
        send(own_service, mail(anna.unsubscribe_address(NEWS), number=number))
    assert anna.records() == records + 1


def test_a_forged_token_and_one_of_the_preference_centre_do_nothing(own_service, anna):
    address = anna.unsubscribe_address(NEWS)
    forged = address.replace(address[10], "b" if address[10] != "b" else "c", 1)
    assert send(own_service, mail(forged))["action"] == "none"
    assert send(own_service, mail(address.replace("unsubscribe.", "other.")))["action"] == "none"
    assert anna.reasons(NEWS) == ["granted"]


def test_no_message_is_too_broken_to_be_taken(own_service, anna):
    for message in (b"", b"\x00\xff" * 1000, b"To: " + b"(" * 100_000, b"\n" * 100):
        assert send(own_service, message)["matched"] is False


def test_a_large_message_is_taken_and_too_large_a_one_is_refused(own_service, anna):
    message = mail(anna.unsubscribe_address(NEWS))
    assert send(own_service, message + b"x" * 1_000_000)["action"] == "unsubscribed"
    assert send(own_service, message + b"x" * 1_100_000, status=413)["code"] == "too_large"


def test_only_a_message_and_only_a_writing_key_are_taken(own_service, anna):
    message = mail(anna.unsubscribe_address(NEWS))
    assert send(own_service, message, kind="text/plain", status=415)["code"] == "wrong_type"
    assert send(own_service, message, key=own_service.key(), status=403)["code"] == "scope_missing"
    assert anna.reasons(NEWS) == ["granted"]


@pytest.mark.parametrize(
    ("query", "code"), [("to=x", "parameter_unknown"), ("recipient=a&recipient=b", "parameter_repeated")]
)
def test_an_odd_query_is_refused(own_service, query, code):
    headers = {"Authorization": f"Bearer {own_service.key(scopes=[Scope.WRITE])}", "Content-Type": "message/rfc822"}
    answer = own_service.client().post(f"/v1/inbound/mail?{query}", b"x", headers=headers, status=400)
    assert answer.json["code"] == code


@pytest.mark.parametrize(
    "word", ["STOP", "stopall", "Quit", "end", "revoke", "opt out", "cancel", "unsubscribe", "arrêt"]
)
def test_each_stop_keyword_ends_the_channel(own_service, phone, word):
    assert reply(own_service, word) == {"matched": True, "action": "unsubscribed"}
    assert phone.reasons(SMS) == ["withdrawn"]


def test_a_stop_counts_for_a_number_nobody_knows_and_repeats_add_nothing(own_service):
    stranger = Reader(own_service, "+447400999999")
    assert reply(own_service, "stop", number="07400 999999")["action"] == "unsubscribed"
    assert stranger.reasons(SMS) == ["withdrawn"]
    records = stranger.records()
    assert reply(own_service, "stop", number="07400 999999") == {"matched": True, "action": "unchanged"}
    assert stranger.records() == records


def test_start_reopens_what_a_stop_keyword_ended(own_service, phone):
    reply(own_service, "stop")
    assert reply(own_service, "START") == {"matched": True, "action": "reopened"}
    assert phone.reasons(SMS) == ["granted"]


def test_start_grants_nothing_that_was_never_on(own_service):
    stranger = Reader(own_service, "+447400999999")
    assert reply(own_service, "start", number="+447400999999")["action"] == "unchanged"
    reply(own_service, "stop", number="+447400999999")
    assert reply(own_service, "start", number="+447400999999")["action"] == "unchanged"
    assert stranger.reasons(SMS) == ["withdrawn"]


def test_start_does_not_undo_a_no_that_was_said_elsewhere(own_service, phone):
    reply(own_service, "stop")
    own_service.clock.advance(SECOND)
    phone.act(stop_all=True)
    assert reply(own_service, "start")["action"] == "unchanged"
    assert phone.reasons(SMS) == ["withdrawn"]
    other = Reader(own_service, "+447400999999").say_yes(SMS)
    raw_request(own_service, other.unsubscribe_path(SMS, Channel.SMS), method="POST")
    assert reply(own_service, "start", number="+447400999999")["action"] == "unchanged"


def test_a_keyword_counts_for_the_channel_it_came_by(own_service, phone):
    assert reply(own_service, "stop", channel="sms")["action"] == "unsubscribed"
    assert reply(own_service, "stop", channel="email", status=422)["code"] == "body_invalid"


@pytest.mark.parametrize("text", ["please do not stop", "yes", "no", "help", "", "stop " * 400])
def test_any_other_text_does_nothing_and_is_kept_nowhere(own_service, phone, text):
    before = phone.records()
    assert reply(own_service, text) == {"matched": False, "action": "none"}
    assert (phone.reasons(SMS), phone.records()) == (["granted"], before)


def test_what_is_no_number_is_refused(own_service):
    assert reply(own_service, "stop", number="anna", status=422)["code"] == "address_invalid"


def test_an_erased_number_stays_off(own_service, phone):
    erase_subject(own_service.resources, phone.site, phone.principal, "key:x")
    for word in ("stop", "start"):
        assert reply(own_service, word)["action"] == "unchanged"
    # What is left is the record of the removal.
    assert (phone.reasons(SMS), phone.records()) == (["blocked_erased"], 1)


def test_the_digits_of_a_text_provider_begin_with_the_country_code(own_service):
    stranger = Reader(own_service, "+4915112345678")
    assert reply(own_service, "STOP", number="4915112345678")["action"] == "unsubscribed"
    assert stranger.reasons(SMS) == ["withdrawn"]
