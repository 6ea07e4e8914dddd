"""A home that is moved away under the running service: every worker says so, and nobody is told it was saved."""

import time

import pytest

from tests.integration.running_service import running_service

FORGOTTEN = 1.0
"""After so many seconds no worker remembers a key any more, and each asks the database again."""


@pytest.fixture
def service(tmp_path):
    with running_service(tmp_path) as running:
        yield running


def test_after_its_files_were_moved_the_service_allows_and_saves_nothing_until_they_are_back(service):
    key = service.command("key", "create", "--site", "demo", "--scope", "check", "--label", "tests")
    cookie = service.choose("accept")
    path, bearer = f"/v1/check?cookie={cookie}", {"Authorization": f"Bearer {key}"}
    form = service.form("reject")
    assert {answer.status for answer in service.everywhere(path, bearer)} == {200}
    home, away = service.folder / "home", service.folder / "away"
    home.rename(away)
    time.sleep(FORGOTTEN)
    assert {answer.status for answer in service.everywhere(path, bearer)} == {503}
    assert {service.post(form).status for _ in range(4)} == {503}
    assert {answer.status for answer in service.everywhere("/readyz", {})} == {503}
    assert {answer.status for answer in service.everywhere("/healthz", {})} == {200}
    assert any("moved, replaced or removed under the running service" in line for line in service.log())
    away.rename(home)
    assert {answer.status for answer in service.everywhere(path, bearer)} == {200}
    assert service.post(form).status == 303
