"""Measuring: rounds in which everything takes its turn, so that a noisy machine is equally unfair to all."""

import http.client
import random
import statistics
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from http import HTTPStatus
from pathlib import Path

from consent_service.bench.list_measuring import ListFigures, make_one_click_shots, measure_lists
from consent_service.bench.load import Figure, Shot, measure_shot
from consent_service.bench.message_population import populate_subjects
from consent_service.bench.population import make_bench_visitor, populate
from consent_service.bench.servers import Server, run_yardstick
from consent_service.domain.api_key import Scope
from consent_service.domain.site.site import Site
from consent_service.services.operator.issuing_keys import issue_key
from consent_service.services.operator.preparing_home import open_resources, prepare_home
from consent_service.settings import Settings
from consent_service.shipped_files import find_shipped_folder
from consent_service.site_files.site_file import read_site

SERVICE = "consent_service.app:create_front_application"
BARE_WSGI = "consent_service.bench.yardsticks:make_bare_wsgi"
BARE_FLASK = "consent_service.bench.yardsticks:make_bare_flask"
SAMPLE = 10_000
"""How many visitors are asked about, at most, among few as among many."""
HOST = "localhost"
FORM = {"Host": HOST, "Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
CHOICE = "choice=accept&notice={notice}"
ONE_CLICK = "one click, 16 connections"
ONE_CLICK_AGAIN = "one click again, 16 connections"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much to measure; ``people`` are on the list that is checked, ``longer`` is the length of one more list."""

    rounds: int
    seconds: int
    small: int
    large: int
    people: int = 100_000
    longer: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """All figures of one run: loads by name, seconds until ready, megabytes of a worker."""

    loads: dict[str, Figure]
    lists: ListFigures
    ready_seconds: float
    worker_megabytes: float

    def rate(self, name: str) -> float:
        """Return the requests a second of a load."""
        return self.loads[name].rate

    def as_json(self) -> dict[str, object]:
        """Return the figures as plain values."""
        return asdict(self)


def measure(plan: Plan, say: Callable[[str], None]) -> Measured:
    """Start everything, fire at everything in turn for some rounds, and take medians."""
    with tempfile.TemporaryDirectory(prefix="consent-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        sites = folder / "sites"
        sites.mkdir()
        (sites / "demo.toml").write_bytes((find_shipped_folder("sites") / "demo.toml").read_bytes())
        site = read_site(sites / "demo.toml")
        shots: dict[str, Shot] = {}
        homes = {"small": plan.small, "large": plan.large}
        service: dict[str, Server] = {}
        for size, visitors in homes.items():
            say(f"writing {visitors:,} visitors")
            key = prepare_bench_home(Settings(home=folder / size, sites=sites), site, visitors)
            service[size] = stack.enter_context(run_yardstick(SERVICE, "/readyz", folder / size, sites))
            choose_once(service[size], find_longest_notice(Settings(home=folder / size, sites=sites)))
            shots |= list_check_shots(size, service[size], key, visitors, plan)
        wsgi = stack.enter_context(run_yardstick(BARE_WSGI, "/", folder / "small", sites))
        flask = stack.enter_context(run_yardstick(BARE_FLASK, "/", folder / "small", sites))
        shots |= _list_yardstick_shots(wsgi, flask, plan) | list_page_shots(
            service["small"], plan, find_longest_notice(Settings(home=folder / "small", sites=sites))
        )
        lists, clicks = _measure_messages(folder, sites, site, plan, say)
        loads = measure_rounds(shots, plan.rounds, folder, say) | clicks
        megabytes = max(server.worker_megabytes() for server in service.values())
        ready = service["small"].ready_seconds
        return Measured(loads=loads, lists=lists, ready_seconds=ready, worker_megabytes=megabytes)


def _measure_messages(
    folder: Path, sites: Path, site: Site, plan: Plan, say: Callable[[str], None]
) -> tuple[ListFigures, dict[str, Figure]]:
    """Measure lists and unsubscribe links, at a home of their own that only people with an address are known to."""
    say(f"writing {plan.people:,} people")
    key = prepare_bench_home(Settings(home=folder / "people", sites=sites), site, 0)
    resources = open_resources(Settings(home=folder / "people", sites=sites))
    populate_subjects(resources, site, plan.people)
    with run_yardstick(SERVICE, "/readyz", folder / "people", sites) as server:
        lists = measure_lists(
            resources, site, server, key, rows=plan.people, longer=plan.longer, rounds=plan.rounds, say=say
        )
        *distinct, again = make_one_click_shots(
            resources, site, server.port, HOST, plan.people, rounds=plan.rounds, seconds=plan.seconds
        )
        clicks = {
            ONE_CLICK: _choose_median([measure_shot(shot, folder) for shot in distinct]),
            ONE_CLICK_AGAIN: measure_shot(again, folder),
        }
    resources.database.close()
    return lists, clicks


def prepare_bench_home(settings: Settings, site: Site, visitors: int) -> str:
    """Make a home that many visitors are known to, and return a key that checks."""
    prepare_home(settings)
    resources = open_resources(settings)
    populate(resources, site, visitors)
    key, _ = issue_key(resources, site=site.id, label="bench", scopes=[Scope.CHECK], purposes=None, valid_for=None)
    resources.database.close()
    return key


def list_check_shots(size: str, server: Server, key: str, visitors: int, plan: Plan) -> dict[str, Shot]:
    """List the ways to ask a server about many visitors."""
    chosen = random.Random(1).sample(range(visitors), min(SAMPLE, visitors))  # noqa: S311
    ids = [make_bench_visitor(number) for number in chosen]
    headers = {"Authorization": f"Bearer {key}"}
    one = tuple(f"/v1/check?visitor={visitor}&purpose=analytics" for visitor in ids)
    two = tuple(f"{path}&purpose=marketing" for path in one)
    plain = Shot(port=server.port, paths=two, headers=headers, seconds=plan.seconds)
    shots = {
        f"check, 2 purposes, 16 connections, {size}": plain,
        f"check, 2 purposes, 1 connection, {size}": replace(plain, connections=1),
    }
    if size == "small":
        shots[f"check, 1 purpose, 16 connections, {size}"] = replace(plain, paths=one)
        shots[f"check, 1 purpose, 1 connection, {size}"] = replace(plain, paths=one, connections=1)
    return shots


def _list_yardstick_shots(wsgi: Server, flask: Server, plan: Plan) -> dict[str, Shot]:
    wsgi_shot = Shot(port=wsgi.port, paths=("/",), headers={}, seconds=plan.seconds)
    flask_shot = replace(wsgi_shot, port=flask.port)
    return {
        "bare WSGI, 16 connections": wsgi_shot,
        "bare WSGI, 1 connection": replace(wsgi_shot, connections=1),
        "bare Flask, 16 connections": flask_shot,
        "bare Flask, 1 connection": replace(flask_shot, connections=1),
    }


def choose_once(server: Server, notice: str) -> None:
    """Let one visitor choose: a service at work has something in its log, and reads beside that."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    connection.request("POST", "/consent/choice", CHOICE.format(notice=notice), FORM)
    answer = connection.getresponse()
    connection.close()
    if answer.status != HTTPStatus.SEE_OTHER:
        raise RuntimeError(f"a choice was answered with {answer.status}")


def list_page_shots(server: Server, plan: Plan, notice: str) -> dict[str, Shot]:
    """List what a browser sends."""
    fragment = Shot(
        port=server.port,
        paths=("/consent/banner",),
        headers={"Host": HOST, "Accept-Language": "en"},
        seconds=plan.seconds,
    )
    choice = replace(fragment, paths=("/consent/choice",), headers=FORM, body=CHOICE.format(notice=notice))
    return {"banner fragment, 16 connections": fragment, "choice POST, 16 connections": choice}


def find_longest_notice(settings: Settings) -> str:
    """Find the digest of the banner with the most in it."""
    resources = open_resources(settings)
    query = "SELECT digest FROM notice WHERE language = 'en' AND surface = 'banner' ORDER BY length(document) DESC"
    digest = str(resources.database.rows(query)[0][0])
    resources.database.close()
    return digest


def measure_rounds(shots: dict[str, Shot], rounds: int, folder: Path, say: Callable[[str], None]) -> dict[str, Figure]:
    """Measure one after the other for some rounds, and take medians."""
    seen: dict[str, list[Figure]] = {name: [] for name in shots}
    for number in range(1, rounds + 1):
        for name, shot in shots.items():
            figure = measure_shot(shot, folder)
            seen[name].append(figure)
            say(f"round {number} of {rounds}: {name}: {figure.rate:,.0f}/s")
    return {name: _choose_median(figures) for name, figures in seen.items()}


def _choose_median(figures: list[Figure]) -> Figure:
    middle = statistics.median_low(sorted(figure.rate for figure in figures))
    chosen = next(figure for figure in figures if figure.rate == middle)
    return replace(chosen, errors=sum(figure.errors for figure in figures))
