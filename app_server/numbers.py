"""Telephone numbers as they are compared: E.164, read as a person in China would dial them. Stored and shown as they came."""

import re
from enum import StrEnum
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

REGION = "CN"
# How exchanges spell that the caller's number was kept back.
_WITHHELD = frozenset(
    {"", "anonymous", "blocked", "private", "restricted", "unavailable", "unknown", "withheld", "匿名"}
)
_MASKS = "*xX#?"
# A mobile number (工信部 电信网编号计划: 1 and ten digits, the second from 3 on). 179xx may also be a carrier's code before a number.
_MOBILE = re.compile(r"(?:\+86)?(1(?!79)[3-9][0-9]{9})", re.ASCII)


class NumberTrouble(StrEnum):
    """Why a number is none that anybody could be found by."""

    WITHHELD = "withheld_number"
    MASKED = "masked_number"
    UNREADABLE = "unreadable_number"


def e164(number: str) -> str | None:
    """The number in E.164 ("+8613800001111"), or None when it is masked or none at all."""
    return _read(number)[0]


def number_trouble(number: str) -> NumberTrouble | None:
    """What is wrong with a number, if anything is."""
    return _read(number)[1]


# Reading one takes the library a tenth of a millisecond, and an exchange tells of the same lines and customers all day.
@lru_cache(maxsize=2**14)
def _read(number: str) -> tuple[str | None, NumberTrouble | None]:
    stripped = number.strip()
    # As nearly every customer's is written: read here, for a bank has more of them than are remembered.
    if mobile := _MOBILE.fullmatch(stripped):
        return f"+86{mobile[1]}", None
    if stripped.casefold() in _WITHHELD:
        return None, NumberTrouble.WITHHELD
    if any(letter in _MASKS for letter in stripped):
        return None, NumberTrouble.MASKED
    try:
        parsed = phonenumbers.parse(stripped, REGION)
    except NumberParseException:
        return None, NumberTrouble.UNREADABLE
    # Not whether it is in use: new ranges are given out faster than a program is updated.
    if not phonenumbers.is_possible_number(parsed):
        return None, NumberTrouble.UNREADABLE
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164), None


def line_number(number: str) -> str:
    """One of the bank's own numbers as it is compared: in E.164 where it has that form, else an extension as it is."""
    return e164(number) or number.strip()
