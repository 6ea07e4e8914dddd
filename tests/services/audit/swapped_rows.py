"""Swaps: of a key, of what is in force, of the feed and of endings, as somebody does them who has no key of ours."""

import json
import random
from pathlib import Path

import apsw

from consent_service.domain.basics.canonical_json import write_canonical_json
from consent_service.domain.identifier import make_uuid7
from consent_service.keys.key_ring import create_key
from consent_service.keys.signing import derive_public_key, sign_record
from consent_service.keys.verification import compute_key_id
from consent_service.storage.ledger.dictionary import derive_number
from tests.services.audit.forged_records import make_payload
from tests.services.audit.spoiled_rows import DECIDED, ask, pick, pick_principal, pick_two, swap
from tests.services.audit.whole_store import WholeStore


def swap_key(store: WholeStore, home: Path, connection: apsw.Connection, dice: random.Random) -> None:
    """Have records name another of our keys, or take a key of ours away or exchange it."""
    templates = ask(connection, "SELECT number, text FROM dictionary WHERE text LIKE '[{%'")
    match dice.choice(("template", "template", "gone", "exchanged", "compromise")):
        case "template":
            number, text = dice.choice(templates)
            header = json.loads(text)
            kids = {json.loads(other)[0]["kid"] for _, other in templates} | {"A" * 43}
            header[0]["kid"] = dice.choice(sorted(kids - {header[0]["kid"]}))
            changed = write_canonical_json(header).decode()
            ask(connection, "INSERT OR IGNORE INTO dictionary VALUES (?, ?)", derive_number(changed), changed)
            ask(connection, "UPDATE record SET template = ? WHERE template = ?", derive_number(changed), number)
        case "gone":
            min((home / "keys").glob("*.ed25519")).unlink()
        case "exchanged":
            file = dice.choice(sorted((home / "keys").glob("*.ed25519")) + sorted((home / "keys").glob("*.checkpoint")))
            file.write_bytes(dice.randbytes(32))
        case "compromise":
            principal = pick_principal(connection, dice, "record")
            seed = dice.randbytes(32)
            kid = compute_key_id(derive_public_key(seed))
            create_key(home / "keys", store.now)
            rows = ask(connection, "SELECT seq FROM record WHERE principal = ?", principal)
            for (seq,) in rows:
                signed = sign_record(
                    seed, kid, make_payload(principal, make_uuid7(store.now, dice.randbytes(10)), dice)
                )
                told = "template = NULL, own = NULL, signature = NULL, signed = ?"
                ask(connection, f"UPDATE record SET {told} WHERE principal = ? AND seq = ?", signed, principal, seq)


def swap_state(store: WholeStore, home: Path, connection: apsw.Connection, dice: random.Random) -> None:
    """Turn a no into a yes where the check looks: other words, another person's row, a block or a stop taken away."""
    match dice.choice(("said", "rows", "blocks", "stop", "until", "gone")):
        case "said":
            row = pick(connection, dice, "standing", "length(decisions) = 40")
            [(packed,)] = ask(connection, f"SELECT decisions FROM standing WHERE {row}")
            said = [number for (number,) in ask(connection, "SELECT number FROM dictionary WHERE text LIKE '[\"%'")]
            others = [one.to_bytes(8, signed=True) for one in said if one.to_bytes(8, signed=True) != packed[32:40]]
            ask(connection, f"UPDATE standing SET decisions = ? WHERE {row}", packed[:32] + dice.choice(others))
        case "rows":
            swap(connection, "standing", "decisions", pick_two(connection, dice, "standing", "1", "decisions"))
        case "blocks":
            row = pick(connection, dice, "standing", "blocks IS NOT NULL")
            ask(connection, f"UPDATE standing SET blocks = ? WHERE {row}", dice.choice((None, '{"manual": 1}')))
        case "stop":
            row = pick(connection, dice, "standing", "stopped_at IS NOT NULL OR paused_until IS NOT NULL")
            ask(connection, f"UPDATE standing SET stopped_at = NULL, paused_until = NULL WHERE {row}")
        case "until":
            row = pick(connection, dice, "standing", "length(decisions) > 0")
            [(packed,)] = ask(connection, f"SELECT decisions FROM standing WHERE {row}")
            longer = (int.from_bytes(packed[24:32]) + dice.randrange(1, 10**15)).to_bytes(8)
            ask(connection, f"UPDATE standing SET decisions = ? WHERE {row}", packed[:24] + longer + packed[32:])
        case "gone":
            ask(connection, f"DELETE FROM standing WHERE {pick(connection, dice, 'standing', DECIDED)}")


def swap_feed(store: WholeStore, home: Path, connection: apsw.Connection, dice: random.Random) -> None:
    """Tell the shop's tools another story."""
    row = pick(connection, dice, "change", "kind = 'decision'")
    match dice.choice(("turned", "blank", "tail", "people", "doubled")):
        case "turned":
            [(after,)] = ask(connection, f"SELECT after FROM change WHERE {row}")
            ask(
                connection, f"UPDATE change SET after = ? WHERE {row}", "withdrawn" if after == "granted" else "granted"
            )
        case "blank":
            ask(connection, f"UPDATE change SET kind = '', name = '', principal = '', record = NULL WHERE {row}")
        case "tail":
            [(head,)] = ask(connection, "SELECT max(seq) FROM change")
            ask(connection, "DELETE FROM change WHERE seq > ?", head - dice.randrange(1, 4))
        case "people":
            swap(connection, "change", "principal", pick_two(connection, dice, "change", "kind <> ''", "principal"))
        case "doubled":
            [(head,)] = ask(connection, "SELECT max(seq) FROM change")
            names = [one[1] for one in ask(connection, "PRAGMA table_info(change)") if one[1] != "seq"]
            columns = ", ".join(names)
            ask(connection, f"INSERT INTO change (seq, {columns}) SELECT {head + 1}, {columns} FROM change WHERE {row}")


def swap_ending(store: WholeStore, home: Path, connection: apsw.Connection, dice: random.Random) -> None:
    """Let a yes last longer than it was given for, or end what does not end."""
    row = pick(connection, dice, "ending")
    match dice.choice(("later", "gone", "person", "made up")):
        case "later":
            ask(connection, f"UPDATE ending SET at = at + ? WHERE {row}", dice.randrange(1, 10**15))
        case "gone":
            ask(connection, f"DELETE FROM ending WHERE {row}")
        case "person":
            swap(connection, "ending", "at", pick_two(connection, dice, "ending", "1", "at"))
        case "made up":
            principal = pick_principal(connection, dice, "standing")
            values = (principal, "newsletter", "demo", dice.randrange(10**15))
            ask(connection, "INSERT INTO ending (principal, purpose, site, at) VALUES (?, ?, ?, ?)", *values)
