"""A text browser in a terminal of its own: keys go in, and what it shows comes out."""

import os
import pty
import re
import select
import signal
import struct
import time
from collections.abc import Callable, Mapping
from fcntl import ioctl
from termios import TIOCSWINSZ
from types import TracebackType
from typing import Self

ROWS, COLUMNS = 100, 120
CONTROL = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[=>78M]")
WAIT_SECONDS = 30
QUIET_SECONDS = 0.3


class Terminal:
    """A program in a pseudo-terminal; leaving the block ends it."""

    def __init__(self, command: list[str], environment: Mapping[str, str]) -> None:
        self._output = b""
        self._ended = False
        self._process, self._file = pty.fork()
        if not self._process:
            os.execvpe(command[0], command, {**os.environ, "TERM": "vt100", "LC_ALL": "C.UTF-8", **environment})  # noqa: S606
        ioctl(self._file, TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if not self._ended:
            os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)
        os.close(self._file)

    def types(self, keys: str) -> None:
        """Press keys, after the program has come to rest."""
        self.rests()
        self._output = b""
        os.write(self._file, keys.encode())

    def shows(self, text: str) -> bool:
        """Wait until a text stands in what was written since the last key."""
        return self._until(lambda: text in self.text)

    def rests(self) -> None:
        while self._read(QUIET_SECONDS):
            pass

    def ends(self) -> None:
        """Wait until the program has ended by itself; the test's time limit ends a wait in vain."""
        while not self._ended:
            self._read(QUIET_SECONDS)
            self._ended = os.waitpid(self._process, os.WNOHANG)[0] == self._process

    @property
    def text(self) -> str:
        """What the program wrote since the last key, without its control codes."""
        return CONTROL.sub(b" ", self._output).decode("utf-8", "replace")

    def _until(self, happened: Callable[[], bool]) -> bool:
        end = time.monotonic() + WAIT_SECONDS
        while not happened() and time.monotonic() < end:
            self._read(QUIET_SECONDS)
        return happened()

    def _read(self, within: float) -> bool:
        if not select.select([self._file], [], [], within)[0]:
            return False
        try:
            found = os.read(self._file, 65536)
        except OSError:
            return False
        self._output += found
        return bool(found)
