"""Fixtures for tests in a real browser: one running demo, one Chromium, and visitors who come to the shop."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from tests.browser.visitor import Visitor
from tests.integration.running_demo import RunningDemo, free_port, start, stop
from tests.requirements import require

DESKTOP = {"width": 1280, "height": 720}
PATIENCE_MILLISECONDS = 20_000
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    """The demo, started as a person would."""
    running = start(tmp_path_factory.mktemp("demo"), free_port())
    yield running
    stop(running)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    require("chromium")
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=require("chromium"), args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture
def visits(chromium: Browser, demo: RunningDemo) -> Iterator[Callable[..., Visitor]]:
    """Open a browser that was never here before; scripts are off unless a test needs them for looking."""
    contexts: list[BrowserContext] = []

    def visit(*, scripts: bool = False, **options: Any) -> Visitor:
        options.setdefault("viewport", DESKTOP)
        options.setdefault("locale", "en-GB")
        contexts.append(context := chromium.new_context(java_script_enabled=scripts, **options))
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        return Visitor(context.new_page(), demo)

    yield visit
    for context in contexts:
        context.close()


@pytest.fixture
def visitor(visits: Callable[..., Visitor]) -> Visitor:
    """A visitor at a desktop, without scripts."""
    return visits()
