"""A text browser in a terminal of its own: keys go in, and what it shows comes out."""

import os
import pty
import re
import select
import struct
import subprocess
from collections.abc import Mapping
from fcntl import ioctl
from termios import TIOCSWINSZ
from types import TracebackType
from typing import Self

ROWS, COLUMNS = 100, 120
CONTROL = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[=>78M]|\0+")
SETTINGS = {"TERM": "vt100", "LC_ALL": "C.UTF-8", "COLUMNS": str(COLUMNS), "LINES": str(ROWS)}
QUIET_SECONDS = 0.3
MAX_WAITS = 100


class Terminal:
    """A program in a pseudo-terminal; leaving the block ends it."""

    def __init__(self, command: list[str], environment: Mapping[str, str]) -> None:
        self._file, its_end = pty.openpty()
        ioctl(self._file, TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self._process = subprocess.Popen(
            command,
            stdin=its_end,
            stdout=its_end,
            stderr=its_end,
            env={**os.environ, **SETTINGS, **environment},
            start_new_session=True,
        )
        os.close(its_end)
        self._output = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._file)

    def types(self, keys: str) -> None:
        """Press keys, after the program has come to rest."""
        while self._reads():
            pass
        self._output = b""
        os.write(self._file, keys.encode())

    def shows(self, text: str, waits: int = MAX_WAITS) -> bool:
        """Wait until a text stands in what was written since the last key, however its words are set apart."""
        for _ in range(waits):
            if text in " ".join(CONTROL.sub(b" ", self._output).decode("utf-8", "replace").split()):
                return True
            self._reads()
        return False

    def ends(self) -> None:
        """Wait until the program has ended by itself; the test's time limit ends a wait in vain."""
        while self._process.poll() is None:
            self._reads()

    def _reads(self) -> bool:
        # Not select.select, which takes no number beyond 1,023.
        poll = select.poll()
        poll.register(self._file, select.POLLIN)
        if not poll.poll(QUIET_SECONDS * 1000):
            return False
        try:
            found = os.read(self._file, 65536)
        except OSError:
            return False
        self._output += found
        return bool(found)
