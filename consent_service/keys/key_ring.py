"""The key ring: signing keys as files, the newest signs and all of them verify."""

import logging
import secrets
from dataclasses import dataclass
from pathlib import Path

from consent_service.domain.errors import SettingsFault
from consent_service.folder_watch import FolderWatch
from consent_service.keys.checkpoint_keys import CheckpointKeys
from consent_service.keys.key_files import list_files, read_secret, write_secret
from consent_service.keys.secret_ring import SecretRing
from consent_service.keys.signing import derive_public_key
from consent_service.keys.verification import compute_key_id, make_jwk

SUFFIX = ".ed25519"
SECRET_NAME = "form.secret"
MAKE_OR_NAME = "run: consent-service init, or set CONSENT_HOME to the home that is meant"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Held:
    files: tuple[str, ...]
    current: tuple[str, bytes]
    public: dict[str, bytes]
    form_secret: bytes


class KeyRing:
    """The signing keys of one home folder, oldest first.

    The folder's time of change is looked at on each use, which costs a few microseconds, so that a cookie signed
    with a new key is believed by every worker at once. Raises SettingsFault where the folder holds no key, or a key
    that other users could read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.secrets = SecretRing(folder)
        self.checkpoints = CheckpointKeys(folder)
        self._held = self._load(list_files(folder, SUFFIX))
        self._passed_over: tuple[str, ...] | None = None
        self._watch = FolderWatch(folder)

    def _load(self, files: tuple[str, ...]) -> _Held:
        if not files:
            raise SettingsFault(f"{self._folder}: there is no signing key; {MAKE_OR_NAME}")
        try:
            seeds = [read_secret(self._folder / file, 32) for file in files]
            form_secret = read_secret(self._folder / SECRET_NAME, 32)
        except OSError as error:
            raise SettingsFault(f"{self._folder}: the keys cannot be read ({error.strerror})") from None
        public = {compute_key_id(derive_public_key(seed)): derive_public_key(seed) for seed in seeds}
        return _Held(files, (compute_key_id(derive_public_key(seeds[-1])), seeds[-1]), public, form_secret)

    def _latest(self) -> _Held:
        change = self._watch.change()
        if change is None:
            return self._held
        files = list_files(self._folder, SUFFIX)
        if files == self._held.files:
            self._watch.settle(change)
        else:
            try:
                self._held, self._passed_over = self._load(files), None
            except SettingsFault as fault:
                # A folder that vanished, or a new key that is not fit: go on with the keys already held.
                if files != self._passed_over:
                    self._passed_over = files
                    _log.warning("the keys have changed and cannot be used", extra={"cause": str(fault)})
        return self._held

    @property
    def current(self) -> tuple[str, bytes]:
        """The id and private seed of the key that signs."""
        return self._latest().current

    @property
    def public_keys(self) -> dict[str, bytes]:
        """Every public key that verifies, by its id."""
        return self._latest().public

    @property
    def form_secret(self) -> bytes:
        """The secret behind what forms and operators' sessions carry."""
        return self._held.form_secret

    def jwks(self) -> list[dict[str, str]]:
        """List the public keys as JSON Web Keys, oldest first."""
        return [make_jwk(public) for public in self.public_keys.values()]


def create_key(folder: Path, now: int) -> str:
    """Write a new signing key, which becomes the one that signs, and return its id.

    ``now`` in microseconds orders the files; a clock that went back never puts the new key behind an older one.
    The form secret is written beside the first key.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (folder / SECRET_NAME).exists():
        write_secret(folder / SECRET_NAME, secrets.token_bytes(32))
    seed = secrets.token_bytes(32)
    kid = compute_key_id(derive_public_key(seed))
    newest = max((int(file.partition("-")[0]) for file in list_files(folder, SUFFIX)), default=0)
    write_secret(folder / f"{max(now, newest + 1):020d}-{kid[:8]}{SUFFIX}", seed)
    return kid
