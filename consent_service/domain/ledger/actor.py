"""Actors: who did what a record tells."""

from enum import StrEnum


class Actor(StrEnum):
    """Who acts without an API key; ``name_key_actor`` names who acts with one."""

    VISITOR = "visitor"
    BROWSER = "browser"
    SUBJECT = "subject"
    OPERATOR = "operator"
    SYSTEM = "system"


def name_key_actor(key: str, *, operator: bool = False) -> str:
    """Name a shop that acts with an API key of this id, or an operator who answers for it through that key."""
    return f"{Actor.OPERATOR}:key:{key}" if operator else f"key:{key}"
