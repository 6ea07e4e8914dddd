"""Writers to stop, starve and kill, programs of their own: python -m tests.storage.engine.writers ACT HOME [NUMBER]."""

import json
import os
import random
import resource
import select
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

from consent_service.domain.errors import ConsentError, StorageUnavailable
from consent_service.domain.identifier import write_visitor_id
from consent_service.services.check.checking_visitors import check_visitor
from consent_service.services.operator.preparing_home import open_resources
from consent_service.services.resources import Resources
from consent_service.settings import Settings
from tests.cast import choose, make_site

SITE = make_site()


def resources_of(home: str) -> Resources:
    return open_resources(Settings(home=Path(home)))


def choose_as(resources: Resources, identity: bytes) -> str:
    """Record the first choice of a visitor whose id is known before."""
    known = replace(resources, randomness=lambda length: identity if length == 16 else os.urandom(length))
    return choose(known, SITE, "accept").cookie.visitor


def write(home: str, number: str) -> None:
    """Record so many choices and print the visitors."""
    resources = resources_of(home)
    for _ in range(int(number)):
        print(choose_as(resources, os.urandom(16)), flush=True)


def hold(home: str) -> None:
    """Hold the write transaction until standard input ends."""
    with resources_of(home).database.write():
        print("held", flush=True)
        sys.stdin.read()


def be_killed(home: str, number: str) -> None:
    """Kill four writers so many times and print what was attempted, acknowledged and found again each time."""
    dice = random.Random(7)
    for _ in range(int(number)):
        journal, pen = os.pipe()
        writers = [os.fork() for _ in range(4) if os.getpid() == PARENT]
        if os.getpid() != PARENT:
            keep_journal(home, pen)
        os.close(pen)
        lines = read_for(journal, dice.uniform(0.02, 0.15))
        for writer in writers:
            os.kill(writer, signal.SIGKILL)
        for writer in writers:
            os.waitpid(writer, 0)
        lines += read_for(journal, 10)
        os.close(journal)
        print(json.dumps(findings(home, lines.decode().split())), flush=True)


def keep_journal(home: str, pen: int) -> None:
    resources = resources_of(home)
    while True:
        identity = os.urandom(16)
        os.write(pen, f"attempted:{write_visitor_id(identity)}\n".encode())
        choose_as(resources, identity)
        os.write(pen, f"acknowledged:{write_visitor_id(identity)}\n".encode())


def read_for(journal: int, seconds: float) -> bytes:
    """Read until all writers are gone, or for some time."""
    content, end = b"", time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if select.select([journal], [], [], left)[0]:
            piece = os.read(journal, 65536)
            if not piece:
                break
            content += piece
    return content


def findings(home: str, journal: list[str]) -> dict[str, list[str]]:
    database = resources_of(home).database
    stored = [row[0].rpartition("/")[2] for row in database.rows("SELECT principal FROM record")]
    integrity = [row[0] for row in database.rows("PRAGMA integrity_check")]
    database.close()
    told = [line.split(":") for line in journal]
    attempted, acknowledged = ([visitor for word, visitor in told if word == wanted] for wanted in WORDS)
    return {"attempted": attempted, "acknowledged": acknowledged, "stored": stored, "integrity": integrity}


WORDS = ("attempted", "acknowledged")


def run_out_of_disk(home: str) -> None:
    """Write until files may not grow, read on, get room again and write on; print what happened."""
    resources = resources_of(home)
    stored = [choose_as(resources, os.urandom(16))]
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, most))
    refusals = []
    for _ in range(400):
        try:
            stored.append(choose_as(resources, os.urandom(16)))
        except StorageUnavailable as error:
            refusals.append(str(error))
    allowed = [check_visitor(resources, SITE, who, ["analytics"], signal=False)["analytics"].allowed for who in stored]
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    stored.append(choose_as(resources, os.urandom(16)))
    found = {row[0].rpartition("/")[2] for row in resources.database.rows("SELECT principal FROM record")}
    print(json.dumps({"refusals": refusals, "all allowed": all(allowed), "kept": found == set(stored)}))


def open_home(home: str) -> None:
    """Open a home folder and record a choice, and print the refusal."""
    try:
        print(choose_as(resources_of(home), os.urandom(16)))
    except ConsentError as error:
        print(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    PARENT = os.getpid()
    acts = {"write": write, "hold": hold, "be-killed": be_killed, "fill": run_out_of_disk, "open": open_home}
    acts[sys.argv[1]](*sys.argv[2:])
