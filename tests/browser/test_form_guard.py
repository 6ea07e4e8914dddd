"""The guard of the forms in a real browser: what other sites send is asked again before it counts."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.integration.running_demo import RunningDemo

pytestmark = pytest.mark.browser

FORM = """<!doctype html><html lang="en"><title>Elsewhere</title><form method="post" action="{shop}/consent/choice">
<input type="hidden" name="choice" value="{choice}"><input type="hidden" name="notice" value="{notice}">
<button>Win a ring</button></form>"""


class Elsewhere:
    """Another website on this machine; its page holds a form that posts a choice to the shop."""

    def __init__(self) -> None:
        self.body = b""
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(site.body)

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://elsewhere.localhost:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Elsewhere]:
    site = Elsewhere()
    yield site
    site.server.shutdown()
    site.server.server_close()


@pytest.fixture
def lure(elsewhere: Elsewhere, demo: RunningDemo):
    """Bring a visitor of the shop to the other website and let them press its button."""

    def bring(visitor, choice: str) -> None:
        visitor.opens()
        notice = visitor.page.locator("#cc input[name=notice]").first.get_attribute("value")
        elsewhere.body = FORM.format(shop=demo.address, choice=choice, notice=notice).encode()
        visitor.page.goto(elsewhere.address)
        visitor.page.get_by_role("button").click()

    return bring


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


def test_the_visitor_may_leave_everything_as_it_is(visitor, lure):
    lure(visitor, "accept")
    visitor.presses("Change nothing")
    assert visitor.page.url.startswith(f"{visitor.demo.address}/consent/")
    assert visitor.page.context.cookies() == []


def test_a_form_from_a_file_without_an_origin_is_asked_again_too(visitor, tmp_path):
    visitor.opens()
    notice = visitor.page.locator("#cc input[name=notice]").first.get_attribute("value")
    page = tmp_path / "page.html"
    page.write_text(FORM.format(shop=visitor.demo.address, choice="accept", notice=notice))
    visitor.page.goto(page.as_uri())
    visitor.page.get_by_role("button").click()
    assert "Nothing has been saved yet." in visitor.text
    assert visitor.page.context.cookies() == []
