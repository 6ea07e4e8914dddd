"""Routes: everything that Flask serves. What must be quick stands in front of Flask, see create_app."""

from consent_service.web.api_reference_page import reference_blueprint
from consent_service.web.check.list_check_api import check_stream_blueprint
from consent_service.web.check.subject_check_api import subject_check_blueprint
from consent_service.web.feed.changes_api import changes_blueprint
from consent_service.web.feed.deliveries_api import deliveries_blueprint
from consent_service.web.feed.export_api import export_blueprint
from consent_service.web.feed.webhooks_api import webhooks_blueprint
from consent_service.web.frame.health_endpoint import health_blueprint
from consent_service.web.frame.stylesheet_endpoint import stylesheet_blueprint
from consent_service.web.imports.imports_api import imports_blueprint
from consent_service.web.ledger.ledger_api import ledger_blueprint
from consent_service.web.ledger.public_keys_endpoint import public_keys_blueprint
from consent_service.web.ledger.receipt_pages import receipts_blueprint
from consent_service.web.messages.centre_page import centre_blueprint
from consent_service.web.messages.confirm_page import confirm_blueprint
from consent_service.web.messages.declaration_page import declaration_blueprint
from consent_service.web.messages.inbound_api import inbound_blueprint
from consent_service.web.messages.links_api import links_blueprint
from consent_service.web.messages.subscribe_page import subscribe_blueprint
from consent_service.web.messages.subscription_api import subscription_api_blueprint
from consent_service.web.messages.suppression_list_api import suppression_list_blueprint
from consent_service.web.messages.suppressions_api import suppressions_blueprint
from consent_service.web.messages.unsubscribe_page import unsubscribe_blueprint
from consent_service.web.messages.withdrawals_api import withdrawals_blueprint
from consent_service.web.rights.subjects_api import subjects_blueprint
from consent_service.web.rights.visitor_api import visitor_api_blueprint
from consent_service.web.visitor.banner_fragment import banner_blueprint
from consent_service.web.visitor.choice_page import choice_blueprint
from consent_service.web.visitor.cookie_list_page import cookie_list_blueprint
from consent_service.web.visitor.settings_page import settings_blueprint

BLUEPRINTS = (
    banner_blueprint,
    choice_blueprint,
    settings_blueprint,
    cookie_list_blueprint,
    receipts_blueprint,
    stylesheet_blueprint,
    public_keys_blueprint,
    unsubscribe_blueprint,
    centre_blueprint,
    declaration_blueprint,
    links_blueprint,
    inbound_blueprint,
    visitor_api_blueprint,
    ledger_blueprint,
    subscribe_blueprint,
    confirm_blueprint,
    subscription_api_blueprint,
    changes_blueprint,
    export_blueprint,
    imports_blueprint,
    webhooks_blueprint,
    deliveries_blueprint,
    reference_blueprint,
    check_stream_blueprint,
    subject_check_blueprint,
    subjects_blueprint,
    withdrawals_blueprint,
    suppressions_blueprint,
    suppression_list_blueprint,
    health_blueprint,
)
