"""Checking messages: one person as of now, and a whole list as of one moment."""

import pytest

from consent_service.domain.feed.feed_cursor import FeedPlace, write_cursor
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.ledger.decision_order import Reason
from consent_service.domain.site.purpose import Basis, Channel, Kind
from consent_service.domain.subject.act import Act
from consent_service.domain.subject.asked_row import AskedRow
from consent_service.domain.subject.standing import Block
from consent_service.services.check.checking_subjects import check_subject, open_list_check
from consent_service.services.subject.identifying_subjects import identify_email, identify_phone
from consent_service.services.subject.recording_acts import record_act
from consent_service.storage.engine.epoch import find_epoch
from tests.cast import SECOND, make_purpose, make_site

NEWS = "newsletter"
ORDERS = make_purpose(
    "orders", kind=Kind.MESSAGES, channel=Channel.EMAIL, basis=Basis.CONTRACT, letter="", cookies=(), impact={}
)


@pytest.fixture
def site():
    return make_site(extra=[ORDERS])


@pytest.fixture
def say(resources, site, clock):
    def act(address, state=State.GRANTED, **changes):
        clock.advance(SECOND)
        who = identify_email(resources, site, address)
        made = Act(method=Method.API, actor="key:1", at=clock.now, states={NEWS: state}, revives=True, **changes)
        return record_act(resources, site, who.principal, made)

    return act


def asked(resources, site, *rows, purpose=NEWS):
    with open_list_check(resources, site, site.purpose_by_key[purpose]) as check:
        answers = check.answer(rows)
        return [answer.reason if answer else fault for _, answer, fault in answers], check


def name_place(resources, site, seq):
    return write_cursor(site.id, FeedPlace(find_epoch(resources.database), seq))


def email(text):
    return AskedRow("email", text)


def test_an_unknown_person_was_never_asked(resources, site):
    told = check_subject(resources, site, identify_email(resources, site, "a@shop.example"), [NEWS, "gadgets"])
    assert {key: answer.reason for key, answer in told.answers.items()} == {
        NEWS: Reason.NEVER_ASKED,
        "gadgets": Reason.UNKNOWN_PURPOSE,
    }
    assert not any(answer.allowed for answer in told.answers.values())
    assert told.as_of == name_place(resources, site, 0)


def test_a_list_is_answered_in_order_like_everybody_on_it_alone(resources, site, say):
    say("yes@shop.example")
    say("no@shop.example", State.WITHDRAWN)
    say("bounce@shop.example", block=Block.BOUNCE)
    people = ["no@shop.example", "yes@shop.example", "unknown@shop.example", "bounce@shop.example", "YES@shop.example"]
    for purpose in (NEWS, "orders"):
        reasons, _ = asked(resources, site, *map(email, people), purpose=purpose)
        alone = [
            check_subject(resources, site, identify_email(resources, site, person), [purpose]).answers[purpose].reason
            for person in people
        ]
        assert reasons == alone


def test_marketing_refusals_leave_transactional_messages_and_a_bounce_stops_them(resources, site, say):
    say("no@shop.example", State.WITHDRAWN)
    say("bounce@shop.example", block=Block.BOUNCE)
    reasons, _ = asked(resources, site, email("no@shop.example"), email("bounce@shop.example"), purpose="orders")
    assert reasons == [Reason.NOT_CONSENT_BASED, Reason.BLOCKED_BOUNCE]


def test_a_row_that_names_nobody_costs_no_other(resources, site, say):
    say("yes@shop.example")
    rows = [
        email("nobody"),
        AskedRow("phone", "+1234"),
        AskedRow("subject", "1.short"),
        AskedRow("", "", fault="row_malformed"),
        email("yes@shop.example"),
    ]
    reasons, _ = asked(resources, site, *rows)
    assert reasons == ["email_malformed", "phone_malformed", "subject_malformed", "row_malformed", Reason.GRANTED]


def test_a_list_that_names_nobody_is_answered_too(resources, site):
    assert asked(resources, site, email("nobody"))[0] == ["email_malformed"]
    assert asked(resources, site)[0] == []


def test_persons_are_known_by_address_number_and_key_alike(resources, site, say):
    say("yes@shop.example")
    key = identify_email(resources, site, "yes@shop.example").key
    phone = identify_phone(resources, site, "+442079460123")
    with open_list_check(resources, site, site.purpose_by_key[NEWS]) as check:
        rows = (AskedRow("subject", key), email("Yes@Shop.Example"), AskedRow("phone", "+44 20 7946 0123"))
        assert [subject for subject, _, _ in check.answer(rows)] == [key, key, phone.key]
        assert check.repeats == 1


def test_a_list_shows_one_snapshot_whatever_is_written_meanwhile(resources, site, say, clock):
    say("yes@shop.example")
    with open_list_check(resources, site, site.purpose_by_key[NEWS]) as check:
        assert check.answer([email("yes@shop.example")])[0][1].allowed
        say("yes@shop.example", State.WITHDRAWN)
        assert check.answer([email("yes@shop.example")])[0][1].allowed
        assert check.as_of == name_place(resources, site, 1)
        now = check_subject(resources, site, identify_email(resources, site, "yes@shop.example"), [NEWS])
        assert (now.answers[NEWS].allowed, now.as_of) == (False, name_place(resources, site, 2))
