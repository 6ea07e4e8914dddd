"""Idempotency keys: a write that carries one acts once and answers every repeat with the same bytes."""

import re
from collections.abc import Callable

from flask import Response, request

from consent_service.domain.api_key import ApiKey
from consent_service.domain.errors import ActFault
from consent_service.services.repeating_writes import Attempted, KeptReply, write_once
from consent_service.web.api.api_request import make_act_problem
from consent_service.web.frame.problems import Problem
from consent_service.web.frame.wiring import find_wiring

HEADER = "Idempotency-Key"
KEY = re.compile(r"[ -~]{1,255}", re.ASCII)
PARAMETER = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "Sent again with the same request within a day, it gets the same answer and nothing happens twice.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$"},
}


def run_once(key: ApiKey, act: Callable[[], Response]) -> Response:
    """Run what a write does, unless its idempotency key says that it was done.

    It runs in one transaction with the keeping of its answer. Where it raises, nothing is done and nothing kept. Call
    it when the body has been read. Raises Problem 400 for what is no key and 422 for one used for something else.
    """
    sent = request.headers.get(HEADER)
    if sent is None:
        return act()
    if not KEY.fullmatch(sent):
        raise Problem(400, "idempotency_malformed", "An Idempotency-Key has 1 to 255 printable ASCII characters.")
    content = b"\0".join([request.method.encode(), request.full_path.encode(), request.get_data()])
    attempted = Attempted(key.site, f"{key.id}\0{sent}", content)
    try:
        reply, repeated = write_once(find_wiring().resources, attempted, lambda: _keep_reply(act()))
    except ActFault as fault:
        raise make_act_problem(fault) from None
    response = Response(reply.body, reply.status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    if repeated:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def _keep_reply(response: Response) -> KeptReply:
    return KeptReply(response.status_code, response.get_data())
