"""A visitor in a real browser: what people do at the shop, and what they can see there."""

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page

from tests.integration.running_demo import RunningDemo, ask

VISITOR_COOKIE = "consent"
MAX_RELOADS = 40
MOST_LOOKS, LOOK_MILLISECONDS = 40, 50
FOCUSED = """() => {
  const at = document.activeElement;
  const seen = part => {
    const box = part.getBoundingClientRect();
    return [.05, .25, .5, .75, .95].some(down => {
      const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height * down);
      return hit && (at.contains(hit) || hit.contains(at));
    });
  };
  return {
    name: (at.labels?.[0] ?? at).innerText?.trim().split("\\n")[0] || at.value || at.tagName,
    banner: Boolean(at.closest("#cc")),
    tag: at.tagName,
    uncovered: [at, ...at.querySelectorAll("*")].some(seen),
  };
}"""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Visitor:
    """One browser with its cookies, at one tab."""

    def __init__(self, page: Page, demo: RunningDemo) -> None:
        self.page = page
        self.demo = demo
        self.complaints: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def opens(self, path: str = "/") -> None:
        self.page.goto(self.demo.address + path)
        self.waits_for_the_fragment()

    def waits_for_the_fragment(self) -> None:
        """Load a page of the shop again where a busy machine left the fragment out."""
        for _ in range(MAX_RELOADS):
            if self._is_at_the_service or self.page.locator("#cc").count():
                return
            self.page.wait_for_timeout(100)
            self.page.reload()

    @property
    def _is_at_the_service(self) -> bool:
        return urlsplit(self.page.url).path.startswith(("/consent/", "/docs"))

    def presses(self, choice: str) -> None:
        """Press a button by what it says, in the banner or on the settings page."""
        self.page.get_by_role("button", name=choice, exact=True).click()
        self.waits_for_the_fragment()

    def follows(self, at: Locator) -> None:
        """Press a link or a button, and wait until the page behind it has come."""
        with self.page.expect_navigation():
            at.click()

    def refuses(self) -> None:
        self.presses("Reject all")

    def accepts(self) -> None:
        self.presses("Accept all")

    def opens_the_purposes(self) -> None:
        self.page.locator("#cc summary").click()

    def ticks(self, *purposes: str) -> None:
        for purpose in purposes:
            self.page.locator(f"#cc input[value={purpose}]").check()

    def saves(self, *purposes: str) -> None:
        """Choose by purpose in the banner."""
        self.opens_the_purposes()
        self.ticks(*purposes)
        self.presses("Save my choice")

    def answers(self, **answers: str) -> None:
        """Set yes or no on the settings page."""
        for purpose, answer in answers.items():
            self.page.locator(f"input[name='p.{purpose}'][value={answer}]").check()

    def tabs(self) -> dict[str, Any]:
        """Press Tab and tell where the focus is now."""
        self.page.keyboard.press("Tab")
        return self.focused()

    def tabs_to(self, name: str) -> None:
        for _ in range(40):
            if self.tabs()["name"] == name:
                return
        raise AssertionError(f"no way to {name!r} by keyboard")

    def focused(self) -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate(FOCUSED)
        return found

    @property
    def banner(self) -> Locator:
        """The banner that asks; the quiet line of a settled visitor is none."""
        return self.page.locator("#cc:not(.cc-done)")

    @property
    def note(self) -> Locator:
        return self.page.locator("#cc-saved")

    @property
    def note_has_focus(self) -> bool:
        """Say whether the note gets the focus, which a browser gives to the target of an address once it is drawn."""
        for _ in range(MOST_LOOKS):
            if self.page.evaluate("() => document.activeElement.id === 'cc-saved'"):
                return True
            self.page.wait_for_timeout(LOOK_MILLISECONDS)
        return False

    @property
    def notice(self) -> str:
        """The digest of the notice that this page asks with."""
        return (
            self.page.locator("form[action^='/consent/choice'] input[name=notice]").first.get_attribute("value") or ""
        )

    @property
    def text(self) -> str:
        """What the main part of the page says."""
        return self.page.locator("main").inner_text()

    @property
    def is_counted(self) -> bool:
        """Whether this page of the shop holds the analytics tag."""
        return self.page.locator("img[src^='/collect.gif']").count() > 0

    @property
    def asked_for(self) -> list[str]:
        return [box.get_attribute("value") or "" for box in self.banner.locator("input[name=p]").all()]

    @property
    def sideways_scroll(self) -> int:
        pixels: int = self.page.evaluate(SIDEWAYS)
        return pixels

    @property
    def cookie(self) -> str:
        """The text of the visitor cookie, or nothing."""
        cookies = self.page.context.cookies()
        return next((one["value"] for one in cookies if one["name"] == VISITOR_COOKIE), "")

    @property
    def allowed(self) -> set[str]:
        """Ask the check API what this visitor allows."""
        return allowed(self.demo, self.cookie)


def allowed(demo: RunningDemo, cookie: str) -> set[str]:
    """Ask the check API which of the purposes that need consent a visitor cookie allows."""
    status, answer = ask(demo, demo.key, cookie=cookie)
    assert status == 200, answer
    return {key for key, one in answer["decisions"].items() if one["allowed"] and one["reason"] == "granted"}
