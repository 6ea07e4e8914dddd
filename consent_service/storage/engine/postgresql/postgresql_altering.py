"""The schema on PostgreSQL, as the migration runner sees it."""

import peewee

from consent_service.storage.engine.postgresql.postgresql_connection import Connection

FENCE = "LOCK TABLE schema_generation IN ACCESS EXCLUSIVE MODE"
"""Whoever writes has read this table: they end first, and who comes after sees the new generation."""


class AlteredDatabase(peewee.PostgresqlDatabase):
    """The database as the migration runner sees it: texts sort by their octets, as they do in every other engine."""

    field_types = peewee.PostgresqlDatabase.field_types | {"TEXT": 'TEXT COLLATE "C"'}

    def __init__(self, conninfo: str) -> None:
        super().__init__("postgresql", prefer_psycopg3=True)
        self._conninfo = conninfo

    def _connect(self) -> Connection:
        return Connection.connect(self._conninfo, autocommit=True, prepare_threshold=None)
