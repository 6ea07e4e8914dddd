"""The links API: ready mail headers and links for each recipient of a message."""

from typing import Annotated

import msgspec
from flask import Blueprint, Response

from consent_service.domain.api_key import ApiKey, Scope
from consent_service.domain.basics.nearest_name import suggest_name
from consent_service.domain.messages.link_pack import DKIM_HEADERS, LinkPack
from consent_service.domain.site.purpose import Channel, Purpose
from consent_service.domain.site.site import Site
from consent_service.services.messages.making_links import make_pack_maker
from consent_service.web.api.api_operation import ApiOperation
from consent_service.web.api.api_request import Person, admit, answer_json, identify, make_api_routes, read_body
from consent_service.web.frame.key_gate import make_hidden_problem, require_all_purposes
from consent_service.web.frame.link_origin import find_link_origin
from consent_service.web.frame.problems import Problem
from consent_service.web.frame.wiring import find_wiring

MAX_RECIPIENTS = 1000
MAX_BODY = 1_048_576
"""1 MiB: a thousand addresses of the greatest length."""


class LinksBody(msgspec.Struct, kw_only=True):
    """For whom links are wanted, and what they end: a purpose, else all messages of a channel, else everything."""

    recipients: Annotated[list[Person], msgspec.Meta(min_length=1, max_length=MAX_RECIPIENTS)]
    purpose: str | None = None
    channel: Channel | None = None


class RecipientError(msgspec.Struct, kw_only=True):
    """Why there are no links for a recipient."""

    code: str
    detail: str


class RecipientLinks(msgspec.Struct, kw_only=True):
    """The links of one recipient, or the error that leaves all else empty.

    ``headers`` go into a mail as they are; they are empty for channels other than e-mail. A key that sees only some
    purposes gets no ``preferences_url``, because that leads to all of them.
    """

    subject: str | None = None
    headers: dict[str, str] = {}
    unsubscribe_url: str | None = None
    preferences_url: str | None = None
    error: RecipientError | None = None


class LinksAnswer(msgspec.Struct, kw_only=True):
    """One entry for each recipient, in order; ``dkim_headers`` are what the signature of a mail must cover."""

    links: list[RecipientLinks]
    dkim_headers: list[str]


def post_links() -> Response:
    """Answer with the links of each recipient, whether or not anything is known of them."""
    key, site = admit(Scope.LINKS)
    body = read_body(LinksBody, most=MAX_BODY, kept=False)
    purpose = _find_ended_purpose(site, key, body)
    make = make_pack_maker(
        find_wiring().resources,
        site,
        find_link_origin(site),
        purpose=purpose,
        channel=body.channel,
        limited=key.limited,
    )
    mailed = (purpose.channel if purpose else body.channel) in (None, Channel.EMAIL)

    def links(person: Person) -> RecipientLinks:
        try:
            subject = identify(site, person).key
        except Problem as problem:
            return RecipientLinks(error=RecipientError(code=problem.code, detail=problem.detail))
        return _make_links(subject, make(subject), mailed=mailed)

    return answer_json(
        LinksAnswer(links=[links(person) for person in body.recipients], dkim_headers=list(DKIM_HEADERS))
    )


def _make_links(subject: str, pack: LinkPack, *, mailed: bool) -> RecipientLinks:
    return RecipientLinks(
        subject=subject,
        headers=pack.headers if mailed else {},
        unsubscribe_url=pack.unsubscribe_url,
        preferences_url=pack.preferences_url,
    )


def _find_ended_purpose(site: Site, key: ApiKey, body: LinksBody) -> Purpose | None:
    """Find the purpose that the links are to end; raises Problem where the key may not name that or it is none."""
    if body.purpose is None:
        require_all_purposes(key, "a link that ends more than one named purpose")
        return None
    if not key.sees(body.purpose):
        raise make_hidden_problem(key, body.purpose)
    known = {purpose.key: purpose for purpose in site.message_purposes if key.sees(purpose.key)}
    found = known.get(body.purpose)
    if found is None:
        hint = suggest_name(body.purpose, known)
        detail = f"{body.purpose[:64]!r} is not a purpose of messages that a person can end{hint}."
        raise Problem(422, "purpose_not_endable", detail)
    if body.channel not in (None, found.channel):
        raise Problem(422, "purpose_not_endable", f"{body.purpose[:64]!r} is not of that channel.")
    return found


def links_blueprint() -> Blueprint:
    """Serve the links."""
    return make_api_routes("links_api", ("POST", "/v1/links", post_links))


OPERATIONS = (
    ApiOperation(
        path="/v1/links",
        method="POST",
        name="makeLinks",
        summary="Headers and links by which the readers of a message can leave",
        description=(
            f"From 1 to {MAX_RECIPIENTS} recipients, each by e-mail, phone or subject key; the answer keeps their "
            "order. Nothing is looked up or kept. Whoever has a link can follow it, so put it into that message alone. "
            "The links of a key that sees only some purposes end the named one and never more; none of them leads to "
            "the preferences."
        ),
        scope=Scope.LINKS,
        body=LinksBody,
        answer=LinksAnswer,
        errors=(400, 409, 413, 415, 422),
    ),
)
