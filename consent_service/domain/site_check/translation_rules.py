"""The rules of texts: every text in every language of the site, and overrides that fit the interface."""

import re
from collections.abc import Iterator, Mapping

from consent_service.domain.site.site import Site
from consent_service.domain.site_check.field_rules import refuse_blank, require_known
from consent_service.domain.site_check.site_fault import Fault, name_place, quote_value, suggest_nearest
from consent_service.domain.site_check.site_text import list_translations

FORMER_PLACEHOLDERS = {"preferences.lasts": "{days}"}
"""What texts had before, and still get, so that overrides of that time keep working."""
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


ONE_LINE = ("name", ".title", ".url")
"""Places of texts that stand on one line: in headings, lists, links and the subjects of mails."""
SUBJECT = "_subject"
"""How the keys of texts end that are the subject of a mail; the name of the site stands in each."""


def find_translation_faults(site: Site) -> Iterator[Fault]:
    """Find texts that are missing, empty, on several lines, or in a language the site does not offer."""
    for place, texts in list_translations(site):
        for language in site.languages:
            if language not in texts:
                yield Fault(name_place(place, language), "is missing: this site offers the language", ("languages",))
        for language, text in texts.items():
            yield from require_known(name_place(place, language), language, site.languages, ("languages",))
            if not place.endswith(".url"):
                yield from refuse_blank(name_place(place, language), text)
            if place.endswith(ONE_LINE):
                yield from _refuse_lines(name_place(place, language), text, mailed=place == "name")


def find_override_faults(site: Site, interface: Mapping[str, Mapping[str, str]]) -> Iterator[Fault]:
    """Find overrides of interface texts that do not exist, and placeholders that the text never gets."""
    for language, texts in site.texts.items():
        yield from require_known(name_place("texts", language), language, site.languages, ("languages",))
        shipped = interface.get(language, {})
        for key, text in texts.items():
            place = name_place(name_place("texts", language), key)
            if key in shipped:
                yield from refuse_blank(place, text)
                if key.endswith(SUBJECT):
                    yield from _refuse_lines(place, text, mailed=True)
                # Every plural form gets the number, whether ours says it or not.
                known = shipped[key] + shipped.get(_name_other_form(key), "") + FORMER_PLACEHOLDERS.get(key, "")
                yield from _find_placeholder_faults(place, text, known)
            elif shipped:
                yield Fault(place, f"there is no interface text of this name{suggest_nearest(key, shipped)}")


def _refuse_lines(place: str, text: str, *, mailed: bool) -> Iterator[Fault]:
    if "\n" in text:
        yield Fault(place, "holds a line break; this text is one line")
    if mailed and "=?" in text:
        # In the subject of a mail it starts an encoded word (RFC 2047), and the mail could not be written.
        yield Fault(place, "holds =?, which mail programs take for the start of another text")


def _name_other_form(key: str) -> str:
    return f"{key.rpartition('.')[0]}.other"


def _find_placeholder_faults(place: str, text: str, shipped: str) -> Iterator[Fault]:
    known = set(_PLACEHOLDER.findall(shipped))
    for name in _PLACEHOLDER.findall(text):
        if name not in known:
            expected = ", ".join(f"{{{known_name}}}" for known_name in sorted(known)) or "none"
            yield Fault(place, f"{quote_value('{' + name + '}')} is not a placeholder of this text; it has {expected}")
    if set("{}") & set(_PLACEHOLDER.sub("", text)):
        yield Fault(place, "holds a brace that belongs to no placeholder")
