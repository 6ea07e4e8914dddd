"""What is told now counts now, whatever clocks said before, and an older wish never outlives a newer no."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent_service.domain.basics.moment import DAY, MINUTE
from consent_service.domain.ledger.decision_order import Reason
from consent_service.domain.site.purpose import Channel
from consent_service.domain.subject.act import MAX_SKEW, ActVerdict
from consent_service.domain.subject.standing import Block
from consent_service.services.audit.checking_store import check_store
from consent_service.services.ledger.exporting_records import export_records
from consent_service.services.messages.confirming_requests import Status, read_confirmation
from consent_service.services.messages.receiving_replies import Action, receive_text
from consent_service.services.messages.recording_grants import Grant, record_grant
from consent_service.services.messages.suppressing_addresses import lift_suppression, suppress_address
from consent_service.verifier.export_verification import verify_export
from tests.cast import NOON, SECOND
from tests.services.messages.telling_desk import NEWS, OFFERS, SITE, TEXTS, Desk

YEAR = 365 * DAY
OFFSETS = st.sampled_from((-DAY, -MINUTE, -1, 0, 1, MINUTE, 4 * MINUTE, DAY, YEAR, 10 * YEAR)) | st.integers(
    -DAY, 10 * YEAR
)
WAYS = {
    "one click, one topic": lambda desk, who, key: desk.click(who, key),
    "one click, its channel": lambda desk, who, key: desk.click(who, "", SITE.purpose_by_key[key].channel),
    "one click, everything": lambda desk, who, key: desk.click(who, ""),
    "a mail to the unsubscribe address": lambda desk, who, key: desk.mail(who, key),
    "STOP by text message": lambda desk, who, key: receive_text(desk.resources, SITE, who, "STOP", Channel.SMS),
    "a no in the preference centre": lambda desk, who, key: desk.save_no(who, key),
    "everything stopped in the preference centre": lambda desk, who, key: desk.stop(who, key),
    "a call of the shop": lambda desk, who, key: desk.withdraw(who, key),
    "a call of the shop about everything": lambda desk, who, key: desk.withdraw(who, all=True),
    "a call of a shop whose clock is fast": lambda desk, who, key: desk.withdraw(who, key, ahead=4 * MINUTE),
}
BY_PHONE, BY_MAIL = {"STOP by text message"}, {"a mail to the unsubscribe address"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return Desk(tmp_path_factory.mktemp("desk"))


@settings(max_examples=150, deadline=None)
@given(way=st.sampled_from(sorted(WAYS)), by_phone=st.booleans(), then=OFFSETS, ahead=st.sampled_from((0, MAX_SKEW)))
def test_after_any_no_the_next_check_is_denied_and_the_feed_tells_it_whatever_the_clock_said(
    desk, way, by_phone, then, ahead
):
    mail, phone = desk.meet()
    who, key = (phone, TEXTS) if (by_phone and way not in BY_MAIL) or way in BY_PHONE else (mail, OFFERS)

    def say_yes():
        if who is mail:
            assert desk.confirm(desk.ask(who, key)) is Status.OPEN
        else:
            desk.collect(who, key, ahead)
        return desk.answer(who, key)

    desk.clock.now = NOON + then
    assert say_yes().allowed
    desk.clock.now = NOON
    WAYS[way](desk, who, key)
    refused = desk.answer(who, key)
    assert (refused.allowed, refused.reason) == (False, Reason.WITHDRAWN)
    decided, stopped = desk.told(who, key)
    assert decided[0] == "withdrawn" or (stopped is not None and stopped >= decided[1])
    desk.clock.advance(SECOND)
    if who is mail:
        again = say_yes()
        assert (again.allowed, again.valid_until) == (True, desk.clock.now + 30 * DAY)
        assert desk.told(who, key)[0][0] == "granted"
        WAYS[way](desk, who, key)
        assert not desk.answer(who, key).allowed
    verdict = verify_export(
        export_records(desk.resources, SITE, None, subject=who.key), desk.resources.keys.public_keys
    )
    assert verdict.faults == []
    assert check_store(desk.resources).faults == []


@given(then=OFFSETS)
@settings(max_examples=40, deadline=None)
def test_a_reply_that_reopens_gives_back_what_a_stop_ended_whatever_the_clock_said(desk, then):
    _, who = desk.meet()
    desk.clock.now = NOON + then
    desk.collect(who, TEXTS)
    receive_text(desk.resources, SITE, who, "STOP", Channel.SMS)
    desk.clock.now = NOON
    assert receive_text(desk.resources, SITE, who, "START", Channel.SMS) is Action.REOPENED
    answer = desk.answer(who, TEXTS)
    assert (answer.allowed, answer.valid_until) == (True, NOON + 30 * DAY)


def test_a_yes_dated_ahead_counts_from_now_and_once(desk):
    _, who = desk.meet()
    desk.clock.now = NOON
    first = desk.collect(who, TEXTS, ahead=MAX_SKEW)
    answer = desk.answer(who, TEXTS)
    assert (answer.since, answer.valid_until) == (NOON, NOON + 30 * DAY)
    given = {"notice": desk.notice(TEXTS), "at": NOON + MAX_SKEW, "actor": "key", "source": "till"}
    desk.clock.advance(SECOND)
    again = record_grant(desk.resources, SITE, Grant(person=who, purposes=(SITE.purpose_by_key[TEXTS],), **given))
    assert first.record
    assert (again.record, set(again.verdicts.values())) == (None, {ActVerdict.UNCHANGED})


@pytest.mark.parametrize("way", sorted(set(WAYS) - BY_PHONE))
@pytest.mark.parametrize("known", [False, True])
def test_an_older_link_confirms_nothing_that_was_taken_back_since(desk, way, known):
    desk.clock.now = NOON
    who, _ = desk.meet()
    if known:
        desk.confirm(desk.ask(who, OFFERS))
        desk.clock.advance(SECOND)
        desk.withdraw(who, OFFERS)
        desk.clock.advance(SECOND)
    token = desk.ask(who, OFFERS)
    desk.clock.advance(SECOND)
    if way == "a no in the preference centre" and known:
        way = "a call of the shop"  # the page has said no all along, so that to save it says nothing new
    WAYS[way](desk, who, OFFERS)
    desk.clock.advance(SECOND)
    assert desk.confirm(token) is Status.EXPIRED
    assert not desk.answer(who, OFFERS).allowed


@pytest.mark.parametrize("block", [Block.COMPLAINT, Block.MANUAL, Block.BOUNCE])
def test_lifting_a_block_brings_no_request_of_before_back(desk, block):
    who, _ = desk.meet()
    token = desk.ask(who, OFFERS)
    desk.clock.advance(SECOND)
    suppress_address(desk.resources, SITE, who.principal, block, actor="shop", at=desk.clock.now, source="desk")
    desk.clock.advance(SECOND)
    lift_suppression(desk.resources, SITE, who.principal, block, actor="shop", source="desk", evidence={})
    assert desk.confirm(token) is Status.EXPIRED
    assert desk.confirm(desk.ask(who, OFFERS)) is Status.OPEN


def test_what_a_no_does_not_cover_stays_open_to_be_confirmed(desk):
    desk.clock.now = NOON
    who, _ = desk.meet()
    token = desk.ask(who, NEWS, OFFERS)
    desk.withdraw(who, OFFERS)
    found = read_confirmation(desk.resources, SITE, token)
    assert [purpose.key for purpose in found.purposes] == [NEWS]
    assert desk.confirm(token) is Status.OPEN
    assert (desk.answer(who, NEWS).allowed, desk.answer(who, OFFERS).allowed) == (True, False)


def test_a_no_of_before_the_request_that_is_told_late_leaves_it_open(desk):
    desk.clock.now = NOON
    who, _ = desk.meet()
    token = desk.ask(who, OFFERS)
    desk.withdraw(who, OFFERS, ahead=-MINUTE)
    assert desk.confirm(token) is Status.OPEN
    assert desk.answer(who, OFFERS).allowed
