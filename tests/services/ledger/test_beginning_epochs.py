"""Epochs: after a loss the store goes on under another name, and what is of before is refused for good."""

from dataclasses import replace

import pytest

from consent_service.domain.errors import LeftBehind, SettingsFault
from consent_service.domain.identifier import name_subject
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.subject.act import Act
from consent_service.services.ledger.beginning_epochs import FILE, begin_epoch, require_home_epoch
from consent_service.services.ledger.guarding_ledger import StoreBehind
from consent_service.services.ledger.sealing_records import seal_records
from consent_service.services.operator.preparing_home import open_whole_resources, prepare_home
from consent_service.services.subject.recording_acts import record_act
from consent_service.settings import Settings
from consent_service.storage.changes import find_feed_end
from consent_service.storage.engine import migrating
from consent_service.storage.engine.epoch import find_epoch
from consent_service.storage.engine.migrating import GENERATION, migrate
from consent_service.storage.evidence.tree import find_ledger
from tests.cast import NOON, choose, make_database
from tests.engines import open_again
from tests.storage.earlier_home import copy_steps


@pytest.fixture
def home(tmp_path):
    settings = Settings(home=tmp_path / "home")
    prepare_home(settings)
    return settings


def test_a_new_store_begins_in_an_epoch_of_its_own(home):
    whole = open_whole_resources(home)
    assert find_epoch(whole.database) > 1_700_000_000
    assert (home.home / FILE).read_text() == f"{find_epoch(whole.database)}\n"


def test_every_epoch_is_later_than_all_that_are_known(home, site):
    whole = open_whole_resources(home)
    late = find_epoch(whole.database) + 5_000
    (home.home / FILE).write_text(f"{late}\n")
    begin_epoch(whole, [site])
    assert find_epoch(whole.database) == late + 1
    begin_epoch(replace(whole, clock=lambda: NOON), [site])
    assert find_epoch(whole.database) == late + 2


def test_ledgers_and_home_and_store_are_in_one_epoch(home, site):
    whole = open_whole_resources(home)
    choose(whole, site, "accept")
    seal_records(whole, site, "one")
    assert begin_epoch(whole, [site]) == {site.id: 1}
    epoch = find_epoch(whole.database)
    assert find_ledger(whole.database, site.id).epoch == epoch
    assert (home.home / FILE).read_text() == f"{epoch}\n"
    open_whole_resources(home)


def test_a_database_from_before_the_epoch_of_its_home_is_refused(home):
    """Also where nothing was ever sealed, and so no checkpoint tells of it."""
    whole = open_whole_resources(home)
    (home.home / FILE).write_text(f"{find_epoch(whole.database) + 1}\n")
    with pytest.raises(StoreBehind, match="from before this epoch; restore the newest backup"):
        open_whole_resources(home)
    begin_epoch(whole, [])
    open_whole_resources(home)


def test_a_home_that_is_behind_or_tells_nothing_follows(home):
    whole = open_whole_resources(home)
    present = find_epoch(whole.database)
    for told in (str(present - 1), "", "nonsense", "9" * 40):
        (home.home / FILE).write_text(told)
        require_home_epoch(whole)
        assert (home.home / FILE).read_text() == f"{present}\n"
    (home.home / FILE).unlink()
    require_home_epoch(whole)
    assert (home.home / FILE).read_text() == f"{present}\n"


def test_a_home_whose_epoch_cannot_be_told_says_so(home):
    (home.home / FILE).unlink(missing_ok=True)
    (home.home / FILE).mkdir()
    with pytest.raises(SettingsFault, match="cannot be read"):
        open_whole_resources(home)


def test_who_served_before_an_epoch_began_writes_nothing_more(resources, site):
    serving = replace(resources, database=open_again(resources.database, GENERATION))
    choose(serving, site, "accept")
    begin_epoch(resources, [site])
    with pytest.raises(LeftBehind, match="older state while this served; restart"):
        choose(serving, site, "reject")
    again = replace(resources, database=open_again(resources.database, GENERATION))
    assert choose(again, site, "reject")


def test_who_begins_an_epoch_goes_on_in_it(resources, site):
    serving = replace(resources, database=open_again(resources.database, GENERATION))
    choose(serving, site, "accept")
    begin_epoch(serving, [site])
    assert choose(serving, site, "reject")


@pytest.mark.parametrize("fed", [True, False])
def test_a_store_that_has_a_feed_keeps_its_cursors_when_it_is_migrated(tmp_path, monkeypatch, fed):
    database = make_database(tmp_path)
    monkeypatch.setattr(migrating, "FOLDER", copy_steps(tmp_path / "steps", "0010_ledger"))
    migrate(database)
    if fed:
        values = ("demo", 1, NOON, NOON, "demo/s/x", "block", "manual", "", "blocked", "operator", "test", 0)
        columns = "site, seq, at, act_at, principal, kind, name, before, after, method, source, until"
        with database.write():
            database.change(f"INSERT INTO change ({columns}) VALUES ({', '.join('?' * len(values))})", values)
    monkeypatch.undo()
    migrate(database)
    assert (find_epoch(database) == 0) == fed
    assert find_feed_end(database, "demo").seq == int(fed)


def test_the_end_of_a_feed_is_of_the_present_epoch(resources, site):
    no = Act(method=Method.ONE_CLICK, actor="subject", at=NOON, states={"newsletter": State.WITHDRAWN})
    record_act(resources, site, name_subject(site.id, f"1.{'a' * 21}A"), no)
    before = find_feed_end(resources.database, site.id)
    begin_epoch(resources, [site])
    after = find_feed_end(resources.database, site.id)
    assert (after.seq, after.epoch > before.epoch) == (before.seq, True)
