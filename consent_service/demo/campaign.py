"""The demo's marketing tool: it asks before it writes, and writes to nobody it was not told that it may."""

import hashlib
import time
from pathlib import Path
from typing import NamedTuple

from consent_service.client.bulk_check import check_list
from consent_service.delivery.mail_folder import put_mail
from consent_service.demo.mailbox import read_letters
from consent_service.domain.messages.mail_message import compose

PURPOSE = "offers_email"
SENDER = "Willow & Wren <news@willow-wren.example>"
LIST = ("ada@example.org", "bilal@example.org", "chiara@example.org")
"""Three people who never asked for anything."""
SUBJECT = "New pieces for spring"
TEXT = """Four new pieces have left the workbench this week: a ring, a chain, a pair of studs and a brooch.

See them: {shop}/

No more of these messages: {unsubscribe}
Choose what you receive: {preferences}

Willow & Wren Jewellery Ltd, 4 Orchard Row, Bristol BS1 0AA, United Kingdom
"""


class Mailed(NamedTuple):
    """What became of one address."""

    address: str
    reason: str
    sent: bool


class Campaign:
    """Writes to a list; ``service`` is where the check API listens, ``shop`` the shop's own origin."""

    def __init__(self, *, service: str, host: str, key: str, mailbox: Path) -> None:
        self._service = service
        self._host = host
        self._key = key
        self._mailbox = mailbox

    def addresses(self) -> list[str]:
        """List the three, and everybody to whom the newest messages went."""
        written_to = (letter.headers["To"] for letter in read_letters(self._mailbox) if "To" in letter.headers)
        return sorted({*LIST, *written_to})

    def send(self) -> list[Mailed]:
        """Write to all who may be written to; raises BulkCheckFailed, before the first message, where it is unclear."""
        rows = check_list(self._service, self._key, self.addresses(), purpose=PURPOSE, links=True, host=self._host)
        return [Mailed(row.id, row.reason, row.allowed and self._write(row.id, row.links)) for row in rows]

    def _write(self, address: str, links: dict[str, str]) -> bool:
        now = time.time_ns() // 1000
        text = TEXT.format(
            shop=f"http://{self._host}", unsubscribe=links["unsubscribe_url"], preferences=links["preferences_url"]
        )
        named = hashlib.sha256(f"{now} {address}".encode()).hexdigest()[:24]
        message = compose(
            SENDER,
            address,
            SUBJECT,
            text,
            at=now,
            message_id=f"<{named}@willow-wren.example>",
            language="en",
            headers={name: value for name, value in links.items() if name.startswith("List-")},
        )
        put_mail(str(self._mailbox), message)
        return True
