"""An nginx on a free port of the loopback address, with pieces of a page in its configuration."""

import http.client
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.ports import free_port
from tests.requirements import require

FRAME = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log; worker_processes 1; {user}
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    {shared}
    server {{ listen 127.0.0.1:{port}; {inside} }}
}}
"""


class Answer:
    """What nginx answered."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.text = response.read().decode()


class RunningNginx:
    """Where it listens."""

    def __init__(self, port: int) -> None:
        self.port = port

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path, headers={"Host": "shop.example", **(headers or {})})
            return Answer(connection.getresponse())
        finally:
            connection.close()


@contextmanager
def running_nginx(folder: Path, *, shared: str = "", inside: str = "") -> Iterator[RunningNginx]:
    """Start it with what stands in ``http`` and what stands in its one ``server``, until the block is left."""
    program, port = require("nginx"), free_port()
    file = folder / "nginx.conf"
    user = "user root;" if folder.stat().st_uid == 0 else ""
    file.write_text(FRAME.format(folder=folder, port=port, shared=shared, inside=inside, user=user))
    tested = subprocess.run([program, "-t", "-c", file, "-e", folder / "test.log"], capture_output=True, text=True)
    assert tested.returncode == 0, tested.stderr
    with subprocess.Popen([program, "-c", file, "-e", folder / "start.log"]) as process:
        nginx = RunningNginx(port)
        while process.poll() is None:
            try:
                nginx.get("/")
                break
            except OSError:
                time.sleep(0.05)
        try:
            yield nginx
        finally:
            process.terminate()
