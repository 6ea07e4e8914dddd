"""One phone, one person: what was ever kept under any form of a number counts, and nothing gets another key."""

import pytest

from consent_service.domain.api_key import ApiKey, Scope
from consent_service.domain.identifier import name_subject
from consent_service.domain.imports.import_preset import PRESETS
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.messages.link_token import LinkKind, LinkToken
from consent_service.domain.site.purpose import Channel
from consent_service.domain.site.site import Messages
from consent_service.domain.subject.act import Act
from consent_service.domain.subject.asked_row import AskedRow
from consent_service.domain.subject.standing import Block
from consent_service.domain.subject.subject import Address, AddressKind, make_subject_key
from consent_service.services.check.checking_subjects import check_subject, open_list_check
from consent_service.services.feed.exporting_standings import export_standings
from consent_service.services.imports.writing_lists import write_list_file
from consent_service.services.messages.adjusting_preferences import read_centre
from consent_service.services.messages.receiving_replies import Action, receive_text
from consent_service.services.messages.suppressing_addresses import export_suppressed, list_suppressed, suppress_address
from consent_service.services.messages.unsubscribing import unsubscribe
from consent_service.services.rights.erasing import erase_subject
from consent_service.services.subject.identifying_subjects import (
    Identified,
    identify_key,
    identify_phone,
    join_exported_rows,
    keep_address,
)
from consent_service.services.subject.recording_acts import record_act
from consent_service.storage.records import list_latest_records
from tests.cast import NOON, make_site
from tests.services.imports.import_desk import messages_purpose

TEXTS = "texts"
FORMS = [
    ("+5491123456789", "+541123456789"),
    ("+5511987654321", "+551187654321"),
    ("+525512345678", "+5215512345678"),
    ("+2290197123456", "+22997123456"),
    ("+4915112345678", "+494915112345678"),
]
every_form = pytest.mark.parametrize(("now", "once"), FORMS)


@pytest.fixture
def site():
    purposes = (messages_purpose(TEXTS, Channel.SMS), messages_purpose("mail"))
    return make_site("shop", extra=purposes, messages=Messages(sender="news@shop.example", phone_region="DE"))


class Desk:
    """Does things to people whom the shop keeps under a form that was a number's normal one once."""

    def __init__(self, resources, site):
        self.resources, self.site = resources, site

    def known_as(self, form: str, *, kept: bool = False) -> Identified:
        """Name who is kept under just this form, as a version of another day named them."""
        address = Address(AddressKind.PHONE, form, form)
        number, secret = self.resources.keys.secrets.subject
        key = make_subject_key(secret, number, self.site.id, address)
        person = Identified(key, name_subject(self.site.id, key), address)
        if kept:
            with self.resources.database.write():
                keep_address(self.resources, self.site, person.principal, address, language="en", ref=None, now=NOON)
        return person

    def say(self, person: Identified, state: State, *, minutes: int = 0, **more):
        """Record a yes or a no of a person for this principal alone or, of an identified one, for all of theirs."""
        at = self.resources.clock() - 3_600_000_000 + minutes * 60_000_000
        act = Act(method=Method.API, actor="subject", at=at, states={TEXTS: state}, **more)
        return record_act(self.resources, self.site, person.principal, act, others=person.others)

    def asks(self, text: str) -> Identified:
        """Name the owner of a number as somebody writes it today."""
        return identify_phone(self.resources, self.site, text)

    def reason(self, person: Identified) -> str:
        """Tell what a check of one person answers."""
        return str(check_subject(self.resources, self.site, person, [TEXTS]).answers[TEXTS].reason)

    def listed(self, *rows: AskedRow):
        """Tell what a check of a list answers."""
        with open_list_check(self.resources, self.site, self.site.purpose_by_key[TEXTS]) as check:
            return [(key, str(answer.reason)) for key, answer, _ in check.answer(rows)]


@pytest.fixture
def desk(resources, site):
    return Desk(resources, site)


