"""Rewording: a text of a purpose that differs from what people said yes to, while nothing says that it means more."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from consent_service.domain.basics.canonical_json import write_canonical_json
from consent_service.domain.ledger.notice import Notice, make_fingerprints, make_notice
from consent_service.domain.site.purpose import Purpose
from consent_service.domain.site.site import Site

REGISTER = "register"
"""The surface of the notice that keeps the texts of all purposes, also of those that no page of ours asks for."""
AROUND = 40
"""How many characters beside a difference are shown."""

Texts = Mapping[str, str]
"""The texts of a purpose in one language by their places, such as ``title`` and ``cookie._id.does``."""


class Rewording(NamedTuple):
    """A text that changed under one fingerprint; ``mark`` is what says that the purpose means the same as before."""

    purpose: str
    place: str
    before: str
    after: str
    mark: str

    def __str__(self) -> str:
        before, after = _show_difference(self.before, self.after)
        return (
            f"purpose {self.purpose}: {self.place} was {before} and is now {after}; people said yes to the old text: "
            f'raise revision, so that they are asked again, or set wording_only = "{self.mark}" if it means the same'
        )


def make_register_notices(site: Site) -> Iterator[Notice]:
    """Make a notice in each language that keeps the texts of every purpose a person decides on."""
    decided = tuple(purpose for purpose in site.purposes if purpose.decided_by_person)
    for language in site.languages:
        yield make_notice(
            site, surface=REGISTER, language=language, signal=False, purposes=decided, page="", stylesheet=""
        )


def find_rewordings(site: Site, archived: Iterable[Notice]) -> list[Rewording]:
    """Find the texts that differ from all that were ever shown for a purpose of this fingerprint in their language.

    A purpose that ``wording_only`` marks as it is now means the same. ``archived`` are notices of the site, the newest
    last, which a text is compared with in what is found.
    """
    prints = make_fingerprints(site)
    shown: dict[tuple[str, str], list[Texts]] = {}
    for notice in archived:
        for told in notice.content()["purposes"]:
            if prints.get(told["key"]) == told["fingerprint"]:
                shown.setdefault((told["key"], notice.language), []).append(_read_texts(told))
    return [
        found
        for (key, language), known in sorted(shown.items())
        if language in site.languages
        for found in _compare(site.purpose_by_key[key], language, known)
    ]


def make_mark(purpose: Purpose) -> str:
    """Digest all texts of a purpose as they are now."""
    texts = {language: _list_texts(purpose, language) for language in purpose.title}
    return hashlib.sha256(write_canonical_json(texts)).hexdigest()[:8]


def _compare(purpose: Purpose, language: str, known: list[Texts]) -> Iterator[Rewording]:
    now, mark = _list_texts(purpose, language), make_mark(purpose)
    if now in known or purpose.wording_only == mark:
        return
    before = known[-1]
    for place in sorted({*before, *now}):
        if before.get(place) != now.get(place):
            yield Rewording(purpose.key, f"{place}.{language}", before.get(place, ""), now.get(place, ""), mark)


def _list_texts(purpose: Purpose, language: str) -> Texts:
    cookies = {f"cookie.{cookie.name}.does": cookie.does.get(language, "") for cookie in purpose.cookies}
    texts = {name: getattr(purpose, name).get(language, "") for name in ("title", "description", "impact")}
    return {place: _join_spaces(text) for place, text in (texts | cookies).items()}


def _read_texts(told: Mapping[str, Any]) -> Texts:
    """Read the texts of a purpose from the document of a notice."""
    cookies = {f"cookie.{cookie['name']}.does": cookie["does"] for cookie in told["cookies"]}
    texts = {name: told[name] for name in ("title", "description", "impact")}
    return {place: _join_spaces(text) for place, text in (texts | cookies).items()}


def _join_spaces(text: str) -> str:
    """Make white space alike, which no page tells apart."""
    return " ".join(text.split())


def _show_difference(before: str, after: str) -> tuple[str, str]:
    """Quote two texts from shortly before they part to shortly behind where they meet again."""
    start = max(_count_alike(before, after) - AROUND, 0)
    behind = max(_count_alike(before[start:][::-1], after[start:][::-1]) - AROUND, 0)

    def cut(text: str) -> str:
        end = len(text) - behind
        return repr("…" * (start > 0) + text[start:end] + "…" * (behind > 0))

    return cut(before), cut(after)


def _count_alike(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((number for number, (a, b) in pairs if a != b), min(len(one), len(other)))
