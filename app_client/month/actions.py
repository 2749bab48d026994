"""What a head can do with a month: have it asked for and kept."""

from app_client.kept import keep
from app_client.month.queries import Asked
from app_client.session import AppSession


async def fetch_month(session: AppSession, asked: Asked) -> None:
    """Ask for a month and keep the answer. Raises Offline, SignInAgain, ServerSaid, BadReply, StoreWriteFailed."""
    await keep(session, asked.key, session.transport.get_month(asked.unit_id, asked.month))
