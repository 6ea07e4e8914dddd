"""Databases on servers that nobody can work with: each command says so in one line, and ends with exit code 2."""

import shutil

import pytest

from tests.integration.running_service import run
from tests.ports import free_port
from tests.postgresql_server import run_postgresql

SECRET = "s3cret"
COMMANDS = ("serve", "worker", "migrate", "fsck", "key list")


@pytest.fixture(scope="module")
def server():
    with run_postgresql() as running:
        running.run("CREATE DATABASE reading")
        running.run("ALTER DATABASE reading SET default_transaction_read_only = on")
        running.run("CREATE DATABASE empty")
        yield running


@pytest.fixture(scope="module")
def prepared(server, tmp_path_factory):
    """Make a home whose database lies on the server."""
    folder = tmp_path_factory.mktemp("shop")
    done = run(folder, "init", settings={"CONSENT_DATABASE_URL": server.url()})
    assert done.returncode == 0, done.stderr
    return folder


def list_unfit(server):
    """List addresses, and what is said of each."""
    place = f"127.0.0.1:{server.port}"
    return {
        "what is no address": ("mysql://x", "expected an address such as postgresql://"),
        "nobody there": (f"postgresql://u:{SECRET}@127.0.0.1:{free_port()}/x", "cannot be reached"),
        "a host without a name": (f"postgresql://u:{SECRET}@nowhere.invalid/x", "cannot be reached"),
        "no such database": (server.url("nowhere"), 'database "nowhere" does not exist'),
        "no such user": (f"postgresql://u:{SECRET}@{place}/postgres", 'role "u" does not exist'),
        "read-only": (server.url("reading"), "read-only"),
        "a replica asked for": (f"{server.url('reading')}?target_session_attrs=any", "takes no writes"),
        "emptied": (server.url("empty"), "there is no database, but"),
    }


@pytest.mark.parametrize("command", COMMANDS)
def test_what_cannot_be_worked_with_is_one_line_and_exit_code_2(server, prepared, command):
    port = ("--port", str(free_port())) if command == "serve" else ()
    for kind, (url, told) in list_unfit(server).items():
        done = run(prepared, *command.split(), *port, settings={"CONSENT_DATABASE_URL": url})
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1), (kind, done.stderr)
        assert told in done.stderr, kind
        assert SECRET not in done.stderr, kind


def test_init_on_what_cannot_be_worked_with_leaves_no_key_behind(server, tmp_path):
    unfit = list_unfit(server)
    del unfit["emptied"]
    for number, (kind, (url, told)) in enumerate(unfit.items()):
        folder = tmp_path / str(number)
        folder.mkdir()
        done = run(folder, "init", settings={"CONSENT_DATABASE_URL": url})
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), (kind, done.stderr)
        assert told in done.stderr, kind
        assert not list(folder.glob("home/keys/*")), kind


def test_a_home_without_the_keys_of_its_database_is_refused(server, prepared, tmp_path):
    shutil.copytree(prepared / "home", tmp_path / "home")
    shutil.rmtree(tmp_path / "home" / "keys")
    done = run(tmp_path, "serve", "--port", str(free_port()), settings={"CONSENT_DATABASE_URL": server.url()})
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "there is no signing key, but a database" in done.stderr
