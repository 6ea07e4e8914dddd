"""Upgrading: a backup, then the migration, then a look at whether it can be served, with the way back at hand."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from consent_service.domain.errors import ConsentError
from consent_service.domain.site.site import Site
from consent_service.services.backup.describing_backups import BackupFault
from consent_service.services.backup.taking_backups import Progress, take_backup
from consent_service.services.ledger.guarding_texts import require_same_meaning
from consent_service.services.operator.checking_readiness import check_ready
from consent_service.services.operator.preparing_home import migrate_home, open_stored_resources, open_whole_resources
from consent_service.settings import Settings


def upgrade_home(
    settings: Settings, target: Path, sites: Mapping[str, Site], recipients: Sequence[bytes], say: Progress
) -> Iterator[str]:
    """Back up into a file, migrate, and check; tells each step when it is done.

    The version before may go on serving until the migration is over. Raises BackupFault that says the way back, where
    the database was changed and cannot be served as it is.
    """
    before = open_stored_resources(settings)
    made = take_backup(before, target, keys=settings.keys, recipients=recipients, say=say)
    before.database.close()
    yield f"{target}: backup of {made.made_at}"
    way_back = f"to go back, install the version before and run: consent-service restore {target} --accept-loss"
    try:
        applied = migrate_home(settings)
        yield f"applied {', '.join(applied)}" if applied else "the database is up to date"
        resources = open_whole_resources(settings)
        require_same_meaning(resources, sites.values())
        check_ready(resources)
    except ConsentError as error:
        raise BackupFault(f"{error}; {way_back}") from None
    yield f"it can be served; start the service; {way_back}"
