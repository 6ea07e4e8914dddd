"""The form of an import: the file goes straight to the disk, everything beside it says how to read it."""

from collections.abc import Mapping
from typing import IO, Any

import msgspec
from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import LengthRequired
from werkzeug.formparser import FormDataParser

from consent_service.domain.basics.file_encoding import UTF_8
from consent_service.domain.basics.file_pieces import read_pieces
from consent_service.domain.basics.row_fault import ImportFault
from consent_service.domain.imports.import_options import ImportOptions, read_stated_time
from consent_service.domain.site.purpose import Basis
from consent_service.services.imports.keeping_import_files import Upload
from consent_service.web.api.api_request import require_whole
from consent_service.web.frame.problems import Problem

MAX_FILE = 1 << 30
"""1 GiB for the whole request."""
MAX_MEMORY = 1 << 20
"""For the fields beside the file, and for the piece of the file that the parser holds."""
MAX_PARTS = 40
CSV, FORM = "text/csv", "multipart/form-data"
MAX_NAME = 200
WORDS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False, "": False}


class ImportMap(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A mapping of one's own: which column holds what, which words mean what, and what no column says."""

    columns: dict[str, str | list[str]]
    status_map: dict[str, str] = {}
    constants: dict[str, str] = {}


class ImportForm(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What may be said beside the file."""

    source: str = ""
    preset: str = "plain"
    kind: str = ""
    mapping: str = ""
    purpose: list[str] = []
    basis: str = Basis.CONSENT.value
    zone: str = ""
    encoding: str = UTF_8
    time_form: str = ""
    at: str = ""
    dry_run: str = ""
    keep_network: str = ""
    restore: str = ""
    file_name: str = ""


class ReceivedImport(msgspec.Struct, kw_only=True):
    """A request that was read: how to read the file, its name, and whether only to try."""

    options: ImportOptions
    file_name: str
    dry_run: bool


def receive_import(upload: Upload) -> ReceivedImport:
    """Read the request, its file into the upload; raises Problem, and ImportFault for options that cannot be meant."""
    request.max_content_length = MAX_FILE
    if request.content_length is None:
        raise LengthRequired
    if request.mimetype == CSV:
        form = _read_form(request.args)
        require_whole(sum(upload.write(piece) for piece in read_pieces(request.stream)))
    elif request.mimetype == FORM:
        form = _read_multipart(upload)
    else:
        raise Problem(415, "wrong_type", f"Send the file as {FORM}, or as {CSV} with the rest in the query.")
    dry_run = _read_flag("dry_run", form.dry_run)
    return ReceivedImport(options=_make_options(form), file_name=form.file_name[:MAX_NAME], dry_run=dry_run)


def _read_multipart(upload: Upload) -> ImportForm:
    taken: list[Upload] = []

    def take(*_: Any, **__: Any) -> IO[bytes]:
        if taken:
            raise Problem(422, "file_missing", "Send one file, in the field 'file'.")
        taken.append(upload)
        return upload  # type: ignore[return-value]

    parser = FormDataParser(take, max_form_memory_size=MAX_MEMORY, max_form_parts=MAX_PARTS, silent=False)
    try:
        _, fields, files = parser.parse(request.stream, FORM, request.content_length, options=request.mimetype_params)
    except ValueError:
        raise Problem(400, "bad_request", "The form is broken off, or names no boundary.") from None
    if [*files.keys()] != ["file"]:
        raise Problem(422, "file_missing", "Send one file, in the field 'file'.")
    form = _read_form(MultiDict({**request.args.to_dict(flat=False), **fields.to_dict(flat=False)}))
    form.file_name = form.file_name or files["file"].filename or ""
    return form


def _read_form(fields: MultiDict[str, str]) -> ImportForm:
    given: dict[str, Any] = {}
    for name in fields:
        values = fields.getlist(name)
        if name not in ImportForm.__struct_fields__:
            raise Problem(400, "parameter_unknown", f"There is no option '{name[:40]}' here.")
        if name != "purpose" and len(values) > 1:
            raise Problem(400, "parameter_repeated", f"Send '{name}' once.")
        given[name] = values if name == "purpose" else values[0]
    return ImportForm(**given)


def _make_options(form: ImportForm) -> ImportOptions:
    mapped = _read_mapping(form.mapping) if form.mapping else ImportMap(columns={})
    if form.basis not in set(Basis):
        raise ImportFault("unknown_basis", f"{form.basis!r} is not a basis; there are consent and soft_opt_in")
    return ImportOptions(
        source=form.source,
        preset=form.preset,
        kind=form.kind,
        columns=mapped.columns,
        status_map=mapped.status_map,
        constants=mapped.constants,
        topics=tuple(form.purpose),
        basis=Basis(form.basis),
        zone=form.zone,
        encoding=form.encoding.lower(),
        time_form=form.time_form,
        at=read_stated_time(form.at),
        keeps_network=_read_flag("keep_network", form.keep_network),
        restores=_read_flag("restore", form.restore),
    )


def _read_mapping(text: str) -> ImportMap:
    try:
        mapped = msgspec.json.decode(text, type=ImportMap)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Problem(422, "body_invalid", f"mapping: {error}.") from None
    if not mapped.columns:
        raise Problem(422, "body_invalid", "mapping: it names no columns.")
    return mapped


def _read_flag(name: str, text: str) -> bool:
    words: Mapping[str, bool] = WORDS
    if text.lower() not in words:
        raise Problem(422, "body_invalid", f"{name}: expected true or false.")
    return words[text.lower()]
