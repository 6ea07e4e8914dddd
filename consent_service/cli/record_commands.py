"""Commands that show, export and verify consent records."""

import json
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from consent_service.cli.opened_home import open_home
from consent_service.cli.served_sites import find_site, list_sites
from consent_service.domain.basics.plain_text import count_noun
from consent_service.domain.errors import ConsentError, NotFound
from consent_service.domain.identifier import SUBJECT_KEY, VISITOR_ID
from consent_service.private_files import write_whole
from consent_service.services.ledger.exporting_records import export_records
from consent_service.services.ledger.reading_records import find_record_of_site
from consent_service.verifier.export_verification import verify_export
from consent_service.verifier.proof_verification import read_published_keys
from consent_service.verifier.verification_report import describe_verification


class UnreadableKeys(ConsentError):
    """The file given as public keys is not a key set."""


@click.group(name="records")
def read_records() -> None:
    """Show, export and verify consent records."""


@read_records.command(name="show")
@click.argument("identifier", metavar="ID")
@click.option("--signed", is_flag=True, help="Print the signed record instead of its content.")
def show_records(identifier: str, signed: bool) -> None:
    """Print one record as JSON."""
    resources = open_home()
    for site in list_sites().values():
        if statement := find_record_of_site(resources, site, identifier):
            shown = json.dumps(asdict(statement.record), indent=2, ensure_ascii=False)
            click.echo(statement.signed if signed else shown)
            return
    raise NotFound(f"there is no record {identifier!r}")


@read_records.command(name="export")
@click.option("--site", "site_id", required=True, help="The site whose records to export.")
@click.option("--visitor", help="Export the records of this visitor only.")
@click.option("--subject", help="Export the records of this subject only, with those of its requests.")
@click.option("--proofs", is_flag=True, help="Add the proof that each record was sealed; of one person's records only.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write; else standard output.")
def export_records_file(
    site_id: str, visitor: str | None, subject: str | None, *, proofs: bool, out: Path | None
) -> None:
    """Write records and the notices they name, one JSON object a line, ending with a summary."""
    site = find_site(site_id)
    if visitor and not VISITOR_ID.fullmatch(visitor):
        raise click.BadParameter("a visitor id is 22 characters of base64url", param_hint="--visitor")
    if subject and not SUBJECT_KEY.fullmatch(subject):
        raise click.BadParameter("a subject key is a digit, a dot and 22 characters", param_hint="--subject")
    if visitor and subject:
        raise click.BadParameter("choose one of --visitor and --subject", param_hint="--subject")
    if proofs and not (visitor or subject):
        raise click.BadParameter("choose one of --visitor and --subject with it", param_hint="--proofs")
    resources = open_home()
    line = b""
    with write_whole(out) if out else nullcontext(sys.stdout.buffer) as stream:
        for line in export_records(resources, site, visitor, subject=subject, proofs=proofs):
            stream.write(line)
        stream.flush()
    if out:
        _tell_written(out, json.loads(line))


def _tell_written(out: Path, summary: Mapping[str, Any]) -> None:
    """Tell what an export holds, by its last line."""
    counts = [count_noun(summary[f"{what}s"], what) for what in ("record", "notice", "proof") if f"{what}s" in summary]
    click.echo(f"{out}: {', '.join(counts)}", err=True)


@read_records.command(name="verify")
@click.argument("export_file", metavar="EXPORT", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--keys",
    "keys_file",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The public keys, as served at /consent/keys.json.",
)
@click.pass_context
def verify_records_file(ctx: click.Context, export_file: Path, keys_file: Path) -> None:
    """Check an export with the public keys alone; exit code 1 where anything does not hold."""
    try:
        keys = read_published_keys(json.loads(keys_file.read_bytes()))
    except (ValueError, RecursionError) as error:
        raise UnreadableKeys(f"{keys_file}: {error}") from None
    with (
        export_file.open("rb") as lines,
        click.progressbar(length=export_file.stat().st_size, label="verifying", file=sys.stderr) as bar,
    ):
        verdict = verify_export(
            lines, keys.records, checkpoints=keys.checkpoints, sealed=keys.sealed, progress=bar.update
        )
    for line in describe_verification(verdict):
        click.echo(line)
    ctx.exit(1 if verdict.faulty else 0)
