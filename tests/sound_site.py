"""A small site without faults, and ways to spoil it."""

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from consent_service.domain.site.site import Site
from consent_service.domain.site_check.fairness import find_unfairness
from consent_service.domain.site_check.site_fault import Fault
from consent_service.domain.site_check.site_finding import Finding
from consent_service.domain.site_check.site_rules import find_site_faults
from consent_service.site_files.table_reader import TableReader

SOUND = """
id = "shop"
origins = ["https://www.shop.example", "http://localhost:*"]
languages = ["en", "de"]
name.en = "Shop"
name.de = "Laden"

[controller]
name = "Shop Ltd"
address = "1 High Street"
jurisdiction = "IE"

[[controller.contact]]
channel = "email"
address = "privacy@shop.example"

[policy]
version = "1"
title.en = "Privacy policy"
title.de = "Datenschutz"
url.en = "/en/privacy"
url.de = "/de/datenschutz"

[policy.clock]
kind = "immediate"

[messages]
sender = "Shop <news@shop.example>"

[[recipient]]
key = "measurer"
name = "Measurer Inc."
role = "processor"
country = "US"
policy = "https://measurer.example/privacy"

[[retention]]
key = "visit"
duration = "6 months"
after = "the visit"
reason = "statistics"

[[purpose]]
key = "necessary"
basis = "necessary"
data = ["basket", "consent_choice"]
recipients = []
retention = "visit"
title.en = "Necessary"
title.de = "Notwendig"
description.en = "Keeps your basket."
description.de = "Behält Ihren Warenkorb."

[[purpose.cookie]]
name = "__Host-consent"
provider = "Shop"
party = "first"
duration = "180 days"
does.en = "Keeps your choice."
does.de = "Behält Ihre Auswahl."

[[purpose.cookie]]
name = "consent"
provider = "Shop"
party = "first"
duration = "6 months"
does.en = "Keeps your choice."
does.de = "Behält Ihre Auswahl."

[[purpose]]
key = "analytics"
letter = "a"
basis = "consent"
category = "ServiceUsageAnalytics"
data = ["pages_viewed"]
recipients = ["measurer"]
retention = "visit"
title.en = "Statistics"
title.de = "Statistik"
description.en = "Counts visits."
description.de = "Zählt Besuche."
impact.en = "Visits are not counted."
impact.de = "Besuche werden nicht gezählt."

[[purpose.cookie]]
name = "visit_*"
provider = "Shop"
party = "first"
duration = "6 months"
domain = "shop.example"
does.en = "Tells visits apart."
does.de = "Unterscheidet Besuche."

[[purpose.cookie]]
name = "mid"
provider = "Measurer Inc."
party = "third"
duration = "1 day"
domain = "measurer.example"
does.en = "Tells browsers apart."
does.de = "Unterscheidet Browser."

[[purpose]]
key = "news"
kind = "messages"
channel = "email"
basis = "consent"
data = ["email_address"]
recipients = []
retention = "visit"
title.en = "News"
title.de = "Neuigkeiten"
description.en = "News by email."
description.de = "Neuigkeiten per E-Mail."
impact.en = "The mails stop."
impact.de = "Die E-Mails enden."
"""

SHIPPED = {
    "mail.already_subject": "Messages from {shop}: already subscribed",
    "banner.title": "Cookies at {shop}",
    "banner.text": "With your consent we use cookies for: {purposes}.",
    "banner.reject": "Reject all",
    "banner.accept": "Accept all",
    "banner.reject_these": "Reject",
    "banner.accept_these": "Accept",
    "banner.save": "Save",
    "preferences.no": "No",
    "preferences.yes": "Yes, allow",
    "state.granted": "allowed",
    "state.refused": "refused",
}
INTERFACE = dict.fromkeys(("ar", "de", "en", "es", "fr", "zh"), SHIPPED)
"""Interface texts as they might be shipped, the same in every language."""

FILLING = {"zh": "文字", "ar": "نص"}
"""Words in the script of a language; any other language takes Text."""

GONE = object()
"""A change that takes the key away."""


def table_with(changes: Mapping[str, object]) -> dict[str, Any]:
    """Parse the sound site and set values at places such as ``purpose[1].letter``."""
    table = tomllib.loads(SOUND)
    for place, value in changes.items():
        *outer, last = [int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", place)]
        at: Any = table
        for part in outer:
            at = at.setdefault(part, {}) if isinstance(at, dict) else at[part]
        if value is GONE:
            del at[last]
        elif isinstance(at, list) and last == len(at):
            at.append(value)
        else:
            at[last] = value
    return table


def faults_with(changes: Mapping[str, object]) -> list[Fault]:
    """List the faults of the sound site once it is changed; values that cannot be read come first."""
    reader = TableReader()
    site: Site = reader.read(Site, table_with(changes))
    return [*reader.faults, *find_site_faults(site, INTERFACE)]


def findings_with(changes: Mapping[str, object]) -> list[Finding]:
    """List the findings of the sound site once it is changed; the change must leave it without faults."""
    assert [str(fault) for fault in faults_with(changes)] == []
    reader = TableReader()
    return list(find_unfairness(reader.read(Site, table_with(changes)), INTERFACE))


def rules_at(changes: Mapping[str, object]) -> set[tuple[str, str]]:
    """Tell the place and the rule of every finding of the sound site once it is changed."""
    return {(finding.place, finding.rule) for finding in findings_with(changes)}


def texts_in(language: str, text: str) -> dict[str, object]:
    """Offer the site in one language alone, with one text of it changed."""
    filling = FILLING.get(language, "Text")
    changes: dict[str, object] = {"languages": [language], "texts": {}}
    for place in ("name", "policy.title", "purpose[0].title", "purpose[0].description", "purpose[1].title"):
        changes[place] = {language: filling}
    for place in ("purpose[1].impact", "purpose[2].title", "purpose[2].description", "purpose[2].impact"):
        changes[place] = {language: filling}
    for place in ("purpose[0].cookie[0]", "purpose[0].cookie[1]", "purpose[1].cookie[0]", "purpose[1].cookie[1]"):
        changes[f"{place}.does"] = {language: filling}
    return changes | {"policy.url": {language: "/privacy"}, "purpose[1].description": {language: text}}
