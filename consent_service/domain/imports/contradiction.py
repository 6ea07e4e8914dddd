"""Columns that nobody mapped and that speak against a yes, so that a no beside it is never passed over."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from consent_service.domain.imports.import_row import ImportRow, ImportStatus
from consent_service.domain.imports.import_time import is_no_time
from consent_service.domain.imports.import_words import COMMON_WORDS, FALSE_WORDS, STATUS_NAMES, normalise_word
from consent_service.domain.site.purpose import Channel

_STATUSES = frozenset(map(normalise_word, STATUS_NAMES)) | {
    *("subscription_status", "subscriber_status", "contact_status", "marketing_status", "list_status"),
    *("global_status", "email_status", "email_marketing_status", "email_marketing"),
}
_CONSENTS = {
    *("subscribed", "is_subscribed", "opted_in", "opt_in", "optin", "consent", "has_consent", "marketing_consent"),
    "accepts_marketing",
}
_MAIL = re.compile(r"(?:^|_)e_?mails?(?:_|$)")
_WITHDRAWN = re.compile(
    r"(?:is_?|has_?|e_?mail_?|date_|time_|globally_)*"
    r"(?:unsub(?:scribed?|scribes?|scription)?|opt(?:ed)?_?outs?|withdrawn|withdrawal|revoked"
    r"|do_?not_?(?:e?mail|contact)|dnc|black_?list(?:ed)?|block_?list(?:ed)?|blocked|suppress(?:ed|ions?)|abgemeldet|désabonné)"
    r"(?:_?(?:of|from|all|e_?mails?))*(?:_(?:at|on|date|time|timestamp))?"
)
_BOUNCED = re.compile(r"(?:is_?|e_?mail_?|hard_)*(?:bounced?|clean(?:ed)?)(?:_(?:at|on|date|time))?")
_COMPLAINED = re.compile(
    r"(?:is_?|e_?mail_?)*(?:complained|complaint|spam_complaint|marked_as_spam)(?:_(?:at|on|date|time))?"
)
_SPEAKS_NOT = FALSE_WORDS | {
    word
    for word, status in COMMON_WORDS.items()
    if not (status and status.is_no) and status is not ImportStatus.PENDING
}

TimeReader = Callable[[str], int | None]
"""Reads a cell as a time, or says that it is none."""


class Contradiction(NamedTuple):
    """What another column says against a yes: its name, and the status, or None for what only casts doubt on it."""

    column: str
    status: ImportStatus | None


class WatchedColumns:
    """The columns of a file that no mapping reads and whose names say that they are about a no."""

    def __init__(self, header: Sequence[str], read: frozenset[int]) -> None:
        named = [(place, normalise_word(name)) for place, name in enumerate(header) if place not in read]
        self._header = header
        self._statuses = [place for place, name in named if name in _STATUSES]
        self._consents = [place for place, name in named if name in _CONSENTS]
        self._refusals = [
            (place, status, bool(_MAIL.search(name)))
            for place, name in named
            for pattern, status in (
                (_WITHDRAWN, ImportStatus.WITHDRAWN),
                (_BOUNCED, ImportStatus.BOUNCE),
                (_COMPLAINED, ImportStatus.COMPLAINT),
            )
            if pattern.fullmatch(name)
        ]

    def find_contradiction(self, row: ImportRow, cells: Sequence[str], read_time: TimeReader) -> Contradiction | None:
        """Find what speaks against a yes, a no before a doubt; a no that is dated before the yes is over."""
        for place, status, of_mail in self._refusals:
            text = cells[place].strip()
            if self._speaks(text) and (row.channel is Channel.EMAIL or not of_mail):
                at = read_time(text)
                if at is None or row.at is None or at >= row.at:
                    return Contradiction(self._header[place], status)
        said = [(place, normalise_word(cells[place])) for place in self._statuses]
        known = [(place, COMMON_WORDS[word]) for place, word in said if word in COMMON_WORDS]
        for place, status_said in known:
            if status_said and status_said.is_no:
                return Contradiction(self._header[place], status_said)
        doubts = [place for place, status_said in known if status_said not in (row.status, ImportStatus.GRANTED)]
        doubts += [place for place in self._consents if self._denies(cells[place])]
        return Contradiction(self._header[doubts[0]], None) if doubts else None

    def _speaks(self, text: str) -> bool:
        return not is_no_time(text) and normalise_word(text) not in _SPEAKS_NOT

    def _denies(self, text: str) -> bool:
        return bool(text.strip()) and normalise_word(text) in FALSE_WORDS
