import pytest

from consent_service.domain.visitor.signal import has_signal


@pytest.mark.parametrize("header", ["1", " 1", "1 ", "1, 0", "0,1", "1, 1", "true, 1"])
def test_a_value_of_exactly_one_is_the_signal(header):
    assert has_signal(header)


@pytest.mark.parametrize(
    "header",
    [None, "", " ", "0", "true", "yes", "?1", '"1"', "11", "01", "1.0", "+1", "1;x", " 1 x", "1 0", "\uff11", "1\xa0"],
)
def test_anything_else_is_not(header):
    assert not has_signal(header)
