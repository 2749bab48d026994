"""Pitch boards (营销垫板): what a phone records when one was shown to a customer."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared_models.calls import DAY_SECONDS
from shared_models.text import Code


class BoardShown(BaseModel):
    """The data of a `board_shown` activity; `seconds` is how long the board faced the customer."""

    model_config = ConfigDict(frozen=True)

    board_id: UUID
    board_version: Annotated[int, Field(ge=0, lt=2**31)] | Code
    visit_id: UUID | None = None
    call_id: UUID | None = None
    seconds: int = Field(ge=0, le=DAY_SECONDS)
