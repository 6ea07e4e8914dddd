"""Verifying an export with nothing but the public keys, line by line, however many people stand in it."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from consent_service.domain.basics.canonical_json import write_canonical_json
from consent_service.domain.basics.moment import read_time
from consent_service.domain.identifier import RECORD_ID, SUBJECT_KEY
from consent_service.domain.ledger.consent_record import ConsentRecord, MessageRecord, ResumedRecord
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.subject.act import MAX_SKEW
from consent_service.keys.record_verification import read_record_key_id
from consent_service.verifier.proof_verification import PublishedKeys, verify_proof
from consent_service.verifier.record_chain import RecordChain

STATES: dict[type[ConsentRecord], frozenset[str]] = {
    ConsentRecord: frozenset({State.GRANTED, State.REFUSED, State.WITHDRAWN}),
    MessageRecord: frozenset(State),
    ResumedRecord: frozenset({State.GRANTED, State.REFUSED, State.WITHDRAWN}),
}
FAULTS_KEPT = 1000
"""So many faults are kept to be shown; the rest are counted."""
PROGRESS = 10_000
_SUBJECT = re.compile(rf"s/{SUBJECT_KEY.pattern}(?:/{RECORD_ID.pattern})?", re.ASCII)


@dataclass(slots=True)
class Verification:
    """What a verifier found: counts, and one line for each fault with its place; ``faulty`` counts them all."""

    records: int = 0
    notices: int = 0
    proofs: int = 0
    faulty: int = 0
    faults: list[str] = field(default_factory=list)

    def add_fault(self, fault: str) -> None:
        """Count a fault, and keep it where there are not too many."""
        self.faulty += 1
        if len(self.faults) < FAULTS_KEPT:
            self.faults.append(fault)


def verify_export(
    lines: Iterable[bytes],
    public_keys: Mapping[str, bytes],
    *,
    checkpoints: Iterable[bytes] = (),
    sealed: Mapping[str, int] = MappingProxyType({}),
    progress: Callable[[int], None] = lambda _: None,
) -> Verification:
    """Check every signature, every link to the record before, every notice, and that nothing is cut off.

    An export is of one site, its principals stand in their order, its records decide on nothing that their notices do
    not list, and no notice stands in it that no record names. A proof stands behind the record that it proves, and is
    of a tree that one of the keys for ``checkpoints`` signed. ``sealed`` says of keys that were compromised how many
    records were sealed by then: their records need a proof that they were among those.

    What is kept meanwhile does not grow with the number of people. ``progress`` is told the bytes read since the last.
    """
    verifier = _Verifier(PublishedKeys(public_keys, tuple(checkpoints), sealed))
    read = 0
    for number, line in enumerate(lines, start=1):
        verifier.take(number, line)
        read += len(line)
        if not number % PROGRESS:
            progress(read)
            read = 0
    progress(read)
    return verifier.finish()


class _Signed(NamedTuple):
    """The record in the line before: whether its key was compromised, so that a proof has to follow."""

    line: int
    id: str
    text: str
    doubted: bool


class _Awaited(NamedTuple):
    """What records that were met before their notice decide on; those that are alike are kept once."""

    notice: str
    purposes: frozenset[str]


class _Verifier:
    def __init__(self, keys: PublishedKeys) -> None:
        self._keys, self._chain = keys, RecordChain(keys.records)
        self._signed: _Signed | None = None
        self._verdict = Verification()
        self._site: str | None = None
        self._named: set[str] = set()
        self._awaited: dict[_Awaited, tuple[int, str]] = {}
        self._listed: dict[str, tuple[int, frozenset[str]]] = {}
        """For each notice its line and the purposes on it."""
        self._subject = ""
        self._requests: dict[str, int] = {}
        """Of the subject at hand the principals of requests that records confirm, with the lines of those."""
        self._summary: dict[str, Any] | None = None

    def take(self, number: int, line: bytes) -> None:
        """Check one line."""
        before, self._signed = self._signed, None
        try:
            entry = json.loads(line)
            kind = entry.get("kind")
        except (ValueError, AttributeError, RecursionError) as error:
            entry, kind = None, ""
            self._verdict.add_fault(f"line {number}: {error}")
        if before and before.doubted and kind != "proof":
            self._doubt(before)
        if entry is None:
            return
        try:
            self._take_entry(number, entry, before)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, msgspec.MsgspecError) as error:
            self._verdict.add_fault(f"line {number}: {error}")

    def _take_entry(self, number: int, entry: dict[str, Any], before: _Signed | None) -> None:
        if self._summary is not None:
            raise ValueError("there is a line behind the summary")
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
        record = self._chain.read(signed)
        self._signed = _Signed(number, record.id, signed, read_record_key_id(signed) in self._keys.sealed)
        self._enter(record.principal)
        if isinstance(record, ConsentRecord) and (record.notice or not isinstance(record, MessageRecord)):
            self._named.add(record.notice)
            if record.notice not in self._listed:
                told = frozenset() if record.method == Method.SIGNAL else frozenset(record.decisions)
                self._awaited.setdefault(_Awaited(record.notice, told), (number, record.id))
        self._same_site(record.site)
        self._chain.follow(record)
        if isinstance(record, ConsentRecord):
            self._content(number, record)

    def _enter(self, principal: str) -> None:
        """Come to the records of somebody else: what those of the one before still lack is missing."""
        self._requests.pop(principal, None)
        if not f"{principal}/".startswith(f"{self._subject}/"):
            self._miss_requests()
            self._subject = principal

    def _miss_requests(self) -> None:
        for principal, number in self._requests.items():
            request = principal.rpartition("/")[2]
            self._verdict.add_fault(f"line {number}: there is no record of the request {request}")
        self._requests.clear()

    def _content(self, number: int, record: ConsentRecord) -> None:
        if odd := set(record.decisions.values()) - STATES[type(record)]:
            raise ValueError(f"record {record.id}: there is no state {min(odd)!r}")
        if isinstance(record, MessageRecord):
            self._message(number, record)
        if record.notice in self._listed and record.method != Method.SIGNAL:
            self._require_listed(record.notice, record.id, frozenset(record.decisions))

    def _message(self, number: int, record: MessageRecord) -> None:
        """Require what only records about messages say: a subject, an act not ahead of its record, a real request."""
        if not _SUBJECT.fullmatch(record.principal.removeprefix(f"{record.site}/")):
            raise ValueError(f"record {record.id}: its principal is not a subject")
        if read_time(record.acted_at) > read_time(record.at) + MAX_SKEW:
            raise ValueError(f"record {record.id}: it was made more than five minutes before the act")
        if record.request is not None:
            self._requests[f"{record.principal}/{record.request}"] = number

    def _proof(self, entry: dict[str, Any], before: _Signed | None) -> None:
        self._verdict.proofs += 1
        try:
            if before is None or before.id != entry["record"]:
                raise ValueError("the proof does not stand behind its record")
            verify_proof(entry["text"], self._keys, before.text)
        except ValueError:
            if before and before.doubted:
                self._doubt(before)
            raise

    def _doubt(self, record: _Signed) -> None:
        what = f"nothing shows that the record {record.id} was sealed before its key was compromised"
        self._verdict.add_fault(f"line {record.line}: {what}")

    def _same_site(self, site: str) -> None:
        self._site = self._site or site
        if site != self._site:
            raise ValueError(f"it is of the site {site!r}, the export of {self._site!r}")

    def _require_listed(self, notice: str, record: str, purposes: frozenset[str]) -> None:
        """Require that a record decides on what its notice lists; the browser's signal speaks of the rest."""
        if stray := purposes - self._listed[notice][1]:
            raise ValueError(f"record {record}: its notice does not list the purpose {min(stray)!r}")

    def _notice(self, number: int, entry: dict[str, Any]) -> None:
        self._verdict.notices += 1
        if hashlib.sha256(write_canonical_json(entry["document"])).hexdigest() != entry["digest"]:
            raise ValueError(f"the notice {entry['digest']} is not what its digest says")
        purposes = frozenset(purpose["key"] for purpose in entry["document"]["purposes"])
        self._listed[entry["digest"]] = (number, purposes)
        self._same_site(entry["document"]["site"])

    def finish(self) -> Verification:
        """Check the whole."""
        if self._signed and self._signed.doubted:
            self._doubt(self._signed)
        self._miss_requests()
        self._settle_awaited()
        for digest, (number, _) in self._listed.items():
            if digest not in self._named:
                self._verdict.add_fault(f"line {number}: no record that verifies names the notice {digest}")
        counted = {"kind": "summary", "notices": self._verdict.notices, "records": self._verdict.records}
        if self._verdict.proofs or "proofs" in (self._summary or {}):
            counted["proofs"] = self._verdict.proofs
        if self._summary is None:
            self._verdict.add_fault("the summary line is missing: the export was cut off")
        elif self._summary != counted:
            self._verdict.add_fault(f"the summary counts {self._summary}, the export holds {counted}")
        return self._verdict

    def _settle_awaited(self) -> None:
        for awaited, (number, record) in self._awaited.items():
            try:
                if awaited.notice not in self._listed:
                    raise ValueError(f"the notice {awaited.notice} is missing")
                self._require_listed(awaited.notice, record, awaited.purposes)
            except ValueError as error:
                self._verdict.add_fault(f"line {number}: {error}")
