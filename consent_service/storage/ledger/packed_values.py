"""Values in few bytes: the id of a record in 16, a time in 8, each back to the very text it came from."""

import re
from typing import Any

from consent_service.domain.basics.moment import read_time, write_time
from consent_service.domain.identifier import RECORD_ID

TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z", re.ASCII)
ID_BYTES, TIME_BYTES = 16, 8


def pack_record_id(identifier: str) -> bytes:
    """Write the id of a record as its 16 bytes; raises ValueError for anything else."""
    packed = bytes.fromhex(identifier.replace("-", ""))
    if unpack_record_id(packed) != identifier:
        raise ValueError(f"not the id of a record: {identifier[:64]!r}")
    return packed


def unpack_record_id(packed: bytes) -> str:
    """Write 16 bytes as the id of a record."""
    text = packed.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def pack_value(value: Any) -> Any:
    """Make bytes of a text that is the id of a record or a time as records write it; leave everything else."""
    if isinstance(value, str):
        if RECORD_ID.fullmatch(value):
            return pack_record_id(value)
        if TIME.fullmatch(value):
            return read_time(value).to_bytes(TIME_BYTES, signed=True)
    return value


def unpack_value(packed: Any) -> Any:
    """Make the text again that bytes were made of; leave everything else."""
    if not isinstance(packed, bytes):
        return packed
    if len(packed) == TIME_BYTES:
        return write_time(int.from_bytes(packed, signed=True))
    return unpack_record_id(packed)
