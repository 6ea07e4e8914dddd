"""Processes that end: workers are started again, orphans give the port back, and nothing acknowledged is lost."""

import random
import threading
import time

import pytest

from tests.integration.processes import is_alive, kill, list_job_workers, list_servers, wait_for
from tests.integration.running_service import ready, running_service
from tests.requirements import KILLINGS

ORPHAN_SECONDS = 8
PEOPLE = 4


@pytest.mark.parametrize("workers", [1, 2])
def test_a_worker_that_dies_twice_does_not_end_the_service(tmp_path, workers):
    with running_service(tmp_path, workers=workers) as service:
        key = service.command("key", "create", "--site", "demo", "--scope", "check", "--label", "tests")
        cookie = service.choose("accept")
        for _ in range(3):
            former = list_servers(service.process.pid)
            kill(*former)
            wait_for(lambda: len(set(list_servers(service.process.pid)) - set(former)) == workers)  # noqa: B023
            wait_for(lambda: ready(service))
            assert service.process.poll() is None
        answer = service.send("GET", f"/v1/check?cookie={cookie}", {"Authorization": f"Bearer {key}"})
        assert answer.json()["decisions"]["analytics"]["reason"] == "granted"
        assert service.choose("reject", cookie)
        assert service.stop() == 0


def test_orphans_end_and_give_the_port_back(tmp_path):
    with running_service(tmp_path) as service:
        cookie = service.choose("accept")
        processes = [*list_servers(service.process.pid), *list_job_workers(service.process.pid)]
        assert len(processes) == 3
        service.process.kill()
        service.process.wait()
        killed = time.monotonic()
        wait_for(lambda: not any(map(is_alive, processes)))
        assert time.monotonic() - killed < ORPHAN_SECONDS
        service.start_again()
        assert service.choose("reject", cookie).split(".")[2] == cookie.split(".")[2]


class Chooser(threading.Thread):
    """A visitor who says yes and no in turn, and remembers the last answer that was confirmed."""

    def __init__(self, service):
        super().__init__()
        self.service, self.over = service, threading.Event()
        self.said, self.asked, self.cookie, self.confirmed = "", "", "", 0

    def run(self):
        form = {button: self.service.form(button) for button in ("accept", "reject")}
        while not self.over.is_set():
            self.asked = "reject" if self.said == "accept" else "accept"
            try:
                answer = self.service.post(form[self.asked], self.cookie)
            except OSError:
                return
            if answer.status == 303:
                self.cookie = answer.headers["Set-Cookie"].partition(";")[0].partition("=")[2]
                self.said, self.confirmed = self.asked, self.confirmed + 1


@pytest.mark.slow
@pytest.mark.timeout(300 + 10 * KILLINGS)
def test_what_a_killed_service_acknowledged_is_there_when_it_is_back(tmp_path):
    dice, confirmed = random.Random(9), 0
    with running_service(tmp_path) as service:
        key = service.command("key", "create", "--site", "demo", "--scope", "check", "--label", "tests")
        bearer = {"Authorization": f"Bearer {key}"}
        for _ in range(KILLINGS):
            people = [Chooser(service) for _ in range(PEOPLE)]
            for person in people:
                person.start()
            time.sleep(dice.uniform(0.2, 0.5))
            kill(service.process.pid, *list_servers(service.process.pid), *list_job_workers(service.process.pid))
            for person in people:
                person.over.set()
                person.join()
            service.start_again()
            for person in (one for one in people if one.cookie):
                found = service.send("GET", f"/v1/check?cookie={person.cookie}", bearer).json()
                reason = found["decisions"]["analytics"]["reason"]
                # What was under way when the process was killed may have been kept without an answer.
                allowed = {"accept": "granted", "reject": "withdrawn"}
                assert reason in {allowed[person.said], allowed[person.asked]}
            confirmed += sum(person.confirmed for person in people)
        assert confirmed > KILLINGS
        assert "fits" in service.command("fsck")
