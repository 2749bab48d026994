"""Where answers about coverage are kept, in what order a head reads them, and for which day a list is made; it asks the server nothing."""

from datetime import date
from uuid import UUID

from app_client.session import AppSession
from app_client.store.rules import policies
from shared_models.coverage import AdvisorCoverage, TeamCoverage


def coverage_key(unit_id: UUID, day: date) -> str:
    """The key of a unit's answer."""
    return f"coverage/{unit_id}/{day}"


def not_called_key(advisor_id: UUID, day: date) -> str:
    """The key of an advisor's answer."""
    return f"coverage/of/{advisor_id}/{day}"


def by_gap(found: TeamCoverage) -> list[AdvisorCoverage]:
    """Whose book has the most who were not called first."""
    return sorted(found.advisors, key=lambda each: (-each.coverage.not_called, each.advisor.name, each.advisor.id))


def list_day(session: AppSession) -> date:
    """The day whose list is made from here: the next one that is worked."""
    return session.store.read(policies).next_working_day(session.today())
