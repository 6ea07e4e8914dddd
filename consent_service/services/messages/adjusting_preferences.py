"""Adjusting: what a person sees and changes in the preference centre; a no counts at once, a yes is confirmed."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import NamedTuple

from consent_service.domain.identifier import name_subject
from consent_service.domain.ledger.actor import Actor
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.ledger.decision_order import Reason
from consent_service.domain.ledger.notice import Notice, make_fingerprints
from consent_service.domain.site.purpose import Channel, Purpose
from consent_service.domain.site.site import ConfirmBy, Site
from consent_service.domain.subject.act import Act
from consent_service.domain.subject.message_decision import BLOCKED, decide_message
from consent_service.domain.subject.standing import Block, Standing
from consent_service.domain.subject.subject import Address, AddressKind
from consent_service.services.messages.subscribing import Wish, request_subscription
from consent_service.services.resources import Resources
from consent_service.services.subject.identifying_subjects import Identified, open_kept_address, read_standing_of
from consent_service.services.subject.recording_acts import record_act
from consent_service.storage.requests import list_open_requests
from consent_service.storage.subjects import find_subject

SOURCE = "preference_centre"
OTHER_KIND = {
    AddressKind.EMAIL: frozenset({Channel.SMS, Channel.WHATSAPP, Channel.PHONE}),
    AddressKind.PHONE: frozenset({Channel.EMAIL}),
}
"""The channels that need another sort of address than the one a person is known by."""


class TopicState(StrEnum):
    """How a topic stands, in the words of the page."""

    ON = "on"
    OFF = "off"
    PENDING = "pending"
    ENDED = "ended"
    PAUSED = "paused"
    BLOCKED = "blocked"


STATES = {
    Reason.GRANTED: TopicState.ON,
    Reason.SOFT_OPT_IN: TopicState.ON,
    Reason.PENDING: TopicState.PENDING,
    Reason.EXPIRED: TopicState.ENDED,
    Reason.OUTDATED: TopicState.ENDED,
    Reason.PAUSED: TopicState.PAUSED,
} | dict.fromkeys(BLOCKED.values(), TopicState.BLOCKED)
YES = frozenset({TopicState.ON, TopicState.PENDING, TopicState.PAUSED})


class TopicSetting(NamedTuple):
    """A purpose on the page and how it stands; ``waits`` says that a request for it can still be confirmed."""

    purpose: Purpose
    state: TopicState
    waits: bool = False

    @property
    def yes(self) -> bool:
        """Say whether the person has said yes to it, if only in a request that waits for its confirmation."""
        return self.state in YES or (self.waits and self.state is not TopicState.BLOCKED)


class Centre(NamedTuple):
    """What the page shows of a person; ``sends`` says whether the address they are known by can get a confirmation."""

    person: Identified
    standing: Standing
    topics: tuple[TopicSetting, ...]
    sends: bool


class Adjustment(NamedTuple):
    """What a person asks for: yes or no by purpose, and until when to pause, where 0 ends a pause."""

    answers: Mapping[str, bool]
    pause_until: int | None = None


class Adjusted(NamedTuple):
    """What came of it, by purpose: stopped, waiting for a confirmation, or not sent because there is no address."""

    changed: bool
    stopped: tuple[str, ...] = ()
    awaiting: tuple[str, ...] = ()
    unsent: tuple[str, ...] = ()


def read_centre(resources: Resources, site: Site, key: str) -> Centre:
    """Read what the preference centre shows to the person of a subject key; changes nothing."""
    principal = name_subject(site.id, key)
    address = open_kept_address(resources, principal)
    subject = find_subject(resources.database, principal)
    standing = read_standing_of(resources, site, principal)
    elsewhere = OTHER_KIND[AddressKind(subject.kind)] if subject else frozenset[Channel]()
    now, prints = resources.clock(), make_fingerprints(site)
    waiting = {
        key
        for request in list_open_requests(resources.database, principal)
        if now < request.expires_at
        for key in request.purposes
    }
    topics = tuple(
        TopicSetting(
            purpose, _find_topic_state(purpose, standing, prints[purpose.key], now), waits=purpose.key in waiting
        )
        for purpose in site.message_purposes
        if _is_held(purpose, standing) or _is_offered(purpose, elsewhere)
    )
    return Centre(Identified(key, principal, address), standing, topics, _can_send(site, address))


def stop_everything(resources: Resources, site: Site, centre: Centre) -> Adjusted:
    """End all messages on all channels, now and for whatever the shop may think of later."""
    act = Act(
        method=Method.PREFERENCE_CENTRE,
        actor=Actor.SUBJECT,
        at=resources.clock(),
        happens_now=True,
        states={purpose.key: State.WITHDRAWN for purpose in site.message_purposes},
        stop_all=True,
        source=SOURCE,
    )
    return Adjusted(_record_for_known(resources, site, centre, act))


def adjust_preferences(
    resources: Resources, site: Site, centre: Centre, adjustment: Adjustment, *, notice: Notice, origin: str
) -> Adjusted:
    """Do what a person asks for on the page; a topic that the page does not show them stays as it is.

    A no and a pause count at once. A yes is requested at the address that is kept, as if it had been asked for on the
    form, with the page's wording as ``notice`` and a link to ``origin``.
    """
    asked = [(topic, adjustment.answers[topic.purpose.key]) for topic in centre.topics if _may(topic, adjustment)]
    ended = tuple(topic.purpose.key for topic, yes in asked if not yes and _is_ended_by_no(topic, centre.standing))
    wanted = tuple(topic.purpose.key for topic, yes in asked if yes and not topic.yes)
    act = Act(
        method=Method.PREFERENCE_CENTRE,
        actor=Actor.SUBJECT,
        at=resources.clock(),
        happens_now=True,
        states=dict.fromkeys(ended, State.WITHDRAWN),
        pause_until=adjustment.pause_until,
        source=SOURCE,
    )
    recorded = _record_for_known(resources, site, centre, act)
    if wanted and centre.sends:
        wish = Wish(person=centre.person, purposes=wanted, notice=notice, origin=origin, source=SOURCE)
        request_subscription(resources, site, wish)
        return Adjusted(True, ended, awaiting=wanted)
    return Adjusted(recorded or bool(ended), ended, unsent=wanted)


def _may(topic: TopicSetting, adjustment: Adjustment) -> bool:
    return topic.state is not TopicState.BLOCKED and topic.purpose.key in adjustment.answers


def _is_ended_by_no(topic: TopicSetting, standing: Standing) -> bool:
    """Say whether a no changes anything; it ends a yes that has run out too, which might otherwise come back.

    A request that waits is ended also where an older no stands: its link would turn both into a yes.
    """
    if topic.waits:
        return True
    decision = standing.decisions.get(topic.purpose.key)
    return decision is not None and decision.state in (State.GRANTED, State.PENDING) and not standing.stops(decision)


def _record_for_known(resources: Resources, site: Site, centre: Centre, act: Act) -> bool:
    """Record an act, but collect nothing again about a person who was erased, who is on no list."""
    if Block.ERASED in centre.standing.blocks:
        return False
    return record_act(resources, site, centre.person.principal, act).record is not None


def _find_topic_state(purpose: Purpose, standing: Standing, fingerprint: str, now: int) -> TopicState:
    """Say in the words of the page what a check answers."""
    answer = decide_message(purpose, standing, fingerprint=fingerprint, now=now)
    return STATES.get(Reason(answer.reason), TopicState.OFF)


def _is_offered(purpose: Purpose, elsewhere: Collection[Channel]) -> bool:
    """Say whether a topic is shown to people who do not have it; soft opt-in comes with a purchase alone."""
    return purpose.public and purpose.asked and purpose.channel not in elsewhere


def _is_held(purpose: Purpose, standing: Standing) -> bool:
    """Say whether a person has a topic; a link that stopped a whole channel must not reveal the private ones on it."""
    decision = standing.decisions.get(purpose.key)
    return decision is not None and decision.state in (State.GRANTED, State.PENDING, State.EXPIRED)


def _can_send(site: Site, address: Address | None) -> bool:
    """Say whether a confirmation can go out: by mail to a mail address alone, by the shop to a phone number too."""
    if site.messages is None or address is None:
        return False
    return address.kind is AddressKind.EMAIL or site.messages.confirm_by is ConfirmBy.WEBHOOK
