"""Feed cursors: a place in the feed of one site in one epoch, and of no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.feed.feed_cursor import BEGINNING, CursorLost, FeedPlace, read_cursor, write_cursor

EPOCHS = st.integers(0, 2**34 - 1)
NUMBERS = st.integers(0, 2**63)
EARLIER = "AAAAAAAABBP8fvLmbds"
"""The 1043rd change of the site `shop`, as it was written before there were epochs."""


@given(EPOCHS, NUMBERS)
def test_a_cursor_leads_back_to_where_it_was_written(epoch, seq):
    assert read_cursor("shop", write_cursor("shop", FeedPlace(epoch, seq)), epoch) == seq


@given(EPOCHS, NUMBERS)
def test_a_cursor_of_another_site_is_none(epoch, seq):
    with pytest.raises(ValueError, match="not a cursor"):
        read_cursor("other", write_cursor("shop", FeedPlace(epoch, seq)), epoch)


@given(EPOCHS, EPOCHS, NUMBERS)
def test_a_cursor_of_another_epoch_is_lost(written, present, seq):
    if written != present:
        with pytest.raises(CursorLost, match="put back to an older state"):
            read_cursor("shop", write_cursor("shop", FeedPlace(written, seq)), present)


def test_a_cursor_from_before_there_were_epochs_counts_until_the_first_restore():
    assert read_cursor("shop", EARLIER, 0) == 1043
    with pytest.raises(CursorLost):
        read_cursor("shop", EARLIER, 1_764_553_359)
    with pytest.raises(ValueError, match="not a cursor"):
        read_cursor("other", EARLIER, 0)


@given(st.text())
def test_what_nobody_wrote_is_none(text):
    if text != BEGINNING:
        with pytest.raises(ValueError, match="not a cursor"):
            read_cursor("shop", text, 0)


@given(EPOCHS, NUMBERS, st.integers(0, 27), st.sampled_from("AZaz09-_+/= "))
def test_another_spelling_of_a_cursor_is_none(epoch, seq, at, letter):
    cursor = write_cursor("shop", FeedPlace(epoch, seq))
    changed = cursor[:at] + letter + cursor[at + 1 :]
    if changed != cursor:
        with pytest.raises(ValueError, match="not a cursor"):
            read_cursor("shop", changed, epoch)


@given(EPOCHS, NUMBERS)
def test_a_cursor_can_stand_in_an_address_and_in_a_table_as_it_is(epoch, seq):
    cursor = write_cursor("shop", FeedPlace(epoch, seq))
    assert cursor[0].isalnum()
    assert cursor.replace("-", "").replace("_", "").isalnum()
    assert len(cursor) == 28


@given(EPOCHS)
def test_nought_is_the_beginning_in_every_epoch(epoch):
    assert read_cursor("shop", BEGINNING, epoch) == 0
