"""Commands of the database on a server: spreading it over several machines."""

import click

from consent_service.cli.opened_home import open_home
from consent_service.services.operator.distributing_database import distribute_database, list_distribution


@click.group(name="database")
def keep_database() -> None:
    """Spread a database on a server over several machines."""


@keep_database.command(name="distribute")
@click.option("--run", "runs", is_flag=True, help="Run the statements, instead of printing them alone.")
@click.option("--shards", default=32, show_default=True, type=click.IntRange(1, 4096), help="Parts of each table.")
def distribute(runs: bool, shards: int) -> None:
    """Print the statements that spread the tables over the machines of a Citus cluster."""
    if not runs:
        for statement in list_distribution(shards):
            click.echo(f"{statement};")
        return
    for statement in distribute_database(open_home(), shards):
        click.echo(f"{statement};")
    click.echo("each table is placed")
