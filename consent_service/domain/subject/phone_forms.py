"""The forms of one mobile number: countries gave their numbers other digits, or have two ways to write one."""

import re
from typing import NamedTuple


class Renumbering(NamedTuple):
    """How an older form becomes today's and back; ``both`` where messages still reach either."""

    old: re.Pattern[str]
    old_to_new: str
    new: re.Pattern[str]
    new_to_old: str
    both: bool = False


def _describe(old: str, old_to_new: str, new: str, new_to_old: str, *, both: bool = False) -> Renumbering:
    return Renumbering(re.compile(old, re.ASCII), old_to_new, re.compile(new, re.ASCII), new_to_old, both)


_VIETNAM = {
    "120": "70",
    "121": "79",
    "122": "77",
    "126": "76",
    "128": "78",
    "123": "83",
    "124": "84",
    "125": "85",
    "127": "81",
    "129": "82",
    **{f"16{digit}": f"3{digit}" for digit in range(2, 10)},
    "186": "56",
    "188": "58",
    "199": "59",
}
_IVORY_COAST = {"01": "0-3", "05": "4-6", "07": "7-9"}

_RENUMBERINGS: dict[str, tuple[Renumbering, ...]] = {
    # The 9 tells a mobile abroad; text providers leave it out or put it in as they like.
    "+54": (_describe(r"\+54([1-3]\d{9})", r"+549\1", r"\+549([1-3]\d{9})", r"+54\1", both=True),),
    # Mobiles got a ninth digit from 2012 to 2016, fixed lines, which begin with 2 to 5, did not.
    "+55": (_describe(r"\+55([1-9]{2})([6-9]\d{7})", r"+55\g<1>9\2", r"\+55([1-9]{2})9([6-9]\d{7})", r"+55\1\2"),),
    # The 1 of mobiles went in 2019, and 01, 044 and 045, which were dialled inside the country.
    "+52": (_describe(r"\+52(?:1|01|044|045)(\d{10})", r"+52\1", r"\+52(\d{10})", r"+521\1"),),
    # Benin put 01 in front of every number in 2024.
    "+229": (_describe(r"\+229(\d{8})", r"+22901\1", r"\+22901(\d{8})", r"+229\1"),),
    # Ivory Coast put two digits in front in 2021, which tell the company, as the second digit did before.
    "+225": tuple(
        _describe(
            rf"\+225([04-9][{second}]\d{{6}})",
            rf"+225{prefix}\1",
            rf"\+225{prefix}([04-9][{second}]\d{{6}})",
            r"+225\1",
        )
        for prefix, second in _IVORY_COAST.items()
    ),
    # Gabon, 2019.
    "+241": (
        _describe(r"\+2410?([256]\d{6})", r"+2416\1", r"\+2416([256]\d{6})", r"+2410\1"),
        _describe(r"\+2410?([47]\d{6})", r"+2417\1", r"\+2417([47]\d{6})", r"+2410\1"),
    ),
    # Vietnam shortened the mobiles of eleven digits in 2018.
    "+84": tuple(
        _describe(rf"\+84{old}(\d{{7}})", rf"+84{new}\1", rf"\+84{new}(\d{{7}})", rf"+84{old}\1")
        for old, new in _VIETNAM.items()
    ),
}


def renew_number(number: str) -> str:
    """Give a number in E.164 its present digits: the one form that all of a mobile's forms lead to."""
    for change in _list_changes(number):
        if found := change.old.fullmatch(number):
            return found.expand(change.old_to_new)
    return number


def reach_number(number: str) -> str:
    """Give a number in E.164 the digits that a message goes to: today's, or as it is where it works as it is."""
    both = any(change.both and change.old.fullmatch(number) for change in _list_changes(number))
    return number if both else renew_number(number)


def list_number_forms(number: str) -> tuple[str, ...]:
    """List every form that a number had, today's first."""
    newest = renew_number(number)
    found = ((change, change.new.fullmatch(newest)) for change in _list_changes(newest))
    return (newest, *(match.expand(change.new_to_old) for change, match in found if match))


def _list_changes(number: str) -> tuple[Renumbering, ...]:
    return _RENUMBERINGS.get(number[:3]) or _RENUMBERINGS.get(number[:4], ())
