"""The command that measures."""

import json
import os
import platform
from pathlib import Path

import click

from consent_service.bench.engine_measuring import measure_engines, write_ratios
from consent_service.bench.load import find_load_generator
from consent_service.bench.measuring import Plan, measure
from consent_service.bench.report import write_report
from consent_service.bench.strain import measure_strain

STRAIN_ROWS = 1_000_000


@click.command(name="bench")
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1, 50), help="Rounds; medians count.")
@click.option("--seconds", default=3, show_default=True, type=click.IntRange(1, 60), help="Length of each load.")
@click.option("--visitors", default=1_000_000, show_default=True, type=click.IntRange(10_000), help="The large table.")
@click.option(
    "--json",
    "out",
    default="bench.json",
    show_default=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="File for the figures.",
)
@click.option("--strain", is_flag=True, help="Measure checks and banners beside heavy work, instead.")
@click.option("--full", is_flag=True, help="Also check a list of a million, for the memory it takes.")
@click.option("--beside", metavar="URL", help="Measure a file beside this empty PostgreSQL database, instead.")
def run_bench(
    rounds: int, seconds: int, visitors: int, out: Path, full: bool, strain: bool, beside: str | None
) -> None:
    """Measure this machine: our figures beside a bare WSGI and a bare Flask application, as ratios."""
    click.echo(
        f"load from {find_load_generator()}; {len(os.sched_getaffinity(0))} cores; Python {platform.python_version()}"
    )
    if strain:
        for figure in measure_strain(STRAIN_ROWS, lambda line: click.echo(line, err=True)):
            click.echo(
                f"{figure.name:<50} p50 {figure.middle:7.1f} ms   p99 {figure.high:7.1f} ms   {figure.errors} refused"
            )
        return
    if beside:
        short = Plan(rounds=rounds, seconds=seconds, small=10_000, large=0)
        for line in write_ratios(measure_engines(beside, short, lambda line: click.echo(line, err=True))):
            click.echo(line)
        return
    plan = Plan(rounds=rounds, seconds=seconds, small=10_000, large=visitors, longer=1_000_000 if full else 0)
    measured = measure(plan, lambda line: click.echo(line, err=True))
    for line in write_report(measured):
        click.echo(line)
    out.write_text(json.dumps({"load": find_load_generator(), **measured.as_json()}, indent=2) + "\n")
    click.echo(f"written to {out}")
