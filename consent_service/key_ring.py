"""The key ring: signing keys as files, the newest signs and all of them verify."""

import logging
import os
import secrets
import stat
import time
from dataclasses import dataclass
from pathlib import Path

from consent_service.domain.errors import SettingsFault
from consent_service.signing import jwk, key_id, public_key

SUFFIX = ".ed25519"
SECRET_NAME = "form.secret"
SETTLED = 1_000_000_000
"""A folder changed less than one second ago, in nanoseconds, may change again without its time telling."""

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
        self._held = self._load(_key_files(folder))
        self._passed_over: tuple[str, ...] | None = None
        self._unchanged_since = 0

    def _load(self, files: tuple[str, ...]) -> _Held:
        if not files:
            raise SettingsFault(f"{self._folder}: there is no signing key; run: consent-service init")
        try:
            seeds = [_read_secret(self._folder / file, 32) for file in files]
            form_secret = _read_secret(self._folder / SECRET_NAME, 32)
        except OSError as error:
            raise SettingsFault(f"{self._folder}: the keys cannot be read ({error.strerror})") from None
        public = {key_id(public_key(seed)): public_key(seed) for seed in seeds}
        return _Held(files, (key_id(public_key(seeds[-1])), seeds[-1]), public, form_secret)

    def _latest(self) -> _Held:
        changed = _changed(self._folder)
        if changed and changed == self._unchanged_since:
            return self._held
        files = _key_files(self._folder)
        if files == self._held.files:
            self._unchanged_since = changed if time.time_ns() - changed > SETTLED else 0
        else:
            self._unchanged_since = 0
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
        return [jwk(public) for public in self.public_keys.values()]


def create_key(folder: Path, now: int) -> str:
    """Write a new signing key, which becomes the one that signs, and return its id.

    ``now`` in microseconds orders the files; a clock that went back never puts the new key behind an older one.
    The form secret is written beside the first key.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (folder / SECRET_NAME).exists():
        _write_secret(folder / SECRET_NAME, secrets.token_bytes(32))
    seed = secrets.token_bytes(32)
    kid = key_id(public_key(seed))
    newest = max((int(file.partition("-")[0]) for file in _key_files(folder)), default=0)
    _write_secret(folder / f"{max(now, newest + 1):020d}-{kid[:8]}{SUFFIX}", seed)
    return kid


def _key_files(folder: Path) -> tuple[str, ...]:
    try:
        with os.scandir(folder) as entries:
            return tuple(sorted(entry.name for entry in entries if entry.name.endswith(SUFFIX)))
    except OSError:
        return ()


def _changed(folder: Path) -> int:
    """Tell when files came into a folder or left it, in nanoseconds; 0 where it cannot be told."""
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0


def _write_secret(file: Path, content: bytes) -> None:
    """Write a file whole or not at all, and durably: what a lost key signed verifies no more."""
    partial = file.with_name(f"{file.name}.{secrets.token_hex(4)}.new")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        partial.rename(file)
    finally:
        partial.unlink(missing_ok=True)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _read_secret(file: Path, length: int) -> bytes:
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise SettingsFault(f"{file}: other users may read this key; run: chmod 600 {file}")
    content = file.read_bytes()
    if len(content) != length:
        raise SettingsFault(f"{file}: a key has {length} bytes, this file has {len(content)}; restore it from a backup")
    return content
