"""API requests: the key and its site, a body of a known shape, and the JSON answer."""

import logging
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

import msgspec
from flask import Blueprint, Response, request

from consent_service.domain.api_key import ApiKey, Scope
from consent_service.domain.basics.payment_data import REFUSAL, find_payment_data
from consent_service.domain.errors import ActFault, AddressFault
from consent_service.domain.site.site import Site
from consent_service.services.subject.identifying_subjects import (
    Identified,
    identify_email,
    identify_key,
    identify_phone,
)
from consent_service.web.frame.key_gate import refuse_key_in_url
from consent_service.web.frame.problems import Problem
from consent_service.web.frame.wiring import find_wiring

MAX_BODY = 262_144
"""256 KiB, for bodies that are read whole."""
JSON_TYPES = ("application/json",)
ADDRESSES = ("email", "phone", "subject", "url")
"""Fields in which as many digits may stand as a card has."""
_NAMES = re.compile(r"`([^`]*)`")

Body = TypeVar("Body", bound=msgspec.Struct)

_log = logging.getLogger(__name__)


class Person(msgspec.Struct, kw_only=True):
    """Whom a request is about: exactly one of an e-mail address, a phone number and a subject key."""

    email: str | None = None
    phone: str | None = None
    subject: str | None = None


def admit(scope: Scope) -> tuple[ApiKey, Site]:
    """Return the key of the request and its site; raises Problem where the key does not count or lacks the scope."""
    refuse_key_in_url(request.args.items(multi=True))
    key, site = find_wiring().gate.admit(request.headers.get("Authorization"), scope)
    used = {"key": key.id, "site": site.id, "method": request.method, "route": str(request.url_rule)}
    _log.info("the API was used", extra=used)
    return key, site


def read_parameters(known: Collection[str], *, repeated: Collection[str] = ()) -> dict[str, str]:
    """Read the query; raises Problem 400 for a parameter that is unknown, or repeated and may not be."""
    for name in request.args:
        if name not in known:
            raise Problem(400, "parameter_unknown", f"There is no parameter '{name[:40]}' here.")
        if name not in repeated and len(request.args.getlist(name)) > 1:
            raise Problem(400, "parameter_repeated", f"Send '{name}' once.")
    return request.args.to_dict()


def read_number(given: Mapping[str, str], name: str, usual: int, least: int, most: int) -> int:
    """Read a parameter that is a whole number; raises Problem 400 for anything else and for one out of range."""
    text = given.get(name, str(usual))
    if not (text.isascii() and text.isdigit() and len(text) < 6 and least <= int(text) <= most):
        raise Problem(400, "number_invalid", f"{name}: expected a whole number from {least} to {most}.")
    return int(text)


def read_body(kind: type[Body], *, most: int = MAX_BODY, kept: bool = True) -> Body:
    """Read the JSON body as a value of this type; raises Problem 413, 415 or 422 with the place of the fault.

    What may be ``kept`` of it is refused where it holds card data.
    """
    if request.mimetype not in JSON_TYPES:
        raise Problem(415, "wrong_type", "Send the body as application/json.")
    request.max_content_length = most
    try:
        body = msgspec.json.decode(request.get_data(), type=kind)
    except msgspec.ValidationError as error:
        _refuse_payment_data(dict.fromkeys(_NAMES.findall(str(error)), ""), str(error))
        raise Problem(422, "body_invalid", f"{error}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Problem(400, "body_malformed", f"The body is no JSON: {error}.") from None
    except RecursionError:
        raise Problem(400, "body_malformed", "The body is nested too deeply.") from None
    if kept:
        _refuse_payment_data(msgspec.to_builtins(body))
    return body


def _refuse_payment_data(*values: object) -> None:
    if any(find_payment_data(value, passed=ADDRESSES) for value in values):
        raise Problem(422, "payment_data", f"{REFUSAL}; send it without.".capitalize())


def require_whole(received: int) -> None:
    """Raise Problem 400 where the body ended before its length: half a list must not pass for a whole one."""
    if request.content_length is not None and received < request.content_length:
        raise Problem(400, "bad_request", "The body broke off before its Content-Length.")


def identify(site: Site, person: Person, *, from_gateway: bool = False) -> Identified:
    """Find whom a request is about; raises Problem 422 for none, several, or an address that is not valid.

    ``from_gateway`` is for a sender that a text provider names, whose digits begin with the country code.
    """
    given = [name for name in ("email", "phone", "subject") if getattr(person, name) is not None]
    if len(given) != 1:
        raise Problem(422, "person_missing", "Send exactly one of 'email', 'phone' and 'subject'.")
    resources = find_wiring().resources
    try:
        if person.email is not None:
            return identify_email(resources, site, person.email)
        if person.phone is not None:
            return identify_phone(resources, site, person.phone, from_gateway=from_gateway)
        return identify_key(resources, site, person.subject or "")
    except AddressFault as fault:
        raise Problem(422, "address_invalid", f"{given[0]}: {fault}.") from None


def make_act_problem(fault: ActFault) -> Problem:
    """Make the problem that says why an act cannot be taken."""
    return Problem(422, fault.code, f"{fault}.")


def answer_json(body: Any, status: int = 200) -> Response:
    """Answer with JSON that no cache keeps."""
    response = Response(msgspec.json.encode(body), status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def answer_nothing(headers: Mapping[str, str]) -> Response:
    """Answer 204, with no body."""
    response = Response(status=204, headers=dict(headers))
    del response.headers["Content-Type"]
    response.headers["Cache-Control"] = "no-store"
    return response


def make_api_routes(name: str, *routes: tuple[str, str, Callable[..., Response]]) -> Blueprint:
    """Serve views by method and path; every other method is refused, OPTIONS among them."""
    blueprint = Blueprint(name, __name__)
    for method, path, view in routes:
        blueprint.add_url_rule(path, view_func=view, methods=[method], provide_automatic_options=False)
    return blueprint
