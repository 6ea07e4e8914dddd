"""Posting to webhooks: one request to an address that was looked up once and judged."""

import http.client
import logging
import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from consent_service.delivery.deadline import SECONDS, Deadline
from consent_service.delivery.network_guard import ForbiddenAddress, Resolve, ask_system, connect, find_addresses
from consent_service.delivery.outcome import DeliveryOutcome
from consent_service.delivery.tls import make_trusting_context
from consent_service.delivery.webhook_target import Target

MAX_BYTES = 65_536
"""How much of an answer is read, and forgotten."""
HEADERS = {"Content-Type": "application/json", "User-Agent": "consent-service", "Connection": "close"}

# It writes the whole address, which may hold a secret of the receiver, whenever an answer's headers are odd.
logging.getLogger("urllib3.connection").disabled = True


class _Pinned(HTTPConnection):
    """Connects to the addresses it was given; host name, certificate check and Host header stay those of the target."""

    def pin(self, addresses: Sequence[str], deadline: Deadline) -> None:
        self._addresses, self._deadline = addresses, deadline

    def _new_conn(self) -> socket.socket:
        return connect(self._addresses, self.port, self._deadline)


class _PinnedTls(_Pinned, HTTPSConnection):
    """The same over TLS."""


def post_webhook(
    target: Target,
    body: bytes,
    headers: Mapping[str, str],
    *,
    resolve: Resolve = ask_system,
    tls: ssl.SSLContext | None = None,
    timeout: float = SECONDS,
) -> DeliveryOutcome:
    """Post a body; whatever goes wrong is an outcome without a status. Redirects and proxies are not followed."""
    with Deadline(timeout) as deadline:
        try:
            addresses = find_addresses(target.host, resolve, deadline, loopback=target.loopback)
            return _exchange(_make_connection(target, addresses, deadline, tls), deadline, target.path, body, headers)
        except ForbiddenAddress as error:
            return DeliveryOutcome(None, "", str(error))
        except (OSError, HTTPError, http.client.HTTPException) as error:
            late = deadline.passed or isinstance(error, TimeoutError)
            return DeliveryOutcome(None, "", "no answer in time" if late else _explain_failure(error))


def _make_connection(
    target: Target, addresses: Sequence[str], deadline: Deadline, tls: ssl.SSLContext | None
) -> HTTPConnection:
    timeout = deadline.seconds_left()
    made = (
        _PinnedTls(target.host, target.port, timeout=timeout, ssl_context=tls or make_trusting_context())
        if target.scheme == "https"
        else _Pinned(target.host, target.port, timeout=timeout)
    )
    made.pin(addresses, deadline)
    return made


def _exchange(
    connection: HTTPConnection, deadline: Deadline, path: str, body: bytes, headers: Mapping[str, str]
) -> DeliveryOutcome:
    try:
        connection.request("POST", path, body, {**HEADERS, **headers}, preload_content=False, decode_content=False)
        response = connection.getresponse()
        if deadline.passed:
            # Headers that were cut off look like headers that ended.
            raise TimeoutError
        # Some receivers stop working when nobody listens to their answer.
        with suppress(OSError, HTTPError, http.client.HTTPException):
            response.read(MAX_BYTES, decode_content=False)
        outcome = DeliveryOutcome(response.status, response.headers.get("Retry-After", ""), f"status {response.status}")
        response.close()
        return outcome
    finally:
        connection.close()


def _explain_failure(error: Exception) -> str:
    match error:
        case socket.gaierror():
            return "the host name was not found"
        case ssl.SSLCertVerificationError():
            return "the certificate does not fit the host"
        case ConnectionRefusedError():
            return "the connection was refused"
    return f"the connection broke: {type(error).__name__}"
