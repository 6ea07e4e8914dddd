"""The webhooks API: where a site is told what happened, with its secret, its deliveries and its replays."""

import msgspec
from flask import Blueprint, Response

from consent_service.domain.api_key import ApiKey, Scope
from consent_service.domain.basics.moment import write_time, write_time_or_none
from consent_service.domain.feed.webhook import Webhook
from consent_service.domain.feed.webhook_event import Event
from consent_service.domain.site.site import Site
from consent_service.services.feed.keeping_webhooks import (
    MAX_REPLAYED,
    Changes,
    Made,
    WebhookFault,
    change_webhook,
    find_webhook,
    list_webhooks,
    make_webhook,
    remove_webhook,
    replay_changes,
    replay_delivery,
    rotate_secret,
    send_test,
)
from consent_service.web.api.api_request import admit, answer_json, answer_nothing, make_api_routes, read_body
from consent_service.web.api.idempotency import run_once
from consent_service.web.frame.key_gate import require_all_purposes
from consent_service.web.frame.problems import Problem
from consent_service.web.frame.wiring import find_wiring


class NewWebhook(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A webhook to be made: an https address and at least one event."""

    url: str
    events: list[Event] = msgspec.field(default_factory=lambda: list(Event))


class WebhookChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What to change of a webhook; what is left out stays. Switching it on forgets that it failed."""

    url: str | None = None
    events: list[Event] | None = None
    enabled: bool | None = None


class Replay(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What to send again: one delivery by its id, or the changes from a number to a number."""

    delivery: str | None = None
    first: int | None = None
    last: int | None = None


class WebhookAnswer(msgspec.Struct, kw_only=True):
    """A webhook without its secret; ``previous_secret_until`` is how long the one before goes on signing."""

    id: str
    url: str
    events: list[str]
    enabled: bool
    created_at: str
    failing_since: str | None
    disabled_at: str | None
    disabled_because: str | None
    previous_secret_until: str | None


class WebhookSecretAnswer(msgspec.Struct, kw_only=True):
    """A webhook and its secret, which is shown only now."""

    webhook: WebhookAnswer
    secret: str


class WebhooksAnswer(msgspec.Struct, kw_only=True):
    """Every webhook of the site, oldest first."""

    items: list[WebhookAnswer]


class ReplayAnswer(msgspec.Struct, kw_only=True):
    """How many messages were queued."""

    queued: int


class TestAnswer(msgspec.Struct, kw_only=True):
    """The id of the test message, as header ``webhook-id`` has it."""

    delivery: str


def post_webhook() -> Response:
    """Make a webhook and show its secret."""
    key, site = _admit_keeper()
    wanted = read_body(NewWebhook)
    _require_events(wanted.events)
    return run_once(key, lambda: _make_webhook(site, wanted))


def _make_webhook(site: Site, wanted: NewWebhook) -> Response:
    wired = find_wiring()
    try:
        made = make_webhook(wired.resources, site, wanted.url, wanted.events, loopback_allowed=wired.webhook_loopback)
    except WebhookFault as fault:
        raise _make_webhook_problem(fault) from None
    return answer_json(_show_secret(made), 201)


def get_webhooks() -> Response:
    """Answer with every webhook of the site."""
    webhooks = list_webhooks(find_wiring().resources, admit_webhook_site())
    return answer_json(WebhooksAnswer(items=[_describe_webhook(webhook) for webhook in webhooks]))


def get_webhook(webhook: str) -> Response:
    """Answer with one webhook."""
    return answer_json(_describe_webhook(find_own_webhook(admit_webhook_site(), webhook)))


def patch_webhook(webhook: str) -> Response:
    """Change a webhook."""
    kept, wanted = find_own_webhook(admit_webhook_site(), webhook), read_body(WebhookChange)
    if wanted.events is not None:
        _require_events(wanted.events)
    wired = find_wiring()
    changes = Changes(url=wanted.url, events=wanted.events, enabled=wanted.enabled)
    try:
        changed = change_webhook(wired.resources, kept, changes, loopback_allowed=wired.webhook_loopback)
    except WebhookFault as fault:
        raise _make_webhook_problem(fault) from None
    return answer_json(_describe_webhook(changed))


def delete_webhook_by_id(webhook: str) -> Response:
    """Forget a webhook."""
    remove_webhook(find_wiring().resources, find_own_webhook(admit_webhook_site(), webhook))
    return answer_nothing({})


def post_secret(webhook: str) -> Response:
    """Give a webhook another secret."""
    return answer_json(
        _show_secret(rotate_secret(find_wiring().resources, find_own_webhook(admit_webhook_site(), webhook))), 201
    )


def post_replay(webhook: str) -> Response:
    """Send again what is asked for."""
    site = admit_webhook_site()
    kept, wanted = find_own_webhook(site, webhook), read_body(Replay)
    resources = find_wiring().resources
    if wanted.delivery is not None and wanted.first is None and wanted.last is None:
        queued = replay_delivery(resources, kept, wanted.delivery)
        if not queued:
            raise Problem(404, "delivery_unknown", "There is no finished delivery of this id whose content is kept.")
        return answer_json(ReplayAnswer(queued=queued), 202)
    if wanted.delivery is not None or wanted.first is None or wanted.last is None:
        raise Problem(422, "body_invalid", "Send either 'delivery', or 'first' and 'last'.")
    if not 1 <= wanted.first <= wanted.last < wanted.first + MAX_REPLAYED or wanted.last >= 2**63:
        raise Problem(422, "range_invalid", f"'first' to 'last' may span 1 to {MAX_REPLAYED} changes.")
    return answer_json(ReplayAnswer(queued=replay_changes(resources, site, kept, wanted.first, wanted.last)), 202)


def post_test(webhook: str) -> Response:
    """Send a test message."""
    return answer_json(
        TestAnswer(delivery=send_test(find_wiring().resources, find_own_webhook(admit_webhook_site(), webhook))), 202
    )


def find_own_webhook(site: Site, identifier: str) -> Webhook:
    """Find a webhook of a site; raises Problem 404."""
    kept = find_webhook(find_wiring().resources, site, identifier)
    if kept is None:
        raise Problem(404, "webhook_unknown", "There is no such webhook on the site of this key.")
    return kept


def admit_webhook_site() -> Site:
    """Find the site of a key that may keep webhooks; raises Problem."""
    return _admit_keeper()[1]


def _admit_keeper() -> tuple[ApiKey, Site]:
    key, site = admit(Scope.ADMIN)
    require_all_purposes(key, "keeping webhooks")
    return key, site


def _require_events(events: list[Event]) -> None:
    if not events:
        raise Problem(422, "body_invalid", "Name at least one event.")


def _make_webhook_problem(fault: WebhookFault) -> Problem:
    if fault.code == "too_many":
        return Problem(409, "webhooks_too_many", f"At most so many: {fault}.")
    return Problem(422, "webhook_refused", f"url: {fault}.")


def _show_secret(made: Made) -> WebhookSecretAnswer:
    return WebhookSecretAnswer(webhook=_describe_webhook(made.webhook), secret=made.secret)


def _describe_webhook(webhook: Webhook) -> WebhookAnswer:
    return WebhookAnswer(
        id=webhook.id,
        url=webhook.url,
        events=list(webhook.events),
        enabled=webhook.disabled_at is None,
        created_at=write_time(webhook.created_at),
        failing_since=write_time_or_none(webhook.failing_since),
        disabled_at=write_time_or_none(webhook.disabled_at),
        disabled_because=webhook.disabled_because or None,
        previous_secret_until=write_time_or_none(webhook.previous_until),
    )


def webhooks_blueprint() -> Blueprint:
    """Serve webhooks."""
    base, one = "/v1/webhooks", "/v1/webhooks/<webhook>"
    return make_api_routes(
        "webhooks_api",
        ("POST", base, post_webhook),
        ("GET", base, get_webhooks),
        ("GET", one, get_webhook),
        ("PATCH", one, patch_webhook),
        ("DELETE", one, delete_webhook_by_id),
        ("POST", f"{one}/secret", post_secret),
        ("POST", f"{one}/replay", post_replay),
        ("POST", f"{one}/test", post_test),
    )
