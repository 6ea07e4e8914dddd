"""Measuring lists: the check of a list beside its floor, the same look-ups with nothing round them, in one run."""

import hmac
import http.client
import statistics
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace

from consent_service.bench.load import Shot
from consent_service.bench.message_population import has_said_yes, make_bench_address, make_bench_key, write_bench_list
from consent_service.bench.servers import Server
from consent_service.domain.identifier import name_subject
from consent_service.domain.messages.link_token import (
    LinkKind,
    LinkToken,
    make_purpose_code,
    write_base64url_token,
    write_token,
)
from consent_service.domain.site.site import Site
from consent_service.services.resources import Resources
from consent_service.storage.standings import GROUP, list_state_rows

PURPOSE = "offers_email"
PATH = f"/v1/check/stream?purpose={PURPOSE}"
PIECE = 65_536
END = b'"complete":true}}\n'
ONE_CLICK = "List-Unsubscribe=One-Click"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFigures:
    """Seconds for a list of so many rows and of its floor, and megabytes of the worker after the longest list."""

    rows: int
    longest: int
    seconds: float
    floor_seconds: float
    worker_megabytes: float


def measure_lists(
    resources: Resources,
    site: Site,
    server: Server,
    key: str,
    *,
    rows: int,
    longer: int,
    rounds: int,
    say: Callable[[str], None],
) -> ListFigures:
    """Check a list and its floor in turn, for some rounds, and take medians; then once a ``longer`` one."""
    body = write_bench_list(rows)
    addresses = [make_bench_address(number).lower().encode() for number in range(rows)]
    floors, seen = [], []
    for number in range(1, rounds + 1):
        floors.append(_time_work(lambda: _read_rows_alone(resources, site, addresses)))
        seen.append(_time_work(lambda: check_list(server.port, key, body)))
        say(f"round {number} of {rounds}: list of {rows:,}: {seen[-1]:.2f} s, floor {floors[-1]:.2f} s")
    if longer > rows:
        say(f"list of {longer:,}: {_time_work(lambda: check_list(server.port, key, write_bench_list(longer))):.2f} s")
    return ListFigures(
        rows=rows,
        longest=max(rows, longer),
        seconds=statistics.median(seen),
        floor_seconds=statistics.median(floors),
        worker_megabytes=server.worker_megabytes(),
    )


def _time_work(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _read_rows_alone(resources: Resources, site: Site, addresses: list[bytes]) -> None:
    """Make the key of every address and read its row, in groups: no checking, no decision, nothing written."""
    number, secret = resources.keys.secrets.subject
    start, prefix = f"{site.id}\0email\0".encode(), name_subject(site.id, f"{number}.")
    for first in range(0, len(addresses), GROUP):
        group = addresses[first : first + GROUP]
        hashes = (hmac.digest(secret, start + address, "sha256")[:16] for address in group)
        found = [prefix + urlsafe_b64encode(half)[:-2].decode() for half in hashes]
        list_state_rows(resources.database, found)


def check_list(port: int, key: str, body: bytes) -> None:
    """Have a list checked; raises RuntimeError where the answer does not come whole."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", PATH, body, {"Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson"})
    with connection.getresponse() as response:
        last = b""
        while piece := response.read(PIECE):
            last = (last + piece)[-len(END) :]
    connection.close()
    if last != END:
        raise RuntimeError(f"a list did not come whole: {response.status}")


def make_one_click_shots(
    resources: Resources, site: Site, port: int, host: str, people: int, rounds: int, seconds: int
) -> list[Shot]:
    """Make the posts to unsubscribe links for each round, of somebody else every time, and one more to one link."""
    paths = tuple(_unsubscribe_path(resources, site, number) for number in range(people) if has_said_yes(number))
    share = len(paths) // rounds
    headers = {"Host": host, "Content-Type": "application/x-www-form-urlencoded"}
    shot = Shot(port=port, paths=paths[:1], headers=headers, body=ONE_CLICK, seconds=seconds)
    return [*(replace(shot, paths=paths[at * share : (at + 1) * share]) for at in range(rounds)), shot]


def _unsubscribe_path(resources: Resources, site: Site, number: int) -> str:
    purpose = site.purpose_by_key[PURPOSE]
    subject = make_bench_key(resources, site, number)
    token = LinkToken(LinkKind.UNSUBSCRIBE, subject, purpose.channel, make_purpose_code(purpose.key))
    return f"/consent/u/{write_base64url_token(write_token(resources.keys.secrets.links, site.id, token))}"
