"""Malicious copies: each kind of tampering, as somebody does it who can write every file but has no key.

Each takes a copy of the home, a connection to its database and dice, and changes something that matters.
"""

import json
import random
import shutil
from base64 import urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path

import apsw

from consent_service.domain.identifier import make_uuid7, name_visitor, write_visitor_id
from consent_service.keys.key_ring import KeyRing
from consent_service.keys.signing import derive_public_key, sign_record
from consent_service.keys.verification import compute_key_id
from consent_service.services.ledger.sealing_records import seal_records
from consent_service.services.resources import Resources
from consent_service.storage.engine.sqlite import SqliteDatabase
from tests.cast import Clock, choose
from tests.services.audit.forged_records import make_payload, put_record
from tests.services.audit.spoiled_rows import DECIDED, ask, pick, pick_principal, pick_two, quote, spoil_value, swap
from tests.services.audit.swapped_rows import swap_ending, swap_feed, swap_key, swap_state
from tests.services.audit.whole_store import FILE, WholeStore
from tests.services.messages.telling_desk import SITE

Attack = Callable[[WholeStore, Path, apsw.Connection, random.Random], None]
CELLS = (
    *(("record", name) for name in ("principal", "seq", "id", "at", "template", "own", "signature", "signed")),
    *(("standing", name) for name in ("principal", "decisions")),
    *(("ending", name) for name in ("principal", "purpose", "site", "at")),
    *(("change", name) for name in ("principal", "kind", "name", "before", "after", "until", "act_at", "method")),
    *(("change", name) for name in ("source", "record", "seq")),
    *(("notice", name) for name in ("site", "document")),
    ("dictionary", "text"),
    *(("ledger", name) for name in ("size", "site")),
    *(("ledger_tile", name) for name in ("hashes", "number", "level")),
    *(("checkpoint", name) for name in ("note", "size", "epoch")),
    *(("unsealed", name) for name in ("leaf", "principal", "seq")),
)
DELETED = ("record", "standing", "ending", "change", "notice", "ledger", "ledger_tile", "unsealed")


def edit(store: WholeStore, home: Path, connection: apsw.Connection, dice: random.Random) -> None:
    table, column = dice.choice(CELLS)
    row = pick(connection, dice, table, "kind <> ''" if table == "change" else "1")
    [(value,)] = ask(connection, f"SELECT {column} FROM {table} WHERE {row}")
    ask(connection, f"UPDATE OR REPLACE {table} SET {column} = ? WHERE {row}", spoil_value(value, dice))


def delete(store: WholeStore, home: Path, connection: apsw.Connection, dice: random.Random) -> None:
    table = dice.choice(DELETED)
    templates = "dictionary WHERE number IN (SELECT template FROM record WHERE principal LIKE 'demo/v/%')"
    where = {
        "notice": f"digest IN (SELECT json_extract(text, '$[1].notice') FROM {templates})",
        # That a request waits is told by nothing that was signed, and allows nothing.
        "standing": DECIDED,
    }
    ask(connection, f"DELETE FROM {table} WHERE {pick(connection, dice, table, where.get(table, '1'))}")


def insert(store: WholeStore, home: Path, connection: apsw.Connection, dice: random.Random) -> None:
    table = dice.choice(("record", "standing", "ending", "change", "unsealed", "ledger_tile"))
    names = [row[1] for row in ask(connection, f"PRAGMA table_info({table})")]
    row = pick(connection, dice, table, "kind <> ''" if table == "change" else "1")
    values = dict(zip(names, ask(connection, f"SELECT * FROM {table} WHERE {row}")[0], strict=True))
    visitor = name_visitor("demo", write_visitor_id(dice.randbytes(16)))
    match table:
        case "record":
            values |= {"principal": dice.choice((visitor, values["principal"])), "seq": values["seq"] + 1}
            values["id"] = dice.randbytes(16)
        case "standing":
            values["principal"] = visitor
        case "ending":
            values["purpose"] = "newsletter"
        case "change":
            [(head,)] = ask(connection, "SELECT max(seq) FROM change")
            values["seq"] = head + 1
        case "unsealed":
            values |= {"principal": visitor, "leaf": dice.randbytes(32)}
        case "ledger_tile":
            [(last,)] = ask(connection, "SELECT max(number) FROM ledger_tile WHERE level = 0")
            values |= {"level": 0, "number": last + 1, "hashes": dice.randbytes(32)}
    marks = ", ".join("?" * len(values))
    ask(connection, f"INSERT OR REPLACE INTO {table} ({', '.join(values)}) VALUES ({marks})", *values.values())


