"""Commands that set up and run the service, and what stops them."""

import shutil
import socket
import subprocess
import sys

import pytest

from consent_service import __version__
from consent_service.services.operator.preparing_home import open_resources
from consent_service.settings import Settings
from consent_service.storage.engine import migrating
from consent_service.storage.engine.sqlite import SqliteDatabase

COMMAND = "from consent_service.cli import main; main()"
NEEDING_A_HOME = [("key", "list"), ("records", "export", "--site", "demo"), ("serve", "--port", "1")]


def test_init_makes_a_home_and_says_what_it_made(run, home):
    result = run("init")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == f"{home} is ready; run: consent-service serve"
    assert open_resources(Settings(home=home)).keys.current


def test_init_again_changes_nothing(ready, home):
    before = {path.name: path.read_bytes() for path in (home / "keys").iterdir()}
    assert ready("init").stdout == f"{home} is ready; run: consent-service serve\n"
    assert {path.name: path.read_bytes() for path in (home / "keys").iterdir()} == before


def test_migrate_says_what_it_applied(ready, run, tmp_path, monkeypatch):
    assert ready("migrate").stdout == "the database is up to date\n"
    older = tmp_path / "older"
    older.mkdir()
    for step in ("0001_consent_records", "0002_principal_state", "0003_messages"):
        shutil.copy(migrating.FOLDER / f"{step}.py", older)
    home = tmp_path / "second"
    with monkeypatch.context() as patch:
        patch.setattr(migrating, "FOLDER", older)
        run("init", CONSENT_HOME=home)
    assert run("migrate", CONSENT_HOME=home).stdout.startswith("applied 0004_said, 0005_visitor_state")


@pytest.mark.parametrize("command", [*NEEDING_A_HOME, ("migrate",), ("init",)])
def test_a_lost_database_is_told_and_no_command_puts_an_empty_one_in_its_place(ready, refused, home, command):
    (home / "consent.sqlite3").unlink()
    assert "there is no database, but" in refused(ready(*command))
    assert not (home / "consent.sqlite3").exists()


@pytest.mark.parametrize("option", ["--version", "--help", "-h"])
def test_version_and_help_need_no_home(run, option):
    result = run(option, CONSENT_HOME="/nowhere")
    assert result.exit_code == 0
    assert result.stdout.startswith(__version__ if option == "--version" else "Usage: ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nonsense",), "No such command 'nonsense'"),
        (("--nonsense",), "--nonsense"),
        (("init", "now"), "now"),
        (("serve", "--port", "0"), "--port"),
        (("serve", "--port", "http"), "--port"),
        (("serve", "--workers", "1000"), "--workers"),
        (("serve", "--host", "no such host"), "choose another --host"),
        (("serve", "--host", "192.0.2.1"), "choose another --host"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(ready, refused, arguments, message):
    assert message in refused(ready(*arguments))


def test_a_port_that_is_taken_is_named(ready, refused):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"127.0.0.1:{port}: cannot listen there" in refused(ready("serve", "--port", port))


@pytest.mark.parametrize("below", ["file/home", "file"])
def test_a_home_that_cannot_be_written_is_refused(run, refused, tmp_path, below):
    (tmp_path / "file").write_text("in the way")
    assert "the home folder cannot be written" in refused(run("init", CONSENT_HOME=tmp_path / below))


def test_a_home_on_a_system_folder_is_refused(run, refused):
    assert "/proc/consent" in refused(run("init", CONSENT_HOME="/proc/consent"))


@pytest.mark.parametrize("command", [*NEEDING_A_HOME, ("migrate",)])
def test_a_home_that_was_not_made_says_what_to_run(run, refused, command):
    assert refused(run(*command)).endswith("run: consent-service init, or set CONSENT_HOME to the home that is meant")


@pytest.mark.parametrize("command", [*NEEDING_A_HOME, ("migrate",), ("init",)])
def test_a_database_of_a_newer_version_is_refused(ready, refused, home, command):
    database = SqliteDatabase(home / "consent.sqlite3")
    with database.write():
        database.change("INSERT INTO schema_migration (name, applied) VALUES ('0042_of_next_year', 1)")
    assert "written by a newer version (0042_of_next_year)" in refused(ready(*command))


@pytest.mark.parametrize("command", NEEDING_A_HOME)
def test_a_database_that_lacks_migrations_is_refused(ready, refused, home, command):
    database = SqliteDatabase(home / "consent.sqlite3")
    with database.write():
        database.change("DELETE FROM schema_migration WHERE name > '0003'")
    assert refused(ready(*command)).endswith("run: consent-service migrate")


@pytest.mark.parametrize("command", [*NEEDING_A_HOME, ("migrate",), ("init",)])
def test_a_file_that_is_no_database_is_refused(ready, refused, home, command):
    (home / "consent.sqlite3").write_bytes(b"no database at all " * 100)
    assert "file is not a database" in refused(ready(*command))


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"CONSENT_HOEM": "x"}, "CONSENT_HOEM: there is no such setting"),
        ({"CONSENT_LOG_LEVEL": "loud"}, "CONSENT_LOG_LEVEL: expected one of"),
        ({"CONSENT_HSTS_SECONDS": "-1"}, "CONSENT_HSTS_SECONDS: expected a whole number"),
        ({"CONSENT_HOME": " "}, "CONSENT_HOME: expected a folder"),
    ],
)
@pytest.mark.parametrize("command", [*NEEDING_A_HOME, ("migrate",), ("init",)])
def test_odd_settings_stop_every_command(ready, refused, command, environ, message):
    assert message in refused(ready(*command, **environ))


