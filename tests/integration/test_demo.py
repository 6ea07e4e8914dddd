"""The demo command: one start, a shop that gates, a key that works, and nothing left afterwards."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from consent_service.serving import MEMORY
from tests.integration.running_demo import PROGRAM, ROOT, TAG, Browser, RunningDemo, ask, start, stop
from tests.ports import free_port
from tests.requirements import require


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    running = start(tmp_path_factory.mktemp("demo"), free_port())
    yield running
    stop(running)


@pytest.fixture
def browser(demo: RunningDemo) -> Browser:
    return Browser(demo)


def test_before_a_choice_there_is_a_banner_no_tag_no_cookie_and_a_basket(browser):
    shown = browser.home()
    assert 'value="reject"' in shown
    assert TAG not in shown
    before = browser.counted()
    assert browser.load_tag() == 204
    assert browser.counted() == before
    assert browser.cookies == {}
    browser.open("/basket", {"piece": "willow-ring"})
    assert "Willow ring" in browser.page("/basket")
    assert set(browser.cookies) == {"basket"}


def test_from_accepting_to_withdrawing_every_page_and_answer_follows_at_once(browser, demo):
    browser.choose("accept")
    assert TAG in browser.home()
    assert 'value="reject"' not in browser.home()
    before = browser.counted()
    assert browser.load_tag() == 200
    assert browser.counted() == before + 1
    browser.open("/currency", {"currency": "EUR"})
    assert {"consent", "visit_id", "shop_prefs"} == set(browser.cookies)
    status, answer = ask(demo, demo.key, cookie=browser.cookies["consent"], purpose="analytics")
    assert (status, answer["decisions"]["analytics"]["reason"]) == (200, "granted")

    old = browser.cookies["consent"]
    browser.choose("withdraw")
    assert TAG not in browser.home()
    assert set(browser.cookies) == {"consent"}
    assert browser.load_tag() == 204
    assert browser.counted() == before + 1
    for cookie in (old, browser.cookies["consent"]):
        _, answer = ask(demo, demo.key, cookie=cookie, purpose="analytics")
        assert answer["decisions"]["analytics"]["reason"] == "withdrawn"


def test_after_refusing_the_shop_works_and_nothing_optional_happens(browser):
    browser.choose("reject")
    assert 'value="reject"' not in browser.home()
    assert TAG not in browser.home()
    assert browser.load_tag() == 204
    browser.open("/basket", {"piece": "river-chain"})
    browser.open("/currency", {"currency": "EUR"})
    assert "River chain" in browser.page("/basket")
    assert set(browser.cookies) == {"basket", "consent"}


def test_the_printed_curl_lines_work_as_they_stand(demo):
    require("curl")
    answers = [
        subprocess.run(shlex.split(line), capture_output=True, text=True, check=True, timeout=30).stdout
        for line in demo.curl_lines
    ]
    assert len(answers) == 2
    assert json.loads(answers[0])["decisions"]["analytics"]["reason"] == "never_asked"
    assert 'action="/consent/choice"' in answers[1]


def test_the_counters_of_both_servers_are_added_up(demo, browser):
    ask(demo, demo.key, visitor="A" * 22, purpose="no_such_purpose")
    browser.home()
    counters = browser.page("/metrics")
    assert 'consent_checks_total{reason="unknown_purpose",site="demo"}' in counters
    assert 'consent_checks_total{reason="never_asked",site="demo"}' in counters
    assert 'consent_banners_total{kind="undecided",site="demo"}' in counters


def test_a_taken_port_is_one_line_and_exit_code_2(demo, tmp_path):
    port = demo.address.rpartition(":")[2]
    result = subprocess.run(
        [*PROGRAM, "--port", port, "--home", str(tmp_path)],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        timeout=60,
    )
    assert result.returncode == 2
    assert result.stdout == ""
    assert re.fullmatch(rf"consent-service: 127\.0\.0\.1:{port}: .*\n", result.stderr)


def test_both_servers_together_have_one_worker(demo):
    while not demo.workers():
        pass
    assert len(demo.workers()) == 1


def counter_folders(demo):
    return [*MEMORY.glob(f"consent-service-{demo.process.pid}-*")]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_ends_well_and_leaves_no_process(tmp_path, how):
    demo = start(tmp_path, free_port())
    assert len(demo.processes()) > 1
    assert stop(demo, how) == 0
    assert demo.nothing_left()
    assert not counter_folders(demo)
    assert "Traceback" not in (tmp_path / "errors").read_text()


def test_ctrl_c_reaches_every_process_of_the_terminal_and_leaves_none(tmp_path):
    demo = start(tmp_path, free_port())
    while not demo.workers():
        pass
    os.killpg(demo.process.pid, signal.SIGINT)
    assert demo.process.wait(timeout=40) == 0
    demo.process.stdout.close()
    assert demo.nothing_left()
    assert "Traceback" not in (tmp_path / "errors").read_text()


def test_a_violent_end_leaves_no_process_either(tmp_path):
    demo = start(tmp_path, free_port())
    assert stop(demo, signal.SIGKILL) == -signal.SIGKILL
    assert demo.nothing_left()
    for folder in counter_folders(demo):
        shutil.rmtree(folder)


def test_a_second_start_keeps_the_choices_and_changes_the_key(tmp_path):
    first = start(tmp_path, port := free_port())
    browser = Browser(first)
    browser.choose("accept")
    stop(first)
    second = start(tmp_path, port)
    try:
        assert TAG in browser.home()
        assert ask(second, first.key, visitor="A" * 22)[0] == 401
        assert ask(second, second.key, visitor="A" * 22)[0] == 200
    finally:
        stop(second)


def test_a_server_that_dies_ends_the_demo_with_one_line_and_exit_code_2(tmp_path):
    demo = start(tmp_path, free_port())
    children = Path(f"/proc/{demo.process.pid}/task/{demo.process.pid}/children").read_text().split()
    os.kill(int(children[0]), signal.SIGTERM)
    assert demo.process.wait(timeout=40) == 2
    demo.process.stdout.close()
    assert demo.nothing_left()
    assert "consent-service: a server of the demo ended by itself" in (tmp_path / "errors").read_text()
