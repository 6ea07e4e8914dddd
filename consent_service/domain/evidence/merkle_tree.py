"""The tree of hashes of RFC 9162, section 2.1: its root, and proofs that others check with a few hashes.

What the tree holds is asked for by ``Nodes``: the hash of a whole subtree by its level, 0 for the leaves, and its place
among those of its level.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence

Nodes = Callable[[int, int], bytes]

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def hash_leaf(content: bytes) -> bytes:
    """Hash what one leaf stands for."""
    return hashlib.sha256(b"\0" + content).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """Hash two neighbours into the node above them."""
    return hashlib.sha256(b"\1" + left + right).digest()


def compute_root(size: int, nodes: Nodes) -> bytes:
    """Compute the root over the first so many leaves."""
    return _hash_range(0, size, nodes) if size else EMPTY_ROOT


def prove_inclusion(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """List the hashes that lead from a leaf to the root over ``size`` leaves, the leaf's neighbour first."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} has no leaf {index}")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _find_split(end - start)
        if index < middle:
            path.append(_hash_range(middle, end, nodes))
            end = middle
        else:
            path.append(_hash_range(start, middle, nodes))
            start = middle
    return path[::-1]


def prove_consistency(old: int, size: int, nodes: Nodes) -> list[bytes]:
    """List the hashes that show that the tree of ``size`` leaves begins with the tree of ``old`` leaves."""
    if not 0 < old <= size:
        raise ValueError(f"a tree of {size} does not follow one of {old}")
    start, end, path = 0, size, []
    while end != old:
        middle = start + _find_split(end - start)
        if old <= middle:
            path.append(_hash_range(middle, end, nodes))
            end = middle
        else:
            path.append(_hash_range(start, middle, nodes))
            start = middle
    if start:
        path.append(_hash_range(start, end, nodes))
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Say whether a path leads from a leaf's hash to a root (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = hash_node(step, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = hash_node(found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(old: int, size: int, path: Sequence[bytes], old_root: bytes, root: bytes) -> bool:
    """Say whether a path shows that one root follows another (RFC 9162, section 2.1.4.2)."""
    if not 0 < old <= size:
        return False
    if old == size:
        return not path and old_root == root
    # Where the old tree is one whole subtree its root is the first step, and is left out of the path.
    steps = list(path) if old & (old - 1) else [old_root, *path]
    if not steps:
        return False
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = hash_node(step, before), hash_node(step, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = hash_node(after, step)
        place, last = place >> 1, last >> 1
    return last == 0 and before == old_root and after == root


def _find_split(size: int) -> int:
    """Find the largest power of two below a size: so many leaves lie to the left."""
    return 1 << ((size - 1).bit_length() - 1)


def _hash_range(start: int, end: int, nodes: Nodes) -> bytes:
    """Hash the leaves between two places, which begin where a subtree of their size begins."""
    whole = [nodes(level, place) for level, place in _list_whole_subtrees(start, end)]
    found = whole.pop()
    while whole:
        found = hash_node(whole.pop(), found)
    return found


def _list_whole_subtrees(start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level
