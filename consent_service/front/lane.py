"""A lane: a bounded queue and the threads that work it off, which are ours and live as long as the process."""

import threading
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue

Task = Callable[[], None]


class LaneFull(Exception):
    """As much is waiting already as may wait."""


class Lane:
    """Runs tasks in threads of its own; each task sees to its own errors, and ``leave`` is called as a thread ends.

    ``most`` is how many tasks may wait. Senders take turns: who sends many waits behind everybody who sends few, and
    may take half of the places.
    """

    def __init__(self, name: str, *, threads: int, waiting: int, leave: Task) -> None:
        self.most = waiting
        self._leave = leave
        self._queue: SimpleQueue[Task | None] = SimpleQueue()
        self._turns: dict[str, deque[Task]] = {}
        self._taking = threading.Lock()
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True) for number in range(threads)
        ]

    def start(self) -> None:
        """Start the threads."""
        for thread in self._threads:
            thread.start()

    def submit(self, task: Task, sender: str = "") -> None:
        """Let a task wait for a thread; raises LaneFull where no more may wait, or no more of this sender.

        What nobody is named for comes from so many that they have one turn together, and all of the places.
        """
        with self._taking:
            own = self._turns.get(sender, ())
            if self._queue.qsize() >= self.most or (sender and len(own) >= self.most // 2):
                raise LaneFull
            self._turns.setdefault(sender, deque()).append(task)
        self._queue.put(self._take_turn)

    def stop(self, seconds: float) -> None:
        """Let the threads end after what waits already, and wait for them; one that hangs is left behind."""
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            thread.join(seconds / len(self._threads))

    def _take_turn(self) -> None:
        with self._taking:
            sender = next(iter(self._turns))
            waiting = self._turns.pop(sender)
            task = waiting.popleft()
            if waiting:
                self._turns[sender] = waiting  # behind all others
        task()

    def _work(self) -> None:
        while (task := self._queue.get()) is not None:
            task()
        self._leave()
