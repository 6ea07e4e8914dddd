"""The secret ring: what keys subjects, signs links and seals contents, kept as files outside the database."""

import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from consent_service.domain.errors import SettingsFault
from consent_service.folder_watch import FolderWatch
from consent_service.keys.key_files import list_files, read_secret, write_secret
from consent_service.keys.sealing import Seal

LENGTH = 32
MAX_LINK_SECRETS = 7
"""A link token has three bits for the number of a secret, and 0 is none."""

_NUMBERED = re.compile(r"(subject|link)-([1-7])\.secret")


class SecretRing:
    """The secrets of one home folder: ``subject`` keys persons, ``links`` signs links, ``seal`` seals what the database
    must not tell by itself: addresses, the contents of jobs, kept answers, secrets of webhooks.

    A link secret that is followed by a newer one verifies for ever: a link in an old mail must go on working. The
    subject secret is never followed, because the key of a person never changes. Each is read at first use and raises
    SettingsFault where it is missing or other users could read it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._watch = FolderWatch(folder)
        self._links: tuple[tuple[str, ...], Mapping[int, bytes]] = ((), {})

    @cached_property
    def subject(self) -> tuple[int, bytes]:
        """The number of the secret that keys persons, and the secret."""
        return max(self._numbered("subject").items())

    @property
    def links(self) -> Mapping[int, bytes]:
        """Every secret that signs links, by its number; the highest signs."""
        change = self._watch.change()
        if change is not None:
            files = list_files(self._folder, ".secret")
            if files != self._links[0]:
                self._links = (files, self._numbered("link"))
            self._watch.settle(change)
        return self._links[1]

    @cached_property
    def seal(self) -> Seal:
        """What seals contents for the database; its file is named after the addresses, which were the first."""
        return Seal(self._read("address.secret"), secrets.token_bytes)

    def require(self) -> None:
        """Raise SettingsFault unless every secret is there."""
        for name in ("subject", "links", "seal"):
            getattr(self, name)

    def _numbered(self, kind: str) -> dict[int, bytes]:
        found = (_NUMBERED.fullmatch(name) for name in list_files(self._folder, ".secret"))
        numbers = [int(match[2]) for match in found if match and match[1] == kind]
        if not numbers:
            raise SettingsFault(f"{self._folder}: there is no {kind} secret; restore it from a backup")
        return {number: self._read(f"{kind}-{number}.secret") for number in numbers}

    def _read(self, name: str) -> bytes:
        try:
            return read_secret(self._folder / name, LENGTH)
        except OSError as error:
            raise SettingsFault(f"{self._folder / name}: cannot be read ({error.strerror}); restore it") from None


def create_secrets(folder: Path) -> list[str]:
    """Make the secrets that a home folder lacks and name their files; only fit for a home that knows no subject."""
    wanted = [name for name in ("subject-1.secret", "link-1.secret", "address.secret") if not (folder / name).exists()]
    for name in wanted:
        with suppress(FileExistsError):  # another process was faster
            write_secret(folder / name, secrets.token_bytes(LENGTH))
    return wanted


def create_link_secret(folder: Path) -> int:
    """Make the next link secret, which signs from now on, and return its number; the older ones go on verifying.

    Raises SettingsFault when all seven numbers are taken.
    """
    taken = [
        int(match[2])
        for name in list_files(folder, ".secret")
        if (match := _NUMBERED.fullmatch(name)) and match[1] == "link"
    ]
    number = max(taken, default=0) + 1
    if number > MAX_LINK_SECRETS:
        raise SettingsFault(f"{folder}: a home has at most {MAX_LINK_SECRETS} link secrets, and all are in use")
    write_secret(folder / f"link-{number}.secret", secrets.token_bytes(LENGTH))
    return number
