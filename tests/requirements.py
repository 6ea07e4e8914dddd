"""What a test needs beside Python: skipped with a reason where it is missing, a failure under CI=true."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

KILLINGS = 2000 if os.environ.get("CONSENT_TEST_LONG") == "1" else 20
"""How often a test kills what it kills; ``dev.py test --long`` has the time."""


def require(program: str) -> str:
    """Return the path of a program on this machine; does not return where there is none."""
    path = shutil.which(program)
    return path if path else missing(f"{program} is not installed")


def require_fonts(folder: str) -> str:
    """Return a folder of fonts on this machine; does not return where it is missing or empty."""
    fonts = any(Path(folder).glob("*.ttf"))
    return folder if fonts else missing(f"{folder} holds no fonts")


def require_to_start(*command: str | Path) -> None:
    """Do not return where a program that is there cannot start, such as for want of a library."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        missing(f"{Path(command[0]).name} does not start: {done.stderr.strip()}")


def missing(reason: str) -> NoReturn:
    """Skip the running test, or fail it under CI=true, where everything has to be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
