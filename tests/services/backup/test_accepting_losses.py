"""Going on with an older copy that somebody put back by hand: no no is undone by it either."""

import shutil

import pytest

from consent_service.domain.subject.standing import Block
from consent_service.services.backup.accepting_losses import accept_loss
from consent_service.services.ledger.keeping_denials import DenialFault, list_days
from consent_service.services.ledger.noting_denials import find_denials_folder
from consent_service.services.messages.suppressing_addresses import lift_suppression
from tests.cast import SECOND, choose
from tests.services.backup.noes import RealDesk
from tests.services.ledger.denials import told
from tests.services.messages.telling_desk import NEWS, SITE

pytestmark = pytest.mark.one_file


@pytest.fixture
def desk(tmp_path):
    return RealDesk(tmp_path)


def keep(desk):
    desk.resources.database.empty_log()
    shutil.copy(desk.settings.database, desk.settings.home / "copy")


def go_back(desk):
    desk.resources.database.close()
    for part in ("-wal", "-shm"):
        desk.settings.database.with_name(f"consent.sqlite3{part}").unlink(missing_ok=True)
    shutil.copy(desk.settings.home / "copy", desk.settings.database)
    desk.reopen()


def test_an_older_copy_that_is_gone_on_with_undoes_no_no(desk):
    people, visitors = desk.agree(40)
    keep(desk)
    desk.deny(people, visitors)
    go_back(desk)
    assert len(desk.list_allowed(people, visitors)) == 80
    assert accept_loss(desk.resources, desk.sites).replayed == (80, 80)
    assert desk.list_allowed(people, visitors) == []
    assert accept_loss(desk.resources, desk.sites).replayed.applied == 0


def test_what_came_after_a_no_and_is_known_stays(desk):
    people, [visitor, *_] = desk.agree(9)
    desk.deny(people, [])
    desk.clock.advance(20 * SECOND)
    for who in people:
        for block in (Block.COMPLAINT, Block.ERASED):
            told = {"actor": "operator", "source": "desk", "evidence": {"note": "asked again"}}
            lift_suppression(desk.resources, SITE, who.principal, block, **told)
        desk.confirm(desk.ask(who, NEWS))
    choose(desk.resources, SITE, "reject", visitor=visitor)
    desk.clock.advance(20 * SECOND)
    choose(desk.resources, SITE, "accept", visitor=visitor)
    assert len(desk.list_allowed(people, [visitor])) == 10
    assert accept_loss(desk.resources, desk.sites).replayed.applied == 0
    assert len(desk.list_allowed(people, [visitor])) == 10


def test_a_journal_with_a_hole_is_refused_unless_the_operator_accepts_it(desk):
    people, visitors = desk.agree(3)
    keep(desk)
    desk.deny(people, visitors)
    [day] = list_days(find_denials_folder(desk.resources))
    lines = day.read_bytes().splitlines(keepends=True)
    day.write_bytes(b"".join([*lines[:1], *lines[2:]]))
    go_back(desk)
    with pytest.raises(DenialFault, match="the line before it is missing"):
        accept_loss(desk.resources, desk.sites)
    assert accept_loss(desk.resources, desk.sites, accepts_undone=True).replayed == (5, 5)
    assert len(desk.list_allowed(people, visitors)) == 1


def test_a_journal_whose_oldest_days_are_gone_is_read_from_where_it_begins(desk):
    people, visitors = desk.agree(2)
    desk.deny(people[:1], [])
    day = list_days(find_denials_folder(desk.resources))[0]
    day.rename(day.with_name("2020-01-01.jws"))
    keep(desk)
    desk.deny([], visitors)
    day.with_name("2020-01-01.jws").unlink()
    go_back(desk)
    assert accept_loss(desk.resources, desk.sites).replayed == (2, 2)
    assert desk.list_allowed([], visitors) == []
    assert told(desk.resources, None)
