"""Pruning by hand, and what stops it and the worker."""

import pytest


def test_prune_says_what_it_dropped(ready):
    result = ready("prune")
    pruned = ("changes", "jobs", "attempts", "answers", "imports", "declarations", "denials", "visitors", "records")
    assert (result.exit_code, result.stdout) == (0, ", ".join(f"{name} 0" for name in pruned) + "\n")


@pytest.mark.parametrize("command", ["prune", "worker"])
def test_a_home_that_was_not_made_is_refused(run, refused, command):
    assert refused(run(command)).endswith("run: consent-service init, or set CONSENT_HOME to the home that is meant")


@pytest.mark.parametrize("command", ["prune", "worker"])
def test_faulty_site_files_are_refused(ready, refused, tmp_path, command):
    (tmp_path / "broken.toml").write_text("id = 7\n")
    assert "broken.toml" in refused(ready(command, CONSENT_SITES=tmp_path))
