"""Commands of the database on a server."""

from consent_service.storage.engine.postgresql.distribution import list_placements


def test_the_statements_that_spread_the_tables_are_printed_without_a_database(run):
    result = run("database", "distribute", "--shards", "64")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [f"{statement};" for statement in list_placements(64)]
    assert "SELECT create_distributed_table('record', 'principal', colocate_with => 'standing');" in result.stdout


def test_a_file_is_not_distributed(ready):
    result = ready("database", "distribute", "--run")
    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (2, "", 1)
    assert "a file is not distributed; name a server in CONSENT_DATABASE_URL" in result.stderr


def test_a_number_of_shards_that_nobody_can_mean_is_refused(run):
    assert run("database", "distribute", "--shards", "0").exit_code == 2
