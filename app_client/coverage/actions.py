"""What a head does about coverage: ask whom nobody has called, and put some of them on tomorrow's list."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from app_client.coverage.queries import coverage_key, not_called_key
from app_client.kept import keep
from app_client.plans.actions import change_plan
from app_client.session import AppSession
from shared_models.plans import Plan


async def fetch_coverage(session: AppSession, unit_id: UUID, day: date) -> None:
    """Ask for coverage by advisor and keep the answer. Raises Offline, SignInAgain, ServerSaid, BadReply, StoreWriteFailed."""
    await keep(session, coverage_key(unit_id, day), session.transport.get_coverage(unit_id, day))


async def fetch_not_called(session: AppSession, advisor_id: UUID, day: date) -> None:
    """Ask whom an advisor has not called and keep the answer; raises as `fetch_coverage`."""
    await keep(session, not_called_key(advisor_id, day), session.transport.get_not_called(advisor_id, day))


async def put_on_list(session: AppSession, advisor_id: UUID, day: date, customer_ids: Sequence[UUID]) -> Plan:
    """Put customers behind who is on an advisor's list for a day; raises as `fetch_coverage`, ServerSaid for a frozen list."""
    return await change_plan(session, advisor_id, day, taken=customer_ids, dropped=())
