"""The last use of a key: noted now and then, by nobody who would have to wait for it."""

import threading

import pytest

from consent_service.domain.api_key import Scope
from consent_service.domain.basics.moment import HOUR
from consent_service.services.operator.issuing_keys import find_key, issue_key, list_keys
from consent_service.services.operator.noting_key_use import KeyUse
from tests.cast import NOON


@pytest.fixture
def issued(resources):
    text, _ = issue_key(resources, site="demo", label="x", scopes=[Scope.CHECK], purposes=None, valid_for=None)
    return lambda: find_key(resources, text)


def wait():
    for thread in threading.enumerate():
        if thread.name == "key-use":
            thread.join()


def test_a_use_is_noted_once_an_hour_whoever_asks(resources, issued, monkeypatch):
    writes = []
    monkeypatch.setattr(
        "consent_service.services.operator.noting_key_use.set_last_used", lambda _, identifier, at: writes.append(at)
    )
    mine, others = KeyUse(resources), KeyUse(resources)
    for after in (0, 1, HOUR - 1, HOUR, HOUR + 1):
        mine.note(issued(), NOON + after)
        wait()
    assert writes == [NOON, NOON + HOUR]
    monkeypatch.undo()
    mine.note(issued(), NOON + 3 * HOUR)
    wait()
    assert issued().last_used_at == NOON + 3 * HOUR
    others.note(issued(), NOON + 4 * HOUR - 1)
    assert issued().last_used_at == NOON + 3 * HOUR


@pytest.mark.one_file
def test_whoever_shows_a_key_never_waits_for_a_writer_and_the_note_may_be_lost(resources, issued):
    use = KeyUse(resources)
    with resources.database.write():
        use.note(issued(), NOON)
        wait()
    assert [key.last_used_at for key in list_keys(resources)] == [None]


def test_a_service_without_a_thread_to_spare_answers_all_the_same(resources, issued, monkeypatch):
    def start(_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    KeyUse(resources).note(issued(), NOON)