@pytest.mark.parametrize("sites", ["/nowhere", "/dev/null"])
def test_a_folder_of_sites_that_cannot_be_read_is_named(ready, refused, sites):
    assert f"{sites}: cannot be read" in refused(ready("serve", CONSENT_SITES=sites))


def test_several_faults_of_site_files_are_still_one_line(ready, refused, tmp_path):
    (tmp_path / "broken.toml").write_text("id = 7\nname = 8\n")
    (tmp_path / "worse.toml").write_text("= nonsense")
    line = refused(ready("serve", CONSENT_SITES=tmp_path))
    assert "broken.toml: id: " in line
    assert line.endswith("more; consent-service site check lists them)")


def test_a_reader_that_goes_away_ends_a_command_quietly(ready, home):
    environ = {"CONSENT_HOME": str(home), "CONSENT_SITES": str(home)}
    program = subprocess.Popen(
        [sys.executable, "-c", COMMAND, "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ
    )
    program.stdout.close()
    assert (program.stderr.read(), program.wait()) == (b"", 1)
    program.stderr.close()


@pytest.mark.parametrize("command", [("key",), ("key", "create"), ("serve",), ("records", "export")])
def test_help_is_there_for_every_command_in_both_spellings(run, command):
    short, long = run(*command, "-h"), run(*command, "--help")
    assert (short.exit_code, short.stdout) == (0, long.stdout)


def test_init_names_a_sites_folder_that_is_missing_or_empty(run, home, tmp_path):
    missing = tmp_path / "nowhere"
    told = run("init", CONSENT_SITES=missing).stdout.splitlines()
    assert told[-2] == f"{missing} is no folder: put the site files there, or set CONSENT_SITES to where they are"
    assert told[-1] == f"{home} is ready; run: consent-service serve"
    missing.mkdir()
    assert f"{missing} holds no site file" in run("init", CONSENT_SITES=missing).stdout


@pytest.mark.parametrize(
    "command",
    [
        ("check", "a@b.example", "--purpose", "news", "--site", "dmeo"),
        ("records", "export", "--site", "dmeo"),
        ("erase", "--site", "dmeo", "--visitor", "x"),
        ("export", "--site", "dmeo", "--preset", "plain", "--kind", "all", "--out", "x"),
        ("import", __file__, "--site", "dmeo", "--source", "x"),
    ],
)
def test_a_site_that_is_not_known_is_answered_with_the_nearest(ready, refused, command):
    assert refused(ready(*command)).endswith("; the nearest is 'demo'")


def test_a_purpose_that_is_not_known_is_answered_with_the_nearest_and_denied(ready):
    result = ready("check", "a@b.example", "--purpose", "offer_email", "--site", "demo")
    assert (result.exit_code, result.stdout) == (1, "denied\tunknown_purpose\n")
    assert result.stderr == "consent-service: site 'demo' has no purpose 'offer_email'; the nearest is 'offers_email'\n"
    options = ("--site", "demo", "--preset", "plain", "--kind", "all", "--out", "x", "--purpose", "offer_email")
    assert ready("export", *options).stderr.endswith("the nearest is 'offers_email'\n")
