"""Ending without a parent: a worker process whose server was killed would keep the port, and serve on unnoticed."""

import multiprocessing
import os
import signal
import threading
import time

from consent_service.front.stop_sign import put_up_stop_sign

LOOK_SECONDS = 0.5


def start_parent_watch() -> None:
    """Have this process told to stop, as its server would tell it, once that is gone; nothing where there was none."""
    parent = multiprocessing.parent_process()
    if parent and parent.pid:
        threading.Thread(target=_end_without, args=(parent.pid,), name="parent watch", daemon=True).start()


def _end_without(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    put_up_stop_sign()
    os.kill(os.getpid(), signal.SIGTERM)
