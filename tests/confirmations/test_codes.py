"""The codes by time: RFC 6238's own vectors, whose screen they are of, and which key and instant they hold for."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app_server.cards.keys import DigestKey
from app_server.confirmations.codes import period_of, screen_result, screen_secret, shown_under, starts_at, totp
from shared_models.confirmations import CODE_PERIOD, SCREEN_HOURS, OutletCodes
from shared_models.org import Unit, UnitKind
from shared_models.visits import ConfirmationResult
from tests.factories import NOW

OUTLET, OTHER = UUID(int=1), UUID(int=2)
KEY = DigestKey(kid="first", created_at=NOW - timedelta(days=30), secret="5a" * 32)
LATER_KEY = DigestKey(kid="second", created_at=NOW, secret="a5" * 32)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "46119246"),
        (1111111109, "68084774"),
        (1111111111, "67062674"),
        (1234567890, "91819424"),
        (2000000000, "90698825"),
        (20000000000, "77737706"),
    ],
)
def test_the_vectors_of_rfc_6238_appendix_b(seconds: int, code: str) -> None:
    # SHA-256, periods of 30 seconds, eight digits; the last digits of a code are its shorter code.
    assert totp(b"12345678901234567890123456789012", seconds // 30, digits=8) == code
    assert totp(b"12345678901234567890123456789012", seconds // 30) == code[-6:]


def shown(at: datetime, *, key: DigestKey = KEY, unit_id: UUID = OUTLET) -> str:
    return totp(screen_secret(key, unit_id), period_of(at))


@given(
    at=st.integers(1_600_000_000, 3_700_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    late=st.integers(-7200, 7200),
)
def test_a_code_holds_for_its_period_and_one_on_either_side(at: datetime, late: int) -> None:
    key = KEY.model_copy(update={"created_at": at - timedelta(days=1)})
    read_at = at + timedelta(seconds=late)
    result = screen_result(shown(at, key=key), [key], unit_id=OUTLET, at=read_at)
    apart = abs(period_of(read_at) - period_of(at))
    if apart <= 1:
        assert result is ConfirmationResult.MATCHED
    elif apart <= 60:
        # One code in a million is another's as well.
        assert result in (ConfirmationResult.EXPIRED, ConfirmationResult.MATCHED)
    else:
        assert result in (ConfirmationResult.WRONG, ConfirmationResult.EXPIRED)


def test_another_outlets_code_is_wrong() -> None:
    assert screen_result(shown(NOW, unit_id=OTHER), [KEY], unit_id=OUTLET, at=NOW) is ConfirmationResult.WRONG


def test_after_a_rotation_a_screen_may_show_the_former_keys_codes_as_long_as_it_has_them() -> None:
    keys = [KEY, LATER_KEY]
    soon, late = NOW + timedelta(hours=SCREEN_HOURS - 1), NOW + timedelta(hours=SCREEN_HOURS + 1)
    assert screen_result(shown(soon), keys, unit_id=OUTLET, at=soon) is ConfirmationResult.MATCHED
    assert screen_result(shown(late), keys, unit_id=OUTLET, at=late) is ConfirmationResult.WRONG
    assert shown_under(keys, NOW - timedelta(days=1)) == [KEY]
    assert shown_under(keys, late) == [LATER_KEY]


def test_a_screen_turns_to_the_next_code_by_itself_and_ends_with_the_last() -> None:
    start = starts_at(period_of(NOW))
    unit = Unit(id=OUTLET, name="网点", kind=UnitKind.OUTLET)
    codes = OutletCodes(unit=unit, server_time=NOW, starts_at=start, period_seconds=60, codes=["000001", "000002"])
    assert codes.code_at(start) == ("000001", 60)
    assert codes.code_at(start + CODE_PERIOD + timedelta(seconds=20)) == ("000002", 40)
    assert codes.code_at(start - timedelta(seconds=1)) is None
    assert codes.code_at(start + 2 * CODE_PERIOD) is None
