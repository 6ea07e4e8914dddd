"""Readiness: can a choice be recorded and a check be answered right now."""

from consent_service.domain.identifier import visitor_principal
from consent_service.services.resources import Resources
from consent_service.storage.decisions import current_statements
from consent_service.storage.records import latest_records
from consent_service.storage.schema import require_current

NOBODY = visitor_principal("", "")


def check_ready(resources: Resources) -> None:
    """Raise a ConsentError where the database cannot be read or locked for writing, or lies at another version.

    Asks what a check and a choice ask, because the tables of a broken file may fail one by one.
    """
    require_current(resources.database)
    current_statements(resources.database, NOBODY)
    with resources.database.write():
        latest_records(resources.database, NOBODY, 1)
        _ = resources.keys.current
