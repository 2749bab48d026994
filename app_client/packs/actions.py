"""What a head can do with a pack: have it asked for and kept, and save it as a file."""

from app_client.kept import keep
from app_client.packs.queries import Asked
from app_client.session import AppSession


async def fetch_pack(session: AppSession, asked: Asked) -> None:
    """Ask for a pack and keep the answer. Raises Offline, SignInAgain, ServerSaid, BadReply, StoreWriteFailed."""
    await keep(session, asked.key, session.transport.get_pack(asked.unit_id, asked.month, asked.language))


async def save_pack(session: AppSession, asked: Asked) -> str:
    """Ask for the pack as PDF and let the person save it; its name, empty when they did not. Raises as `fetch_pack`, but nothing of the store."""
    content = await session.transport.get_file(f"/packs/{asked.unit_id}/{asked.month}.pdf", {"lang": asked.language})
    name = f"day2053-pack-{asked.month}.pdf"
    return name if await session.platform.files.save(name, content) else ""
