"""File places: which files stand under the names of a database, by device and number."""

from pathlib import Path

Places = tuple[tuple[int, int] | None, ...]


def find_places(database: Path) -> Places:
    """Tell which files are the database and its log; None for one that is not there."""
    return _find_place(database), _find_place(database.with_name(f"{database.name}-wal"))


def _find_place(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
