"""Two versions at once: one goes on serving while the next migrates the database, and then nothing is lost with it."""

import shutil
import threading

import pytest

from tests.integration.running_service import ROOT, run, running_service

LATER = """
def up(migrator, db):
    db.execute_sql("ALTER TABLE record ADD COLUMN later BIGINT")
"""
SHIPPED = ("consent_service", "templates", "static", "sites")
PEOPLE = 4


@pytest.fixture
def newer(tmp_path):
    """The folder of a version that has one migration more."""
    folder = tmp_path / "newer"
    for name in SHIPPED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "consent_service" / "storage" / "migrations" / "9999_later.py").write_text(f'"""Later."""\n{LATER}')
    return {"PYTHONPATH": str(folder)}


class Person(threading.Thread):
    """Somebody who says yes and no in turn until the service says that it does not take it any more."""

    def __init__(self, service):
        super().__init__()
        self.service, self.cookie, self.said = service, "", []
        self.refusal = None

    def run(self):
        forms = {button: self.service.form(button) for button in ("accept", "reject")}
        while not self.refusal:
            button = ("accept", "reject")[len(self.said) % 2]
            answer = self.service.post(forms[button], self.cookie)
            if answer.status == 303:
                self.cookie = answer.headers["Set-Cookie"].partition(";")[0].partition("=")[2]
                self.said.append(button)
            else:
                self.refusal = answer


def test_a_version_that_serves_while_the_next_migrates_loses_nothing_and_then_takes_nothing(tmp_path, newer):
    with running_service(tmp_path) as former:
        key = former.command("key", "create", "--site", "demo", "--scope", "check", "--label", "tests")
        bearer = {"Authorization": f"Bearer {key}"}
        people = [Person(former) for _ in range(PEOPLE)]
        for person in people:
            person.start()
        while not all(len(person.said) > 2 for person in people):
            assert not any(person.refusal for person in people)
        assert "9999_later" in run(tmp_path, "migrate", settings=newer).stdout
        for person in people:
            person.join()
        assert {person.refusal.status for person in people} == {503}
        path = f"/v1/check?cookie={people[0].cookie}"
        assert {answer.status for answer in former.everywhere(path, bearer)} == {503}
        assert {answer.status for answer in former.everywhere("/readyz", {})} == {503}
        assert {answer.status for answer in former.everywhere("/healthz", {})} == {200}
        with running_service(tmp_path, settings=newer) as later:
            for person in people:
                checked = later.send("GET", f"/v1/check?cookie={person.cookie}", bearer).json()
                reason = {"accept": "granted", "reject": "withdrawn"}[person.said[-1]]
                assert checked["decisions"]["analytics"]["reason"] == reason
                seq = int(person.cookie.split(".")[3])
                assert seq == len(person.said), "a choice that was answered with 503 was kept"
                next_cookie = later.choose("reject" if reason == "granted" else "accept", person.cookie)
                assert next_cookie.split(".")[2:4] == [person.cookie.split(".")[2], str(seq + 1)]
            # The former one still lives beside it, and takes no choice.
            assert former.post(later.form("accept"), people[0].cookie).status == 503
