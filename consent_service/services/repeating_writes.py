"""Repeating: a write that is sent again under its idempotency key is answered as before, without acting again."""

import hmac
from collections.abc import Callable
from typing import NamedTuple

from consent_service.domain.basics.moment import DAY
from consent_service.domain.errors import ActFault
from consent_service.services.resources import Resources
from consent_service.storage.engine.claims import Claim, claim_feed, claim_key, claim_outbox
from consent_service.storage.kept_answers import KeptAnswer, find_kept_answer, keep_answer


class KeptReply(NamedTuple):
    """What a write was answered with."""

    status: int
    body: bytes


class Attempted(NamedTuple):
    """A write as it was sent: of which site, under which idempotency key of whom, and the whole request."""

    site: str
    key: str
    request: bytes


def write_once(resources: Resources, attempted: Attempted, act: Callable[[], KeptReply]) -> tuple[KeptReply, bool]:
    """Act and keep the reply in the same transaction, or return the kept one; also say which of the two it was.

    A reply that tells of a failure of ours is not kept. Raises ActFault where the key came before with another
    request. Neither key nor request is stored, only what our secret makes of them; the reply is sealed.
    """
    name = _digest(resources, f"{attempted.site}\0key", attempted.key.encode())
    request = _digest(resources, f"{attempted.site}\0request", attempted.request)
    if kept := _open_kept(resources, attempted.site, name, request):
        return kept, True
    with resources.database.write(*_list_claims(attempted.site, name)):
        if kept := _open_kept(resources, attempted.site, name, request):
            return kept, True
        reply = act()
        if reply.status < 500:
            body = resources.keys.secrets.seal.close(reply.body, name)
            kept_now = KeptAnswer(attempted.site, name, request, reply.status, body, resources.clock())
            keep_answer(resources.database, kept_now)
    return reply, False


def _list_claims(site: str, name: str) -> tuple[Claim, ...]:
    """List the key, and of the site whatever a write of the API may act on."""
    return claim_key(site, name), claim_feed(site), claim_outbox(site)


def _open_kept(resources: Resources, site: str, name: str, request: str) -> KeptReply | None:
    kept = find_kept_answer(resources.database, site, name, resources.clock() - DAY)
    body = resources.keys.secrets.seal.open(bytes(kept.body), name) if kept else None
    if kept is None or body is None:
        return None
    if kept.request != request:
        raise ActFault("idempotency_mismatch", "this Idempotency-Key came before with another request")
    return KeptReply(kept.status, body)


def _digest(resources: Resources, what: str, content: bytes) -> str:
    _, secret = resources.keys.secrets.subject
    return hmac.digest(secret, b"%b\0%b" % (what.encode(), content), "sha256").hex()
