"""Caps on choices hold for the service as a whole, however many workers it has."""

import pytest

from consent_service.services.visitor.limiting_choices import MAX_CHOICES_PER_LINE
from tests.integration.running_service import running_service

MANY = 96
"""Connections, so many that each worker holds some."""

pytestmark = pytest.mark.slow


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
