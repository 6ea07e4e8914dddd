"""Distributing the database over several machines, by an engine that shards."""

from collections.abc import Iterator

from consent_service.domain.errors import SettingsFault
from consent_service.services.resources import Resources
from consent_service.storage.engine.postgresql.distribution import (
    can_distribute,
    list_placed,
    list_placements,
    place_table,
)

MAKE = "as its superuser, run in it: CREATE EXTENSION citus; and SELECT citus_add_node(…) for each machine"


def list_distribution(shards: int) -> list[str]:
    """List the statements that place every table of a database that is not distributed yet."""
    return list(list_placements(shards))


def distribute_database(resources: Resources, shards: int) -> Iterator[str]:
    """Place each table that is not placed yet, and hand out the statement that did so; harmless to repeat.

    While a table is placed nobody writes. Raises SettingsFault for a file, and for a server that does not shard.
    """
    database = resources.database
    if not database.begins_whole:
        raise SettingsFault(f"{database.name}: a file is not distributed; name a server in CONSENT_DATABASE_URL")
    if not can_distribute(database):
        raise SettingsFault(f"{database.name}: Citus is not in this database; {MAKE}")
    for statement in list_placements(shards, list_placed(database)):
        place_table(database, statement)
        yield statement
