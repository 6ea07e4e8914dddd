"""Distribution: where each table lies when the database is spread over several machines by Citus.

What one visitor or subject touches lies on one shard, by its principal. What few rows there are of and everybody reads
lies whole on each machine. The rest is spread by a key that its queries name, or stays in one place.
"""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from consent_service.storage.engine.database import Database


class Spread(NamedTuple):
    """A table that is spread by a column, beside the shards of another one where that is named."""

    table: str
    column: str
    beside: str = "none"


SPREAD = (
    Spread("standing", "principal"),
    Spread("record", "principal", "standing"),
    Spread("unsealed", "principal", "standing"),
    Spread("seal_mark", "principal", "standing"),
    Spread("ending", "principal", "standing"),
    Spread("subject", "principal", "standing"),
    Spread("declaration", "principal", "standing"),
    Spread("claim", "name", "standing"),
    Spread("ledger", "site"),
    Spread("ledger_tile", "site", "ledger"),
    Spread("checkpoint", "site", "ledger"),
    Spread("change", "site", "ledger"),
    Spread("attempt", "bucket"),
    Spread("kept_answer", "key"),
    Spread("erasure", "id"),
)
EVERYWHERE = (
    "schema_generation",
    "schema_migration",
    "notice",
    "dictionary",
    "key_compromise",
    "api_key",
    "webhook",
    "import_run",
)
IN_ONE_PLACE = ("job", "subscription_request")
"""On the coordinator: jobs are taken with SKIP LOCKED, which locks rows of one machine alone, and open requests, which
are few, are looked up by their link, by whose they are and by the job that mails them.
"""

FIND_EXTENSION = "SELECT 1 FROM pg_catalog.pg_extension WHERE extname = 'citus'"
LIST_PLACED = "SELECT logicalrelid::regclass::text FROM pg_catalog.pg_dist_partition"
PLACE_EVERYWHERE = "SELECT create_reference_table('{}')"
SPREAD_OUT = "SELECT create_distributed_table('{}', '{}', colocate_with => '{}'{})"


def list_placements(shards: int, placed: Collection[str] = ()) -> Iterator[str]:
    """Write the statements that place what is not ``placed`` yet, those that others are placed beside first."""
    for table in EVERYWHERE:
        if table not in placed:
            yield PLACE_EVERYWHERE.format(table)
    for table, column, beside in SPREAD:
        if table not in placed:
            count = f", shard_count => {shards}" if beside == "none" else ""
            yield SPREAD_OUT.format(table, column, beside, count)


def can_distribute(database: Database) -> bool:
    """Say whether the server of a database spreads tables."""
    return bool(database.rows(FIND_EXTENSION))


def list_placed(database: Database) -> list[str]:
    """List the tables that are placed already."""
    return [name for (name,) in database.rows(LIST_PLACED)]


def place_table(database: Database, statement: str) -> None:
    """Run one of the statements while nobody writes, without a limit of time: many rows take long."""
    with database.alter():
        database.rows(statement)
