"""A journal of denials that was deleted is missed: at the start and by readiness, until it is put back."""

import shutil
from dataclasses import replace

import pytest

from consent_service.domain.errors import StorageUnavailable
from consent_service.services.ledger.keeping_denials import list_days
from consent_service.services.ledger.marking_denials import find_mark
from consent_service.services.ledger.noting_denials import find_denials_folder, prune_denials
from consent_service.services.operator.checking_readiness import check_ready
from consent_service.services.operator.preparing_home import open_whole_resources
from consent_service.settings import Settings
from tests.cast import SECOND, choose
from tests.services.ledger.denials import told, write_denial

DAY = 86_400 * SECOND

pytestmark = pytest.mark.one_file


@pytest.fixture
def second(resources, tmp_path):
    place = tmp_path / "second"
    place.mkdir(mode=0o700)
    return place


@pytest.fixture
def kept(resources, second):
    """A home with a second place, in which somebody said no on two days."""
    kept = replace(resources, denials_copy=second)
    for at in (1, 2):
        write_denial(kept, at)
        kept.clock.advance(DAY)
    check_ready(kept)
    return kept


def start(resources):
    open_whole_resources(Settings(home=resources.database.folder)).database.close()


def test_a_home_in_which_nobody_said_no_has_no_journal_to_miss(resources, site):
    choose(resources, site, "accept")
    check_ready(resources)
    start(resources)
    assert not find_mark(find_denials_folder(resources)).exists()


def test_a_deleted_journal_reddens_readiness_and_refuses_a_start_with_what_to_do(kept):
    folder = find_denials_folder(kept)
    start(kept)
    shutil.rmtree(folder)
    for act in (check_ready, start):
        with pytest.raises(
            StorageUnavailable, match=r"was begun here is gone.*second place.*take a new backup"
        ) as fault:
            act(kept)
        assert str(find_mark(folder)) in str(fault.value)


def test_a_deleted_first_day_is_missed_too(kept):
    list_days(find_denials_folder(kept))[0].unlink()
    with pytest.raises(StorageUnavailable, match="is gone, or a part of it"):
        check_ready(kept)


def test_a_no_is_taken_meanwhile_and_what_is_put_back_makes_the_journal_whole(kept, second):
    folder = find_denials_folder(kept)
    kept.clock.advance(-DAY)
    shutil.rmtree(folder)
    write_denial(kept, 3)
    with pytest.raises(StorageUnavailable, match="was begun here is gone"):
        check_ready(kept)
    for file in second.iterdir():
        shutil.copy(file, folder / file.name)
    check_ready(kept)
    start(kept)
    assert [denial.at for denial in told(kept)] == [1, 2, 3]


def test_the_mark_is_what_an_operator_removes_to_go_on_without(kept):
    folder = find_denials_folder(kept)
    shutil.rmtree(folder)
    find_mark(folder).unlink()
    write_denial(kept, 3)
    check_ready(kept)
    shutil.rmtree(folder)
    with pytest.raises(StorageUnavailable, match="was begun here is gone"):
        check_ready(kept)


def test_days_that_are_no_longer_kept_are_not_missed(kept):
    kept.clock.advance(200 * DAY)
    write_denial(kept, 3)
    assert prune_denials(kept) == 2
    check_ready(kept)
    start(kept)
