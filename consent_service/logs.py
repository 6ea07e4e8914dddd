"""Logs: one JSON object a line, without addresses of people, tokens, keys or network addresses."""

import json
import logging
import re
import sys
import traceback

from consent_service.domain.basics.moment import write_time

REDACTED = "[redacted]"
SENSITIVE = re.compile(
    r"(?:[\w.+%-]+|\"[^\"\n]+\")(?:@|%40)[\w-]+(?:\.[\w.-]+)?"  # e-mail addresses, as "anna muster"@localhost too
    r"|(?:\+|%2B)\d(?:[ ().-]{0,2}\d){7,14}"  # telephone numbers
    r"|\bv1\.[a-z-]{1,26}\.[\w-]{22}\.[\w.-]+"  # visitor cookies
    r"|(?<![\w-])[\w-]{6}\.[\w-]{43}(?![\w-])"  # seals of the confirm page
    r"|\bcs_[0-9A-Za-z]{16,}"  # API keys
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]+"  # signed records
    r"|(?<![\w-])[A-Za-z0-9_-]{21}[AQgw](?![\w-])"  # visitor ids
    r"|(?<![\w:])(?=[\dA-Fa-f:]*::[\dA-Fa-f]|[\dA-Fa-f]+[\dA-Fa-f:]*::|(?:[\dA-Fa-f]{1,4}:){6})"
    r"[\dA-Fa-f]{0,4}(?::[\dA-Fa-f]{0,4}){2,8}(?:\.\d{1,3}){0,3}(?!\w)"  # IPv6, shortened, whole or around IPv4
    r"|\b\d{1,3}(?:\.\d{1,3}){3}\b"  # IPv4
)
STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """Writes a log record as JSON and redacts it, whatever was passed in."""

    def format(self, record: logging.LogRecord) -> str:
        """Serialise one record."""
        entry: dict[str, object] = {
            "at": write_time(int(record.created * 1_000_000)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redact(record.getMessage()),
        }
        entry |= {key: redact(str(value)) for key, value in vars(record).items() if key not in STANDARD}
        if record.exc_info:
            entry["exception"] = redact("".join(traceback.format_exception(*record.exc_info)))
        return json.dumps(entry, ensure_ascii=False)


def redact(text: str) -> str:
    """Replace everything that could name or authenticate somebody."""
    return SENSITIVE.sub(REDACTED, text)


def configure_logs(level: str) -> None:
    """Send every log of this process to standard error as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
