"""Shortening the log: what was written is moved into the main file beside the requests, so that none waits for it."""

import logging
from threading import Event

from consent_service.domain.errors import StorageUnavailable
from consent_service.services.resources import Resources

PAUSE_SECONDS = 1.0

_log = logging.getLogger(__name__)


def shorten_log(resources: Resources, stop: Event) -> None:
    """Move what was written into the main file once a second, until told to stop; for a thread of its own."""
    while not stop.wait(PAUSE_SECONDS):
        try:
            resources.database.checkpoint()
        except StorageUnavailable as error:
            _log.warning("the log could not be shortened", extra={"cause": str(error)})
    resources.database.close_connection()
