"""A long export, made up line by line as it is read and not kept, so that what a verifier keeps can be measured."""

from collections.abc import Callable, Iterator

from consent_service.domain.basics.canonical_json import write_canonical_json
from consent_service.domain.basics.moment import write_time
from consent_service.domain.identifier import make_uuid7, name_visitor, write_visitor_id
from consent_service.domain.ledger.consent_record import SCHEMA, ConsentRecord
from consent_service.domain.site.site import Site
from tests.cast import HALF_YEAR, NOON, make_notice_for


def write_lines(site: Site, people: int, sign: Callable[[ConsentRecord], str]) -> Iterator[bytes]:
    """Write an export of so many visitors with a record each, in the order of their ids."""
    notice = make_notice_for(site)
    for number in range(people):
        at = NOON + number
        record = ConsentRecord(
            schema=SCHEMA,
            id=make_uuid7(at, number.to_bytes(10)),
            site=site.id,
            principal=name_visitor(site.id, write_visitor_id(_place(number))),
            seq=1,
            at=write_time(at),
            actor="visitor",
            method="accept_all",
            decisions=dict.fromkeys(notice.purposes, "granted"),
            notice=notice.digest,
            language="en",
            policy="1",
            region="strict",
            signals=[],
            valid_until=write_time(at + HALF_YEAR),
            previous=None,
        )
        yield write_canonical_json({"kind": "record", "signed": sign(record)}) + b"\n"
        if not number:
            told = {"kind": "notice", "digest": notice.digest, "document": notice.content()}
            yield write_canonical_json(told) + b"\n"
    yield write_canonical_json({"kind": "summary", "notices": 1, "records": people}) + b"\n"


def _place(number: int) -> bytes:
    """Make 16 bytes whose base64url sorts as the numbers do: letters in the order of their codes."""
    letters = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    value = 0
    digits = []
    for _ in range(21):
        number, digit = divmod(number, 64)
        digits.append(alphabet.index(letters[digit]))
    for digit in reversed(digits):
        value = value << 6 | digit
    return (value << 2).to_bytes(16)
