"""Tiles: the hashes of the tree as they are kept, 256 side by side, as c2sp.org/tlog-tiles cuts them.

A tile of level 0 holds leaves; each of level 1 stands for a whole tile of level 0, and so on. What lies between is
computed again, so that a leaf takes up little more than its own hash.
"""

from collections.abc import Callable, Iterable

from consent_service.domain.evidence.merkle_tree import HASH_BYTES, Nodes, hash_node

HEIGHT = 8
WIDTH = 1 << HEIGHT

Place = tuple[int, int]
"""The level of a tile and its place among those of its level."""
TileReader = Callable[[int, int], bytes]
"""Reads a tile by its place; empty where there is none yet."""


def read_nodes(read_tile: TileReader) -> Nodes:
    """Make of tiles what the tree asks for; each tile is read once, and what is missing raises ValueError."""
    tiles: dict[Place, bytes] = {}

    def find(level: int, place: int) -> bytes:
        row, inner = divmod(level, HEIGHT)
        number, first = divmod(place << inner, WIDTH)
        if (row, number) not in tiles:
            tiles[row, number] = read_tile(row, number)
        wanted = tiles[row, number][first * HASH_BYTES : (first + (1 << inner)) * HASH_BYTES]
        if len(wanted) != HASH_BYTES << inner:
            raise ValueError(f"the tile {row}/{number} is cut off")
        return _fold(split_tile(wanted))

    return find


def append_leaves(size: int, leaves: Iterable[bytes], read_tile: TileReader) -> dict[Place, bytes]:
    """Append leaves to a tree of ``size`` and return every tile that is new or longer."""
    changed: dict[Place, bytes] = {}
    for index, leaf in enumerate(leaves, start=size):
        _append_hash(changed, 0, index, leaf, read_tile)
    return changed


def split_tile(tile: bytes) -> list[bytes]:
    """Split a tile into its hashes."""
    return [tile[start : start + HASH_BYTES] for start in range(0, len(tile), HASH_BYTES)]


def find_leaf(tile: bytes, leaf: bytes) -> int | None:
    """Find the place of a hash in a tile."""
    start = tile.find(leaf)
    while start > 0 and start % HASH_BYTES:
        start = tile.find(leaf, start + 1)
    return start // HASH_BYTES if start >= 0 else None


def _append_hash(changed: dict[Place, bytes], level: int, index: int, found: bytes, read_tile: TileReader) -> None:
    number, inside = divmod(index, WIDTH)
    tile = changed.get((level, number))
    if tile is None:
        tile = read_tile(level, number) if inside else b""
    if len(tile) != inside * HASH_BYTES:
        raise ValueError(f"the tile {level}/{number} holds {len(tile) // HASH_BYTES} hashes instead of {inside}")
    changed[level, number] = tile = tile + found
    if inside + 1 == WIDTH:
        _append_hash(changed, level + 1, number, _fold(split_tile(tile)), read_tile)


def _fold(hashes: list[bytes]) -> bytes:
    while len(hashes) > 1:
        hashes = [hash_node(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]
