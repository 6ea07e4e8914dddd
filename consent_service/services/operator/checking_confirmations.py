"""Checking that the confirmations a newsletter form promises are sent by somebody."""

from collections.abc import Iterable

from consent_service.domain.feed.webhook_event import Event
from consent_service.domain.site.site import ConfirmBy, Site
from consent_service.services.resources import Resources
from consent_service.storage.webhooks import list_webhooks_of

NOBODY_SENDS = (
    f"nobody sends the link that confirms a subscription: confirm_by is webhook, and no webhook that is on asked for "
    f"{Event.CONFIRM_REQUESTED}"
)


def list_unconfirmed_sites(resources: Resources, sites: Iterable[Site]) -> list[str]:
    """List the ids of the sites whose newsletter form leads to a confirmation that nobody sends."""
    return [
        site.id
        for site in sites
        if site.newsletter_purposes
        and site.messages
        and site.messages.confirm_by is ConfirmBy.WEBHOOK
        and not any(webhook.wants(Event.CONFIRM_REQUESTED) for webhook in list_webhooks_of(resources.database, site.id))
    ]
