"""Settings: one frozen value read from the environment, loud on anything missing or odd."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from consent_service.domain.errors import SettingsFault
from consent_service.domain.messages.mail_route import MailRoute, parse_mail_route

PREFIX = "CONSENT_"
RESERVED = "CONSENT_TEST_"
HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\]")
LOG_LEVELS = ("debug", "info", "warning", "error")
Folder = TypeVar("Folder", Path, None)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything the operator can set.

    ``home`` holds database and keys, ``sites`` the site files. With ``database_url`` the database lies on that
    PostgreSQL server instead. ``own_hosts`` are the names by which the operator's
    own programs call the service. ``hsts_seconds`` of 0 leaves the header to the shop. Without ``smtp_url`` nothing is
    mailed. ``webhook_loopback`` lets webhooks go to this machine. ``proxies`` is how many proxies of the shop's own
    stand in front, each of which adds to X-Forwarded-For. ``feed_waiters`` is how many requests for changes
    one process may keep waiting at a time where each takes up a thread. ``threads`` is how many threads read for pages
    and programs in each worker of ``serve``, 0 for as many as the database is good for; ``workers`` how many processes
    serve, of which each takes its share of what may be chosen. ``denials_copy`` is the second
    place of the journal of denials, which is kept for ``backup_days``.
    """

    home: Path = Path("var")
    sites: Path = Path("sites")
    database_url: str | None = None
    own_hosts: frozenset[str] = frozenset()
    hsts_seconds: int = 0
    log_level: str = "info"
    smtp_url: MailRoute | None = None
    webhook_loopback: bool = False
    proxies: int = 0
    feed_waiters: int = 0
    threads: int = 0
    workers: int = 1
    denials_copy: Path | None = None
    backup_days: int = 90

    @property
    def database(self) -> Path:
        """The SQLite file, which is not there where the database lies on a server."""
        return self.home / "consent.sqlite3"

    @property
    def keys(self) -> Path:
        """The folder of the signing keys."""
        return self.home / "keys"

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings; raises SettingsFault for a value or a name this version does not know."""
        given = {
            name.removeprefix(PREFIX).lower(): value
            for name, value in environ.items()
            if name.startswith(PREFIX) and not name.startswith(RESERVED)
        }
        settings = cls(
            home=_take_folder(given, "home", cls.home),
            sites=_take_folder(given, "sites", cls.sites),
            database_url=_take_secret(given, "database_url"),
            own_hosts=_take_hosts(given, "own_hosts"),
            hsts_seconds=_take_number(given, "hsts_seconds", cls.hsts_seconds, 63_072_000),
            log_level=_take_one_of(given, "log_level", cls.log_level, LOG_LEVELS),
            smtp_url=_mail_route(given, "smtp_url"),
            webhook_loopback=_take_one_of(given, "webhook_loopback", "no", ("yes", "no")) == "yes",
            proxies=_take_number(given, "proxies", cls.proxies, 9),
            threads=_take_number(given, "threads", cls.threads, 64),
            workers=max(1, _take_number(given, "workers", cls.workers, 64)),
            feed_waiters=_take_number(given, "feed_waiters", cls.feed_waiters, 1000),
            denials_copy=_take_folder(given, "denials_copy", None),
            backup_days=max(1, _take_number(given, "backup_days", cls.backup_days, 36_500)),
        )
        if given:
            raise SettingsFault(f"{PREFIX}{min(given).upper()}: there is no such setting; see docs/configuration.md")
        return settings


def _take_folder(given: dict[str, str], name: str, default: Folder) -> Path | Folder:
    text = given.pop(name, None)
    if text is not None and (not text.strip() or "\0" in text):
        raise SettingsFault(f"{PREFIX}{name.upper()}: expected a folder, got {text!r}")
    return Path(text) if text else default


def _take_hosts(given: dict[str, str], name: str) -> frozenset[str]:
    text = given.pop(name, "")
    hosts = [host.strip().lower() for host in text.split(",")] if text else []
    if not all(HOST.fullmatch(host) for host in hosts):
        raise SettingsFault(f"{PREFIX}{name.upper()}: expected host names without port, with commas, got {text!r}")
    return frozenset(hosts)


def _take_number(given: dict[str, str], name: str, default: int, most: int) -> int:
    text = given.pop(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) <= most):
        raise SettingsFault(f"{PREFIX}{name.upper()}: expected a whole number from 0 to {most}, got {text!r}")
    return int(text)


def _mail_route(given: dict[str, str], name: str) -> MailRoute | None:
    text = _take_secret(given, name)
    try:
        return None if text is None else parse_mail_route(text)
    except ValueError as fault:
        example = "smtp://user:password@mail.example:587"
        raise SettingsFault(f"{PREFIX}{name.upper()}: expected an address such as {example}; {fault}") from None


def _take_secret(given: dict[str, str], name: str) -> str | None:
    """Take a secret, which may stand in a file that ``…_FILE`` names; no message repeats it."""
    text, file = given.pop(name, None), given.pop(f"{name}_file", None)
    if file is None:
        return text
    label = PREFIX + name.upper()
    if text is not None:
        raise SettingsFault(f"{label}: expected either this or {label}_FILE, not both")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        raise SettingsFault(f"{label}_FILE: expected a file that can be read, got {file!r}") from None


def _take_one_of(given: dict[str, str], name: str, default: str, allowed: tuple[str, ...]) -> str:
    text = given.pop(name, default)
    if text not in allowed:
        raise SettingsFault(f"{PREFIX}{name.upper()}: expected one of {', '.join(allowed)}, got {text!r}")
    return text
