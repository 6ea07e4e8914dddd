"""The snippets for nginx, as they stand in README and docs, in a real nginx before a stub that says what it got."""

import http.client
import json
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest

from consent_service.web.frame.client_address import read_client_address
from tests.integration.running_service import free_port
from tests.requirements import require

ROOT = Path(__file__).resolve().parents[2]
EMBEDDING = (ROOT / "docs" / "embedding.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHOP_PAGE = (
    '<!--# block name="none" --><!--# endblock --><body><!--# include virtual="/_consent" stub="none" --></body>'
)
COOKIE = "__Host-consent=v1.ab.x"


def blocks(text: str = EMBEDDING) -> list[str]:
    return re.findall(r"```nginx\n(.*?)```", text, re.DOTALL)


def block_with(part: str) -> str:
    return next(block for block in blocks() if part in block)


def mount() -> str:
    """The locations of the mount, without the lines of the server around them."""
    inside = block_with("server_name").partition("# ssl_certificate …\n")[2]
    return inside.rstrip().removesuffix("}")


def readme_mount() -> str:
    found = re.search(r"^       location /consent/ \{.*?^       \}", README, re.DOTALL | re.MULTILINE)
    assert found
    return found[0]


def readme_map() -> str:
    found = re.search(r"^       (map \$http_cookie .*)$", README, re.MULTILINE)
    assert found
    return found[1]


class Got(NamedTuple):
    status: int
    body: str
    headers: dict[str, str]


