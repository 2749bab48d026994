"""SQL of bulletins: who and what is right below a unit. Figures come from team/, which sums advisor-days."""

from datetime import date
from uuid import UUID

from sqlalchemy import select as core_select
from sqlmodel import Session

from app_server.org.queries import advisors_between
from app_server.team.queries import rows_of


def advisors_in(session: Session, path: str, *, first: date, last: date) -> dict[UUID, str]:
    """The names of who was an advisor right in that unit on any of the days, by their ids."""
    stays = advisors_between(path, first=first, last=last)
    rows = rows_of(session, core_select(stays.c.staff_id, stays.c.name).where(stays.c.unit_path == path))
    return {row.staff_id: row.name for row in rows}
