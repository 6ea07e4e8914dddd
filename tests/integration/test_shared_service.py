"""What workers and sites share: caps hold for the service as a whole, and sites take turns."""

import json
import threading

import pytest

from consent_service.services.visitor.limiting_choices import MAX_CHOICES_PER_LINE
from tests.integration.running_service import running_service

MANY = 96
"""Connections, so many that each worker holds some."""

pytestmark = pytest.mark.slow


@pytest.mark.threat("T30")
def test_two_workers_take_no_more_choices_of_a_line_than_one(tmp_path):
    with running_service(tmp_path, workers=2, settings={"CONSENT_PROXIES": "1"}) as service:
        form = service.form("accept")
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Sec-Fetch-Site": "same-origin",
            "X-Forwarded-For": "8.8.8.8",
        }
        connections = [service.connect() for _ in range(MANY)]
        for connection in connections:
            connection.connect()
        answers = [
            service.send("POST", "/consent/choice", headers, form, over=connections[number % MANY]).status
            for number in range(2 * MAX_CHOICES_PER_LINE)
        ]
        for connection in connections:
            connection.close()
    assert set(answers) == {303, 429}
    assert MAX_CHOICES_PER_LINE // 2 <= answers.count(303) <= MAX_CHOICES_PER_LINE


@pytest.mark.threat("T30")
def test_many_calls_of_one_site_do_not_hold_up_another(tmp_path):
    """Forty calls for links were answered one after the other before anybody else's."""
    with running_service(tmp_path, workers=1) as service:
        many = service.command("key", "create", "--site", "demo", "--scope", "links", "--label", "many")
        other = service.command("key", "create", "--site", "silverlark", "--scope", "check", "--label", "few")
        connected = {"Content-Type": "application/json", "Host": f"127.0.0.1:{service.port}"}
        body = json.dumps({"recipients": [{"email": f"p{n}@home.example"} for n in range(500)]})
        done, started = [], threading.Event()

        def ask(key, path, sent):
            assert service.send("POST", path, {"Authorization": f"Bearer {key}", **connected}, sent).status == 200
            done.append(path)
            started.set()

        one = '{"email": "anna@home.example"}'
        for key, path, sent in ((many, "/v1/links", body), (other, "/v1/check", one)):
            ask(key, path, sent)
        done.clear()
        started.clear()
        senders = [threading.Thread(target=ask, args=(many, "/v1/links", body)) for _ in range(40)]
        for sender in senders:
            sender.start()
        assert started.wait(20)
        ask(other, "/v1/check", one)
        before = done.index("/v1/check")
        for sender in senders:
            sender.join()
        assert before <= 15, before
