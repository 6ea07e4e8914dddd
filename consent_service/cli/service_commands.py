"""Commands that set up and run the service."""

from functools import partial

import click

from consent_service.cli.command_group import read_settings
from consent_service.logs import configure_logs
from consent_service.services.operator.preparing_home import migrate_home, prepare_home
from consent_service.serving import run_server
from consent_service.site_files.site_file import WHERE


@click.command(name="init")
def prepare_service() -> None:
    """Make the home folder with a signing key and an empty database."""
    chosen = read_settings()
    for line in prepare_home(chosen):
        click.echo(line)
    if not any(chosen.sites.glob("*.toml")):
        what = "holds no site file" if chosen.sites.is_dir() else "is no folder"
        click.echo(f"{chosen.sites} {what}: {WHERE}")
    click.echo(f"{chosen.home} is ready; run: consent-service serve")


@click.command(name="migrate")
def migrate_service() -> None:
    """Bring the database to this version's schema."""
    applied = migrate_home(read_settings(), partial(click.echo, err=True))
    click.echo(f"applied {', '.join(applied)}" if applied else "the database is up to date")


@click.command(name="serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Worker processes.")
@click.option("--threads", type=click.IntRange(1, 64), help="Threads a worker; 1, or 8 with a server database.")
@click.option("--no-worker", is_flag=True, help="Leave mails and webhooks to: consent-service worker.")
def serve_service(host: str, port: int, workers: int, threads: int | None, no_worker: bool) -> None:
    """Run the service until it is told to stop."""
    chosen = read_settings()
    configure_logs(chosen.log_level)
    run_server(chosen, host=host, port=port, workers=workers, threads=threads, jobs=not no_worker)
