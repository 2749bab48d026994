"""What a head can do with a bulletin: have it asked for and kept."""

from app_client.bulletins.queries import Asked
from app_client.kept import keep
from app_client.session import AppSession


async def fetch_bulletin(session: AppSession, asked: Asked) -> None:
    """Ask for a bulletin and keep the answer. Raises Offline, SignInAgain, ServerSaid, BadReply, StoreWriteFailed."""
    answer = session.transport.get_bulletin(asked.unit_id, asked.by, asked.day, language=asked.language)
    await keep(session, asked.key, answer)
