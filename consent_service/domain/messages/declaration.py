"""A declaration: what a stranger said of the age of somebody whose consent is proven, until that person speaks."""

from typing import NamedTuple


class Declaration(NamedTuple):
    """Somebody entered an address and said that its owner is under age; nothing follows from that alone.

    ``disowned_at`` is when the owner said that it was not them. Until ``expires_at`` the owner is not asked again.
    Times in microseconds.
    """

    principal: str
    site: str
    declared_at: int
    source: str
    disowned_at: int | None
    expires_at: int
