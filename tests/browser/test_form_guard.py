"""The guard of the forms in a real browser: what other sites send is asked again before it counts."""

from collections.abc import Callable, Iterator

import pytest

from tests.browser.elsewhere import Elsewhere, foreign_form
from tests.browser.visitor import Visitor
from tests.integration.running_demo import RunningDemo

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Elsewhere]:
    site = Elsewhere()
    yield site
    site.server.shutdown()
    site.server.server_close()


@pytest.fixture
def lure(elsewhere: Elsewhere, demo: RunningDemo) -> Callable[[Visitor, str], None]:
    """Bring a visitor of the shop to the other website and let them press its button."""

    def bring(visitor: Visitor, choice: str) -> None:
        visitor.opens()
        elsewhere.body = foreign_form(demo, choice, visitor.notice).encode()
        visitor.page.goto(elsewhere.address)
        visitor.page.get_by_role("button").click()

    return bring


@pytest.mark.threat("T7")
@pytest.mark.parametrize(
    ("choice", "says", "granted"),
    [
        ("accept", "You would allow:", {"preferences", "analytics", "marketing"}),
        ("reject", "You would refuse or withdraw optional cookies.", set()),
    ],
)
def test_a_form_of_another_website_saves_nothing_until_the_visitor_says_so(visitor, lure, choice, says, granted):
    with visitor.page.expect_response("**/consent/choice") as answer:
        lure(visitor, choice)
    assert answer.value.status == 403
    assert "This choice was sent from another website. Nothing has been saved yet." in visitor.text
    assert says in visitor.text
    assert visitor.page.context.cookies() == []
    visitor.presses("Save this choice")
    assert visitor.allowed == granted


def test_no_script_can_send_a_header_whose_name_is_beyond_ascii(visitor):
    visitor.opens()
    tries = """names => names.map(name => {
      try { new Headers({[name]: "1"}); return "sent"; } catch (fault) { return fault.name; }
    })"""
    assert visitor.page.evaluate(tries, ["X-München", "X-\u65e5", "X-\u00ff"]) == ["TypeError"] * 3


def test_the_visitor_may_leave_everything_as_it_is(visitor, lure):
    lure(visitor, "accept")
    visitor.presses("Change nothing")
    assert visitor.page.url.startswith(f"{visitor.demo.address}/consent/")
    assert visitor.page.context.cookies() == []


def test_a_form_from_a_file_without_an_origin_is_asked_again_too(visitor, tmp_path):
    visitor.opens()
    page = tmp_path / "page.html"
    page.write_text(foreign_form(visitor.demo, "accept", visitor.notice))
    visitor.page.goto(page.as_uri())
    visitor.page.get_by_role("button").click()
    assert "Nothing has been saved yet." in visitor.text
    assert visitor.page.context.cookies() == []


@pytest.mark.threat("T12")
def test_a_page_of_ours_shows_in_no_frame_of_another_website(visitor, elsewhere):
    visitor.opens("/consent/")
    assert visitor.page.get_by_role("button").count()
    elsewhere.body = (
        f'<!doctype html><title>Win</title><iframe src="{visitor.demo.address}/consent/"></iframe>'.encode()
    )
    visitor.page.goto(elsewhere.address)
    [_, framed] = visitor.page.frames
    framed.wait_for_load_state()
    assert framed.url.startswith("chrome-error:")
    assert framed.get_by_role("button", name="Accept all").count() == 0
    assert any("frame-ancestors" in complaint for complaint in visitor.complaints)
