"""A backup or a restore to kill, as a program: python -m tests.services.backup.backups_to_kill ACT HOME FILE [BYTES].

With a number of bytes no file may grow beyond it.
"""

import resource
import sys
from pathlib import Path

from consent_service.domain.errors import ConsentError
from consent_service.services.backup.rebuilding_homes import RebuildSource
from consent_service.services.backup.restoring_backups import restore_backup
from consent_service.services.backup.taking_backups import take_backup
from consent_service.services.operator.preparing_home import open_resources
from consent_service.settings import Settings
from tests.services.messages.telling_desk import SITE


def main(act: str, home: str, file: str, most: str = "") -> None:
    settings = Settings(home=Path(home))
    if most:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(most), int(most)))
    print("begun", flush=True)
    try:
        if act == "take":
            take_backup(open_resources(settings), Path(file), keys=settings.keys)
        else:
            restore_backup(settings, RebuildSource(backup=Path(file), accepts_loss=True), {SITE.id: SITE})
    except (ConsentError, OSError) as error:
        print(f"refused: {error}", flush=True)
        return
    print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
