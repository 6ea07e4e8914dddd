"""A real mail server on a loopback port, which keeps what it takes and refuses what it is told to refuse."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "shop", "p@ss:w/rd"


class MailServer:
    """``refusals`` answers a command, ``MAIL``, ``RCPT``, ``DATA`` or ``QUIT``; None there hangs up instead."""

    def __init__(self) -> None:
        self.port = 0
        self.envelopes: list[Envelope] = []
        self.logins: list[tuple[bytes, bytes]] = []
        self.greeted_by: list[str] = []
        self.encrypted: list[bool] = []
        self.refusals: dict[str, str | None] = {}

    @property
    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(envelope.content, policy=default) for envelope in self.envelopes]

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login, data.password))
        return AuthResult(success=data == LoginPassword(USER.encode(), PASSWORD.encode()), handled=False)

    async def handle_EHLO(self, server: SMTP, session: Session, envelope: Envelope, name: str, lines: list[str]) -> Any:  # noqa: N802
        session.host_name = name
        self.greeted_by.append(name)
        return lines

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, sender: str, options: Any) -> str:  # noqa: N802
        envelope.mail_from = sender
        return self._answer(server, "MAIL")

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, to: str, options: Any) -> str:  # noqa: N802
        envelope.rcpt_tos.append(to)
        return self._answer(server, "RCPT")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self._answer(server, "DATA")
        if answer.startswith("250"):
            self.envelopes.append(envelope)
            self.encrypted.append(session.ssl is not None or server.transport.get_extra_info("ssl_object") is not None)
        return answer

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        return self._answer(server, "QUIT", "221 Bye")

    def _answer(self, server: SMTP, command: str, usual: str = "250 OK") -> str:
        answer = self.refusals.get(command, usual)
        if answer is None:
            server.transport.abort()
        return answer or usual


@contextmanager
def mail_server(
    *, starttls: ssl.SSLContext | None = None, implicit: ssl.SSLContext | None = None, login: bool = False, **more: Any
) -> Iterator[MailServer]:
    """Run a server; with ``login`` it knows one user, who with STARTTLS must use it; ``more`` goes to aiosmtpd."""
    server = MailServer()
    if login:
        more |= {"authenticator": server.authenticate, "auth_require_tls": starttls is not None}
    # In a thread of its own from start to end: a browser under test keeps a loop running in this one.
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=_run, args=(loop,))
    thread.start()

    async def listen() -> asyncio.Server:
        def conversation() -> SMTP:
            return SMTP(server, hostname="mail.test", tls_context=starttls, loop=loop, **more)

        return await loop.create_server(conversation, "127.0.0.1", 0, ssl=implicit)

    listening = asyncio.run_coroutine_threadsafe(listen(), loop).result()
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(listening.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def _run(loop: asyncio.AbstractEventLoop) -> None:
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.get_loop().run_forever()
