"""Feed cursors: a place in the feed of one site, and of no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.feed.feed_cursor import BEGINNING, read_cursor, write_cursor

NUMBERS = st.integers(0, 2**63)


@given(NUMBERS)
def test_a_cursor_leads_back_to_where_it_was_written(seq):
    assert read_cursor("shop", write_cursor("shop", seq)) == seq


@given(NUMBERS)
def test_a_cursor_of_another_site_is_none(seq):
    with pytest.raises(ValueError, match="not a cursor"):
        read_cursor("other", write_cursor("shop", seq))


@given(st.text())
def test_what_nobody_wrote_is_none(text):
    if text != BEGINNING:
        with pytest.raises(ValueError, match="not a cursor"):
            read_cursor("shop", text)


@given(NUMBERS)
def test_a_cursor_can_stand_in_an_address_and_in_a_table_as_it_is(seq):
    cursor = write_cursor("shop", seq)
    assert cursor[0].isalnum() or seq >= 2**58
    assert cursor.replace("-", "").replace("_", "").isalnum()
    assert len(cursor) == 19


def test_nought_is_the_beginning():
    assert read_cursor("shop", BEGINNING) == 0
