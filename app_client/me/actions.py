"""What a person can do on the page "me": send now, export or drop what was not taken, choose a language and a look; signing out is sign_in's."""

from uuid import UUID

from app_client.i18n import Language
from app_client.me.queries import exported_outbox
from app_client.session import AppSession
from app_client.store.ledger import dismiss_held
from app_client.store.meta import Meta, get_meta, set_meta


async def dismiss(session: AppSession, activity_id: UUID) -> None:
    """Drop an activity that the server gave back, for good."""
    await session.store.write(lambda tx: dismiss_held(tx, activity_id))


async def export_outbox(session: AppSession) -> bool:
    """Let the person save all that the server does not have as a file; False when they did not. The outbox stays."""
    exported = exported_outbox(session)
    return await session.platform.files.save(exported.name, exported.content)


async def choose_language(session: AppSession, language: Language) -> None:
    """Speak this language from now on, on this device."""
    await session.store.write(lambda tx: set_meta(tx, Meta.LANGUAGE, language))


async def choose_theme(session: AppSession, theme: str) -> None:
    """Look like this from now on, on this device: "system", "light" or "dark"."""
    await session.store.write(lambda tx: set_meta(tx, Meta.THEME, theme))


def kept_language(session: AppSession) -> Language | None:
    """The language chosen on this device, if any."""
    kept = session.store.read(lambda tx: get_meta(tx, Meta.LANGUAGE))
    return Language(kept) if kept in set(Language) else None


def kept_theme(session: AppSession) -> str:
    """The look chosen on this device; "system" when none was."""
    kept = session.store.read(lambda tx: get_meta(tx, Meta.THEME))
    return kept if kept in ("light", "dark") else "system"
