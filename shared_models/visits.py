"""Visits (面访): what a check-in records. Grades of their evidence live in evidence.py."""

from enum import StrEnum
from functools import lru_cache
from typing import Annotated
from uuid import UUID, uuid5

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from shared_models.absent import is_absent
from shared_models.text import Note


class VisitPlace(StrEnum):
    """Where the two met."""

    OUTLET = "outlet"
    CUSTOMER = "customer"
    OTHER = "other"


class Fix(BaseModel):
    """One location fix taken at check-in (PIPL art. 28: one fix, never a track); degrees, metres."""

    model_config = ConfigDict(frozen=True)

    lat: float = Field(ge=-90, le=90, allow_inf_nan=False)
    lon: float = Field(ge=-180, le=180, allow_inf_nan=False)
    accuracy_m: float = Field(ge=0, le=1_000_000, allow_inf_nan=False)
    taken_at: AwareDatetime
    mocked: bool


Last4 = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]
ConfirmationCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]


class ConfirmedBy(StrEnum):
    """Where the customer read the code: on the outlet's screen, in a text message, in the bank's app."""

    OUTLET_SCREEN = "outlet_screen"
    SMS = "sms"
    APP = "app"


class Confirmation(BaseModel):
    """The six digits that a customer read out, and where they stood."""

    model_config = ConfigDict(frozen=True)

    by: ConfirmedBy
    code: ConfirmationCode


class Visit(BaseModel):
    """The data of a `visit` activity. `card` is a compact JWE sealed to the server's key; no ledger keeps it."""

    model_config = ConfigDict(frozen=True)

    place: VisitPlace
    fix: Fix | None = None
    card: Annotated[str, StringConstraints(max_length=4096, pattern=r"^[A-Za-z0-9_\-.]+$")] | None = None
    card_last4: Last4 | None = None
    minutes: int | None = Field(default=None, ge=0, le=1440)
    note: Note | None = None
    confirmation: Confirmation | None = Field(default=None, exclude_if=is_absent)


class CardResult(StrEnum):
    """What the server found when it opened a visit's card; all but the first are findings, none a rejection."""

    MATCHED = "matched"
    OTHER_CUSTOMER = "other_customer"
    UNKNOWN_CARD = "unknown_card"
    NONCE_MISMATCH = "nonce_mismatch"
    UNREADABLE = "unreadable"


class ConfirmationResult(StrEnum):
    """What the server found of a visit's code; all but the first are findings, none a rejection.

    `expired`: it was the outlet's, or this customer's, at another time. `used`: at another visit, or after too many tries.
    """

    MATCHED = "matched"
    WRONG = "wrong"
    EXPIRED = "expired"
    USED = "used"


class VisitCheck(BaseModel):
    """The data of a `visit_check`, which the server alone writes, beside a visit that it had something to say of.

    `card`: what came of the sealed card, `card_last4` of the number in it. `outlet_m`, `customer_m`: how far in metres the
    check-in was from the advisor's outlet, or from the customer's own address (to the hundred), when that is farther than
    the policy allows. `confirmation`: what came of the code that the customer read out.
    """

    model_config = ConfigDict(frozen=True)

    visit_id: UUID
    card: CardResult | None = None
    card_last4: Last4 | None = None
    outlet_m: int | None = Field(default=None, ge=0, le=30_000_000)
    customer_m: int | None = Field(default=None, ge=0, le=30_000_000, exclude_if=is_absent)
    confirmation: ConfirmationResult | None = Field(default=None, exclude_if=is_absent)

    @property
    def says_something(self) -> bool:
        """Whether there is anything in it beside the visit's id."""
        return any(each is not None for each in (self.card, self.outlet_m, self.customer_m, self.confirmation))

    @property
    def finding(self) -> CardResult | None:
        """What is wrong with the card, if anything is."""
        return None if self.card is CardResult.MATCHED else self.card

    @property
    def code_finding(self) -> ConfirmationResult | None:
        """What is wrong with the customer's code, if anything is."""
        return None if self.confirmation is ConfirmationResult.MATCHED else self.confirmation


@lru_cache(maxsize=256)
def visit_check_id(visit_id: UUID) -> UUID:
    """The id of a visit's check: the same however often the visit comes, so that there is one."""
    return uuid5(visit_id, "visit_check")
