"""What every receipt tells: each decided purpose, as the visitor was shown it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from consent_service.domain.ledger.consent_record import ConsentRecord
from consent_service.domain.site.data_category import DATA_CATEGORIES
from consent_service.domain.site.site import Recipient, Site

Document = Mapping[str, Any]
"""The archived document of a notice, decoded."""

_UNDESCRIBED = dict.fromkeys(("title", "description", "data", "sensitive", "recipients", "retention"), "")
"""Stands for a purpose that the notice does not describe, so that a receipt still names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One decided purpose: worded as the notice worded it, the rest from the site file.

    ``special`` holds the sensitive ones among ``data``. ``kept`` and ``kept_after`` say how long the data is
    kept and from when on. A recipient who has left the site file is only a name.
    """

    key: str
    state: str
    title: str
    description: str
    category: str
    data: tuple[str, ...]
    special: tuple[str, ...]
    recipients: tuple[Recipient, ...]
    storage: str
    kept: str
    kept_after: str


def describe_purposes(record: ConsentRecord, notice: Document, site: Site) -> list[Line]:
    """Describe every purpose that was on the form, in the order of the record."""
    shown = {purpose["key"]: purpose for purpose in notice["purposes"]}
    return [_make_line(key, state, shown.get(key, _UNDESCRIBED), site) for key, state in record.decisions.items()]


def find_policy_address(notice: Document, origin: str) -> str:
    """Return the address of the privacy policy the notice pointed to, absolute on the shop's origin."""
    url: str = notice["policy"]["url"]
    return urljoin(f"{origin}/", url)


def find_service_name(site: Site, language: str) -> str:
    """Return the site's name in the language of a record, or in its default language."""
    return site.name.get(language) or site.name[site.default_language]


def _make_line(key: str, state: str, shown: Document, site: Site) -> Line:
    purpose = site.purpose_by_key.get(key)
    retention = site.retention_by_key.get(shown["retention"])
    registered = {recipient.name: recipient for recipient in site.recipients}
    special = [name for name in shown["data"] if name in DATA_CATEGORIES and DATA_CATEGORIES[name].sensitive]
    return Line(
        key=key,
        state=state,
        title=shown["title"] or key,
        description=shown["description"],
        category=purpose.category if purpose else "ServiceProvision",
        data=tuple(shown["data"]),
        special=tuple(special or (shown["data"] if shown["sensitive"] else ())),
        recipients=tuple(registered.get(name) or _make_departed_recipient(name) for name in shown["recipients"]),
        storage=purpose.storage if purpose else "",
        kept=retention.duration if retention else "",
        kept_after=retention.after if retention else "",
    )


def _make_departed_recipient(name: str) -> Recipient:
    return Recipient(key="", name=name, role="", country="", policy="")
