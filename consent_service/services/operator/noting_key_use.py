"""Noting when keys are used, so that the operator sees which ones nobody needs any more."""

import logging
import threading
from contextlib import suppress

from consent_service.domain.api_key import ApiKey
from consent_service.domain.basics.moment import HOUR
from consent_service.domain.errors import ConsentError
from consent_service.services.resources import Resources
from consent_service.storage.api_keys import set_last_used

_log = logging.getLogger(__name__)


class KeyUse:
    """Notes the use of each key at most once an hour, in a thread of its own: no request waits for that write."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._noted: dict[str, int] = {}

    def note(self, key: ApiKey, now: int) -> None:
        """Have the use of a key noted, unless that was done within the hour; ``now`` in microseconds."""
        if now - max(key.last_used_at or 0, self._noted.get(key.id, 0)) < HOUR:
            return
        self._noted[key.id] = now
        with suppress(RuntimeError):  # no thread to be had is no reason to refuse a key
            threading.Thread(target=self._write, args=(key.id, now), name="key-use", daemon=True).start()

    def _write(self, identifier: str, now: int) -> None:
        database = self._resources.database
        try:
            with database.write():
                set_last_used(database, identifier, now)
        except ConsentError as error:
            _log.info("the use of a key could not be noted", extra={"cause": str(error)})
        finally:
            database.close_connection()
