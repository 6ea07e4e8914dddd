"""Every command of every page, tried in its order against a demo, prints what stands there."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.documentation.page_blocks import PAGES, ROOT, Step, is_printed, read_smallest_site, read_steps
from tests.documentation.shell import Shell
from tests.integration.running_demo import Browser, RunningDemo
from tests.requirements import require

KEYS = """
make_key() { consent-service key create --site demo "$@"; }
KEY=$(make_key --scope check --scope links --scope feed --scope write --scope import)
ADMIN=$(make_key --scope admin --scope write)
ADMIN_KEY=$ADMIN SERVICE_URL=http://127.0.0.1:8000 PURPOSE=offers_email
(umask 077; echo "$KEY" > key.txt)
"""
FILES = """
printf 'email\\nada@example.org\\n' > people.csv
printf 'From: ada@example.org\\n\\nNo more, please.\\n' > message
printf 'ada@example.org\\n' > addresses.txt
"""
POST = 'curl -s -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" http://127.0.0.1:8000'
UNTRIED = re.compile(
    r"dev\.py|python3 -m venv|\bserve\b|systemctl|chmod|FILE|--site S|CONSENT_HOEM|apsw|^consent-service init"
    r"|accept-loss|key compromise|ledger verify|CONSENT_DATABASE_URL|CREATE USER|distribute --run"
    r"|LISTMONK|MAUTIC|do_not_contact|confirmed\.csv|sites/shop\.toml"
)
"""What starts a program that stays, belongs to another program, or is tried by a test of its own."""
DOUBTFUL = re.compile(r"consent-service (?:check [^-]|import)")
"""Says by its exit code, too, that somebody is denied or a row was not taken."""
PROBLEM = re.compile(r'"status": ?[45]\d\d\b')


def tried_steps(page: Path) -> list[Step]:
    return [step for step in read_steps(page) if not UNTRIED.search(step.commands)]


@pytest.fixture
def shell(demo: RunningDemo) -> Iterator[Shell]:
    require("curl")
    refusing, choosing = Browser(demo), Browser(demo)
    refusing.choose("reject")
    choosing.saves("analytics")
    visitor, cookie = (str(one.cookies["consent"]) for one in (refusing, choosing))
    names = {
        "http://127.0.0.1:8000": demo.address,
        "https://consent.internal": demo.address,
        "https://shop.example": demo.address,
        "--site shop": "--site demo",
        "--key-file key.txt": f"--key-file key.txt --address {demo.address}",
        "--max-time 0.05": "--max-time 5",
        "after=AAAAAAAABBKq1yzPfcQ": "after=0",
    }
    tried = Shell(demo.home.parent, names)
    tried.run(KEYS + FILES + f"VISITOR={visitor.split('.')[2]} COOKIE='{cookie}'")
    write_members(demo.home.parent / "subscribed_members.csv")
    tried.name_instead(stand_ins(tried, cookie.split(".")[2]))
    yield tried
    tried.close()


def stand_ins(shell: Shell, visitor: str) -> dict[str, str]:
    """Find what stands in for the people of the pages: a visitor, a subject with one record, and two links."""
    recipients = [{"email": "anna@home.example"}, {"email": "ben@home.example"}]
    asked = json.dumps({"recipients": recipients, "purpose": "offers_email"})
    anna, ben = json.loads(shell.run(f"{POST}/v1/links -d '{asked}'").text)["links"]
    stopped = json.dumps(
        {"email": "carla@example.org", "all": True, "received_by": "phone", "evidence": {"note": "T-1"}}
    )
    carla = json.loads(shell.run(f"{POST}/v1/withdrawals -d '{stopped}'").text)["subject"]
    found = re.search(r"mailto:([^>]+)", ben["headers"]["List-Unsubscribe"])
    assert found
    return {
        "1.rdVnel7MCW2LRtv_aRI0AQ": carla,
        "rdVnel7MCW2LRtv_aRI0AQ": visitor,
        "CdzC…": anna["unsubscribe_url"].rpartition("/")[2],
        "unsub%2Bbhof…%40unsubscribe.shop.example": quote(found[1], safe=""),
    }


def write_members(file: Path) -> None:
    """Write the export of a list with 398 people, nine of them a second time, and five addresses that are none."""
    people = [f"person{number}@example.org" for number in range(398)]
    rows = [f"{email},2025-03-01 10:00:00" for email in (*people, *people[:9], *(f"none{n}" for n in range(5)))]
    file.write_text("\n".join(["Email Address,CONFIRM_TIME", *rows, ""]))


def name_the_shop(text: str, demo: RunningDemo) -> str:
    """Put the hosts of the pages in place of those of the demo."""
    return text.replace(demo.address, "https://shop.example").replace("willow-wren.example", "shop.example")


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if tried_steps(page)],
    ids=lambda page: page.relative_to(ROOT).as_posix().replace("/", "-"),
)
def test_commands_print_what_stands_there(page, demo, shell):
    for step in tried_steps(page):
        printed = shell.run(step.commands)
        told = (step.commands, step.answer, printed)
        assert printed.status in ((0, 1) if DOUBTFUL.match(step.commands) else (0,)), told
        assert not PROBLEM.search(printed.text), told
        assert not step.answer or is_printed(step.answer, name_the_shop(printed.text, demo)), told


def test_init_prints_what_stands_there(tmp_path):
    (step,) = [one for one in read_steps(ROOT / "docs" / "commands.md") if one.commands == "consent-service init"]
    (tmp_path / "sites").symlink_to(ROOT / "sites")
    shell = Shell(tmp_path, {})
    printed = shell.run(step.commands)
    shell.close()
    assert is_printed(step.answer, printed.text), printed


def test_the_faults_of_a_site_file_are_those_that_stand_there(tmp_path):
    smallest, faults = read_smallest_site(), faults_shown()
    broken = smallest.replace('"6 months"\ndoes.en = "Tells', '"13 moons"\ndoes.en = "Tells').replace(
        'title.en = "Visit', 'titel.en = "Visit'
    )
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "shop.toml").write_text(broken)
    shell = Shell(tmp_path, {})
    printed = shell.run(faults.commands)
    shell.close()
    assert is_printed(faults.answer, printed.text), printed


def faults_shown() -> Step:
    (step,) = [one for one in read_steps(ROOT / "docs" / "site-file.md") if "site check" in one.commands]
    return step
