"""The keys that sign checkpoints, which sign nothing else: the newest signs and all of them verify."""

import secrets
from contextlib import suppress
from pathlib import Path

from consent_service.domain.errors import SettingsFault
from consent_service.keys.key_files import list_files, read_secret, write_secret
from consent_service.keys.signing import derive_public_key
from consent_service.keys.verification import compute_key_id, make_jwk

SUFFIX = ".checkpoint"
LENGTH = 32


class CheckpointKeys:
    """The checkpoint keys of one home folder, oldest first; raises SettingsFault where one cannot be read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: tuple[tuple[str, ...], list[bytes]] = ((), [])

    @property
    def current(self) -> bytes:
        """The private seed of the key that signs."""
        return self._seeds()[-1]

    @property
    def public_keys(self) -> list[bytes]:
        """Every public key that verifies."""
        return [derive_public_key(seed) for seed in self._seeds()]

    def jwks(self) -> list[dict[str, str]]:
        """List the public keys as JSON Web Keys, oldest first."""
        return [make_jwk(public) for public in self.public_keys]

    def require(self) -> None:
        """Raise SettingsFault unless there is a key that can be used."""
        self._seeds()

    def _seeds(self) -> list[bytes]:
        files = list_files(self._folder, SUFFIX)
        if not files:
            raise SettingsFault(f"{self._folder}: there is no key for checkpoints; restore it from a backup")
        if files != self._held[0]:
            try:
                self._held = files, [read_secret(self._folder / file, LENGTH) for file in files]
            except OSError as error:
                raise SettingsFault(f"{self._folder}: the keys cannot be read ({error.strerror})") from None
        return self._held[1]


def create_checkpoint_key(folder: Path, now: int) -> None:
    """Make the key that signs checkpoints, unless there is one; only fit for a home that has no checkpoint."""
    if not list_files(folder, SUFFIX):
        seed = secrets.token_bytes(LENGTH)
        kid = compute_key_id(derive_public_key(seed))
        with suppress(FileExistsError):  # another process was faster
            write_secret(folder / f"{now:020d}-{kid[:8]}{SUFFIX}", seed)
