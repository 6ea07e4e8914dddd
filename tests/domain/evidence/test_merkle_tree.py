"""The tree of hashes: the roots and paths that everybody computes, and what a slow reading of the RFC computes."""

import hashlib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from consent_service.domain.evidence.merkle_tree import (
    EMPTY_ROOT,
    compute_root,
    hash_leaf,
    hash_node,
    prove_consistency,
    prove_inclusion,
    verify_consistency,
    verify_inclusion,
)
from consent_service.domain.evidence.tile import WIDTH, append_leaves, find_leaf, read_nodes, split_tile

CONTENTS = [
    bytes.fromhex(text)
    for text in (
        *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
PATH_OF_FIRST_IN_EIGHT = (
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
)


class Tree:
    """Leaves kept as tiles, in as many appends as told."""

    def __init__(self) -> None:
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.size = 0

    def read(self, level: int, number: int) -> bytes:
        return self.tiles.get((level, number), b"")

    def append(self, leaves: list[bytes]) -> None:
        self.tiles |= append_leaves(self.size, leaves, self.read)
        self.size += len(leaves)


def make_tree(leaves: list[bytes], batch: int = 10_000) -> Tree:
    tree = Tree()
    for start in range(0, len(leaves), batch):
        tree.append(leaves[start : start + batch])
    return tree


def make_leaves(count: int) -> list[bytes]:
    return [hash_leaf(str(number).encode()) for number in range(count)]


def find_half(count: int) -> int:
    half = 1
    while half * 2 < count:
        half *= 2
    return half


def slow_root(leaves: list[bytes]) -> bytes:
    """Compute MTH as section 2.1.1 says it."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    half = find_half(len(leaves))
    return hash_node(slow_root(leaves[:half]), slow_root(leaves[half:]))


def slow_path(index: int, leaves: list[bytes]) -> list[bytes]:
    """Compute PATH as section 2.1.3.1 says it."""
    if len(leaves) == 1:
        return []
    half = find_half(len(leaves))
    if index < half:
        return [*slow_path(index, leaves[:half]), slow_root(leaves[half:])]
    return [*slow_path(index - half, leaves[half:]), slow_root(leaves[:half])]


def slow_proof(old: int, leaves: list[bytes], *, known: bool = True) -> list[bytes]:
    """Compute SUBPROOF as section 2.1.4.1 says it."""
    if old == len(leaves):
        return [] if known else [slow_root(leaves)]
    half = find_half(len(leaves))
    if old <= half:
        return [*slow_proof(old, leaves[:half], known=known), slow_root(leaves[half:])]
    return [*slow_proof(old - half, leaves[half:], known=False), slow_root(leaves[:half])]


@pytest.mark.threat("T4")
def test_the_roots_are_those_that_every_log_computes():
    assert compute_root(0, read_nodes(Tree().read)) == EMPTY_ROOT == hashlib.sha256().digest()
    tree = Tree()
    for content, root in zip(CONTENTS, ROOTS, strict=True):
        tree.append([hash_leaf(content)])
        assert compute_root(tree.size, read_nodes(tree.read)).hex() == root


def test_the_path_is_the_one_that_every_log_computes():
    tree = make_tree([hash_leaf(content) for content in CONTENTS])
    path = prove_inclusion(0, 8, read_nodes(tree.read))
    assert tuple(step.hex() for step in path) == PATH_OF_FIRST_IN_EIGHT


@pytest.mark.threat("T4")
@given(st.integers(1, 700), st.integers(1, 300), st.data())
def test_tiles_prove_what_the_rfc_computes_slowly(count, batch, data):
    leaves = make_leaves(count)
    nodes = read_nodes(make_tree(leaves, batch).read)
    root = compute_root(count, nodes)
    assert root == slow_root(leaves)
    index, old = data.draw(st.integers(0, count - 1)), data.draw(st.integers(1, count))
    path = prove_inclusion(index, count, nodes)
    assert path == slow_path(index, leaves)
    assert verify_inclusion(leaves[index], index, count, path, root)
    steps = prove_consistency(old, count, nodes)
    assert steps == slow_proof(old, leaves)
    assert verify_consistency(old, count, steps, slow_root(leaves[:old]), root)


def test_a_tree_of_several_levels_of_tiles_proves_its_leaves():
    count = WIDTH * WIDTH + WIDTH + 3
    leaves = make_leaves(count)
    tree = make_tree(leaves)
    assert {level for level, _ in tree.tiles} == {0, 1, 2}
    nodes = read_nodes(tree.read)
    root = compute_root(count, nodes)
    for index in (0, WIDTH, WIDTH * WIDTH - 1, WIDTH * WIDTH, count - 1):
        assert verify_inclusion(leaves[index], index, count, prove_inclusion(index, count, nodes), root)
    for old in (1, WIDTH, WIDTH * WIDTH, count - 1, count):
        old_root = compute_root(old, nodes)
        assert verify_consistency(old, count, prove_consistency(old, count, nodes), old_root, root)


@pytest.mark.threat("T4")
@given(st.integers(1, 60), st.data())
def test_no_other_leaf_index_size_or_path_verifies(count, data):
    leaves = make_leaves(count)
    nodes = read_nodes(make_tree(leaves).read)
    index, root = data.draw(st.integers(0, count - 1)), compute_root(count, nodes)
    path = prove_inclusion(index, count, nodes)
    assert not verify_inclusion(hash_leaf(b"forged"), index, count, path, root)
    assert not verify_inclusion(leaves[index], index, count, path, hash_leaf(b"forged"))
    assert not verify_inclusion(leaves[index], index, count, [*path, root], root)
    if path:
        spot = data.draw(st.integers(0, len(path) - 1))
        assert not verify_inclusion(leaves[index], index, count, path[:spot] + path[spot + 1 :], root)
        changed = [*path[:spot], hash_leaf(path[spot]), *path[spot + 1 :]]
        assert not verify_inclusion(leaves[index], index, count, changed, root)
    other = data.draw(st.integers(-1, count))
    assume(other != index)
    assert not verify_inclusion(leaves[index], other, count, path, root)


@pytest.mark.threat("T4")
@given(st.integers(2, 60), st.data())
def test_a_fork_is_consistent_with_nothing(count, data):
    leaves = make_leaves(count)
    old = data.draw(st.integers(1, count - 1))
    forked = [*leaves]
    forked[data.draw(st.integers(0, old - 1))] = hash_leaf(b"rewritten")
    nodes = read_nodes(make_tree(forked).read)
    steps = prove_consistency(old, count, nodes)
    assert not verify_consistency(old, count, steps, slow_root(leaves[:old]), compute_root(count, nodes))
    assert not verify_consistency(count, old, steps, compute_root(count, nodes), slow_root(leaves[:old]))


@pytest.mark.parametrize(("old", "size"), [(0, 3), (4, 3), (-1, 3)])
def test_no_proof_is_made_for_sizes_that_do_not_follow(old, size):
    with pytest.raises(ValueError, match="does not follow"):
        prove_consistency(old, size, read_nodes(make_tree(make_leaves(3)).read))


def test_no_path_is_made_for_a_leaf_that_is_not_there():
    with pytest.raises(ValueError, match="has no leaf 3"):
        prove_inclusion(3, 3, read_nodes(make_tree(make_leaves(3)).read))


def test_a_tile_that_was_cut_off_is_noticed():
    tree = make_tree(make_leaves(5))
    tree.tiles[0, 0] = tree.tiles[0, 0][:-1]
    with pytest.raises(ValueError, match="cut off"):
        compute_root(5, read_nodes(tree.read))
    with pytest.raises(ValueError, match="instead of 5"):
        tree.append([hash_leaf(b"")])


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=20), st.binary(min_size=32, max_size=32))
def test_a_leaf_is_found_only_where_a_hash_begins(leaves, leaf):
    tile = b"".join(leaves)
    assert find_leaf(tile, leaf) == (leaves.index(leaf) if leaf in leaves else None)
    assert find_leaf(leaf[16:] + leaf + leaf[:16], leaf) is None or leaf[:16] == leaf[16:]
    assert split_tile(tile) == leaves
