"""Readiness: can a choice be recorded and a check be answered right now."""

from consent_service.domain.identifier import name_visitor
from consent_service.services.resources import Resources
from consent_service.storage.engine.migrating import require_current
from consent_service.storage.engine.snapshot import open_snapshot
from consent_service.storage.records import list_latest_records
from consent_service.storage.standings import list_standings_on
from consent_service.storage.visitor_states import read_current_statements

NOBODY = name_visitor("", "")


def check_ready(resources: Resources) -> None:
    """Raise a ConsentError where the database cannot be read or locked for writing, or lies at another version.

    Asks what a check and a choice ask, and asks the file: this thread's connection may go on for long with what it
    holds in memory while the file below it is broken.
    """
    require_current(resources.database)
    with open_snapshot(resources.database) as stored:
        read_current_statements(stored, NOBODY)
        list_standings_on(stored, [NOBODY], "")
    with resources.database.write():
        list_latest_records(resources.database, NOBODY, 1)
        _ = resources.keys.current
