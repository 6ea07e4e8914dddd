"""The ledger over the API: the signed head of a site's tree, and proofs that records lie in it."""

from flask import Blueprint, Response

from consent_service.domain.api_key import Scope
from consent_service.domain.basics.moment import read_time
from consent_service.domain.evidence.tlog_proof import SUFFIX
from consent_service.domain.identifier import RECORD_ID
from consent_service.services.ledger.proving_records import find_checkpoint, prove_record
from consent_service.services.ledger.reading_records import find_record_of_site
from consent_service.web.api.api_operation import ApiOperation, describe_path_parameter, describe_pattern
from consent_service.web.api.api_request import admit, make_api_routes
from consent_service.web.frame.problems import Problem
from consent_service.web.frame.wiring import find_wiring

TEXT = "text/plain; charset=utf-8"
NOT_SEALED = "It is sealed within ten seconds of its making; ask again then."
RECORD = describe_path_parameter(
    "record", "The record's id, as an answer or a receipt names it.", describe_pattern(RECORD_ID)
)


def get_checkpoint() -> Response:
    """Answer with the newest checkpoint of the key's site."""
    _, site = admit(Scope.CHECK)
    note = find_checkpoint(find_wiring().resources, site.id)
    if note is None:
        raise Problem(404, "nothing_sealed", "No record of this site is sealed yet.")
    return answer_text(note)


def get_proof(record: str) -> Response:
    """Answer with the proof that a record of the key's site was sealed."""
    key, site = admit(Scope.CHECK)
    resources = find_wiring().resources
    statement = find_record_of_site(resources, site, record)
    if statement is None or not all(key.sees(purpose) for purpose in statement.record.decisions):
        raise Problem(404, "record_unknown", "There is no such record on the site of this key.")
    proof = prove_record(resources, site.id, statement.place, statement.signed, read_time(statement.record.at))
    if proof is None:
        raise Problem(404, "not_sealed", NOT_SEALED)
    return answer_text(proof, f"record-{record}{SUFFIX}")


def answer_text(text: str, name: str = "") -> Response:
    """Answer with a text that no cache keeps, as a file where it has a name."""
    response = Response(text, content_type=TEXT)
    response.headers["Cache-Control"] = "no-store"
    if name:
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def ledger_blueprint() -> Blueprint:
    """Serve checkpoints and proofs."""
    return make_api_routes(
        "ledger_api",
        ("GET", "/v1/checkpoint", get_checkpoint),
        ("GET", "/v1/records/<record>/proof", get_proof),
    )


OPERATIONS = (
    ApiOperation(
        path="/v1/checkpoint",
        method="GET",
        name="readCheckpoint",
        summary="The signed head of the sealed ledger",
        description="A signed note as c2sp.org/tlog-checkpoint has it: origin, number of records and root.",
        scope=Scope.CHECK,
        answer=None,
        errors=(404,),
        answer_types=("text/plain",),
    ),
    ApiOperation(
        path="/v1/records/{record}/proof",
        method="GET",
        name="proveRecord",
        summary="The proof that a record was sealed",
        description="A text file as c2sp.org/tlog-proof has it, with the signed record in it; it verifies offline.",
        scope=Scope.CHECK,
        answer=None,
        errors=(400, 404),
        parameters=(RECORD,),
        answer_types=("text/plain",),
    ),
)
