"""The key ring: the newest key signs, all of them verify, and a careless key file is refused."""

import os
import threading
import time

import pytest

from consent_service.domain.errors import SettingsFault
from consent_service.keys import key_ring
from consent_service.keys.key_ring import SECRET_NAME, SUFFIX, KeyRing, create_key
from consent_service.keys.signing import derive_public_key
from consent_service.keys.verification import compute_key_id, read_jwks
from tests.cast import NOON


@pytest.fixture
def folder(tmp_path):
    create_key(tmp_path / "keys", NOON)
    return tmp_path / "keys"


def test_the_first_key_signs(folder):
    ring = KeyRing(folder)
    kid, seed = ring.current
    assert kid == compute_key_id(derive_public_key(seed))
    assert ring.public_keys == {kid: derive_public_key(seed)}


def test_a_new_key_signs_and_the_old_one_goes_on_verifying(folder):
    (old, _) = KeyRing(folder).current
    new = create_key(folder, NOON + 1)
    ring = KeyRing(folder)
    assert ring.current[0] == new
    assert list(ring.public_keys) == [old, new]
    assert read_jwks({"keys": ring.jwks()}) == ring.public_keys


def test_a_running_ring_takes_over_a_new_key_at_once(folder):
    ring = KeyRing(folder)
    (old, _) = ring.current
    new = create_key(folder, NOON + 1)
    assert list(ring.public_keys) == [old, new]
    assert ring.current[0] == new


def test_a_folder_that_rests_is_listed_once_and_a_key_that_comes_then_is_seen_at_once(folder, monkeypatch):
    rested = time.time_ns() - 5_000_000_000
    os.utime(folder, ns=(rested, rested))
    ring = KeyRing(folder)
    listings = []
    listed = key_ring.list_files
    monkeypatch.setattr(key_ring, "list_files", lambda home, suffix: listings.append(home) or listed(home, suffix))
    for _ in range(3):
        assert ring.current
    assert len(listings) == 1
    new = create_key(folder, NOON + 1)
    assert ring.current[0] == new


def test_a_second_change_at_the_same_moment_is_seen_as_well(folder):
    ring = KeyRing(folder)
    for number in range(1, 4):
        moment = folder.stat().st_mtime_ns
        assert ring.current
        new = create_key(folder, NOON + number)
        os.utime(folder, ns=(moment, moment))
        assert ring.current[0] == new


def test_a_key_made_while_the_clock_was_behind_signs_nevertheless(folder):
    new = create_key(folder, NOON - 1_000_000)
    assert KeyRing(folder).current[0] == new


def test_key_id_and_seed_belong_together_while_keys_change(folder):
    ring = KeyRing(folder)
    torn = []
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            kid, seed = ring.current
            if compute_key_id(derive_public_key(seed)) != kid or ring.public_keys.get(kid) != derive_public_key(seed):
                torn.append(kid)

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(30):
        create_key(folder, NOON + number)
    stop.set()
    for thread in threads:
        thread.join()
    assert not torn


def test_a_ring_whose_folder_vanishes_goes_on_with_its_keys(folder):
    ring = KeyRing(folder)
    before = ring.current
    folder.rename(folder.with_name("gone"))
    assert ring.current == before


def test_a_ring_passes_over_a_new_key_that_others_may_read(folder):
    ring = KeyRing(folder)
    before = ring.current
    new = create_key(folder, NOON + 1)
    [file] = folder.glob(f"*{new[:8]}{SUFFIX}")
    file.chmod(0o644)
    assert ring.current == before


def test_keys_that_cannot_be_used_are_told_once_for_each_change_of_the_folder(folder, caplog):
    ring = KeyRing(folder)
    told = []
    for later in (1, 2):
        new = create_key(folder, NOON + later)
        [file] = folder.glob(f"*{new[:8]}{SUFFIX}")
        file.chmod(0o644)
        for _ in range(3):
            assert ring.current[0] != new
        told.append([(record.levelname, record.getMessage()) for record in caplog.records])
        file.chmod(0o600)
        assert ring.current[0] == new
    warning = ("WARNING", "the keys have changed and cannot be used")
    assert told == [[warning], [warning, warning]]
    assert "other users may read this" in caplog.records[0].cause


def test_keys_and_secret_are_for_their_owner_alone(folder):
    assert folder.stat().st_mode & 0o077 == 0
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}


def test_a_second_key_leaves_the_form_secret_as_it_is(folder):
    before = KeyRing(folder).form_secret
    create_key(folder, NOON + 1)
    assert KeyRing(folder).form_secret == before


def test_a_creation_that_was_cut_short_does_not_stand_in_the_way(folder):
    (folder / SECRET_NAME).unlink()
    for name in ("form.new", f"{SECRET_NAME}.new", f"{NOON + 1:020d}.new"):
        (folder / name).write_bytes(b"half")
    create_key(folder, NOON + 1)
    assert len(KeyRing(folder).public_keys) == 2


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o620])
@pytest.mark.parametrize("pattern", [f"*{SUFFIX}", SECRET_NAME])
def test_a_key_that_other_users_can_read_or_write_is_refused(folder, mode, pattern):
    [file] = folder.glob(pattern)
    file.chmod(mode)
    with pytest.raises(SettingsFault, match="other users may read this; run: chmod 600"):
        KeyRing(folder)


@pytest.mark.parametrize("content", [b"", b"k" * 31, b"k" * 33, b"k" * 64])
def test_a_key_of_the_wrong_length_is_refused(folder, content):
    [file] = folder.glob(f"*{SUFFIX}")
    file.write_bytes(content)
    with pytest.raises(SettingsFault, match="a key has 32 bytes"):
        KeyRing(folder)


def test_a_folder_without_a_key_says_what_to_run(tmp_path):
    with pytest.raises(SettingsFault, match="there is no signing key; run: consent-service init"):
        KeyRing(tmp_path / "keys")


def test_a_missing_form_secret_is_named(folder):
    (folder / SECRET_NAME).unlink()
    with pytest.raises(SettingsFault, match="cannot be read"):
        KeyRing(folder)


def test_a_key_that_is_a_folder_is_refused(folder):
    (folder / f"{NOON + 1:020d}-x{SUFFIX}").mkdir(0o700)
    with pytest.raises(SettingsFault, match="cannot be read"):
        KeyRing(folder)
