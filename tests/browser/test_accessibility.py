"""axe finds nothing, best practice included, in any state and any setting."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.message_states import every_message_state
from tests.browser.states import every_state, undecided

pytestmark = pytest.mark.browser

SETTINGS = {
    "desktop": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}},
    "right to left": {"locale": "ar"},
}


def violations(visitor, states):
    """Look at each state with axe; lists what it finds as state, rule and place."""
    axe = Axe()
    found = []
    for state in states:
        result = axe.run(visitor.page)
        assert result.response["passes"]
        found += [
            (state, fault["id"], node["target"]) for fault in result.response["violations"] for node in fault["nodes"]
        ]
    return found


@pytest.mark.parametrize("setting", SETTINGS)
def test_axe_finds_nothing(visits, setting):
    visitor = visits(scripts=True, reduced_motion="reduce", **SETTINGS[setting])
    assert violations(visitor, every_state(visitor)) == []


@pytest.mark.parametrize("setting", SETTINGS)
def test_on_the_pages_about_messages_axe_finds_nothing(visits, setting):
    visitor = visits(scripts=True, reduced_motion="reduce", **SETTINGS[setting])
    assert violations(visitor, every_message_state(visitor)) == []


def test_with_the_opt_out_signal_axe_finds_nothing_either(visits):
    visitor = visits(scripts=True, reduced_motion="reduce", extra_http_headers={"Sec-GPC": "1"})
    assert violations(visitor, undecided(visitor)) == []


def test_axe_would_find_a_fault(visits):
    visitor = visits(scripts=True)
    visitor.opens()
    visitor.page.evaluate("document.querySelector('#cc h2').remove()")
    assert violations(visitor, ["broken"])
