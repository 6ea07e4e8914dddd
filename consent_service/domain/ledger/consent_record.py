"""The consent record: one signed, appended statement of what somebody decided."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from consent_service.domain.basics.canonical_json import write_canonical_json
from consent_service.domain.ledger.record_type import RecordType

SCHEMA = "consent-record/1"
MESSAGE_SCHEMA = "consent-record/2"
RESUMED_SCHEMA = "consent-record/3"
ALGORITHM = "EdDSA"

NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_NO_TEXTS = frozenset({"seq", "decisions", "signals", "previous", "evidence", "overrides", "request", "store_behind"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRecord:
    """One record; times are RFC 3339 UTC with microseconds, ``notice`` is a digest, ``previous`` a record id.

    ``decisions`` names exactly the purposes that were on the form. ``method`` and ``actor`` say how and by whom.
    """

    schema: str
    id: str
    site: str
    principal: str
    seq: int
    at: str
    actor: str
    method: str
    decisions: dict[str, str]
    notice: str
    language: str
    policy: str
    region: str
    signals: list[str]
    valid_until: str
    previous: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRecord(ConsentRecord):
    """A record about messages to a subject; ``acted_at`` is when it was done, ``at`` when it was recorded.

    ``notice`` is empty where nothing was shown, ``valid_until`` where nothing ends by itself. ``source`` says where it
    was done, ``evidence`` holds short codes. ``overrides`` tells of blocks, of stopping everything and of a pause.
    ``request`` is the id of the record of the request that this one confirms.
    """

    acted_at: str
    source: str
    evidence: dict[str, str]
    overrides: dict[str, str]
    request: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumedRecord(ConsentRecord):
    """A visitor's record made while the store was behind: it had lost what the visitor's own newer cookie was for.

    ``store_behind`` tells of that cookie, ``seq`` and ``issued``; the record's ``seq`` is above both. What the records
    before it said holds no longer: what was lost may have been a no.
    """

    store_behind: dict[str, str]


def write_header(kid: str, record_type: str = RecordType.CONSENT) -> bytes:
    """Write the JOSE header of a record signed by the key ``kid``."""
    return write_canonical_json({"alg": ALGORITHM, "kid": kid, "typ": str(record_type)})


def read_record(payload: Any) -> ConsentRecord:
    """Rebuild a record from its decoded payload; raises ValueError where a member is missing, odd or too many."""
    kind = KINDS.get(str(payload.get("schema"))) if isinstance(payload, dict) else None
    if kind is None:
        raise ValueError(f"not a consent record of schema {' or '.join(KINDS)}")
    try:
        record = kind(**payload)
    except TypeError as error:
        raise ValueError(f"not a consent record: {error}") from None
    texts = [getattr(record, name) for name in NAMES[kind] if name not in _NO_TEXTS]
    if not _are_all_texts([*texts, "" if record.previous is None else record.previous]):
        raise ValueError(f"not a consent record of schema {record.schema}")
    if type(record.seq) is not int or record.seq < 1:
        raise ValueError("seq must be a whole number from 1")
    if not isinstance(record.signals, list) or not _are_all_texts(record.signals):
        raise ValueError("signals must be a list of texts")
    for name in ("decisions", "evidence", "overrides", "store_behind"):
        texts_by_key = getattr(record, name, {})
        if not isinstance(texts_by_key, dict) or not _are_all_texts(texts_by_key.values()):
            raise ValueError(f"{name} must be an object of texts")
    if isinstance(record, MessageRecord) and not isinstance(record.request, str | None):
        raise ValueError("request must be a record id or null")
    if isinstance(record, ResumedRecord) and not NUMBER.fullmatch(record.store_behind.get("seq", "")):
        raise ValueError("store_behind must tell the seq of the newer cookie")
    return record


KINDS: dict[str, type[ConsentRecord]] = {
    SCHEMA: ConsentRecord,
    MESSAGE_SCHEMA: MessageRecord,
    RESUMED_SCHEMA: ResumedRecord,
}
NAMES = {kind: tuple(field.name for field in fields(kind)) for kind in KINDS.values()}


def _are_all_texts(values: Iterable[object]) -> bool:
    return all(isinstance(value, str) for value in values)
