"""What a person can do with a month: have it asked for and kept, and go to one of its days."""

from datetime import date

from app_client.evening.place import UNDER as EVENING
from app_client.evening.place import EveningPlace
from app_client.kept import keep
from app_client.month.queries import Asked
from app_client.session import AppSession
from app_client.session_context import app_state, go


async def fetch_month(session: AppSession, asked: Asked) -> None:
    """Ask for a month and keep the answer. Raises Offline, SignInAgain, ServerSaid, BadReply, StoreWriteFailed."""
    await keep(session, asked.key, session.transport.get_month(asked.unit_id, asked.month))


def show_own_day(session: AppSession, day: date) -> None:
    """Go to the evening, which lies beneath, at that day."""
    place = app_state().unfinished.get(EVENING)
    if isinstance(place, EveningPlace):
        place.choose(None if day == session.today() else day)
    go("/evening")
