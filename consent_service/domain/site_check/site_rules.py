"""The rules a site must keep beyond the types of its fields; each breach is a fault with its place."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from consent_service.domain.basics.duration import Duration, Unit
from consent_service.domain.basics.safe_link import is_safe_link
from consent_service.domain.basics.web_origin import Origin, parse_origin
from consent_service.domain.site.site import Site
from consent_service.domain.site_check.field_rules import (
    refuse_blank,
    require_known,
    require_length,
    require_unique,
    require_within,
)
from consent_service.domain.site_check.message_rules import find_message_faults
from consent_service.domain.site_check.policy_rules import find_policy_faults
from consent_service.domain.site_check.purpose_rules import find_purpose_faults
from consent_service.domain.site_check.register_rules import find_register_faults
from consent_service.domain.site_check.site_fault import Fault, quote_value
from consent_service.domain.site_check.theme_rules import find_theme_faults
from consent_service.domain.site_check.translation_rules import find_override_faults, find_translation_faults

MAX_VALIDITY = Duration(24, Unit.MONTH)
"""The longest that a choice may be valid."""
MAX_VALIDITY_DAYS = 730
OLDEST_AGE_LIMIT = 21
CONTACT_CHANNELS = ("email", "phone", "post", "web", "messenger")

_ID = re.compile(r"[a-z][a-z0-9-]{0,31}")
_JURISDICTION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def find_site_faults(site: Site, interface: Mapping[str, Mapping[str, str]]) -> tuple[Fault, ...]:
    """Collect every breach of a rule; ``interface`` holds the shipped interface texts by language and key."""
    return (
        *_find_identity_faults(site),
        *_find_language_faults(site, interface),
        *_find_origin_faults(site),
        *_find_controller_faults(site),
        *_find_request_faults(site),
        *find_policy_faults(site.policy),
        *find_register_faults(site),
        *find_purpose_faults(site),
        *find_message_faults(site),
        *find_theme_faults(site.theme),
        *find_translation_faults(site),
        *find_override_faults(site, interface),
    )


def _find_identity_faults(site: Site) -> Iterator[Fault]:
    if not _ID.fullmatch(site.id):
        yield Fault("id", f"{quote_value(site.id)} is not an id: up to 32 of a-z, 0-9 and -, a letter first")
    yield from _find_validity_faults(site)
    yield from require_within("age_limit", site.age_limit, 0, OLDEST_AGE_LIMIT, "years, 0 for none")
    yield from _find_checkpoint_faults(site)
    if not (site.shop_path.startswith("/") and is_safe_link(site.shop_path)):
        yield Fault("shop_path", f"{quote_value(site.shop_path)} is not a path of the shop; it starts with one slash")


def _find_checkpoint_faults(site: Site) -> Iterator[Fault]:
    to = site.checkpoints_to
    if not to or (to.startswith("https://") and is_safe_link(to)):
        return
    if not _EMAIL.fullmatch(to) or "/" in to:
        yield Fault("checkpoints_to", f"{quote_value(to)} is neither a mail address nor an https:// address")
    elif site.messages is None:
        yield Fault("checkpoints_to", "is a mail address, and mail needs messages.sender", ("messages",))


def _find_validity_faults(site: Site) -> Iterator[Fault]:
    if site.valid_days is not None:
        yield from require_within("valid_days", site.valid_days, 1, MAX_VALIDITY_DAYS, "days, which is 24 months")
    if site.validity is not None:
        yield from require_length("validity", site.validity, MAX_VALIDITY)
        if site.valid_days is not None:
            yield Fault("valid_days", "says once more what validity says; keep one of them", ("validity",))


def _find_language_faults(site: Site, interface: Mapping[str, Mapping[str, str]]) -> Iterator[Fault]:
    if not site.languages:
        yield Fault("languages", "name at least one language")
    for index, language in enumerate(site.languages):
        yield from require_known(f"languages[{index}]", language, sorted(interface))
    yield from require_unique("languages", site.languages)


def _find_origin_faults(site: Site) -> Iterator[Fault]:
    if not site.origins:
        yield Fault("origins", "name at least one origin, such as https://shop.example")
    seen: defaultdict[str, list[tuple[str, Origin]]] = defaultdict(list)
    for name, texts in (("origins", site.origins), ("trusted_origins", site.trusted_origins)):
        for index, text in enumerate(texts):
            place = f"{name}[{index}]"
            try:
                origin = parse_origin(text)
            except ValueError as error:
                yield Fault(place, f"{quote_value(text)}: {error}")
                continue
            twin = next((other for other, known in seen[origin.host] if origin.shares_host(known)), None)
            if twin:
                yield Fault(place, f"has the host and port of {twin}; a request could not tell them apart", (twin,))
            seen[origin.host].append((place, origin))


def _find_controller_faults(site: Site) -> Iterator[Fault]:
    controller = site.controller
    yield from refuse_blank("controller.name", controller.name)
    yield from refuse_blank("controller.address", controller.address)
    if not _JURISDICTION.fullmatch(controller.jurisdiction):
        text = quote_value(controller.jurisdiction)
        yield Fault("controller.jurisdiction", f"{text} is not a country or region code, such as DE or US-CA")
    if not controller.contacts:
        yield Fault("controller.contact", "name at least one way to reach the controller")
    for index, contact in enumerate(controller.contacts):
        place = f"controller.contact[{index}]"
        yield from require_known(f"{place}.channel", contact.channel, CONTACT_CHANNELS)
        if not _is_reachable(contact.channel, contact.address):
            message = f"{quote_value(contact.address)} cannot be reached by {contact.channel}"
            yield Fault(f"{place}.address", message, (f"{place}.channel",))


def _is_reachable(channel: str, address: str) -> bool:
    if channel == "email":
        return _EMAIL.fullmatch(address) is not None
    if channel == "web":
        return is_safe_link(address)
    return bool(address.strip())


def _find_request_faults(site: Site) -> Iterator[Fault]:
    promised = site.requests
    yield from require_within("requests.access_days", promised.access_days, 1, 90, "days")
    for name in ("correction_working_days", "complaint_contact_working_days"):
        yield from require_within(f"requests.{name}", getattr(promised, name), 0, 60, "working days, 0 for no promise")
    yield from require_within("requests.incident_hours", promised.incident_hours, 1, 72, "hours")
