"""What happens to the files of a home, and to the clock, while people choose."""

import shutil
from pathlib import Path

from consent_service.domain.basics.moment import DAY
from consent_service.services.operator.preparing_home import open_resources
from consent_service.services.resources import read_system_clock
from consent_service.settings import Settings
from consent_service.storage.engine.clock_mark import set_clock_mark
from tests.integration.running_service import RunningService, ready, run, running_service
from tests.reliability.crowd import Crowd, Found

YEARS = 3_650 * DAY


def find_file(service: RunningService, suffix: str = "") -> Path:
    return service.folder / "home" / f"consent.sqlite3{suffix}"


def move_home(folder: Path) -> Found:
    with running_service(folder) as service:
        crowd = Crowd(service)
        crowd.start()
        crowd.go_on()
        home, away = folder / "home", folder / "away"
        home.rename(away)
        crowd.wait_for("refused")
        away.rename(home)
        crowd.wait_for_answers()
        crowd.stop()
        return crowd.judge()


def remove_index(folder: Path) -> Found:
    with running_service(folder) as service:
        crowd = Crowd(service)
        crowd.start()
        crowd.go_on()
        find_file(service, "-shm").unlink()
        crowd.wait_for("refused")
        crowd.stop()
        assert service.stop() == 0
        service.start_again()
        return crowd.judge()


def overwrite_database(folder: Path) -> Found:
    """Write an empty database over the one in use, as ``cp`` does; later a backup from before comes back."""
    with running_service(folder) as service:
        empty = folder / "empty"
        shutil.copy(find_file(service), empty)
        crowd = Crowd(service)
        crowd.start()
        crowd.go_on()
        crowd.stop()
        service.command("backup", str(folder / "backup"))
        find_file(service).write_bytes(empty.read_bytes())
        late = Crowd(service)
        late.come()
        late.wait_for("refused")
        late.stop()
        assert not [person for person in late.people if person.said]
        assert service.stop() == 0
        service.command("restore", "--accept-loss", str(folder / "backup"))
        service.start_again()
        found = crowd.judge()
        return found._replace(refused=found.refused + sum(person.outcomes["refused"] for person in late.people))


def put_older_copy_back(folder: Path) -> Found:
    with running_service(folder) as service:
        crowd = Crowd(service)
        crowd.start()
        crowd.go_on()
        service.command("backup", str(folder / "backup"))
        crowd.go_on()
        crowd.stop()
        assert service.stop() == 0
        service.command("restore", "--accept-loss", str(folder / "backup"))
        service.start_again()
        return crowd.judge(from_copy=True)


def remove_journal(folder: Path) -> Found:
    with running_service(folder) as service:
        crowd = Crowd(service)
        crowd.start()
        crowd.go_on()
        crowd.stop()
        journal, away = folder / "home" / "denials", folder / "away"
        journal.rename(away)
        assert not ready(service)
        assert service.stop() == 0
        refused = run(folder, "serve", *service.serving)
        assert refused.returncode == 2, refused.stderr
        away.rename(journal)
        service.start_again()
        return crowd.judge()


def turn_clock(folder: Path) -> Found:
    """Have the store believe that it was last seen ten years ago, which a clock ten years ahead looks like."""
    with running_service(folder) as service:
        crowd = Crowd(service)
        crowd.start()
        crowd.go_on()
        resources = open_resources(Settings(home=folder / "home"))
        with resources.database.write():
            set_clock_mark(resources.database, read_system_clock() - YEARS)
        resources.database.close()
        assert run(folder, "prune").returncode == 2
        crowd.go_on()
        crowd.stop()
        return crowd.judge()
