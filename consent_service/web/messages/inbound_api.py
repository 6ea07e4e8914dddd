"""The inbound API: what people send back to the shop's messages, handed in by its mail server or text provider."""

from typing import Literal

import msgspec
from flask import Blueprint, Response, request

from consent_service.domain.api_key import Scope
from consent_service.domain.site.purpose import Channel
from consent_service.services.messages.receiving_replies import MAX_MESSAGE, Action, receive_mail, receive_text
from consent_service.web.api.api_operation import ApiOperation, describe_query_parameter
from consent_service.web.api.api_request import (
    Person,
    admit,
    answer_json,
    identify,
    make_api_routes,
    read_body,
    read_parameters,
)
from consent_service.web.api.idempotency import PARAMETER, run_once
from consent_service.web.frame.form_guard import require_length
from consent_service.web.frame.key_gate import require_all_purposes
from consent_service.web.frame.metrics import count_unsubscribe
from consent_service.web.frame.problems import Problem
from consent_service.web.frame.wiring import find_wiring

MAIL_TYPE = "message/rfc822"
MAX_RECIPIENT = 320


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
    recipient = read_parameters(("recipient",)).get("recipient", "")[:MAX_RECIPIENT]
    if request.mimetype != MAIL_TYPE:
        raise Problem(415, "wrong_type", f"Send the message as it came, as {MAIL_TYPE}.")
    require_length(request)
    request.max_content_length = MAX_MESSAGE
    message = request.get_data()
    return run_once(
        key, lambda: _answer(site.id, receive_mail(find_wiring().resources, site, message, recipient), "mailto")
    )


def post_reply() -> Response:
    """Take the reply to a text message; only a keyword counts, and other words are kept nowhere."""
    key, site = admit(Scope.WRITE)
    body = read_body(ReplyBody, kept=False)
    person = identify(site, Person(phone=body.phone), from_gateway=True)
    resources, channel = find_wiring().resources, Channel(body.channel)
    concerned = [purpose for purpose in site.message_purposes if purpose.channel is channel]
    if not concerned:
        require_all_purposes(key, "a keyword on a channel without messages, which stops everything,")
    if not all(key.sees(purpose.key) for purpose in concerned):
        raise Problem(403, "purpose_not_visible", "This key may not see every purpose that a keyword is about.")
    return run_once(key, lambda: _answer(site.id, receive_text(resources, site, person, body.text, channel), channel))


def _answer(site: str, action: Action, source: str) -> Response:
    if action is Action.UNSUBSCRIBED:
        count_unsubscribe(site, source)
    return answer_json(InboundAnswer(matched=action.matched, action=action), 202)


def inbound_blueprint() -> Blueprint:
    """Serve the intake."""
    return make_api_routes(
        "inbound_api", ("POST", "/v1/inbound/mail", post_mail), ("POST", "/v1/inbound/sms", post_reply)
    )


RECIPIENT = describe_query_parameter("recipient", "The recipient of the envelope, where the mail server knows it.")
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
