"""A browser that refuses cookies: it is told so, nothing is switched on, and nothing goes round in circles."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.browser.conftest import ARGUMENTS, DESKTOP
from tests.browser.subscriber import Subscriber
from tests.browser.visitor import Visitor
from tests.integration.running_demo import RunningDemo, ask_about
from tests.requirements import require

pytestmark = pytest.mark.browser

BLOCK = 2
MAX_STEPS = 3


@pytest.fixture
def visitor(playwright: Playwright, demo: RunningDemo, tmp_path: Path) -> Iterator[Visitor]:
    """A visitor whose Chromium is set to block every cookie."""
    settings = {"profile": {"default_content_setting_values": {"cookies": BLOCK}}}
    folder = tmp_path / "Default"
    folder.mkdir()
    (folder / "Preferences").write_text(json.dumps(settings))
    context = playwright.chromium.launch_persistent_context(
        tmp_path,
        executable_path=require("chromium"),
        args=ARGUMENTS,
        java_script_enabled=False,
        viewport=DESKTOP,
        locale="en-GB",
    )
    yield Visitor(context.pages[0], demo)
    context.close()


def steps(visitor, choice):
    """Press a button and list the documents that the browser asks for then."""
    seen = []
    visitor.page.on("request", lambda request: seen.append(request.url) if request.is_navigation_request() else None)
    visitor.presses(choice)
    visitor.page.wait_for_load_state("networkidle")
    return seen


@pytest.mark.parametrize("choice", ["Reject all", "Accept all"])
def test_after_a_choice_in_the_banner_the_shop_says_that_the_cookie_is_refused(visitor, choice):
    visitor.opens("/pieces/willow-ring")
    assert visitor.note.is_hidden()
    assert len(steps(visitor, choice)) <= MAX_STEPS
    assert visitor.page.context.cookies() == []
    assert visitor.banner.is_visible()
    assert "your browser refuses our cookie" in visitor.note.inner_text()
    assert visitor.note.is_visible()
    assert visitor.note_has_focus
    assert not visitor.is_counted


@pytest.mark.parametrize("choice", ["Reject all", "Accept all", "Save my choice"])
def test_after_a_choice_on_the_preference_page_the_page_says_so(visitor, choice):
    visitor.opens("/consent/")
    assert len(steps(visitor, choice)) <= MAX_STEPS
    assert visitor.page.context.cookies() == []
    assert visitor.note_has_focus
    assert "Your browser did not keep our cookie" in visitor.note.inner_text()
    assert "Nothing optional is switched on" in visitor.note.inner_text()


def test_messages_need_no_cookie_from_the_box_to_the_way_out(visitor):
    person = Subscriber(visitor)
    person.is_subscribed("offers_email")
    assert ask_about(visitor.demo, person.address)["offers_email"]["reason"] == "granted"
    person.lets_the_shop_write()
    person.opens_a_letter(2)
    person.follows_the_link("u")
    person.confirms()
    assert "These messages are stopped" in visitor.text
    assert ask_about(visitor.demo, person.address)["offers_email"]["reason"] == "withdrawn"
    assert visitor.page.context.cookies() == []
