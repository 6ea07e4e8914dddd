"""Import operations: what the endpoints of imports and lists say of themselves."""

from collections.abc import Mapping
from typing import Any

from consent_service.domain.api_key import Scope
from consent_service.domain.import_preset import PRESETS
from consent_service.web.api_operation import ApiOperation
from consent_service.web.import_form import CSV, FORM
from consent_service.web.imports_api import ImportAnswer


def _text(name: str, place: str, description: str) -> Mapping[str, Any]:
    required = place == "path"
    return {
        "name": name,
        "in": place,
        "required": required,
        "description": description,
        "schema": {"type": "string"},
    }


UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
IDENTIFIER = {**_text("identifier", "path", "The import's id."), "schema": {"type": "string", "pattern": UUID}}
OPTIONS = (
    _text("source", "query", "Where these people made their choices; needed."),
    _text("preset", "query", "Whose file it is; plain if left out."),
    _text("kind", "query", "Which file of the preset."),
    _text("mapping", "query", "A mapping of your own, as JSON, in place of a preset."),
    {
        **_text("purpose", "query", "Topics of rows that name none; may be repeated."),
        "schema": {"type": "array", "items": {"type": "string"}},
    },
    _text("basis", "query", "consent or soft_opt_in: a yes counts for purposes on this basis alone."),
    _text("zone", "query", "The zone of times that name none, such as Europe/Berlin."),
    _text("at", "query", "The time of a yes without one."),
    _text("dry_run", "query", "true to change nothing."),
    _text("keep_network", "query", "true to keep IP addresses as evidence."),
    _text("restore", "query", "true to take quotes in front of formulas away."),
    _text("file_name", "query", "The name the file had, which may tell its kind."),
)
OPERATIONS = (
    ApiOperation(
        path="/v1/imports",
        method="POST",
        name="startImport",
        summary="Import a file",
        description=(
            "The file as the field `file` of a form with the options as fields, or as text/csv with the options in the "
            "query; up to 1 GiB. The same file with the same options goes on where it was interrupted. No import "
            "turns a no into a yes."
        ),
        scope=Scope.IMPORT,
        answer=ImportAnswer,
        status=202,
        errors=(400, 409, 411, 413, 415, 422),
        parameters=OPTIONS,
        body_types=(CSV, FORM),
        schemas={
            CSV: {"type": "string", "minLength": 1},
            FORM: {
                "type": "object",
                "properties": {"file": {"type": "string", "format": "binary"}, "source": {"type": "string"}},
                "required": ["file", "source"],
                "additionalProperties": False,
            },
        },
    ),
    ApiOperation(
        path="/v1/imports/{identifier}",
        method="GET",
        name="readImport",
        summary="How far an import is",
        description="Counts of the rows done so far.",
        scope=Scope.IMPORT,
        answer=ImportAnswer,
        errors=(404,),
        parameters=(IDENTIFIER,),
    ),
    ApiOperation(
        path="/v1/imports/{identifier}/report.csv",
        method="GET",
        name="readImportReport",
        summary="What became of each row",
        description="One line for each row of the file, with the row as it was. Kept for 30 days.",
        scope=Scope.IMPORT,
        answer=None,
        errors=(404, 409),
        parameters=(IDENTIFIER,),
        answer_types=(CSV,),
    ),
    ApiOperation(
        path="/v1/exports/{preset}/{kind}.csv",
        method="GET",
        name="exportList",
        summary="Who may be mailed, or must not, as a file for another tool",
        description="A list that broke off must not be used. Ask the check before sending.",
        scope=Scope.ADMIN,
        answer=None,
        errors=(400, 404, 422),
        parameters=(
            {**_text("preset", "path", "Whose file."), "schema": {"type": "string", "enum": [*PRESETS]}},
            _text("kind", "path", "Which file of the preset."),
            {
                **_text("purpose", "query", "These topics alone; may be repeated."),
                "schema": {"type": "array", "items": {"type": "string"}},
            },
        ),
        answer_types=(CSV,),
    ),
)
