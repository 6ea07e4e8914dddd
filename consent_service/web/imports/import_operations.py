"""Import operations: what the endpoints of imports and lists say of themselves."""

from consent_service.domain.api_key import Scope
from consent_service.domain.identifier import RECORD_ID
from consent_service.domain.imports.presets import PRESETS
from consent_service.web.api.api_operation import (
    STRINGS,
    ApiOperation,
    describe_choice,
    describe_path_parameter,
    describe_pattern,
    describe_query_parameter,
)
from consent_service.web.imports.import_form import CSV, FORM
from consent_service.web.imports.imports_api import ImportAnswer

IDENTIFIER = describe_path_parameter("identifier", "The import's id.", describe_pattern(RECORD_ID))
OPTIONS = (
    describe_query_parameter("source", "Where these people made their choices; needed."),
    describe_query_parameter("preset", "Whose file it is; plain if left out."),
    describe_query_parameter("kind", "Which file of the preset."),
    describe_query_parameter("mapping", "A mapping of your own, as JSON, in place of a preset."),
    describe_query_parameter("purpose", "Topics of rows that name none; may be repeated.", STRINGS),
    describe_query_parameter("basis", "consent or soft_opt_in: a yes counts for purposes on this basis alone."),
    describe_query_parameter("zone", "The zone of times that name none, such as Europe/Berlin."),
    describe_query_parameter("encoding", "The encoding of the file, such as windows-1252; UTF-8 if left out."),
    describe_query_parameter("time_form", "How the file writes times, such as DD-MM-YYYY HH:mm, or unix."),
    describe_query_parameter("at", "The time of a yes without one."),
    describe_query_parameter("dry_run", "true to change nothing."),
    describe_query_parameter("keep_network", "true to keep IP addresses as evidence."),
    describe_query_parameter("restore", "true to take quotes in front of formulas away."),
    describe_query_parameter("file_name", "The name the file had, which may tell its kind."),
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
            describe_path_parameter("preset", "Whose file.", describe_choice(PRESETS)),
            describe_path_parameter("kind", "Which file of the preset."),
            describe_query_parameter("purpose", "These topics alone; may be repeated.", STRINGS),
        ),
        answer_types=(CSV,),
    ),
)
