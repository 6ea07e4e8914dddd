"""Commands that bring lists in from other tools, and write lists for them."""

import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from consent_service.cli.command_group import read_settings
from consent_service.cli.counting import count_noun
from consent_service.cli.served_sites import find_site
from consent_service.domain.basics.file_encoding import ENCODINGS, UTF_8
from consent_service.domain.basics.file_pieces import read_pieces
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
from consent_service.services.operator.preparing_home import open_resources
from consent_service.services.resources import Resources

Pairs = tuple[str, ...]
RESULTS = (RowResult.APPLIED, RowResult.UNCHANGED, RowResult.SKIPPED, RowResult.REJECTED)

presets = click.Choice([*PRESETS])


@click.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--site", "site_id", required=True, help="The site whose people these are.")
@click.option("--source", required=True, help="Where these people made their choices, in a few words.")
@click.option("--preset", default="plain", show_default=True, type=presets, help="Whose file it is.")
@click.option("--kind", default="", help="Which file of the preset; else told by its name or columns.")
@click.option("--map", "columns", multiple=True, metavar="FIELD=COLUMN", help="A mapping in place of a preset.")
@click.option("--status", "words", multiple=True, metavar="WORD=STATUS", help="What a word of the file means.")
@click.option("--set", "constants", multiple=True, metavar="FIELD=VALUE", help="A value that no column has.")
@click.option("--purpose", "topics", multiple=True, help="Topic or purpose of rows that name none; may be repeated.")
@click.option(
    "--basis",
    default=Basis.CONSENT.value,
    type=click.Choice([basis.value for basis in BASES]),
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
@click.option("--at", default="", help="The time of a yes without one, such as 2026-01-31T08:30:00Z.")
@click.option("--keep-network", "keeps_network", is_flag=True, help="Keep IP addresses as evidence.")
@click.option("--restore", "restores", is_flag=True, help="Take quotes in front of formulas away.")
@click.option("--dry-run", is_flag=True, help="Write the same report and change nothing.")
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Put the report here.")
@click.pass_context
def import_list(
    ctx: click.Context,
    *,
    file: Path,
    site_id: str,
    columns: Pairs,
    words: Pairs,
    constants: Pairs,
    at: str,
    basis: str,
    dry_run: bool,
    report: Path | None,
    topics: Pairs,
    source: str,
    preset: str,
    kind: str,
    zone: str,
    time_form: str,
    encoding: str,
    keeps_network: bool,
    restores: bool,
) -> None:
    """Import a file of another tool; no import turns a no into a yes.

    Started again with the same file after an interruption, it goes on where it was. The exit code is 1 where rows
    were rejected.
    """
    options = ImportOptions(
        source=source,
        preset=preset,
        kind=kind,
        columns=_read_columns(columns),
        status_map=_read_pairs(words),
        constants=_read_pairs(constants),
        topics=topics,
        basis=Basis(basis),
        zone=zone,
        time_form=time_form,
        encoding=encoding,
        at=read_stated_time(at),
        keeps_network=keeps_network,
        restores=restores,
    )
    resources, site = open_resources(read_settings()), find_site(site_id)
    done = _import_file(resources, site, file, options, dry_run)
    counts = done.progress.counts
    written = ImportFolder(resources, done.id).report
    if report:
        with ImportFolder(resources, done.id).report.open("rb") as kept, write_whole(report) as copy:
            shutil.copyfileobj(kept, copy)
    results = ", ".join(f"{counts.get(result, 0)} {result}" for result in RESULTS)
    click.echo(f"{count_noun(done.progress.rows, 'row')}: {results}{'; nothing was changed' if dry_run else ''}")
    if not report:
        _tell_codes(written)
    ctx.exit(1 if counts.get(RowResult.REJECTED) else 0)


@click.command(name="export")
@click.option("--site", "site_id", required=True, help="The site whose list to write.")
@click.option("--preset", required=True, type=presets, help="For which tool.")
@click.option("--kind", required=True, help="Which file of the preset.")
@click.option("--purpose", "topics", multiple=True, help="These topics or purposes alone; may be repeated.")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="File to write.")
def export_list(site_id: str, preset: str, kind: str, topics: Pairs, out: Path) -> None:
    """Write who may be mailed, or must not, as a file that another tool reads."""
    site = find_site(site_id)
    lines = write_list_file(open_resources(read_settings()), site, find_kind(preset, kind), topics)
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


def _read_pairs(given: Iterable[str]) -> dict[str, str]:
    pairs = dict(text.partition("=")[::2] for text in given)
    if odd := [text for text in given if "=" not in text]:
        raise ImportFault("mapping_incomplete", f"{odd[0]!r}: expected two words with = between")
    return pairs


def _read_columns(given: Iterable[str]) -> dict[str, list[str]]:
    columns: dict[str, list[str]] = {}
    for text in given:
        for field, column in _read_pairs([text]).items():
            columns.setdefault(field, []).append(column)
    return columns
