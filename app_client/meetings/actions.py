"""What a head does with a meeting: keep what is said, close it, look at past ones, and wait for news of the day."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID, uuid4

from app_client.meetings.draft import Draft
from app_client.meetings.queries import drop_draft, keep_draft
from app_client.session import AppSession
from shared_models.meetings import Meeting, MeetingSummary
from shared_models.team import TeamActivity

# How far back past meetings are listed: a quarter and some.
LISTED_DAYS = 100
# Shorter than whatever ends a request by itself: this client after 30 seconds, most proxies after 60.
WAIT_SECONDS = 20


async def wait_for_news(session: AppSession, unit_id: UUID, day: date, known: str | None) -> str | None:
    """The token of a day's state once it is another than the known one; None when nothing came for a while, so ask again.

    Raises Offline, SignInAgain, ServerSaid, Throttled, BadReply.
    """
    return await session.transport.get_team_news(unit_id, day, known=known, seconds=WAIT_SECONDS)


def new_draft(session: AppSession, unit_id: UUID, day: date) -> Draft:
    """A meeting that begins now."""
    now = session.corrected_now()
    return Draft(id=uuid4(), unit_id=unit_id, day=day, began_at=now, step_began_at=now)


async def keep(session: AppSession, draft: Draft) -> None:
    """Keep what was said and agreed so far on this device; raises StoreWriteFailed."""
    await session.store.write(lambda tx: keep_draft(tx, draft))


async def close_meeting(session: AppSession, draft: Draft, people: Iterable[UUID]) -> Meeting:
    """Freeze the day; the same again is answered alike, so that a lost answer may be asked for anew.

    Raises Offline, SignInAgain, ServerSaid (`conflict`: it is closed already with other content), BadReply.
    """
    closed = await session.transport.close_meeting(draft.id, draft.closing(people))
    await let_go(session, draft)
    return closed


async def let_go(session: AppSession, draft: Draft) -> None:
    """Keep nothing of it here any more: it is closed, or was given up."""
    await session.store.write(lambda tx: drop_draft(tx, draft.unit_id, draft.day))


async def fetch_meetings_on(session: AppSession, unit_id: UUID, day: date) -> list[MeetingSummary]:
    """The closed meetings of a unit's day. Raises Offline, SignInAgain, ServerSaid, BadReply; so do all of these."""
    return (await session.transport.get_meetings(unit_id, day, day)).meetings


async def fetch_past_meetings(session: AppSession, unit_id: UUID) -> list[MeetingSummary]:
    """The closed meetings of a unit, the latest first."""
    today = session.today()
    return (await session.transport.get_meetings(unit_id, today - timedelta(days=LISTED_DAYS), today)).meetings


async def fetch_meeting(session: AppSession, meeting_id: UUID) -> Meeting:
    """What was frozen, and what it is now."""
    return await session.transport.get_meeting(meeting_id)


async def fetch_late(
    session: AppSession, meeting_id: UUID, *, advisor_id: UUID | None, metric: str | None
) -> list[TeamActivity]:
    """What was received after the freeze; with a figure what moved it, and by how much."""
    return (await session.transport.get_late_activities(meeting_id, advisor_id=advisor_id, metric=metric)).activities
