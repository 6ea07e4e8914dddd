"""Records lie as their parts, and visitors and people in one table; copied in slices beside a version that serves.

``copy_ahead`` copies slice by slice, and keeps a digest of what each slice was. ``up``, the last turn, copies what has
changed or was never copied, takes out what went meanwhile, and puts the copies in the place of the old tables.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
from peewee import SqliteDatabase
from playhouse.migrate import SchemaMigrator

from consent_service.storage.engine.database import Database
from consent_service.storage.engine.slices import PAUSE_SECONDS
from consent_service.storage.ledger.dictionary import derive_number
from consent_service.storage.ledger.packed_values import pack_record_id
from consent_service.storage.ledger.record_parts import RecordHead, take_apart
from consent_service.storage.ledger.statements import LAYOUT

SLICE = 250
SECONDS_OF_SILENCE = 5
TABLES = (
    """
    CREATE TABLE IF NOT EXISTS dictionary (number BIGINT NOT NULL PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID
    """,
    """
    CREATE TABLE IF NOT EXISTS standing (principal TEXT NOT NULL PRIMARY KEY, decisions BLOB NOT NULL, blocks TEXT,
    stopped_at BIGINT, paused_until BIGINT) WITHOUT ROWID
    """,
    """
    CREATE TABLE IF NOT EXISTS record_parts (principal TEXT NOT NULL, seq BIGINT NOT NULL, id BLOB NOT NULL,
    at BIGINT NOT NULL, act BLOB NOT NULL, template BIGINT, own BLOB, signature BLOB, signed TEXT,
    PRIMARY KEY (principal, seq))
    """,
    "CREATE INDEX IF NOT EXISTS record_by_id ON record_parts (id)",
    """
    CREATE TABLE IF NOT EXISTS copied (source TEXT NOT NULL, first, last, digest BLOB NOT NULL,
    PRIMARY KEY (source, last)) WITHOUT ROWID
    """,
)
KEEP_TEXT = "INSERT INTO dictionary (number, text) VALUES (?, ?) ON CONFLICT (number) DO NOTHING"
KEEP_SLICE = "REPLACE INTO copied (source, first, last, digest) VALUES (?, ?, ?, ?)"
PUT_STANDING = "REPLACE INTO standing VALUES (?, ?, ?, ?, ?)"
PUT_RECORD = "REPLACE INTO record_parts (rowid, principal, seq, id, at, act, template, own, signature, signed)"
LAST_TURN = (
    "DELETE FROM record_parts WHERE rowid NOT IN (SELECT rowid FROM record)",
    """
    DELETE FROM standing WHERE principal NOT IN
    (SELECT principal FROM principal_state UNION ALL SELECT principal FROM visitor_state)
    """,
    *(f"DROP TABLE {table}" for table in ("copied", "record", "principal_state", "visitor_state", "said")),
    "ALTER TABLE record_parts RENAME TO record",
)

Row = tuple[Any, ...]
Read = Callable[[str, Sequence[Any]], list[Row]]
PutAll = Callable[[str, Iterable[Sequence[Any]]], object]


class Source(NamedTuple):
    """A table to copy: its key, where that begins, its other columns, how its rows are put, and the new values."""

    table: str
    key: str
    start: int | str
    columns: str
    put: str
    convert: Callable[[Row, Row, dict[int, str]], Row]

    @property
    def page(self) -> str:
        """The query for the rows that follow a key."""
        return f"{self._rows} WHERE {self.key} > ? ORDER BY {self.key} LIMIT ?"

    @property
    def slice(self) -> str:
        """The query for the rows that follow one key, up to another."""
        return f"{self._rows} WHERE {self.key} > ? AND {self.key} <= ? ORDER BY {self.key}"

    @property
    def _rows(self) -> str:
        return f"SELECT {self.key}, {self.columns} FROM {self.table}"


def copy_ahead(database: Database, say: Callable[[str], None]) -> None:
    """Copy what is there, a slice a write, beside a version that serves; goes on where it was broken off."""
    with database.write():
        for table in TABLES:
            database.change(table)
    told = time.monotonic()
    for source in SOURCES:
        [(total,)] = database.rows(f"SELECT count(*) FROM {source.table}")
        done = 0
        for first, rows in _list_pages(database.rows, source):
            with database.write():
                _put(database.rows, database.change_many, source, first, rows)
            done += len(rows)
            if time.monotonic() - told > SECONDS_OF_SILENCE:
                told = time.monotonic()
                say(f"{source.table}: {done} of {total} rows copied")
            time.sleep(PAUSE_SECONDS)


def up(migrator: SchemaMigrator, db: SqliteDatabase) -> None:
    connection = db.connection()  # type: ignore[no-untyped-call]

    def read(query: str, values: Sequence[Any] = ()) -> list[Row]:
        found: list[Row] = connection.execute(query, values).fetchall()
        return found

    for table in TABLES:
        connection.execute(table)
    for source in SOURCES:
        query = "SELECT first, last, digest FROM copied WHERE source = ? ORDER BY last"
        for first, last, digest in read(query, (source.table,)):
            rows = read(source.slice, (first, last))
            if _digest(rows) != digest:
                _put(read, connection.executemany, source, first, rows)
        for first, rows in _list_pages(read, source):
            _put(read, connection.executemany, source, first, rows)
    for statement in LAST_TURN:
        connection.execute(statement)


def _list_pages(read: Read, source: Source) -> Iterator[tuple[Any, list[Row]]]:
    """Hand out the rows behind the last slice that was copied, page by page, with the key in front of each."""
    [(last,)] = read("SELECT max(last) FROM copied WHERE source = ?", (source.table,))
    first = source.start if last is None else last
    while rows := read(source.page, (first, SLICE)):
        yield first, rows
        first = rows[-1][0]


def _put(read: Read, put_all: PutAll, source: Source, first: Any, rows: list[Row]) -> None:
    texts: dict[int, str] = {}
    said = tuple(read("SELECT key, text FROM said", ()))
    values = [source.convert(row, said, texts) for row in rows]
    put_all(KEEP_TEXT, list(texts.items()))
    put_all(source.put, values)
    if rows:
        put_all(KEEP_SLICE, [(source.table, first, rows[-1][0], _digest(rows))])


def _digest(rows: list[Row]) -> bytes:
    return hashlib.blake2b(msgspec.msgpack.encode(rows), digest_size=16).digest()


def _convert_record(row: Row, _: Row, texts: dict[int, str]) -> Row:
    rowid, principal, seq, identifier, at, act, signed = row
    head = (principal, seq, _pack_id(identifier), at, _pack_act(act))
    parts = take_apart(RecordHead(principal, seq, identifier, at, head[-1]), signed)
    if parts is None:
        return (rowid, *head, None, None, None, signed)
    template = derive_number(parts.template)
    texts[template] = parts.template
    return (rowid, *head, template, parts.own, parts.signature, None)


def _convert_visitor(row: Row, said: Row, texts: dict[int, str]) -> Row:
    _, principal, decisions = row
    return principal, _pack_decisions(decisions, dict(said), texts), None, None, None


def _convert_person(row: Row, said: Row, texts: dict[int, str]) -> Row:
    principal, decisions, *others = row
    return principal, _pack_decisions(decisions, dict(said), texts), *others


def _pack_decisions(lines: str, said: dict[str, str], texts: dict[int, str]) -> bytes:
    """Write the lines of an older row in their new form; what cannot be read stays what it is, and unreadable."""
    packed = []
    try:
        for line in lines.splitlines():
            record, at, valid_until, key = line.split(" ")
            number = derive_number(said[key])
            texts[number] = said[key]
            packed.append(LAYOUT.pack(pack_record_id(record), int(at), int(valid_until), number))
    except (ValueError, KeyError, AttributeError):
        return b"unreadable: " + str(lines).encode()
    return b"".join(packed)


def _pack_id(identifier: str) -> bytes:
    try:
        return pack_record_id(identifier)
    except ValueError:  # somebody edited it; the record goes on being none that belongs there
        return identifier.encode()


def _pack_act(act: str) -> bytes:
    try:
        return bytes.fromhex(act)
    except ValueError:
        return act.encode()


SOURCES = (
    Source(
        *("record", "rowid", -1, "principal, seq, id, at, act, signed"),
        f"{PUT_RECORD} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        _convert_record,
    ),
    Source("visitor_state", "slot", -1, "principal, decisions", PUT_STANDING, _convert_visitor),
    Source(
        *("principal_state", "principal", "", "decisions, blocks, stopped_at, paused_until"),
        PUT_STANDING,
        _convert_person,
    ),
)
