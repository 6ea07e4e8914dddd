"""Marking where the journal of denials begins, beside it, so that one that was deleted is missed."""

from pathlib import Path

from consent_service.private_files import write_whole
from consent_service.services.ledger.keeping_denials import DenialFault, digest_line, list_days

MARKS = "marks"
"""The folder beside that of the journal; a file in it names the journal's first file, and digests its first line."""
WAY_OUT = (
    "put its files back from the second place; if there is none, take a new backup, because older ones do not bring "
    "back every no any more, and then remove {mark}"
)


def find_mark(folder: Path) -> Path:
    """Tell where the mark of a journal lies: outside of its folder, which may be deleted with all that is in it."""
    return folder.with_name(MARKS) / folder.name


def guard_beginning(folder: Path) -> None:
    """Raise DenialFault where a journal does not reach back to its mark; one that has none yet is marked.

    Raises OSError where the mark cannot be read or written.
    """
    mark = find_mark(folder)
    if not mark.exists():
        mark_beginning(folder, list_days(folder))
        return
    name, _, digest = mark.read_text().strip().partition(" ")
    file = folder / name
    if not (file.is_file() and _digest_first_line(file) == digest):
        told = "the journal of denials that was begun here is gone, or a part of it"
        raise DenialFault(f"{folder}: {told}; {WAY_OUT.format(mark=mark)}")


def mark_beginning(folder: Path, days: list[Path]) -> None:
    """Note that a journal begins with the first of these files that holds a line; without one nothing is noted."""
    for file in days:
        if digest := _digest_first_line(file):
            mark = find_mark(folder)
            mark.parent.mkdir(mode=0o700, exist_ok=True)
            with write_whole(mark) as stream:
                stream.write(f"{file.name} {digest}\n".encode())
            return


def _digest_first_line(file: Path) -> str:
    with file.open("rb") as stream:
        line = stream.readline()
    return digest_line(line[:-1]) if line.endswith(b"\n") else ""
