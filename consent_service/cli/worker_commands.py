"""Commands for what goes on behind the scenes: the worker, and pruning by hand."""

import click

from consent_service.cli.command_group import read_settings
from consent_service.domain.site.site_directory import SiteDirectory
from consent_service.logs import configure_logs
from consent_service.services.operator.housekeeping import prune as prune_home
from consent_service.services.operator.preparing_home import open_resources
from consent_service.site_files.site_file import read_sites
from consent_service.worker.job_runner import run_jobs


@click.command(name="worker")
def run_worker() -> None:
    """Send mails and webhooks, and end what is over, until it is told to stop."""
    chosen = read_settings()
    configure_logs(chosen.log_level)
    run_jobs(chosen)


@click.command(name="prune")
def prune_store() -> None:
    """Drop what is older than it is kept; the worker does the same every minute."""
    chosen = read_settings()
    sites = SiteDirectory(read_sites(chosen.sites)).sites
    pruned = prune_home(open_resources(chosen), sites.values())
    click.echo(", ".join(f"{name} {count}" for name, count in pruned._asdict().items()))