def reorder(store: WholeStore, home: Path, connection: apsw.Connection, dice: random.Random) -> None:
    match dice.choice(("record", "change", "tile")):
        case "record":
            two = "principal IN (SELECT principal FROM record GROUP BY 1 HAVING count(*) > 1)"
            principal = pick_principal(connection, dice, "record", two)
            rows = [f"principal = {quote(principal)} AND seq = {seq}" for seq in (1, 2)]
            swap(connection, "record", "at, act, template, own, signature, signed", rows)
        case "change":
            columns = "at, act_at, principal, kind, name, before, after, until, method, source, record"
            rows = pick_two(connection, dice, "change", "kind <> ''", columns)
            swap(connection, "change", columns, rows)
            # The change itself is the same wherever it stands, so one of them has to leave its place as well.
            ask(connection, f"UPDATE change SET seq = seq + 1000 WHERE {rows[0]}")
        case "tile":
            [(hashes,)] = ask(connection, "SELECT hashes FROM ledger_tile WHERE level = 0 AND number = 0")
            leaves = [hashes[start : start + 32] for start in range(0, len(hashes), 32)]
            one, other = dice.sample(range(len(leaves)), 2)
            leaves[one], leaves[other] = leaves[other], leaves[one]
            ask(connection, "UPDATE ledger_tile SET hashes = ? WHERE level = 0 AND number = 0", b"".join(leaves))


def move(store: WholeStore, home: Path, connection: apsw.Connection, dice: random.Random) -> None:
    visitor = name_visitor("demo", write_visitor_id(dice.randbytes(16)))
    table = dice.choice(("record", "standing", "ending", "change", "everything"))
    if table == "everything":
        principal = pick_principal(connection, dice, "standing")
        for one in ("record", "standing", "ending", "unsealed"):
            ask(connection, f"UPDATE {one} SET principal = ? WHERE principal = ?", visitor, principal)
    else:
        row = pick(connection, dice, table, "kind <> ''" if table == "change" else "1")
        ask(connection, f"UPDATE {table} SET principal = ? WHERE {row}", visitor)


def roll_back(store: WholeStore, home: Path, connection: apsw.Connection, dice: random.Random) -> None:
    """Put back how it was before people said no and were erased: the whole file, some tables, or one person."""
    ask(connection, "ATTACH ? AS earlier", str(store.earlier / FILE))
    what = dice.choice(("file", "tables", "person", "person", "erasure"))
    if what == "file":
        connection.close()
        shutil.copy(store.earlier / FILE, home / FILE)
        return
    changed = ask(
        connection,
        """SELECT e.principal FROM earlier.standing e LEFT JOIN main.standing m USING (principal)
        WHERE m.decisions IS NOT e.decisions OR m.blocks IS NOT e.blocks OR m.stopped_at IS NOT e.stopped_at""",
    )
    people = [dice.choice(changed)[0]] if what == "person" else [row[0] for row in changed]
    for table in ("standing", "record", "ending") if what != "tables" else ("standing", "ending"):
        for person in people:
            ask(connection, f"DELETE FROM main.{table} WHERE principal = ?", person)
            ask(connection, f"INSERT INTO main.{table} SELECT * FROM earlier.{table} WHERE principal = ?", person)
    if what == "erasure":
        ask(connection, "DELETE FROM record WHERE principal LIKE 'demo/e/%'")


def fork(store: WholeStore, home: Path, connection: apsw.Connection, dice: random.Random) -> None:
    """Let the earlier copy live on elsewhere, with our keys, and put it in the place of the one that others know."""
    connection.close()
    other = home.with_name(f"{home.name}-fork")
    shutil.copytree(store.earlier, other)
    resources = Resources(SqliteDatabase(other / FILE), KeyRing(other / "keys"), Clock(store.now))
    for _ in range(dice.randrange(1, 30)):
        choose(resources, SITE, dice.choice(("accept", "reject")))
    seal_records(resources, SITE, "fork")
    resources.database.empty_log()
    resources.database.close()
    shutil.copy(other / FILE, home / FILE)
    for file in (other / "keys").iterdir():
        shutil.copy(file, home / "keys" / file.name)


def forge(store: WholeStore, home: Path, connection: apsw.Connection, dice: random.Random) -> None:
    """Make up a yes, signed by a key of one's own, by none, or with nonsense; and put it in line for the tree too."""
    visitor = name_visitor("demo", write_visitor_id(dice.randbytes(16)))
    seed = dice.randbytes(32)
    payload = make_payload(visitor, make_uuid7(store.now, dice.randbytes(10)), dice)
    kid = dice.choice((compute_key_id(derive_public_key(seed)), KeyRing(home / "keys").current[0]))
    signed = sign_record(seed, kid, payload)
    if dice.random() < 0.4:
        header = (
            urlsafe_b64encode(json.dumps({"alg": "none", "typ": "consent-record+jwt"}).encode()).rstrip(b"=").decode()
        )
        signed = dice.choice((f"{header}.{signed.split('.')[1]}.", signed.rpartition(".")[0] + "." + "A" * 86))
    put_record(connection, visitor, json.loads(payload), signed, store.now)


ATTACKS: dict[str, Attack] = {
    "edit": edit,
    "delete": delete,
    "insert": insert,
    "reorder": reorder,
    "move": move,
    "roll back": roll_back,
    "fork": fork,
    "forge": forge,
    "swap of a key": swap_key,
    "swap of a state": swap_state,
    "swap of the feed": swap_feed,
    "swap of an ending": swap_ending,
}
