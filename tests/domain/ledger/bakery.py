"""One small shop, one visitor's record and the notice they saw, for the tests of receipts."""

import json
from dataclasses import replace
from typing import Any

from consent_service.domain.ledger.consent_record import SCHEMA, ConsentRecord
from consent_service.domain.ledger.notice import make_notice
from consent_service.domain.site.purpose import Basis, Purpose
from consent_service.domain.site.site import (
    ClockKind,
    Contact,
    Controller,
    Policy,
    PolicyClock,
    Recipient,
    RetentionClass,
    Site,
)

ORIGIN = "https://shop.example"


def purpose(key: str, title: str, **changes: Any) -> Purpose:
    values = {
        "key": key,
        "basis": Basis.CONSENT,
        "title": {"en": title, "de": f"{title} (de)"},
        "description": {"en": f"About {key}.", "de": f"Zu {key}."},
        "data": ("pages_viewed", "device", "browser"),
        "recipients": (),
        "retention": "statistics",
        "category": "ServiceUsageAnalytics",
    }
    return Purpose(**values | changes)


BAKERY = Site(
    id="bakery",
    name={"en": "The Bakery", "de": "Die Bäckerei"},
    origins=(ORIGIN,),
    languages=("en", "de"),
    controller=Controller(
        name="Bakery Ltd",
        address="1 Mill Lane, Dublin",
        jurisdiction="IE",
        contacts=(
            Contact(channel="email", address="privacy@shop.example"),
            Contact(channel="wechat", address="bakery"),
            Contact(channel="email", address="second@shop.example"),
        ),
    ),
    policy=Policy(
        title={"en": "Privacy", "de": "Datenschutz"},
        url={"en": "/privacy", "de": "https://www.shop.example/datenschutz"},
        version="2026-01",
        clock=PolicyClock(kind=ClockKind.IMMEDIATE),
    ),
    purposes=(
        purpose("analytics", "Statistics"),
        purpose(
            "ads",
            "Advertising",
            data=("ad_interactions", "interests"),
            recipients=("adverts", "reach"),
            retention="session",
            category="PersonalisedAdvertising",
            storage="Frankfurt, Germany",
        ),
        purpose("diet", "Recipes for a diet", data=("health", "order_history"), sensitive=True, retention="orders"),
    ),
    recipients=(
        Recipient(key="adverts", name="Adverts AG", role="controller", country="DE", policy="https://adverts.example"),
        Recipient(key="reach", name="Reach Inc", role="processor", country="US", policy="https://reach.example"),
    ),
    retention=(
        RetentionClass(key="statistics", duration="13 months", after="the visit", reason="to compare years"),
        RetentionClass(key="session", duration="session", after="the visit", reason="not needed longer"),
        RetentionClass(key="orders", duration="1 year", after="the last order", reason="to repeat an order"),
    ),
)


def notice_document(language: str = "en", site: Site = BAKERY) -> dict[str, Any]:
    """Return what the archive holds of the shop's settings page."""
    notice = make_notice(
        site,
        surface="preferences",
        language=language,
        signal=False,
        purposes=site.purposes,
        page="<main></main>",
        stylesheet="",
    )
    document: dict[str, Any] = json.loads(notice.document)
    return document


RECORD = ConsentRecord(
    schema=SCHEMA,
    id="0190a8d2-7e2c-7000-8000-000000000001",
    site="bakery",
    principal="bakery/v/AAAAAAAAAAAAAAAAAAAAAA",
    seq=2,
    at="2026-01-02T03:04:05.678901Z",
    actor="visitor",
    method="save",
    decisions={"ads": "granted", "analytics": "refused", "diet": "withdrawn"},
    notice="ab" * 32,
    language="en",
    policy="2026-01",
    region="strictest",
    signals=[],
    valid_until="2026-07-01T03:04:05.678901Z",
    previous=None,
)


def record(**changes: Any) -> ConsentRecord:
    """Return the visitor's record with some members changed."""
    return replace(RECORD, **changes)
