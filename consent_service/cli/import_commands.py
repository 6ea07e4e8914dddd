"""Commands that bring lists in from other tools, and write lists for them."""

import shutil
import sys
from pathlib import Path
from typing import Any

import click

from consent_service.cli.opened_home import open_home
from consent_service.cli.served_sites import find_site
from consent_service.domain.basics.file_encoding import ENCODINGS, UTF_8
from consent_service.domain.basics.file_pieces import read_pieces
from consent_service.domain.basics.plain_text import count_noun
from consent_service.domain.basics.row_fault import ImportFault
from consent_service.domain.imports.import_options import BASES, ImportOptions, read_stated_time
from consent_service.domain.imports.import_preset import find_kind
from consent_service.domain.imports.import_report import RowResult, summarise_report
from consent_service.domain.imports.import_run import ImportRun
from consent_service.domain.imports.presets import PRESETS
from consent_service.domain.ledger.actor import Actor
from consent_service.domain.site.purpose import Basis
from consent_service.domain.site.site import Site
from consent_service.private_files import write_whole
from consent_service.services.imports.importing import begin_import, continue_import
from consent_service.services.imports.keeping_import_files import ImportFolder, Upload
from consent_service.services.imports.writing_lists import write_list_file
from consent_service.services.resources import Resources

Pairs = tuple[str, ...]
RESULTS = (RowResult.APPLIED, RowResult.UNCHANGED, RowResult.SKIPPED, RowResult.REJECTED)

presets = click.Choice([*PRESETS])


def _read_pairs(_ctx: click.Context, _option: click.Parameter, given: Pairs) -> dict[str, str]:
    return dict(_split_pair(text) for text in given)


def _read_columns(_ctx: click.Context, _option: click.Parameter, given: Pairs) -> dict[str, list[str]]:
    columns: dict[str, list[str]] = {}
    for field, column in map(_split_pair, given):
        columns.setdefault(field, []).append(column)
    return columns


def _split_pair(text: str) -> tuple[str, str]:
    first, between, second = text.partition("=")
    if not between:
        raise ImportFault("mapping_incomplete", f"{text!r}: expected two words with = between")
    return first, second


def _read_basis(_ctx: click.Context, _option: click.Parameter, text: str) -> Basis:
    return Basis(text)


@click.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--site", "site_id", required=True, help="The site whose people these are.")
@click.option("--source", required=True, help="Where these people made their choices, in a few words.")
@click.option("--preset", default="plain", show_default=True, type=presets, help="Whose file it is.")
@click.option("--kind", default="", help="Which file of the preset; else told by its name or columns.")
@click.option(
    "--map",
    "columns",
    multiple=True,
    callback=_read_columns,
    metavar="FIELD=COLUMN",
    help="A mapping in place of a preset.",
)
@click.option(
    "--status",
    "status_map",
    multiple=True,
    callback=_read_pairs,
    metavar="WORD=STATUS",
    help="What a word of the file means.",
)
@click.option(
    "--set", "constants", multiple=True, callback=_read_pairs, metavar="FIELD=VALUE", help="A value that no column has."
)
@click.option("--purpose", "topics", multiple=True, help="Topic or purpose of rows that name none; may be repeated.")
@click.option(
    "--basis",
    default=Basis.CONSENT.value,
    type=click.Choice([basis.value for basis in BASES]),
    callback=_read_basis,
    help="The basis of a yes.",
)
@click.option("--zone", default="", help="Zone of times that name none, such as Europe/Berlin.")
@click.option("--time-form", default="", help="How times are written, such as 'DD-MM-YYYY HH:mm', or unix.")
@click.option(
    "--encoding",
    default=UTF_8,
    show_default=True,
    type=click.Choice(ENCODINGS, case_sensitive=False),
    metavar="NAME",
    help="The encoding of the file, such as windows-1252.",
)
@click.option(
    "--at",
    default="",
    type=read_stated_time,
    metavar="TIME",
    help="The time of a yes without one, such as 2026-01-31T08:30:00Z.",
)
@click.option("--keep-network", "keeps_network", is_flag=True, help="Keep IP addresses as evidence.")
@click.option("--restore", "restores", is_flag=True, help="Take quotes in front of formulas away.")
@click.option("--dry-run", is_flag=True, help="Write the same report and change nothing.")
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Put the report here.")
@click.pass_context
def import_list(
    ctx: click.Context, /, *, file: Path, site_id: str, dry_run: bool, report: Path | None, **said: Any
) -> None:
    """Import a file of another tool; no import turns a no into a yes.

    Started again with the same file after an interruption, it goes on where it was. The exit code is 1 where rows
    were rejected.
    """
    options = ImportOptions(**said)
    resources, site = open_home(), find_site(site_id)
    done = _import_file(resources, site, file, options, dry_run)
    _tell_counts(done)
    written = ImportFolder(resources, done.id).report
    if report:
        with written.open("rb") as kept, write_whole(report) as copy:
            shutil.copyfileobj(kept, copy)
    else:
        _tell_codes(written)
    ctx.exit(1 if done.progress.counts.get(RowResult.REJECTED) else 0)


@click.command(name="export")
@click.option("--site", "site_id", required=True, help="The site whose list to write.")
@click.option("--preset", required=True, type=presets, help="For which tool.")
@click.option("--kind", required=True, help="Which file of the preset.")
@click.option("--purpose", "topics", multiple=True, help="These topics or purposes alone; may be repeated.")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="File to write.")
def export_list(site_id: str, preset: str, kind: str, topics: Pairs, out: Path) -> None:
    """Write who may be mailed, or must not, as a file that another tool reads."""
    site = find_site(site_id)
    lines = write_list_file(open_home(), site, find_kind(preset, kind), topics)
    written = 0
    # Half a list of people not to be mailed is worse than none.
    with write_whole(out) as stream:
        for line in lines:
            written += stream.write(line) > 0
    click.echo(f"{count_noun(written, 'line')} in {out}")


def _import_file(resources: Resources, site: Site, file: Path, options: ImportOptions, dry_run: bool) -> ImportRun:
    upload = Upload(resources)
    try:
        with file.open("rb") as content:
            for piece in read_pieces(content):
                upload.write(piece)
        run = begin_import(resources, site, upload, options, dry_run=dry_run, actor=Actor.OPERATOR, file_name=file.name)
    except BaseException:
        upload.discard()
        raise
    with click.progressbar(length=file.stat().st_size, label="importing", file=sys.stderr) as bar:
        return continue_import(resources, site, run, on_progress=lambda size: bar.update(size - bar.pos))


def _tell_counts(done: ImportRun) -> None:
    results = ", ".join(f"{done.progress.counts.get(result, 0)} {result}" for result in RESULTS)
    changed = "; nothing was changed" if done.dry_run else ""
    click.echo(f"{count_noun(done.progress.rows, 'row')}: {results}{changed}")


def _tell_codes(report: Path) -> None:
    """Tell what kept rows from counting, the worst first; nothing is told of a report that was deleted meanwhile."""
    if not report.is_file():
        return
    with report.open(encoding="utf-8", newline="") as lines:
        for code, rows, first in summarise_report(lines):
            click.echo(f"{code}: {rows}")
            for row in first:
                told = ", ".join(filter(None, (row["result"], row["read_as"], row["detail"])))
                click.echo(f"  line {row['line']}: {told}")