@every_form
@pytest.mark.parametrize("state", [State.GRANTED, State.WITHDRAWN])
def test_what_was_kept_under_a_form_of_once_is_found_by_the_form_of_today_and_stays_where_it_is(desk, now, once, state):
    before = desk.known_as(once)
    desk.say(before, state)
    person = desk.asks(now)
    assert (person.key, person.others) == (before.key, ())
    assert desk.reason(person) == state
    assert desk.listed(AskedRow("phone", now), AskedRow("phone", now)) == [(before.key, state)] * 2


@every_form
def test_what_is_done_from_now_on_goes_to_the_key_that_is_there(desk, now, once):
    before = desk.known_as(once)
    desk.say(before, State.GRANTED)
    desk.say(desk.asks(now), State.WITHDRAWN, minutes=1)
    assert len(list_latest_records(desk.resources.database, before.principal, 10)) == 2
    assert desk.reason(desk.asks(now)) == "withdrawn"
    assert desk.reason(identify_key(desk.resources, desk.site, before.key)) == "withdrawn"


@every_form
@pytest.mark.parametrize("no_first", [True, False])
@pytest.mark.parametrize("no_today", [True, False])
def test_any_no_among_the_forms_counts_whenever_it_was_said(desk, now, once, no_first, no_today):
    today, before = desk.known_as(now), desk.known_as(once)
    refused, agreed = (today, before) if no_today else (before, today)
    desk.say(refused, State.WITHDRAWN, minutes=0 if no_first else 2)
    desk.say(agreed, State.GRANTED, minutes=1)
    assert desk.reason(desk.asks(now)) == "withdrawn"
    assert desk.listed(AskedRow("phone", now)) == [(today.key, "withdrawn")]


@every_form
@pytest.mark.parametrize("override", [{"block": Block.BOUNCE}, {"stop_all": True}])
def test_a_block_and_a_stop_under_any_form_count(desk, now, once, override):
    desk.say(desk.known_as(now), State.GRANTED, minutes=5)
    act = Act(method=Method.API, actor="subject", at=desk.resources.clock() - 3_600_000_000, **override)
    record_act(desk.resources, desk.site, desk.known_as(once).principal, act, others=())
    assert desk.reason(desk.asks(now)) == ("blocked_bounce" if "block" in override else "withdrawn")


@every_form
def test_a_yes_without_proof_does_not_get_past_the_no_of_another_form_and_one_with_proof_does(desk, now, once):
    desk.say(desk.known_as(once), State.WITHDRAWN)
    desk.say(desk.known_as(now), State.GRANTED)
    person = desk.asks(now)
    acted = desk.say(person, State.GRANTED, minutes=3)
    assert (acted.record, acted.verdicts[TEXTS], desk.reason(person)) == (None, "withdrawal_newer", "withdrawn")
    acted = desk.say(person, State.GRANTED, minutes=4, revives=True)
    assert acted.verdicts[TEXTS] == "applied"
    assert desk.reason(desk.asks(now)) == "granted"


@every_form
def test_a_no_is_recorded_and_told_for_every_key_that_somebody_may_hold(desk, now, once):
    people = [desk.known_as(form) for form in (now, once)]
    for person in people:
        desk.say(person, State.GRANTED)
    desk.say(desk.asks(now), State.WITHDRAWN, minutes=1)
    assert [desk.reason(person) for person in people] == ["withdrawn", "withdrawn"]
    told = desk.resources.database.rows("SELECT principal FROM change WHERE after = 'withdrawn' ORDER BY principal")
    assert told == sorted((person.principal,) for person in people)


@every_form
def test_a_link_of_one_key_counts_for_the_other_where_the_number_is_kept(desk, now, once):
    today, before = desk.known_as(now, kept=True), desk.known_as(once, kept=True)
    for person in (today, before):
        desk.say(person, State.GRANTED)
    unsubscribe(
        desk.resources,
        desk.site,
        LinkToken(LinkKind.UNSUBSCRIBE, before.key, Channel.SMS),
        method=Method.ONE_CLICK,
        source="one_click",
    )
    assert [desk.reason(person) for person in (today, before)] == ["withdrawn", "withdrawn"]


