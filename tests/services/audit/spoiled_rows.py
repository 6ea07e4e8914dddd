"""Rows to spoil: picked by dice, changed by SQL, without anything of the service in between."""

import random

import apsw

KEYS = {
    "record": "principal, seq",
    "standing": "principal",
    "ending": "principal, purpose",
    "change": "site, seq",
    "notice": "digest",
    "dictionary": "number",
    "ledger": "site",
    "ledger_tile": "site, level, number",
    "checkpoint": "site, epoch, size",
    "unsealed": "principal, seq",
}


DECIDED = "principal IN (SELECT principal FROM record)"
"""Finds the standings of people who decided something."""


def ask(connection: apsw.Connection, query: str, *values: object) -> list[tuple]:
    return connection.execute(query, values).fetchall()


def pick(connection: apsw.Connection, dice: random.Random, table: str, where: str = "1") -> str:
    """Pick a row and return the condition that finds it again."""
    names = KEYS[table].split(", ")
    rows = ask(connection, f"SELECT {KEYS[table]} FROM {table} WHERE {where} ORDER BY {KEYS[table]}")
    row = dice.choice(rows)
    return " AND ".join(f"{name} = {quote(value)}" for name, value in zip(names, row, strict=True))


def quote(value: object) -> str:
    return apsw.format_sql_value(value)


def spoil_value(value: object, dice: random.Random) -> object:
    """Change a value a little, within its type."""
    if isinstance(value, int):
        return value + dice.choice((-1, 1, 60_000_000))
    if isinstance(value, bytes) and value:
        spot = dice.randrange(len(value))
        return value[:spot] + bytes([value[spot] ^ 1 << dice.randrange(8)]) + value[spot + 1 :]
    if isinstance(value, str) and value:
        spot = dice.randrange(len(value))
        other = dice.choice([letter for letter in "abcdefghijk0123" if letter != value[spot]])
        return value[:spot] + other + value[spot + 1 :]
    return "x"


def swap(connection: apsw.Connection, table: str, column: str, rows: list[str]) -> None:
    """Exchange what two rows hold in some columns."""
    one, other = (ask(connection, f"SELECT {column} FROM {table} WHERE {row}")[0] for row in rows)
    names = column.split(", ")
    for row, values in zip(rows, (other, one), strict=True):
        told = ", ".join(f"{name} = {quote(value)}" for name, value in zip(names, values, strict=True))
        ask(connection, f"UPDATE {table} SET {told} WHERE {row}")


def pick_two(connection: apsw.Connection, dice: random.Random, table: str, where: str, differ: str) -> list[str]:
    """Pick two rows that differ in some columns."""
    while True:
        rows = [pick(connection, dice, table, where) for _ in range(2)]
        one, other = (ask(connection, f"SELECT {differ} FROM {table} WHERE {row}") for row in rows)
        if one != other:
            return rows


def pick_principal(connection: apsw.Connection, dice: random.Random, table: str, where: str = "1") -> str:
    """Pick a row and return whose it is."""
    [(principal,)] = ask(connection, f"SELECT principal FROM {table} WHERE {pick(connection, dice, table, where)}")
    return principal
