"""Stylesheets: the site's theme in front of our rules, minified and named by content."""

import hashlib
import re
from dataclasses import fields
from pathlib import Path

from consent_service.domain.site.site import Site, Theme

FOLDER = "/consent/static/"
PAGE_FILES = ("tokens.css", "base.css", "components.css", "pages.css")
BANNER_FILES = ("banner.css",)
SUBSCRIBE_FILES = ("subscribe.css",)

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s+")
_TIGHT = re.compile(r" ?([{};,>]) ?")
_AFTER_COLON = re.compile(r"(?<=[a-z0-9-]): (?=[^{}]*[;}])")


class Stylesheets:
    """The stylesheets of one site; a name changes with its content, so that browsers may keep each for ever."""

    def __init__(self, site: Site, static_folder: Path) -> None:
        tokens = write_theme_tokens(site.theme)
        self.banner = minify_css(tokens + _read(static_folder, BANNER_FILES))
        self.page = minify_css(tokens + _read(static_folder, PAGE_FILES))
        self.subscribe = minify_css(tokens + _read(static_folder, SUBSCRIBE_FILES))
        self.banner_path = _make_path("banner", self.banner)
        self.page_path = _make_path("page", self.page)
        self.subscribe_path = _make_path("subscribe", self.subscribe)
        self._by_path = {
            self.banner_path: self.banner.encode(),
            self.page_path: self.page.encode(),
            self.subscribe_path: self.subscribe.encode(),
        }

    def find(self, name: str) -> bytes | None:
        """Find a stylesheet by its file name."""
        return self._by_path.get(FOLDER + name)


def write_theme_tokens(theme: Theme) -> str:
    """Write the theme as custom properties; placement is not one of them."""
    values = {one.name: getattr(theme, one.name) for one in fields(theme) if one.name != "placement"}
    return ":root{" + "".join(f"--cc-{name.replace('_', '-')}:{value};" for name, value in values.items()) + "}\n"


def minify_css(css: str) -> str:
    """Take out comments and needless white space; our own files hold no string with either."""
    text = _TIGHT.sub(r"\1", _SPACE.sub(" ", _COMMENT.sub("", css)))
    return _AFTER_COLON.sub(":", text).replace(";}", "}").strip()


def _read(folder: Path, names: tuple[str, ...]) -> str:
    return "".join((folder / "css" / name).read_text(encoding="utf-8") for name in names)


def _make_path(name: str, css: str) -> str:
    return f"{FOLDER}{name}-{hashlib.sha256(css.encode()).hexdigest()[:12]}.css"
