"""Link scanners: whatever fetches every link of every mail, and however often, changes not a byte of the database."""

import re
from urllib.parse import urlsplit

import pytest

from tests.delivery.mail_server import MailServer
from tests.engines import runs_on_server
from tests.web.newsletter import ANNA, Newsletter, everything, fill_in
from tests.web.people import People
from tests.web.raw import raw_request
from tests.web.reader import answers

ADDRESS = re.compile(r"https?://[^\s<>]+")
PREFETCH = (("Sec-Purpose", "prefetch;prerender"), ("Purpose", "prefetch"), ("X-Moz", "prefetch"))
LOOKING = [("GET", ()), ("HEAD", ()), ("OPTIONS", ()), ("GET", PREFETCH)]
TIMES = 100


def links_of(message) -> list[str]:
    return ADDRESS.findall(message.get_content())


def every_mail(newsletter: Newsletter, post_office: MailServer) -> None:
    """Cause a mail of every sort: to confirm, that all is there already, to the settings, and to confirm from there."""
    fill_in(newsletter.browser)
    newsletter.work()
    newsletter.confirm(urlsplit(links_of(post_office.messages[0])[0]).path)
    fill_in(newsletter.browser)
    newsletter.work()
    newsletter.browser.post("/consent/p/request", {"email": ANNA})
    newsletter.work()
    centre = urlsplit(links_of(post_office.messages[-1])[0]).path
    newsletter.browser.post(centre, answers(care_email="yes"))
    fill_in(newsletter.browser, "ben@shopper.example")
    newsletter.work()


def files(newsletter: Newsletter) -> list[bytes]:
    """Read the database and its log as they lie on the disk of this machine."""
    if runs_on_server():
        return []
    file = newsletter.service.resources.database.file
    return [path.read_bytes() for path in (file, file.with_name(f"{file.name}-wal"))]


@pytest.mark.threat("T22")
def test_fetching_every_link_of_every_mail_a_hundred_times_changes_not_a_byte(newsletter, post_office):
    every_mail(newsletter, post_office)
    body = {"recipients": [{"email": ANNA}], "purpose": "offers_email"}
    [pack] = People(newsletter.service).call("/v1/links", body, Host="localhost:8000").json["links"]
    mailed = [link for message in post_office.messages for link in links_of(message)]
    told = [*mailed, pack["unsubscribe_url"], pack["preferences_url"], *ADDRESS.findall(str(pack["headers"]))]
    paths = {urlsplit(link).path for link in told}
    assert len(post_office.messages) == 5
    assert {path.split("/")[2] for path in paths} == {"c", "p", "u"}
    before, bytes_before = everything(newsletter.service), files(newsletter)
    for path in paths:
        for method, headers in LOOKING:
            for _ in range(TIMES):
                answer = raw_request(newsletter.service, path, method=method, headers=headers)
                assert answer.status < 500
                assert not answer.all("Set-Cookie")
    assert files(newsletter) == bytes_before
    assert everything(newsletter.service) == before
