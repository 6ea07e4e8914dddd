"""A tree that is built again from its leaves, one by one: its root at any size, and the tiles above the leaves."""

from consent_service.domain.evidence.merkle_tree import EMPTY_ROOT, hash_node
from consent_service.domain.evidence.tile import HEIGHT


class GrowingTree:
    """Keeps the roots of the whole subtrees so far, and every hash that stands in a tile above the leaves.

    The latter are one for 256 leaves.
    """

    def __init__(self) -> None:
        self.size = 0
        self._whole: list[tuple[int, bytes]] = []
        """The whole subtrees from left to right, each with its level."""
        self._tiles: dict[int, list[bytes]] = {}

    def append(self, leaf: bytes) -> None:
        """Append a leaf's hash."""
        self.size += 1
        level, found = 0, leaf
        while self._whole and self._whole[-1][0] == level:
            found = hash_node(self._whole.pop()[1], found)
            level += 1
            if not level % HEIGHT:
                self._tiles.setdefault(level // HEIGHT, []).append(found)
        self._whole.append((level, found))

    def compute_root(self) -> bytes:
        """Compute the root over the leaves so far."""
        if not self._whole:
            return EMPTY_ROOT
        found = self._whole[-1][1]
        for _, left in reversed(self._whole[:-1]):
            found = hash_node(left, found)
        return found

    @property
    def tile_levels(self) -> int:
        """How many levels of tiles there are, that of the leaves among them."""
        return 1 + len(self._tiles)

    def list_tile_hashes(self, level: int) -> bytes:
        """List what all tiles of a level above the leaves hold."""
        return b"".join(self._tiles.get(level, []))
