"""Faults: how they print, and which of them only echo another."""

import pytest

from consent_service.domain.site_check.site_fault import Fault, drop_echoes, name_place, quote_value, suggest_nearest


def test_a_fault_prints_its_place_and_what_is_wrong() -> None:
    assert str(Fault("purpose[2].cookie[0].duration", "is missing")) == "purpose[2].cookie[0].duration: is missing"


@pytest.mark.parametrize(
    ("faulty", "echo"),
    [
        ("purpose[1].kind", True),
        ("purpose[1]", True),
        ("purpose[1].letter", True),
        ("purpose", True),
        ("purpose[1].letter[0].x", True),
        ("purpose[10]", False),
        ("purpose[1].key", False),
        ("purpose[1].kinds", False),
    ],
)
def test_a_fault_echoes_what_it_was_judged_by(faulty: str, echo: bool) -> None:
    judged = [Fault("purpose[1].letter", "x", ("purpose[1].kind",)), Fault("languages", "x")]
    kept = drop_echoes(judged, [Fault(faulty, "cannot be read")])
    assert kept == judged[1:] if echo else kept == judged


def test_values_are_shown_escaped_and_cut() -> None:
    assert quote_value("a\x1bb") == r"'a\x1bb'"
    assert len(quote_value("x" * 500)) < 70


def test_a_key_that_toml_would_quote_is_quoted_in_its_place() -> None:
    assert name_place("texts.en", "banner") == "texts.en.banner"
    assert name_place("texts.en", "banner.title") == "texts.en.'banner.title'"
    assert name_place("", "id") == "id"


def test_the_nearest_known_name_is_suggested() -> None:
    assert suggest_nearest("titel", ["title", "letter"]) == "; did you mean title?"
    assert suggest_nearest("colour", ["title", "letter"]) == ""
