"""A change of many rows lets others write between its slices, and is done to its end."""

import threading

import pytest

from consent_service.storage.attempts import add_attempt, prune_attempts
from consent_service.storage.engine.slices import FIRST_SLICE, LARGEST_SLICE, change_in_slices
from tests.engines import open_again

ROWS = 5_000


@pytest.fixture
def database(resources):
    with resources.database.write():
        for number in range(ROWS):
            add_attempt(resources.database, "bucket", number, str(number))
    return resources.database


def count(database):
    return database.rows("SELECT count(*) FROM attempt")[0][0]


def test_all_is_changed_and_counted(database):
    assert change_in_slices(database, lambda most: prune_attempts(database, ROWS - 1, most)) == ROWS - 1
    assert count(database) == 1


def test_no_slice_is_larger_than_may_be(database):
    asked = []

    def prune(most):
        asked.append(most)
        return prune_attempts(database, ROWS, most)

    change_in_slices(database, prune)
    assert (asked[0], max(asked) <= LARGEST_SLICE, len(asked) > 2) == (FIRST_SLICE, True, True)


def test_others_write_while_it_goes_on(database):
    neighbour = open_again(database)
    written = threading.Event()

    def write_beside():
        with neighbour.write():
            add_attempt(neighbour, "other", ROWS + 1, "x")
        neighbour.close()
        written.set()

    seen = []

    def prune(most):
        if len(seen) == 1:
            threading.Thread(target=write_beside).start()
        seen.append(written.is_set())
        return prune_attempts(database, ROWS, FIRST_SLICE) if most >= FIRST_SLICE else 0

    while not seen or not seen[-1]:
        change_in_slices(database, prune)
        assert written.wait(10)
        seen.append(True)
    assert count(database) >= 1


def test_nothing_to_change_is_one_short_write(database):
    assert change_in_slices(database, lambda most: prune_attempts(database, 0, most)) == 0
