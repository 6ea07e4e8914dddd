"""Site files: what is read, and what is said about a file that cannot be."""

from pathlib import Path

import pytest

from consent_service.domain.site.purpose import Channel, Kind, Party
from consent_service.domain.site.site import ClockKind, ConfirmBy, ContactTopic, Messages
from consent_service.site_files.site_file import MAX_BYTES, SiteFileError, read_site, read_sites
from tests.sound_site import SOUND

APART = "; a request could not tell them apart"


def written(folder: Path, text: str | bytes, name: str = "shop.toml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def faults_of(path: Path) -> list[str]:
    with pytest.raises(SiteFileError) as refused:
        read_site(path)
    prefix = f"{path}: "
    lines = [str(fault) for fault in refused.value.faults]
    assert all(line.startswith(prefix) for line in lines)
    return [line.removeprefix(prefix) for line in lines]


def test_a_sound_file_becomes_a_site(tmp_path):
    site = read_site(written(tmp_path, SOUND))
    assert site.id == "shop"
    assert site.languages == ("en", "de")
    assert site.controller.contacts[0].topic is ContactTopic.PRIVACY
    assert site.policy.clock.kind is ClockKind.IMMEDIATE
    assert [purpose.kind for purpose in site.purposes] == [Kind.COOKIES, Kind.COOKIES, Kind.MESSAGES]
    assert site.purposes[1].cookies[1].party is Party.THIRD
    assert site.purposes[2].channel is Channel.EMAIL
    assert str(site.choice_validity) == "6 months"


def test_a_byte_order_mark_does_no_harm(tmp_path):
    assert read_site(written(tmp_path, b"\xef\xbb\xbf" + SOUND.encode())).id == "shop"


def test_windows_line_ends_do_no_harm(tmp_path):
    assert read_site(written(tmp_path, SOUND.replace("\n", "\r\n"))).id == "shop"


def test_every_fault_is_told_at_once(tmp_path):
    text = SOUND.replace('id = "shop"', "id = 5\ncolour = true")
    text = text.replace('duration = "1 day"', 'duration = "13 moons"').replace('title.de = "Neuigkeiten"\n', "")
    text = text.replace('letter = "a"', 'letter = "A"').replace("/en/privacy", "javascript:1")
    assert faults_of(written(tmp_path, text)) == [
        "colour: there is no such key",
        "id: expected text, got a whole number",
        "policy.url.en: 'javascript:1' is neither an http(s) address nor a path that starts with one slash",
        "purpose[1].letter: expected one letter from a to z, got 'A'",
        "purpose[1].cookie[1].duration: '13 moons' is not a duration such as 13 months or session",
        "purpose[2].title.de: is missing: this site offers the language",
    ]


def test_the_text_of_the_error_is_one_line(tmp_path):
    text = SOUND.replace('id = "shop"', "id = 5").replace('letter = "a"', 'letter = "A"')
    path = written(tmp_path, text)
    with pytest.raises(SiteFileError) as refused:
        read_site(path)
    assert str(refused.value) == (
        f"{path}: id: expected text, got a whole number (and 1 more; consent-service site check lists them)"
    )


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('id = "shop"\n', "", "id: is missing"),
        ('kind = "messages"', 'kind = "letters"', "purpose[2].kind: expected one of cookies, messages, got 'letters'"),
        (
            'basis = "necessary"',
            'basis = "legitimate_interest"',
            "purpose[0].basis: expected one of consent, soft_opt_in, necessary",
        ),
        (
            'party = "third"',
            "party = 3",
            "purpose[1].cookie[1].party: expected one of first, third, got a whole number",
        ),
        ('channel = "email"\nbasis', "channel = []\nbasis", "purpose[2].channel: expected one of email, sms"),
        (
            "[messages]",
            '[messages]\nconfirm_by = "fax"',
            "messages.confirm_by: expected one of smtp, webhook, got 'fax'",
        ),
        ("[messages]\n", "[messages]\nkeep = true\n", "messages.keep: there is no such key"),
        ('version = "1"', "version = 1.5", "policy.version: expected text, got a decimal number"),
        ('version = "1"', "version = 2026-01-01", "policy.version: expected text, got a date or time"),
        ('version = "1"', "version = true", "policy.version: expected text, got true or false"),
        ('version = "1"', 'version = ["1"]', "policy.version: expected text, got a list"),
        ('id = "shop"', 'id = "shop"\nvalid_days = "180"', "valid_days: expected a whole number, got '180'"),
        ('id = "shop"', 'id = "shop"\nvalid_days = true', "valid_days: expected a whole number, got true or false"),
        ('id = "shop"', 'id = "shop"\nvalid_days = 180.0', "valid_days: expected a whole number, got a decimal number"),
        ('id = "shop"', f'id = "shop"\nvalid_days = 0x{"f" * 9000}', "valid_days: is too large a number"),
        ('id = "shop"', 'id = "shop"\npurposes = []', "purposes: there is no such key; did you mean purpose?"),
        ('letter = "a"', 'letter = "a"\nsignal = 1', "purpose[1].signal: expected true or false, got a whole number"),
        ('languages = ["en", "de"]', 'languages = "en"', "languages: expected a list, got 'en'"),
        ('languages = ["en", "de"]', 'languages = ["en", 5]', "languages[1]: expected text, got a whole number"),
        (
            'title.en = "News"\ntitle.de = "Neuigkeiten"',
            'title = "News"',
            "purpose[2].title: expected a table, got 'News'",
        ),
        ('title.en = "News"', "title.en.short = 1", "purpose[2].title.en: expected text, got a table"),
        (
            '"Counts visits."',
            '"Counts\\u0000 visits."',
            "purpose[1].description.en: holds the control character U+0000",
        ),
        ('"Counts visits."', '"Counts\\u001b[31m"', "purpose[1].description.en: holds the control character U+001B"),
        (
            '"Counts visits."',
            '"Counts\\u202e visits."',
            "purpose[1].description.en: holds the control character U+202E",
        ),
        ('"Counts visits."', '"Counts <b>visits</b>."', "purpose[1].description.en: holds markup, '<b'"),
        ('"Counts visits."', '"Counts &amp; visits."', "purpose[1].description.en: holds markup, '&amp;'"),
        ('"Counts visits."', f'"{"word " * 500}"', "purpose[1].description.en: is 2500 characters long"),
        (
            '"privacy@shop.example"',
            '"privacy@shop.example\\n"',
            "controller.contact[0].address: holds the control character",
        ),
        ('name = "Shop Ltd"', 'name = "<script>x</script>"', "controller.name: holds markup"),
    ],
)
def test_a_value_that_cannot_be_read_is_the_only_fault(tmp_path, old, new, fault):
    assert old in SOUND
    faults = faults_of(written(tmp_path, SOUND.replace(old, new, 1)))
    assert len(faults) == 1
    assert faults[0].startswith(fault)


