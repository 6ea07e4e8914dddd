"""A webhook's receiver: a real server that remembers what was posted and answers as it is told."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[["Conversation"], None]


class Conversation(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    server: "Receiver"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted.append((self.path, dict(self.headers.items()), body))
        with suppress(OSError):
            self.server.answer(self)

    def log_message(self, *args: object) -> None:
        return


class Receiver(ThreadingHTTPServer):
    """``posted`` is path, headers and body of each request, ``asked_for`` the host names that TLS was asked for."""

    def __init__(self, tls: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.posted: list[tuple[str, dict[str, str], bytes]] = []
        self.asked_for: list[str | None] = []
        self.answer: Answer = answering(204)
        self.port: int = self.server_address[1]
        self._tls = tls
        if tls:
            tls.sni_callback = lambda _, name, __: self.asked_for.append(name)

    def finish_request(self, request, client_address) -> None:
        if self._tls:
            # Here and not in the listening socket, so that a slow handshake does not hold up the others.
            try:
                request = self._tls.wrap_socket(request, server_side=True)
            except OSError:
                return
        with request:
            super().finish_request(request, client_address)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing when a client hangs up."""


def answering(status: int, **headers: str) -> Answer:
    """Answer with a status, headers and no content."""

    def answer(conversation: Conversation) -> None:
        conversation.send_response(status)
        for name, value in headers.items():
            conversation.send_header(name.replace("_", "-"), value)
        conversation.send_header("Content-Length", "0")
        conversation.end_headers()

    return answer


@contextmanager
def receiver(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    started = Receiver(tls)
    thread = threading.Thread(target=started.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield started
    finally:
        started.shutdown()
        thread.join()
        started.server_close()
