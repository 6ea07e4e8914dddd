"""Files that hold people or records: whole under their name, and nobody else's to read."""

import os
from contextlib import suppress
from pathlib import Path

import pytest

from consent_service.private_files import write_whole


def test_a_file_appears_with_its_mode_when_all_of_it_is_there(tmp_path):
    file = tmp_path / "list.csv"
    with write_whole(file) as stream:
        stream.write(b"a\r\n")
        assert not file.exists()
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"a\r\n", 0o600)
    assert list(tmp_path.iterdir()) == [file]


def test_nothing_is_left_of_a_file_that_broke_off_and_an_older_one_stays(tmp_path):
    file = tmp_path / "list.csv"
    file.write_bytes(b"older")
    with suppress(ConnectionError), write_whole(file) as stream:
        stream.write(b"half")
        raise ConnectionError
    assert file.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_that_others_could_read_is_replaced_by_one_that_they_cannot(tmp_path):
    file = tmp_path / "list.csv"
    file.touch(0o666)
    held = file.open("rb")
    before = os.umask(0)
    try:
        with write_whole(file) as stream:
            stream.write(b"people")
    finally:
        os.umask(before)
    assert (file.stat().st_mode & 0o777, held.read()) == (0o600, b"")
    held.close()


@pytest.mark.parametrize("kind", ["link", "broken link", "pipe", "folder", "device"])
def test_what_is_no_plain_file_is_neither_followed_nor_replaced(tmp_path, kind):
    file, target = tmp_path / "list.csv", tmp_path / "target"
    if kind.endswith("link"):
        file.symlink_to(target)
    elif kind == "pipe":
        os.mkfifo(file)
    elif kind == "folder":
        file.mkdir()
    else:
        file = Path(os.devnull)
    if kind == "link":
        target.write_bytes(b"theirs")
    before = file.lstat()
    with pytest.raises(FileExistsError, match="not a plain file"), write_whole(file):
        pass
    assert file.lstat().st_ino == before.st_ino
    assert not target.exists() or target.read_bytes() == b"theirs"


def test_nobody_can_lay_a_link_in_the_way_of_the_part_that_is_being_written(tmp_path):
    file = tmp_path / "list.csv"
    (tmp_path / "list.csv.partial").symlink_to(tmp_path / "stolen")
    with write_whole(file) as stream:
        stream.write(b"people")
    assert not (tmp_path / "stolen").exists()