class Front(NamedTuple):
    port: int

    def get(self, path: str, *headers: tuple[str | bytes, str], method: str = "GET") -> Got:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.putrequest(method, path, skip_host=True)
        for name, value in (("Host", "shop.example"), *headers):
            connection.putheader(name, value)
        connection.endheaders()
        with closing(connection):
            answer = connection.getresponse()
            return Got(answer.status, answer.read().decode(), dict(answer.getheaders()))

    def client(self, proxies: int, *headers: tuple[str, str]) -> str | None:
        """Tell whom the service takes for the client of a request with these headers."""
        got = json.loads(self.get("/consent/choice", *headers, method="POST").body)
        forwarded = ",".join(value for name, value in got if name.lower() == "x-forwarded-for")
        assert not [name for name, _ in got if "_" in name]
        return read_client_address({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": forwarded}, proxies)


class Stub(BaseHTTPRequestHandler):
    """Says what headers it got; the shop's page at other paths."""

    def _answer(self) -> None:
        ours = self.path.startswith("/consent/")
        text = json.dumps(self.headers.items()) if ours else SHOP_PAGE
        if self.path == "/consent/banner":
            text = "<section>banner</section>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    do_GET = do_POST = _answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def stub() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Stub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def front(folder: Path, locations: str, above: str = "", *, service: int, shop: int = 1) -> Iterator[Front]:
    """Run nginx with these locations, and what stands above the server, until the block is left."""
    port = free_port()
    folder.mkdir(exist_ok=True)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    told = f"""
    daemon off; master_process off; pid {folder}/pid; error_log stderr; events {{}}
    http {{ access_log off; {temporary} {above}
    server {{ listen 127.0.0.1:{port}; {locations} }} }}
    """
    told = told.replace("127.0.0.1:8000", f"127.0.0.1:{service}").replace("127.0.0.1:9000", f"127.0.0.1:{shop}")
    file = folder / "nginx.conf"
    file.write_text(told)
    log = folder / "log"
    with log.open("wb") as errors:
        process = subprocess.Popen([require("nginx"), "-p", str(folder), "-c", str(file)], stderr=errors)
    try:
        until = time.monotonic() + 20
        while time.monotonic() < until and process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        assert process.poll() is None, log.read_text()
        yield Front(port)
    finally:
        process.terminate()
        process.wait(timeout=20)


FORGED: Sequence[Sequence[tuple[str, str]]] = (
    (),
    (("X-Forwarded-For", "8.8.8.8"),),
    (("X-Forwarded-For", "8.8.8.8, 9.9.9.9"),),
    (("X-Forwarded-For", "8.8.8.8"), ("X-Forwarded-For", "9.9.9.9")),
    (("X_Forwarded_For", "8.8.8.8"),),
    (("x-forwarded-for", "8.8.8.8,"),),
)


@pytest.mark.threat("T14")
@pytest.mark.parametrize("locations", [mount(), readme_mount()], ids=["embedding", "README"])
def test_behind_the_documented_proxy_the_client_is_known_and_cannot_be_forged(tmp_path, locations):
    with stub() as port, front(tmp_path, locations, service=port) as proxy:
        for forged in FORGED:
            assert proxy.client(1, *forged) == "127.0.0.1", forged
        host = json.loads(proxy.get("/consent/").body)
        assert ["Host", "shop.example"] in host


def test_behind_two_documented_proxies_the_client_is_the_one_that_the_outer_saw(tmp_path):
    with (
        stub() as port,
        front(tmp_path / "inner", mount(), service=port) as inner,
        front(tmp_path / "outer", mount(), service=inner.port) as outer,
    ):
        for forged in FORGED:
            assert outer.client(2, *forged) == "127.0.0.1", forged


@pytest.mark.parametrize("name", ["X-München".encode(), "X-München".encode("latin-1"), b"X-\xff", b"\xe6\x97\xa5"])
def test_a_header_whose_name_is_beyond_ascii_is_left_out_by_the_proxy_and_the_rest_comes(tmp_path, name):
    with stub() as port, front(tmp_path, mount(), service=port) as proxy:
        got = proxy.get("/consent/", (name, "1"), ("X-Kept", "1"))
        assert got.status == 200
        names = [found for found, _ in json.loads(got.body)]
        assert "X-Kept" in names
        assert all(found.isascii() for found in names)


def test_behind_the_proxy_the_host_of_the_target_counts_and_not_the_header(tmp_path):
    with stub() as port, front(tmp_path, mount(), service=port) as proxy:
        got = json.loads(proxy.get("http://other.example/consent/").body)
        assert ["Host", "other.example"] in got
        assert "shop.example" not in [value for _, value in got]


def test_the_documented_rate_limit_counts_choices_and_passes_the_client_on(tmp_path):
    zone, _, location = block_with("limit_req_zone").partition("\n\n")
    with stub() as port, front(tmp_path, location + mount(), zone, service=port) as proxy:
        assert proxy.client(1, ("X-Forwarded-For", "8.8.8.8")) == "127.0.0.1"
        statuses = [proxy.get("/consent/choice", method="POST").status for _ in range(30)]
        assert {*statuses} == {200, 429}
        assert statuses[:10] == [200] * 10


@pytest.mark.parametrize(
    ("cookie", "allowed"),
    [
        (COOKIE, "1"),
        (f"basket=1; {COOKIE}", "1"),
        ("", "0"),
        ("__Host-consent=v1.-.x", "0"),
        ("__Host-consent=v1.b.x", "0"),
        (f"x{COOKIE}", "0"),
        (f"basket=1; x{COOKIE}", "0"),
        ("basket=__Host-consent=v1.a.", "0"),
    ],
)
def test_the_maps_read_the_letters_of_our_cookie_and_of_no_other(tmp_path, cookie, allowed):
    for number, above in enumerate((block_with("$consent_letters"), readme_map())):
        location = 'location / { add_header Allowed "$may_analytics"; return 204; }'
        with front(tmp_path / str(number), location, above, service=1) as proxy:
            assert proxy.get("/", ("Cookie", cookie)).headers["Allowed"] == allowed


def test_the_fragment_comes_by_ssi_and_is_empty_when_the_service_is_away(tmp_path):
    ssi = block_with("ssi on")
    with stub() as port:
        with front(tmp_path / "up", ssi, service=port, shop=port) as proxy:
            got = proxy.get("/", ("Accept-Encoding", "gzip"))
            assert "<body><section>banner</section></body>" in got.body
            assert got.headers["Cache-Control"] == "private, no-store"
        with front(tmp_path / "down", ssi, service=free_port(), shop=port) as proxy:
            assert "<body></body>" in proxy.get("/").body


def test_every_snippet_for_nginx_is_tried_here():
    tried = ("server_name", "ssi on", "$consent_letters", "limit_req_zone")
    assert [part for block in blocks() for part in tried if part in block] == list(tried)
    assert not [
        page for page in (ROOT / "docs").rglob("*.md") if page.name != "embedding.md" and blocks(page.read_text())
    ]
