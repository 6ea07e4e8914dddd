"""Themes: colours that can be read, and nothing that could carry more CSS."""

import pytest

from consent_service.domain.site.site import Theme
from consent_service.domain.site_check.theme_rules import find_theme_faults
from tests.sound_site import faults_with


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("theme.radius", "1rem;", "not a simple length"),
        ("theme.radius", "-1rem", "not a simple length"),
        ("theme.radius", "calc(1px)", "not a simple length"),
        ("theme.width", "100", "not a simple length"),
        ("theme.font", "", "no list of font names"),
        ("theme.font", "url(x)", "no list of font names"),
        ("theme.font", "Arial;} body{color:red", "no list of font names"),
        ("theme.fg", "black", "write #rrggbb"),
        ("theme.line_dark", "#fff", "write #rrggbb"),
    ],
)
def test_a_theme_value_of_another_shape_is_a_fault(place: str, value: str, message: str) -> None:
    [fault] = faults_with({place: value})
    assert fault.place == place
    assert message in fault.message


@pytest.mark.parametrize("suffix", ["", "_dark"])
@pytest.mark.parametrize(
    ("colour", "partner", "least"),
    [
        ("fg", "bg", "4.5"),
        ("muted", "bg", "4.5"),
        ("fg", "soft", "4.5"),
        ("muted", "soft", "4.5"),
        ("on_action", "action", "4.5"),
        ("control", "bg", "3.0"),
        ("focus", "bg", "3.0"),
        ("focus", "soft", "3.0"),
        ("action", "bg", "3.0"),
    ],
)
def test_a_colour_too_near_to_what_it_stands_on_is_a_fault(suffix: str, colour: str, partner: str, least: str) -> None:
    same = getattr(Theme(), partner + suffix)
    theme = Theme(**{colour + suffix: same})
    faults = {
        fault.place: fault.message for fault in find_theme_faults(theme) if f"on {partner}{suffix};" in fault.message
    }
    assert faults == {
        f"theme.{colour}{suffix}": f"has a contrast of 1.00 to 1 on {partner}{suffix}; it needs at least {least}"
    }


def test_the_theme_shipped_has_no_faults() -> None:
    assert list(find_theme_faults(Theme())) == []
