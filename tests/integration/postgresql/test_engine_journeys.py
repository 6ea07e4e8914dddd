"""One journey of each kind on each engine, through a server and its worker: the same steps, the same answers."""

import json
import re
import time
from email import message_from_bytes, policy
from urllib.parse import urlencode

import pytest

from tests.engines import make_database_url
from tests.integration.running_service import running_service

ANNA, BEN, CORA = (f"{name}@shopper.example" for name in ("anna", "ben", "cora"))
TOPIC = "offers_email"
SCOPES = ("check", "links", "write", "import", "feed")
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
LIST = f"address,status,at\n{BEN},granted,2025-01-02T03:04:05Z\n{CORA},unsubscribed,\n"


@pytest.fixture(scope="module", params=["file", "server"])
def shop(request, tmp_path_factory):
    """Serve a shop on one engine after the other, and issue a key for everything."""
    folder = tmp_path_factory.mktemp(request.param)
    settings = {"CONSENT_SMTP_URL": f"file://{folder}/mail"}
    if request.param == "file":
        with running_service(folder, settings=settings) as service:
            yield Shop(service)
    else:
        settings["CONSENT_DATABASE_URL"] = make_database_url()
        with running_service(folder, settings=settings) as service:
            yield Shop(service)


class Shop:
    """A shop's own programs, and the people who come to it."""

    def __init__(self, service) -> None:
        self.service = service
        scopes = [word for scope in SCOPES for word in ("--scope", scope)]
        key = service.command("key", "create", "--site", "demo", *scopes)
        self.bearer = {"Authorization": f"Bearer {key}"}
        self.mails = service.folder / "mail"

    def call(self, method, path, body=None):
        sent = self.bearer | {"Content-Type": "application/json"}
        answer = self.service.send(method, path, sent, json.dumps(body) if body is not None else "")
        assert answer.status in (200, 202), answer.body
        return answer.json()

    def reason(self, address):
        return self.call("POST", "/v1/check", {"email": address, "purposes": [TOPIC]})["decisions"][TOPIC]["reason"]

    def mailed_link(self, address):
        """Wait for a mail to somebody and return the path of the link in it."""
        while True:
            for file in sorted(self.mails.glob("*.eml")):
                mail = message_from_bytes(file.read_bytes(), policy=policy.default)
                if address in mail["To"]:
                    return re.search(r"(/consent/c/[\w-]+)", mail.get_body(("plain",)).get_content())[1]
            time.sleep(0.05)

    def post(self, path, **fields):
        return self.service.send("POST", path, FORM, urlencode(fields))


def test_a_visitor_who_chose_on_the_banner_is_answered_for_by_it(shop):
    service = shop.service
    banner = service.send("GET", "/consent/banner")
    assert (banner.status, b"<form" in banner.body) == (200, True)
    cookie = service.choose("reject")
    path = f"/v1/check?visitor={cookie.split('.')[2]}&purpose=analytics"
    assert shop.call("GET", path)["decisions"]["analytics"]["reason"] == "refused"
    service.choose("accept", cookie)
    assert shop.call("GET", path)["decisions"]["analytics"]["reason"] == "granted"
    service.choose("withdraw", cookie)
    told = service.everywhere(path, shop.bearer)
    assert {answer.json()["decisions"]["analytics"]["reason"] for answer in told} == {"withdrawn"}


def test_a_newsletter_is_asked_for_confirmed_and_ended_and_the_feed_tells_it(shop):
    cursor = shop.call("GET", "/v1/changes")["next"]
    notice = re.search(r'name="notice" value="(\w+)"', shop.service.send("GET", "/consent/subscribe").body.decode())[1]
    asked = shop.post("/consent/subscribe", notice=notice, p=TOPIC, email=ANNA, age="yes")
    assert asked.status == 303, asked.body
    assert shop.reason(ANNA) in {"never_asked", "pending"}, "the mail may have gone out by now"
    link = shop.mailed_link(ANNA)
    assert b'value="confirm"' in shop.service.send("GET", link).body
    assert shop.post(link, answer="confirm").status in (200, 303)
    assert shop.reason(ANNA) == "granted"
    [pack] = shop.call("POST", "/v1/links", {"recipients": [{"email": ANNA}], "purpose": TOPIC})["links"]
    unsubscribe = pack["unsubscribe_url"].partition(f":{shop.service.port}")[2]
    assert shop.service.send("POST", unsubscribe, body="List-Unsubscribe=One-Click").status == 200
    assert shop.reason(ANNA) == "withdrawn"
    told = shop.call("GET", f"/v1/changes?after={cursor}")["items"]
    assert [(change["from"], change["to"]) for change in told] == [("none", "granted"), ("granted", "withdrawn")]


def test_a_list_is_imported_by_the_worker_and_takes_no_no_back(shop):
    sent = shop.bearer | {"Content-Type": "text/csv"}
    taken = shop.service.send("POST", f"/v1/imports?source=move&purpose={TOPIC}", sent, LIST)
    assert taken.status == 202, taken.body
    path = f"/v1/imports/{taken.json()['import_id']}"
    while (told := shop.call("GET", path))["state"] != "finished":
        time.sleep(0.05)
    assert (told["rows"], told["applied"], told["rejected"]) == (2, 2, 0)
    assert [shop.reason(BEN), shop.reason(CORA)] == ["granted", "withdrawn"]
    report = shop.service.send("GET", f"{path}/report.csv", shop.bearer).body.decode()
    assert [line.split(",")[1] for line in report.splitlines()] == ["result", "applied", "applied"]
    (shop.service.folder / "leaving").write_text(f"{BEN}\n")
    shop.service.command("erase", "--site", "demo", "--emails", "leaving")
    assert shop.reason(BEN) == "blocked_erased"
