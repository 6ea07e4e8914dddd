"""What a test needs beside Python: skipped with a reason where it is missing, a failure under CI=true."""

import os
import shutil
from typing import NoReturn

import pytest


def require(program: str) -> str:
    """Return the path of a program on this machine; does not return where there is none."""
    path = shutil.which(program)
    return path if path else missing(f"{program} is not installed")


def missing(reason: str) -> NoReturn:
    """Skip the running test, or fail it under CI=true, where everything has to be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