def test_a_misspelt_key_is_unknown_under_one_name_and_missing_under_the_other(tmp_path):
    assert faults_of(written(tmp_path, SOUND.replace("[policy.clock]", "[policy.clok]"))) == [
        "policy.clok: there is no such key; did you mean clock?",
        "policy.clock: is missing",
    ]


def test_plain_signs_are_no_markup(tmp_path):
    text = SOUND.replace('"Counts visits."', '"Counts visits & clicks, if 1 < 2 > 0;\\nno more."')
    assert read_site(written(tmp_path, text)).purposes[1].description["en"].endswith("no more.")


def test_a_mail_address_between_angle_brackets_is_no_markup(tmp_path):
    text = SOUND.replace('"Counts visits."', '"Counts visits. Ask Care <care@shop.example>."')
    assert read_site(written(tmp_path, text)).purposes[1].description["en"].endswith("<care@shop.example>.")
    for trick in ("<a@b onclick=x>", "<a/b@c>", "<a=b@c>", "<a@b"):
        [fault] = faults_of(written(tmp_path, text.replace("<care@shop.example>", trick)))
        assert "holds markup" in fault


def test_the_settings_of_messages_are_read(tmp_path):
    site = read_site(written(tmp_path, SOUND.replace("[messages]", '[messages]\nconfirm_by = "webhook"')))
    assert site.messages == Messages(sender="Shop <news@shop.example>", confirm_by=ConfirmBy.WEBHOOK)
    assert [purpose.key for purpose in site.message_purposes] == ["news"]


