"""A body is taken in whole before a thread is asked for, within its bounds, and lies nowhere to be read."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent_service.front import request_body
from consent_service.front.request_body import IN_MEMORY, BodyCutOff, BodyReader, BodyTooSlow
from consent_service.front.spool_room import SpoolFull, SpoolRoom
from consent_service.keys.sealed_spool import SealedSpool


async def at_once(write):
    write()


def sent(*pieces, ending=True):
    """Make what the server hands a body on with, piece by piece."""
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    messages += [{"type": "http.request"}] if ending else [{"type": "http.disconnect"}]
    left = iter(messages)

    async def receive():
        return next(left)

    return receive


def list_open_files():
    names = []
    for link in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            names.append(str(link.readlink()))
    return names


def take(folder, receive, longest=10_000_000, find_sender=lambda: "shop", room=None):
    """Take a body in on a loop of its own, as another one may run in this thread for the tests in a browser."""

    async def ask() -> str | None:
        return find_sender()

    with ThreadPoolExecutor(1) as apart:
        reader = BodyReader(folder, at_once, room or SpoolRoom())
        return apart.submit(asyncio.run, reader.read(receive, longest, ask)).result()


@settings(max_examples=25, deadline=None)
@given(pieces=st.lists(st.integers(min_value=0, max_value=200_000), max_size=6))
def test_a_body_comes_back_as_it_was_sent(tmp_path_factory, pieces):
    content = [bytes([number % 251]) * size for number, size in enumerate(pieces)]
    taken = take(tmp_path_factory.mktemp("bodies"), sent(*content))
    with taken.file:
        assert (taken.whole, taken.length, taken.file.read()) == (True, sum(pieces), b"".join(content))


def test_a_long_body_waits_on_disk_in_a_file_without_a_name_that_holds_none_of_it(tmp_path):
    secret = b"ada@example.org " * 8000
    taken = take(tmp_path, sent(secret))
    held = [name for name in list_open_files() if str(tmp_path) in name]
    assert held
    assert all(name.endswith("(deleted)") for name in held)
    assert not list(tmp_path.iterdir())
    taken.file.close()


def test_a_sealed_spool_holds_nothing_that_could_be_read(tmp_path):
    spool = SealedSpool(tmp_path)
    spool.append(b"ada@example.org")
    assert b"ada" not in Path(f"/proc/self/fd/{spool._file.fileno()}").read_bytes()
    assert spool.rewind().read() == b"ada@example.org"
    spool.close()


@pytest.mark.threat("T31")
def test_a_body_beyond_its_bound_is_not_read_to_its_end(tmp_path):
    taken = take(tmp_path, sent(b"x" * 60, b"y" * 60, b"never asked for"), longest=100)
    assert (taken.whole, taken.length) == (False, 120)


def test_a_body_that_may_not_lie_on_the_disk_ends_where_memory_does(tmp_path):
    part = b"x" * (IN_MEMORY // 2)
    with take(tmp_path, sent(part, part), find_sender=lambda: pytest.fail("asked about a small one")).file as small:
        assert len(small.read()) == IN_MEMORY
    taken = take(tmp_path, sent(part, part, b"y", b"never asked for"), find_sender=lambda: None)
    assert (taken.whole, taken.length) == (False, IN_MEMORY + 1)
    assert not [name for name in list_open_files() if str(tmp_path) in name]


@pytest.mark.parametrize("pieces", [(), (b"half",), (b"x" * (IN_MEMORY + 1),)])
def test_who_leaves_in_the_middle_leaves_nothing_behind(tmp_path, pieces):
    with pytest.raises(BodyCutOff):
        take(tmp_path, sent(*pieces, ending=False))


def test_a_body_that_does_not_come_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(request_body, "PATIENCE_SECONDS", 0.05)

    async def never():
        await asyncio.sleep(60)

    with pytest.raises(BodyTooSlow):
        take(tmp_path, never)


@pytest.mark.threat("T31")
def test_a_body_that_trickles_is_given_up_by_its_rate(tmp_path, monkeypatch):
    monkeypatch.setattr(request_body, "PATIENCE_SECONDS", 0.2)

    async def trickle():
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b"x", "more_body": True}

    with pytest.raises(BodyTooSlow):
        take(tmp_path, trickle)


def test_a_fast_start_buys_no_long_stall(tmp_path, monkeypatch):
    monkeypatch.setattr(request_body, "PATIENCE_SECONDS", 0.1)
    pieces = [b"x" * 5_000_000]

    async def stall():
        if not pieces:
            await asyncio.sleep(60)
        return {"type": "http.request", "body": pieces.pop(), "more_body": True}

    with pytest.raises(BodyTooSlow):
        take(tmp_path, stall)


def test_bodies_of_one_site_fill_half_of_the_room_and_give_it_back(tmp_path):
    room = SpoolRoom(1_000_000)
    held = take(tmp_path, sent(b"x" * 400_000), room=room)
    with pytest.raises(SpoolFull):
        take(tmp_path, sent(b"x" * 200_000), room=room)
    others = take(tmp_path, sent(b"x" * 500_000), find_sender=lambda: "other", room=room)
    with pytest.raises(SpoolFull):
        take(tmp_path, sent(b"x" * 200_000), find_sender=lambda: "third", room=room)
    held.close()
    others.close()
    take(tmp_path, sent(b"x" * 500_000), room=room).close()
