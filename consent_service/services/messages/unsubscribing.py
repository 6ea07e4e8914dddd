"""Unsubscribing: a link token says who and what, and that is all it takes."""

from consent_service.domain.identifier import name_subject
from consent_service.domain.ledger.actor import Actor
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.messages.link_token import LinkKind, LinkToken, read_token, resolve_token
from consent_service.domain.site.site import Site
from consent_service.domain.subject.act import Act
from consent_service.services.resources import Resources
from consent_service.services.subject.recording_acts import record_act
from consent_service.storage.standings import find_standing


def read_link(resources: Resources, site: Site, text: str, kind: LinkKind) -> LinkToken | None:
    """Read a token of this kind; None for everything that no secret of ours signed for this site."""
    token = read_token(text, resources.keys.secrets.links, site.id)
    return token if token and token.kind is kind else None


def has_ended(resources: Resources, site: Site, token: LinkToken) -> bool:
    """Say whether everything that a token covers has ended."""
    scope = resolve_token(token, site)
    standing = find_standing(resources.database, name_subject(site.id, token.subject))
    decisions = (standing.decisions.get(purpose.key) for purpose in scope.purposes)
    holds = any(one and one.state in (State.GRANTED, State.PENDING) and not standing.stops(one) for one in decisions)
    return not holds and (standing.stopped_at is not None or not scope.stops_all)


def unsubscribe(resources: Resources, site: Site, token: LinkToken, *, method: Method, source: str) -> str | None:
    """End what a token covers and return the id of the record, or None where it had ended before.

    Of a limited token nothing may be left to end.
    """
    scope = resolve_token(token, site)
    if not scope.purposes and not scope.stops_all:
        return None
    act = Act(
        method=method,
        actor=Actor.SUBJECT,
        at=resources.clock(),
        happens_now=True,
        states={purpose.key: State.WITHDRAWN for purpose in scope.purposes},
        stop_all=scope.stops_all,
        source=source,
    )
    return record_act(resources, site, name_subject(site.id, token.subject), act).record
