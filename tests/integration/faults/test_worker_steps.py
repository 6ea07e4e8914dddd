"""A worker killed between any two steps of a delivery: every message goes out, and a copy is known as one."""

import json
import subprocess
import sys
from collections import defaultdict

from consent_service.domain.feed.webhook_event import Event
from consent_service.services.feed.keeping_webhooks import make_webhook
from consent_service.services.resources import read_system_clock
from tests.cast import make_resources, make_site
from tests.delivery.mail_server import mail_server
from tests.integration.running_service import ROOT
from tests.webhook_receiver import receiving


def test_a_worker_killed_between_any_two_steps_loses_nothing_and_repeats_under_the_same_id(tmp_path):
    resources = make_resources(tmp_path, read_system_clock)
    hooks, mails = defaultdict(list), defaultdict(list)
    with receiving() as receiver, mail_server() as post_office:
        make_webhook(resources, make_site(), receiver.url, [Event.SUPPRESSION_ADDED], loopback_allowed=True)
        steps = "tests.integration.faults.worker_steps"
        program = [sys.executable, "-m", steps, tmp_path / "home", str(post_office.port)]
        done = subprocess.run(program, cwd=ROOT, check=True, timeout=240, stdout=subprocess.PIPE)
    for sent in receiver.received:
        hooks[json.loads(sent.body)["data"]["seq"]].append(sent.headers["webhook-id"])
    for message in post_office.messages:
        mails[message["To"]].append(message["Message-ID"])
    steps = int(done.stdout)
    assert steps > 30
    for told in (hooks, mails):
        assert len(told) == steps
        assert {len(set(ids)) for ids in told.values()} == {1}
        assert max(map(len, told.values())) == 2, "no worker was killed between the delivery and the note of it"
    assert resources.database.rows("SELECT count(*) FROM job WHERE due_at IS NOT NULL") == [(0,)]
