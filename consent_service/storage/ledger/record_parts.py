"""Records as their parts: what many share, what is a record's own, its signature — and the very same text again.

The *template* of a record is a text of the dictionary, ``[header, shared members, names of own members]``. Whose it is,
its number, id and time stand in columns of the row. ``own`` is MessagePack: the values of the own members, in the
order of their names; ids of records as 16 bytes and times as 8.

A member is shared if its name is in ``SHARED``, and own otherwise. Nothing here knows which kinds of records there are.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from consent_service.domain.basics.moment import write_time
from consent_service.storage.ledger.packed_values import pack_value, unpack_value

SHARED = frozenset(
    {"schema", "site", "actor", "method", "decisions", "notice", "language", "policy", "region", "signals"}
)
"""Members that many records have alike and that tell nothing of one person alone."""
PLACED = frozenset({"principal", "seq", "id", "at"})
"""Members that stand in columns of their own."""
SIGNATURE_BYTES = 64

_WRITE = msgspec.json.Encoder(order="sorted").encode
_READ = msgspec.json.Decoder().decode
_PACK = msgspec.msgpack.Encoder().encode
_UNPACK = msgspec.msgpack.Decoder().decode


class RecordHead(NamedTuple):
    """Which record it is; ``at`` in microseconds, ``act`` a digest of what was decided."""

    principal: str
    seq: int
    id: str
    at: int
    act: bytes


class Template(NamedTuple):
    """What a record shares with others: its header as signed, shared members, and the names of its own."""

    header: str
    shared: dict[str, Any]
    own: tuple[str, ...]


class RecordParts(NamedTuple):
    """What is written of a record besides its head; ``template`` is the text that goes into the dictionary."""

    template: str
    own: bytes
    signature: bytes


def take_apart(head: RecordHead, signed: str) -> RecordParts | None:
    """Take a compact JWS apart; None where its parts would not give the same text again, whatever it is."""
    try:
        header, payload, spelled = signed.split(".")
        told = _READ(_decode(payload))
        own = sorted(told.keys() - SHARED - PLACED)
        shared = {name: value for name, value in told.items() if name in SHARED}
        template = _WRITE([_READ(_decode(header)), shared, own]).decode()
        parts = RecordParts(template, _PACK([pack_value(told[name]) for name in own]), _decode(spelled))
        same = put_together(head, read_template(template), parts.own, parts.signature) == signed
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError, msgspec.MsgspecError):
        return None
    return parts if same and len(parts.signature) == SIGNATURE_BYTES else None


def put_together(head: RecordHead, template: Template, own: bytes, signature: bytes) -> str:
    """Write the compact JWS again; raises ValueError, TypeError or MsgspecError for parts that do not fit together."""
    values = zip(template.own, map(unpack_value, _UNPACK(own)), strict=True)
    placed = {"principal": head.principal, "seq": head.seq, "id": head.id, "at": write_time(head.at)}
    payload = _WRITE({**template.shared, **dict(values), **placed})
    return f"{template.header}.{_encode(payload)}.{_encode(signature)}"


@lru_cache(maxsize=1024)
def read_template(text: str) -> Template:
    """Read a text of the dictionary as a template; raises ValueError or TypeError for another text."""
    try:
        header, shared, own = _READ(text)
        return Template(_encode(_WRITE(header)), dict(shared), tuple(own))
    except msgspec.MsgspecError as error:
        raise ValueError(f"not a template: {error}") from None


def _decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _encode(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
