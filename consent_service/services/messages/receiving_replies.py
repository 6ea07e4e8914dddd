"""Receiving: what people send back, a mail to an unsubscribe address or a reply to a text message, is acted on."""

from enum import StrEnum

from consent_service.domain.ledger.actor import Actor
from consent_service.domain.ledger.consent_record import MessageRecord
from consent_service.domain.ledger.decision import Decision, Method, State
from consent_service.domain.messages.inbound_mail import read_inbound
from consent_service.domain.messages.link_token import LinkKind, LinkScope, LinkToken, resolve_token
from consent_service.domain.messages.reply_keyword import Keyword, read_keyword, read_stop_evidence, write_stop_evidence
from consent_service.domain.site.purpose import Channel, find_ends
from consent_service.domain.site.site import Site
from consent_service.domain.subject.act import Act
from consent_service.domain.subject.standing import Block, Standing
from consent_service.services.ledger.reading_records import find_record_of_site
from consent_service.services.messages.unsubscribing import read_link, unsubscribe
from consent_service.services.naming_buckets import name_bucket
from consent_service.services.resources import Resources
from consent_service.services.subject.identifying_subjects import Identified, read_standing_of
from consent_service.services.subject.recording_acts import record_act
from consent_service.storage.attempts import add_attempt, count_attempts

MAX_MESSAGE = 1_048_576
"""1 MB, in octets."""
STOP_SOURCE, REOPEN_SOURCE = "sms_stop", "sms_start"


class Action(StrEnum):
    """What became of something received; ``ignored`` is for mail of machines, ``none`` for what says nothing."""

    UNSUBSCRIBED = "unsubscribed"
    REOPENED = "reopened"
    UNCHANGED = "unchanged"
    IGNORED = "ignored"
    NONE = "none"

    @property
    def matched(self) -> bool:
        """Say whether there was something to act on."""
        return self in (Action.UNSUBSCRIBED, Action.REOPENED, Action.UNCHANGED)


def receive_mail(resources: Resources, site: Site, raw: bytes, recipient: str = "") -> Action:
    """Act on a raw message to an unsubscribe address of a site; nothing is ever sent in return.

    ``recipient`` is the envelope's. Sender, subject and body say nothing that counts.
    """
    inbound = read_inbound(raw, site.messages.unsubscribe_host if site.messages else "", recipient)
    if inbound.automatic:
        return Action.IGNORED
    read = (read_link(resources, site, text, LinkKind.UNSUBSCRIBE) for text in inbound.tokens)
    tokens = [token for token in read if token]
    if not tokens:
        return Action.NONE
    ended = [_end_by_mail(resources, site, token, inbound.message_id) for token in tokens]
    return Action.UNSUBSCRIBED if any(ended) else Action.UNCHANGED


def _end_by_mail(resources: Resources, site: Site, token: LinkToken, message_id: str) -> bool:
    """End what a token covers, once for each message.

    A copy that comes when the person has signed up again must not end that too. Whoever sends a message chooses its
    number, so it counts together with the token: nobody can use up the number of another person's message.
    """
    seen = name_bucket(resources, site, "mailto", "\0".join(map(str, (message_id, *token))))
    if message_id and count_attempts(resources.database, seen, 0):
        return False
    if not unsubscribe(resources, site, token, method=Method.MAILTO, source="mailto"):
        return False
    if message_id:
        with resources.database.write():
            now = resources.clock()
            add_attempt(resources.database, seen, now, resources.new_id(now))
    return True


def receive_text(resources: Resources, site: Site, person: Identified, text: str, channel: Channel) -> Action:
    """Act on the keyword in a reply to a text message; any other text is left alone and kept nowhere.

    A keyword counts for the channel it came by and no other.
    """
    keyword = read_keyword(text)
    if keyword is None:
        return Action.NONE
    standing = read_standing_of(resources, site, person.principal, person.others)
    if Block.ERASED in standing.blocks:
        return Action.UNCHANGED
    # To stop a channel by keyword covers what a link that names the channel alone covers.
    scope = resolve_token(LinkToken(LinkKind.UNSUBSCRIBE, person.key, channel), site)
    stops = keyword is Keyword.STOP
    act = _stop(resources, scope, standing) if stops else _make_reopening(resources, site, scope, standing)
    # The text that the yes was given to stays with it: a stop shows nobody another one, and a reopening neither.
    prints = {key: decision.fingerprint for key, decision in standing.decisions.items() if decision.fingerprint}
    acted = record_act(resources, site, person.principal, act, prints=prints, others=person.others)
    if not acted.changes:
        return Action.UNCHANGED
    return Action.UNSUBSCRIBED if stops else Action.REOPENED


def _stop(resources: Resources, scope: LinkScope, standing: Standing) -> Act:
    """End all of them, and note which of them were on, because a later reply may reopen those alone."""
    now = resources.clock()
    held = (standing.decisions.get(purpose.key) for purpose in scope.purposes)
    on = [one.purpose for one in held if one and _is_on(one, standing, now)]
    return Act(
        method=Method.API,
        actor=Actor.SUBJECT,
        at=now,
        happens_now=True,
        states={purpose.key: State.WITHDRAWN for purpose in scope.purposes},
        stop_all=scope.stops_all,
        source=STOP_SOURCE,
        evidence=write_stop_evidence(on),
    )


def _is_on(decision: Decision, standing: Standing, now: int) -> bool:
    ended = 0 < decision.valid_until <= now
    return decision.state == State.GRANTED and not ended and not standing.stops(decision)


def _make_reopening(resources: Resources, site: Site, scope: LinkScope, standing: Standing) -> Act:
    """Take back what a stop by keyword ended, and nothing else: what was never on, or ended otherwise, stays off."""
    held = [(purpose, standing.decisions.get(purpose.key)) for purpose in scope.purposes]
    ended = [
        purpose for purpose, decision in held if decision and _is_ended_by_stop(resources, site, decision, standing)
    ]
    now = resources.clock()
    return Act(
        method=Method.API,
        actor=Actor.SUBJECT,
        at=now,
        happens_now=True,
        states={purpose.key: State.GRANTED for purpose in ended},
        revives=True,
        lasts_until=find_ends(ended, now),
        source=REOPEN_SOURCE,
    )


def _is_ended_by_stop(resources: Resources, site: Site, decision: Decision, standing: Standing) -> bool:
    stopped_since = standing.stopped_at is not None and standing.stopped_at > decision.at
    if decision.state != State.WITHDRAWN or stopped_since:
        return False
    found = find_record_of_site(resources, site, decision.record)
    record = found.record if found else None
    return (
        isinstance(record, MessageRecord)
        and record.source == STOP_SOURCE
        and decision.purpose in read_stop_evidence(record.evidence)
    )
