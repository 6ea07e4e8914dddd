"""Marking compromises: a key that somebody else may have proves nothing any more by itself."""

from consent_service.domain.errors import NotFound
from consent_service.keys.key_ring import create_key
from consent_service.services.resources import Resources
from consent_service.settings import Settings
from consent_service.storage.evidence.compromises import add_compromise


def mark_compromise(resources: Resources, settings: Settings, kid: str, since: int) -> str | None:
    """Let what a key signed count only where it was sealed before a time; return the new key's id where one was made.

    A key that signs is followed by a new one. Raises NotFound for a key that is not ours.
    """
    if kid not in resources.keys.public_keys:
        raise NotFound(
            f"there is no signing key {kid!r}; {settings.keys} holds {', '.join(resources.keys.public_keys)}"
        )
    made = create_key(settings.keys, resources.clock()) if resources.keys.current[0] == kid else None
    with resources.database.write():
        add_compromise(resources.database, kid, since)
    return made
