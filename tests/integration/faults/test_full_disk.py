"""A full disk: nothing new can be kept, and everything else goes on."""

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from tests.integration.running_service import running_service
from tests.requirements import require

MAX_CHOICES = 500
"""More than the log has room for by then."""
ROOM = 2**18
"""Enough bytes for some of the choices that come at once, and not for all."""


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a disk of a few megabytes."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        [require("mount"), "-t", "tmpfs", "-o", "size=8m,mode=0700", "tmpfs", str(disk)],
        capture_output=True,
        text=True,
    )
    if mounted.returncode:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.strip()}")
    yield disk
    subprocess.run([require("umount"), "--lazy", str(disk)], check=True)


def fill(disk):
    """Take every free byte and return the file that holds them."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    assert shutil.disk_usage(disk).free == 0
    return ballast


def cookie_of(answer):
    return answer.headers["Set-Cookie"].partition(";")[0].partition("=")[2]


def test_on_a_full_disk_checks_and_banner_go_on_and_choices_work_again_once_there_is_space(small_disk):
    with running_service(small_disk) as service:
        key = service.command("key", "create", "--site", "demo", "--scope", "check", "--label", "tests")
        cookie = service.choose("accept")
        path, bearer = f"/v1/check?cookie={cookie}", {"Authorization": f"Bearer {key}"}
        form = service.form("accept")
        ballast = fill(small_disk)
        # The log may have room left that it took from the disk before; what fits in there is kept.
        assert any(service.post(form).status == 503 for _ in range(MAX_CHOICES))
        assert {service.post(form).status for _ in range(4)} == {503}
        assert {answer.status for answer in service.everywhere("/readyz", {})} == {503}
        for answer in service.everywhere(path, bearer):
            assert (answer.status, answer.json()["decisions"]["analytics"]["allowed"]) == (200, True)
        assert {answer.status for answer in service.everywhere("/consent/banner", {})} == {200}
        assert service.process.poll() is None
        ballast.unlink()
        assert service.post(form).status == 303
        assert {answer.status for answer in service.everywhere("/readyz", {})} == {200}
        assert service.stop() == 0


def test_of_choices_that_come_at_once_each_is_kept_or_told_that_it_was_not(small_disk):
    with running_service(small_disk) as service:
        key = service.command("key", "create", "--site", "demo", "--scope", "check", "--label", "tests")
        bearer = {"Authorization": f"Bearer {key}"}
        form = service.form("accept")
        ballast = fill(small_disk)
        os.truncate(ballast, ballast.stat().st_size - ROOM)
        answers = []
        with ThreadPoolExecutor(16) as people:
            while not answers or answers[-1].status != 503:
                answers += people.map(lambda _: service.post(form), range(64))
        assert {answer.status for answer in answers} == {303, 503}
        ballast.unlink()
        answers.append(service.post(form))
        for answer in answers:
            if answer.status == 303:
                checked = service.send("GET", f"/v1/check?cookie={cookie_of(answer)}", bearer).json()
                assert checked["decisions"]["analytics"]["reason"] == "granted"
            else:
                assert b"<title>Error:" in answer.body
                assert "Set-Cookie" not in answer.headers


def test_the_counters_are_private_and_gone_when_the_server_has_stopped(tmp_path):
    with running_service(tmp_path) as service:
        [folder] = service.counter_folders()
        assert folder.stat().st_mode & 0o777 == 0o700
        assert not (tmp_path / "home" / "metrics").exists()
        assert service.stop() == 0
        assert service.counter_folders() == []
