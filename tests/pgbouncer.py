"""A pooler in transaction mode before a server: each transaction may meet another process of it."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from tests.ports import free_port
from tests.postgresql_server import STRANGER, run_as_somebody
from tests.requirements import require

CONFIGURATION = """
[databases]
{dbname} = host={host} port={port} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 4
max_client_conn = 200
logfile = {folder}/log
"""


@contextmanager
def run_pooler(url: str) -> Iterator[str]:
    """Run a pooler before the server of a URL, and name the database behind it; skips the test where there is none."""
    program = require("pgbouncer")
    given, own = conninfo_to_dict(url), free_port()
    folder = Path(tempfile.mkdtemp(prefix="consent-pooler-"))
    file = folder / "pgbouncer.ini"
    file.write_text(CONFIGURATION.format(**given, own=own, folder=folder))
    somebody = run_as_somebody()
    if somebody:
        shutil.chown(folder, STRANGER)
    with subprocess.Popen([program, str(file)], stderr=subprocess.DEVNULL, **somebody) as process:
        try:
            while not is_listening(own):
                assert process.poll() is None, (folder / "log").read_text()
                time.sleep(0.02)
            place = f"{given['host']}:{given['port']}"
            yield url.replace(place, f"127.0.0.1:{own}")
        finally:
            process.kill()
    shutil.rmtree(folder, ignore_errors=True)


def is_listening(port: int) -> bool:
    """Say whether somebody listens."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
