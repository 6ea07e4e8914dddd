"""The fence around a schema: whoever knows another generation of it, or an earlier epoch, goes no further."""

from collections.abc import Sequence
from typing import Any

from consent_service.domain.errors import LeftBehind

FIND_LIFE = "SELECT number, epoch FROM schema_generation WHERE id = 1"


class SchemaFence:
    """What one process knows of the database it opened: the generation of its schema, and the epoch it found first.

    Without a generation, as for a database that is still to be migrated, everything passes.
    """

    def __init__(self, name: str, generation: int | None) -> None:
        self.stands = generation is not None
        self._name, self._generation = name, generation
        self._epoch: int | None = None

    def require_same(self, found: Sequence[Sequence[Any]]) -> None:
        """Raise LeftBehind where the row that ``FIND_LIFE`` finds is not as this process knows it."""
        if not self.stands:
            return
        [(generation, epoch)] = found or [(None, None)]
        if generation != self._generation:
            raise LeftBehind(f"{self._name}: migrated by another version while this one served; restart with that one")
        if epoch != self._epoch:
            if self._epoch is not None:
                raise LeftBehind(f"{self._name}: put back to an older state while this served; restart")
            self._epoch = epoch

    def join_epoch(self) -> None:
        """Go on in whatever epoch is found next."""
        self._epoch = None
