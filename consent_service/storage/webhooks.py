"""Webhooks: where a site wants to be told, with the sealed secrets that sign what it is told."""

from typing import NamedTuple

from consent_service.storage.engine.database import Database

COLUMNS = (
    "id, site, url, events, secret, previous_secret, previous_until, created_at, failing_since, disabled_at, "
    "disabled_because"
)
INSERT = f"INSERT INTO webhook ({COLUMNS}) VALUES (?{', ?' * 10})"


class StoredWebhook(NamedTuple):
    """One webhook; ``events`` are names with commas, the secrets are sealed under its id. Times in microseconds.

    ``failing_since`` is the first failure after the last success.
    """

    id: str
    site: str
    url: str
    events: str
    secret: bytes
    previous_secret: bytes | None
    previous_until: int | None
    created_at: int
    failing_since: int | None = None
    disabled_at: int | None = None
    disabled_because: str = ""

    def wants(self, event: str) -> bool:
        """Say whether it is on and asked for an event."""
        return self.disabled_at is None and event in self.events.split(",")


def add_webhook(database: Database, webhook: StoredWebhook) -> None:
    """Keep a new webhook; runs inside a write."""
    database.change(INSERT, webhook)


def list_webhooks_of(database: Database, site: str) -> list[StoredWebhook]:
    """List the webhooks of a site in the order in which they were made."""
    rows = database.rows(f"SELECT {COLUMNS} FROM webhook WHERE site = ? ORDER BY id", (site,))
    return [StoredWebhook(*row) for row in rows]


def find_webhook_by_id(database: Database, identifier: str) -> StoredWebhook | None:
    """Find a webhook."""
    rows = database.rows(f"SELECT {COLUMNS} FROM webhook WHERE id = ?", (identifier,))
    return StoredWebhook(*rows[0]) if rows else None


def replace_webhook(database: Database, webhook: StoredWebhook) -> None:
    """Write a webhook as it is now; runs inside a write."""
    delete_webhook(database, webhook.id)
    add_webhook(database, webhook)


def delete_webhook(database: Database, identifier: str) -> None:
    """Forget a webhook; runs inside a write."""
    database.change("DELETE FROM webhook WHERE id = ?", (identifier,))
