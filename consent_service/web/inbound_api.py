"""The inbound API: what people send back to the shop's messages, handed in by its mail server or text provider."""

from typing import Any, Literal

import msgspec
from flask import Blueprint, Response, request
from werkzeug.exceptions import LengthRequired

from consent_service.domain.api_key import Scope
from consent_service.domain.purpose import Channel
from consent_service.services.receiving import MAX_MESSAGE, Action, receive_mail, receive_text
from consent_service.web.api_operation import ApiOperation
from consent_service.web.api_request import Person, admit, answer, identify, read_body
from consent_service.web.idempotency import PARAMETER, once
from consent_service.web.metrics import count_unsubscribe
from consent_service.web.parts import parts
from consent_service.web.problems import Problem

MAIL_TYPE = "message/rfc822"
LONGEST_RECIPIENT = 320


class ReplyBody(msgspec.Struct, kw_only=True):
    """A reply to a text message; ``channel`` is what it came by, and the keyword counts for that alone."""

    phone: str
    text: str
    channel: Literal["sms", "whatsapp"] = "sms"


class InboundAnswer(msgspec.Struct, kw_only=True):
    """Whether there was something to act on, and what came of it.

    ``action`` is unsubscribed, reopened, unchanged (it was so before), ignored (a machine sent it) or none.
    """

    matched: bool
    action: Action


def post_mail() -> Response:
    """Take a raw message; it is never answered by another."""
    key, site = admit(Scope.WRITE)
    recipient = _recipient()
    if request.mimetype != MAIL_TYPE:
        raise Problem(415, "wrong_type", f"Send the message as it came, as {MAIL_TYPE}.")
    if "Transfer-Encoding" in request.headers and request.content_length is None:
        raise LengthRequired
    request.max_content_length = MAX_MESSAGE
    message = request.get_data()
    return once(key, lambda: _answer(site.id, receive_mail(parts().resources, site, message, recipient), "mailto"))


def post_reply() -> Response:
    """Take the reply to a text message; only a keyword counts, and other words are kept nowhere."""
    key, site = admit(Scope.WRITE)
    body = read_body(ReplyBody)
    person = identify(site, Person(phone=body.phone))
    resources, channel = parts().resources, Channel(body.channel)
    if any(purpose.channel is channel and not key.sees(purpose.key) for purpose in site.message_purposes):
        raise Problem(403, "purpose_not_visible", "This key may not see every purpose that a keyword is about.")
    return once(key, lambda: _answer(site.id, receive_text(resources, site, person, body.text, channel), channel))


def _answer(site: str, action: Action, source: str) -> Response:
    if action is Action.UNSUBSCRIBED:
        count_unsubscribe(site, source)
    return answer(InboundAnswer(matched=action.matched, action=action), 202)


def _recipient() -> str:
    for name in request.args:
        if name != "recipient":
            raise Problem(400, "parameter_unknown", f"There is no parameter '{name[:40]}' here.")
    given = request.args.getlist("recipient")
    if len(given) > 1:
        raise Problem(400, "parameter_repeated", "Send 'recipient' once.")
    return given[0][:LONGEST_RECIPIENT] if given else ""


def inbound_blueprint() -> Blueprint:
    """Serve the intake."""
    blueprint = Blueprint("inbound_api", __name__, url_prefix="/v1/inbound")
    for path, view in (("/mail", post_mail), ("/sms", post_reply)):
        blueprint.add_url_rule(path, view_func=view, methods=["POST"], provide_automatic_options=False)
    return blueprint


RECIPIENT: dict[str, Any] = {
    "name": "recipient",
    "in": "query",
    "required": False,
    "schema": {"type": "string"},
    "description": "The recipient of the envelope, where the mail server knows it.",
}
OPERATIONS = (
    ApiOperation(
        path="/v1/inbound/mail",
        method="POST",
        name="receiveMail",
        summary="A mail to an unsubscribe address",
        description=(
            "The token in the recipient's address counts, and nothing else in the message. Bounces and automatic "
            "answers are ignored. No mail is ever sent in return."
        ),
        scope=Scope.WRITE,
        answer=InboundAnswer,
        status=202,
        errors=(400, 411, 413, 415, 422),
        parameters=(RECIPIENT, PARAMETER),
        body_types=(MAIL_TYPE,),
    ),
    ApiOperation(
        path="/v1/inbound/sms",
        method="POST",
        name="receiveReply",
        summary="The reply to a text message",
        description=(
            "A stop keyword ends every purpose of that channel for the number; a start keyword reopens what a stop "
            "keyword ended, and nothing else. Any other text changes nothing."
        ),
        scope=Scope.WRITE,
        body=ReplyBody,
        answer=InboundAnswer,
        status=202,
        errors=(400, 413, 415, 422),
        parameters=(PARAMETER,),
    ),
)
