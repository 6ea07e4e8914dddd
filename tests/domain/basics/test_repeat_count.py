"""Repeats: how many names of a list had come before."""

from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.basics.repeat_count import Repeats


@given(st.lists(st.text(max_size=3)))
def test_every_name_but_its_first_is_a_repeat(names):
    repeats = Repeats()
    for name in names:
        repeats.add(name)
    assert repeats.count() == len(names) - len(set(names))
