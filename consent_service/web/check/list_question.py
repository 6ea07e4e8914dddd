"""What is asked of a list: for which purpose, what it is written in, and what is to come back."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from flask import request

from consent_service.domain.api_key import ApiKey
from consent_service.domain.site.purpose import Channel, Purpose
from consent_service.domain.site.site import Site
from consent_service.web.api.api_request import read_parameters
from consent_service.web.api.asked_purposes import MessageClass, find_asked_purpose
from consent_service.web.check.list_body import Read, read_csv_rows, read_json_rows, read_plain_rows
from consent_service.web.frame.problems import Problem

MAX_BYTES = 256 * 1024 * 1024
"""256 MB, of the body as it is sent and of what it unpacks to."""

READERS: Mapping[str, Read] = MappingProxyType(
    {
        "application/x-ndjson": read_json_rows,
        "application/ndjson": read_json_rows,
        "application/jsonl": read_json_rows,
        "text/plain": read_plain_rows,
        "text/csv": read_csv_rows,
    }
)
ENCODINGS: Mapping[str, bool] = MappingProxyType({"": False, "identity": False, "gzip": True, "x-gzip": True})
CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "return": ("all", "allowed", "denied"),
        "links": ("0", "1"),
        "format": ("ndjson", "csv"),
        "channel": tuple(Channel),
        "class": tuple(MessageClass),
    }
)
PARAMETERS = frozenset({"purpose", "topic", *CHOICES})
WANTED: Mapping[str, bool | None] = MappingProxyType({"all": None, "allowed": True, "denied": False})


class StreamQuestion(NamedTuple):
    """What is asked; ``wanted`` is the answer of the rows that come back, None for all of them."""

    purpose: Purpose
    read: Read
    zipped: bool
    wanted: bool | None
    links: bool
    csv: bool


def read_stream_question(site: Site, key: ApiKey) -> StreamQuestion:
    """Read it from the present request; raises Problem 400, 403, 415 or 422."""
    given = _read_parameters()
    encoding = request.headers.get("Content-Encoding", "").strip().lower()
    if request.mimetype not in READERS or encoding not in ENCODINGS:
        detail = "Send application/x-ndjson, text/plain or text/csv, as it is or in Content-Encoding gzip."
        raise Problem(415, "wrong_type", detail)
    purpose = find_asked_purpose(
        site,
        key,
        given.get("purpose"),
        Channel(given["channel"]) if "channel" in given else None,
        given.get("topic"),
        MessageClass(given["class"]) if "class" in given else None,
    )
    return StreamQuestion(
        purpose=purpose,
        read=READERS[request.mimetype],
        zipped=ENCODINGS[encoding],
        wanted=WANTED[given.get("return", "all")],
        links=given.get("links") == "1",
        csv=given.get("format") == "csv",
    )


def _read_parameters() -> dict[str, str]:
    given = read_parameters(PARAMETERS)
    for name, choices in CHOICES.items():
        if name in given and given[name] not in choices:
            raise Problem(422, "parameter_invalid", f"{name}: expected one of {', '.join(choices)}.")
    return given
