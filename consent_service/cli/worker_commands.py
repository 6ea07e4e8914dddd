"""Commands for what goes on behind the scenes: the worker, and pruning by hand."""

import click

from consent_service.cli.command_group import read_settings
from consent_service.cli.opened_home import open_home
from consent_service.domain.basics.plain_text import count_noun
from consent_service.domain.site.site_directory import SiteDirectory
from consent_service.logs import configure_logs
from consent_service.services.operator.guarding_clock import mark_clock, require_near_mark
from consent_service.services.operator.housekeeping import prune as prune_home
from consent_service.services.operator.housekeeping import prune_all_people
from consent_service.site_files.site_file import read_sites
from consent_service.worker.job_runner import run_jobs


@click.command(name="worker")
def run_worker() -> None:
    """Send mails and webhooks, and end what is over, until it is told to stop."""
    chosen = read_settings()
    configure_logs(chosen.log_level)
    run_jobs(chosen)


@click.command(name="prune")
@click.option("--dry-run", is_flag=True, help="Only count the records of people that would go.")
@click.option("--clock-is-right", is_flag=True, help="Trust a clock that is a day off when the store was seen last.")
def prune_store(*, dry_run: bool, clock_is_right: bool) -> None:
    """Drop what is older than it is kept; the worker does the same, people part by part."""
    chosen = read_settings()
    sites = SiteDirectory(read_sites(chosen.sites)).sites
    resources = open_home(chosen)
    if clock_is_right:
        mark_clock(resources)
    elif not dry_run:
        require_near_mark(resources)
    people = prune_all_people(resources, sites.values(), dry_run=dry_run)
    for (site, key), count in sorted(people.records.items()):
        retention = sites[site].retention_by_key.get(key)
        kept = f"{key}, {retention.duration} after their validity: {retention.reason}" if retention else "over"
        click.echo(f"{site}: {count_noun(count, 'record')} ({kept})")
    for removal in people.removals:
        click.echo(f"removal {removal}")
    counts = {} if dry_run else prune_home(resources, sites.values())._asdict()
    counts |= {"visitors": people.visitors, "records": people.records.total()}
    click.echo(("would go: " if dry_run else "") + ", ".join(f"{name} {count}" for name, count in counts.items()))
