"""Gathered writes: several in one, of which each is undone alone and none counts before all are kept."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from consent_service.domain.errors import LeftBehind, StorageUnavailable
from consent_service.services.check.checking_visitors import check_visitor
from consent_service.storage.engine.migrating import GENERATION
from consent_service.storage.engine.sqlite import SqliteDatabase
from tests.cast import choose

pytestmark = pytest.mark.one_file


def is_allowed(resources, site, visitor):
    return check_visitor(resources, site, visitor, ["analytics"], signal=False)["analytics"].allowed


def elsewhere(database, act):
    """Do something over the connection of another thread, which sees what is kept and no more."""

    def work():
        try:
            return act()
        finally:
            database.close_connection()

    with ThreadPoolExecutor(1) as other:
        return other.submit(work).result(10)


def count_kept(resources):
    database = resources.database
    return elsewhere(database, lambda: database.rows("SELECT count(*) FROM record"))[0][0]


def choose_and_break_off(resources, site, inside):
    with inside():
        choose(resources, site, "accept")
        raise ZeroDivisionError


def test_they_are_kept_when_the_block_is_left_and_not_before(resources, site):
    with resources.database.gather_writes():
        visitors = [choose(resources, site, "accept").cookie.visitor for _ in range(5)]
        assert count_kept(resources) == 0
        assert all(is_allowed(resources, site, visitor) for visitor in visitors)
    assert count_kept(resources) == 5
    assert all(is_allowed(resources, site, visitor) for visitor in visitors)


def test_one_that_fails_is_undone_alone(resources, site):
    database = resources.database
    with database.gather_writes():
        first = choose(resources, site, "accept").cookie.visitor
        with pytest.raises(ZeroDivisionError):
            choose_and_break_off(resources, site, database.write)
        last = choose(resources, site, "reject").cookie.visitor
    assert count_kept(resources) == 2
    assert (is_allowed(resources, site, first), is_allowed(resources, site, last)) == (True, False)


def test_what_an_undone_one_told_is_not_done_before_the_commit(resources, site):
    database, done = resources.database, []

    def tell(what):
        with database.write():
            database.before_commit("test", done.extend, what)
            if what == "undone":
                raise ZeroDivisionError

    with database.gather_writes():
        tell("first")
        with pytest.raises(ZeroDivisionError):
            tell("undone")
        tell("last")
        assert done == []
    assert done == ["first", "last"]


def test_none_is_kept_where_the_block_breaks_off(resources, site):
    with pytest.raises(ZeroDivisionError):
        choose_and_break_off(resources, site, resources.database.gather_writes)
    assert count_kept(resources) == 0
    choose(resources, site, "accept")
    assert count_kept(resources) == 1


def test_a_full_disk_keeps_none_of_them_and_says_so(resources, site):
    database = resources.database
    kept = choose(resources, site, "accept").cookie.visitor
    [(pages,)] = database.rows("PRAGMA page_count")
    database.rows(f"PRAGMA max_page_count = {pages}")

    def fill():
        with database.gather_writes():
            failures = 0
            while failures < 2:
                try:
                    choose(resources, site, "accept")
                except StorageUnavailable:
                    failures += 1

    with pytest.raises(StorageUnavailable):
        fill()
    assert count_kept(resources) == 1
    assert is_allowed(resources, site, kept)
    database.rows(f"PRAGMA max_page_count = {pages + 1000}")
    with database.gather_writes():
        choose(resources, site, "accept")
    assert count_kept(resources) == 2


def test_none_is_kept_where_the_file_was_moved_meanwhile(resources, site):
    database = resources.database
    choose(resources, site, "accept")
    away = database.file.with_name("away")

    def choose_while_moving():
        with database.gather_writes():
            choose(resources, site, "accept")
            database.file.rename(away)

    with pytest.raises(StorageUnavailable, match="moved, replaced or removed"):
        choose_while_moving()
    away.rename(database.file)
    assert count_kept(resources) == 1


def test_a_version_that_was_left_behind_writes_none_of_them(resources, site):
    serving = replace(resources, database=SqliteDatabase(resources.database.file, GENERATION))
    with resources.database.write():
        resources.database.change("UPDATE schema_generation SET number = number + 1")
    with serving.database.gather_writes():
        for _ in range(2):
            with pytest.raises(LeftBehind):
                choose(serving, site, "accept")
    assert count_kept(resources) == 0


def test_without_a_write_in_the_block_nobody_has_to_wait(resources, site):
    database = resources.database
    with database.gather_writes():
        assert not is_allowed(resources, site, "A" * 22)
        elsewhere(database, lambda: choose(resources, site, "accept"))
    assert count_kept(resources) == 1
