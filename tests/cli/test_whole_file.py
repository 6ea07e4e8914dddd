"""Files that commands write: whole under their name, or not there at all."""

from contextlib import suppress

from consent_service.cli.whole_file import write_whole


def test_a_file_appears_with_its_mode_when_all_of_it_is_there(tmp_path):
    file = tmp_path / "list.csv"
    with write_whole(file, mode=0o600) as stream:
        stream.write(b"a\r\n")
        assert not file.exists()
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"a\r\n", 0o600)
    assert list(tmp_path.iterdir()) == [file]


def test_nothing_is_left_of_a_file_that_broke_off_and_an_older_one_stays(tmp_path):
    file = tmp_path / "list.csv"
    file.write_bytes(b"older")
    with suppress(ConnectionError), write_whole(file, mode=0o600) as stream:
        stream.write(b"half")
        raise ConnectionError
    assert file.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [file]
