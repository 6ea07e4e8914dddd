"""A copy of the site files that was found fit: what every process of a server reads, whenever it starts."""

import shutil
import tempfile
from pathlib import Path

from consent_service.domain.errors import SettingsFault
from consent_service.domain.site.site import Site
from consent_service.site_files.site_file import MAX_BYTES, SiteFileError, list_site_files, read_sites


class SiteSnapshot:
    """The newest copy of a folder of site files that was accepted, at one path below a folder of ours alone.

    A process that starts again reads what the others serve, also where the files have become faulty since.
    """

    def __init__(self, sites: Path, folder: Path) -> None:
        self._sites = sites
        self._folder = Path(tempfile.mkdtemp(prefix="sites-", dir=folder))
        self.path = self._folder / "accepted"

    def take(self) -> tuple[Path, tuple[Site, ...]]:
        """Copy the files as they are now and read the copy; raises SettingsFault where they cannot be served."""
        taken = Path(tempfile.mkdtemp(dir=self._folder))
        try:
            for file in list_site_files(self._sites):
                with file.open("rb") as stream:
                    (taken / file.name).write_bytes(stream.read(MAX_BYTES + 1))
            return taken, read_sites(taken)
        except (OSError, SiteFileError) as error:
            shutil.rmtree(taken, ignore_errors=True)
            detail = f"{self._sites}: {error.strerror}" if isinstance(error, OSError) else str(error)
            raise SettingsFault(detail.replace(str(taken), str(self._sites))) from None

    def accept(self, taken: Path) -> None:
        """Let processes read this copy from now on."""
        former, link = self.path.resolve(), self._folder / "next"
        link.symlink_to(taken.name)
        link.replace(self.path)
        if former != self.path:
            shutil.rmtree(former, ignore_errors=True)
