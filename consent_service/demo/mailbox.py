"""The mailbox: what the demo "sent", read from the folder that stands in for a mail server."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import NamedTuple

NAME = re.compile(r"[0-9TZ]{16}-[0-9a-f]{16}\.eml", re.ASCII)
SECONDS = 16
"""How much of a name is the time of its message."""
LINK = re.compile(r"(https?://[!-~]+)")
SHOWN_HEADERS = ("From", "To", "Subject", "Date", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Id")
MAX_SHOWN = 50


class Letter(NamedTuple):
    """One message: its file name, the headers that matter here, and its lines cut into text and links by turns."""

    name: str
    headers: dict[str, str]
    lines: list[list[str]]


def read_letters(folder: Path) -> list[Letter]:
    """Read the newest messages of a mailbox, newest first."""
    files = sorted(folder.glob("*.eml"), key=_rank_by_age, reverse=True)
    return [letter for file in files[:MAX_SHOWN] if (letter := read_letter(folder, file.name))]


def read_letter(folder: Path, name: str) -> Letter | None:
    """Read one message by its file name; None where there is none of that name."""
    if not NAME.fullmatch(name) or not (folder / name).is_file():
        return None
    message = message_from_bytes((folder / name).read_bytes(), _class=EmailMessage, policy=default)
    body = message.get_body(("plain",))
    content = body.get_payload(decode=True) if body else None
    text = content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
    headers = {header: str(message[header]) for header in SHOWN_HEADERS if message[header]}
    return Letter(name, headers, [LINK.split(line) for line in text.splitlines()])


def _rank_by_age(file: Path) -> tuple[str, int]:
    """Sort by the second in the name and, within it, by when the file was written."""
    return file.name[:SECONDS], file.stat().st_mtime_ns
