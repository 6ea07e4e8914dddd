"""The notice archive: every version shown, once for each digest, never changed."""

import hashlib
from collections.abc import Iterator

from consent_service.domain.ledger.notice import Notice, read_notice
from consent_service.storage.engine.database import Database

INSERT = """
INSERT INTO notice (digest, site, surface, language, at, document) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
"""


def archive_notice(database: Database, notice: Notice, at: int) -> None:
    """Keep a notice unless it is kept already; runs inside a write."""
    if notice.digest in database.archived:
        return
    values = (notice.digest, notice.site, notice.surface, notice.language, at, notice.document)
    database.change(INSERT, values)


def list_archived_digests(database: Database) -> frozenset[str]:
    """List the digests of every archived notice, and remember them; runs outside of a write, which could be undone."""
    database.archived = frozenset(row[0] for row in database.rows("SELECT digest FROM notice"))
    return database.archived


def list_notices_of(database: Database, site: str) -> Iterator[Notice]:
    """List every archived notice of a site, the newest last; what no longer is what its digest says is left out."""
    for digest, document in database.rows("SELECT digest, document FROM notice WHERE site = ? ORDER BY at", (site,)):
        if hashlib.sha256(document).hexdigest() == digest:
            yield read_notice(bytes(document))


def find_notice_by_digest(database: Database, digest: str) -> Notice | None:
    """Find an archived notice; None as well where the archive no longer holds what the digest says."""
    rows = database.rows("SELECT document FROM notice WHERE digest = ?", (digest,))
    if not rows:
        return None
    document = bytes(rows[0][0])
    return read_notice(document) if hashlib.sha256(document).hexdigest() == digest else None
