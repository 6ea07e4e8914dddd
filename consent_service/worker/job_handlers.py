"""Job handlers: who does which kind of job."""

from collections.abc import Mapping

from consent_service.services.feed.announcing_changes import WEBHOOK_JOB
from consent_service.services.feed.delivering_webhooks import make_webhook_handler
from consent_service.services.imports.importing import IMPORT_JOB, import_for_a_while
from consent_service.services.ledger.sending_checkpoints import CHECKPOINT_JOB, make_checkpoint_handler
from consent_service.services.messages.answering_requests import MAIL_JOB, answer_link_request, answer_request
from consent_service.services.messages.declaring_age import DECLARATION_JOB, answer_declaration
from consent_service.services.messages.sending_mail import make_mail_handler
from consent_service.services.messages.subscribing import LINK_JOB, REQUEST_JOB
from consent_service.services.queueing_jobs import Handler
from consent_service.settings import Settings
from consent_service.texts import Catalogue


def list_job_handlers(settings: Settings, catalogue: Catalogue) -> Mapping[str, Handler]:
    """List the handler of every kind of job."""
    return {
        REQUEST_JOB: answer_request,
        LINK_JOB: answer_link_request,
        DECLARATION_JOB: answer_declaration,
        MAIL_JOB: make_mail_handler(settings.smtp_url, catalogue),
        IMPORT_JOB: import_for_a_while,
        CHECKPOINT_JOB: make_checkpoint_handler(settings.smtp_url, loopback_allowed=settings.webhook_loopback),
        WEBHOOK_JOB: make_webhook_handler(loopback_allowed=settings.webhook_loopback),
    }
