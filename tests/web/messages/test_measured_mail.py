"""Measuring who opens mail: a yes of its own, never part of the yes to the mail, and over once it is withdrawn."""

import pytest

from consent_service.domain.site.purpose import Channel
from tests.web.people import People
from tests.web.reader import Reader, answers

NEWS, OPENS = "offers_email", "opens_email"
ANNA = "anna@home.example"


@pytest.fixture
def people(own_service):
    return People(own_service)


@pytest.fixture
def anna(own_service):
    return Reader(own_service, ANNA).say_yes(NEWS).keep_address()


def test_a_yes_to_mail_is_no_yes_to_its_measuring(people, anna):
    assert (people.reason(NEWS, ANNA), people.reason(OPENS, ANNA)) == ("granted", "never_asked")


def test_the_measuring_ends_by_a_link_of_its_own_and_the_mail_goes_on(people, anna):
    anna.say_yes(OPENS)
    body = {"recipients": [{"email": ANNA}], "purpose": OPENS}
    link = people.call("/v1/links", body, Host="localhost:8000").json["links"][0]["unsubscribe_url"]
    path = link[link.index("/consent/") :]
    anna.service.browser().get(path).form.submit(status=200)
    assert (people.reason(NEWS, ANNA), people.reason(OPENS, ANNA)) == ("granted", "withdrawn")


def test_the_very_next_opening_of_a_mail_already_sent_is_not_measured(people, anna):
    """A tool asks when the picture of a mail is fetched, not when the mail is sent."""
    anna.say_yes(OPENS)
    assert people.reason(OPENS, ANNA) == "granted"
    anna.service.browser().post(anna.centre_path, answers(opens_email="no"))
    assert people.reason(OPENS, ANNA) == "withdrawn"


def test_who_stops_the_mail_of_the_channel_stops_its_measuring(people, anna):
    anna.say_yes(OPENS)
    anna.service.browser().post(anna.unsubscribe_path(channel=Channel.EMAIL), {"List-Unsubscribe": "One-Click"})
    assert people.reason(OPENS, ANNA) == "withdrawn"
