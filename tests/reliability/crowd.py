"""A crowd of visitors who choose at a running service, remember what it confirmed, and ask for it afterwards."""

import base64
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.integration.running_service import RunningService

PEOPLE = 4
STATES = {"accept": "granted", "reject": "withdrawn"}
PURPOSE = "analytics"


class Found(NamedTuple):
    """What a crowd went through, and what became of it.

    ``lost`` are confirmed choices that are gone, ``undone`` people whose confirmed no does not count any more.
    """

    confirmed: int
    refused: int
    cut_off: int
    lost: int
    undone: int


class Person(threading.Thread):
    """A visitor who says yes and no in turn until told to stop; what came without an answer may have been kept."""

    def __init__(self, service: RunningService) -> None:
        super().__init__(daemon=True)
        self._service = service
        self._over = threading.Event()
        self.cookie, self.said = "", list[tuple[int, str]]()
        self.open: set[str] = set()
        """What was sent since the last choice that was confirmed, and was not."""
        self.outcomes: Counter[str] = Counter()

    @property
    def visitor(self) -> str:
        return self.cookie.split(".")[2]

    def run(self) -> None:
        """Choose, one way and then the other."""
        forms = {button: self._service.form(button) for button in STATES}
        while not self._over.is_set():
            button = "reject" if self.said and self.said[-1][1] == "accept" else "accept"
            try:
                answer = self._service.post(forms[button], self.cookie)
            except OSError:
                self.open.add(button)
                self.outcomes["cut off"] += 1
                time.sleep(0.05)
                continue
            if answer.status == 303:
                self.cookie = answer.headers["Set-Cookie"].partition(";")[0].partition("=")[2]
                self.said.append((int(self.cookie.split(".")[3]), button))
                self.open.clear()
            else:
                # A server that lost its database cannot know whether the choice was kept there.
                self.open.add(button)
                self.outcomes["refused"] += 1
                time.sleep(0.02)

    def stop(self) -> None:
        """Stop choosing."""
        self._over.set()
        self.join()


@dataclass
class Crowd:
    """So many people at once, who go on until they are stopped."""

    service: RunningService
    people: list[Person] = field(default_factory=list)
    dice: random.Random = field(default_factory=random.Random)

    def come(self) -> None:
        """Let people come and choose."""
        self.people += [Person(self.service) for _ in range(PEOPLE)]
        for person in self.people:
            person.start()

    def start(self) -> None:
        """Let people come, and return once each of them had a choice confirmed."""
        self.come()
        self.wait_for_answers()

    def go_on(self, least: float = 0.2, most: float = 0.6) -> None:
        """Let them choose for a while."""
        time.sleep(self.dice.uniform(least, most))

    def wait_for(self, outcome: str) -> None:
        """Let them choose until each had this outcome, since now."""
        before = [person.outcomes[outcome] for person in self.people]
        while any(person.outcomes[outcome] <= known for person, known in zip(self.people, before, strict=True)):
            time.sleep(0.02)

    def wait_for_answers(self) -> None:
        """Let them choose until each had a choice confirmed, since now."""
        before = [len(person.said) for person in self.people]
        while any(len(person.said) <= known for person, known in zip(self.people, before, strict=True)):
            time.sleep(0.02)

    def stop(self) -> None:
        """Let everybody end."""
        for person in self.people:
            person.stop()

    def judge(self, *, from_copy: bool = False) -> Found:
        """Look for everything that was confirmed; after a copy was put back, for the noes among it alone."""
        records, bearer = read_records(self.service), make_key(self.service)
        outcomes: Counter[str] = Counter()
        lost = undone = 0
        for person in (one for one in self.people if one.said):
            outcomes += person.outcomes
            gone = [seq for seq, _ in person.said if (person.visitor, seq) not in records]
            lost += 0 if from_copy else len(gone)
            answer = self.service.send("GET", f"/v1/check?visitor={person.visitor}", bearer).json()
            decided = answer["decisions"][PURPOSE]["reason"]  # type: ignore[index]
            last = person.said[-1][1]
            known = {STATES[button] for button in (last, *person.open)}
            if not from_copy and decided not in known:
                lost += 1
            undone += decided == "granted" and "granted" not in known
        confirmed = sum(len(person.said) for person in self.people)
        return Found(confirmed, outcomes["refused"], outcomes["cut off"], lost, undone)


def make_key(service: RunningService) -> dict[str, str]:
    """Make a key that may check, for one look, and return the header with it."""
    key = service.command("key", "create", "--site", "demo", "--scope", "check", "--label", f"{time.monotonic_ns()}")
    return {"Authorization": f"Bearer {key}"}


def read_records(service: RunningService) -> set[tuple[str, int]]:
    """Export all records of the shop, and tell whose they are and their numbers."""
    file = service.folder / "records.jsonl"
    service.command("records", "export", "--site", "demo", "--out", str(file))
    found = set()
    for line in file.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if entry["kind"] == "record":
            payload = entry["signed"].split(".")[1]
            record = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
            found.add((record["principal"].rpartition("/")[2], record["seq"]))
    return found
