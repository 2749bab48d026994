"""What a head can do with a bulletin: have it asked for and kept, and save it as a file."""

from app_client.bulletins.queries import Asked, FileKind
from app_client.kept import keep
from app_client.session import AppSession
from shared_models.bulletins import Column


async def fetch_bulletin(session: AppSession, asked: Asked) -> None:
    """Ask for a bulletin and keep the answer. Raises Offline, SignInAgain, ServerSaid, BadReply, StoreWriteFailed."""
    await keep(session, asked.key, session.transport.get_bulletin(asked.params))


async def save_file(session: AppSession, asked: Asked, kind: FileKind, *, rank: Column | None) -> str:
    """Ask for the bulletin as a file, ranked so, and let the person save it; its name, empty when they did not.

    Raises as `fetch_bulletin`, but nothing of the store.
    """
    params = asked.params if rank is None else {**asked.params, "rank": rank.value}
    content = await session.transport.get_file(f"/team/bulletin.{kind.value}", params)
    name = f"day2053-{asked.period}.{kind.value}"
    return name if await session.platform.files.save(name, content) else ""
