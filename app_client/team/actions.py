"""What a head can do: ask the server for a day or the activities behind a figure, and keep the answer; the store is written after the answer came."""

from datetime import date
from uuid import UUID

from app_client.session import AppSession
from app_client.team.queries import Behind, KeptDay, keep_activities, keep_day
from shared_models.policy import zone
from shared_models.team import TeamActivity


async def fetch_day(session: AppSession, unit_id: UUID, day: date) -> KeptDay:
    """Ask for a unit's day and keep the answer.

    Raises Offline, SignInAgain, ServerSaid, BadReply; StoreWriteFailed when the answer could not be kept.
    """
    team = await session.transport.get_team_day(unit_id, day)
    now = session.now()
    await session.store.write(lambda tx: keep_day(tx, unit_id, team, now=now))
    return KeptDay(team, team.as_of.astimezone(zone(team.policy.timezone)))


async def fetch_activities(session: AppSession, asked: Behind) -> list[TeamActivity]:
    """Ask for the activities behind a figure and keep the answer; raises as `fetch_day`."""
    found = await session.transport.get_team_activities(
        asked.unit_id, asked.day, advisor_id=asked.advisor_id, metric=asked.metric
    )
    now = session.now()
    await session.store.write(lambda tx: keep_activities(tx, asked, found, now=now))
    return found
