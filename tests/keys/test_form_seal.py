"""The form seal: a form is ours for a few minutes, with this content and no other."""

import pytest
import time_machine

from consent_service.keys.signing import FormSeal

SEAL = FormSeal(b"s" * 32)
CONTENT = '["demo",["choice","accept"]]'
NOON = 1_767_268_800


@pytest.mark.threat("T5")
@pytest.mark.parametrize(("later", "fits"), [(0, True), (599, True), (600, True), (601, False), (10_000_000, False)])
def test_a_seal_holds_for_its_time(later, fits):
    with time_machine.travel(NOON, tick=False):
        seal = SEAL.seal(CONTENT)
    with time_machine.travel(NOON + later, tick=False):
        assert SEAL.fits(seal, CONTENT, 600) is fits


def test_a_seal_from_the_future_does_not_fit():
    with time_machine.travel(NOON + 60, tick=False):
        seal = SEAL.seal(CONTENT)
    with time_machine.travel(NOON, tick=False):
        assert not SEAL.fits(seal, CONTENT, 600)


@pytest.mark.parametrize(
    "content", ["", CONTENT + " ", CONTENT.replace("accept", "reject"), CONTENT.replace("demo", "shop")]
)
def test_a_seal_fits_its_content_alone(content):
    assert not SEAL.fits(SEAL.seal(CONTENT), content, 600)


def test_a_seal_of_another_secret_does_not_fit():
    assert not SEAL.fits(FormSeal(b"t" * 32).seal(CONTENT), CONTENT, 600)


def test_a_seal_does_not_tell_its_content():
    assert "demo" not in SEAL.seal(CONTENT)
    assert len(SEAL.seal(CONTENT * 100)) == len(SEAL.seal(CONTENT))


def test_a_seal_changed_anywhere_does_not_fit():
    seal = SEAL.seal(CONTENT)
    changed = [seal[:place] + chr(ord(seal[place]) ^ 1) + seal[place + 1 :] for place in range(len(seal) - 1)]
    assert not [text for text in changed if SEAL.fits(text, CONTENT, 600)]


@pytest.mark.parametrize("seal", ["", ".", "..", "a.b", "\0", "\u00e9", "\ud800", "a" * 200, "\u0661.x"], ids=ascii)
def test_what_is_no_seal_does_not_fit(seal):
    assert not SEAL.fits(seal, CONTENT, 600)


def test_content_that_is_not_unicode_can_be_sealed():
    assert SEAL.fits(SEAL.seal("\ud800"), "\ud800", 600)
