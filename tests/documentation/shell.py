"""One shell in which the blocks of a page run one after the other, as somebody would paste them."""

import os
import secrets
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tests.documentation.page_blocks import ROOT


class Printed(NamedTuple):
    """What a block printed, the exit code of its last command, and what went to standard error."""

    text: str
    status: int
    errors: str


class Shell:
    """A bash with our programs on its path; ``instead`` replaces addresses and names of a page by those of the test."""

    def __init__(self, folder: Path, instead: Mapping[str, str]) -> None:
        self._instead = {"$PWD/.venv/bin": Path(sys.executable).parent.as_posix(), **instead}
        self._errors = (folder / "errors-of-the-shell").open("w+")
        programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        foreign = {name: value for name, value in os.environ.items() if not name.startswith("CONSENT_")}
        self._bash = subprocess.Popen(
            ["bash"],
            cwd=folder,
            env=foreign | {"PATH": programs, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )

    def name_instead(self, names: Mapping[str, str]) -> None:
        """Replace further names of the page."""
        self._instead |= names

    def run(self, block: str) -> Printed:
        """Run a block and wait for its end."""
        for written, meant in self._instead.items():
            block = block.replace(written, meant)
        end = secrets.token_hex(8)
        assert self._bash.stdin is not None
        assert self._bash.stdout is not None
        self._bash.stdin.write(f"{block}\nprintf '\\n{end} %s\\n' $?\n")
        self._bash.stdin.flush()
        lines = []
        for line in self._bash.stdout:
            if line.startswith(end):
                return Printed("".join(lines).strip(), int(line.split()[1]), self._read_errors())
            lines.append(line)
        raise AssertionError(f"the shell ended: {''.join(lines)}")

    def _read_errors(self) -> str:
        self._errors.seek(0)
        text = self._errors.read()
        self._errors.seek(0)
        self._errors.truncate()
        return text

    def close(self) -> None:
        self._bash.kill()
        self._bash.communicate()
        self._errors.close()
