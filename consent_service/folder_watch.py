"""A folder watch: whether files came into a folder or left it, told without looking at the files."""

import os
import time
from pathlib import Path

SETTLED = 1_000_000_000
"""A folder changed less than one second ago, in nanoseconds, may change again without its time telling."""

State = tuple[int, int]
"""When a folder last changed, in nanoseconds, and which folder it is; zeros where that cannot be told."""


class FolderWatch:
    """Tells whether files came into a folder or left it, by the time of its last change alone where that is enough."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._settled: State = 0, 0

    def change(self) -> State | None:
        """Tell the state the folder is in, or None if it rests in the one that was settled."""
        try:
            found = os.stat(self._folder)  # noqa: PTH116 - each request comes by here
        except OSError:
            return 0, 0
        state = found.st_mtime_ns, found.st_ino
        return None if state == self._settled else state

    def settle(self, state: State) -> None:
        """Take for known what was there in this state, unless it may change again within the same time."""
        self._settled = state if time.time_ns() - state[0] > SETTLED else (0, 0)
