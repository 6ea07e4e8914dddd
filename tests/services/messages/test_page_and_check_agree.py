"""What the preference centre and the page of a confirmation say is what the check answers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent_service.domain.basics.moment import DAY
from consent_service.domain.ledger.decision_order import Reason
from consent_service.domain.subject.standing import Block
from consent_service.services.messages.adjusting_preferences import (
    Adjustment,
    TopicState,
    adjust_preferences,
    read_centre,
)
from consent_service.services.messages.confirming_requests import Status, read_confirmation
from consent_service.services.messages.suppressing_addresses import lift_suppression, suppress_address
from tests.cast import NOON, change_purpose
from tests.services.messages.telling_desk import NEWS, OFFERS, SITE, Desk

STATES = {
    Reason.GRANTED: TopicState.ON,
    Reason.PAUSED: TopicState.PAUSED,
    Reason.PENDING: TopicState.PENDING,
    Reason.EXPIRED: TopicState.ENDED,
    Reason.BLOCKED_COMPLAINT: TopicState.BLOCKED,
    Reason.NEVER_ASKED: TopicState.OFF,
    Reason.WITHDRAWN: TopicState.OFF,
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return Desk(tmp_path_factory.mktemp("desk"))


def pause(desk, who, until):
    centre = read_centre(desk.resources, SITE, who.key)
    adjustment, notice = Adjustment({}, until), desk.notice(NEWS)
    adjust_preferences(desk.resources, SITE, centre, adjustment, notice=notice, origin=SITE.origins[0])


def block(desk, who):
    told = {"actor": "key", "source": "mta"}
    suppress_address(desk.resources, SITE, who.principal, Block.COMPLAINT, at=desk.clock.now, **told)


def lift(desk, who):
    told = {"actor": "key", "source": "desk", "evidence": {"note": "T-1"}}
    lift_suppression(desk.resources, SITE, who.principal, Block.COMPLAINT, **told)


DEEDS = {
    "asks": lambda desk, who: desk.ask(who, NEWS),
    "says yes to news": lambda desk, who: desk.confirm(desk.ask(who, NEWS)),
    "says yes to offers": lambda desk, who: desk.confirm(desk.ask(who, OFFERS)),
    "says no": lambda desk, who: desk.click(who, NEWS),
    "stops everything": lambda desk, who: desk.stop(who, NEWS),
    "pauses": lambda desk, who: pause(desk, who, desk.clock.now + 3 * DAY),
    "complains": block,
    "is unblocked": lift,
}


@settings(max_examples=60, deadline=None)
@given(deeds=st.lists(st.tuples(st.sampled_from(sorted(DEEDS)), st.sampled_from((0, 1, 40))), max_size=6))
def test_the_centre_says_what_the_check_says(desk, deeds):
    desk.clock.now = NOON
    who, _ = desk.meet()
    for deed, days in deeds:
        desk.clock.advance(1 + days * DAY)
        if "yes" not in deed or read_centre(desk.resources, SITE, who.key).standing.block is None:
            DEEDS[deed](desk, who)
    centre = read_centre(desk.resources, SITE, who.key)
    answers = {topic.purpose.key: desk.answer(who, topic.purpose.key) for topic in centre.topics}
    assert {topic.purpose.key: topic.state for topic in centre.topics} == {
        key: STATES[Reason(answer.reason)] for key, answer in answers.items()
    }
    if centre.standing.all_stopped_at:
        assert {topic.state for topic in centre.topics} <= {TopicState.OFF, TopicState.BLOCKED}


def test_what_was_stopped_is_not_said_to_be_stopped_beside_what_is_on(desk):
    desk.clock.now = NOON
    who, _ = desk.meet()
    desk.stop(who, NEWS)
    assert read_centre(desk.resources, SITE, who.key).standing.all_stopped_at == NOON
    desk.clock.advance(DAY)
    desk.confirm(desk.ask(who, NEWS))
    centre = read_centre(desk.resources, SITE, who.key)
    assert TopicState.ON in {topic.state for topic in centre.topics}
    assert centre.standing.all_stopped_at is None


def test_a_link_confirms_nothing_whose_meaning_changed_since_it_was_mailed(desk):
    desk.clock.now = NOON
    who, _ = desk.meet()
    token = desk.ask(who, NEWS)
    changed = change_purpose(SITE, NEWS, revision=2)
    assert read_confirmation(desk.resources, changed, token).status is Status.EXPIRED
    assert read_confirmation(desk.resources, SITE, token).status is Status.OPEN


def test_of_what_a_link_asks_for_the_part_that_means_the_same_is_confirmed(desk):
    desk.clock.now = NOON
    who, _ = desk.meet()
    found = read_confirmation(desk.resources, change_purpose(SITE, NEWS, revision=2), desk.ask(who, NEWS, OFFERS))
    assert [purpose.key for purpose in found.purposes] == [OFFERS]
