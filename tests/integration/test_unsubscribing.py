"""Unsubscribing for real: one click on one worker, and every worker and the feed say so at once."""

import json
from contextlib import ExitStack, closing

from tests.integration.running_service import CONNECTIONS, running_service

PHONE = {"phone": "+447400123456"}
YES = {
    **PHONE,
    "purposes": ["offers_sms"],
    "source": "till",
    "wording": {"text": "Send me offers by text message.", "language": "en"},
    "evidence": {"slip": "17"},
}


def test_one_click_shows_in_the_very_next_check_of_every_worker_and_in_the_feed(tmp_path):
    with running_service(tmp_path) as service, ExitStack() as open_things:
        scopes = [word for scope in ("check", "links", "write", "feed") for word in ("--scope", scope)]
        key = service.command("key", "create", "--site", "demo", *scopes)
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        lines = [open_things.enter_context(closing(service.connect())) for _ in range(CONNECTIONS)]
        for line in lines:
            line.connect()

        def call(path, body, over=None):
            answer = service.send("POST", path, headers, json.dumps(body), over)
            assert answer.status == 200, answer.body
            return answer.json()

        def reasons():
            told = [call("/v1/check", {**PHONE, "purposes": ["offers_sms"]}, line) for line in lines]
            return {answer["decisions"]["offers_sms"]["reason"] for answer in told}

        [link] = call("/v1/links", {"recipients": [PHONE], "purpose": "offers_sms"})["links"]
        path = link["unsubscribe_url"].partition(f":{service.port}")[2]
        reader = service.send("GET", "/v1/changes", headers).json()["next"]
        call("/v1/subscriptions", YES)
        assert reasons() == {"granted"}
        assert service.send("POST", path, body="List-Unsubscribe=One-Click").status == 200
        assert reasons() == {"withdrawn"}
        answered = [count for count in service.counted("consent_checks").values() if count]
        assert len(answered) == 2, "one worker answered everything, so nothing was shown"
        changes = service.send("GET", f"/v1/changes?after={reader}", headers).json()["items"]
        assert [(change["seq"], change["to"]) for change in changes] == [(1, "granted"), (2, "withdrawn")]
