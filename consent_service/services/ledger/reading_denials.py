"""Reading the journal of denials from a place on: signed entries in a chain without a gap, or a fault."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple

from consent_service.domain.ledger.denial import TYPE, NotedDenial, read_denial
from consent_service.keys.typed_signing import verify_typed
from consent_service.services.ledger.keeping_denials import TAIL, DenialFault, JournalEnd, digest_line, list_days

NOT_THIS_FAR = "does not reach back to when the backup was taken; name its second place with --journal"


class JournalLine(NamedTuple):
    """A line of the journal, and where it stands."""

    file: Path
    number: int
    signed: bytes

    @property
    def place(self) -> str:
        """Where it stands, for people."""
        return f"{self.file}, line {self.number}"


def read_denials_since(
    folder: Path, start: JournalEnd | None, public_keys: Mapping[str, bytes], *, tolerant: bool = False
) -> Iterator[NotedDenial]:
    """Read every denial behind a place, or all that are kept, in the order in which they were committed.

    Raises DenialFault where the journal does not hold that place, where one of its lines is missing or changed, and
    where one is signed by no key of ours. A line at its very end that was cut off was never answered. A ``tolerant``
    reader takes every line that we signed, from the beginning where the place is not there. Lines that are appended
    meanwhile are left out.
    """
    if start is None or (tolerant and not _has_place(folder, start)):
        start, digest = JournalEnd(), None
    else:
        digest = start.digest
    for line in _read_lines(folder, start):
        try:
            told = json.loads(verify_typed(public_keys, TYPE, line.signed))
            denial = read_denial(told)
        except (ValueError, RecursionError) as error:
            if tolerant:
                continue
            raise DenialFault(f"{line.place}: {error}") from None
        if told.get("previous", "") != digest and digest is not None and not tolerant:
            raise DenialFault(f"{line.place}: the line before it is missing or was changed")
        digest = digest_line(line.signed)
        yield denial


def _has_place(folder: Path, start: JournalEnd) -> bool:
    try:
        next(_read_lines(folder, start), None)
    except DenialFault:
        return False
    return True


def _read_lines(folder: Path, start: JournalEnd) -> Iterator[JournalLine]:
    days = [(file, file.stat().st_size) for file in list_days(folder) if file.name >= start.file]
    if start.file and (not days or days[0][0].name != start.file):
        raise DenialFault(f"{folder}: the journal of denials {NOT_THIS_FAR}")
    for file, size in days:
        skipped = start.size if file.name == start.file else 0
        with file.open("rb") as stream:
            if skipped:
                _require_place(file, stream, start)
            for number, line in enumerate(stream, start=1):
                skipped += len(line)
                if line.endswith(b"\n") and skipped <= size:
                    yield JournalLine(file, number, line[:-1])


def _require_place(file: Path, stream: BinaryIO, start: JournalEnd) -> None:
    """Go to a place in a file, where a line that is known has to end."""
    stream.seek(max(0, start.size - TAIL))
    before = stream.read(min(start.size, TAIL))
    line = before[:-1].rpartition(b"\n")[2]
    if stream.tell() != start.size or not before.endswith(b"\n") or digest_line(line) != start.digest:
        raise DenialFault(f"{file}: is not the journal of denials that the backup was taken beside")
