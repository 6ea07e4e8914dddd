"""Verifying an export with nothing but the public keys."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from consent_service.domain.basics.canonical_json import write_canonical_json
from consent_service.domain.basics.moment import read_time
from consent_service.domain.identifier import RECORD_ID, SUBJECT_KEY
from consent_service.domain.ledger.consent_record import ConsentRecord, MessageRecord, read_record
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.subject.act import MAX_SKEW
from consent_service.keys.verification import read_record_key_id, verify_record
from consent_service.services.ledger.verifying_proofs import PublishedKeys, verify_proof

STATES: dict[type[ConsentRecord], frozenset[str]] = {
    ConsentRecord: frozenset({State.GRANTED, State.REFUSED, State.WITHDRAWN}),
    MessageRecord: frozenset(State),
}
_SUBJECT = re.compile(rf"s/{SUBJECT_KEY.pattern}(?:/{RECORD_ID.pattern})?", re.ASCII)


@dataclass(slots=True)
class Verification:
    """What a verifier found: counts, and one line for each fault with its place."""

    records: int = 0
    notices: int = 0
    proofs: int = 0
    faults: list[str] = field(default_factory=list)


def verify_export(
    lines: Iterable[bytes],
    public_keys: Mapping[str, bytes],
    *,
    checkpoints: Iterable[bytes] = (),
    sealed: Mapping[str, int] = MappingProxyType({}),
) -> Verification:
    """Check every signature, every link to the record before, every notice, and that nothing is cut off.

    An export is of one site, its records decide on nothing that their notices do not list, and no notice stands in
    it that no record names. A proof stands behind the record that it proves, and is of a tree that one of the keys for
    ``checkpoints`` signed. ``sealed`` says of keys that were compromised how many records were sealed by then: their
    records need a proof that they were among those.
    """
    return _Verifier(PublishedKeys(public_keys, tuple(checkpoints), sealed)).run(lines)


class _Verifier:
    def __init__(self, keys: PublishedKeys) -> None:
        self._keys = keys
        self._records = dict(keys.records)
        self._signed: tuple[str, str] | None = None
        """The id and text of the record in the line before."""
        self._doubted: dict[str, int] = {}
        """The records whose key was compromised and that nothing has proven yet, with their lines."""
        self._verdict = Verification()
        self._last: dict[str, ConsentRecord] = {}
        self._site: str | None = None
        self._named: set[str] = set()
        self._ahead: list[tuple[int, ConsentRecord]] = []
        """Records met before their notice, with their lines."""
        self._listed: dict[str, tuple[int, frozenset[str]]] = {}
        """For each notice its line and the purposes on it."""
        self._requests: list[tuple[int, str]] = []
        """The principals of the requests that records confirm, with the lines of those."""
        self._summary: dict[str, Any] | None = None

    def run(self, lines: Iterable[bytes]) -> Verification:
        """Check line by line, then the whole."""
        for number, line in enumerate(lines, start=1):
            try:
                self._line(number, line)
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                self._verdict.faults.append(f"line {number}: {error}")
        self._whole()
        return self._verdict

    def _line(self, number: int, line: bytes) -> None:
        entry = json.loads(line)
        if self._summary is not None:
            raise ValueError("there is a line behind the summary")
        before, self._signed = self._signed, None
        match entry.get("kind"):
            case "record":
                self._record(number, entry["signed"])
            case "proof":
                self._proof(entry, before)
            case "notice":
                self._notice(number, entry)
            case "summary":
                self._summary = entry
            case _:
                raise ValueError("neither record, notice nor summary")

    def _record(self, number: int, signed: str) -> None:
        self._verdict.records += 1
        payload = verify_record(self._records, signed)
        content = json.loads(payload)
        if write_canonical_json(content) != payload:
            raise ValueError("the payload is not canonical JSON")
        record = read_record(content)
        self._signed = record.id, signed
        if read_record_key_id(signed) in self._keys.sealed:
            self._doubted[record.id] = number
        before = self._last.get(record.principal)
        self._last[record.principal] = record
        if record.notice or not isinstance(record, MessageRecord):
            self._named.add(record.notice)
            if record.notice not in self._listed:
                self._ahead.append((number, record))
        if record.seq != (before.seq + 1 if before else 1):
            raise ValueError(f"record {record.id}: expected seq {before.seq + 1 if before else 1}, got {record.seq}")
        if record.previous != (before.id if before else None):
            raise ValueError(f"record {record.id}: it does not name the record before it")
        if before and record.at < before.at:
            raise ValueError(f"record {record.id}: it is dated before the record before it")
        self._content(number, record)

    def _content(self, number: int, record: ConsentRecord) -> None:
        self._same_site(record.site)
        if not record.principal.startswith(f"{record.site}/"):
            raise ValueError(f"record {record.id}: its principal is not of the site {record.site!r}")
        if odd := set(record.decisions.values()) - STATES[type(record)]:
            raise ValueError(f"record {record.id}: there is no state {min(odd)!r}")
        if isinstance(record, MessageRecord):
            self._message(number, record)
        if record.notice in self._listed:
            self._on_its_notice(record)

    def _message(self, number: int, record: MessageRecord) -> None:
        """Require what only records about messages say: a subject, an act not ahead of its record, a real request."""
        if not _SUBJECT.fullmatch(record.principal.removeprefix(f"{record.site}/")):
            raise ValueError(f"record {record.id}: its principal is not a subject")
        if read_time(record.acted_at) > read_time(record.at) + MAX_SKEW:
            raise ValueError(f"record {record.id}: it was made more than five minutes before the act")
        if record.request is not None:
            self._requests.append((number, f"{record.principal}/{record.request}"))

    def _proof(self, entry: dict[str, Any], before: tuple[str, str] | None) -> None:
        self._verdict.proofs += 1
        if before is None or before[0] != entry["record"]:
            raise ValueError("the proof does not stand behind its record")
        verify_proof(entry["text"], self._keys, before[1])
        self._doubted.pop(before[0], None)

    def _same_site(self, site: str) -> None:
        self._site = self._site or site
        if site != self._site:
            raise ValueError(f"it is of the site {site!r}, the export of {self._site!r}")

    def _on_its_notice(self, record: ConsentRecord) -> None:
        """Require that a record decides on what its notice lists; the browser's signal speaks of the rest."""
        stray = set(record.decisions) - self._listed[record.notice][1]
        if stray and record.method != Method.SIGNAL:
            raise ValueError(f"record {record.id}: its notice does not list the purpose {min(stray)!r}")

    def _notice(self, number: int, entry: dict[str, Any]) -> None:
        self._verdict.notices += 1
        if hashlib.sha256(write_canonical_json(entry["document"])).hexdigest() != entry["digest"]:
            raise ValueError(f"the notice {entry['digest']} is not what its digest says")
        purposes = frozenset(purpose["key"] for purpose in entry["document"]["purposes"])
        self._listed[entry["digest"]] = (number, purposes)
        self._same_site(entry["document"]["site"])

    def _whole(self) -> None:
        faults = self._verdict.faults
        for number, record in self._ahead:
            try:
                if record.notice not in self._listed:
                    raise ValueError(f"the notice {record.notice} is missing")
                self._on_its_notice(record)
            except ValueError as error:
                faults.append(f"line {number}: {error}")
        faults += [
            f"line {number}: no record that verifies names the notice {digest}"
            for digest, (number, _) in self._listed.items()
            if digest not in self._named
        ]
        faults += [
            f"line {number}: there is no record of the request {principal.rpartition('/')[2]}"
            for number, principal in self._requests
            if principal not in self._last
        ]
        faults += [
            f"line {number}: nothing shows that the record {record} was sealed before its key was compromised"
            for record, number in self._doubted.items()
        ]
        counted = {"kind": "summary", "notices": self._verdict.notices, "records": self._verdict.records}
        if self._verdict.proofs or "proofs" in (self._summary or {}):
            counted["proofs"] = self._verdict.proofs
        if self._summary is None:
            faults.append("the summary line is missing: the export was cut off")
        elif self._summary != counted:
            faults.append(f"the summary counts {self._summary}, the export holds {counted}")