def test_odd_keys_are_quoted_in_places(tmp_path):
    faults = faults_of(written(tmp_path, SOUND + '\n"a\\u001b\\n" = 1\n"" = 2\n'))
    assert faults == ["purpose[2].'a\\x1b\\n': there is no such key", "purpose[2].'': there is no such key"]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b'id = "shop"\nname = \n', "line 2, column 8: Invalid value"),
        (b"id = 1\nid = 2", "end of document: Cannot overwrite a value"),
        (b'id = "\xff"', "line 1: is not UTF-8"),
        (b'\n\nid = "\xc3', "line 3: is not UTF-8"),
        (b'id = "a\x00b"', "line 1, column 8: Illegal character"),
        (b"id = " + b"[" * 100_000, "is nested too deeply"),
        (b"id = " + b"9" * 5_000, "holds a number that is far too long"),
        (b"#" * (MAX_BYTES + 1), "is larger than 1000000 bytes"),
        (b"", "id: is missing"),
    ],
)
def test_a_file_that_is_no_toml_is_told_with_its_line(tmp_path, content, fault):
    assert faults_of(written(tmp_path, content))[0].startswith(fault)


@pytest.mark.parametrize(("name", "reason"), [("nothing.toml", "No such file"), (".", "directory"), ("a\0b", "null")])
def test_a_file_that_cannot_be_opened_is_a_fault(tmp_path, name, reason):
    [fault] = faults_of(tmp_path / name)
    assert fault.startswith("cannot be read")
    assert reason in fault


def test_a_folder_of_site_files_is_read_in_order_of_names(tmp_path):
    written(tmp_path, SOUND.replace('id = "shop"', 'id = "second"').replace("shop.example", "two.example")
            .replace("http://localhost:*", "http://127.0.0.1:*"), "b.toml")  # fmt: skip
    written(tmp_path, SOUND, "a.toml")
    written(tmp_path, "not read", "notes.txt")
    written(tmp_path, "not read", ".a.toml")
    assert [site.id for site in read_sites(tmp_path)] == ["shop", "second"]


def test_the_faults_of_all_files_are_told_together(tmp_path):
    written(tmp_path, SOUND.replace('id = "shop"', "id = 1"), "a.toml")
    written(tmp_path, SOUND.replace('letter = "a"', ""), "b.toml")
    written(tmp_path, "=", "c.toml")
    with pytest.raises(SiteFileError) as refused:
        read_sites(tmp_path)
    assert [fault.place for fault in refused.value.faults] == [
        f"{tmp_path}/a.toml: id",
        f"{tmp_path}/b.toml: purpose[1].letter",
        f"{tmp_path}/c.toml: line 1, column 1",
    ]


def test_two_sites_share_neither_id_nor_host(tmp_path):
    written(tmp_path, SOUND, "a.toml")
    written(tmp_path, SOUND.replace("https://www.shop.example", "https://shop.example"), "b.toml")
    with pytest.raises(SiteFileError) as refused:
        read_sites(tmp_path)
    assert [str(fault) for fault in refused.value.faults] == [
        f"{tmp_path}/b.toml: id: 'shop' is already the id of {tmp_path}/a.toml",
        f"{tmp_path}/b.toml: origins[1]: has the host and port of an origin of {tmp_path}/a.toml{APART}",
    ]


@pytest.mark.parametrize(
    ("name", "reason"),
    [("missing", "cannot be read.*set CONSENT_SITES"), ("", "holds no site file.*set CONSENT_SITES")],
)
def test_a_folder_without_site_files_is_a_fault(tmp_path, name, reason):
    with pytest.raises(SiteFileError, match=reason):
        read_sites(tmp_path / name)


@pytest.mark.parametrize("key", ["a." * 300_000 + "a", '"a" . ' * 100_000 + "a", "'a'." * 100_000 + "a"])
@pytest.mark.parametrize("line", ["{}=1\n", "[{}]\n", "x={{{}=1}}\n"])
def test_a_key_that_the_parser_would_take_minutes_over_is_refused(tmp_path, key, line):
    assert faults_of(written(tmp_path, "\n" + line.format(key))) == ["line 2: holds more than 20 words joined by dots"]
