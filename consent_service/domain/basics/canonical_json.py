"""Canonical JSON (RFC 8785) for the values our records are made of."""

import json
from typing import Any

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def write_canonical_json(value: Any) -> bytes:
    """Serialise strings, integers, booleans, null, lists and objects to their one canonical form.

    Keys sort by code point, which is the order of RFC 8785 section 3.2.3 for all keys we use: they are ASCII.
    No record holds a float. Raises UnicodeEncodeError for lone surrogates.
    """
    return _ENCODER.encode(value).encode()
