"""consent-service site: judge site files before they are served."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from consent_service.cli.command_group import read_settings
from consent_service.cli.counting import count_noun
from consent_service.domain.site.site import Site
from consent_service.domain.site_check.fairness import find_unfairness
from consent_service.domain.site_check.site_finding import FairnessRule, Finding
from consent_service.services.operator.checking_confirmations import NOBODY_SENDS, list_unconfirmed_sites
from consent_service.services.operator.preparing_home import open_resources
from consent_service.site_files.site_file import SiteFileError, read_site
from consent_service.texts import read_interface_texts

FINDINGS, FAULTS = 1, 2


@click.group(name="site")
def keep_sites() -> None:
    """Look after site files."""


@keep_sites.command(name="check")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
def check_site_files(files: tuple[Path, ...]) -> None:
    """Print every fault and every finding of site files, one a line.

    A fault keeps a file from being served; a finding is what a fair shop would write otherwise. The exit code is 0
    where there is neither, 1 where there are findings alone, 2 where there are faults.
    """
    sys.exit(max(_check_file(file) for file in files))


def _check_file(file: Path) -> int:
    try:
        site = read_site(file)
        findings = [*find_unfairness(site, read_interface_texts()), *_find_unsent_confirmations(site)]
    except SiteFileError as error:
        for fault in error.faults:
            click.echo(fault)
        click.echo(f"{file}: {count_noun(len(error.faults), 'fault')}")
        return FAULTS
    for finding in findings:
        click.echo(f"{file}: {finding}")
    click.echo(f"{file}: no faults, {count_noun(len(findings), 'finding') if findings else 'no findings'}")
    return FINDINGS if findings else 0


def _find_unsent_confirmations(site: Site) -> Iterator[Finding]:
    """Look into the home, where there is one, for the webhook that has confirmations sent."""
    settings = read_settings()
    if settings.database.is_file() and list_unconfirmed_sites(open_resources(settings), [site]):
        yield Finding("messages.confirm_by", NOBODY_SENDS, FairnessRule.SENT_CONFIRMATIONS)
