"""Readiness: can a choice be recorded and a check be answered right now."""

from consent_service.services.resources import Resources
from consent_service.storage.schema import require_current


def check_ready(resources: Resources) -> None:
    """Raise a ConsentError where the database cannot be read or locked for writing, or lies at another version."""
    require_current(resources.database)
    with resources.database.write():
        _ = resources.keys.current
