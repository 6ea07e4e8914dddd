"""A store with everything in it that a check looks at, and copies of it to spoil."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import apsw

from consent_service.domain.basics.moment import DAY, MINUTE
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.subject.act import Act
from consent_service.domain.subject.standing import Block
from consent_service.keys.key_ring import KeyRing, create_key
from consent_service.services.audit.checking_store import check_store
from consent_service.services.audit.collecting_faults import StoreVerdict
from consent_service.services.ledger.sealing_records import seal_records
from consent_service.services.messages.confirming_requests import confirm_request, read_confirmation
from consent_service.services.resources import Resources
from consent_service.services.rights.erasing import erase_subject, erase_visitor
from consent_service.services.subject.recording_acts import record_act
from consent_service.storage.engine.sqlite import SqliteDatabase
from tests.cast import Clock, choose
from tests.services.messages.telling_desk import NEWS, OFFERS, SITE, Desk

FILE = "consent.sqlite3"


@dataclass(frozen=True)
class WholeStore:
    """A home folder, and an earlier copy of it from before people said no and were erased."""

    home: Path
    earlier: Path
    now: int

    def copy(self, place: Path) -> Path:
        """Copy the home folder to a place."""
        return copy_home(self.home, place)

    def check(self, home: Path) -> StoreVerdict:
        """Check a home folder as a process does that begins anew."""
        database = SqliteDatabase(home / FILE)
        try:
            return check_store(Resources(database, KeyRing(home / "keys"), Clock(self.now)))
        finally:
            database.close()


def copy_home(home: Path, place: Path) -> Path:
    """Copy a home folder and fold its log into the one file."""
    shutil.copytree(home, place)
    connection = apsw.Connection(str(place / FILE))
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.close()
    return place


def make_whole_store(folder: Path) -> WholeStore:
    """Play a shop's first weeks."""
    desk = Desk(folder)
    home, resources, clock = desk.resources.database.folder, desk.resources, desk.clock
    cookies = [choose(resources, SITE, button).cookie for button in ("accept", "accept", "reject", "accept")]
    people = [desk.meet()[0] for _ in range(6)]
    for who in people[:5]:
        confirm(desk, desk.ask(who, NEWS, OFFERS))
        clock.advance(MINUTE)
    tell(desk, people[5], method=Method.API, block=Block.BOUNCE)
    seal_records(resources, SITE, "one")
    clock.advance(DAY)
    cookies[0] = choose(resources, SITE, "accept", cookie=cookies[0], signal=True).cookie
    earlier = copy_home(home, folder / "earlier")
    clock.advance(DAY)
    create_key(home / "keys", clock.now)
    choose(resources, SITE, "withdraw", cookie=cookies[0])
    choose(resources, SITE, "reject", cookie=cookies[1])
    tell(desk, people[0], method=Method.ONE_CLICK, states={NEWS: State.WITHDRAWN})
    tell(desk, people[1], method=Method.API, block=Block.COMPLAINT)
    tell(desk, people[2], method=Method.PREFERENCE_CENTRE, stop_all=True, states={NEWS: State.WITHDRAWN})
    tell(desk, people[3], method=Method.PREFERENCE_CENTRE, pause_until=clock.now + 30 * DAY)
    erase_visitor(resources, SITE, cookies[3].visitor, "test")
    erase_subject(resources, SITE, people[4].principal, "test")
    desk.ask(desk.meet()[0], NEWS)
    for _ in range(3):
        clock.advance(MINUTE)
        choose(resources, SITE, "save", yes=["analytics"])
    seal_records(resources, SITE, "one")
    clock.advance(MINUTE)
    choose(resources, SITE, "accept")
    resources.database.close()
    return WholeStore(copy_home(home, folder / "whole"), earlier, clock.now)


def confirm(desk: Desk, token: str) -> None:
    """Say yes by the link in the mail."""
    confirm_request(desk.resources, SITE, read_confirmation(desk.resources, SITE, token))


def tell(desk: Desk, who, **told) -> None:
    """Do something about messages now."""
    act = Act(actor="subject", at=desk.clock.now, happens_now=True, **told)
    record_act(desk.resources, SITE, who.principal, act)
