"""The wire shapes of coverage (覆盖) read by advisor: who of a book was not effectively called within the window."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel

from shared_models.customers import Tier
from shared_models.org import StaffName, Unit
from shared_models.team import Coverage

# What one list takes.
MOST_NOT_CALLED = 500


class AdvisorCoverage(BaseModel):
    """Coverage of one advisor's book."""

    advisor: StaffName
    coverage: Coverage


class TeamCoverage(BaseModel):
    """The coverage of each advisor below a unit on a day, in the order of their names; its parts add up to the team day's.

    `advisors_left_out`: how many there are where none is listed, as they are more than a page takes; 0: all are listed.
    """

    unit: Unit
    day: date
    window_days: int
    advisors: list[AdvisorCoverage]
    advisors_left_out: int = 0


class NotCalled(BaseModel):
    """A managed customer whom no effective call reached in the window; `last_called_on`: the last one before it, None: never."""

    customer_id: UUID
    name: str
    tier: Tier | None
    managed_since: date
    last_called_on: date | None


class NotCalledList(BaseModel):
    """The managed customers of an advisor who were not called, the largest first; `count` of them in all, the first are listed."""

    advisor: StaffName
    day: date
    window_days: int
    count: int
    customers: list[NotCalled]
