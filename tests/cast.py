"""The cast: one small shop, its notices, a clock that moves when told, and a home folder to play in."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from consent_service.domain.ledger.notice import Notice, make_notice
from consent_service.domain.site.purpose import Basis, Channel, Cookie, Kind, Party, Purpose
from consent_service.domain.site.site import (
    ClockKind,
    Contact,
    Controller,
    Policy,
    PolicyClock,
    Recipient,
    RetentionClass,
    Site,
)
from consent_service.domain.visitor.choice import Button, Submission
from consent_service.domain.visitor.visitor_cookie import VisitorCookie
from consent_service.keys.key_ring import KeyRing
from consent_service.keys.signing import sign
from consent_service.services.operator.preparing_home import prepare_home
from consent_service.services.resources import Resources
from consent_service.services.visitor.appending_choices import ChoiceMade
from consent_service.services.visitor.recording_choices import Recorded, record_choice
from consent_service.settings import Settings
from consent_service.storage.engine.sqlite import SqliteDatabase
from tests.engines import find_database_url, open_on_engine, spread_database

SECOND = 1_000_000
NOON = 1_767_268_800 * SECOND
"""1 January 2026, 12:00 UTC."""
HALF_YEAR = 181 * 86_400 * SECOND
"""From then until 1 July."""


class Clock:
    """Tells the microseconds it was set to."""

    def __init__(self, now: int = NOON) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now

    def advance(self, microseconds: int) -> None:
        self.now += microseconds


def make_purpose(key: str, **changes: object) -> Purpose:
    """Make a purpose of cookies that asks for consent, changed as told."""
    cookie = Cookie(
        name=f"_{key}", provider="Shop", party=Party.FIRST, duration="13 months", does={"en": f"Serves {key}."}
    )
    plain = Purpose(
        key=key,
        letter=key[0],
        basis=Basis.CONSENT,
        title={"en": key.title()},
        description={"en": f"What {key} does."},
        data=("usage",),
        recipients=("numbers",),
        retention="year",
        cookies=(cookie,),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def make_site(id: str = "demo", *, extra: Iterable[Purpose] = (), **changes: object) -> Site:  # noqa: A002
    """Make a shop that asks for preferences, analytics and marketing, the last covered by the signal."""
    newsletter = make_purpose("newsletter", letter="", kind=Kind.MESSAGES, channel=Channel.EMAIL, cookies=())
    site = Site(
        id=id,
        name={"en": "Demo"},
        origins=(f"https://{id}.example",),
        languages=("en",),
        controller=Controller(
            name="Demo Ltd", address="1 Road", jurisdiction="IE", contacts=(Contact(channel="email", address="x"),)
        ),
        policy=Policy(
            title={"en": "Privacy"},
            url={"en": "/privacy"},
            version="1",
            clock=PolicyClock(kind=ClockKind.IMMEDIATE),
        ),
        purposes=(
            make_purpose("preferences"),
            make_purpose("analytics"),
            make_purpose("marketing", signal=True),
            make_purpose("basket", letter="", basis=Basis.NECESSARY),
            newsletter,
            *extra,
        ),
        recipients=(Recipient(key="numbers", name="Numbers Inc", role="processor", country="IE", policy="p"),),
        retention=(RetentionClass(key="year", duration="1 year", after="collection", reason="statistics"),),
    )
    return replace(site, **changes)  # type: ignore[arg-type]


def change_purpose(site: Site, key: str, **changes: object) -> Site:
    """Make the same shop with one purpose changed."""
    purposes = (replace(p, **changes) if p.key == key else p for p in site.purposes)  # type: ignore[arg-type]
    return replace(site, purposes=tuple(purposes))


def make_notice_for(site: Site, *keys: str, signal: bool = False, page: str = "<p>Cookies</p>") -> Notice:
    """Make the notice that asks about these purposes, or about all that a banner asks."""
    asked = site.cookie_purposes if keys else [p for p in site.cookie_purposes if not p.sensitive]
    shown = tuple(p for p in asked if p.key in keys or (not keys and not (signal and p.signal)))
    return make_notice(
        site, surface="banner", language="en", signal=signal, purposes=shown, page=page, stylesheet="p{}"
    )


def make_database(folder: Path) -> SqliteDatabase:
    """Make an empty database, without a table."""
    file = folder / "consent.sqlite3"
    file.touch(0o600)
    return SqliteDatabase(file)


def make_resources(folder: Path, clock: Clock) -> Resources:
    """Prepare a home folder and open it."""
    settings = Settings(home=folder / "home", database_url=find_database_url())
    prepare_home(settings)
    spread_database(settings)
    return Resources(open_on_engine(settings), KeyRing(settings.keys), clock)


def choose(
    resources: Resources,
    site: Site,
    button: str,
    *,
    visitor: str | None = None,
    cookie: VisitorCookie | None = None,
    yes: Sequence[str] = (),
    no: Sequence[str] = (),
    signal: bool = False,
    notice: Notice | None = None,
) -> Recorded:
    """Record a choice made on a notice, by default on the banner, by who has a cookie or once had one."""
    cookie = cookie or (VisitorCookie("", visitor, 1, 0, "") if visitor else None)
    submission = Submission(Button(button), frozenset(yes), frozenset(no))
    shown = notice or make_notice_for(site, signal=signal)
    return record_choice(resources, site, ChoiceMade(submission=submission, notice=shown, cookie=cookie, signal=signal))


def cookie_text(resources: Resources, recorded: Recorded) -> str:
    """Write the cookie that a browser keeps after a choice."""
    return sign(resources.keys.current[1], recorded.cookie.text().encode()).decode()
