"""Contrast against known values of the WCAG formula."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.site_check.contrast import compute_contrast, compute_luminance, is_colour

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_black_and_white_are_the_extremes() -> None:
    assert compute_luminance("#000000") == 0
    assert compute_luminance("#ffffff") == pytest.approx(1)
    assert compute_contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#ff0000", "#ffffff", 4.00),
        ("#0000ff", "#ffffff", 8.59),
        ("#00ff00", "#000000", 15.30),
    ],
)
def test_known_pairs_have_their_published_ratio(one: str, other: str, ratio: float) -> None:
    assert compute_contrast(one, other) == pytest.approx(ratio, abs=0.005)


@given(COLOURS, COLOURS)
def test_contrast_is_the_same_both_ways_and_between_1_and_21(one: str, other: str) -> None:
    assert compute_contrast(one, other) == compute_contrast(other, one)
    assert 1 <= compute_contrast(one, other) <= 21.000001


@given(COLOURS)
def test_letters_of_a_colour_may_be_large_or_small(colour: str) -> None:
    assert compute_luminance(colour) == compute_luminance(colour.upper())


@pytest.mark.parametrize("text", ["", "#fff", "white", "#ffffff ", "#gggggg", "ffffff", "#ffffff00", "#ffffff\n"])
def test_a_colour_is_written_with_six_digits(text: str) -> None:
    assert not is_colour(text)
    with pytest.raises(ValueError, match="rrggbb"):
        compute_luminance(text)
