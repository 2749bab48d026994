"""A card number typed or swiped: what is taken of it, when it is complete, and what no text ever shows."""

import json
import traceback
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_models.sealing import (
    CardNumber,
    CardRefused,
    NotSealed,
    clear_text,
    completed,
    digits_of,
    masked,
    passes_luhn,
    read_card,
    read_clear_text,
)

NONCE = UUID("01930000-0000-7000-8000-000000000001")
# Made up, with a right check digit.
DEBIT = "6222020200112233446"
CREDIT = "6225880112345674"


def with_check_digit(body: str) -> str:
    return next(body + digit for digit in "0123456789" if passes_luhn(body + digit))


pans = st.text("0123456789", min_size=11, max_size=18).map(with_check_digit)
# What a stripe carries after the number: expiry, service code and discretionary data.
discretionary = st.text("0123456789", min_size=7, max_size=17)


@given(pans)
def test_one_wrong_digit_is_noticed(pan: str) -> None:
    assert passes_luhn(pan)
    for place, digit in enumerate(pan):
        wrong = f"{pan[:place]}{(int(digit) + 1) % 10}{pan[place + 1 :]}"
        assert not passes_luhn(wrong)


@given(pans, discretionary)
def test_of_a_stripe_only_the_number_is_taken(pan: str, secret: str) -> None:
    for swipe in (f";{pan}={secret}?", f"%B{pan}^ZHANG/MIN^{secret}?", f";{pan}={secret}?\r\n", f"{pan}={secret}"):
        assert read_card(swipe).digits == pan
        assert digits_of(swipe) == pan


@given(pans, discretionary)
def test_a_swipe_is_complete_at_its_separator_and_no_key_later(pan: str, secret: str) -> None:
    swipe = f";{pan}={secret}?"
    first = next(length for length in range(len(swipe)) if completed(swipe[:length]) is not None)
    assert first == min(len(pan) + 2, 1 + 19)
    found = completed(swipe[:first])
    assert found is not None
    assert found.digits == pan


@given(pans)
def test_a_typed_number_may_have_spaces_and_full_width_digits(pan: str) -> None:
    assert read_card(" ".join(pan[start : start + 4] for start in range(0, len(pan), 4))).digits == pan
    assert read_card(pan.translate({ord("0") + n: chr(0xFF10 + n) for n in range(10)})).digits == pan


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    try:
        card = read_card(text)
    except CardRefused:
        card = None
    assert completed(text) in (None, card)
    if card is not None:
        assert 12 <= len(card.digits) <= 19
        assert passes_luhn(card.digits)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "card_not_digits"),
        ("六二二二", "card_not_digits"),
        ("62220202001x2233443", "card_not_digits"),
        ("62220202", "card_too_short"),
        (DEBIT + "1", "card_too_long"),
        (DEBIT[:-1] + "5", "card_mistyped"),
    ],
)
def test_what_is_no_number_says_why(text: str, code: str) -> None:
    with pytest.raises(CardRefused) as refused:
        read_card(text)
    assert refused.value.code == code


def test_sixteen_digits_may_be_the_beginning_of_nineteen() -> None:
    assert completed(CREDIT) is None
    assert completed(DEBIT) == CardNumber(DEBIT)


def test_it_is_masked_as_it_is_typed() -> None:
    assert masked("6225") == "••••"
    assert masked("62258801123456") == "•••• •••• •••• 56"
    assert masked(CREDIT) == "•••• •••• •••• 5674"
    assert masked(DEBIT) == "•••• •••• •••• •••3 446"


def test_no_text_of_a_number_shows_it() -> None:
    card = CardNumber(DEBIT)
    for shown in (repr(card), str(card), f"{card}", repr([card]), repr({"card": card})):
        assert DEBIT not in shown
        assert DEBIT[:12] not in shown


@given(pans)
def test_what_is_sealed_is_the_contracts_json_and_reads_back(pan: str) -> None:
    clear = clear_text(CardNumber(pan), NONCE)
    assert json.loads(clear) == {"pan": pan, "nonce": str(NONCE)}
    assert read_clear_text(clear) == (CardNumber(pan), NONCE)


@pytest.mark.parametrize(
    "clear",
    [
        b"",
        b"null",
        b'{"pan": "6222020200112233446"}',
        b'{"pan": "6222020200112233447", "nonce": "01930000-0000-7000-8000-000000000001"}',
        b'{"pan": 6222020200112233446, "nonce": "01930000-0000-7000-8000-000000000001"}',
        b'{"pan": "6222020200112233446", "nonce": "n"}',
        b"[" * 10_000,
    ],
)
def test_anything_else_is_refused_without_a_word_of_it(clear: bytes) -> None:
    with pytest.raises(NotSealed) as refused:
        read_clear_text(clear)
    assert DEBIT[:12] not in "".join(traceback.format_exception(refused.value))
