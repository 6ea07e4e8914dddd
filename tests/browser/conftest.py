"""Fixtures for tests in a real browser: one running demo, one Chromium, and visitors who come to the shop."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import playwright as package
import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from tests.browser.fonts import only_font
from tests.browser.visitor import Visitor
from tests.integration.running_demo import RunningDemo, start, stop
from tests.ports import free_port
from tests.requirements import require, require_to_start

DESKTOP = {"width": 1280, "height": 720}
DRIVER = Path(package.__file__).parent / "driver" / "node"
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
    require_to_start(DRIVER, "--version")
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def font(request: pytest.FixtureRequest) -> str | None:
    """The one family that Chromium finds, where a test names one; otherwise all of this machine."""
    family: str | None = getattr(request, "param", None)
    return family


@pytest.fixture(scope="session")
def chromium(playwright: Playwright, font: str | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    fonts = only_font(font, tmp_path_factory.mktemp("fonts")) if font else {}
    browser = playwright.chromium.launch(
        executable_path=require("chromium"), args=ARGUMENTS, env={**os.environ, **fonts}
    )
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
