"""Commands that set up and run the service."""

import click

from consent_service.cli.command_group import settings
from consent_service.services.operator.preparing_home import migrate_home, prepare_home
from consent_service.serving import run_server


@click.command()
def init() -> None:
    """Make the home folder with a signing key and an empty database."""
    chosen = settings()
    for line in prepare_home(chosen):
        click.echo(line)
    click.echo(f"{chosen.home} is ready; run: consent-service serve")


@click.command()
def migrate() -> None:
    """Bring the database to this version's schema."""
    applied = migrate_home(settings())
    click.echo(f"applied {', '.join(applied)}" if applied else "the database is up to date")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Worker processes.")
@click.option("--threads", default=1, show_default=True, type=click.IntRange(1, 64), help="Threads a worker.")
@click.option("--no-worker", is_flag=True, help="Leave mails and webhooks to: consent-service worker.")
def serve(host: str, port: int, workers: int, threads: int, no_worker: bool) -> None:
    """Run the service until it is told to stop."""
    run_server(settings(), host=host, port=port, workers=workers, threads=threads, jobs=not no_worker)
