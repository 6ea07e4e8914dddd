"""Sending mail: one message to one recipient, by SMTP or into a folder."""

import re
import smtplib
import socket
import ssl
from contextlib import suppress
from email.message import EmailMessage

from consent_service.delivery.deadline import SECONDS, Deadline
from consent_service.delivery.mail_folder import put_mail
from consent_service.delivery.tls import make_trusting_context
from consent_service.domain.errors import ConsentError
from consent_service.domain.messages.mail_message import write_addr_spec, write_message
from consent_service.domain.messages.mail_route import Encryption, MailFolder, MailRoute, SmtpAddress

_STEPS = {smtplib.SMTPAuthenticationError: "the login", smtplib.SMTPSenderRefused: "the sender"}
_ENHANCED = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}(?= |$)")


class MailRefused(ConsentError):
    """A message did not go out.

    ``permanent`` means that this message never will, ``code`` is the server's answer if there was one. ``detail`` is
    for the operator and holds nothing the server wrote but its codes, as servers like to repeat the address.
    """

    def __init__(self, detail: str, *, permanent: bool = False, code: int | None = None) -> None:
        super().__init__(detail)
        self.permanent = permanent
        self.code = code
        self.detail = detail


def send_mail(
    route: MailRoute, message: EmailMessage, timeout: float = SECONDS, *, tls: ssl.SSLContext | None = None
) -> None:
    """Send a message as its From to its To; raises MailRefused, also when the time-out in seconds is over."""
    if isinstance(route, MailFolder):
        try:
            put_mail(route.path, message)
        except OSError as error:
            raise MailRefused(f"the folder takes no mail: {type(error).__name__}") from None
        return
    with Deadline(timeout) as deadline:
        try:
            _send(route, message, deadline, tls or make_trusting_context())
        except (OSError, ValueError) as error:
            late = deadline.passed or isinstance(error, TimeoutError)
            raise MailRefused("no answer in time") if late else _explain_error(error) from None


def _send(address: SmtpAddress, message: EmailMessage, deadline: Deadline, tls: ssl.SSLContext) -> None:
    sender, to = (message[name].addresses[0] for name in ("From", "To"))
    with _Session(address, sender.domain, deadline, tls) as session:
        if address.encryption is Encryption.STARTTLS:
            session.starttls(context=tls)
        if address.user:
            session.login(address.user, address.password)
        # RFC 6531; smtplib refuses to send these options to a server that does not know them.
        options = () if message["To"].isascii() else ("SMTPUTF8", "BODY=8BITMIME")
        session.sendmail(sender.addr_spec, write_addr_spec(to), write_message(message), options)
        # From here on the message is the server's; trouble with the farewell must not send it again.
        with suppress(OSError):
            session.quit()


class _Session(smtplib.SMTP):
    """A conversation that ends with its deadline; it introduces itself by the sender's domain, not this machine's."""

    def __init__(self, address: SmtpAddress, own_name: str, deadline: Deadline, tls: ssl.SSLContext) -> None:
        self._deadline = deadline
        self._tls = tls if address.encryption is Encryption.TLS else None
        super().__init__(address.host, address.port, own_name, timeout=deadline.seconds_left())

    def __exit__(self, *_: object) -> None:
        self.close()

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection = socket.create_connection((host, port), timeout)
        self._deadline.watch(connection)
        return self._tls.wrap_socket(connection, server_hostname=host) if self._tls else connection


def _explain_error(error: Exception) -> MailRefused:
    # Only what is said about recipient or message is final; the rest is about the server or our settings.
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=recipients):
            code, text = next(iter(recipients.values()))
            return _make_mail_refused("the recipient", code, text, final=True)
        case smtplib.SMTPDataError(smtp_code=code, smtp_error=text):
            return _make_mail_refused("the message", code, text, final=True)
        case smtplib.SMTPResponseException(smtp_code=code, smtp_error=text):
            return _make_mail_refused(_STEPS.get(type(error), "the connection"), code, text)
        case smtplib.SMTPNotSupportedError() | UnicodeError():
            return MailRefused("the server lacks STARTTLS, a login, or addresses beyond ASCII, whichever this needed")
        case ssl.SSLCertVerificationError():
            return MailRefused("the server's certificate does not fit")
    return MailRefused(f"the server cannot be reached: {type(error).__name__}")


def _make_mail_refused(what: str, code: int, text: bytes | str, *, final: bool = False) -> MailRefused:
    found = _ENHANCED.match(text if isinstance(text, bytes) else text.encode("ascii", "replace"))
    detail = f"{what} was refused: {code}" + (f" {found[0].decode()}" if found else "")
    return MailRefused(detail, permanent=final and code >= 500, code=code)
