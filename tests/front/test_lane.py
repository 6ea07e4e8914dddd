"""A lane works off what waits, refuses what is too much, and its threads are there until it is stopped."""

import threading

import pytest

from consent_service.front.lane import Lane, LaneFull


def test_tasks_are_done_by_threads_that_clear_up_after_themselves():
    done, left = [], []
    lane = Lane("test", threads=2, waiting=10, leave=lambda: left.append(threading.current_thread().name))
    lane.start()
    for number in range(5):
        lane.submit(lambda number=number: done.append(number))
    lane.stop(5)
    assert (sorted(done), sorted(left)) == ([0, 1, 2, 3, 4], ["test-0", "test-1"])


def test_more_than_may_wait_is_refused_at_once():
    held, going = threading.Event(), threading.Event()
    lane = Lane("test", threads=1, waiting=2, leave=lambda: None)
    lane.start()
    lane.submit(lambda: (going.set(), held.wait(10)))
    assert going.wait(10)
    lane.submit(lambda: None)
    lane.submit(lambda: None)
    with pytest.raises(LaneFull):
        lane.submit(lambda: None)
    held.set()
    lane.stop(5)
