"""Customers' confirmations (客户确认) as phones and the outlet's screen ask for them. What a visit keeps of one is in visits.py."""

from datetime import datetime, timedelta
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared_models.org import Unit
from shared_models.visits import ConfirmationCode, ConfirmationResult, ConfirmedBy

CODE_DIGITS = 6
CODE_PERIOD = timedelta(seconds=60)
# A screen that was opened in the morning goes on without a network until the outlet closes.
SCREEN_HOURS = 12


class OutletCodes(BaseModel):
    """What an outlet's screen shows: the first code from `starts_at` on, each for `period_seconds`, one after the other."""

    model_config = ConfigDict(frozen=True)

    unit: Unit
    server_time: AwareDatetime
    starts_at: AwareDatetime
    period_seconds: int = Field(ge=1)
    codes: list[ConfirmationCode] = Field(min_length=1)

    def code_at(self, now: datetime) -> tuple[str, float] | None:
        """The code of that instant and for how many seconds it is still shown; None when it is not among these."""
        place, into = divmod((now - self.starts_at).total_seconds(), self.period_seconds)
        if not 0 <= place < len(self.codes):
            return None
        return self.codes[int(place)], self.period_seconds - into


class CodeRequest(BaseModel):
    """That a customer is to be sent a code, for a visit that is still to be recorded under this id."""

    model_config = ConfigDict(frozen=True)

    visit_id: UUID
    customer_id: UUID


class CodeSent(BaseModel):
    """That a code is on its way, and by which; `tries`: how often one may be tried."""

    model_config = ConfigDict(frozen=True)

    by: ConfirmedBy
    expires_at: AwareDatetime
    tries: int


class CodeTry(CodeRequest):
    """What the customer read out."""

    code: ConfirmationCode


class CodeTried(BaseModel):
    """Whether it is the one that was sent, and how often another may be tried."""

    model_config = ConfigDict(frozen=True)

    result: ConfirmationResult
    tries_left: int = Field(ge=0)
