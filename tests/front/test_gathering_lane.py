"""The gathering lane: what waits is answered together, and no answer is given before it counts."""

import threading
import time
from contextlib import contextmanager

import pytest

from consent_service.domain.errors import StorageUnavailable
from consent_service.front.gathering_lane import MAX_SECONDS, MAX_TOGETHER, GatheredTask, GatheringLane
from consent_service.front.lane import LaneFull
from consent_service.front.wsgi_run import WholeAnswer


class Writes:
    """Stands for the database: tells what happened in which order, and can fail to keep a write."""

    def __init__(self):
        self.happened = []
        self.broken = False

    @contextmanager
    def gather(self):
        self.happened.append("begin")
        yield
        if self.broken:
            raise StorageUnavailable("full")
        self.happened.append("kept")

    def task(self, number):
        def answer():
            self.happened.append(f"answer {number}")
            return WholeAnswer(200, [], str(number).encode())

        return GatheredTask(
            answer,
            lambda failure: WholeAnswer(503, [], str(failure).encode()),
            lambda answer: self.happened.append((answer.status, answer.body.decode())),
        )


@pytest.fixture
def writes():
    return Writes()


@pytest.fixture
def lane(writes):
    return GatheringLane("test", threads=1, waiting=40, leave=lambda: None, gather_writes=writes.gather)


def test_what_waits_is_answered_together_and_settled_once_it_is_kept(lane, writes):
    for number in range(3):
        lane.gather(writes.task(number))
    lane.start()
    lane.stop(5)
    answers = [f"answer {number}" for number in range(3)]
    assert writes.happened == ["begin", *answers, "kept", (200, "0"), (200, "1"), (200, "2")]


def test_where_the_write_is_not_kept_each_is_told_so(lane, writes):
    writes.broken = True
    for number in range(2):
        lane.gather(writes.task(number))
    lane.start()
    lane.stop(5)
    assert writes.happened[-2:] == [(503, "full"), (503, "full")]


def test_more_than_fit_into_one_write_are_answered_in_the_next(lane, writes):
    for number in range(2 * MAX_TOGETHER + 1):
        lane.gather(writes.task(number))
    lane.start()
    lane.stop(5)
    assert writes.happened.count("kept") == 3
    assert [body for status, body in filter(lambda one: isinstance(one, tuple), writes.happened)] == [
        str(number) for number in range(2 * MAX_TOGETHER + 1)
    ]


def test_those_behind_a_slow_one_are_answered_in_the_next_write(lane, writes):
    slow = writes.task("slow")
    lane.gather(slow._replace(answer=lambda: (time.sleep(2 * MAX_SECONDS), slow.answer())[1]))
    lane.gather(writes.task("next"))
    lane.start()
    lane.stop(5)
    assert writes.happened.count("kept") == 2
    assert writes.happened.index((200, "slow")) < writes.happened.index("answer next")


def test_more_than_may_wait_is_refused_and_never_done(lane, writes):
    for number in range(40):
        lane.gather(writes.task(number))
    with pytest.raises(LaneFull):
        lane.gather(writes.task("refused"))
    lane.start()
    lane.stop(5)
    assert "answer refused" not in writes.happened
    assert writes.happened.count("kept") == 3


def test_those_that_come_while_others_are_answered_wait_for_the_next_write(lane, writes):
    going, held, done = threading.Event(), threading.Event(), threading.Event()
    lane.start()
    lane.submit(lambda: (going.set(), held.wait(10)))
    assert going.wait(10)
    for number in range(4):
        lane.gather(writes.task(number))
    lane.submit(lambda: writes.happened.append("another"))
    held.set()
    lane.submit(done.set)
    assert done.wait(10)
    for number in range(4, 6):
        lane.gather(writes.task(number))
    lane.stop(5)
    assert writes.happened.index("kept") < writes.happened.index("another") < writes.happened.index("answer 4")
