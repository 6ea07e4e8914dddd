"""Issuing API keys: shown once, kept as a hash, revoked for every worker at once."""

from collections.abc import Iterable

from consent_service.domain.api_key import ApiKey, Scope, hash_key, make_key
from consent_service.domain.errors import ConsentError, NotFound
from consent_service.services.resources import Resources
from consent_service.storage.api_keys import add_key, find_key_by_hash, list_all_keys, revoke_key
from consent_service.storage.engine.claims import claim_site

LIVE_AT_ONCE = 2


class TooManyKeys(ConsentError):
    """There are already two live keys of this name; revoke one first."""


def issue_key(
    resources: Resources,
    *,
    site: str,
    label: str,
    scopes: Iterable[Scope],
    purposes: frozenset[str] | None,
    valid_for: int | None,
) -> tuple[str, ApiKey]:
    """Make a key and return its text, which is not kept, with what it may do.

    ``valid_for`` is in microseconds. Two keys of one site and label may live at once, so that a key can be
    changed without a gap; a third raises TooManyKeys.
    """
    with resources.database.write(claim_site(site)):
        now = resources.clock()
        live = [key for key in list_all_keys(resources.database) if _is_alive(key, now)]
        if sum((key.site, key.label) == (site, label) for key in live) >= LIVE_AT_ONCE:
            raise TooManyKeys(f"{label!r} already has {LIVE_AT_ONCE} live keys; run: consent-service key revoke ID")
        text = make_key(resources.randomness(32))
        key = ApiKey(
            id=resources.new_id(now),
            site=site,
            label=label,
            scopes=frozenset(scopes),
            purposes=purposes,
            created_at=now,
            expires_at=None if valid_for is None else now + valid_for,
            revoked_at=None,
        )
        add_key(resources.database, hash_key(text), key)
    return text, key


def find_key(resources: Resources, text: str) -> ApiKey | None:
    """Find a key by its text, whatever its state.

    Raises StorageUnavailable where the database was taken away, or migrated by another version.
    """
    resources.database.require_in_place()
    resources.database.require_generation()
    return find_key_by_hash(resources.database, hash_key(text))


def list_keys(resources: Resources) -> list[ApiKey]:
    """List every key ever issued, oldest first."""
    return list_all_keys(resources.database)


def revoke_key_of_site(resources: Resources, identifier: str) -> None:
    """Revoke a key by its id; raises NotFound where no such key is live."""
    with resources.database.write():
        if not revoke_key(resources.database, identifier, resources.clock()):
            raise NotFound(f"no live key has the id {identifier}; see: consent-service key list")


def _is_alive(key: ApiKey, now: int) -> bool:
    return key.revoked_at is None and (key.expires_at is None or now < key.expires_at)
