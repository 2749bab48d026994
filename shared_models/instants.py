"""Instants as they come from outside: aware, and of a time that a clock can mean. When something counts is policy.py's."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime


def _of_our_time(value: datetime) -> datetime:
    # A phone that lost its clock says 1970; beyond that no clock is meant, and arithmetic would overflow.
    if not 1970 <= value.year <= 2200:
        raise ValueError("the instant is outside 1970–2200")
    return value


def _in_utc(value: datetime) -> datetime:
    # One spelling of an instant, so that a repeat in another zone is the same content.
    return value if value.tzinfo is UTC else value.astimezone(UTC)


Instant = Annotated[AwareDatetime, AfterValidator(_of_our_time)]
UtcInstant = Annotated[Instant, AfterValidator(_in_utc)]
