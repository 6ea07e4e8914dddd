"""Public keys and public statements: what anybody needs to verify a record, and how the opt-out signal is treated."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from consent_service.domain.basics.duration import count_least_days
from consent_service.domain.site.site import Site
from consent_service.services.ledger.publishing_keys import describe_ledger_keys, list_compromised_keys
from consent_service.web.frame.visit import find_mount
from consent_service.web.frame.wiring import find_wiring

KEYS_CACHE = "public, max-age=300"


def get_public_keys() -> Response:
    """Publish the signing keys as a JSON Web Key Set, with what is needed for checkpoints and for visitors' cookies."""
    wired = find_wiring()
    site = find_mount(wired.sites, request.environ).site
    ledger = describe_ledger_keys(wired.resources, site.id)
    consent = describe_cookie(site)
    if compromised := list_compromised_keys(wired.resources):
        consent["compromised"] = compromised
    response = jsonify(keys=wired.resources.keys.jwks(), ledger=ledger, consent=consent)
    response.headers["Cache-Control"] = KEYS_CACHE
    return response


def describe_cookie(site: Site) -> dict[str, Any]:
    """Describe the visitor cookie of a site: how long a choice is valid, and the letter of each purpose.

    The days are those that the validity has at least, for readers that count in days.
    """
    return {
        "site": site.id,
        "validity": str(site.choice_validity),
        "valid_days": count_least_days(site.choice_validity),
        "letters": {purpose.key: purpose.letter for purpose in site.cookie_purposes},
    }


def get_gpc_statement() -> Response:
    """State that the Global Privacy Control signal is honoured."""
    wired = find_wiring()
    site = find_mount(wired.sites, request.environ).site
    response = jsonify(gpc=any(purpose.signal for purpose in site.cookie_purposes), lastUpdate=GPC_SINCE)
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


GPC_SINCE = "2026-11-22"
"""The day since which this service has treated the signal as it does now."""


def public_keys_blueprint() -> Blueprint:
    """Serve the public statements."""
    blueprint = Blueprint("public_keys", __name__)
    blueprint.add_url_rule("/consent/keys.json", view_func=get_public_keys)
    blueprint.add_url_rule("/.well-known/gpc.json", view_func=get_gpc_statement)
    return blueprint
