"""Receiving replies: a reopening gives back exactly what a stop took away, and no more."""

import pytest

from consent_service.domain.basics.moment import DAY
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.ledger.notice import make_fingerprints
from consent_service.domain.site.purpose import Channel, Kind
from consent_service.domain.subject.act import Act
from consent_service.domain.subject.message_decision import decide_message
from consent_service.services.messages.receiving_replies import Action, receive_text
from consent_service.services.subject.identifying_subjects import identify_phone
from consent_service.services.subject.recording_acts import record_act
from consent_service.storage.standings import find_standing
from tests.cast import SECOND, change_purpose, make_purpose, make_site

ALERTS, DEALS, CHATS = "alerts", "deals", "chats"


def messages(key, channel, **changes):
    return make_purpose(key, letter="", kind=Kind.MESSAGES, channel=channel, cookies=(), **changes)


@pytest.fixture
def site():
    limited = messages(DEALS, Channel.SMS, ends_after_days=30)
    return make_site(extra=[messages(ALERTS, Channel.SMS), limited, messages(CHATS, Channel.WHATSAPP)])


@pytest.fixture
def person(resources, site):
    return identify_phone(resources, site, "+447400123456")


def say_yes(resources, site, person, clock, *purposes, **told):
    states = dict.fromkeys(purposes, State.GRANTED)
    act = Act(method=Method.SUBSCRIBE_CONFIRM, actor="subject", at=clock.now, states=states, revives=True, **told)
    record_act(resources, site, person.principal, act)


def reply(resources, site, person, clock, text, channel=Channel.SMS):
    clock.advance(SECOND)
    return receive_text(resources, site, person, text, channel)


def reasons(resources, site, person, clock, *purposes):
    standing, prints = find_standing(resources.database, person.principal), make_fingerprints(site)
    found = [site.purpose_by_key[key] for key in purposes]
    return [str(decide_message(p, standing, fingerprint=prints[p.key], now=clock.now).reason) for p in found]


def test_a_reopening_gives_back_what_was_on_and_leaves_off_what_was_off(resources, site, person, clock):
    say_yes(resources, site, person, clock, ALERTS, CHATS)
    assert reply(resources, site, person, clock, "stop") is Action.UNSUBSCRIBED
    assert reasons(resources, site, person, clock, ALERTS, DEALS, CHATS) == ["withdrawn", "withdrawn", "granted"]
    assert reply(resources, site, person, clock, "start") is Action.REOPENED
    assert reasons(resources, site, person, clock, ALERTS, DEALS, CHATS) == ["granted", "withdrawn", "granted"]


def test_a_reopening_on_another_channel_gives_nothing_back(resources, site, person, clock):
    say_yes(resources, site, person, clock, ALERTS, CHATS)
    reply(resources, site, person, clock, "stop")
    assert reply(resources, site, person, clock, "start", Channel.WHATSAPP) is Action.UNCHANGED
    assert reasons(resources, site, person, clock, ALERTS) == ["withdrawn"]


def test_a_yes_to_an_older_text_comes_back_as_outdated_as_it_was(resources, site, person, clock):
    say_yes(resources, site, person, clock, ALERTS)
    changed = change_purpose(site, ALERTS, revision=2)
    reply(resources, changed, person, clock, "stop")
    reply(resources, changed, person, clock, "start")
    assert reasons(resources, changed, person, clock, ALERTS) == ["outdated"]
    assert reasons(resources, site, person, clock, ALERTS) == ["granted"]


def test_a_yes_that_had_run_out_does_not_come_back(resources, site, person, clock):
    say_yes(resources, site, person, clock, DEALS, lasts_until={DEALS: clock.now + DAY})
    clock.advance(2 * DAY)
    reply(resources, site, person, clock, "stop")
    assert reply(resources, site, person, clock, "start") is Action.UNCHANGED
    assert reasons(resources, site, person, clock, DEALS) == ["withdrawn"]


def test_a_yes_that_ends_by_itself_ends_by_itself_again(resources, site, person, clock):
    say_yes(resources, site, person, clock, DEALS, lasts_until={DEALS: clock.now + 30 * DAY})
    reply(resources, site, person, clock, "stop")
    reply(resources, site, person, clock, "start")
    clock.advance(30 * DAY)
    assert reasons(resources, site, person, clock, DEALS) == ["expired"]


def test_a_stop_to_a_shop_with_nothing_left_on_the_channel_stops_everything(resources, site, person, clock):
    say_yes(resources, site, person, clock, CHATS)
    left = make_site(extra=[messages(CHATS, Channel.WHATSAPP)])
    assert reply(resources, left, person, clock, "stop") is Action.UNSUBSCRIBED
    assert reasons(resources, left, person, clock, CHATS) == ["withdrawn"]
    assert find_standing(resources.database, person.principal).stopped_at
