"""Who is no advisor today and was one lately: what they recorded as one may still come in, for the days on which they were."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import Session

from app_server.org.queries import Stay, policies, stays_as_advisor


@dataclass(frozen=True, slots=True)
class FormerAdvisor:
    """Somebody's stays as an advisor, the last one not long ago; the days between and after them are not an advisor's."""

    stays: Sequence[Stay]

    @property
    def unit_path(self) -> str:
        """The unit to which they belonged last."""
        return self.stays[-1].unit_path

    def was_advisor_on(self, day: date) -> bool:
        """Whether that business day is one on which they were an advisor."""
        return any(stay.holds_on(day) for stay in self.stays)


def former_advisor(session: Session, staff_id: UUID, *, today: date) -> FormerAdvisor | None:
    """Them, while an activity of their time as an advisor could still be taken under today's `late_days`; else None."""
    earliest = today - timedelta(days=policies(session).on(today).policy.late_days)
    stays = stays_as_advisor(session, staff_id, first=earliest, last=today)
    return FormerAdvisor(stays) if stays else None
