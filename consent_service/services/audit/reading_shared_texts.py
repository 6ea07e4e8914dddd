"""Reading what people share: of notices what a fold needs, and the dictionary; neither grows with their number."""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

from consent_service.domain.ledger.notice import read_notice
from consent_service.services.audit.collecting_faults import StoreVerdict
from consent_service.storage.engine.database import Readable
from consent_service.storage.evidence.store_pages import stream_dictionary, stream_notices
from consent_service.storage.ledger.dictionary import derive_number, forget_all_texts


class NoticeTerms(NamedTuple):
    """What a decision takes from the notice it was made on."""

    prints: Mapping[str, str]
    signal: bool


NO_TERMS = NoticeTerms({}, signal=False)


def read_notice_terms(snapshot: Readable, verdict: StoreVerdict) -> dict[str, NoticeTerms]:
    """Read the terms of every notice by its digest; one that is not what its digest says is a fault."""
    terms = {}
    for digest, site, document in stream_notices(snapshot):
        try:
            notice = read_notice(bytes(document))
            if hashlib.sha256(document).hexdigest() != digest or notice.site != site:
                raise ValueError("the digest is of another document")
        except (ValueError, KeyError, TypeError) as error:
            verdict.add_fault(f"notice {digest}: it is not what its digest says ({error})")
        else:
            terms[digest] = NoticeTerms(notice.fingerprints, notice.signal)
    return terms


def check_dictionary(snapshot: Readable, verdict: StoreVerdict) -> None:
    """Check that every text that rows share is what its number says, and have them all read anew."""
    forget_all_texts()
    for number, text in stream_dictionary(snapshot):
        if derive_number(text) != number:
            verdict.add_fault(f"dictionary {number}: it is not what its number says")
