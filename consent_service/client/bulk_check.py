"""Checking a list: a whole answer of the service, or nothing at all."""

import http.client
import json
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from consent_service.client.client_answer import REASONS_TO_ALLOW
from consent_service.domain.api_key import is_key_shaped
from consent_service.domain.ledger.decision_order import Reason

PATH = "/v1/check/stream"
JSON_LINES = "application/x-ndjson"
ALLOWING = REASONS_TO_ALLOW | {Reason.SOFT_OPT_IN}
MAX_LINE = 65_536
MAX_PROBLEM = 65_536
PATIENCE_SECONDS = 300.0
"""How long the service may say nothing: it takes in the whole list before it answers."""

Row = Mapping[str, Any]
Progress = Callable[[int], None]


class BulkCheckFailed(Exception):
    """No list came that may be used; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListService:
    """Where lists are checked: the service's ``address``, an API ``key`` with the scope check, the shop's ``host``.

    Raises ValueError for an address or a key that cannot be one.
    """

    address: str
    key: str
    host: str | None = None

    def __post_init__(self) -> None:
        parts = urlsplit(self.address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"expected an address such as http://127.0.0.1:8000, got {self.address!r}")
        if not is_key_shaped(self.key):
            raise ValueError("this is not a key of the service; look for a copying mistake")


class CheckedAddress(NamedTuple):
    """The answer about one address; ``id`` is the address, ``links`` are headers and links by their names."""

    id: str
    allowed: bool
    reason: str
    links: dict[str, str]


def check_list(
    address: str, key: str, addresses: Iterable[str], *, purpose: str, links: bool = False, host: str | None = None
) -> list[CheckedAddress]:
    """Ask about e-mail addresses and return the answers in their order, for lists that fit into memory.

    Raises BulkCheckFailed where no whole answer came.
    """
    service = ListService(address=address, key=key, host=host)
    rows = check_many(service, ({"email": one, "id": one} for one in addresses), purpose, links=links)
    return [CheckedAddress(row["id"], row["allowed"], row["reason"], _collect_links(row)) for row in rows]


def _collect_links(row: Row) -> dict[str, str]:
    urls = {name: row[name] for name in ("unsubscribe_url", "preferences_url") if name in row}
    return {**row.get("headers", {}), **urls}


def check_many(service: ListService, rows: Iterable[Row], purpose: str, *, links: bool = False) -> Iterator[Row]:
    """Ask about rows such as ``{"email": …, "id": …}`` and hand out the answers in their order.

    The whole answer is kept in a temporary file until its summary has come, so memory stays flat and nothing is
    handed out of a list that broke off: then BulkCheckFailed is raised before the first row. Before sending, ask the
    change feed what came after the summary's ``as_of``; ``check_to_file`` returns the summary.
    """
    lines = (json.dumps(dict(row)).encode() + b"\n" for row in rows)
    with TemporaryFile() as file:
        check_to_file(service, lines, purpose, file, links=links)
        for line in file:
            yield json.loads(line)


def check_to_file(
    service: ListService,
    body: Iterable[bytes],
    purpose: str,
    out: IO[bytes],
    *,
    content_type: str = JSON_LINES,
    links: bool = False,
    progress: Progress | None = None,
) -> Row:
    """Write the answers into a file as JSON lines, set it to its beginning and return the summary.

    ``progress`` is told the number of rows that have come. Raises BulkCheckFailed and leaves the file empty unless
    every row came in order, the counts fit, and the summary says that the list is complete.
    """
    try:
        summary = _fetch(service, body, purpose, out, content_type, links=links, progress=progress or _ignore_progress)
    except (OSError, http.client.HTTPException, ValueError, RecursionError) as error:
        _empty(out)
        raise BulkCheckFailed(f"the service did not answer to the end: {type(error).__name__}: {error}") from error
    except BaseException:
        _empty(out)
        raise
    out.seek(0)
    return summary


def _empty(out: IO[bytes]) -> None:
    out.seek(0)
    out.truncate()


def _ignore_progress(_: int) -> None:
    return


def _fetch(
    service: ListService,
    body: Iterable[bytes],
    purpose: str,
    out: IO[bytes],
    content_type: str,
    *,
    links: bool,
    progress: Progress,
) -> Row:
    with closing(_open_connection(service.address)) as connection:
        parts = urlsplit(service.address)
        path = f"{parts.path.rstrip('/')}{PATH}?{urlencode({'purpose': purpose, 'links': int(links)})}"
        headers = {
            "Authorization": f"Bearer {service.key}",
            "Content-Type": content_type,
            "Transfer-Encoding": "chunked",
            "Host": service.host or parts.netloc,
        }
        # A service that refuses at once may hang up while the list is still on its way; its answer says why.
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.request("POST", path, body, headers, encode_chunked=True)
        with connection.getresponse() as response:
            if response.status != http.client.OK:
                raise BulkCheckFailed(_read_problem(response))
            return _receive_rows(response, purpose, out, progress)


def _open_connection(address: str) -> http.client.HTTPConnection:
    parts = urlsplit(address)
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(parts.hostname or "", parts.port, timeout=PATIENCE_SECONDS, context=context)
    return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE_SECONDS)


def _read_problem(response: http.client.HTTPResponse) -> str:
    try:
        told = json.loads(response.read(MAX_PROBLEM))
        return f"the service refused: {response.status} {told['code']}: {told['detail']}"
    except (ValueError, KeyError, TypeError, RecursionError):
        return f"the service refused: {response.status}"


def _receive_rows(response: http.client.HTTPResponse, purpose: str, out: IO[bytes], progress: Progress) -> Row:
    """Copy the rows and return the summary; raises BulkCheckFailed for anything that does not fit."""
    seen = allowed = 0
    while line := response.readline(MAX_LINE):
        row = json.loads(line)
        if not line.endswith(b"\n") or not isinstance(row, dict):
            raise BulkCheckFailed("a line of the answer is cut short")
        if "summary" in row:
            if response.read(1):
                raise BulkCheckFailed("something follows the summary")
            return _require_good_summary(row["summary"], purpose, seen, allowed)
        seen += 1
        if row.get("n") != seen or (row.get("allowed") is True) != (row.get("reason") in ALLOWING):
            raise BulkCheckFailed(f"row {seen} of the answer is missing or contradicts itself")
        allowed += row["allowed"] is True
        out.write(line)
        progress(seen)
    raise BulkCheckFailed("the answer ends without its summary")


def _require_good_summary(summary: Any, purpose: str, seen: int, allowed: int) -> Row:
    if not isinstance(summary, dict) or summary.get("complete") is not True:
        why = summary.get("detail") if isinstance(summary, dict) else None
        raise BulkCheckFailed(f"the list broke off: {why or 'the summary is not complete'}")
    if (summary.get("purpose"), summary.get("rows"), summary.get("allowed")) != (purpose, seen, allowed):
        raise BulkCheckFailed("the summary does not fit the answer")
    return summary
