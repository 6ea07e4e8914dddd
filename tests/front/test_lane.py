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


def hold(lane):
    """Let a lane's one thread wait, and return what lets it go on."""
    held, going = threading.Event(), threading.Event()
    lane.submit(lambda: (going.set(), held.wait(10)))
    assert going.wait(10)
    return held.set


def test_senders_take_turns_however_many_one_of_them_has_sent():
    done = []
    lane = Lane("test", threads=1, waiting=100, leave=lambda: None)
    lane.start()
    let_go = hold(lane)
    for sender, times in (("a", 40), ("b", 2), ("c", 1)):
        for number in range(times):
            lane.submit(lambda told=f"{sender}{number}": done.append(told), sender)
    let_go()
    lane.stop(10)
    assert done == ["a0", "b0", "c0", "a1", "b1", *(f"a{number}" for number in range(2, 40))]


def test_a_sender_takes_half_of_the_places_and_leaves_the_rest_to_others():
    lane = Lane("test", threads=1, waiting=10, leave=lambda: None)
    lane.start()
    let_go = hold(lane)
    for _ in range(5):
        lane.submit(lambda: None, "a")
    with pytest.raises(LaneFull):
        lane.submit(lambda: None, "a")
    for _ in range(5):
        lane.submit(lambda: None, "b")
    with pytest.raises(LaneFull):
        lane.submit(lambda: None)
    let_go()
    lane.stop(5)


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