@every_form
def test_whatever_is_read_by_a_key_sees_the_no_of_the_other_form_where_the_number_is_kept(desk, now, once):
    today, before = desk.known_as(now, kept=True), desk.known_as(once)
    desk.say(today, State.GRANTED)
    desk.say(before, State.WITHDRAWN)
    resources, site = desk.resources, desk.site
    assert desk.reason(identify_key(resources, site, today.key)) == "withdrawn"
    assert desk.listed(AskedRow("subject", today.key)) == [(today.key, "withdrawn")]
    assert [
        str(topic.state) for topic in read_centre(resources, site, today.key).topics if topic.purpose.key == TEXTS
    ] == ["off"]
    key = ApiKey(id="a" * 8, site=site.id, scopes=frozenset({Scope.FEED}), purposes=None, label="", created_at=0)
    exported = {one.subject: one for one in export_standings(resources, site, key, join_exported_rows).subjects}
    assert [str(decision.state) for decision in exported[today.key].decisions] == ["withdrawn"]


@every_form
def test_stop_from_any_form_stops_the_person_and_start_reopens_what_it_ended(desk, clock, now, once):
    desk.say(desk.known_as(once), State.GRANTED)
    desk.say(desk.known_as(now), State.GRANTED)

    def reply(word):
        clock.advance(1)
        person = identify_phone(desk.resources, desk.site, now.removeprefix("+"), from_gateway=True)
        return receive_text(desk.resources, desk.site, person, word, Channel.SMS)

    assert reply("STOP") is Action.UNSUBSCRIBED
    assert desk.reason(desk.asks(now)) == "withdrawn"
    assert desk.reason(desk.known_as(once)) == "withdrawn"
    assert reply("START") is Action.REOPENED
    assert desk.reason(desk.asks(now)) == "granted"


@every_form
def test_erasing_takes_what_is_kept_under_every_form(desk, now, once):
    people = [desk.known_as(form) for form in (now, once)]
    for person in people:
        desk.say(person, State.GRANTED)
    person = desk.asks(now)
    assert erase_subject(desk.resources, desk.site, person.principal, "key:x", others=person.others) == 2
    assert [desk.reason(one) for one in people] == ["blocked_erased", "blocked_erased"]


@every_form
def test_a_suppression_stands_for_every_form_and_is_listed(desk, now, once):
    for form in (now, once):
        desk.say(desk.known_as(form), State.GRANTED)
    person = desk.asks(now)
    told = {"actor": "key:x", "at": NOON, "source": "", "others": person.others}
    suppress_address(desk.resources, desk.site, person.principal, Block.BOUNCE, **told)
    keys = {desk.known_as(form).key for form in (now, once)}
    assert {one.subject for one in list_suppressed(desk.resources, desk.site, "", 10).suppressed} == keys
    assert {one.subject for one in export_suppressed(desk.resources, desk.site).suppressed} == keys


@pytest.mark.parametrize("preset", ["plain", "klaviyo"])
def test_lists_for_other_tools_hold_plain_numbers_and_say_no_where_another_form_did(desk, preset):
    for now, _ in FORMS[:2]:
        desk.say(desk.known_as(now, kept=True), State.GRANTED)
    kind = next(kind for kind in PRESETS[preset] if kind.header)

    def lines():
        content = b"".join(write_list_file(desk.resources, desk.site, kind, [TEXTS])).decode()
        return {number: line for line in content.splitlines()[1:] for number, _ in FORMS if number in line.split(",")}

    before = lines()
    assert set(before) == {number for number, _ in FORMS[:2]}
    desk.say(desk.known_as(FORMS[0][1]), State.WITHDRAWN)
    after = lines()
    assert (after.get(FORMS[0][0]) != before[FORMS[0][0]], after[FORMS[1][0]]) == (True, before[FORMS[1][0]])
