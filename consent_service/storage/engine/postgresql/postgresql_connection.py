"""Connections to PostgreSQL: how they are made, what has to hold on the other side, and what their faults mean."""

from typing import Any

import psycopg
from psycopg import RawCursor
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus

from consent_service.domain.errors import SettingsFault, StorageBusy, StorageConflict, StorageUnavailable

OLDEST = 14
"""The oldest version that its makers still mend; older ones are refused."""
PREPARED_AFTER = 3
DEFAULTS = {
    "target_session_attrs": "read-write",
    "connect_timeout": "3",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
    "application_name": "consent-service",
    "client_encoding": "UTF8",
}
"""Where the URL says nothing: the one of several servers that takes writes, and no endless wait for a dead one."""
LIMITS = {"statement_timeout": "10s", "lock_timeout": "2s", "idle_in_transaction_session_timeout": "60s"}
ASK = "SELECT pg_backend_pid(), current_setting('synchronous_commit')"
ASK_FITNESS = "SELECT current_setting('server_encoding'), current_setting('transaction_read_only')"
CONFLICTS = frozenset({"40001", "40P01"})
LATE = frozenset({"55P03", "57014", "25P03"})
READ_ONLY = "25006"


class Connection(psycopg.Connection[tuple[Any, ...]]):
    """A connection with its two cursors, because making one costs as much as a short query.

    ``asks`` sends one statement with its values, ``tells`` a script without any. ``local_settings`` begins each
    transaction where the connection may be another server process's each time, behind a pooler.
    """

    local_settings = ""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.asks = RawCursor(self, row_factory=psycopg.rows.tuple_row)
        self.asks.format = psycopg.pq.Format.BINARY
        self.tells = psycopg.Cursor(self, row_factory=psycopg.rows.tuple_row)

    def tell(self, script: str) -> list[list[tuple[Any, ...]]]:
        """Run statements in one message and return the rows of each that has some."""
        cursor, found = self.tells, []
        cursor.execute(script.encode())
        while True:
            if cursor.description:
                found.append(cursor.fetchall())
            if not cursor.nextset():
                return found

    def end(self) -> None:
        """Undo what is left open."""
        if not self.closed and self.info.transaction_status is not TransactionStatus.IDLE:
            self.rollback()


def settle_connection(connection: Connection) -> None:
    """Give a new connection its limits; behind a pooler, where none lasts, each transaction brings its own.

    Behind one nothing is prepared either. A pooler is known by the number of the process: it tells one of its own.
    """
    [[(process, commits)]] = connection.tell(ASK)
    limits = LIMITS | ({"synchronous_commit": "on"} if commits == "off" else {})
    if process == connection.info.backend_pid:
        connection.tell("; ".join(f"SET {name} = '{value}'" for name, value in limits.items()))
        connection.prepare_threshold = PREPARED_AFTER
    else:
        connection.local_settings = "".join(f"SET LOCAL {name} = '{value}'; " for name, value in limits.items())


def read_url(url: str) -> str:
    """Read a URL into what the driver takes, with our defaults; raises SettingsFault."""
    try:
        given = conninfo_to_dict(url)
    except psycopg.Error:
        given = {}
    if not url.startswith(("postgresql://", "postgres://")) or not given.get("dbname"):
        example = "postgresql://user:password@host:5432/database"
        raise SettingsFault(f"CONSENT_DATABASE_URL: expected an address such as {example}")
    return make_conninfo(**{name: str(value) for name, value in (DEFAULTS | given).items()})


def describe_place(conninfo: str) -> str:
    """Name a database for messages, without user and password."""
    given = conninfo_to_dict(conninfo)
    hosts = str(given.get("host") or "localhost").split(",")
    ports = str(given.get("port") or "").split(",")
    ports = ports * len(hosts) if len(ports) == 1 else ports
    places = ",".join(f"{host}:{port or 5432}" for host, port in zip(hosts, ports, strict=False))
    return f"postgresql://{places}/{given['dbname']}"


def require_fit(conninfo: str) -> None:
    """Raise StorageUnavailable, or SettingsFault for what will not pass, where a database is none to work with."""
    place = describe_place(conninfo)
    try:
        with Connection.connect(conninfo, autocommit=True, prepare_threshold=None) as connection:
            version = connection.info.server_version // 10_000
            [[(encoding, read_only)]] = connection.tell(ASK_FITNESS)
    except psycopg.Error as error:
        raise StorageUnavailable(f"{place}: the database cannot be reached: {write_cause(error)}") from error
    if version < OLDEST:
        raise SettingsFault(f"{place}: PostgreSQL {version} is too old; version {OLDEST} or newer is needed")
    if encoding != "UTF8":
        raise SettingsFault(f"{place}: the database is encoded in {encoding}; make one with ENCODING 'UTF8'")
    if read_only == "on":
        raise SettingsFault(f"{place}: the database takes no writes; name its primary, or all servers, in the address")


def translate_fault(error: Exception, done: str) -> StorageUnavailable:
    """Say as ours what the driver says, also where the migration runner wrapped it."""
    cause = error if isinstance(error, psycopg.Error) else getattr(error, "orig", error)
    state = getattr(cause, "sqlstate", None)
    if state in CONFLICTS:
        return StorageConflict("others wrote the same at the same time")
    if state in LATE:
        return StorageBusy("the database is busy: it did not answer in time")
    if state == READ_ONLY:
        return StorageUnavailable("the database takes no writes: another server may be the primary by now")
    return StorageUnavailable(f"the database cannot be {done}: {write_cause(cause)}")


def write_cause(error: BaseException) -> str:
    """Write in one line what an error says; the driver names all addresses that it tried in several."""
    return "; ".join(line.strip() for line in str(error).splitlines() if line.strip()) or type(error).__name__
