"""Follow-ups (约定): a promise to come back to a customer on a day."""

from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from shared_models.text import Code, Note


class FollowUpReason(StrEnum):
    """The reasons the app itself writes; the wire takes any code."""

    CALLBACK = "callback"
    APPOINTMENT = "appointment"
    DEFERRED_PRODUCTS = "deferred_products"


class FollowUp(BaseModel):
    """The data of a `follow_up` activity: the customer is due on the phone's list of `due_on`."""

    model_config = ConfigDict(frozen=True)

    due_on: date
    reason: Code
    note: Note | None = None
