"""The wire shapes of one sync round trip. The rules of acceptance are the server's, the queue is the phone's."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from shared_models.activity import RejectCode

MAX_ACTIVITIES = 500
MAX_BODY_BYTES = 4 * 1024 * 1024
MAX_PAGE = 1000

DeviceId = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:\-]+$")]


class Entity(StrEnum):
    """What a change is about."""

    POLICY = "policy"
    PRODUCT = "product"
    BOARD = "board"
    CUSTOMER = "customer"
    PLAN = "plan"
    ACTIVITY = "activity"
    REVIEW = "review"
    NOTICE = "notice"
    CASE = "case"
    CASE_DRAFT = "case_draft"
    LEAVE = "leave"


class SyncRequest(BaseModel):
    """What a phone sends. Activities are validated one by one, so they are raw JSON here.

    `waiting` is how many activities the phone still holds beyond these; the head's "pending" hint.
    """

    device_id: DeviceId
    cursor: Annotated[str, StringConstraints(max_length=2000)] | None = None
    limit: int = Field(default=MAX_PAGE, ge=1, le=MAX_PAGE)
    activities: list[Any] = Field(default_factory=list[Any])
    waiting: int | None = Field(default=None, ge=0, le=10**9)


class ResultStatus(StrEnum):
    """accepted and duplicate are promises: committed durably before the reply was written."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


class ActivityResult(BaseModel):
    """The answer to one activity, in the order sent; `id` is what the phone sent, as far as it could be read."""

    id: str | None
    status: ResultStatus
    code: RejectCode | None = None
    detail: str | None = None


class Change(BaseModel):
    """One entity's newest state, or that it is gone from this advisor's sight."""

    entity: str
    id: str
    deleted: bool = False
    data: dict[str, Any] = Field(default_factory=dict[str, Any])


class SyncResponse(BaseModel):
    """What the server answers; `cursor` is opaque and always to be kept."""

    server_time: AwareDatetime
    business_day: str
    results: list[ActivityResult]
    changes: list[Change]
    cursor: str
    has_more: bool
