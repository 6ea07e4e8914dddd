"""The generation fence: a version that another one has migrated away from answers 503 before it says anything."""

from flask import Flask, request

from consent_service.web.frame.wiring import find_wiring

TELLS_OF_NOBODY = frozenset({"health", "public_keys", "reference", "stylesheets"})
"""Blueprints whose views tell of no person and change nothing; readiness looks for itself."""
FRAGMENTS = frozenset({"banner.get_banner", "subscribe.fragment"})
"""What is pasted into pages of a shop, and never answered by a page of ours. The banner looks for itself."""


def install_generation_fence(app: Flask) -> None:
    """Have every view of an application that tells or changes something look at the schema's generation first."""

    @app.before_request
    def require_generation() -> None:
        if request.endpoint and request.blueprint not in TELLS_OF_NOBODY and request.endpoint not in FRAGMENTS:
            find_wiring().resources.database.require_generation()
