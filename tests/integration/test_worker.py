"""The worker for real: killed at any moment it loses nothing, beside a server there is one, and none is left."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path

import pytest

from consent_service.domain.feed.webhook_event import Event
from consent_service.domain.ledger.decision import Method
from consent_service.domain.subject.act import Act
from consent_service.domain.subject.standing import Block
from consent_service.services.feed.keeping_webhooks import list_deliveries, make_webhook
from consent_service.services.resources import read_system_clock
from consent_service.services.subject.recording_acts import record_act
from tests.cast import make_resources, make_site
from tests.integration.processes import is_alive, list_job_workers, list_servers, wait_for
from tests.integration.running_service import PROGRAM, ROOT, environment, run, running_service
from tests.webhook_receiver import receiving

EVENTS, KILLINGS = 300, 40


def test_a_worker_killed_at_any_moment_loses_no_event_and_never_gives_one_two_ids(tmp_path):
    resources, site = make_resources(tmp_path, read_system_clock), make_site()
    with receiving() as receiver:
        made = make_webhook(resources, site, receiver.url, list(Event), loopback_allowed=True)
        for number in range(EVENTS):
            done = Act(method=Method.API, actor="test", at=read_system_clock(), block=Block.MANUAL)
            record_act(resources, site, f"demo/s/1.{number:021}A", done)
        workers = "tests.integration.faults.killed_workers"
        program = [sys.executable, "-m", workers, str(tmp_path / "home"), str(KILLINGS)]
        subprocess.run(program, cwd=ROOT, check=True, timeout=240)
    names = defaultdict(set)
    for sent in receiver.received:
        names[json.loads(sent.body)["data"]["seq"]].add(sent.headers["webhook-id"])
    assert set(names) == set(range(1, EVENTS + 1))
    assert {len(ids) for ids in names.values()} == {1}
    assert len(receiver.received) > EVENTS, "no worker was killed between the answer and the note of it"
    results = {job.result for job in list_deliveries(resources, made.webhook, EVENTS + 1, "")}
    assert results == {"delivered"}


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_serve_runs_one_worker_which_ends_with_it(tmp_path, how):
    with running_service(tmp_path, workers=1) as service:
        [worker] = wait_for(lambda: list_job_workers(service.process.pid))
        time.sleep(1)
        assert list_job_workers(service.process.pid) == [worker]
        service.process.send_signal(how)
        assert service.process.wait(timeout=30) == 0
        assert not is_alive(worker)


def test_a_worker_that_dies_is_started_again_and_one_whose_server_was_killed_ends(tmp_path):
    with running_service(tmp_path, workers=1) as service:
        [first] = wait_for(lambda: list_job_workers(service.process.pid))
        os.kill(first, signal.SIGKILL)
        [second] = wait_for(lambda: [one for one in list_job_workers(service.process.pid) if one != first])
        servers = list_servers(service.process.pid)
        service.process.kill()
        wait_for(lambda: not any(map(is_alive, [second, *servers])))


def test_a_worker_alone_works_until_it_is_told_to_stop(tmp_path):
    assert run(tmp_path, "init").returncode == 0
    with (tmp_path / "log").open("wb") as log:
        worker = subprocess.Popen([*PROGRAM, "worker"], env=environment(tmp_path), cwd=tmp_path, stderr=log)
    wait_for(lambda: len(list(Path(f"/proc/{worker.pid}/task").iterdir())) > 4)
    worker.terminate()
    assert worker.wait(timeout=30) == 0
    assert (tmp_path / "log").read_text() == ""


def test_a_choice_is_sealed_within_ten_seconds(tmp_path):
    with running_service(tmp_path, workers=1) as service:
        key = service.command("key", "create", "--site", "demo", "--scope", "check")
        bearer = {"Authorization": f"Bearer {key}"}
        assert service.send("GET", "/v1/checkpoint", bearer).status == 404
        service.choose("accept")
        made = time.monotonic()
        wait_for(lambda: service.send("GET", "/v1/checkpoint", bearer).status == 200)
        assert time.monotonic() - made < 10
        assert service.send("GET", "/readyz").status == 200


def test_a_worker_without_a_home_is_one_line_and_exit_code_2(tmp_path):
    done = run(tmp_path, "worker")
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)


@pytest.mark.parametrize("threads", [1, 2])
def test_while_somebody_waits_for_changes_everybody_else_is_answered(tmp_path, threads):
    with running_service(tmp_path, workers=1, options=("--threads", str(threads), "--no-worker")) as service:
        key = service.command("key", "create", "--site", "demo", "--scope", "check", "--scope", "feed")
        bearer = {"Authorization": f"Bearer {key}"}
        answers = []
        waiting = [
            threading.Thread(target=lambda: answers.append(service.send("GET", "/v1/changes?wait=8", bearer)))
            for _ in range(3)
        ]
        for thread in waiting:
            thread.start()
        path = f"/v1/check?visitor={'A' * 22}"
        assert [service.send("GET", path, bearer).status for _ in range(20)] == [200] * 20
        assert service.send("GET", "/consent/").status == 200
        assert not answers, "the wait was over before the checks"
        for thread in waiting:
            thread.join()
        assert [(answer.status, answer.headers["Retry-After"]) for answer in answers] == [(204, "0")] * 3
