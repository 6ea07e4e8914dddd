"""Unpacking gzip in pieces: everything comes through, and a bomb is noticed before it is unpacked."""

import gzip
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.basics.file_pieces import PIECE
from consent_service.domain.basics.gunzip import gunzip
from consent_service.domain.errors import ListFault

MUCH = 100 * PIECE
PACKED = gzip.compress(b"a" * 99, mtime=0)


def cut(content: bytes, size: int) -> list[bytes]:
    return [content[at : at + size] for at in range(0, len(content), size)]


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=4), st.integers(1, 50), st.integers(0, 3))
def test_what_was_packed_comes_out_however_it_is_cut(members, size, level):
    packed = b"".join(gzip.compress(member, level) for member in members)
    assert b"".join(gunzip(cut(packed, size), MUCH)) == b"".join(members)


@pytest.mark.parametrize("length", [0, 1, PIECE - 1, PIECE, PIECE + 1, 5 * PIECE + 7])
def test_pieces_stay_small(length):
    pieces = list(gunzip([gzip.compress(b"a" * length)], MUCH))
    assert sum(map(len, pieces)) == length
    assert all(len(piece) <= PIECE for piece in pieces)


def test_a_bomb_ends_at_the_limit():
    pieces = gunzip([gzip.compress(bytes(50_000_000))], 1_000_000)
    assert len(b"".join(islice(pieces, 1_000_000 // PIECE))) <= 1_000_000
    with pytest.raises(ListFault) as refused:
        next(pieces)
    assert refused.value.code == "too_large"


@pytest.mark.parametrize(
    "body", [b"", b"plain", PACKED[:-1], PACKED + b"rest"], ids=["empty", "plain", "cut off", "more behind it"]
)
def test_what_is_no_whole_gzip_is_refused(body):
    with pytest.raises(ListFault) as refused:
        list(gunzip([body], MUCH))
    assert refused.value.code == "gzip_broken"
