"""The stop sign: a file in the folder that the workers of one server share, put up when it is told to stop."""

import os
from pathlib import Path

COUNTERS_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""Read once, when the counters are first imported: a server sets it before, or its workers share none."""
STOP_SIGN = "stop"


def put_up_stop_sign() -> None:
    """Tell every worker of this server to stop what waits, where it counts in a folder with others."""
    if folder := os.environ.get(COUNTERS_VARIABLE):
        (Path(folder) / STOP_SIGN).touch()


def is_told_to_stop() -> bool:
    """Say whether the server that this worker belongs to was told to stop."""
    folder = os.environ.get(COUNTERS_VARIABLE)
    return folder is not None and (Path(folder) / STOP_SIGN).exists()
