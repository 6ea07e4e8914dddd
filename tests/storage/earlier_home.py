"""A home as the version before record parts kept it: the same people, records and answers in the tables it had."""

import hashlib
import json
from base64 import urlsafe_b64encode
from pathlib import Path
from zlib import crc32

from consent_service.domain.identifier import is_visitor
from consent_service.domain.subject.standing import Standing
from consent_service.storage.engine import migrating
from consent_service.storage.engine.sqlite import SqliteDatabase
from consent_service.storage.records import list_latest_records
from consent_service.storage.standings import find_standing

CHANGED = {"record", "standing", "dictionary", "schema_migration", "schema_generation"}
INSERT_RECORD = "INSERT INTO record (principal, seq, id, site, at, act, signed) VALUES (?, ?, ?, ?, ?, ?, ?)"
FREE = "SELECT count(*) FROM visitor_state WHERE slot = ?"


def copy_steps(folder: Path, last: str) -> Path:
    """Copy the migrations up to one, as an earlier version had them."""
    folder.mkdir()
    for file in migrating.FOLDER.glob("[0-9]*.py"):
        if file.stem <= last:
            (folder / file.name).write_text(file.read_text())
    return folder


def write_as_before(present: SqliteDatabase, earlier: SqliteDatabase) -> None:
    """Write everything that the present tables hold into those of the earlier version, as far as it had them."""
    names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    had = set(earlier.rows(names))
    with earlier.write():
        for (name,) in present.rows(names):
            if (name,) in had and name not in CHANGED:
                for row in present.rows(f"SELECT * FROM {name}"):
                    earlier.change(f"INSERT INTO {name} VALUES ({', '.join('?' * len(row))})", row)
        for (principal,) in present.rows("SELECT DISTINCT principal FROM record"):
            for head, signed in reversed(list_latest_records(present, principal, 1000)):
                site = principal.partition("/")[0]
                values = (principal, head.seq, head.id, site, head.at, head.act.hex(), signed)
                earlier.change(INSERT_RECORD, values)
        for (principal,) in present.rows("SELECT principal FROM standing"):
            write_standing_before(earlier, principal, find_standing(present, principal))


def write_standing_before(earlier: SqliteDatabase, principal: str, standing: Standing) -> None:
    """Write a standing as the earlier version did; runs inside a write."""
    lines = _write_lines(earlier, standing)
    if is_visitor(principal):
        slot = crc32(principal.encode())
        while earlier.rows(FREE, (slot,)) != [(0,)]:
            slot += 1
        earlier.change("INSERT INTO visitor_state VALUES (?, ?, ?)", (slot, principal, lines))
    else:
        blocks = json.dumps(dict(standing.blocks)) if standing.blocks else None
        values = (principal, lines, blocks, standing.stopped_at, standing.paused_until)
        earlier.change("REPLACE INTO principal_state VALUES (?, ?, ?, ?, ?)", values)


def _write_lines(earlier: SqliteDatabase, standing: Standing) -> str:
    lines = []
    for said in standing.decisions.values():
        text = json.dumps(
            [said.method, said.signalled, {said.purpose: [said.state, said.fingerprint]}], separators=(",", ":")
        )
        key = urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:9]).decode()
        earlier.change("INSERT INTO said VALUES (?, ?) ON CONFLICT DO NOTHING", (key, text))
        lines.append(f"{said.record} {said.at} {said.valid_until} {key}")
    return "\n".join(lines)
