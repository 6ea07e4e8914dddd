"""The lane of writers: requests that wait are answered together, in one write that the disk is asked to keep once."""

import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from queue import Empty, SimpleQueue
from typing import NamedTuple

from consent_service.domain.errors import StorageUnavailable
from consent_service.front.lane import Lane, LaneFull, Task
from consent_service.front.wsgi_run import WholeAnswer

MAX_TOGETHER = 16
MAX_SECONDS = 0.005
"""For how long requests are added to one write: plain choices take a third of a millisecond each."""


class GatheredTask(NamedTuple):
    """A request whose answer counts only once the write is kept; ``fail`` answers it where it was not."""

    answer: Callable[[], WholeAnswer]
    fail: Callable[[StorageUnavailable], WholeAnswer]
    settle: Callable[[WholeAnswer], None]


class GatheringLane(Lane):
    """A lane that answers short requests together, in the block of ``gather_writes``, and other tasks one by one."""

    def __init__(
        self,
        name: str,
        *,
        threads: int,
        waiting: int,
        leave: Task,
        gather_writes: Callable[[], AbstractContextManager[None]],
    ) -> None:
        super().__init__(name, threads=threads, waiting=waiting, leave=leave)
        self._gather_writes = gather_writes
        self._gathered: SimpleQueue[GatheredTask] = SimpleQueue()
        self._called = False

    def gather(self, task: GatheredTask) -> None:
        """Let a request wait for a thread, behind what was submitted before; raises LaneFull where too many wait."""
        if self._gathered.qsize() >= self.most:
            raise LaneFull
        self._gathered.put(task)
        self._call_thread()

    def _call_thread(self) -> None:
        """Have a thread come for what waits, unless one is on its way."""
        if not self._called:
            self._called = True
            self._queue.put(self._answer_gathered)

    def _answer_gathered(self) -> None:
        # Said before the queue is looked at: who comes from now on calls again, in vain at worst.
        self._called = False
        tasks: deque[GatheredTask] = deque()
        with suppress(Empty):
            while len(tasks) < MAX_TOGETHER:
                tasks.append(self._gathered.get_nowait())
        if len(tasks) == MAX_TOGETHER:
            self._call_thread()
        self._answer_together(tasks)

    def _answer_together(self, tasks: deque[GatheredTask]) -> None:
        while tasks:
            taken: list[GatheredTask] = []
            answers: list[WholeAnswer] = []
            ends = time.monotonic() + MAX_SECONDS
            try:
                with self._gather_writes():
                    while tasks and time.monotonic() < ends:
                        taken.append(tasks.popleft())
                        answers.append(taken[-1].answer())
            except StorageUnavailable as failure:
                answers = [task.fail(failure) for task in taken]
            for task, answer in zip(taken, answers, strict=True):
                task.settle(answer)
