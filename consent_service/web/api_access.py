"""API access: who asks, and what that key may see."""

from functools import lru_cache
from typing import Any

from consent_service.domain.api_key import ApiKey, Scope, looks_like_key
from consent_service.services.issuing import find_key
from consent_service.services.resources import Resources
from consent_service.web.problems import Problem

CHALLENGE = [("WWW-Authenticate", 'Bearer realm="consent-service"')]
KEY_PARAMETERS = frozenset({"key", "api_key", "apikey", "token", "access_token", "authorization"})


def authorised_key(resources: Resources, authorization: str | None, scope: Scope) -> ApiKey:
    """Find the key of an Authorization header and require that it lives and has the scope.

    The database is asked each time, so a revoked key is refused by every worker from the next request on. Raises
    Problem 401 for a key that does not count and 403 for one without the scope.
    """
    kind, _, text = (authorization or "").partition(" ")
    text = text.strip()
    if kind.lower() != "bearer" or not text:
        raise Problem(401, "key_missing", "Send your key as 'Authorization: Bearer <key>'.", CHALLENGE)
    if not _plausible(text):
        raise Problem(401, "key_malformed", "This is not a key of this service; look for a copying mistake.", CHALLENGE)
    key = find_key(resources, text)
    now = resources.clock()
    if key is None:
        raise Problem(401, "key_unknown", "No such key was issued here.", CHALLENGE)
    if key.revoked_at is not None and key.revoked_at <= now:
        raise Problem(401, "key_revoked", "This key was revoked; use its successor.", CHALLENGE)
    if key.expires_at is not None and key.expires_at <= now:
        raise Problem(401, "key_expired", "This key has expired; ask the operator for a new one.", CHALLENGE)
    if not key.may(scope, now):
        raise Problem(403, "scope_missing", f"This key lacks the scope '{scope}'.")
    return key


@lru_cache(maxsize=256)
def _plausible(text: str) -> bool:
    return looks_like_key(text)


def refuse_key_in_url(parameters: Any) -> None:
    """Raise Problem 400 where a key was put into the URL, from where it would get into logs."""
    for name in parameters:
        if name.lower() in KEY_PARAMETERS:
            detail = (
                "Never put a key into a URL: it ends up in logs. Revoke it and send the next as a Bearer header."
            )
            raise Problem(400, "key_in_url", detail)
