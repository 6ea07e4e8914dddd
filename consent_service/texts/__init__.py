"""Interface texts: one TOML catalogue a language, wording that any site may override, and plain substitution."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from consent_service.domain.basics.duration import Duration, Unit

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
ISOLATED = Markup("<bdi>{}</bdi>")


@dataclass(frozen=True, slots=True)
class Language:
    """A shipped language: its own name for itself and the direction it is written in."""

    name: str
    direction: str


LANGUAGES = {
    "en": Language("English", "ltr"),
    "de": Language("Deutsch", "ltr"),
    "fr": Language("Français", "ltr"),
    "es": Language("Español", "ltr"),
    "zh": Language("中文", "ltr"),
    "ar": Language("العربية", "rtl"),
}


@cache
def read_interface_texts() -> dict[str, dict[str, str]]:
    """Read every catalogue: the texts of each language by dotted key."""
    folder = Path(__file__).parent
    return {
        code: _flatten_table(tomllib.loads((folder / f"{code}.toml").read_text(encoding="utf-8"))) for code in LANGUAGES
    }


def _flatten_table(table: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in table.items():
        flat |= _flatten_table(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return flat


def find_plural_form(language: str, n: int) -> str:
    """Name the plural form of a whole number in one of our languages (Unicode CLDR)."""
    match language:
        case "zh":
            return "other"
        case "fr":
            return "one" if n in (0, 1) else "other"
        case "ar":
            return _choose_arabic_form(n)
    return "one" if n == 1 else "other"


def _choose_arabic_form(n: int) -> str:
    if n < 3:
        return ("zero", "one", "two")[n]
    if 3 <= n % 100 <= 10:
        return "few"
    return "many" if n % 100 >= 11 else "other"


def find_sentence_space(language: str) -> str:
    """Tell what stands between two sentences: nothing in Chinese."""
    return "" if language == "zh" else " "


def write_day_of_month(language: str, day: int) -> str:
    """Write the number of a day as dates have it: the first is an ordinal in French (Unicode CLDR)."""
    return "1er" if language == "fr" and day == 1 else str(day)


class Translator:
    """The texts of one language; called with a key and the values of its placeholders."""

    def __init__(self, language: str, texts: Mapping[str, str]) -> None:
        self.language = language
        self.space = find_sentence_space(language)
        self._texts = texts

    def __call__(self, key: str, **values: object) -> str:
        """Return a text; a placeholder without a value, and any other brace, stays as it stands."""
        text = self._texts[key]
        return PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0])), text) if "{" in text else text

    def mark(self, key: str, **names: str) -> Markup:
        """Return a text as markup: each name is isolated, so that its letters do not turn the words around it.

        A site's own wording without a placeholder may have the name in it, and is isolated as a whole.
        """
        isolated = {placeholder: ISOLATED.format(name) for placeholder, name in names.items()}
        text = escape(self._texts[key])
        if isolated.keys().isdisjoint(PLACEHOLDER.findall(text)):
            return ISOLATED.format(text)
        return Markup(PLACEHOLDER.sub(lambda found: isolated.get(found[1], found[0]), text))  # noqa: S704 - escaped

    def plural(self, key: str, n: int, **values: object) -> str:
        """Return the form of a text that fits a number, which is its placeholder ``n``.

        A text for zero serves 0 in any language, and ``other`` stands in for a form that a text does without.
        """
        fitting = find_plural_form(self.language, n)
        forms = ("zero", fitting, "other") if n == 0 else (fitting, "other")
        return self(next(text for form in forms if (text := f"{key}.{form}") in self._texts), n=n, **values)

    def several(self, prefix: str, keys: Iterable[str]) -> str:
        """Write the texts of several keys as a list."""
        return self("page.comma").join(self(f"{prefix}.{key}") for key in keys)

    def duration(self, duration: Duration) -> str:
        """Write a duration."""
        if duration.unit is Unit.SESSION:
            return self("duration.session")
        return self.plural(f"duration.{duration.unit}", duration.count)

    def date(self, microseconds: int) -> str:
        """Write the day of a time in UTC."""
        day = datetime.fromtimestamp(microseconds / 1_000_000, UTC)
        number = write_day_of_month(self.language, day.day)
        return self("date.day", day=number, month=self(f"date.month_{day.month}"), year=day.year)

    def datetime(self, microseconds: int) -> str:
        """Write a time to the minute in UTC."""
        moment = datetime.fromtimestamp(microseconds / 1_000_000, UTC)
        return self("date.time", date=self.date(microseconds), time=moment.strftime("%H:%M"))


class Catalogue:
    """All texts, handed out as translators for a language and a site's own wording."""

    def __init__(self) -> None:
        self._texts = read_interface_texts()

    def translator(self, language: str, overrides: Mapping[str, str]) -> Translator:
        """Return the texts of a language, with a site's own in place of ours."""
        return Translator(language, {**self._texts[language], **overrides})
