"""Health: whether this process lives and whether it can do its work, on the service's own address only."""

from functools import wraps
from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import NotFound

from consent_service.domain.errors import ConsentError
from consent_service.services.operator.checking_confirmations import NOBODY_SENDS, list_unconfirmed_sites
from consent_service.services.operator.checking_readiness import check_ready
from consent_service.web.frame.metrics import get_metrics
from consent_service.web.frame.wiring import find_wiring


def require_own_address(view: Any) -> Any:
    """Hide a view from the shops' public hosts."""

    @wraps(view)
    def guarded() -> Any:
        if not find_wiring().sites.serves_own_address(request.host):
            raise NotFound
        return view()

    return guarded


@require_own_address
def get_health() -> Response:
    """Say that the process answers."""
    return jsonify(status="ok")


@require_own_address
def get_readiness() -> Response:
    """Say whether database and keys work; 503 with the cause where they do not.

    A shop whose confirmations nobody sends is named beside it: that is no reason to take every other shop away.
    """
    wired = find_wiring()
    try:
        check_ready(wired.resources)
        unconfirmed = list_unconfirmed_sites(wired.resources, wired.sites.sites.values())
    except ConsentError as error:
        response = jsonify(status="unready", cause=type(error).__name__)
        response.status_code = 503
        return response
    warnings = [f"{site}: {NOBODY_SENDS}" for site in unconfirmed]
    return jsonify(status="ready", warnings=warnings) if warnings else jsonify(status="ready")


def health_blueprint() -> Blueprint:
    """Serve health, readiness and metrics."""
    blueprint = Blueprint("health", __name__)
    blueprint.add_url_rule("/healthz", view_func=get_health)
    blueprint.add_url_rule("/readyz", view_func=get_readiness)
    blueprint.add_url_rule("/metrics", "metrics", require_own_address(get_metrics))
    return blueprint
