"""The programs of docs/records.md verify a real export with a stock JOSE library, and notice any change to it."""

import base64
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from webtest import TestApp, TestResponse

from consent_service.app import create_app
from consent_service.domain.ledger.decision import Method
from consent_service.keys.key_ring import create_key
from consent_service.services.ledger.exporting_records import export_records
from consent_service.services.messages.recording_withdrawals import Withdrawal, record_withdrawal
from consent_service.services.operator.preparing_home import open_resources, prepare_home
from consent_service.services.resources import read_system_clock
from consent_service.services.subject.identifying_subjects import identify_email
from consent_service.settings import Settings
from consent_service.site_files.site_file import read_site

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
PROGRAMS = PROGRAM.findall((ROOT / "docs" / "records.md").read_text(encoding="utf-8"))
NOTICE = re.compile(r'name="notice" value="([0-9a-f]{64})"')

Lines = list[dict[str, object]]


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Let two visitors choose and a subject stop everything, with a new signing key in between; return the folder."""
    folder = tmp_path_factory.mktemp("export")
    settings = Settings(home=folder / "home", sites=ROOT / "sites")
    prepare_home(settings)
    resources = open_resources(settings)
    app = create_app(settings, resources)
    first, second = browser(app), browser(app)
    banner = first.get("/consent/banner?lang=en")
    choose(first, banner, "reject")
    choose(first, banner, "accept")
    create_key(settings.keys, read_system_clock())
    choose(first, first.get("/consent/?lang=en"), "withdraw")
    choose(second, second.get("/consent/banner?lang=ar"), "accept")
    site = read_site(ROOT / "sites" / "demo.toml")
    purposes, now = site.message_purposes[:1], read_system_clock()
    stop = Withdrawal(purposes=purposes, stops_all=True, method=Method.API, actor="key:1", at=now, source="app")
    record_withdrawal(resources, site, identify_email(resources, site, "ada@example.org").principal, stop)
    with (folder / "export.ndjson").open("wb") as file:
        file.writelines(export_records(resources, site, None))
    (folder / "keys.json").write_bytes(second.get("/consent/keys.json").body)
    return folder


def browser(app: Flask) -> TestApp:
    return TestApp(app, extra_environ={"HTTP_HOST": "localhost"})


def choose(visitor: TestApp, form: TestResponse, button: str) -> None:
    notice = NOTICE.search(form.text)
    assert notice
    fields = {"choice": button, "notice": notice[1], "return": "/"}
    visitor.post("/consent/choice", fields, {"Sec-Fetch-Site": "same-origin"}, status=303)


def run(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True)


def kind(lines: Lines, wanted: str) -> Lines:
    return [line for line in lines if line["kind"] == wanted]


def forge_a_decision(lines: Lines) -> Lines:
    header, payload, signature = str(lines[0]["signed"]).split(".")
    content = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    better = re.sub(rb'"(refused|withdrawn|granted)"', b'"granted "', content, count=1)
    forged = base64.urlsafe_b64encode(better).rstrip(b"=").decode()
    return [lines[0] | {"signed": f"{header}.{forged}.{signature}"}, *lines[1:]]


def drop_the_first_record(lines: Lines) -> Lines:
    return lines[1:]


def edit_a_notice(lines: Lines) -> Lines:
    notice = kind(lines, "notice")[0]
    return [line if line is not notice else notice | {"document": {"page": "other words"}} for line in lines]


def drop_a_notice(lines: Lines) -> Lines:
    return [line for line in lines if line is not kind(lines, "notice")[-1]]


def cut_off(lines: Lines) -> Lines:
    return lines[:-1]


def miscount(lines: Lines) -> Lines:
    return [*lines[:-1], lines[-1] | {"records": 3}]


CHANGES = (forge_a_decision, drop_the_first_record, edit_a_notice, drop_a_notice, cut_off, miscount)


def test_the_page_has_a_program_for_each_of_two_libraries():
    libraries = [re.findall(r"^(?:import|from) (jwt|joserfc)\b", program, re.MULTILINE) for program in PROGRAMS]
    assert [set(found) for found in libraries] == [{"jwt"}, {"joserfc"}]


@pytest.mark.parametrize("program", PROGRAMS, ids=("pyjwt", "joserfc"))
def test_a_documented_program_verifies_an_export(program, export):
    outcome = run(program, export)
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout == "5 records, 3 notices\n"


@pytest.mark.parametrize("program", PROGRAMS, ids=("pyjwt", "joserfc"))
@pytest.mark.parametrize("change", CHANGES)
def test_a_documented_program_notices_a_changed_export(program, change: Callable[[Lines], Lines], export, tmp_path):
    lines = [json.loads(line) for line in (export / "export.ndjson").read_bytes().splitlines()]
    (tmp_path / "export.ndjson").write_text("".join(json.dumps(line) + "\n" for line in change(lines)))
    (tmp_path / "keys.json").write_bytes((export / "keys.json").read_bytes())
    outcome = run(program, tmp_path)
    assert outcome.returncode == 1
    assert "verif" in outcome.stderr or "ignature" in outcome.stderr
    assert not outcome.stdout


@pytest.mark.parametrize("program", PROGRAMS, ids=("pyjwt", "joserfc"))
def test_a_documented_program_refuses_records_of_other_keys(program, export, tmp_path):
    keys = json.loads((export / "keys.json").read_bytes())
    (tmp_path / "keys.json").write_text(json.dumps(keys | {"keys": keys["keys"][:1]}))
    (tmp_path / "export.ndjson").write_bytes((export / "export.ndjson").read_bytes())
    assert run(program, tmp_path).returncode == 1
