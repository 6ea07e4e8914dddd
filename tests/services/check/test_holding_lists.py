"""Holding a list: it comes back as it was, and lies on disk only sealed, under no name."""

import resource
from contextlib import contextmanager
from pathlib import Path

import pytest

from consent_service.domain.errors import StorageUnavailable
from consent_service.services.check.holding_lists import hold_list
from consent_service.services.check.limiting_lists import LISTS, TooManyLists, take_list_place
from consent_service.services.imports.keeping_import_files import Upload, name_imports_folder


def test_what_was_held_comes_back_whole(tmp_path):
    chunks = [b"a" * 65_536, b"", b"person@shop.example\n", b"z"]
    with hold_list(iter(chunks), tmp_path) as back:
        assert b"".join(back) == b"".join(chunks)


def test_a_held_list_has_no_name_and_shows_no_address_on_disk(tmp_path):
    with hold_list(iter([b"person@shop.example\n"] * 3), tmp_path) as back:
        assert list(tmp_path.iterdir()) == []
        [file] = [link for link in Path("/proc/self/fd").iterdir() if leads_into(tmp_path, link)]
        next(back)
        stored = file.read_bytes()
        assert len(stored) > 60
        assert b"shop" not in stored


@contextmanager
def files_limited_to(size):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("chunk", [b"person@shop.example\n" * 10, b"z" * 65_536])
def test_a_disk_that_takes_no_more_of_a_list_is_told_as_that(tmp_path, chunk):
    with (
        files_limited_to(100),
        pytest.raises(StorageUnavailable, match="cannot be held"),
        hold_list([chunk], tmp_path),
    ):
        pass


@pytest.mark.parametrize("chunk", [b"email,consent\n" * 10, b"z" * 65_536])
def test_a_disk_that_takes_no_more_of_an_upload_is_told_as_that_and_keeps_nothing(resources, chunk):
    upload = Upload(resources)

    def take() -> None:
        upload.write(chunk)
        upload.finish()

    with files_limited_to(100):
        with pytest.raises(StorageUnavailable, match="the file cannot be kept"):
            take()
        upload.discard()
    assert list(name_imports_folder(resources).iterdir()) == []


def leads_into(folder, link):
    try:
        return str(link.readlink()).startswith(f"{folder}/")
    except FileNotFoundError:
        return False


def test_so_many_lists_are_checked_at_a_time_and_no_more(tmp_path):
    places = [take_list_place(tmp_path, f"shop{number}") for number in range(LISTS)]
    for place in places:
        place.__enter__()
    with pytest.raises(TooManyLists), take_list_place(tmp_path, "shop9"):
        pass
    places[0].__exit__(None, None, None)
    with take_list_place(tmp_path, "shop9"):
        pass
    places[1].__exit__(None, None, None)
