"""Numbers as they are compared: what is read here is read as the library reads it."""

import phonenumbers
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat

from app_server.numbers import e164

_DIGITS = st.text("0123456789", min_size=9, max_size=9)


@given(st.sampled_from(["", "+86", "86", "0086"]), st.sampled_from("23456789"), _DIGITS)
def test_a_mobile_number_is_what_the_library_makes_of_it(prefix: str, second: str, rest: str) -> None:
    number = f"{prefix}1{second}{rest}"
    parsed = phonenumbers.parse(number, "CN")
    is_possible = phonenumbers.is_possible_number(parsed)
    assert e164(number) == (phonenumbers.format_number(parsed, PhoneNumberFormat.E164) if is_possible else None)
