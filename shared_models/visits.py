"""Visits (面访): what a check-in records. Grades of their evidence live in evidence.py."""

from enum import StrEnum
from typing import Annotated

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


class Visit(BaseModel):
    """The data of a `visit` activity. `card` is a compact JWE sealed to the server's key."""

    model_config = ConfigDict(frozen=True)

    place: VisitPlace
    fix: Fix | None = None
    card: Annotated[str, StringConstraints(max_length=4096, pattern=r"^[A-Za-z0-9_\-.]+$")] | None = None
    card_last4: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")] | None = None
    minutes: int | None = Field(default=None, ge=0, le=1440)
    note: Note | None = None
