"""The command that shows the whole: a shop with the banner, on this machine."""

import signal
from dataclasses import replace
from pathlib import Path

import click

from consent_service.cli.command_group import read_settings

EVERYWHERE = "0.0.0.0"  # noqa: S104 - only where it is asked for
SOMEBODY = "A" * 22
"""A well-formed visitor id that no visitor has."""


@click.command(name="demo")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port of the shop.")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    type=click.Choice(["127.0.0.1", EVERYWHERE]),
    help=f"{EVERYWHERE} is for a container that publishes the port; open it as localhost.",
)
@click.option("--home", type=click.Path(path_type=Path, file_okay=False), help="Home folder; else CONSENT_HOME.")
def run_demo(port: int, host: str, home: Path | None) -> None:
    """Run the demo shop with everything it needs."""
    from consent_service.demo.launch import run_demo_shop

    chosen = read_settings()
    for told in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told, signal.default_int_handler)
    try:
        with run_demo_shop(replace(chosen, home=home or chosen.home), host=host, port=port) as shop:
            click.echo(f"The demo shop is at {shop.address}/")
            click.echo(f"Check key, valid for a day: {shop.key}")
            click.echo("To try:")
            bearer = f"-H 'Authorization: Bearer {shop.key}'"
            click.echo(f"curl -s {bearer} '{shop.address}/v1/check?visitor={SOMEBODY}'")
            click.echo(f"curl -s '{shop.address}/consent/banner'")
            click.echo("Ctrl-C stops it.")
            shop.wait()
    except KeyboardInterrupt:
        click.echo("Stopped.")
