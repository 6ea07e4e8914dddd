"""Job handlers: who does which kind of job."""

from collections.abc import Mapping

from consent_service.services.feed.announcing_changes import WEBHOOK_JOB
from consent_service.services.feed.delivering_webhooks import webhook_handler
from consent_service.services.imports.importing import IMPORT_JOB, work_on_import
from consent_service.services.messages.answering_requests import MAIL_JOB, answer_link_request, answer_request
from consent_service.services.messages.declaring_age import DECLARATION_JOB, answer_declaration
from consent_service.services.messages.sending_mail import mail_handler
from consent_service.services.messages.subscribing import LINK_JOB, REQUEST_JOB
from consent_service.services.queueing_jobs import Handler
from consent_service.settings import Settings
from consent_service.texts import Catalogue


def job_handlers(settings: Settings, catalogue: Catalogue) -> Mapping[str, Handler]:
    """List the handler of every kind of job."""
    return {
        REQUEST_JOB: answer_request,
        LINK_JOB: answer_link_request,
        DECLARATION_JOB: answer_declaration,
        MAIL_JOB: mail_handler(settings.smtp_url, catalogue),
        IMPORT_JOB: work_on_import,
        WEBHOOK_JOB: webhook_handler(loopback_allowed=settings.webhook_loopback),
    }
