"""The command that checks the whole store against what was signed."""

import sys

import click

from consent_service.cli.opened_home import open_home
from consent_service.domain.basics.plain_text import count_noun
from consent_service.services.audit.checking_store import check_store
from consent_service.services.audit.collecting_faults import StoreVerdict

FAULTS_SHOWN = 200


@click.command(name="fsck")
@click.option("--quiet", is_flag=True, help="Tell nothing of the progress.")
@click.pass_context
def check_whole_store(ctx: click.Context, quiet: bool) -> None:
    """Check every row that answers come from against the signed records, and those against the sealed tree.

    Reads one moment of the database beside the service and changes nothing. Exit code 1 where anything does not fit.
    """
    resources, checked = open_home(), 0

    def tell(more: int) -> None:
        nonlocal checked
        checked += more
        click.echo(f"\r{checked} records", nl=False, err=True)

    verdict = check_store(resources, (lambda _: None) if quiet else tell)
    if checked:
        click.echo(err=True)
    for line in describe_verdict(verdict):
        click.echo(line)
    sys.stdout.flush()
    ctx.exit(1 if verdict.faulty else 0)


def describe_verdict(verdict: StoreVerdict) -> list[str]:
    """Say what came of a check: some of the faults, a line each, and the outcome."""
    shown = verdict.faults[:FAULTS_SHOWN]
    more = [f"and {verdict.faulty - len(shown)} more"] if verdict.faulty > len(shown) else []
    counted = [
        count_noun(verdict.records, "record"),
        f"{verdict.sealed} sealed",
        count_noun(verdict.people, "standing"),
        count_noun(verdict.changes, "change"),
    ]
    outcome = count_noun(verdict.faulty, "fault") if verdict.faulty else "all of it fits"
    return [*shown, *more, f"{', '.join(counted)}: {outcome}"]
