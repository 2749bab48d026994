"""Visits (面访): what a check-in records. Grades of their evidence live in evidence.py."""

from enum import StrEnum
from functools import lru_cache
from typing import Annotated
from uuid import UUID, uuid5

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

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


class Visit(BaseModel):
    """The data of a `visit` activity. `card` is a compact JWE sealed to the server's key; no ledger keeps it."""

    model_config = ConfigDict(frozen=True)

    place: VisitPlace
    fix: Fix | None = None
    card: Annotated[str, StringConstraints(max_length=4096, pattern=r"^[A-Za-z0-9_\-.]+$")] | None = None
    card_last4: Last4 | None = None
    minutes: int | None = Field(default=None, ge=0, le=1440)
    note: Note | None = None


class CardResult(StrEnum):
    """What the server found when it opened a visit's card; all but the first are findings, none a rejection."""

    MATCHED = "matched"
    OTHER_CUSTOMER = "other_customer"
    UNKNOWN_CARD = "unknown_card"
    NONCE_MISMATCH = "nonce_mismatch"
    UNREADABLE = "unreadable"


class VisitCheck(BaseModel):
    """The data of a `visit_check`, which the server alone writes, beside a visit that it had something to say of.

    `card`: what came of the sealed card, `card_last4` of the number in it. `outlet_m`: how far in metres the check-in was
    from the advisor's outlet, when that is farther than the policy allows.
    """

    model_config = ConfigDict(frozen=True)

    visit_id: UUID
    card: CardResult | None = None
    card_last4: Last4 | None = None
    outlet_m: int | None = Field(default=None, ge=0, le=30_000_000)

    @property
    def finding(self) -> CardResult | None:
        """What is wrong with the card, if anything is."""
        return None if self.card is CardResult.MATCHED else self.card


@lru_cache(maxsize=256)
def visit_check_id(visit_id: UUID) -> UUID:
    """The id of a visit's check: the same however often the visit comes, so that there is one."""
    return uuid5(visit_id, "visit_check")
