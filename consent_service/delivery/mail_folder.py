"""Mail into a folder: each message becomes a file, for a demo's mailbox and for small set-ups."""

import hashlib
from datetime import UTC
from email.message import EmailMessage
from pathlib import Path

from consent_service.domain.messages.mail_message import write_message
from consent_service.private_files import write_whole


def put_mail(folder: str, message: EmailMessage) -> Path:
    """Write a message as ``<time>-<digest of its id>.eml``, so names sort by time; raises OSError.

    The same message is the same file, however often it is sent.
    """
    place = Path(folder)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    sent = message["Date"].datetime.astimezone(UTC)
    digest = hashlib.sha256(str(message["Message-ID"]).encode()).hexdigest()[:16]
    file = place / f"{sent:%Y%m%dT%H%M%SZ}-{digest}.eml"
    with write_whole(file) as stream:
        stream.write(write_message(message))
    return file
