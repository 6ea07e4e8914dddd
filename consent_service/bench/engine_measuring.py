"""Measuring engines: a database on a server beside one in a file, asked the same in turn, so that a ratio is fair."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from consent_service.bench.load import Figure, Shot
from consent_service.bench.measuring import (
    SERVICE,
    Plan,
    choose_once,
    find_longest_notice,
    list_check_shots,
    list_page_shots,
    measure_rounds,
    prepare_bench_home,
)
from consent_service.bench.servers import run_yardstick
from consent_service.settings import PREFIX, Settings
from consent_service.shipped_files import find_shipped_folder
from consent_service.site_files.site_file import read_site

FILE, SERVER = "file", "server"


def measure_engines(url: str, plan: Plan, say: Callable[[str], None]) -> dict[str, Figure]:
    """Measure checks, banners and choices of both in turn; the database at ``url`` has to be empty, and is filled."""
    with tempfile.TemporaryDirectory(prefix="consent-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        sites = folder / "sites"
        sites.mkdir()
        (sites / "demo.toml").write_bytes((find_shipped_folder("sites") / "demo.toml").read_bytes())
        site = read_site(sites / "demo.toml")
        shots: dict[str, Shot] = {}
        for engine, address in ((FILE, None), (SERVER, url)):
            settings = Settings(home=folder / engine, sites=sites, database_url=address)
            say(f"writing {plan.small:,} visitors on a {engine}")
            key = prepare_bench_home(settings, site, plan.small)
            more = {f"{PREFIX}DATABASE_URL": address} if address else {}
            server = stack.enter_context(run_yardstick(SERVICE, "/readyz", settings.home, sites, more))
            notice = find_longest_notice(settings)
            choose_once(server, notice)
            pages = list_page_shots(server, plan, notice)
            shots |= list_check_shots(engine, server, key, plan.small, plan)
            shots |= {f"{name}, {engine}": shot for name, shot in pages.items()}
        return measure_rounds(shots, plan.rounds, folder, say)


def write_ratios(figures: dict[str, Figure]) -> Iterator[str]:
    """Write each figure of the server beside that of the file."""
    for name, figure in figures.items():
        same = figures.get(f"{name.removesuffix(SERVER)}{FILE}") if name.endswith(SERVER) else None
        if same:
            ratio = figure.rate / same.rate if same.rate else 0
            errors = f"  ({figure.errors} errors)" if figure.errors else ""
            yield (
                f"{name.removesuffix(f', {SERVER}'):<36}{same.rate:>9,.0f}/s in a file {figure.rate:>9,.0f}/s on a "
                f"server: {ratio:.2f} ×   p99 {figure.p99:.1f} ms{errors}"
            )
