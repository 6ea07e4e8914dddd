"""The consent record: one signed, appended statement of what somebody decided."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from consent_service.domain.canonical_json import canonical_json

SCHEMA = "consent-record/1"
TYPE = "consent-record+jwt"
ALGORITHM = "EdDSA"

_NO_TEXTS = frozenset({"seq", "decisions", "signals", "previous"})


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

    def payload(self) -> bytes:
        """Serialise for signing."""
        return canonical_json({name: getattr(self, name) for name in self.__slots__})


def header(kid: str) -> bytes:
    """Write the JOSE header of a record signed by the key ``kid``."""
    return canonical_json({"alg": ALGORITHM, "kid": kid, "typ": TYPE})


def read_record(payload: dict[str, Any]) -> ConsentRecord:
    """Rebuild a record from its decoded payload; raises ValueError where a member is missing, odd or too many."""
    try:
        record = ConsentRecord(**payload)
    except TypeError as error:
        raise ValueError(f"not a consent record: {error}") from None
    texts = [getattr(record, name) for name in record.__slots__ if name not in _NO_TEXTS]
    if record.schema != SCHEMA or not _all_text([*texts, "" if record.previous is None else record.previous]):
        raise ValueError(f"not a consent record of schema {SCHEMA}")
    if type(record.seq) is not int or record.seq < 1:
        raise ValueError("seq must be a whole number from 1")
    if not isinstance(record.decisions, dict) or not _all_text(record.decisions.values()):
        raise ValueError("decisions must be an object of texts")
    if not isinstance(record.signals, list) or not _all_text(record.signals):
        raise ValueError("signals must be a list of texts")
    return record


def _all_text(values: Iterable[object]) -> bool:
    return all(isinstance(value, str) for value in values)
