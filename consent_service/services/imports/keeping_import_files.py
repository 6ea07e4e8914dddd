"""The files of an import: what was uploaded and the scratch file while it runs, and its report for a while."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from consent_service.domain.basics.row_fault import ImportFault
from consent_service.domain.errors import StorageUnavailable
from consent_service.private_files import open_private
from consent_service.services.resources import Resources

REPORT = "report.csv"


class ImportFolder:
    """The folder of one import, which only the operator's account may read."""

    def __init__(self, resources: Resources, identifier: str) -> None:
        self.path = name_imports_folder(resources) / identifier
        self.upload = self.path / "file.csv"
        self.scratch = self.path / "scratch.sqlite3"
        self.report = self.path / REPORT

    def make(self) -> None:
        """Make the folder."""
        # The mode holds for the last folder alone, so each is made by itself.
        self.path.parent.mkdir(mode=0o700, exist_ok=True)
        self.path.mkdir(mode=0o700)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep every other process off this import; raises ImportFault where another is at it."""
        lock = open_private(self.path / "lock", os.O_RDWR | os.O_CREAT)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise ImportFault("import_running", "this import is running in another process") from None
        finally:
            os.close(lock)

    def open_report(self, size: int) -> BinaryIO:
        """Open the report behind its good bytes, and drop what a process that was killed left there.

        After a power cut it may be shorter than what was noted of it; it goes on where it ends then.
        """
        descriptor = open_private(self.report, os.O_WRONLY | os.O_CREAT)
        size = min(size, os.fstat(descriptor).st_size)
        os.truncate(descriptor, size)
        report = os.fdopen(descriptor, "wb")
        report.seek(size)
        return report

    def clear(self) -> None:
        """Delete everything but the report."""
        for file in self.path.glob("*"):
            if file.name != REPORT:
                file.unlink(missing_ok=True)

    def remove(self) -> None:
        """Delete the folder with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)


class Upload:
    """A file on its way in: written to the disk piece by piece and digested while it comes."""

    def __init__(self, resources: Resources) -> None:
        self.id = resources.new_id(resources.clock())
        self.folder = ImportFolder(resources, self.id)
        self._digest = hashlib.sha256()
        with _keep_on_disk():
            self.folder.make()
            self._file: BinaryIO = open(self.folder.upload, "xb", opener=open_private)  # noqa: SIM115 - closed when whole

    def write(self, chunk: bytes) -> int:
        """Take the next piece; raises StorageUnavailable where the disk does not."""
        self._digest.update(chunk)
        with _keep_on_disk():
            return self._file.write(chunk)

    def seek(self, offset: int) -> int:
        """Take the wish to read from the start, which parsers of forms have; the file is read from the disk."""
        return offset

    def finish(self) -> str:
        """Have everything on the disk and return its SHA-256; raises StorageUnavailable where the disk is full."""
        with _keep_on_disk():
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        return self._digest.hexdigest()

    def discard(self) -> None:
        """Forget the file, also where the disk takes nothing more."""
        with suppress(OSError):
            self._file.close()
        self.folder.remove()


@contextmanager
def _keep_on_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageUnavailable(f"the file cannot be kept: {error.strerror}") from error


def name_imports_folder(resources: Resources) -> Path:
    """Name the folder in which every import has its own."""
    return resources.database.folder / "imports"


def forget_reports(resources: Resources, imports: Iterable[str]) -> None:
    """Delete the reports of these imports."""
    for identifier in imports:
        ImportFolder(resources, identifier).report.unlink(missing_ok=True)
