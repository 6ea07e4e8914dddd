"""Claims on PostgreSQL: rows of one table, locked in the message that begins a transaction, before it reads anything.

The row of a key or a principal is there only while it is held: nobody else can insert it until then. That of a site's
feed stays, and is locked; it is claimed so often that rows which come and go would pile up.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from psycopg import sql

from consent_service.domain.errors import StorageUnavailable
from consent_service.storage.engine.claims import Claim, ClaimKind
from consent_service.storage.engine.postgresql.postgresql_connection import Connection
from consent_service.storage.engine.schema_fence import FIND_LIFE

BEGIN = f"BEGIN ISOLATION LEVEL READ COMMITTED; {{settings}}{FIND_LIFE}"
INSERT = "INSERT INTO claim (name) VALUES ({})"
LOCK = "SELECT name FROM claim WHERE name = {} FOR UPDATE"
DELETE = "DELETE FROM claim WHERE name = {}"
PASSING = frozenset({ClaimKind.KEY, ClaimKind.PRINCIPAL})
"""Claims that are as many as people."""

Rows = list[tuple[Any, ...]]


def begin_claiming(connection: Connection, claims: Sequence[Claim]) -> Rows:
    """Begin a transaction, lock what it claims, in the order given, and return which life of the store it sees."""
    passing, lasting = _name_rows(claims, passing=True), _name_rows(claims, passing=False)
    # Each row by a statement of its own: where rows are spread over machines, none is locked together with others.
    begin = [BEGIN.format(settings=connection.local_settings), *(INSERT.format(name) for name in passing)]
    found = connection.tell("; ".join([*begin, *(LOCK.format(name) for name in lasting)]))
    if all(found[1:]):
        return found[0]
    connection.tell("ROLLBACK")
    connection.tell("; ".join(f"{INSERT.format(name)} ON CONFLICT (name) DO NOTHING" for name in lasting))
    return begin_claiming(connection, claims)


def commit_claiming(connection: Connection, claims: Sequence[Claim]) -> None:
    """Keep everything and let go; the server undoes a transaction in which a statement failed, and calls that none."""
    passing = _name_rows(claims, passing=True)
    connection.tell("; ".join([*(DELETE.format(name) for name in passing), "COMMIT"]))
    if connection.tells.statusmessage != "COMMIT":
        raise StorageUnavailable("the database cannot be written: a statement of this write failed")


def _name_rows(claims: Iterable[Claim], *, passing: bool) -> list[str]:
    """Name the rows of claims, as literals; that of a principal is named like it, so that both lie together."""
    return [
        sql.Literal(name if kind is ClaimKind.PRINCIPAL else f"{kind.name.lower()} {name}").as_string()
        for kind, name in claims
        if (kind in PASSING) is passing
    ]
