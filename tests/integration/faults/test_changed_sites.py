"""SIGHUP: changed site files are served without a dropped request, and faulty ones are not served at all."""

import json
import shutil
import signal
import threading

import pytest

from tests.integration.processes import is_alive, kill, list_job_workers, list_servers, wait_for
from tests.integration.running_service import ROOT, ready, running_service

BEFORE, AFTER = "Visit measurement", "Counting of visits"
ASKERS = 4
REFUSED = "the site files were not read anew and the former ones go on"


@pytest.fixture
def sites(tmp_path):
    folder = tmp_path / "sites"
    folder.mkdir()
    shutil.copy(ROOT / "sites" / "demo.toml", folder)
    return folder


@pytest.fixture
def service(tmp_path, sites):
    with running_service(tmp_path, settings={"CONSENT_SITES": str(sites)}) as running:
        yield running


def change(sites, text=AFTER):
    """Give the purpose another title, and with it another meaning."""
    file = sites / "demo.toml"
    written = file.read_text(encoding="utf-8").replace(f'title.en = "{BEFORE}"', f'title.en = "{text}"\nrevision = 2')
    file.write_text(written, encoding="utf-8")


def shows(service, text):
    """Say whether every worker shows this text."""
    return all(text.encode() in answer.body for answer in service.everywhere("/consent/", {}))


def messages(service):
    lines = [json.loads(line) for line in service.log() if line.startswith("{")]
    return [line["message"] for line in lines]


class Asker(threading.Thread):
    """Somebody who asks again and again over one connection, which no reload closes."""

    def __init__(self, service, headers):
        super().__init__()
        self.service, self.headers, self.over = service, headers, threading.Event()
        self.statuses, self.faults = set(), []

    def run(self):
        connection = self.service.connect()
        connection.connect()
        socket = connection.sock
        while not self.over.is_set():
            try:
                for path in ("/consent/banner", "/consent/", f"/v1/check?visitor={'A' * 22}"):
                    self.statuses.add(self.service.send("GET", path, self.headers, over=connection).status)
                assert connection.sock is socket, "the connection was closed"
                # The form is opened and posted over connections of their own, with the digest of its time.
                self.service.choose("accept")
            except Exception as fault:
                self.faults.append(repr(fault))
        connection.close()


def test_changed_site_files_are_served_without_a_dropped_request(service, sites):
    key = service.command("key", "create", "--site", "demo", "--scope", "check", "--label", "tests")
    bearer = {"Authorization": f"Bearer {key}"}
    cookie = service.choose("accept")
    path = f"/v1/check?cookie={cookie}"
    servers, [worker] = list_servers(service.process.pid), list_job_workers(service.process.pid)
    askers = [Asker(service, bearer) for _ in range(ASKERS)]
    for asker in askers:
        asker.start()
    assert shows(service, BEFORE)
    change(sites)
    service.process.send_signal(signal.SIGHUP)
    wait_for(lambda: shows(service, AFTER))
    for asker in askers:
        asker.over.set()
    for asker in askers:
        asker.join()
    assert [asker.faults for asker in askers] == [[]] * ASKERS
    assert {status for asker in askers for status in asker.statuses} == {200}
    reasons = {answer.json()["decisions"]["analytics"]["reason"] for answer in service.everywhere(path, bearer)}
    assert reasons == {"outdated"}
    assert list_servers(service.process.pid) == servers
    wait_for(lambda: list_job_workers(service.process.pid) not in ([], [worker]))
    assert not is_alive(worker)
    assert service.stop() == 0


@pytest.mark.parametrize(
    "spoil",
    [
        lambda sites: change(sites, "a\nb"),
        lambda sites: (sites / "demo.toml").write_text("id = "),
        lambda sites: (sites / "another.toml").write_bytes(b"\xff\xfe"),
        lambda sites: (sites / "demo.toml").unlink(),
        lambda sites: sites.rename(sites.with_name("away")),
    ],
    ids=["no TOML any more", "cut off", "a second file", "no file", "no folder"],
)
def test_a_faulty_file_leaves_the_former_sites_and_is_told_in_the_log(service, sites, spoil):
    cookie = service.choose("accept")
    spoil(sites)
    service.process.send_signal(signal.SIGHUP)
    wait_for(lambda: REFUSED in messages(service))
    [cause] = [json.loads(line)["cause"] for line in service.log() if REFUSED in line]
    assert str(sites) in cause
    assert shows(service, BEFORE)
    assert service.choose("reject", cookie).split(".")[2] == cookie.split(".")[2]
    # Who starts again serves what the others do, and not what lies there.
    [worker], servers = list_job_workers(service.process.pid), list_servers(service.process.pid)
    kill(worker, *servers)
    wait_for(lambda: len(set(list_servers(service.process.pid)) - set(servers)) == len(servers))
    wait_for(lambda: ready(service))
    assert shows(service, BEFORE)
    wait_for(lambda: set(list_job_workers(service.process.pid)) - {worker})
    assert service.stop() == 0


def test_a_wider_text_without_another_revision_is_not_served_on_a_signal_either(service, sites):
    service.choose("accept")
    file = sites / "demo.toml"
    file.write_text(file.read_text(encoding="utf-8").replace(BEFORE, AFTER), encoding="utf-8")
    service.process.send_signal(signal.SIGHUP)
    wait_for(lambda: REFUSED in messages(service))
    assert shows(service, BEFORE)
    change(sites)
    file.write_text(
        file.read_text(encoding="utf-8").replace(f'"{AFTER}"', f'"{AFTER}"\nrevision = 2'), encoding="utf-8"
    )
    service.process.send_signal(signal.SIGHUP)
    wait_for(lambda: shows(service, AFTER))
