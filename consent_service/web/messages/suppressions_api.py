"""The suppressions API: complaints, bounces and other blocks are reported and lifted."""

from contextlib import suppress as passing_over
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from flask import Blueprint, Response

from consent_service.domain.api_key import ApiKey, Scope
from consent_service.domain.basics.moment import make_datetime
from consent_service.domain.errors import ActFault
from consent_service.domain.ledger.actor import name_key_actor
from consent_service.domain.site.site import Site
from consent_service.domain.subject.standing import Block
from consent_service.services.messages.suppressing_addresses import lift_suppression, purge_minor, suppress_address
from consent_service.services.subject.identifying_subjects import Identified
from consent_service.services.subject.recording_acts import act_together
from consent_service.web.api.api_operation import ApiOperation
from consent_service.web.api.api_request import (
    Person,
    admit,
    answer_json,
    identify,
    make_act_problem,
    make_api_routes,
    read_body,
)
from consent_service.web.api.idempotency import PARAMETER, run_once
from consent_service.web.frame.key_gate import require_all_purposes
from consent_service.web.frame.problems import Problem
from consent_service.web.frame.wiring import find_wiring
from consent_service.web.messages.act_fields import Evidence, Source, Time, read_act_field

MAX_ROWS = 1000
NEEDS_EVIDENCE = frozenset({Block.COMPLAINT, Block.MINOR, Block.ERASED})
"""Only the person, or whoever answers for them, can end these; the evidence says how they did."""

Reported = Literal["complaint", "bounce", "manual", "minor"]
Lifted = Literal["complaint", "bounce", "manual", "minor", "erased"]


class SuppressionRequest(Person, kw_only=True, forbid_unknown_fields=True):
    """One person and why they must not be contacted; ``at`` is when that came about, left out for now."""

    reason: Reported
    at: Time | None = None
    source: Source = "api"


class SuppressionsRequest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Persons to suppress, all in one go."""

    suppressions: Annotated[list[SuppressionRequest], msgspec.Meta(min_length=1, max_length=MAX_ROWS)]


class SuppressionResult(msgspec.Struct, kw_only=True):
    """What became of one row, counted from 1: applied, unchanged where it stood already, or invalid with a code."""

    row: int
    result: Literal["applied", "unchanged", "invalid"]
    subject: str | None = None
    record: str | None = None
    code: str | None = None
    detail: str | None = None


class SuppressionsAnswer(msgspec.Struct, kw_only=True):
    """A result for each row, in order; ``seq`` is the number of the last change, 0 for none."""

    results: list[SuppressionResult]
    applied: int
    seq: int


class LiftRequest(Person, kw_only=True, forbid_unknown_fields=True):
    """Which block to take down from whom, and what shows that it may be."""

    reason: Lifted
    source: Source = "api"
    evidence: Evidence = msgspec.field(default_factory=dict)


class LiftAnswer(msgspec.Struct, kw_only=True):
    """Whether a block was taken down, and those that still stand, since when."""

    subject: str
    lifted: bool
    blocks: dict[str, datetime]
    record: str | None
    seq: int


def post_suppressions() -> Response:
    """Put up blocks; what is known of a minor goes as well."""
    key, site = admit(Scope.WRITE)
    require_all_purposes(key, "a block, which stops every message,")
    body = read_body(SuppressionsRequest)
    reply = run_once(key, lambda: _suppress(site, key, body.suppressions))
    # The blocks stand by now, so a purge that is cut short denies all the same and is done by the next try.
    for row in body.suppressions:
        if row.reason == "minor":
            with passing_over(Problem):
                person, actor = identify(site, row), name_key_actor(key.id)
                purge_minor(find_wiring().resources, site, person.principal, actor=actor, others=person.others)
    return reply


def _suppress(site: Site, key: ApiKey, rows: list[SuppressionRequest]) -> Response:
    resources, seq = find_wiring().resources, 0
    results = []
    with act_together(resources, site):
        for number, row in enumerate(rows, start=1):
            try:
                person = identify(site, row)
                at = read_act_field(row.at)
                block = Block(row.reason)
                acted = suppress_address(
                    resources,
                    site,
                    person.principal,
                    block,
                    actor=name_key_actor(key.id),
                    at=at,
                    source=row.source,
                    others=person.others,
                )
            except (Problem, ActFault) as fault:
                problem = fault if isinstance(fault, Problem) else make_act_problem(fault)
                results.append(
                    SuppressionResult(row=number, result="invalid", code=problem.code, detail=problem.detail)
                )
                continue
            seq = acted.seq or seq
            record = acted.record if block is not Block.MINOR else None
            result: Literal["applied", "unchanged"] = "applied" if acted.changes else "unchanged"
            results.append(SuppressionResult(row=number, result=result, subject=person.key, record=record))
    applied = sum(one.result == "applied" for one in results)
    return answer_json(SuppressionsAnswer(results=results, applied=applied, seq=seq))


def delete_suppression() -> Response:
    """Take down a block."""
    key, site = admit(Scope.ADMIN)
    require_all_purposes(key, "lifting a block")
    body = read_body(LiftRequest)
    person = identify(site, body)
    block = Block(body.reason)
    if block in NEEDS_EVIDENCE and not body.evidence:
        raise Problem(422, "evidence_missing", f"Lifting '{block}' needs 'evidence' of what the person did.")
    return run_once(key, lambda: _lift(site, key, person, body))


def _lift(site: Site, key: ApiKey, person: Identified, body: LiftRequest) -> Response:
    acted = lift_suppression(
        find_wiring().resources,
        site,
        person.principal,
        Block(body.reason),
        actor=name_key_actor(key.id, operator=True),
        source=body.source,
        evidence=body.evidence,
        others=person.others,
    )
    blocks = {name: make_datetime(since) for name, since in acted.standing.blocks.items()}
    lifted = bool(acted.changes)
    return answer_json(LiftAnswer(subject=person.key, lifted=lifted, blocks=blocks, record=acted.record, seq=acted.seq))


def suppressions_blueprint() -> Blueprint:
    """Serve the reporting and lifting of blocks."""
    return make_api_routes(
        "suppressions_api",
        ("POST", "/v1/suppressions", post_suppressions),
        ("DELETE", "/v1/suppressions", delete_suppression),
    )


OPERATIONS = (
    ApiOperation(
        path="/v1/suppressions",
        method="POST",
        name="suppress",
        summary="Report complaints, bounces, and others who must not be contacted",
        description=(
            "`bounce` and `manual` stop every message, `complaint` and `minor` those that rest on the person's choice; "
            "`minor` also erases what is known. A row that is invalid does not stop the others. A key that sees only "
            "some purposes cannot block: it has /v1/withdrawals for those."
        ),
        scope=Scope.WRITE,
        body=SuppressionsRequest,
        answer=SuppressionsAnswer,
        errors=(400, 413, 415, 422),
        parameters=(PARAMETER,),
    ),
    ApiOperation(
        path="/v1/suppressions",
        method="DELETE",
        name="liftSuppression",
        summary="Take a block down",
        description=(
            "Afterwards the decisions of before count again. Lifting a complaint lets messages go to somebody who "
            "complained: it needs evidence that they asked for it, and so do `minor` and `erased`."
        ),
        scope=Scope.ADMIN,
        body=LiftRequest,
        answer=LiftAnswer,
        errors=(400, 413, 415, 422),
        parameters=(PARAMETER,),
    ),
)
