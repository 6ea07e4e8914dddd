"""The command that asks: may this person, or who on this list, be sent this."""

import json
import sys
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import click

from consent_service.cli.opened_home import open_home
from consent_service.cli.served_sites import find_site
from consent_service.client.bulk_check import JSON_LINES, BulkCheckFailed, ListService, check_to_file
from consent_service.domain.api_key import is_key_shaped
from consent_service.domain.basics.file_pieces import read_pieces
from consent_service.domain.basics.nearest_name import suggest_name
from consent_service.domain.basics.plain_text import count_noun
from consent_service.domain.errors import ConsentError
from consent_service.domain.identifier import SUBJECT_KEY
from consent_service.domain.site.site import Site
from consent_service.domain.subject.subject import is_email_like
from consent_service.private_files import write_whole
from consent_service.services.check.checking_subjects import check_subject
from consent_service.services.resources import Resources
from consent_service.services.subject.identifying_subjects import (
    Identified,
    identify_email,
    identify_key,
    identify_phone,
)

DENIED = 1
TYPES = {".csv": "text/csv", ".ndjson": JSON_LINES, ".jsonl": JSON_LINES}


class ListRefused(ConsentError):
    """A list was not checked to its end, so nothing of it is handed out."""


@click.command(name="check")
@click.argument("person", required=False)
@click.option("--purpose", required=True, help="The messages to ask about.")
@click.option("--site", "site_id", help="For one PERSON: the site, read from this machine's database.")
@click.option(
    "--file",
    "list_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A list to check: .csv, .ndjson or .jsonl; anything else is one address a line.",
)
@click.option("--address", default="http://127.0.0.1:8000", show_default=True, help="For a list: where the service is.")
@click.option(
    "--key-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="For a list: a file with an API key of scope check.",
)
@click.option("--allowed", "only_allowed", is_flag=True, help="For a list: leave out all who may not be sent this.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="For a list: file to write; else standard output."
)
@click.pass_context
def check_permission(
    ctx: click.Context,
    person: str | None,
    purpose: str,
    site_id: str | None,
    list_file: Path | None,
    address: str,
    key_file: Path | None,
    only_allowed: bool,
    out: Path | None,
) -> None:
    """May this PERSON, or who on a list, be sent this?

    PERSON is an e-mail address, a phone number or a subject key; - reads it from standard input, which leaves no trace
    in the shell's history. Exit code 0 means yes and 1 means no. A list comes whole or not at all.
    """
    if (person is None) == (list_file is None):
        raise click.UsageError("name either a PERSON or a --file")
    if list_file is not None:
        if key_file is None:
            raise click.UsageError("a list needs --key-file")
        _check_list(_read_service(address, key_file), list_file, purpose, out, only_allowed=only_allowed)
    else:
        text = sys.stdin.readline().strip() if person == "-" else person or ""
        ctx.exit(_check_person(site_id, text, purpose))


def _check_person(site_id: str | None, text: str, purpose: str) -> int:
    if site_id is None:
        raise click.UsageError("name a --site for one PERSON")
    site = find_site(site_id)
    if purpose not in site.purpose_by_key:
        hint = suggest_name(purpose, site.purpose_by_key)
        click.echo(f"consent-service: site {site_id!r} has no purpose {purpose!r}{hint}", err=True)
    resources = open_home()
    answer = check_subject(resources, site, _identify_person(resources, site, text), [purpose]).answers[purpose]
    click.echo(f"{'allowed' if answer.allowed else 'denied'}\t{answer.reason}\t{answer.record or ''}".rstrip())
    return 0 if answer.allowed else DENIED


def _identify_person(resources: Resources, site: Site, text: str) -> Identified:
    if SUBJECT_KEY.fullmatch(text):
        return identify_key(resources, site, text)
    return identify_email(resources, site, text) if is_email_like(text) else identify_phone(resources, site, text)


def _read_service(address: str, key_file: Path) -> ListService:
    key = key_file.read_text(encoding="utf-8").strip()
    if not is_key_shaped(key):
        raise click.BadParameter("holds no key of the service", param_hint="--key-file")
    try:
        return ListService(address=address, key=key)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--address") from None


def _check_list(service: ListService, list_file: Path, purpose: str, out: Path | None, *, only_allowed: bool) -> None:
    with list_file.open("rb") as sent, TemporaryFile(dir=out.parent if out else None) as answers:
        lines = sum(piece.count(b"\n") for piece in read_pieces(sent))
        sent.seek(0)
        with click.progressbar(length=lines, label="checking", file=sys.stderr) as bar:
            try:
                summary = check_to_file(
                    service,
                    read_pieces(sent),
                    purpose,
                    answers,
                    content_type=TYPES.get(list_file.suffix.lower(), "text/plain"),
                    progress=lambda _: bar.update(1),
                )
            except BulkCheckFailed as fault:
                raise ListRefused(f"{str(fault).removesuffix('.')}; nothing was written") from None
        _hand_out(answers, out, only_allowed=only_allowed)
    click.echo(
        f"{count_noun(summary['rows'], 'row')}: {summary['allowed']} allowed, {summary['denied']} denied, "
        f"{summary['invalid']} invalid; as of {summary['as_of']}",
        err=True,
    )


def _hand_out(answers: IO[bytes], out: Path | None, *, only_allowed: bool) -> None:
    """Write the answers where they are wanted; a file appears under its name only when it is whole."""
    wanted = (line for line in answers if not only_allowed or json.loads(line)["allowed"])
    if out is None:
        sys.stdout.buffer.writelines(wanted)
        sys.stdout.buffer.flush()
        return
    with write_whole(out) as file:
        file.writelines(wanted)
