"""Webhooks: where a site wants to be told, with the sealed secrets that sign what it is told."""

from typing import Any

from consent_service.domain.feed.webhook import Webhook
from consent_service.storage.engine.database import Database

COLUMNS = (
    "id, site, url, events, secret, previous_secret, previous_until, created_at, failing_since, disabled_at, "
    "disabled_because"
)
INSERT = f"INSERT INTO webhook ({COLUMNS}) VALUES (?{', ?' * 10})"


def add_webhook(database: Database, webhook: Webhook) -> None:
    """Keep a new webhook; runs inside a write."""
    identifier, site, url, events, *rest = webhook
    database.change(INSERT, (identifier, site, url, ",".join(events), *rest))


def list_webhooks_of(database: Database, site: str) -> list[Webhook]:
    """List the webhooks of a site in the order in which they were made."""
    rows = database.rows(f"SELECT {COLUMNS} FROM webhook WHERE site = ? ORDER BY id", (site,))
    return [_read_webhook(*row) for row in rows]


def find_webhook_by_id(database: Database, identifier: str) -> Webhook | None:
    """Find a webhook."""
    rows = database.rows(f"SELECT {COLUMNS} FROM webhook WHERE id = ?", (identifier,))
    return _read_webhook(*rows[0]) if rows else None


def replace_webhook(database: Database, webhook: Webhook) -> None:
    """Write a webhook as it is now; runs inside a write."""
    delete_webhook(database, webhook.id)
    add_webhook(database, webhook)


def delete_webhook(database: Database, identifier: str) -> None:
    """Forget a webhook; runs inside a write."""
    database.change("DELETE FROM webhook WHERE id = ?", (identifier,))


def _read_webhook(identifier: str, site: str, url: str, events: str, *rest: Any) -> Webhook:
    return Webhook(identifier, site, url, tuple(events.split(",")), *rest)
