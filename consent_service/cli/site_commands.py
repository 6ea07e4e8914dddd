"""consent-service site: judge site files before they are served."""

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from consent_service.cli.command_group import read_settings
from consent_service.cli.opened_home import open_home
from consent_service.domain.basics.plain_text import count_noun
from consent_service.domain.errors import ConsentError
from consent_service.domain.ledger.rewording import Rewording, find_rewordings
from consent_service.domain.site.site import Site
from consent_service.domain.site_check.fairness import find_unfairness
from consent_service.domain.site_check.site_finding import FairnessRule, Finding
from consent_service.services.ledger.guarding_texts import list_rewordings, read_exported_notices
from consent_service.services.operator.checking_confirmations import NOBODY_SENDS, list_unconfirmed_sites
from consent_service.services.resources import Resources
from consent_service.settings import PREFIX
from consent_service.site_files.site_file import SiteFileError, read_site
from consent_service.texts import read_interface_texts

FINDINGS, FAULTS = 1, 2
HOME_VARIABLE = f"{PREFIX}HOME"

Comparison = Callable[[Site], list[Rewording]]
"""Compares the texts of a site with those that people said yes to."""


@click.group(name="site")
def keep_sites() -> None:
    """Look after site files."""


@keep_sites.command(name="check")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option(
    "--against",
    metavar="EXPORT",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Compare texts with this export of records; else with the archive of the home folder, where there is one.",
)
def check_site_files(files: tuple[Path, ...], against: Path | None) -> None:
    """Print every fault and every finding of site files, one a line.

    A fault keeps a file from being served, also a text that goes on under the yes that was given to another one; a
    finding is what a fair shop would write otherwise. The exit code is 0 where there is neither, 1 where there are
    findings alone, 2 where there are faults.
    """
    home = _open_home(alone=against is None)
    compare = _compare_with_export(against) if against else _compare_with_archive(home)
    sys.exit(max(_check_file(file, compare, home) for file in files))


def _open_home(*, alone: bool) -> Resources | None:
    """Open the home folder, which knows what files alone do not; None where there is none, or none that can be read.

    Where nothing else is compared with (``alone``), a home that is named and has no database is told of.
    """
    settings = read_settings()
    if settings.database_url is None and not settings.database.is_file():
        if alone and HOME_VARIABLE in os.environ:
            told = "there is no database, so no text was compared; name another home by"
            click.echo(f"{settings.database}: {told} {HOME_VARIABLE}, or an export by --against", err=True)
        return None
    try:
        return open_home(settings)
    except ConsentError as error:
        click.echo(f"files were not compared with the home folder: {error}", err=True)
        return None


def _compare_with_export(export: Path) -> Comparison:
    with export.open("rb") as lines:
        notices = read_exported_notices(lines)

    def compare(site: Site) -> list[Rewording]:
        own = [notice for notice in notices if notice.site == site.id]
        if not own:
            click.echo(f"{export}: holds no notice of the site {site.id!r}, so no text was compared", err=True)
        return find_rewordings(site, own)

    return compare


def _compare_with_archive(home: Resources | None) -> Comparison:
    return partial(list_rewordings, home) if home else lambda _: []


def _check_file(file: Path, compare: Comparison, home: Resources | None) -> int:
    try:
        site = read_site(file)
    except SiteFileError as error:
        for fault in error.faults:
            click.echo(fault)
        click.echo(f"{file}: {count_noun(len(error.faults), 'fault')}")
        return FAULTS
    changed = compare(site)
    findings = list(find_unfairness(site, read_interface_texts()))
    if home and list_unconfirmed_sites(home, [site]):
        findings.append(Finding("messages.confirm_by", NOBODY_SENDS, FairnessRule.SENT_CONFIRMATIONS))
    for line in (*changed, *findings):
        click.echo(f"{file}: {line}")
    faults = count_noun(len(changed), "fault") if changed else "no faults"
    click.echo(f"{file}: {faults}, {count_noun(len(findings), 'finding') if findings else 'no findings'}")
    return FAULTS if changed else FINDINGS if findings else 0
